"""The pages of versions: cells pasted, a question answered, the next file as before, columns named
anew, columns that not everyone sees, rows deleted."""

from __future__ import annotations

import io
import zipfile

from tests.factories.weeks import HEAD, PLAN, week
from tests.fixtures.pages import form_values
from tests.web.hypotheses_pages import Visitor, visitor
from tests.web.test_hypotheses_data import rows, upload

__all__ = ["visitor"]


def attach_first(visitor: Visitor, key: str, **tags: str) -> str:
    where: str = upload(visitor, key, week(1), "one.csv").response.location
    visitor.submit(where, tags, form_id="mapping", button="attach")
    return where.replace("/map", "")


def test_pasted_cells_are_a_file(visitor: Visitor) -> None:
    key = visitor.make("running", **PLAN)
    visitor.sign_in("analyst")
    path = f"/hypotheses/{key}/data"
    cells = week(1).decode().replace(";", "\t")
    page = visitor.submit(path, {"pasted": cells}, form_id="attach")
    page = visitor.get(page.response.location)
    assert "pasted.tsv" in page.text and "tab" in page.text
    page = visitor.submit(path, {"pasted": "a word"}, form_id="attach", status=422)
    assert page.by_id("pasted").get("aria-invalid") == "true" and "a word" in page.text


def test_a_question_is_answered_and_a_decision_changed(visitor: Visitor) -> None:
    key = visitor.make("running", **PLAN)
    visitor.sign_in("analyst")
    days = [f"0{1 + i % 3}/0{1 + i % 4}/2026" for i in range(60)]
    lines = [f"{i};{'AB'[i % 2]};{i % 2};{day}" for i, day in enumerate(days)]
    content = "\n".join([HEAD, *lines]).encode()
    where = upload(visitor, key, content, "till.csv").response.location
    page = visitor.get(where)
    assert "One thing only you can tell" in page.text and "01/01/2026" in page.text
    page = visitor.submit(where, form_id="mapping", button="attach", status=422)
    assert "is still open: answer the question" in page.text
    (question,) = {
        part.split('"')[0] for part in page.html.split('type="radio" name="')[1:]
        if part.startswith("decision_")
    }  # fmt: skip
    visitor.submit(where, {question: "dmy"}, form_id="questions")
    page = visitor.get(where)
    assert "One thing only you can tell" not in page.text and "2026-01-01" in page.text
    visitor.submit(where, form_id="mapping", button="attach")
    assert rows(visitor) == [("till.csv", 1)]


def test_the_next_file_is_attached_as_before(visitor: Visitor) -> None:
    key = visitor.make("running", **PLAN)
    visitor.sign_in("analyst")
    attach_first(visitor, key)
    where = upload(visitor, key, week(2), "two.csv").response.location
    page = visitor.get(where)
    assert "The columns are those of “one.csv”, version 1." in page.text
    assert form_values(page.form("mapping"))["relation"] == "increment"
    visitor.submit(where, form_id="mapping", button="before")
    page = visitor.get(f"/hypotheses/{key}/data")
    assert "120 rows" in page.text and "adds rows to version 1" in page.text
    other = week(3, head=HEAD.replace("bought", "boughts"))
    page = visitor.get(upload(visitor, key, other, "three.csv").response.location)
    assert "“bought” is missing (perhaps it is “boughts” now)" in page.text
    assert "Attach as before" not in page.text
    # The first file again leads to its version.
    answer = upload(visitor, key, week(1), "one.csv")
    page = visitor.get(answer.response.location)
    assert "attached already, as version 1" in page.text
    # It is not the newest, and can be made so.
    assert "version 2 came after it" in page.text and "Make it the newest again" in page.text
    again = f"{answer.response.location}/columns"
    page = visitor.submit(
        again, {"reason": "the second week was of another shop"}, form_id="columns"
    )
    page = visitor.get(f"/hypotheses/{key}/data")
    assert "version 3" in page.text and "60 rows" in page.text


def test_a_bad_row_is_left_out_by_a_button(visitor: Visitor) -> None:
    key = visitor.make("running", **PLAN)
    visitor.sign_in("analyst")
    page = upload(visitor, key, week(1) + b"broken;row\n", "bad.csv", status=422)
    assert "Leave these rows out and read the rest" in page.text
    values = {**form_values(page.form("remedy")), "do": "remedy"}
    answer = visitor.browser.post(page.form("remedy").get("action", ""), values)
    page = visitor.get(visitor.get(answer.response.location, status=302).response.location)
    assert "Left out, because they cannot be read: 1" in page.text
    listed = visitor.browser.client.get(page.links["Download the list"]).get_data(as_text=True)
    assert "62" in listed and "broken;row" in listed


