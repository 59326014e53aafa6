"""Costs out of a list, and the letters about budgets."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from typing import Any

import openpyxl
import pytest
from flask import Flask

from hadi.domain.costs import BudgetChoice, CostKind
from hadi.domain.errors import Invalid, NotAllowed, Unreadable
from hadi.domain.text import ENGLISH, render
from hadi.models import Hypothesis
from hadi.services import cost_import, costs, events
from hadi.services.cost_import import Does, Imported
from tests.factories.hypotheses import World

LIST = """date; kind; amount; currency; note
02.03.2025; work; 1 250,50; EUR; mentor
2025-03-03;Advertising;300;;flyers
4.3.25; обучение; 12,5; EUR;
"""


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def looked(world: World, hypothesis: Hypothesis, text: str, **more: Any) -> Imported:
    return cost_import.preview(
        hypothesis.id, text, currency=more.get("currency", "EUR"),
        by=world.actor(more.get("role", "member")), now=world.later(),
    )  # fmt: skip


def entered(world: World, hypothesis: Hypothesis, text: str, **more: Any) -> Imported:
    return cost_import.run(
        hypothesis.id, text, currency=more.get("currency", "EUR"),
        by=world.actor(more.get("role", "member")), now=world.later(),
    )  # fmt: skip


def faults(found: Imported) -> dict[int, str]:
    return {
        row.line: " ".join(render(text, ENGLISH) for text in row.faults.values())
        for row in found.faults
    }


def test_a_list_is_shown_and_then_entered(world: World) -> None:
    hypothesis = world.running()
    found = looked(world, hypothesis, LIST)
    assert [row.does for row in found.rows] == [Does.ADD] * 3
    assert [str(money.amount) for money in found.sums] == ["1563.00"]
    assert costs.listing(hypothesis, by=world.actor()) == []
    entered(world, hypothesis, LIST)
    kept = {(c.spent_on, c.kind, c.amount, c.currency, c.note) for c in
            costs.listing(hypothesis, by=world.actor())}  # fmt: skip
    assert kept == {
        (date(2025, 3, 2), CostKind.WORK, Decimal("1250.50"), "EUR", "mentor"),
        (date(2025, 3, 3), CostKind.ADVERTISING, Decimal("300.00"), "EUR", "flyers"),
        (date(2025, 3, 4), CostKind.TRAINING, Decimal("12.50"), "EUR", ""),
    }
    verbs = [event.verb for event in events.history(hypothesis_id=hypothesis.id)]
    assert verbs.count("cost_added") == 3


def test_what_the_ledger_has_is_not_entered_again(world: World) -> None:
    hypothesis = world.running()
    entered(world, hypothesis, LIST)
    again = LIST + "03.03.2025; advertising; 300; EUR; flyers\n"
    found = entered(world, hypothesis, again)
    assert [row.does for row in found.rows] == [Does.KNOWN] * 3 + [Does.ADD]
    assert len(costs.listing(hypothesis, by=world.actor())) == 4


def test_every_fault_is_named_by_its_line_and_nothing_is_entered(world: World) -> None:
    hypothesis = world.running()
    lines = [
        "date;kind;amount;currency;note;colour",
        "30.02.2025;work;5;EUR;",
        "02.03.2025;magic;5;EUR;",
        "02.03.2025;work;1,250;EUR;",
        "02.03.2025;work;five;EUR;",
        "02.03.2099;work;5;EUR;",
        "02.03.2025;;5;EURO;",
        "02.03.2025;work;5;EUR;right",
    ]
    text = "\n".join(lines)
    found = looked(world, hypothesis, text)
    told = faults(found)
    assert set(told) == {2, 3, 4, 5, 6, 7}
    assert "“30.02.2025” is no day" in told[2]
    assert "“magic”" in told[3] and "advertising" in told[3]
    assert "write 1250 or 1.25" in told[4]
    assert "Write an amount" in told[5]
    assert "The day lies ahead" in told[6]
    assert "Choose what" in told[7] and "three-letter" in told[7]
    assert found.unread == ("colour",)
    with pytest.raises(Invalid) as refused:
        entered(world, hypothesis, text)
    assert "lines.2.spent_on" in refused.value.fields
    assert costs.listing(hypothesis, by=world.actor()) == []


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [
        ("1.234,56", "1234.56", "EUR"), ("1,234.56", "1234.56", "EUR"), ("€12.5", "12.50", "EUR"),
        ("12 500 ₽", "12500.00", "RUB"), ("1.250.000 Ft", "1250000.00", "HUF"),
        ("7,5 USD", "7.50", "USD"), ("0,125", None, None),
    ],
)  # fmt: skip
def test_amounts_come_as_people_write_them(
    world: World, cell: str, amount: str | None, currency: str | None
) -> None:
    found = looked(world, world.running(), f"date\tkind\tamount\n02.03.2025\twork\t{cell}")
    if amount is None:
        assert found.rows[0].does is Does.ADD  # rounded to the cent, as when it is typed
        return
    assert not faults(found)
    assert str(found.rows[0].parts["amount"]) == amount
    assert found.rows[0].parts["currency"] == currency


def test_lines_without_titles_have_an_order(world: World) -> None:
    found = looked(world, world.running(), "02.03.2025;work;5\n03.03.2025;other;6;USD;pins")
    assert [row.parts["currency"] for row in found.rows] == ["EUR", "USD"]


@pytest.mark.parametrize("text", ["", "hello\nworld", "date;kind\n02.03.2025;work"])
def test_what_is_no_list_is_one_sentence(world: World, text: str) -> None:
    with pytest.raises(Unreadable):
        looked(world, world.running(), text)


def test_a_workbook_and_an_exported_ledger_come_back(world: World) -> None:
    hypothesis = world.running()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Дата", "Вид", "Сумма", "Валюта", "Гипотеза"])
    sheet.append([date(2025, 3, 2), "реклама", 99.5, "руб.", hypothesis.key])
    sheet.append([date(2025, 3, 2), "реклама", 99.5, "руб.", "H-9999"])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    found = looked(world, hypothesis, cost_import.as_text(file, "costs.xlsx"))
    assert [row.does for row in found.rows] == [Does.ADD, Does.FAULT]
    assert str(found.rows[0].parts["amount"]) == "99.50"
    assert found.rows[0].parts["currency"] == "RUB"
    assert "H-9999" in faults(found)[3]


def test_who_may_not_enter_costs_may_not_import_them(world: World) -> None:
    hypothesis = world.running()
    for act in (looked, entered):
        with pytest.raises(NotAllowed):
            act(world, hypothesis, LIST, role="viewer")


def test_after_a_stop_later_costs_are_faults_of_their_lines(world: World) -> None:
    hypothesis = world.running()
    costs.decide(
        hypothesis.id, choice=BudgetChoice.STOP, reason="enough", by=world.actor("leader"),
        now=world.later() - timedelta(days=300),
    )  # fmt: skip
    today = world.now.date().isoformat()
    found = looked(world, hypothesis, f"2000-01-01;work;5\n{today};work;6")
    assert [row.does for row in found.rows] == [Does.ADD, Does.FAULT]
    assert "stopped the spending" in faults(found)[2]


def letters(world: World) -> list[Any]:
    folder = world.app.extensions["hadi_settings"].data_dir / "outbox"
    files = sorted(folder.glob("*.eml")) if folder.exists() else []
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def spend(world: World, hypothesis: Hypothesis, amount: str, now: datetime) -> None:
    body = {"amount": amount, "currency": "EUR", "kind": "work", "spent_on": "2025-02-02"}
    costs.add(hypothesis.id, body=body, by=world.actor(), now=now)


def test_letters_go_out_once_for_each_level(world: World) -> None:
    hypothesis = world.running()  # with a cap of 150 EUR
    now = datetime.now(UTC)
    spend(world, hypothesis, "149", now)
    assert letters(world) == []
    spend(world, hypothesis, "2", now)
    (told,) = letters(world)
    assert hypothesis.owner is not None
    assert told["To"] == hypothesis.owner.email
    assert told["Subject"] == f"{hypothesis.key}: the budget is used up"
    assert "€151" in told.get_content() and "/costs" in told.get_content()
    spend(world, hypothesis, "1", now)
    assert len(letters(world)) == 1
    spend(world, hypothesis, "60", now)
    *_, asked = letters(world)
    assert len(letters(world)) == 2
    assert "leader" in asked["To"]
    assert "please decide" in asked["Subject"] and "/budget" in asked.get_content()


def test_one_large_cost_tells_the_owner_and_the_leaders(world: World) -> None:
    hypothesis = world.running()
    spend(world, hypothesis, "500", datetime.now(UTC))
    subjects = [letter["Subject"] for letter in letters(world)]
    assert len(subjects) == 2 and subjects[0] != subjects[1]


def test_what_is_undone_or_long_ago_sends_nothing(world: World) -> None:
    hypothesis = world.running()
    spend(world, hypothesis, "500", datetime.now(UTC) - timedelta(days=30))
    assert letters(world) == []
    other = world.running()
    with pytest.raises(Invalid):
        cost_import.run(
            other.id, "02.03.2025;work;500;EUR\n02.03.2025;work;x;EUR", currency="EUR",
            by=world.actor(), now=datetime.now(UTC),
        )  # fmt: skip
    assert letters(world) == []
