"""The place of levers: entered by hand or brought as a list, compared, and put right."""

from __future__ import annotations

import io
from typing import Any

import pytest

from hadi.domain.levers import Lever
from hadi.models import LeverPeriod
from hadi.services import client_bases, lever_periods, units
from tests.fixtures.pages import Page, form_values
from tests.integration.test_levers import AFTER, aim, enter, put_on, store
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

PLACE = "/data/levers"
PERIOD = {
    "starts_on": "2025-12-08", "ends_on": "2026-01-04", "leads": "400",
    "stages": "Offer sent: 200", "clients": "100", "purchases": "120", "revenue": "240,000.50",
    "currency": "RUB",
}  # fmt: skip
LIST = (
    "month\tleads\tOffer sent\tclients\tpurchases\trevenue\tweather\n"
    "2025-11\t400\t200\t100\t120\t240 000,00 ₽\tsnow\n"
    "2025-12\t500\t250\t150\t165\t346.500,50\train\n"
)
PURCHASES = (
    "client,date,territory\n"
    "a,2025-10-05,North\na,2025-11-05,North\nb,2024-03-01,North\nc,,North\n"
    "d,2025-12-31,South\na,2026-01-15,South\n,2025-12-01,South\n"
)


def bring(visitor: Visitor, path: str, do: str, status: int = 200, **values: Any) -> Page:
    """Send the form of an import with one of its buttons."""
    data = form_values(visitor.get(path).form("import"), do if do != "store" else None)
    data["do"] = do
    for name, value in values.items():
        data[name] = value
    return visitor.browser.open(path, method="POST", data=data, status=status)


def put(visitor: Visitor, code: str = "", **parts: Any) -> str:
    """A period that is there already, of a store where one is named; its id."""
    with visitor.app.app_context():
        unit = units.known_as([code]).get(code) if code else None
        return str(enter(visitor.world, **({"unit": unit.id if unit else ""} | parts)).id)


def stand(visitor: Visitor, code: str, role: str = "member") -> str:
    """A store, for which the person of that role is responsible; its id."""
    with visitor.app.app_context():
        return str(store(visitor.world, code, responsible=visitor.world.ids[role]).id)


def listed(visitor: Visitor) -> list[LeverPeriod]:
    with visitor.app.app_context():
        return lever_periods.listing(None, by=visitor.world.actor("analyst"))


def bases(visitor: Visitor) -> client_bases.Found:
    with visitor.app.app_context():
        return client_bases.found(by=visitor.world.actor("viewer"))


