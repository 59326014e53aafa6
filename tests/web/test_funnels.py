"""The place of funnels: defined, given deals, read, and used in a hypothesis."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from tests.factories import deals as made
from tests.fixtures.pages import form_values
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

STAGES = [(s["name"], s.get("kind", "stage"), s.get("days", "")) for s in made.SPEC["stages"]]  # type: ignore[attr-defined]
PLAN = {
    "variant": "arm", "control": "usual", "split": {"usual": 0.5, "concrete": 0.5}, "unit": "deal",
    "metrics": [{
        "name": "Moved on", "kind": "conversion", "columns": ["moved"], "role": "primary",
        "threshold": 0.05, "better": "higher",
    }],
}  # fmt: skip


def rows(**changed: str) -> dict[str, str]:
    """The form of the funnel of the deals."""
    sent = {"name": "Sales to companies", "days": "30"}
    for place, (name, kind, days) in enumerate(STAGES):
        sent |= {f"stages-{place}-{part}": str(value) for part, value in (
            ("place", place + 1), ("name", name), ("kind", kind), ("days", days))}  # fmt: skip
    return sent | changed


def define(visitor: Visitor, **changed: str) -> str:
    """A funnel, defined on its page; its address."""
    answer = visitor.submit("/data/funnels/new", rows(**changed))
    return str(answer.response.headers["Location"])


def send(visitor: Visitor, funnel: str, text: str, **more: Any) -> Any:
    """Deals, sent on the funnel's page: many of them, so as a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deals.csv", text)
    packed.seek(0)
    return visitor.submit(funnel, {"file": (packed, "deals.zip")}, form_id="deals", **more)


def counted(visitor: Visitor, text: str | None = None, **columns: str) -> tuple[str, str]:
    """A funnel with deals whose columns are named: its address, and that of the deals' columns."""
    visitor.world.later(days=150)  # the deals are over by then
    funnel = define(visitor)
    where = str(send(visitor, funnel, text or made.concrete_offer()).response.headers["Location"])
    visitor.submit(where, columns)
    return funnel, where


def press(visitor: Visitor, path: str, values: dict[str, str] | None = None, **more: Any) -> Any:
    sent = {"csrf_token": visitor.token("/data/funnels"), **(values or {})}
    return visitor.browser.post(path, sent, **more)


def told(visitor: Visitor, path: str, *words: str) -> None:
    text = visitor.get(path).text
    assert [each for each in words if each not in text] == []


def test_the_empty_place_teaches_and_a_funnel_is_defined(visitor: Visitor) -> None:
    visitor.sign_in("member")
    told(visitor, "/data/funnels", "How many of them move on?", "Define a funnel")
    # A usual funnel stands there already; a row more is asked for without losing anything.
    more = visitor.submit("/data/funnels/new", {"name": "Mine"}, button="add", status=200)
    assert form_values(more.form())["name"] == "Mine"
    funnel = define(visitor)
    told(visitor, funnel, "Sales to companies", "Key stage: Offer sent", "Its deals", "defined the")
    told(visitor, "/data/funnels", "New → Qualified → Offer sent", "Mira Petrova")


