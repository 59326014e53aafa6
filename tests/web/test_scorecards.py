"""The pages of scorecards: made, visited, brought, and watching a hypothesis."""

from __future__ import annotations

import io
import re

import pytest

from tests.fixtures.pages import form_values
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

PLACE = "/data/scorecards"
MARKS = {f"mark_{n}": "met" for n in range(1, 8)} | {f"mark_{n}": "not_met" for n in range(8, 12)}
VISIT = {"visited_on": "2026-01-20", "unit": "s07", "mark_12": "not_applicable"} | MARKS
SEEN = {"check_who": "the lead", "check_when": "on Fridays", "check_evidence": "the log"}
LINES = """visit\tday\tstore\tcriterion\tscore
v1\t2026-01-10\ts07\t1\t1
v1\t2026-01-10\ts07\t2\tNA
v2\t2026-01-11\ts07\t1\t0
"""


def card(visitor: Visitor, **values: str) -> str:
    """A card of the template; its address."""
    page = visitor.submit(f"{PLACE}/new", {"name": "The counter"} | values)
    found = re.search(r"/data/scorecards/[0-9a-f]+", page.response.headers["Location"])
    assert found is not None
    return found.group()


def store(visitor: Visitor, here: str, lines: str) -> None:
    """Look at the lines, then press the button that stores them."""
    page = visitor.submit(f"{here}/import", {"lines": lines}, form_id="import", status=200)
    data = form_values(page.form("import"))
    data["do"] = "store"
    visitor.browser.open(f"{here}/import", method="POST", data=data, status=302)


def press(visitor: Visitor, path: str) -> None:
    """A button that asks nothing."""
    visitor.browser.post(path, {"csrf_token": visitor.token()})


def test_an_empty_place_teaches_and_a_card_is_made(visitor: Visitor) -> None:
    visitor.sign_in()
    assert "No scorecard yet" in visitor.get(PLACE).text
    here = card(visitor)
    page = visitor.get(here)
    for words in ("The counter", "Greeting", "Closing", "step without a check point"):
        assert words in page.text
    assert "Nobody has visited yet" in page.text
    assert "The counter" in visitor.get(f"{PLACE}?q=count").text
    assert "Nothing found" in visitor.get(f"{PLACE}?q=zebra").text


def test_a_card_without_a_name_keeps_what_was_typed(visitor: Visitor) -> None:
    visitor.sign_in()
    page = visitor.submit(f"{PLACE}/new", {"name": " ", "purpose": "why"}, status=422)
    assert "Give the scorecard a name." in page.text
    assert "why" in page.text


def test_a_visit_is_entered_read_and_struck_out(visitor: Visitor) -> None:
    visitor.sign_in()
    here = card(visitor)
    visitor.submit(f"{here}/visits/new", VISIT, form_id="visit")
    page = visitor.get(here)
    assert "63.6% of what applied was met, in 1 visit." in page.text
    assert "63.6% of 11" in page.text
    assert "Fewer than 3 visits" in page.text
    visit = next(url for url in page.links.values() if "/visits/" in url and "new" not in url
                 and "visits." not in url)  # fmt: skip
    shown = visitor.get(visit)
    assert 'value="not_applicable" checked' in shown.html or "Does not apply" in shown.text
    visitor.submit(f"{visit}/void", {"reason": "the wrong store"})
    assert "Struck out: the wrong store" in visitor.get(here).text
    press(visitor, f"{visit}/restore")
    assert "Struck out" not in visitor.get(here).text


def test_a_visit_without_marks_says_so(visitor: Visitor) -> None:
    visitor.sign_in()
    here = card(visitor)
    page = visitor.submit(
        f"{here}/visits/new", {"visited_on": "2026-01-20", "unit": "s07"}, form_id="visit",
        status=422,
    )  # fmt: skip
    assert "Mark at least one criterion." in page.text


def test_lines_are_looked_at_and_then_stored(visitor: Visitor) -> None:
    visitor.sign_in()
    here = card(visitor)
    page = visitor.submit(f"{here}/import", {"lines": LINES}, form_id="import", status=200)
    assert "2 visits · 3 marks" in page.text
    store(visitor, here, LINES)
    assert "50.0% of what applied was met, in 2 visits." in visitor.get(here).text
    page = visitor.submit(f"{here}/import", {"lines": LINES}, form_id="import", status=200)
    assert "2 of them are stored already: the marks given here replace their own" in page.text


def test_the_history_names_the_file_that_was_looked_at(visitor: Visitor) -> None:
    visitor.sign_in()
    here = card(visitor)
    file = (io.BytesIO(LINES.encode()), "mystery of may.tsv")
    page = visitor.submit(f"{here}/import", {"file": file}, form_id="import", status=200)
    data = form_values(page.form("import"))
    data["do"] = "store"
    visitor.browser.open(f"{here}/import", method="POST", data=data, status=302)
    assert "mystery of may.tsv" in visitor.get(here).text