# ------------------------------------------------------------------------------- the board
def test_an_empty_place_teaches_and_takes_the_first_period(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    page = visitor.get(PLACE)
    assert "No period is entered yet" in page.text
    visitor.submit(f"{PLACE}/periods/new", PERIOD)
    page = visitor.get(PLACE)
    for words in ("The period is entered.", "25.0%", "RUB", "240,000.50", "100 clients"):
        assert words in page.text, words
    assert "Set a target for each lever" in page.text


def test_targets_name_the_lever_that_is_next(visitor: Visitor) -> None:
    put(visitor)
    visitor.sign_in("analyst")
    typed = {"inflow": "160", "conversion": "20", "check": "2500", "currency": "RUB"}
    visitor.submit(f"{PLACE}/targets", typed)
    page = visitor.get(PLACE)
    assert "Next to tune: Inflow of leads, at 62.5% of its target." in page.text
    shown = form_values(visitor.get(f"{PLACE}/targets").form())
    assert (shown["conversion"], shown["version"], shown["frequency"]) == ("20", "1", "")
    page = visitor.submit(f"{PLACE}/targets", {"conversion": "200"}, status=422)
    assert "above 0 and at most 1" in page.text


def test_the_change_is_taken_apart_and_adds_up(visitor: Visitor) -> None:
    first, last = put(visitor), put(visitor, **AFTER)
    visitor.sign_in("leader")
    page = visitor.get(PLACE)
    assert "Revenue went from" in page.text and "to “Offer sent”" in page.text
    assert "106,500" in page.text
    page = visitor.get(f"{PLACE}?before={last}&after={first}")
    assert "-RUB" in page.text.replace("−", "-").replace("\u202f", "")


def test_money_is_for_those_who_may_see_it(visitor: Visitor) -> None:
    mine, other = stand(visitor, "S07"), stand(visitor, "S08", "leader")
    for code in ("S07", "S08"):
        put(visitor, code)
        put(visitor, code, starts_on="2025-11", ends_on="2025-11")
    visitor.sign_in()
    assert "240,000" in visitor.get(f"{PLACE}?unit={mine}").text
    page = visitor.get(f"{PLACE}?unit={other}")
    assert "240,000" not in page.text and "2,000" not in page.text
    assert "whoever is responsible for the unit see its revenue" in page.text
    assert "Enter a period" not in page.links
    csv = visitor.browser.client.get(f"{PLACE}/periods.csv?unit={other}").get_data(as_text=True)
    assert "240000" not in csv and "400" in csv
    csv = visitor.browser.client.get(f"{PLACE}/periods.csv?unit={mine}").get_data(as_text=True)
    assert "240000" in csv
    visitor.get(f"{PLACE}/periods/new?unit={other}", status=403)
    visitor.get(f"{PLACE}?unit=nowhere", status=404)


def test_a_period_is_corrected_and_struck_out(visitor: Visitor) -> None:
    made = put(visitor)
    visitor.sign_in("analyst")
    path = f"{PLACE}/periods/{made}"
    page = visitor.submit(path, {"purchases": "90"}, status=422)
    assert "cannot be fewer purchases than clients" in page.text
    assert form_values(page.form())["purchases"] == "90"
    visitor.submit(path, {"purchases": "130", "stages": "Offer sent 210"})
    assert "130 purchases" in visitor.get(PLACE).text
    form = visitor.get(path).form()
    visitor.submit(path, {"leads": "401"})
    page = visitor.browser.open(path, method="POST", data=form_values(form), status=409)
    assert "Someone changed this period" in page.text
    visitor.submit(f"{path}/void", {"reason": " "}, status=422)
    visitor.submit(f"{path}/void", {"reason": "of another month"})
    assert "Struck out: of another month" in visitor.get(PLACE).text
    visitor.browser.open(path, method="GET", status=302)
    data = form_values(visitor.get(f"{path}/void").form())
    visitor.browser.open(f"{path}/restore", method="POST", data=data, status=302)
    assert "The period counts again." in visitor.get(PLACE).text


def test_hypotheses_stand_on_their_levers(visitor: Visitor) -> None:
    where = stand(visitor, "S07")
    put(visitor, "S07")
    with visitor.app.app_context():
        unit = units.find(where, by=visitor.world.actor())
        aim(visitor.world, unit, inflow=200, conversion="0.2")
        early = visitor.world.idea("offer a rail beside every breaker")
        put_on(visitor.world, early, Lever.CHECK, unit, why="the fair is in May")
        put_on(visitor.world, visitor.world.measured(), Lever.CONVERSION, unit)
    visitor.sign_in("leader")
    page = visitor.get(f"{PLACE}?unit={where}")
    for words in (
        "offer a rail beside every breaker", "stands at 50.0% of its target in Store S07",
        "Why all the same: the fair is in May", "Confirmed", "not measured yet",
    ):  # fmt: skip
        assert words in page.text, words


# ------------------------------------------------------------------------------- lists
def test_a_list_of_periods_is_shown_before_it_is_stored(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    path = f"{PLACE}/periods/import"
    page = bring(visitor, path, "preview", rows=LIST, currency="RUB")
    for words in ("2 are new", "Taken as stages", "Offer sent", "weather", "Store 2 lines"):
        assert words in page.text, words
    assert listed(visitor) == []
    bring(visitor, path, "store", 302, rows=LIST, currency="RUB")
    last, first = listed(visitor)
    assert (str(first.revenue), str(last.revenue)) == ("240000.00", "346500.50")
    assert last.stages == [["Offer sent", 250]]
    page = bring(visitor, path, "preview", rows=LIST, currency="RUB")
    assert "2 stay" in page.text and "Store" not in page.text.split("What the list does")[1][:80]
    changed = LIST.replace("\t165\t", "\t170\t")
    bring(visitor, path, "store", 302, rows=changed, currency="RUB")
    assert listed(visitor)[0].purchases == 170


def test_what_is_wrong_of_a_list_is_named_by_line(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    path = f"{PLACE}/periods/import"
    page = bring(visitor, path, "store", 422, rows=LIST.replace("\t165\t", "\t1\t"), currency="RUB")
    assert "1 line is wrong" in page.text and "fewer purchases than clients" in page.text
    assert listed(visitor) == []
    page = bring(visitor, path, "preview", 422, rows="month\tleads\n2025-11\t4")
    assert "There is no column “Clients who bought”" in page.text
    page = bring(visitor, path, "preview", 422, rows="")
    assert "Paste the heads of the columns" in page.text
    bring(visitor, path, "preview", 422, rows=LIST, currency="RUB", unit="gone")
    page = bring(visitor, path, "preview", 422, rows=LIST.replace("2025-11", "2026-02-30"))
    assert page.text.count("“2026-02-30” is no day of the calendar.") == 1


def test_client_bases_are_entered_counted_and_defined(visitor: Visitor) -> None:
    visitor.sign_in("admin")
    place = f"{PLACE}/clients"
    assert "No client base is entered yet" in visitor.get(place).text
    base = {"starts_on": "2025-10-01", "ends_on": "2025-12-31"}
    for territory, active, ever in (("North", 181, 420), ("Centre", 262, 310), ("South", 118, 655)):
        typed = {**base, "territory": territory, "active": str(active), "ever": str(ever)}
        visitor.submit(f"{place}/new", typed)
    page = visitor.get(place)
    for words in ("43.1%", "84.5%", "18.0%", "40.5%", "561", "1,385"):
        assert words in page.text, words
    visitor.submit(place, {"definition": "all_potential"}, form_id="definition-form")
    page = visitor.get(place)
    assert "everyone who could buy is active" in page.text
    assert "Of 3 territories the whole base by this definition is not known" in page.text
    assert "0</td>" not in page.text  # of nobody nothing is known: that is no sum of nobody
    found = bases(visitor).lines[0].base
    visitor.submit(f"{place}/{found.id}", {"potential": "1000"})
    visitor.submit(f"{place}/{found.id}/void", {"reason": "another border"})
    assert "Struck out: another border" in visitor.get(place).text
    assert "North" in visitor.browser.client.get(f"{place}.csv").get_data(as_text=True)
    visitor.sign_in("viewer")
    page = visitor.get(place)
    assert "Count them so" not in page.text
    visitor.get(f"{place}/new", status=403)


def test_client_bases_are_counted_out_of_purchases(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    path = f"{PLACE}/clients/import"
    sent = {
        "file": (io.BytesIO(PURCHASES.encode()), "purchases.csv"),
        "starts_on": "2025-10-01", "ends_on": "2025-12-31",
    }  # fmt: skip
    empty = bring(visitor, path, "count", 422)
    assert "Choose the file of purchases." in empty.text and "Paste the heads" not in empty.text
    page = bring(visitor, path, "count", **sent)
    for words in (
        "2 are new", "1 row lies after the period", "1 row names no client",
        "1 client is of more than one territory",
    ):  # fmt: skip
        assert words in page.text, words
    rows = form_values(page.form("import"))["rows"]
    bring(visitor, path, "store", 302, rows=rows)
    found = bases(visitor)
    counts = {line.base.territory: line.base.counts for line in found.lines}
    north, south = counts["North"], counts["South"]
    assert (north.active, north.ever, north.potential) == (1, 2, 3)
    assert (south.active, south.ever) == (1, 1)
    sent["file"] = (io.BytesIO(b"name,what\nx,y\n"), "people.csv")
    page = bring(visitor, path, "count", 422, **sent)
    assert "No column is called client" in page.text


def test_the_printed_bases_come_as_a_list(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    rows = "территория;АКБ;ОКБ\nСевер;181;420\nЦентр;262;310\nЮг;118;655"
    days = {"starts_on": "2025-10-01", "ends_on": "2025-12-31"}
    bring(visitor, f"{PLACE}/clients/import", "store", 302, rows=rows, **days)
    total = bases(visitor).total
    assert (total.active, total.whole) == (561, 1385)
    page = bring(visitor, f"{PLACE}/clients/import", "preview", 422, rows=rows)
    assert "Write a day" in page.text


@pytest.mark.parametrize("language", ["en", "ru", "hu"])
@pytest.mark.parametrize("place", ["periods", "clients"])
def test_the_heads_that_a_page_names_are_read(visitor: Visitor, place: str, language: str) -> None:
    """In the language of whoever looks: what stands in the empty field as an example is taken."""
    visitor.sign_in("analyst")
    path = f"{PLACE}/{place}/import"
    page = visitor.get(path, headers={"Accept-Language": language})
    example = next(field.get("placeholder") for field in page.form("import").iter("textarea"))
    page = bring(visitor, path, "preview", rows=example, currency="RUB",
                 starts_on="2026-01-01", ends_on="2026-01-31")  # fmt: skip
    assert "1 is new" in page.text


@pytest.mark.parametrize("path", ["", "/clients", "/targets", "/periods/new", "/periods/import"])
def test_every_page_reads_in_russian(visitor: Visitor, path: str) -> None:
    put(visitor)
    visitor.sign_in("analyst")
    visitor.get(PLACE + path, headers={"Accept-Language": "ru"})


def test_who_answers_for_one_store_enters_that_store_alone(visitor: Visitor) -> None:
    mine, other = stand(visitor, "S07"), stand(visitor, "S08", "leader")
    visitor.sign_in()
    page = visitor.get(f"{PLACE}/periods/new?unit={mine}")
    offered = [option.get("value") for option in page.form().iter("option")]
    assert offered == [mine]
    assert "Enter a period" in visitor.get(PLACE).links
    assert form_values(visitor.get(f"{PLACE}/periods/new").form())["unit"] == mine
    data = form_values(page.form())
    for name, value in (PERIOD | {"unit": other}).items():
        data[name] = value
    page = visitor.browser.open(f"{PLACE}/periods/new", method="POST", data=data, status=422)
    assert "Whoever is responsible for the unit" in page.text
    assert form_values(page.form())["leads"] == "400"
    visitor.submit(f"{PLACE}/periods/new?unit={mine}", PERIOD)
    typed = {"territory": "elsewhere", "active": "1", "ever": "2"}
    days = {"starts_on": "2025-10-01", "ends_on": "2025-12-31"}
    page = visitor.submit(f"{PLACE}/clients/new", typed | days, status=422)
    assert "Whoever is responsible for the unit" in page.text
    visitor.submit(f"{PLACE}/clients/new", typed | days | {"territory": "S07"})
