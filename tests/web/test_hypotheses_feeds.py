"""Feeds in the browser: a database is chosen, then a table, then its columns; then it asks."""

from __future__ import annotations

import re

from tests.factories.sources import parquet_folder
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]


def connected(visitor: Visitor, name: str = "Shops") -> str:
    """A connection to a folder; its id."""
    from hadi.models.connection import ConnectionKind
    from hadi.services import connections

    folder = parquet_folder(visitor.app.extensions["hadi_settings"].data_dir)
    with visitor.app.app_context():
        return connections.create(
            kind=ConnectionKind.PARQUET, name=name, settings={"path": folder.name},
            by=visitor.world.actor("analyst"), now=visitor.world.later(),
        ).id  # fmt: skip


def mapping_page(visitor: Visitor, key: str, **values: str) -> str:
    """Choose the table; where its columns are named."""
    page = visitor.get(f"/hypotheses/{key}/feeds/new")
    where = page.links["Shops"]
    chosen = visitor.submit(where, values or {"table": "sales"}, form_id="choice")
    return str(chosen.response.location)


def test_from_the_data_page_to_data_that_come_by_themselves(visitor: Visitor) -> None:
    connected(visitor)
    key = visitor.make("running", unit="client")
    visitor.sign_in("analyst")
    page = visitor.get(f"/hypotheses/{key}/data")
    assert page.links["Connect a database"] == f"/hypotheses/{key}/feeds/new"
    where = mapping_page(visitor, key)
    page = visitor.get(where)
    assert "c0" in page.text  # the first rows
    figures = [cell.text for cell in page.tree.iter("td") if cell.get("class") == "is-figure"]
    assert figures[:2] == ["1", "0"] and "c0" not in figures  # without the “.0” of an engine
    assert "waits for its columns" in visitor.get(f"/hypotheses/{key}/data").text
    # Everything is matched by its name already; every morning is offered.
    visitor.submit(where, {"schedule": "hourly", "tag_3": "money"}, form_id="mapping")
    page = visitor.get(f"/hypotheses/{key}/data")
    assert "Query of Shops: sales" in page.text
    assert "4,000 rows, version 1" in page.text
    assert "every hour · next on" in page.text
    # Counts alone: what the data say of the test is for the check.
    assert not re.search(r"0\.\d|\d\.\d+ ?(%|pp)", page.text.split("From a database")[1][:600])
    feed = page.links["Shops: sales"]
    visitor.submit(feed, {}, form_id="refresh")
    page = visitor.get(feed)
    assert page.text.count("Version 1") == 1  # equal sums, the same version
    dataset = visitor.get(page.links["Version 1"])
    assert "Query of Shops: sales, version 1" in dataset.heading
    assert dataset.links["Shops: sales"] == feed
    assert "Download" not in dataset.text  # the rows are where they were
    visitor.get("/data")


def test_a_feed_is_paused_scheduled_and_stopped(visitor: Visitor) -> None:
    connected(visitor)
    key = visitor.make("running", unit="client")
    visitor.sign_in("analyst")
    visitor.submit(mapping_page(visitor, key), {"schedule": "daily"}, form_id="mapping")
    feed = visitor.get(f"/hypotheses/{key}/data").links["Shops: sales"]
    visitor.submit(feed, {}, form_id="pause")
    assert "Paused: it asks no more by itself." in visitor.get(feed).text
    visitor.submit(feed, {}, form_id="pause")
    visitor.submit(feed, {"schedule": "weekly"}, form_id="timing")
    assert "every week, on the morning of its first day" in visitor.get(feed).text
    stale = {"schedule": "hourly", "version": "1"}
    visitor.submit(feed, stale, form_id="timing", status=409)
    visitor.submit(feed, {}, form_id="stop")
    page = visitor.get(f"/hypotheses/{key}/data")
    assert "Shops: sales” is stopped" in page.text
    assert "Shops: sales" not in page.links
    verbs = [verb for verb, _ in visitor.events(key)]
    assert [v for v in verbs if v.startswith("feed_")][:4] == [
        "feed_stopped", "feed_scheduled", "feed_resumed", "feed_paused",
    ]  # fmt: skip
    assert "stopped “Shops: sales”" in visitor.get(f"/hypotheses/{key}/history").text


