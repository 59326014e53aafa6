"""A feed asks its source: the sums are made in the engine, kept as a snapshot, and attached.

Run twice it does the thing once: the snapshot is named by its content, and sums equal to the last
ones make no new version.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app

from hadi.analysis.by_design import require_answer
from hadi.config import Settings
from hadi.db import db, lock, new_id, transaction
from hadi.domain.errors import HadiError, Unreadable
from hadi.domain.permissions import Actor
from hadi.domain.quality import QualitySettings
from hadi.domain.text import Text
from hadi.ingest import engines, panel_json, sums_json
from hadi.ingest.panels import Paneled, PanelTable
from hadi.ingest.source import Summaries
from hadi.models import Dataset, Feed
from hadi.models.dataset import DatasetKind
from hadi.services import connections, dataset_versions, feed_choosing, feeds, hypotheses, quality
from hadi.services.dataset_records import attaching, require_running, sums_path, take_turn
from hadi.services.feed_columns import day_of, require_same
from hadi.services.jobs import Cancelled

# Engines add up in whatever order their threads come: the last digits of a sum are not data.
CLOSE = 1e-12

Tell = Callable[[float, Text], None]


def refresh(
    feed_id: str, *, progress: Tell | None = None, by: Actor, now: datetime
) -> dict[str, Any]:
    """Ask the source and attach what it answers as a new version; where nothing is new, say so.
    What goes wrong is kept at the feed, beside what it last brought. Returns the data set, its
    version and whether it is new. Raises Unreadable, Invalid, Blocked."""
    tell = progress or (lambda share, stage: None)
    feed = feeds.find(feed_id, by=by)
    hypothesis_id = feeds.hypothesis_of(feed).id
    try:
        with attaching(hypothesis_id, by=by, now=now):
            summaries = _summed(feed_id, tell, by=by)
            tell(0.9, Text("feed_stage_keeping"))
            return _attach(feed_id, summaries, by=by, now=now)
    except Cancelled:
        raise
    except HadiError as refusal:
        with transaction():
            feeds.note(feed_id, problem=connections.worst(refusal).as_json())
        raise


def _summed(feed_id: str, tell: Tell, *, by: Actor) -> Summaries | PanelTable:
    """The sums of the test's plan, or the sites of a pilot over time, made where the data are. No
    transaction is held meanwhile."""
    feed = feeds.find(feed_id, by=by)
    test = require_running(feeds.hypothesis_of(feed), by=by)
    feeds.require_of(feed, test)
    plan = test.plan
    assert plan is not None
    if plan.season is not None:
        raise Unreadable(Text("feed_not_for_series"))
    bound, mapping, chosen = plan.bound(feed.mapping), dict(feed.mapping), list(feed.columns)
    day = day_of(chosen) if plan.day is None else None
    if day is not None:
        bound, mapping = replace(bound, day=day), {"day": day} | mapping
    table, query = feed.table, feed.query
    tell(0.05, Text("feed_stage_connecting", name=feed.connection.name))
    with connections.opened(feed.connection) as backend:
        relation = engines.relation(backend, table=table, query=query)
        require_same(mapping, chosen, feed_choosing.columns_of(relation))
        tell(0.2, Text("feed_stage_summing"))
        source = engines.source(relation)
        if bound.pilot is not None:
            panel = source.panel(bound)
            require_answer(Paneled("", panel), bound)
            return panel
        return source.summaries(bound)


def _attach(
    feed_id: str, summaries: Summaries | PanelTable, *, by: Actor, now: datetime
) -> dict[str, Any]:
    content = (
        panel_json.write(summaries)
        if isinstance(summaries, PanelTable)
        else sums_json.write(summaries)
    )
    digest = hashlib.sha256(content.encode()).hexdigest()
    folder = _folder()
    with transaction():
        feed = lock(Feed, feed_id)
        assert feed is not None
        hypothesis = hypotheses.locked(feeds.hypothesis_of(feed).id)
        test = require_running(hypothesis, by=by)
        feeds.require_of(feed, test)
        last = feeds.last_dataset(feed)
        feeds.note(feed_id, refreshed_at=now, problem=None)
        if last is not None and _is_known(last, feed, digest, content, folder):
            return {"dataset_id": last.id, "version": last.version, "is_new": False}
        take_turn(digest)
        day = day_of(feed.columns)
        _keep(sums_path(digest, folder), content)
        dataset = Dataset(
            id=new_id(), test_id=test.id, kind=DatasetKind.QUERY, feed_id=feed.id,
            filename=feeds.name_of(feed)[-255:], digest=digest, rows=summaries.rows,
            report=_report(feed, summaries), mapping=dict(feed.mapping), tags=dict(feed.tags),
            quality_settings=QualitySettings(day=day).as_json() if day else None,
            previous_id=last.id if last else None, author_id=by.user_id or feed.author_id,
            created_at=now,
        )  # fmt: skip
        db.session.add(dataset)
        dataset_versions.give_version(dataset, hypothesis, by=by, now=now)
    quality.look_soon(dataset, folder=folder, by=by, now=now)
    return {"dataset_id": dataset.id, "version": dataset.version, "is_new": True}


def _is_known(last: Dataset, feed: Feed, digest: str, content: str, folder: Path) -> bool:
    """Whether these are the sums of the feed's last data set, under the same mapping."""
    if last.deleted_at is not None or last.mapping != feed.mapping:
        return False
    if last.digest == digest:
        return True
    path = sums_path(last.digest, folder)
    if not path.exists():
        return False
    return _same(json.loads(path.read_text(encoding="utf-8")), json.loads(content))


def _same(one: Any, other: Any) -> bool:
    """Whether two snapshots say the same, but for the last digits of what was added up."""
    if isinstance(one, float) or isinstance(other, float):
        is_number = all(isinstance(v, int | float) for v in (one, other))
        return is_number and math.isclose(one, other, rel_tol=CLOSE, abs_tol=1e-300)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    return bool(one == other)


def _keep(path: Path, content: str) -> None:
    """Write the snapshot whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        return
    # Of a name that no data set has: what a killed worker leaves is swept up.
    beside = path.with_name(f"{new_id()}.part.sums.json")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _report(feed: Feed, summaries: Summaries | PanelTable) -> dict[str, Any]:
    """What is known of the data, in the shape of a parse report: an engine is read, not parsed."""
    return {
        "rows": summaries.rows,
        "columns": [
            {"name": column["name"], "type": column["type"], "examples": [], "missing": 0}
            for column in feed.columns
        ],
        "notes": [],
        "source": {
            "connection": feed.connection.name, "table": feed.table, "query": feed.query,
        },
    }  # fmt: skip


def _folder() -> Path:
    settings: Settings = current_app.extensions["hadi_settings"]
    return settings.data_dir / "datasets"
