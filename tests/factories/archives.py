"""A workspace with a row in every table, archives of it, and another installation to read them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hadi.config import Settings
from hadi.domain.permissions import JOB
from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Hypothesis
    from hadi.services import archive, archive_reading

NOW = datetime(2030, 1, 1, tzinfo=UTC)
MANIFEST = "manifest.json"
FOLDER = "datasets"


@contextmanager
def another(settings: Settings, folder: Path, url: str | None = None) -> Iterator[Flask]:
    """A second installation with an empty database of its own."""
    from hadi.app import create_app
    from hadi.db import migrate_to_head
    from hadi.services import workspace
    from tests.fixtures.database import close

    folder.mkdir()
    address = url or f"sqlite:///{folder / 'hadi.sqlite3'}"
    app = create_app(replace(settings, database_url=address, data_dir=folder))
    if url is None:
        migrate_to_head(app)
    with app.app_context():
        workspace.ensure()
        yield app
    close(app)


def export(app: Flask, path: Path, **more: Any) -> archive.Written:
    from hadi.services import archive

    return archive.export(path, folder=data(app), by=JOB, now=NOW, **more)


def restore(app: Flask, path: Path) -> archive_reading.Checked:
    from hadi.services import archive_restore

    return archive_restore.restore(path, folder=data(app), by=JOB, now=NOW)


def data(app: Flask) -> Path:
    folder: Path = app.extensions["hadi_settings"].data_dir / FOLDER
    return folder


def parts(path: Path) -> dict[str, bytes]:
    """The bytes of every part; of the manifest without the moment it was written."""
    with zipfile.ZipFile(path) as opened:
        found = {name: opened.read(name) for name in opened.namelist()}
    manifest = json.loads(found[MANIFEST])
    del manifest["created"]
    found[MANIFEST] = json.dumps(manifest).encode()
    return found


def receipts(digest: str, made: dict[str, Any]) -> None:
    """Receipts that were looked into, of a file that stands there already."""
    from hadi.db import db
    from hadi.models import Basket

    kept = Basket(
        name="Чеки марта", filename="till.csv", digest=digest, rows=3,
        columns=[{"name": "sum", "type": "number"}], notes=[], spec={"core": ["=1+1"]},
        found={"people": [], "lift": 1e16}, **made,
    )  # fmt: skip
    db.session.add(kept)


def fill(world: World) -> None:
    """At least a row of every table, with odd characters, numbers and references among them."""
    from hadi.db import db
    from hadi.domain.scaling import RolloutStatus
    from hadi.models import (
        Connection,
        Dataset,
        DatasetPart,
        Feed,
        PilotHistory,
        Reconciliation,
        Rollout,
        Wave,
    )
    from hadi.models.connection import ConnectionKind
    from hadi.models.dataset import DatasetKind, Relation

    idea = world.idea("say “jó napot” to everyone,\nthen\twait 🙂", effect="=1+1")
    places(world, idea)
    revenue(world)
    watched(world, idea)
    season(world)
    winner = world.concluded("scale", change="lay a cable beside every lamp")
    world.concluded("repeat", change="greet within ten seconds")
    spend(world, winner)
    test = winner.current_test
    assert test is not None
    folder = data(world.app)
    folder.mkdir(parents=True, exist_ok=True)
    made = {"author_id": world.ids["analyst"], "created_at": world.now}
    moments = {"updated_at": world.now}
    first = db.session.scalars(db.select(Dataset).where(Dataset.test_id == test.id)).one()
    asked = Connection(
        name="the warehouse", kind=ConnectionKind.POSTGRESQL, secret=b"\x00secret",
        settings={"zebra": 1e16, "ant": -0.0, "host": "db"}, limits={"rows": 10}, **made, **moments,
    )  # fmt: skip
    feed = Feed(
        test_id=test.id, connection=asked, table="sales", mapping={"arm": "group"}, columns=[],
        due_at=NOW + timedelta(days=1), **made, **moments,
    )  # fmt: skip
    db.session.add_all([asked, feed])
    db.session.flush()
    common = {"test_id": test.id, "rows": 3, "report": {"columns": []}, "mapping": {}, **made}
    sums = Dataset(
        version=2, kind=DatasetKind.QUERY, digest="ab" * 32, filename="the warehouse",
        feed_id=feed.id, relation=Relation.CORRECTION, previous_id=first.id,
        attached_at=world.now, **common,
    )  # fmt: skip
    (folder / f"{sums.digest}.sums.json").write_text('{"sums": 1}')
    digest = parquet(folder)
    file = Dataset(
        version=3, kind=DatasetKind.FILE, digest=digest, filename="till.csv",
        tags={"margin": "money"}, attached_at=world.now, **common,
    )  # fmt: skip
    file.parts.append(
        DatasetPart(place=0, digest=digest, rows=3, filename="till.csv", created_at=world.now)
    )
    waiting = Dataset(kind=DatasetKind.FILE, digest="cd" * 32, filename="waits.csv", **common)
    db.session.add_all([sums, file, waiting])
    db.session.flush()
    db.session.add(
        PilotHistory(
            test_id=test.id, dataset_id=file.id, filename="till.csv", digest=digest, rows=3,
            columns=["store", "week", "sum"], site="store", time="week", value="sum",
            sites=["1", "Bolt é"], notes=[], **made,
        )
    )  # fmt: skip
    receipts(digest, made | moments)
    rollout = db.session.scalars(db.select(Rollout)).one()
    rollout.status, rollout.position = RolloutStatus.ROLLING_OUT, -0.1
    day = world.now.date()
    db.session.add_all(
        [
            Wave(
                rollout_id=rollout.id, number=1, starts_on=day, measure_on=day, low=1e-300, **made
            ),
            Reconciliation(
                test_id=test.id,
                log_id=sums.id,
                receipts_id=file.id,
                mapping={},
                level="green",
                result={"share": 0.1 + 0.2, "vast": 1.7976931348623157e308, "tiny": 5e-324},
                **made,
            ),
        ]
    )
    db.session.commit()
    funnel(world, digest)
    db.session.commit()


def places(world: World, hypothesis: Hypothesis) -> None:
    """A store in a territory that comes after it, a week of its log, its days in the calendar, and
    where an idea runs."""
    from hadi.services import calendar, hypothesis_where, unit_weeks, units

    by, named = world.actor("analyst"), {"responsible": world.ids["member"]}
    store = units.add(
        body=named | {"kind": "store", "code": "S-1", "name": "Bolt é", "aliases": ["=1+1"]},
        by=by, now=world.later(),
    )  # fmt: skip
    north = units.add(
        body=named | {"kind": "territory", "code": "N", "name": "Север"}, by=by, now=world.later()
    )
    units.edit(store.id, body={"parent": north.id}, version=None, by=by, now=world.later())
    week = {"week": "2026-01-20", "staff": 8, "stock_note": "LED"}
    unit_weeks.write(store.id, body=week, by=by, now=world.later())
    days = {
        "name": "Акция “é”", "kind": "promotion", "starts_on": "2026-03-09", "scope": "units",
        "places": "S-1, =1+1, elsewhere",
    }  # fmt: skip
    calendar.add(body=days, by=by, now=world.later())
    gone = calendar.add(body=days | {"name": "gone"}, by=by, now=world.later())
    calendar.delete(gone.id, by=by, now=world.later())
    hypothesis_where.say(
        hypothesis.id, body={"units": [store.id], "lever": "check"}, version=None, by=by,
        now=world.later(),
    )  # fmt: skip


def revenue(world: World) -> None:
    """Periods of a store and of the whole, targets, client bases and what the whole one means."""
    from hadi.domain.client_bases import BaseDefinition
    from hadi.services import client_bases, lever_periods, lever_targets, units

    by = world.actor("analyst")
    period = {
        "starts_on": "2025-12", "leads": 400, "stages": "КП “отправлено”: 200", "clients": 100,
        "purchases": 120, "revenue": "240000.01", "currency": "RUB", "note": "=1+1",
    }  # fmt: skip
    lever_periods.add(body=period, by=by, now=world.later())
    gone = lever_periods.add(body=period | {"unit": "S-1"}, by=by, now=world.later())
    lever_periods.void(gone.id, reason="twice", by=by, now=world.later())
    goals = {"inflow": "100.5", "check": "2000", "currency": "RUB"}
    for unit in (None, units.find("S-1", by=by)):
        lever_targets.save(unit, body=goals, version=None, by=by, now=world.later())
    base = {"territory": "Север", "starts_on": "2025-10", "ends_on": "2025-12", "active": 181}
    client_bases.add(body=base | {"ever": 420}, by=by, now=world.later())
    meant = BaseDefinition.ALL_POTENTIAL
    client_bases.define(meant, by=world.actor("admin"), now=world.later())


def funnel(world: World, digest: str) -> None:
    """A funnel, and an export of deals in the table of that digest."""
    from hadi.db import db
    from hadi.domain.text import Text
    from hadi.models import FunnelDeals
    from hadi.services import funnels

    stages = [
        {"name": "КП отправлено", "kind": "key", "days": 14},
        {"name": "Успех", "kind": "won"},
    ]
    made = funnels.create(
        body={"name": "Продажи “é”", "stages": stages, "note": "=1+1"}, by=world.actor(),
        now=world.later(),
    )  # fmt: skip
    db.session.add(
        FunnelDeals(
            funnel_id=made.id, filename="сделки.csv", digest=digest, rows=3,
            columns=["arm", "bought"], notes=[Text("file_empty", file="x").as_json()],
            mapping={"deal": "arm", "stages": {"Успех": "bought"}}, invoices=7,
            as_of=world.now.date(), author_id=world.ids["analyst"], created_at=world.now,
            updated_at=world.now,
        )
    )  # fmt: skip


def watched(world: World, hypothesis: Hypothesis) -> None:
    """A scorecard that watches it, with a visit that two people marked."""
    from hadi.services import scorecard_links, scorecard_visits, scorecards

    by = world.actor()
    card = scorecards.create(name="Прилавок", purpose="=1+1", by=by, now=world.later())
    body = {"name": "“Здравствуйте”", "definition": "a look", "met": "1", "not_met": "0"}
    scorecards.add_criterion(card.id, body=body, by=by, now=world.later())
    visit = {"visited_on": "2026-01-20", "unit": "s07", "marks": {"1": "NA"}, "second": {"1": 1}}
    scorecard_visits.add(card.id, body=visit, by=by, now=world.later())
    scorecard_links.link(
        hypothesis.id, body={"scorecard": card.id, "units": "s07"}, by=by, now=world.later()
    )


def season(world: World) -> None:
    """Coefficients of a season that are kept by name."""
    from hadi.services import season_profiles

    season_profiles.put(
        {"name": "Обувь “é”", "coefficients": [0.7, 1.3, *[1.0] * 10], "method": "level"},
        years=["2024-01"], by=world.actor("analyst"), now=world.later(),
    )  # fmt: skip


def parquet(folder: Path) -> str:
    """A small table, kept as data sets are; its digest."""
    import duckdb

    from hadi.ingest.digests import file_digest

    made = folder / "made.parquet"
    with duckdb.connect() as connection:
        query = "SELECT 'A' AS arm, 1 AS bought UNION ALL SELECT 'B', 0 UNION ALL SELECT 'B', 1"
        connection.execute(f"COPY ({query}) TO '{made}' (FORMAT parquet)")
    digest = file_digest(made)
    made.rename(folder / f"{digest}.parquet")
    return digest


def spend(world: World, hypothesis: Hypothesis) -> None:
    """Costs over the budget, one of them struck out, a leader's decision, an estimate."""
    from hadi.domain.costs import BudgetChoice
    from hadi.services import costs, economics

    by, named = world.actor(), {"currency": "EUR", "kind": "work", "spent_on": "2026-02-03"}
    for amount in ("12.50", "190"):
        made = costs.add(hypothesis.id, body=named | {"amount": amount}, by=by, now=world.later())
    costs.add(hypothesis.id, body=named | {"amount": "7", "note": "=1+1"}, by=by, now=world.later())
    costs.void(hypothesis.id, made.id, reason="twice", by=by, now=world.later())
    costs.decide(
        hypothesis.id, choice=BudgetChoice.CONTINUE, cap="300", reason="nearly done",
        by=world.actor("leader"), now=world.later(),
    )  # fmt: skip
    economics.estimate(
        hypothesis.id, body={"currency": "EUR", "value_per_unit": "3.50", "margin": 0.32}, by=by,
        now=world.later(),
    )  # fmt: skip
