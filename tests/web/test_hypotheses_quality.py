"""The pages of quality: the report and what is said to it, a log beside receipts, exploration."""

from __future__ import annotations

import io
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.factories import tills
from tests.factories.hypotheses import World
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def with_log(visitor: Visitor, **plan: Any) -> tuple[str, str]:
    """A running test whose data are the log; its key and the id of the log."""
    with visitor.app.app_context():
        world: World = visitor.world
        hypothesis = tills.running(world, **plan)
        log = tills.with_log(world, hypothesis)
        return hypothesis.key, log.id


def staged_receipts(visitor: Visitor, key: str) -> str:
    from hadi.services import hypotheses
    from hadi.services.demo import till

    with visitor.app.app_context():
        world: World = visitor.world
        hypothesis = hypotheses.find(key, by=world.actor())
        return tills.staged(world, hypothesis, "receipts.csv", till.files(tills.BEGINS)[1]).id


def test_from_a_log_to_the_receipts(visitor: Visitor) -> None:
    key, log = with_log(visitor)
    visitor.sign_in("analyst")
    staged = staged_receipts(visitor, key)
    # The file that waits is said to stand beside the data, its columns guessed by their names.
    page = visitor.get(f"/hypotheses/{key}/data/{staged}/map")
    assert page.links["It stands beside the data"] == f"/hypotheses/{key}/data/{staged}/beside"
    address = f"/hypotheses/{key}/data/{staged}/beside"
    page = visitor.get(address)
    assert "It stands beside the data" in page.heading
    done = visitor.submit(address, {"role": "receipts", "core": "core", "at": "at"}, status=302)
    assert done.response.location == f"/hypotheses/{key}/reconciliations"
    page = visitor.get(f"/hypotheses/{key}/data/{staged}")
    assert "Whether a line is of the core range" in page.text
    page = visitor.submit(f"/hypotheses/{key}/reconciliations", {"log": log}, status=302)
    where = page.response.location
    page = visitor.get(where)
    assert "52 of 120 entries" in page.text and "34.8% to 52.3%" in page.text
    assert "94 of 120 entries" in page.text and "31 of 83 real add-ons" in page.text
    assert "The check now rests on the receipts, as version 3" in page.text
    assert "awkward at a busy till" in page.text
    rows = visitor.browser.client.get(f"{where}/unlogged.csv")
    lines = rows.get_data(as_text=True).splitlines()
    assert lines[0].startswith('\ufeff"receipt","at","store"') and len(lines) == 32
    assert '","2026-' not in lines[1] and ",2026-" in lines[1]  # a moment, not a text
    stored = visitor.browser.client.get(f"{where}/unlogged.parquet").get_data()
    at = pq.read_schema(io.BytesIO(stored)).field("at").type
    assert str(at) == "timestamp[us]"  # of no zone: the till does not say which
    assert visitor.get(f"{where}/nothing.csv", status=404)
    # Both data sets say so.
    page = visitor.get(f"/hypotheses/{key}/data/{log}")
    assert "too little of this log is borne out" in page.text
    page = visitor.get(f"/hypotheses/{key}/data")
    assert "version 3" in page.text
    verbs = [verb for verb, _details in visitor.events(key)]
    assert verbs[0] == "metric_switched"
    history = visitor.get(f"/hypotheses/{key}/history").text
    assert "let the check rest on the receipts, version 3, instead of the log, version 1" in history


@ONE
def test_the_report_stands_on_the_page_and_can_be_told(visitor: Visitor) -> None:
    key, log = with_log(visitor)
    visitor.sign_in("analyst")
    address = f"/hypotheses/{key}/data/{log}"
    page = visitor.get(address)
    assert "Can these data be trusted?" in page.text and "Look at it" in page.text
    assert "No column is known to name the day" in page.text
    assert page.links["Say what the rows cannot"] == f"{address}/quality"
    page = visitor.submit(f"{address}/quality", {"shift_end": "late"}, status=422)
    assert "a time of day such as 21:00" in page.text
    told = {"day": "entered_at", "entered_at": "entered_at", "shift_end": "21:00"}
    page = visitor.submit(f"{address}/quality", told, status=302)
    page = visitor.get(page.response.location)
    assert "many at once near the end of a shift (66)" in page.text
    assert visitor.events(key)[0][0] == "quality_settings"
    assert "said of the data, version 1, what their rows cannot" in (
        visitor.get(f"/hypotheses/{key}/history").text
    )


@ONE
def test_a_viewer_reads_and_changes_nothing(visitor: Visitor) -> None:
    key, log = with_log(visitor)
    visitor.sign_in("viewer")
    page = visitor.get(f"/hypotheses/{key}/data/{log}")
    assert "Say what the rows cannot" not in page.text and "Can these data" in page.text
    assert visitor.get(f"/hypotheses/{key}/data/{log}/quality", status=403)
    page = visitor.get(f"/hypotheses/{key}/reconciliations")
    assert "Compare them" not in page.text


@ONE
def test_nothing_to_compare_yet_is_said(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    assert "Attach both first" in visitor.get(f"/hypotheses/{key}/reconciliations").text
    assert visitor.get(f"/hypotheses/{key}/reconciliations/none", status=404)
    other, log = with_log(visitor)
    assert visitor.get(f"/hypotheses/{key}/data/{log}/quality", status=404)
    assert other != key


@ONE
def test_a_plan_after_the_fact_is_exploration_and_not_scaled(visitor: Visitor) -> None:
    from hadi.services import analyses, hypotheses

    with visitor.app.app_context():
        world: World = visitor.world
        world.later(days=60)  # the month of the till is over
        hypothesis = tills.running(world, day="entered_at")
        tills.with_log(world, hypothesis)
        analysis = analyses.run(
            hypothesis.id, folder=tills.folder_of(world), by=world.actor("analyst"),
            now=world.later(),
        )  # fmt: skip
        key, found = hypothesis.key, analysis.id
        assert hypotheses.find(key, by=world.actor()).verdict == "invalid"
    visitor.sign_in("leader")
    page = visitor.get(f"/hypotheses/{key}/analyses/{found}")
    assert "After the fact: exploration only" in page.text
    assert "The hypothesis was written on" in page.text
    page = visitor.get(f"/hypotheses/{key}/conclusion")
    assert "Test it again with new data" in page.text and "the next test opens" in page.text
    assert 'value="repeat"' in page.html and 'value="scale"' not in page.html
