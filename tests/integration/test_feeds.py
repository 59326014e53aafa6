"""Feeds: a table or query becomes data of a test, again and again, and says when it cannot."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hadi.db import transaction
from tests.factories.hypotheses import World
from tests.factories.sources import (
    duckdb_file,
    mysql_table,
    parquet_folder,
    postgres_table,
    rows,
)
from tests.fixtures.mariadb import PASSWORD

if TYPE_CHECKING:
    from flask import Flask

    from hadi.config import Settings
    from hadi.models import Connection, Dataset, Feed, Hypothesis, Job

MAPPING = {"client": "client"}


class Sources:
    """A world with a connection and a test that may ask it."""

    def __init__(self, world: World, settings: Settings) -> None:
        self.world, self.settings = world, settings
        self.by = world.actor("analyst")

    def connect(
        self,
        kind: str = "parquet",
        settings: dict[str, Any] | None = None,
        secret: str | None = None,
    ) -> Connection:
        from hadi.models.connection import ConnectionKind
        from hadi.services import connections

        if settings is None:
            make = parquet_folder if kind == "parquet" else duckdb_file
            settings = {"path": make(self.settings.data_dir).name}
        return connections.create(
            kind=ConnectionKind(kind), name="Shops", settings=settings, secret=secret,
            by=self.by, now=self.world.later(),
        )  # fmt: skip

    def running(self, **plan: Any) -> Hypothesis:
        return self.world.running(**({"unit": "client"} | plan))

    def feed(self, hypothesis: Hypothesis, connection: Connection, **what: Any) -> Feed:
        from hadi.services import feed_choosing

        what = what or {"table": "sales"}
        return feed_choosing.stage(
            hypothesis.id, connection_id=connection.id, **what, by=self.by, now=self.world.later()
        )

    def attach(self, feed: Feed, **more: Any) -> Job:
        from hadi.services import feed_choosing

        given: dict[str, Any] = {"mapping": MAPPING} | more
        return feed_choosing.attach(feed.id, **given, by=self.by, now=self.world.later())

    def refresh(self, feed: Feed) -> Job:
        from hadi.services import feeds

        return feeds.refresh_now(feed.id, by=self.by, now=self.world.later())


@pytest.fixture
def sources(app_context: Flask, settings: Settings) -> Sources:
    return Sources(World(app_context), settings)


def reload(thing: Any) -> Any:
    from hadi.db import db

    return db.session.get(type(thing), thing.id, populate_existing=True)


def datasets_of(hypothesis: Hypothesis) -> list[Dataset]:
    from hadi.db import db
    from hadi.models import Dataset

    query = db.session.query(Dataset).filter_by(test_id=hypothesis.current_test_id)
    return list(query.order_by(Dataset.version))


# ------------------------------------------------------------------------------------ real engines
@pytest.mark.parametrize("kind", ["duckdb", "parquet", "postgresql", "mysql"])
def test_a_table_becomes_data_with_the_sums_of_a_file(
    sources: Sources, kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    import duckdb

    from hadi.ingest.tables import TableSource
    from hadi.models.dataset import DatasetKind
    from hadi.models.job import JobState
    from hadi.services import analyses, datasets

    settings, secret = None, None
    if kind == "postgresql":
        settings = postgres_table(request.getfixturevalue("postgres_cluster"))
    if kind == "mysql":
        settings, secret = mysql_table(request.getfixturevalue("mariadb")), PASSWORD
    hypothesis = sources.running()
    feed = sources.feed(hypothesis, sources.connect(kind, settings, secret))
    assert [c["name"] for c in feed.columns] == ["client", "arm", "bought", "spent"]
    job = reload(sources.attach(feed))
    assert job.state is JobState.DONE, job.problem
    (dataset,) = datasets_of(hypothesis)
    assert (dataset.kind, dataset.version, dataset.rows) == (DatasetKind.QUERY, 1, 4000)
    assert dataset.feed_id == feed.id
    folder = sources.settings.data_dir / "datasets"
    known = datasets.source(dataset, folder=folder)
    assert known.digest == dataset.digest

    file = tmp_path / "same.parquet"
    duckdb.connect().execute(f"COPY ({rows()}) TO '{file}' (FORMAT parquet)")
    plan = hypothesis.current_test.plan.bound(dataset.mapping)
    read, of_file = known.summaries(plan), TableSource([file]).summaries(plan)
    assert [(arm.name, arm.units, dict(arm.samples)) for arm in read.arms] == [
        (arm.name, arm.units, dict(arm.samples)) for arm in of_file.arms
    ]
    analysis = analyses.run(
        hypothesis.id, folder=folder, by=sources.by, now=sources.world.later(days=60)
    )
    assert analysis.verdict == "confirmed"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_spark_connect_is_asked(sources: Sources, sail_in_process: int) -> None:
    from hadi.models.job import JobState

    hypothesis = sources.running()
    server = {"host": "127.0.0.1", "port": sail_in_process}
    connection = sources.connect("spark", server)
    query = (
        "SELECT CAST(i AS STRING) AS client, CASE i % 2 WHEN 0 THEN 'A' ELSE 'B' END AS arm, "
        "CASE WHEN i % 7 = 0 THEN 1 ELSE 0 END AS bought "
        "FROM (SELECT explode(sequence(1, 700)) AS i)"
    )
    job = reload(sources.attach(sources.feed(hypothesis, connection, query=query)))
    assert job.state is JobState.DONE, job.problem
    assert [d.rows for d in datasets_of(hypothesis)] == [700]


def test_a_query_is_one_select_that_changes_nothing(sources: Sources) -> None:
    from hadi.domain.errors import Unreadable

    hypothesis, connection = sources.running(), sources.connect()
    feed = sources.feed(
        hypothesis, connection, query="SELECT client, arm, bought FROM sales WHERE client <> 'c1'"
    )
    sources.attach(feed)
    assert [d.rows for d in datasets_of(hypothesis)] == [3999]
    for query in (
        "DROP TABLE sales",
        "SELECT 1; SELECT 2",
        "SELECT * FROM read_csv('/etc/passwd')",
    ):
        with pytest.raises(Unreadable):
            sources.feed(hypothesis, connection, query=query)


def test_a_page_waits_for_the_first_rows_for_a_moment_only(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hadi.domain.errors import Unreadable
    from hadi.services import feed_choosing

    monkeypatch.setattr(feed_choosing, "LOOK_SECONDS", 1)
    slow = "SELECT sum(a.bought * b.bought * c.bought) AS bought FROM sales a, sales b, sales c"
    feed = sources.feed(sources.running(), sources.connect(), query=slow)
    with pytest.raises(Unreadable) as refusal:
        feed_choosing.preview(feed, by=sources.by)
    assert refusal.value.text.code == "feed_look_slow"
    assert refusal.value.text.params == {"n": 1}
    assert [column["name"] for column in feed.columns] == ["bought"]  # they can be named even so


# --------------------------------------------------------------------------------- again and again
def test_equal_sums_are_the_same_version_and_new_ones_the_next(sources: Sources) -> None:
    hypothesis, connection = sources.running(), sources.connect()
    feed = sources.feed(hypothesis, connection)
    sources.attach(feed)
    again = reload(sources.refresh(feed))
    assert again.outcome["is_new"] is False
    assert again.outcome["version"] == 1
    first_seen = reload(feed).refreshed_at
    parquet_folder(sources.settings.data_dir, n=4400)
    more = reload(sources.refresh(feed))
    assert (more.outcome["is_new"], more.outcome["version"]) == (True, 2)
    assert [d.rows for d in datasets_of(hypothesis)] == [4000, 4400]
    assert reload(feed).refreshed_at > first_seen
    # A worker that was killed and taken over does the thing once.
    from hadi.services import feed_refresh

    outcome = feed_refresh.refresh(feed.id, by=sources.by, now=sources.world.later())
    assert outcome["is_new"] is False
    assert len(datasets_of(hypothesis)) == 2


def test_a_changed_source_is_named_and_mapped_anew(sources: Sources) -> None:
    import duckdb

    from hadi.domain.text import Text
    from hadi.models.job import JobState

    hypothesis, connection = sources.running(), sources.connect()
    feed = sources.feed(hypothesis, connection)
    sources.attach(feed)
    file = sources.settings.data_dir / "sources" / "shops" / "sales.parquet"
    duckdb.connect().execute(
        f"COPY (SELECT client AS client_id, arm, bought FROM ({rows(4400)})) TO '{file}'"
    )
    job = reload(sources.refresh(feed))
    assert job.state is JobState.FAILED
    said = str(Text.from_json(reload(feed).problem))
    assert "no column “client” any more; it may be called “client_id” now" in said
    assert reload(feed).refreshed_at is not None  # the last success stands beside it
    assert len(datasets_of(hypothesis)) == 1
    sources.attach(feed, mapping={"client": "client_id"})
    assert reload(feed).problem is None
    assert [(d.rows, d.mapping["client"]) for d in datasets_of(hypothesis)] == [
        (4000, "client"), (4400, "client_id"),
    ]  # fmt: skip


def test_data_that_cannot_answer_the_plan_are_refused_in_a_sentence(sources: Sources) -> None:
    from hadi.domain.errors import Invalid
    from hadi.domain.text import Text
    from hadi.models.job import JobState

    hypothesis, connection = sources.running(), sources.connect()
    feed = sources.feed(hypothesis, connection, query="SELECT client, arm, bought FROM sales")
    with pytest.raises(Invalid):
        sources.attach(feed, mapping={"client": "client", "bought": "absent"})
    job = reload(sources.attach(feed, mapping={"client": "client", "bought": "arm"}))
    assert job.state is JobState.FAILED
    assert Text.from_json(reload(feed).problem)
    assert datasets_of(hypothesis) == []
    # Until it has brought something it is simply mapped again.
    assert reload(sources.attach(feed)).state is JobState.DONE
    assert len(datasets_of(hypothesis)) == 1


# ------------------------------------------------------------------------------------ the schedule
def test_the_clock_asks_until_the_test_is_over(sources: Sources) -> None:
    from hadi.models.connection import Schedule
    from hadi.models.job import JobState
    from hadi.services import feeds, hypotheses

    hypothesis, connection = sources.running(), sources.connect()
    feed = sources.feed(hypothesis, connection)
    sources.attach(feed, schedule=Schedule.HOURLY)
    due_at = reload(feed).due_at
    assert feeds.due(due_at - timedelta(seconds=1)) == []
    parquet_folder(sources.settings.data_dir, n=4400)
    (job,) = feeds.due(due_at)
    assert reload(job).state is JobState.DONE
    assert job.author_id is None
    assert datasets_of(hypothesis)[-1].author_id == sources.by.user_id
    assert reload(feed).due_at == due_at + timedelta(hours=1)

    feeds.pause(feed.id, by=sources.by, now=sources.world.later())
    assert feeds.is_paused(reload(feed))
    assert feeds.due(due_at + timedelta(days=3)) == []
    feeds.resume(feed.id, by=sources.by, now=sources.world.later())
    hypotheses.archive(
        hypothesis.id, reason="another way was found", by=sources.world.actor("admin"),
        now=sources.world.later(),
    )  # fmt: skip
    assert feeds.due(due_at + timedelta(days=4)) == []
    assert reload(feed).due_at is None
    assert not feeds.is_live(reload(feed))


def test_feeds_are_chosen_by_those_who_manage_sources_and_kept_by_those_concerned(
    sources: Sources,
) -> None:
    from hadi.domain.errors import Blocked, NotAllowed
    from hadi.models.connection import Schedule
    from hadi.services import connections, feed_choosing, feeds

    world = sources.world
    hypothesis, connection = sources.running(), sources.connect()
    with pytest.raises(NotAllowed):
        feed_choosing.stage(
            hypothesis.id, connection_id=connection.id, table="sales", by=world.actor("member"),
            now=world.later(),
        )  # fmt: skip
    feed = sources.feed(hypothesis, connection)
    with pytest.raises(Blocked):
        sources.refresh(feed)
    sources.attach(feed)
    member = world.actor("member")
    assert feeds.refresh_now(feed.id, by=member, now=world.later())
    assert feeds.set_schedule(feed.id, Schedule.WEEKLY, by=member, now=world.later()).due_at
    with pytest.raises(NotAllowed):
        feeds.refresh_now(feed.id, by=world.actor("viewer"), now=world.later())
    connections.archive(connection.id, version=None, by=sources.by, now=world.later())
    with pytest.raises(Blocked) as refused:
        sources.refresh(feed)
    assert "is put aside" in str(refused.value.blockers[0].text)


def test_a_feed_that_was_only_chosen_is_forgotten_without_a_trace_of_data(
    sources: Sources,
) -> None:
    from hadi.domain.errors import Blocked
    from hadi.services import feed_choosing, feeds

    hypothesis, connection = sources.running(), sources.connect()
    feed = sources.feed(hypothesis, connection)
    feed_choosing.discard(feed.id, by=sources.by, now=sources.world.later())
    assert feeds.of_test(hypothesis.current_test) == []
    other = sources.feed(hypothesis, connection)
    sources.attach(other)
    with pytest.raises(Blocked):
        feed_choosing.discard(other.id, by=sources.by, now=sources.world.later())
    feeds.stop(other.id, by=sources.by, now=sources.world.later())
    assert feeds.of_test(hypothesis.current_test) == []
    assert len(datasets_of(hypothesis)) == 1


def test_the_day_of_a_row_says_whether_the_plan_came_first(sources: Sources) -> None:
    from hadi.domain.errors import Invalid
    from hadi.services.quality import period_of

    hypothesis = sources.running()
    query = "SELECT *, DATE '2026-01-10' + CAST(bought AS INTEGER) AS sold FROM sales"
    feed = sources.feed(hypothesis, sources.connect(), query=query)
    for day, code in (("nowhere", "day_unknown"), ("spent", "quality_setting_not_days")):
        with pytest.raises(Invalid) as refusal:
            sources.attach(feed, day=day)
        assert refusal.value.fields["day"].code == code
    sources.attach(feed)
    sources.attach(reload(feed), day="sold")
    unknown, known = datasets_of(hypothesis)
    assert period_of(unknown)[:2] == (None, None)
    assert [str(day) for day in period_of(known)[:2]] == ["2026-01-10", "2026-01-11"]
    findings = {finding["code"]: finding["level"] for finding in known.quality["findings"]}
    assert findings["after_the_fact"] == "red" and "after_the_fact" not in str(unknown.quality)
    # It is named beside the columns of the plan, and a source that lost it says so.
    feed = reload(feed)
    assert [column["name"] for column in feed.columns if column.get("is_day")] == ["sold"]
    with transaction():
        feed.query = query.replace("sold", "sold_on")
    sources.refresh(feed)
    assert reload(feed).problem["code"] == "feed_column_renamed"