def test_hidden_columns_and_deleted_rows(visitor: Visitor) -> None:
    key = visitor.make("running", **PLAN)
    visitor.sign_in("analyst")
    where = attach_first(visitor, key, tag_0="personal")
    assert "1000" in visitor.get(where).text
    page = visitor.sign_in("viewer").get(where)
    assert "Not shown to you: client." in page.text and "1003" not in page.text
    visitor.get(f"{where}/delete", status=403)
    visitor.sign_in("admin")
    page = visitor.submit(f"{where}/delete", {"reason": ""}, form_id="delete", status=422)
    assert "Say why the rows are deleted" in page.text
    visitor.submit(f"{where}/delete", {"reason": "asked by the client"}, form_id="delete")
    page = visitor.get(where)
    assert "The rows were deleted on" in page.text and "Download as CSV" not in page.text
    assert ": “asked by the client”" in page.text
    # A day that ends with a full stop of its own ends the sentence, too.
    page = visitor.browser.get(where, headers={"Accept-Language": "ru"})
    assert "г. То, что" in page.text and ".." not in page.text
    assert visitor.events(key)[0][0] == "data_deleted"
    page = visitor.get(f"{where}/columns", status=302)
    assert page.response.location == where


def test_columns_are_named_anew_with_a_reason(visitor: Visitor) -> None:
    key = visitor.make("running", **PLAN)
    visitor.sign_in("analyst")
    content = week(1, head=f"{HEAD};again", extra=";1")
    where = upload(visitor, key, content, "one.csv").response.location
    visitor.submit(where, form_id="mapping", button="attach")
    where = where.replace("/map", "/columns")
    values = {"need_2": "again"}
    page = visitor.submit(where, values, form_id="columns", status=422)
    assert "Say what was wrong" in page.text
    visitor.submit(where, values | {"reason": "the other is meant"}, form_id="columns")
    assert rows(visitor) == [("one.csv", 1), ("one.csv", 2)]


def test_the_newest_of_several_versions_is_named(visitor: Visitor) -> None:
    key = visitor.make("running", **PLAN)
    visitor.sign_in("analyst")
    attach_first(visitor, key)
    address = f"/hypotheses/{key}/data"
    assert "newest" not in visitor.get(address).text
    where = upload(visitor, key, week(2), "two.csv").response.location
    visitor.submit(where, form_id="mapping", button="attach")
    page = visitor.get(address)
    marked = [line for line in page.tree.iter("li") if "newest" in "".join(line.itertext())]
    assert len(marked) == 1 and "version 2" in "".join(marked[0].itertext())


def test_a_zip_names_its_files(visitor: Visitor) -> None:
    key = visitor.make("running", **PLAN)
    visitor.sign_in("analyst")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        for n in (1, 2):
            book.writestr(f"week{n}.csv", week(n))
    where = upload(visitor, key, packed.getvalue(), "weeks.zip").response.location
    page = visitor.get(where)
    assert "week1.csv" in page.text and "week2.csv" in page.text


def test_an_administrator_says_how_long_rows_are_kept(visitor: Visitor) -> None:
    visitor.sign_in("admin")
    visitor.submit("/settings", {"retention_days": "90"}, form_id="workspace")
    page = visitor.get("/settings")
    assert form_values(page.form("workspace"))["retention_days"] == "90"
    visitor.submit("/settings", {"retention_days": "0"}, form_id="workspace", status=422)


def test_what_stands_beside_the_data_is_no_data_before(visitor: Visitor) -> None:
    from hadi.models.dataset import DatasetRole
    from hadi.services import dataset_roles, hypotheses
    from hadi.services.demo import till
    from tests.factories import tills

    key = visitor.make("running", **PLAN)
    visitor.sign_in("analyst")
    with visitor.app.app_context():
        world = visitor.world
        found = hypotheses.find(key, by=world.actor())
        dataset_roles.attach_as(
            tills.staged(world, found, "receipts.csv", till.files(tills.BEGINS)[1]).id,
            role=DatasetRole.RECEIPTS, columns=tills.RECEIPTS, folder=tills.folder_of(world),
            by=world.actor("analyst"), now=world.later(),
        )  # fmt: skip
    values = {"rows-0-units": "100", "rows-0-successes": "20",
              "rows-1-units": "100", "rows-1-successes": "30"}  # fmt: skip
    counts = f"/hypotheses/{key}/data/counts"
    visitor.submit(counts, values, form_id="counts", button="attach", status=302)
    where = upload(visitor, key, week(1), "one.csv").response.location
    page = visitor.get(where)
    assert "receipts.csv" not in page.text and "Attach as before" not in page.text
    # Counts have no rows that others could be added to.
    assert "Its rows are added" not in page.text and "It has all of the rows" in page.text
    visitor.submit(where, form_id="mapping", button="attach", status=302)