def test_what_is_no_funnel_is_said_at_its_fields(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    wrong = {"name": "", "stages-2-kind": "stage", "stages-3-days": "soon"}
    page = visitor.submit("/data/funnels/new", rows(**wrong), status=422)
    for words in ("Give the funnel a name", "Mark the key stage", "Write whole days"):
        assert words in page.text
    assert form_values(page.form())["stages-3-days"] == "soon"
    define(visitor)
    assert "of this name already" in visitor.submit(
        "/data/funnels/new", rows(name=" sales TO companies"), status=422
    ).text  # fmt: skip


def test_stages_stand_in_the_order_of_their_numbers(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    funnel = define(visitor, **{"stages-0-place": "1.5", "stages-1-place": "1"})
    told(visitor, "/data/funnels", "Qualified → New → Offer sent")
    # A stale form saves nothing and loses nothing.
    opened = form_values(visitor.get(f"{funnel}/edit").form())
    visitor.submit(f"{funnel}/edit", {"note": "first"})
    stale = visitor.submit(
        f"{funnel}/edit", {"note": "second", "version": opened["version"]}, status=409
    )
    assert "Nothing of yours was saved yet" in stale.text
    told(visitor, funnel, "first")


def test_deals_are_counted_and_their_crm_is_looked_at(visitor: Visitor) -> None:
    visitor.sign_in("leader")
    funnel, where = counted(visitor)
    told(
        visitor, funnel, "Of 2,600 deals that came to “Offer sent”", "28.0% (26.3% to 29.8%)",
        "212 of 1,180", "18.0%", "97 of 1,180", "8.2%", "Ilya", "Tver", "Closer", "site",
        "nobody is ranked",
    )  # fmt: skip
    told(visitor, "/data/funnels", "28.0%", "CRM:")
    csv = visitor.browser.client.get(f"{where.removesuffix('/columns')}/groups.csv")
    assert "Ilya" in csv.get_data(as_text=True)
    stages = visitor.browser.client.get(f"{where.removesuffix('/columns')}/stages.csv")
    assert '"Offer sent","Waiting for the answer",2600,728' in stages.get_data(as_text=True)


def test_a_stock_is_shown_as_what_the_answer_is_not(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    funnel, _where = counted(visitor, made.one_stage())
    told(
        visitor, funnel, "25.0%", "100 ÷ 400", "41.7%", "100 ÷ 240", "62.5%", "100 ÷ 160",
        "A verdict waits until at most 20.0% are",
    )  # fmt: skip


def test_single_managers_are_for_whoever_leads_them(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    funnel, where = counted(visitor)
    assert "Ilya" in visitor.get(funnel).text
    visitor.sign_in("member")
    page = visitor.get(funnel)
    assert "Ilya" not in page.text and "Tver" in page.text
    csv = visitor.browser.client.get(f"{where.removesuffix('/columns')}/groups.csv")
    assert "Ilya" not in csv.get_data(as_text=True) and "Tver" in csv.get_data(as_text=True)
    visitor.sign_in("viewer")
    assert "Send the deals" not in visitor.get(funnel).text
    visitor.get(where, status=403)
    visitor.get("/data/funnels/new", status=403)


def test_what_cannot_be_read_is_said_at_the_field(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    funnel = define(visitor)
    assert "Choose a file" in visitor.submit(funnel, {}, form_id="deals", status=422).text
    where = str(send(visitor, funnel, "deal,state\na,Nurture\n").response.headers["Location"])
    wrong = {"deal": "", "stage": "state", "as_of": "2026-05-31", "invoices": "many"}
    page = visitor.submit(where, wrong, status=422)
    assert "names the deal" in page.text
    page = visitor.submit(where, {"deal": "deal", "stage": "state", "invoices": "x"}, status=422)
    assert "when a deal came to the stage" in page.text and "how many invoices" in page.text
    ahead = {"deal": "deal", "stage": "state", "entered_at": "state", "as_of": "2100-01-01"}
    page = visitor.submit(where, ahead, status=422)
    assert "lies ahead" in page.text and "2100-01-01" in page.response.get_data(as_text=True)
    visitor.get("/data/funnels/nobody", status=404)
    visitor.get(f"{funnel}?deals=nobody", status=404)


def test_deals_become_data_of_a_test_and_are_judged(visitor: Visitor) -> None:
    key = visitor.make("running", **PLAN)
    visitor.sign_in("analyst")
    funnel, _where = counted(visitor)
    chosen = _id(visitor, key)
    asked = visitor.submit(funnel, {"hypothesis": ""}, form_id="use", status=422)
    assert "Choose the hypothesis" in asked.text
    answer = visitor.submit(funnel, {"hypothesis": chosen}, form_id="use")
    where = str(answer.response.headers["Location"])
    assert f"/hypotheses/{key}/data/" in where
    told(visitor, where, "Worked out from 2,600 deals of “deals.csv”")
    attached = visitor.submit(where, {}, form_id="mapping", button="attach")
    told(visitor, str(attached.response.headers["Location"]), "deals - Offer sent.parquet")
    with visitor.app.app_context():
        record = _judged(visitor, key)
    assert record["verdict"] == "confirmed"
    checks = {check["code"]: check["status"] for check in record["checks"]}
    assert (checks["open_deals"], checks["crm_hygiene"]) == ("pass", "warn")
    compared = record["comparisons"][0]
    assert compared["p_value"] == pytest.approx(0.00066, abs=5e-6)
    told(
        visitor, f"/hypotheses/{key}/history", "from the deals “deals.csv” of the funnel “Sales to"
    )
    # The same deals again are the same rows.
    again = visitor.submit(funnel, {"hypothesis": chosen}, form_id="use")
    assert str(again.response.headers["Location"]).endswith(f"/hypotheses/{key}/data")


def test_too_many_open_deals_forbid_a_verdict_on_the_page_too(visitor: Visitor) -> None:
    key = visitor.make("running", **PLAN)
    visitor.sign_in("analyst")
    text = made.concrete_offer().replace("2026-06-15,", ",")
    funnel, _where = counted(visitor, text)
    where = visitor.submit(funnel, {"hypothesis": _id(visitor, key)}, form_id="use")
    visitor.submit(str(where.response.headers["Location"]), {}, form_id="mapping", button="attach")
    with visitor.app.app_context():
        record = _judged(visitor, key)
    assert record["verdict"] == "invalid"
    assert "The CRM is not kept" in record["sentence"]


def test_invoices_are_laid_beside_the_deals(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    text = "\n".join([made.HEAD, *(row for n in range(20) for row in made.rows_of(f"d{n}", 4))])
    funnel, where = counted(visitor, text + "\n", as_of="2026-05-31")
    told(visitor, funnel, "Lay a file of invoices beside them")

    def lay(rows: str | None, **more: Any) -> Any:
        sent = {} if rows is None else {"invoices_file": (io.BytesIO(rows.encode()), "1c.csv")}
        return visitor.submit(funnel, sent, form_id="invoices", **more)

    assert "Choose the file of invoices." in lay(None, status=422).text
    assert "neither deals nor months" in lay("a,b\n1,2\n", status=422).text
    lay("deal\n" + "\n".join(f"d{n}" for n in range(18)) + "\nx\ny\n")
    told(
        visitor, funnel, "Invoices counted in “1c.csv”.", "Won deals for each invoice 20 of 20",
        "Won deals without an invoice: 2; invoices of no deal: 2, of a deal that is not won: 0.",
        "laid the invoices “1c.csv” beside the deals",
    )  # fmt: skip
    visitor.submit(where, {"manager": ""})
    told(visitor, funnel, "send them again")
    visitor.submit(where, {"invoices": "40"})
    told(visitor, funnel, "20 of 40")
    assert "1c.csv”." not in visitor.get(funnel).text.split("History")[0]
    visitor.sign_in("viewer")
    assert "Lay a file" not in visitor.get(funnel).text


def test_one_group_alone_is_not_called_small_and_one_row_is_one(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    funnel, _where = counted(visitor)
    told(visitor, funnel, "too few others to compare with")
    head, first, *_rest = made.concrete_offer().splitlines()
    send(visitor, funnel, f"{head}\n{first}\n")
    text = visitor.get(funnel).text
    assert "1 row, " in text and "1 rows" not in text


def test_a_funnel_is_archived_and_taken_back_and_deals_are_removed(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    funnel, where = counted(visitor)
    press(visitor, f"{funnel}/archive", status=302)
    told(visitor, funnel, "This funnel is archived")
    assert "Archived funnels" in visitor.get("/data/funnels").text
    told(visitor, "/data/funnels?shown=archived", "Sales to companies")
    press(visitor, f"{funnel}/archive", status=302)
    press(visitor, f"{funnel}/restore", status=302)
    press(visitor, f"{where.removesuffix('columns')}remove", status=302)
    told(visitor, funnel, "Its deals", "removed the deals “deals.csv”", "Removed exports")
    press(visitor, f"{where.removesuffix('columns')}restore", status=302)
    told(visitor, funnel, "Of 2,600 deals", "took the deals “deals.csv”")
    press(visitor, f"{where.removesuffix('columns')}remove", status=302)
    press(visitor, f"{where.removesuffix('columns')}delete", {"reason": "x"}, status=403)
    visitor.sign_in("admin")
    refused = press(visitor, f"{where.removesuffix('columns')}delete", {"reason": " "}, status=422)
    assert "Say why" in refused.text
    press(visitor, f"{where.removesuffix('columns')}delete", {"reason": "names"}, status=302)
    told(visitor, funnel, "for good: names")
    folder = visitor.app.extensions["hadi_settings"].data_dir / "datasets"
    assert not list(folder.glob("*.parquet"))


def _id(visitor: Visitor, key: str) -> str:
    from hadi.services import hypotheses

    with visitor.app.app_context():
        return str(hypotheses.find(key, by=visitor.world.actor()).id)


def _judged(visitor: Visitor, key: str) -> dict[str, Any]:
    from hadi.services import analyses, hypotheses

    found = hypotheses.find(key, by=visitor.world.actor())
    folder = visitor.app.extensions["hadi_settings"].data_dir / "datasets"
    analysis = analyses.run(
        found.id, folder=folder, by=visitor.world.actor("analyst"), now=visitor.world.later()
    )
    record: dict[str, Any] = analysis.record
    return record