def test_a_file_with_a_fault_is_told_row_by_row(visitor: Visitor) -> None:
    visitor.sign_in()
    here = card(visitor)
    bad = LINES + "v3\t2026-01-12\ts07\t1\tmaybe\n"
    file = (io.BytesIO(bad.encode()), "visits.tsv")
    page = visitor.submit(f"{here}/import", {"file": file}, form_id="import", status=422)
    assert "1 row is wrong" in page.text
    assert "Row 5: “maybe” is no mark" in page.text
    assert "v3" in page.text


def test_before_is_held_against_since(visitor: Visitor) -> None:
    visitor.sign_in()
    here = card(visitor)
    rows = ["visit,day,store," + ",".join(str(n) for n in range(1, 13))]
    for place, score in enumerate([6, 7, 6, 8, 7, 5, 10, 11, 9, 10, 11, 10]):
        day = f"2026-01-{place + 1 + (6 if place > 5 else 0):02d}"
        marks = ",".join("1" if n <= score else "0" for n in range(1, 13))
        rows.append(f"v{place},{day},s07,{marks}")
    store(visitor, here, "\n".join(rows))
    page = visitor.get(f"{here}?since=2026-01-10")
    assert (
        "The score moved: 54.2% of what applied was met before, 84.7% since. Chance alone would "
        "hardly do that (p = 0.002)." in page.text
    )
    csv = visitor.get(f"{here}/visits.csv")
    assert csv.response.get_data(as_text=True).count("\n") == 145


def test_a_criterion_is_changed_retired_and_asked_again(visitor: Visitor) -> None:
    visitor.sign_in()
    here = card(visitor)
    visitor.submit(f"{here}/criteria/3", SEEN, form_id="criterion")
    assert visitor.get(here).text.count("step without a check point") == 4
    visitor.submit(
        f"{here}/criteria/new",
        {"name": "Says a name", "definition": "a", "met": "b", "not_met": "c"},
    )
    assert "Says a name" in visitor.get(here).text
    page = visitor.submit(f"{here}/criteria/new", {"name": "x"}, status=422)
    assert "Say what counts as met." in page.text
    press(visitor, f"{here}/criteria/13/retire")
    assert "No longer asked" in visitor.get(here).text
    press(visitor, f"{here}/criteria/13/ask")
    assert "No longer asked" not in visitor.get(here).text


def test_a_card_is_closed_and_opened_again(visitor: Visitor) -> None:
    visitor.sign_in()
    here = card(visitor)
    press(visitor, f"{here}/close")
    page = visitor.get(here)
    assert "Closed: it takes no more visits." in page.text
    assert "Enter a visit" not in page.text
    assert "The counter" in visitor.get(f"{PLACE}?shown=closed").text
    press(visitor, f"{here}/reopen")
    assert "Enter a visit" in visitor.get(here).text


def test_who_only_reads_is_offered_nothing_to_write(visitor: Visitor) -> None:
    visitor.sign_in()
    here = card(visitor)
    visitor.sign_in("viewer")
    page = visitor.get(here)
    assert "Enter a visit" not in page.text and "Add a criterion" not in page.text
    visitor.get(f"{here}/visits/new", status=403)
    visitor.get(f"{PLACE}/new", status=403)


def test_the_scorecard_of_a_hypothesis_is_chosen_and_blocks_the_start(visitor: Visitor) -> None:
    key = visitor.make("planned")
    visitor.sign_in()
    page = visitor.get(f"/hypotheses/{key}/execution")
    assert "No scorecard yet" in page.text
    here = card(visitor)
    visitor.submit(
        f"/hypotheses/{key}/execution", {"scorecard": here.rsplit("/", 1)[1]}, form_id="execution"
    )
    page = visitor.get(f"/hypotheses/{key}/execution")
    assert "The test does not start before these are named" in page.text
    assert f"{here}/criteria/3" in page.links.values()  # each is named where it stands
    start = visitor.get(f"/hypotheses/{key}").text
    assert "Name the check point of step 3" in start
    assert key in visitor.get(here).text
    for number in (3, 4, 7, 8, 10):
        visitor.submit(f"{here}/criteria/{number}", SEEN, form_id="criterion")
    assert "Name the check point" not in visitor.get(f"/hypotheses/{key}").text
    press(visitor, f"/hypotheses/{key}/execution/unlink")
    assert "Mandatory steps" not in visitor.get(f"/hypotheses/{key}/execution").text


@pytest.mark.parametrize(
    "path", ["{}?since=never&page=0", "{}?since=9999-99-99&unit=%00&page=99999"]
)
def test_an_odd_address_is_no_fault(visitor: Visitor, path: str) -> None:
    visitor.sign_in()
    here = card(visitor)
    visitor.submit(f"{here}/visits/new", VISIT, form_id="visit")
    visitor.get(path.format(here))
