"""The pages of baskets: a file is brought, said what is what, looked into, searched and used."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.fixtures import receipt_lines
from tests.fixtures.pages import form_values
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

CLUSTERS: dict[str, Any] = {
    "design": "cluster", "variant": "arm", "control": "usual", "cluster": "store",
    "split": {"usual": 0.5, "rail": 0.5}, "planned_units": 4, "baseline": 0.23,
    "metrics": [
        {"name": "Attach rate", "kind": "ratio", "columns": ["with_both", "with_core"],
         "role": "primary", "threshold": 0.04, "better": "higher"}
    ],
}  # fmt: skip


def brought(visitor: Visitor, content: bytes = b"", **values: Any) -> str:
    """Bring a file; the address of its choice."""
    file = (io.BytesIO(content or receipt_lines.two_arms()), "receipts.csv")
    page = visitor.submit("/data/baskets", {"file": file, **values}, form_id="receipts")
    assert page.response.location.endswith("/choose")
    return str(page.response.location)


def chosen(visitor: Visitor, place: str, status: int = 302, **values: Any) -> Any:
    """Say what is core, by the names of the goods."""
    form = visitor.get(place).form("choose")
    data = form_values(form)
    told = values.pop("goods", {})
    for field in [name for name in data if name.startswith("goods.")]:
        if data[field] in told:
            data[f"kind.{field.partition('.')[2]}"] = told[data[field]]
    for name, value in values.items():
        data[name] = value
    return visitor.browser.open(place, method="POST", data=data, status=status)


def looked_into(visitor: Visitor, **values: Any) -> str:
    place = brought(visitor)
    page = chosen(
        visitor, place, goods={"breakers": "core"}, control="usual", threshold="4", **values
    )
    return str(page.response.location)


def test_an_empty_page_teaches(visitor: Visitor) -> None:
    page = visitor.sign_in("viewer").get("/data/baskets")
    assert page.heading == "Baskets"
    assert "Does the rail go with the breaker?" in page.text
    assert "Bring the receipts" not in page.text
    assert page.links["Seasons"] == "/data/seasons"


def test_columns_are_guessed_and_the_core_is_asked(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    place = brought(visitor)
    values = form_values(visitor.get(place).form("choose"))
    assert (values["receipt"], values["store"], values["day"]) == ("receipt", "store", "day")
    assert (values["category"], values["assist"]) == ("category", "passed on by")
    assert {values["goods.0"], values["goods.1"]} == {"breakers", "rails"}
    refused = chosen(visitor, place, 422)
    assert "choose at least one category" in refused.text


def test_the_answer_stands_above_its_numbers(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    page = visitor.get(looked_into(visitor))
    for words in (
        "changed by +4.9 pp (−4.2 to 13.9)", "0.286 (70 choices)",
        "+4.3 pp", "0.010", "Goods that go together", "breakers → rails",
        "Total margin per receipt", "each with one value",
    ):  # fmt: skip
        assert words in page.text, words
    assert page.text.index("Not enough data") < page.text.index("Core and periphery")


def test_rules_are_searched(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    place = looked_into(visitor)
    assert "2 rules found" in visitor.get(f"{place}?q=RAIL").text
    assert "0 rules found" in visitor.get(f"{place}?q=lamp").text


def test_shares_have_to_make_a_hundred_and_nothing_typed_is_lost(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    place = brought(visitor)
    page = chosen(visitor, place, 422, goods={"breakers": "core"}, goal="80", assist_share="30")
    assert "have to make 100 together" in page.text
    values = form_values(page.form("choose"))
    assert (values["goal"], values["assist_share"]) == ("80", "30")
    assert "core" in {values["kind.0"], values["kind.1"]}


@pytest.mark.parametrize("control", ["", "controls"])
def test_arms_without_their_control_are_said_at_the_field(visitor: Visitor, control: str) -> None:
    visitor.sign_in("analyst")
    place = brought(visitor)
    listed = visitor.get("/data/baskets")
    assert "What is core is not chosen yet" in listed.text and place in listed.links.values()
    page = chosen(visitor, place, goods={"breakers": "core"}, control=control, status=422)
    assert "one of which is named as the control" in page.text
    shown = form_values(page.form("choose"))
    assert shown["control"] == control
    assert "core" in {value for name, value in shown.items() if name.startswith("kind.")}
    # Who may not choose is not led to a refusal.
    assert place not in visitor.sign_in("viewer").get("/data/baskets").links.values()


def test_a_choice_of_before_is_not_overwritten(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    place = brought(visitor)
    old = form_values(visitor.get(place).form("choose"))
    chosen(visitor, place, goods={"breakers": "core"}, control="usual", name="First")
    old["name"] = "Second"
    for field in [name for name in old if name.startswith("goods.")]:
        if old[field] == "breakers":
            old[f"kind.{field.partition('.')[2]}"] = "core"
    page = visitor.browser.open(place, method="POST", data=old, status=409)
    assert "Someone changed this" in page.text
    assert form_values(page.form("choose"))["name"] == "Second"


def test_what_is_no_table_is_said_at_the_field(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    page = visitor.submit(
        "/data/baskets", {"file": (io.BytesIO(b"%PDF-1.7 no table"), "receipts.csv")},
        form_id="receipts", status=422,
    )  # fmt: skip
    assert page.heading == "Baskets"
    page = visitor.submit("/data/baskets", {}, form_id="receipts", status=422)
    assert "Choose a file." in page.text


def test_money_and_people_are_for_those_who_may_see_them(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    place = looked_into(visitor)
    assert "usual 1.0" in visitor.get(place).text  # a seller
    visitor.sign_in("leader")
    page = visitor.get(place)
    assert "Average check" in page.text
    assert "usual 1.0" not in page.text
    visitor.sign_in("viewer")
    page = visitor.get(place)
    assert "Money is shown to those who decide" in page.text
    assert "Margin" not in {line.text for line in page.tree.iter("th")}
    assert "breakers → rails" in page.text
    for part in ("stores", "store_weeks"):
        response = visitor.get(f"{place}/{part}/export.csv").response
        head = response.get_data().decode("utf-8-sig").splitlines()[0]
        assert "Margin" not in head and "Revenue" not in head
        assert "Attach rate" in head
        assert "without-money" in response.headers["Content-Disposition"]
    visitor.get(f"{place}/choose", status=403)


def test_a_team_lead_sees_the_money_of_the_own_store(visitor: Visitor) -> None:
    from hadi.services import units

    visitor.sign_in("analyst")
    place = looked_into(visitor)
    with visitor.app.app_context():
        world = visitor.world
        units.add(
            body={"kind": "store", "code": "rail 1", "name": "Rail street",
                  "responsible": "member@example.org"},
            by=world.actor("admin"), now=world.later(),
        )  # fmt: skip
    visitor.sign_in("member")
    response = visitor.get(f"{place}/stores/export.csv").response
    assert "0000000" not in response.get_data(as_text=True)  # the crumbs of adding tenths up
    lines = response.get_data().decode("utf-8-sig").splitlines()
    head = [cell.strip('"') for cell in lines[0].split(",")]
    revenue = head.index("Revenue")
    filled = {line.split(",")[0].strip('"'): line.split(",")[revenue] for line in lines[1:]}
    assert filled["rail 1"] not in ("", '""')
    assert all(not cell for store, cell in filled.items() if store != "rail 1")


def test_it_is_set_aside_and_fetched_back(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    place = looked_into(visitor)
    token = visitor.token(place)
    visitor.browser.post(f"{place}/remove", {"csrf_token": token}, status=302)
    page = visitor.get("/data/baskets")
    assert "is set aside" in page.text and "Fetch back" in page.text
    visitor.browser.post(f"{place}/remove", {"csrf_token": token}, status=302)  # hit twice
    visitor.browser.post(f"{place}/restore", {"csrf_token": token}, status=302)
    visitor.browser.post(f"{place}/restore", {"csrf_token": token}, status=302)
    assert "Use in a hypothesis" in visitor.get(place).text


def test_an_administrator_deletes_the_lines(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    place = looked_into(visitor)
    visitor.sign_in("admin")
    values = {"csrf_token": visitor.token(place)}
    page = visitor.browser.post(f"{place}/delete-rows", {**values, "reason": " "}, status=422)
    assert "reason" in page.text.lower()
    visitor.browser.post(f"{place}/delete-rows", {**values, "reason": "asked to"}, status=302)
    page = visitor.get(place)
    assert "The lines were deleted on" in page.text
    assert "usual 1.0" not in page.text
    assert "breakers → rails" in page.text
    folder = visitor.app.extensions["hadi_settings"].data_dir / "datasets"
    assert not list(folder.glob("*.parquet"))


@pytest.mark.parametrize(("grain", "rows"), [("week", 32), ("store", 8)])
def test_the_sums_become_the_data_of_a_test(visitor: Visitor, grain: str, rows: int) -> None:
    key = visitor.make("running", **CLUSTERS)
    visitor.sign_in("analyst")
    place = looked_into(visitor)
    hypothesis = next(
        option.get("value") for option in visitor.get(f"{place}/use").tree.iter("option")
        if key in "".join(option.itertext())
    )  # fmt: skip
    page = visitor.submit(f"{place}/use", {"hypothesis": hypothesis, "grain": grain}, form_id="use")
    mapping = visitor.get(page.response.location)
    assert "store" in mapping.text
    # Pieces are no customers; and the week says whether the plan came before the data.
    named = form_values(mapping.form("mapping"))
    assert "units" not in named.values()
    assert (grain != "week") or "week" in named.values()
    from hadi.models import Dataset

    with visitor.app.app_context():
        from hadi.db import db

        staged = db.session.get_one(Dataset, page.response.location.rstrip("/").split("/")[-2])
        assert staged.rows == rows
        assert staged.tags["margin"] == "money"
        assert staged.origin is not None and staged.origin["kind"] == "basket"


def test_stores_that_got_the_change_are_asked_where_the_receipts_do_not_say(
    visitor: Visitor,
) -> None:
    key = visitor.make("running", **CLUSTERS)
    visitor.sign_in("analyst")
    place = brought(visitor)
    page = chosen(visitor, place, goods={"breakers": "core"}, arm="")
    place = str(page.response.location)
    form = visitor.get(f"{place}/use").form("use")
    hypothesis = next(
        option.get("value") for option in form.iter("option") if key in "".join(option.itertext())
    )
    page = visitor.submit(f"{place}/use", {"hypothesis": hypothesis}, form_id="use", status=422)
    assert "Name the stores that got the change" in page.text
    data = form_values(form)
    data["hypothesis"] = hypothesis
    data.setlist("treated", [f"rail {n}" for n in range(1, 5)])
    page = visitor.browser.open(f"{place}/use", method="POST", data=data, status=302)
    assert "/data/" in page.response.location