def test_what_cannot_be_read_is_said_at_its_field(visitor: Visitor) -> None:
    source = connected(visitor)
    key = visitor.make("running", unit="client")
    visitor.sign_in("analyst")
    where = f"/hypotheses/{key}/feeds/new/{source}"
    nothing = visitor.submit(where, {}, form_id="choice", status=422)
    assert "Choose a table, or write a query." in nothing.text
    page = visitor.submit(where, {"query": "DELETE FROM sales"}, form_id="choice", status=422)
    assert "DELETE FROM sales" in page.html  # what was typed is not lost
    page = visitor.submit(where, {"table": "nothing"}, form_id="choice", status=422)
    assert "nothing" in page.text
    where = mapping_page(visitor, key)
    page = visitor.submit(where, {"need_0": "client"}, form_id="mapping", status=422)
    assert page.by_id("need_0") is not None
    visitor.submit(where, {}, form_id="discard")
    assert "is set aside" in visitor.get(f"/hypotheses/{key}/data").text


def test_a_broken_source_is_shown_with_its_last_success(visitor: Visitor) -> None:
    source = connected(visitor)
    key = visitor.make("running", unit="client")
    visitor.sign_in("analyst")
    visitor.submit(mapping_page(visitor, key), {}, form_id="mapping")
    feed = visitor.get(f"/hypotheses/{key}/data").links["Shops: sales"]
    data_dir = visitor.app.extensions["hadi_settings"].data_dir
    (data_dir / "sources" / "shops" / "sales.parquet").unlink()
    visitor.submit(feed, {}, form_id="refresh")
    page = visitor.get(feed)
    assert "There is no Parquet file in this folder." in page.text
    assert "4,000 rows, version 1" in page.text
    page = visitor.get(f"/hypotheses/{key}/feeds/new/{source}")
    assert "There is no Parquet file in this folder." in page.text


def test_who_may_choose_and_who_may_ask(visitor: Visitor) -> None:
    connected(visitor)
    key = visitor.make("running", unit="client")
    visitor.sign_in("member")
    assert "Connect a database" not in visitor.get(f"/hypotheses/{key}/data").text
    visitor.get(f"/hypotheses/{key}/feeds/new", status=403)
    visitor.sign_in("analyst")
    where = mapping_page(visitor, key)
    visitor.submit(where, {}, form_id="mapping")
    feed = visitor.get(f"/hypotheses/{key}/data").links["Shops: sales"]
    visitor.sign_in("member")
    visitor.get(where, status=403)
    visitor.submit(feed, {}, form_id="refresh")
    visitor.sign_in("viewer")
    assert "Ask now" not in visitor.get(feed).text
    other = visitor.make("running", change="another idea")
    visitor.get(feed.replace(key, other), status=404)


def test_the_day_is_asked_where_the_source_has_days(visitor: Visitor) -> None:
    connected(visitor)
    key = visitor.make("running", unit="client")
    visitor.sign_in("analyst")
    query = "SELECT *, DATE '2026-01-10' AS sold FROM sales"
    where = mapping_page(visitor, key, query=query)
    page = visitor.get(where)
    assert "The day of a row" in page.text
    visitor.submit(where, {}, form_id="mapping")  # the only one that holds days is chosen already
    page = visitor.get(where.replace("/map", ""))
    assert "The day of a row" in page.text and "sold" in page.text
    dataset = visitor.get(page.links["Version 1"])
    assert "10 Jan 2026" in dataset.text and "Not fit for a verdict" in dataset.text