def test_half_of_the_rows_replace_all_of_them_only_when_said(visitor: Visitor) -> None:
    key = visitor.make("running", **PLAN)
    visitor.sign_in("analyst")
    attach_first(visitor, key)
    where = upload(visitor, key, week(2), "two.csv").response.location
    visitor.submit(where, form_id="mapping", button="before")
    # The first week once more with a row: not all of the rows, and not the next ones.
    where = upload(visitor, key, week(1, rows=61), "again.csv").response.location
    page = visitor.get(where)
    assert "Rows in version 2: 120, in this file: 61." in page.text
    assert "relation" not in form_values(page.form("mapping"))
    page = visitor.submit(where, form_id="mapping", button="before", status=422)
    assert rows(visitor)[-1] == ("again.csv", None)
    values = {"relation": "whole"}
    visitor.submit(where, values, form_id="mapping", button="before", status=302)
    # More rows than before are all of them; the next week under another name is asked about.
    where = upload(visitor, key, week(1, rows=70), "more.csv").response.location
    assert form_values(visitor.get(where).form("mapping"))["relation"] == "whole"
    other = week(3, rows=61, head=HEAD.replace("bought", "boughts"))
    page = visitor.get(upload(visitor, key, other, "three.csv").response.location)
    assert "in this file: 61" in page.text and "relation" not in form_values(page.form("mapping"))


def test_a_file_attached_in_another_tab_leads_to_its_version(visitor: Visitor) -> None:
    key = visitor.make("running", **PLAN)
    visitor.sign_in("analyst")
    where = upload(visitor, key, week(1), "one.csv").response.location
    page = visitor.get(where)
    values = form_values(page.form("mapping"), "attach")
    attached = where.replace("/map", "")
    visitor.submit(where, form_id="mapping", button="attach", status=302)
    answer = visitor.browser.post(where, {**values, "once": "of the other tab"})
    assert answer.response.location == attached
    assert "attached already, as version 1" in visitor.get(attached).text


def test_a_file_that_waits_for_its_columns_is_not_called_attached(visitor: Visitor) -> None:
    key = visitor.make("running", **PLAN)
    visitor.sign_in("analyst")
    upload(visitor, key, week(1), "one.csv")
    page = visitor.get(f"/hypotheses/{key}/data")
    way, attached = page.text.split("What is attached")
    assert "one.csv" not in attached and "Nothing yet." in attached
    assert "one.csv waits for its columns to be named" in way and "Set the file aside" in way
    (url,) = {part.split('"')[0] for part in page.html.split('action="') if "/discard" in part}
    token = form_values(page.form("attach"))["csrf_token"]
    visitor.browser.post(url, {"csrf_token": token})
    assert rows(visitor) == []


def test_a_result_of_data_that_were_wrong_asks_for_a_check(visitor: Visitor) -> None:
    key = visitor.make("running", **(PLAN | {"planned_units": 20}))
    visitor.sign_in("analyst")
    attach_first(visitor, key)
    visitor.submit(f"/hypotheses/{key}", form_id="next-step")
    assert visitor.state(key) == "measured"
    old = visitor.get(f"/hypotheses/{key}").links["How we know"]
    assert "Write the insight and decide" in visitor.get(old).links
    where = upload(visitor, key, week(1, rows=70), "right.csv").response.location
    values = {"relation": "correction", "reason": "cancelled receipts were in it"}
    visitor.submit(where, values, form_id="mapping", button="before", status=302)
    assert "which version 2 corrects" in visitor.get(f"/hypotheses/{key}").text
    assert "Write the insight and decide" not in visitor.get(old).links
    page = visitor.submit(f"/hypotheses/{key}", form_id="next-step", status=302)
    assert "/analyses/" in page.response.location
    assert "which version 2 corrects" not in visitor.get(f"/hypotheses/{key}").text
