"""Receipt lines answered: the field's printed numbers, stores as units, credit that adds up."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hadi.analysis.baskets import Basket, basket
from hadi.domain.baskets import read_spec
from hadi.domain.errors import Invalid, Unreadable
from hadi.ingest.bundles import open_tables
from hadi.ingest.receipts import store_weeks
from tests.fixtures import receipt_lines
from tests.fixtures.receipt_lines import COLUMNS, written

ARMS = {"core": ["breakers"], "periphery": ["rails"], "control": "usual", "threshold": 4}
NO_ARM = {role: name for role, name in COLUMNS.items() if role != "arm"}


def answered(tmp_path: Path, content: bytes, **given: Any) -> Basket:
    tables = open_tables(io.BytesIO(content), "receipts.csv", folder=tmp_path)
    names = [column.name for column in tables[0].report.columns]
    return basket([table.path for table in tables], read_spec(given, names))


def statuses(answer: Basket) -> Mapping[str, str]:
    return {check.code: check.status.value for check in answer.checks}


def test_the_printed_rule_of_a_thousand_receipts(tmp_path: Path) -> None:
    columns = {"receipt": "receipt", "category": "category"}
    answer = answered(
        tmp_path, receipt_lines.thousand(), columns=columns, core=["breakers"], periphery=["rails"]
    )
    assert answer.core is not None
    rule = answer.core.rule
    assert (rule.support, rule.confidence, rule.lift) == pytest.approx((0.126, 0.315, 1.75))
    assert rule.elsewhere == pytest.approx(0.09)
    # Nothing says which store a receipt is of: there is no range, and that is said.
    assert answer.core.lift.low is None
    assert statuses(answer)["ranges"] == "warn"
    assert str(answer.text) == (
        "31.5% of the receipts with core have an add-on, of the others 9.0%: they go together "
        "1.75 times as often as by chance."
    )
    (pair,) = {(one.a, one.b) for one in answer.rules if one.a < one.b}
    assert pair == ("breakers", "rails")


def test_stores_are_compared_and_not_their_receipts(tmp_path: Path) -> None:
    answer = answered(tmp_path, receipt_lines.two_arms(), columns=COLUMNS, **ARMS)
    (arm,) = answer.arms
    attach, naive = arm.attach, arm.naive
    assert attach.pooled == pytest.approx(412 / 1500 - 289 / 1248)
    assert attach.pooled == pytest.approx(0.043, abs=5e-4)
    assert naive is not None and naive.p_value == pytest.approx(0.0099, abs=5e-5)
    assert attach.comparison is not None and attach.permutation is not None
    assert attach.comparison.estimate == pytest.approx(0.049, abs=5e-4)
    assert attach.comparison.interval.low == pytest.approx(-0.042, abs=5e-4)
    assert attach.comparison.interval.high == pytest.approx(0.139, abs=5e-4)
    assert attach.permutation.p_value == pytest.approx(20 / 70)
    assert (attach.permutation.assignments, attach.permutation.is_exact) == (70, True)
    assert answer.as_json()["arms"][0]["measures"][0]["store_t_p"] == pytest.approx(0.24, abs=5e-3)
    assert arm.verdict.verdict == "not_enough_data"
    assert "stores per group would settle" in str(arm.text)
    assert statuses(answer)["clusters"] == "pass"


def test_add_ons_that_come_back_are_harmful(tmp_path: Path) -> None:
    content = receipt_lines.two_arms(returned=(0.021, 0.064))
    answer = answered(tmp_path, content, columns=COLUMNS, **ARMS)
    (arm,) = answer.arms
    returns = next(one for one in arm.measured if one.name == "addon_returns")
    assert returns.comparison is not None
    assert returns.comparison.control == pytest.approx(0.021, abs=4e-3)
    assert returns.comparison.treatment == pytest.approx(0.064, abs=4e-3)
    assert returns.status == "breached"
    assert arm.verdict.verdict == "harmful"
    assert "Add-ons that came back" in str(arm.text)


def test_one_seller_brings_the_gain_and_another_department_pays(tmp_path: Path) -> None:
    answer = answered(
        tmp_path, receipt_lines.before_and_after(), columns=NO_ARM, core=["breakers"],
        periphery=["rails"], since="2026-04-27",
    )  # fmt: skip
    gains = answer.gains
    assert gains is not None and gains.carried is not None
    weeks = answer.receipts.span_weeks
    assert weeks == {"before": 8.0, "after": 8.0}
    assert gains.carried.name == "Anna"
    assert gains.carried.own * 8 == pytest.approx(15_500)
    assert gains.carried.total * 8 == pytest.approx(18_000)
    assert round(gains.carried.share, 2) == 0.86
    changes = {one.name: one.change * 8 for one in gains.departments}
    assert changes == pytest.approx({"boards": 3_600, "cables": -3_200})
    found = statuses(answer)
    assert (found["concentration"], found["cannibalisation"]) == ("warn", "warn")
    assert found["no_control"] == "warn"


def test_goals_and_assists_add_up(tmp_path: Path) -> None:
    head = ("receipt", "category", "amount", "margin", "seller", "assist", "department")
    rows = [
        (1, "breakers", 100, 20, "Anna", "", "boards"),
        (1, "rails", 50, 10, "Anna", "Emil", "boards"),
        (2, "cables", 80, 8, "Emil", "", "cables"),
        (2, "rails", 40, 8, "Emil", "Emil", "cables"),  # nobody passes on to oneself
    ]
    columns = {name: name for name in head}
    answer = answered(
        tmp_path, written(rows, head), columns=columns, core=["breakers"], periphery=["rails"],
        goal=70, assist=30, least=1,
    )  # fmt: skip
    people = {one.name: one for one in answer.receipts.people}
    assert (people["Anna"].goals, people["Anna"].assists) == (1, 0)
    assert (people["Emil"].goals, people["Emil"].assists) == (1, 1)
    assert people["Anna"].addon_amount == pytest.approx(35)
    assert people["Emil"].addon_amount == pytest.approx(15 + 40)
    departments = {one.name: one for one in answer.receipts.departments}
    assert departments["boards"].margin == pytest.approx(20 + 7)
    assert departments["cables"].margin == pytest.approx(3 + 8 + 8)
    whole = answer.receipts.whole
    assert whole.margin == pytest.approx(sum(one.margin or 0 for one in departments.values()))
    assert whole.addon_amount == pytest.approx(sum(p.addon_amount or 0 for p in people.values()))


def test_returns_and_rows_without_a_receipt(tmp_path: Path) -> None:
    rows = [
        (1, "breakers", 1, 100), (1, "rails", 1, 30), (2, "rails", -1, -30), ("", "rails", 1, 30),
        (3, "breakers", 1, 100),
    ]  # fmt: skip
    columns = {"receipt": "receipt", "category": "category", "quantity": "pieces", "amount": "sum"}
    answer = answered(
        tmp_path, written(rows, ("receipt", "category", "pieces", "sum")), columns=columns,
        core=["breakers"],
    )  # fmt: skip
    seen, whole = answer.receipts.seen, answer.receipts.whole
    assert (seen.receipts, seen.unnamed, seen.returns) == (2, 1, 1)
    assert (whole.core, whole.both, whole.addon_lines, whole.addon_returned) == (2, 1, 1, 1)
    assert whole.amount == pytest.approx(230)


def test_the_same_number_in_two_stores_is_two_receipts(tmp_path: Path) -> None:
    rows = [(1, "north", "breakers", 1), (1, "south", "rails", 0)]
    head = ("receipt", "store", "category", "core")
    answer = answered(tmp_path, written(rows, head), columns={name: name for name in head})
    assert answer.receipts.seen.receipts == 2
    assert answer.receipts.whole.both == 0


def test_amounts_in_two_currencies_make_no_sum(tmp_path: Path) -> None:
    rows = ["receipt;category;amount;currency", "1;breakers;100;eur", "2;breakers;9000;RUB"]
    columns = {"receipt": "receipt", "category": "category", "amount": "amount"}
    asked = {"columns": columns | {"currency": "currency"}, "core": ["breakers"]}
    with pytest.raises(Unreadable) as refused:
        answered(tmp_path, "\n".join(rows).encode(), **asked)
    assert "several currencies (EUR, RUB)" in str(refused.value.text)
    # One currency, however it is written, is one; without amounts there is nothing to add up.
    alike = "\n".join(rows).replace("RUB", " EUR ")
    assert answered(tmp_path, alike.encode(), **asked).receipts.seen.currency == "EUR"
    del columns["amount"]
    counted = answered(tmp_path, "\n".join(rows).encode(), **asked | {"columns": columns})
    assert counted.receipts.seen.currency is None


def test_a_store_in_two_arms_is_left_out(tmp_path: Path) -> None:
    content = receipt_lines.two_arms() + b"9999,usual 1,2026-03-03,breakers,1,9,2,x,,boards,,rail\n"
    answer = answered(tmp_path, content, columns=COLUMNS, **ARMS)
    assert answer.receipts.seen.mixed_stores == 1
    assert len(answer.arms[0].stores[0]) == 3
    assert statuses(answer)["arms"] == "warn"


def test_store_weeks_add_up_to_the_whole(tmp_path: Path) -> None:
    content = receipt_lines.two_arms()
    tables = open_tables(io.BytesIO(content), "receipts.csv", folder=tmp_path)
    spec = read_spec({"columns": COLUMNS, **ARMS}, list(COLUMNS.values()))
    rows = store_weeks([table.path for table in tables], spec)
    assert len(rows) == 8 * 4
    assert sum(row.core for row in rows) == 1248 + 1500
    assert sum(row.both for row in rows) == 289 + 412
    assert math.fsum(row.amount or 0.0 for row in rows) == pytest.approx(
        (1248 + 1500) * 100 + (289 + 412) * 30
    )
    assert len(store_weeks([table.path for table in tables], spec, by_week=False)) == 8


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"columns": {"category": "category"}}, "receipt"),
        ({"columns": {"receipt": "receipt"}}, "category"),
        ({"columns": {"receipt": "no such"}}, "receipt"),
        ({"goal": 70, "assist": 40}, "assist"),
        ({"goal": 120}, "goal"),
        ({"goal": "many"}, "goal"),
        ({"core": ["a"], "periphery": ["a"]}, "periphery"),
        ({"core": "breakers"}, "core"),
        ({"least": 0}, "least"),
        ({"since": "spring"}, "since"),
        ({"since": "2026-01-05"}, "since"),
        ({"threshold": -1}, "threshold"),
        (
            {
                "since": "2026-01-05",
                "columns": {
                    "receipt": "receipt",
                    "category": "category",
                    "arm": "arm",
                    "store": "store",
                    "day": "day",
                },
            },
            "since",
        ),
        ({"columns": {"receipt": "receipt", "category": "category", "arm": "arm"}}, "store"),
        ({"columns": {"receipt": "receipt", "category": "receipt"}}, "category"),
        ({"columns": {"colour": "receipt"}}, "columns"),
    ],
)
def test_what_cannot_be_asked_is_named(given: dict[str, Any], field: str) -> None:
    asked = {"columns": {"receipt": "receipt", "category": "category"}} | given
    with pytest.raises(Invalid) as refused:
        read_spec(asked, ["receipt", "category", "arm", "store", "day"])
    assert field in refused.value.fields


def test_words_where_numbers_belong(tmp_path: Path) -> None:
    rows = [(1, "breakers", "much")]
    columns = {"receipt": "receipt", "category": "category", "amount": "amount"}
    with pytest.raises(Unreadable, match="does not hold numbers"):
        answered(
            tmp_path, written(rows, ("receipt", "category", "amount")), columns=columns,
            core=["breakers"],
        )  # fmt: skip
