"""Exports of deals under a funnel: kept as a table, their columns named, read as often as somebody
looks, and made into data of a test.

What is found is not stored: it follows from the table, the columns and the funnel as it stands.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.analysis.funnel import FunnelFound, funnel
from hadi.analysis.funnel_rows import MadeRows, make
from hadi.db import db, let_go, lock, new_id, transaction
from hadi.domain.crm_hygiene import Invoices
from hadi.domain.errors import Invalid, NotFound, Stale, Unreadable
from hadi.domain.folding import folded
from hadi.domain.funnels import FunnelSpec
from hadi.domain.months import no_day
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.statement import LIMIT, cleaned
from hadi.domain.text import Text
from hadi.ingest.bundles import open_tables
from hadi.ingest.deal_columns import DealColumns
from hadi.ingest.files import StoredTable
from hadi.ingest.limits import Limits
from hadi.models import Dataset, Funnel, FunnelDeals, Hypothesis
from hadi.services import events, funnels, made_datasets, workspace
from hadi.services.dataset_records import drop_unused, path_of, take_turn
from hadi.services.funnel_guess import guessed
from hadi.services.made_datasets import MadeFrom, Origin

MOST_LISTED = 50
MOST_INVOICES = 10**9


# ------------------------------------------------------------------------------------- reading
def of_funnel(funnel: Funnel) -> list[FunnelDeals]:
    """The exports of a funnel, the newest first."""
    query = (
        select(FunnelDeals)
        .where(FunnelDeals.funnel_id == funnel.id, FunnelDeals.removed_at.is_(None))
        .options(joinedload(FunnelDeals.author))
        .order_by(FunnelDeals.created_at.desc(), FunnelDeals.id)
        .limit(MOST_LISTED)
    )
    return list(db.session.scalars(query))


def removed(funnel: Funnel) -> list[FunnelDeals]:
    """The exports that were set aside, the newest first."""
    query = (
        select(FunnelDeals)
        .where(FunnelDeals.funnel_id == funnel.id, FunnelDeals.removed_at.is_not(None))
        .order_by(FunnelDeals.created_at.desc(), FunnelDeals.id)
        .limit(MOST_LISTED)
    )
    return list(db.session.scalars(query))


def newest(funnel: Funnel) -> FunnelDeals | None:
    """The last export whose columns were named."""
    return next((deals for deals in of_funnel(funnel) if deals.is_mapped), None)


def find(deals_id: str, funnel: Funnel, *, by: Actor) -> FunnelDeals:
    """An export of that funnel. Raises NotFound."""
    require(by, Permission.VIEW)
    found = db.session.get(FunnelDeals, deals_id[:20].replace("\0", ""))
    if found is None or found.funnel_id != funnel.id or found.removed_at is not None:
        raise NotFound(Text("no_such_deals"))
    return found


def found(deals: FunnelDeals, *, folder: Path, by: Actor) -> FunnelFound:
    """What the funnel says of its deals. Raises Invalid before the columns are named, Unreadable
    where the table cannot be read."""
    require(by, Permission.VIEW)
    if not deals.is_mapped:
        raise Invalid(Text("deals_not_mapped"))
    columns = known_columns(deals)
    return _found(
        path_of(deals.digest, folder), deals.funnel.spec, _frozen(columns), deals.as_of,
        deals.invoices, deals.laid, deals.created_at.astimezone(workspace.zone()).date(),
    )  # fmt: skip


# ------------------------------------------------------------------------------------- writing
def keep(
    funnel_id: str,
    *,
    file: BinaryIO,
    filename: str,
    limits: Limits,
    folder: Path,
    by: Actor,
    now: datetime,
) -> FunnelDeals:
    """Keep an export; its columns are guessed and asked for. The same file again is the export
    that it became. Raises Unreadable, TooLarge, NotAllowed, Blocked."""
    require(by, Permission.MANAGE_FUNNELS)
    kept_by = funnels.find(funnel_id, by=by)
    funnels.require_in_use(kept_by)
    let_go()  # reading takes as long as the file is big
    tables = open_tables(file, filename, folder=folder, limits=limits)
    table = tables[0]
    filename = table.member or filename
    try:
        if len(tables) > 1:
            raise Unreadable(Text("deals_several", n=len(tables)))
        with transaction():
            funnel = funnels.locked(funnel_id)
            funnels.require_in_use(funnel)
            take_turn(table.digest)
            if not table.path.exists():
                raise Unreadable(Text("upload_met", file=filename))
            deals = _same(funnel, table.digest)
            if deals is None or deals.removed_at is not None:
                deals = deals or _new(funnel, table, filename, by=by, now=now)
                deals.removed_at = None
                funnels.record(
                    "funnel_deals_kept", funnel, by=by, now=now, filename=deals.filename,
                    rows=deals.rows,
                )  # fmt: skip
            db.session.flush()
    except BaseException:
        with transaction():
            drop_unused([each.digest for each in tables], folder=folder)
        raise
    return deals


def name_columns(
    funnel_id: str,
    deals_id: str,
    *,
    mapping: Mapping[str, Any],
    as_of: object = None,
    invoices: object = None,
    version: int | None = None,
    folder: Path,
    by: Actor,
    now: datetime,
) -> FunnelDeals:
    """Say which column holds what. Raises Invalid with every field at once, Unreadable where the
    columns do not make deals of this funnel, Stale."""
    require(by, Permission.MANAGE_FUNNELS)
    kept = find(deals_id, funnels.find(funnel_id, by=by), by=by)
    today = now.astimezone(workspace.zone()).date()
    columns, day, count = _read(kept, mapping, as_of, invoices, today)
    path, spec = path_of(kept.digest, folder), kept.funnel.spec
    let_go()
    _found(path, spec, _frozen(columns), day, count, None, today)  # refuses what is no funnel
    with transaction():
        funnel = funnels.locked(funnel_id)
        funnels.require_in_use(funnel)
        deals = locked(deals_id, funnel, version=version)
        if count != deals.invoices:  # a number that was typed stands for itself
            deals.invoices_found = None
        deals.mapping, deals.as_of, deals.invoices = columns.as_json(), day, count
        deals.updated_at = now
        funnels.record(
            "funnel_deals_mapped", funnel, by=by, now=now, filename=deals.filename,
            columns=columns.named,
        )  # fmt: skip
    return deals


def remove(
    funnel_id: str, deals_id: str, *, version: int | None = None, by: Actor, now: datetime
) -> FunnelDeals:
    """Set an export aside; it can be taken back, and data that were made of it stay. Raises Stale,
    NotFound."""
    return _set_removed(funnel_id, deals_id, now, version=version, by=by, now=now)


def restore(funnel_id: str, deals_id: str, *, by: Actor, now: datetime) -> FunnelDeals:
    """Take an export back that was set aside."""
    return _set_removed(funnel_id, deals_id, None, version=None, by=by, now=now)


def _set_removed(
    funnel_id: str,
    deals_id: str,
    at: datetime | None,
    *,
    version: int | None,
    by: Actor,
    now: datetime,
) -> FunnelDeals:
    require(by, Permission.MANAGE_FUNNELS)
    with transaction():
        funnel = funnels.locked(funnel_id)
        deals = locked(deals_id, funnel, version=version)
        if (deals.removed_at is None) is (at is None):
            return deals  # it is so: somebody was faster
        deals.removed_at, deals.updated_at = at, now
        verb = "funnel_deals_removed" if at else "funnel_deals_restored"
        funnels.record(verb, funnel, by=by, now=now, filename=deals.filename, rows=deals.rows)
    return deals


def delete(
    funnel_id: str, deals_id: str, *, reason: str, folder: Path, by: Actor, now: datetime
) -> None:
    """Delete the rows of an export for good, with a reason. For administrators. Raises Invalid."""
    require(by, Permission.DELETE_DATA)
    reason = cleaned(reason)
    if not reason or len(reason) > LIMIT:
        code = "statement_too_long" if reason else "deals_delete_needs_reason"
        refusal = Text(code, limit=LIMIT) if reason else Text(code)
        raise Invalid(refusal, {"reason": refusal})
    with transaction():
        funnel = funnels.locked(funnel_id)
        deals = locked(deals_id, funnel, version=None)
        digest = deals.digest
        funnels.record(
            "funnel_deals_deleted", funnel, by=by, now=now, filename=deals.filename,
            rows=deals.rows, digest=digest, reason=reason,
        )  # fmt: skip
        db.session.delete(deals)
        db.session.flush()
        drop_unused([digest], folder=folder)


def use(
    funnel_id: str,
    deals_id: str,
    *,
    hypothesis: Hypothesis,
    start: str = "",
    limits: Limits,
    folder: Path,
    incoming: Path,
    by: Actor,
    now: datetime,
) -> Dataset:
    """Make the deals data of a hypothesis's test: one row a deal, its arm, and whether it moved on
    from the stage `start`. They wait to be mapped, like any. Raises Invalid, Unreadable, and what
    every upload raises."""
    owner = funnels.find(funnel_id, by=by)
    deals = find(deals_id, owner, by=by)
    if not deals.is_mapped:
        raise Invalid(Text("deals_not_mapped"))
    spec, columns, name = owner.spec, known_columns(deals), owner.name
    source, filename, digest, rows = (
        path_of(deals.digest, folder), deals.filename, deals.digest, deals.rows,
    )  # fmt: skip
    day = deals.as_of
    until = deals.created_at.astimezone(workspace.zone()).date()
    invoices, laid, hypothesis_id, version = (
        deals.invoices, deals.laid, hypothesis.id, owner.version,
    )  # fmt: skip
    let_go()
    with tempfile.TemporaryDirectory(prefix="hadi-funnel-") as scratch:
        target = Path(scratch) / "rows.parquet"
        made = make(
            [source], spec, columns, target=target, start=start, as_of=end_of(day),
            until=end_of(until), invoices=invoices, laid=laid,
        )  # fmt: skip
        content = target.read_bytes()
    origin = Origin(
        MadeFrom.FUNNEL, filename, digest, rows, _sentence(made, filename, name),
        {"funnel": name, "funnel_id": funnel_id, "funnel_version": version, **spec.as_json(),
         "from": made.start, "to": made.end, "columns": columns.as_json()},
        made.as_json(),
    )  # fmt: skip
    named = f"{_stem(filename)} - {made.start}.parquet"
    dataset = made_datasets.stage(
        hypothesis_id, file=io.BytesIO(content), filename=named,
        origin=origin, folder=folder, incoming=incoming, limits=limits, by=by, now=now,
    )  # fmt: skip
    with transaction():
        funnel = funnels.locked(funnel_id)
        hypothesis = db.session.get_one(Hypothesis, hypothesis_id)
        db.session.flush()
        events.record(
            "funnel_deals_used", subject=funnels.SUBJECT, subject_id=funnel.id, by=by, now=now,
            hypothesis=hypothesis,
            details={"name": funnel.name, "filename": filename, "dataset": dataset.id},
        )  # fmt: skip
    return dataset


# ------------------------------------------------------------------------------------- inside
def _same(funnel: Funnel, digest: str) -> FunnelDeals | None:
    query = select(FunnelDeals).where(
        FunnelDeals.funnel_id == funnel.id, FunnelDeals.digest == digest
    )
    return db.session.scalar(query.limit(1))


def _new(
    funnel: Funnel, table: StoredTable, filename: str, *, by: Actor, now: datetime
) -> FunnelDeals:
    columns = [column.name for column in table.report.columns]
    deals = FunnelDeals(
        id=new_id(), funnel_id=funnel.id, filename=filename[-255:], digest=table.digest,
        rows=table.report.rows, columns=columns, mapping={},
        notes=[note.as_json() for note in table.report.notes],
        author_id=by.user_id, created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(deals)
    return deals


def offered(deals: FunnelDeals) -> dict[str, Any]:
    """The columns as they were named, or else as they are likely to be: as for the export before,
    where it had the same columns, or by their names."""
    if deals.is_mapped:
        return dict(deals.mapping)
    for earlier in of_funnel(deals.funnel):
        if earlier.is_mapped and set(_named(earlier)) <= set(deals.columns):
            return dict(earlier.mapping)
    return guessed(deals.columns, deals.funnel.spec)


def _named(deals: FunnelDeals) -> list[str]:
    return list(DealColumns.from_json(deals.mapping).named.values())


def known_columns(deals: FunnelDeals) -> DealColumns:
    """The columns, without those of stages that the funnel has no more."""
    columns = DealColumns.from_json(deals.mapping)
    names = {folded(stage.name): stage.name for stage in deals.funnel.spec.stages}
    wide = {names[folded(s)]: c for s, c in columns.stages.items() if folded(s) in names}
    if not wide and columns.stage is None:
        raise Invalid(Text("deals_not_mapped"))
    return DealColumns.from_json({**columns.as_json(), "stages": wide})


def locked(deals_id: str, funnel: Funnel, *, version: int | None) -> FunnelDeals:
    """The export, locked for this transaction. Raises NotFound, Stale."""
    deals = lock(FunnelDeals, deals_id[:20].replace("\0", ""))
    if deals is None or deals.funnel_id != funnel.id:
        raise NotFound(Text("no_such_deals"))
    if version is not None and version != deals.version:
        raise Stale(Text("funnel_changed_meanwhile"))
    return deals


def _read(
    kept: FunnelDeals,
    mapping: Mapping[str, Any],
    as_of: object,
    invoices: object,
    today: date,
) -> tuple[DealColumns, date | None, int | None]:
    """What was said of an export. Raises Invalid with every field."""
    wrong: dict[str, Text] = {}
    columns = None
    try:
        columns = DealColumns.from_json(mapping)
    except Invalid as refused:
        wrong |= refused.fields
    if columns is not None:
        for name, column in columns.named.items():
            if column not in kept.columns:
                wrong[name] = Text("deals_column_unknown", column=column[:80])
        stages = {folded(stage.name) for stage in kept.funnel.spec.stages}
        for stage in columns.stages:
            if folded(stage) not in stages:
                wrong[f"stages.{stage}"] = Text("deals_step_unknown", name=stage[:80])
    day, count = _day(as_of, today, wrong), _count(invoices, wrong)
    if wrong or columns is None:
        raise Invalid(Text("deals_columns_invalid", n=len(wrong)), wrong)
    return columns, day, count


def _day(value: object, today: date, wrong: dict[str, Text]) -> date | None:
    """The day of the export. One ahead would make every deal old enough to count, and every task
    overdue."""
    if value in (None, ""):
        return None
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        wrong["as_of"] = no_day(value, Text("deals_as_of"))
        return None
    if day > today:
        wrong["as_of"] = Text("deals_as_of_ahead")
    return day


def _count(value: object, wrong: dict[str, Text]) -> int | None:
    if value is None or value == "":
        return None
    try:
        count = -1 if isinstance(value, bool | float) else int(str(value).strip())
    except ValueError:
        count = -1
    if not 1 <= count <= MOST_INVOICES:
        wrong["invoices"] = Text("deals_invoices")
        return None
    return count


def end_of(day: date | None) -> datetime | None:
    """The last moment of a day."""
    return None if day is None else datetime.combine(day, time.max)


def _frozen(
    columns: DealColumns,
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    told = columns.as_json()
    stages = tuple(told.pop("stages").items())
    return tuple(told.items()), stages


@lru_cache(maxsize=32)
def _found(
    path: Path,
    spec: FunnelSpec,
    columns: tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]],
    as_of: date | None,
    invoices: int | None,
    laid: Invoices | None,
    until: date,
) -> FunnelFound:
    """A table never changes once it has its name, so that what is found in it can be kept."""
    own, stages = columns
    named = DealColumns.from_json({**dict(own), "stages": dict(stages)})
    return funnel(
        [path], spec, named, as_of=end_of(as_of), until=end_of(until), invoices=invoices, laid=laid
    )  # fmt: skip


def _sentence(made: MadeRows, filename: str, name: str) -> Text:
    return Text(
        "funnel_made", n=made.rows, file=filename[-120:], funnel=name, start=made.start
    )  # fmt: skip


def _stem(filename: str) -> str:
    return Path(filename).stem[:100] or "deals"
