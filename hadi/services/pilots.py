"""The past periods of all sites, from which a pilot is planned: kept with the test, read as sites
over time, and asked for pilots and controls.

No verdict rests on them. They are of the time before the test, and their sites are what a draw
draws from; the draw is an event, so that a second one can be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select

from hadi.db import db, let_go, new_id, transaction
from hadi.domain.errors import Blocked, Blocker, Invalid, NotFound, Unreadable
from hadi.domain.lifecycle import State
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.pilot_plan import MOST_SITES, PilotPlan
from hadi.domain.plan import Design, Metric, MetricKind, MetricRole, Plan
from hadi.domain.tags import hidden
from hadi.domain.text import Text
from hadi.ingest.files import open_table
from hadi.ingest.limits import MB, Limits
from hadi.ingest.panels import PanelTable
from hadi.ingest.panels_wide import wide_panel
from hadi.ingest.report import ColumnType
from hadi.ingest.strata import strata_of
from hadi.ingest.tables import TableSource
from hadi.models import Dataset, Hypothesis, PilotHistory, Test
from hadi.models.dataset import DatasetKind
from hadi.services import events, hypotheses
from hadi.services.dataset_records import drop_unused, path_of, paths_of, require_content

LIMITS = Limits(max_bytes=8 * MB)
FEWEST_SITES, FEWEST_PERIODS, FEWEST_COLUMNS = 2, 3, 3
MOST_OFFERED = 50
_SITES = ("site", "store", "shop", "team", "territory", "магазин", "точка", "втц", "bolt", "üzlet")
_TIMES = ("week", "month", "period", "date", "day", "недел", "месяц", "дата", "hét", "hónap")
_STRATA = ("region", "format", "cluster", "регион", "формат", "régió", "formátum")


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of past periods are: of a long table the site, the period and the value (of
    a ratio also what it is divided by); of a wide one the period and the sites themselves."""

    time: str
    site: str = ""
    value: str = ""
    divisor: str = ""
    sites: tuple[str, ...] = ()  # of a wide table


def history_of(test_id: str) -> PilotHistory | None:
    """The past periods of a test."""
    found: PilotHistory | None = db.session.scalar(
        select(PilotHistory).where(PilotHistory.test_id == test_id)
    )
    return found


def keep_file(
    hypothesis_id: str,
    *,
    file: BinaryIO,
    filename: str,
    folder: Path,
    by: Actor,
    now: datetime,
) -> PilotHistory:
    """Keep a file with the test, in place of the one before; its columns are guessed, and can be
    chosen otherwise. Raises Unreadable, TooLarge, NotAllowed, Blocked."""
    require_draft(hypotheses.find(hypothesis_id, by=by), by=by, now=now)
    # Reading takes as long as the file is big: no transaction is held meanwhile.
    let_go()
    table = open_table(file, filename, folder=folder, limits=LIMITS)
    report = table.report
    columns = [column.name for column in report.columns]
    guess = _guessed([(column.name, column.type) for column in report.columns])
    if len(columns) < FEWEST_COLUMNS:
        with transaction():
            drop_unused([table.digest], folder=folder)
        raise Invalid(Text("history_too_narrow", file=filename[:80]))
    with transaction():
        test = require_draft(hypotheses.locked(hypothesis_id), by=by, now=now)
        kept = _replaced(test, folder=folder)
        kept.dataset_id, kept.filename, kept.digest = None, filename[:255], table.digest
        kept.rows, kept.columns = report.rows, columns
        kept.notes = [note.as_json() for note in report.notes]
        _settle(kept, guess, by=by, now=now)
        _tell("pilot_history_kept", kept, test, by=by, now=now)
    _try_guess(kept, folder=folder)
    return kept


def keep_dataset(
    hypothesis_id: str, *, dataset_id: str, folder: Path, by: Actor, now: datetime
) -> PilotHistory:
    """Take the rows of an earlier data set. Raises Invalid where they are gone or not seen."""
    with transaction():
        test = require_draft(hypotheses.locked(hypothesis_id), by=by, now=now)
        dataset = next((one for one in earlier(by=by) if one.id == dataset_id), None)
        if dataset is None:
            raise Invalid(Text("history_no_dataset"), {"dataset": Text("history_no_dataset")})
        columns = visible_columns(dataset, by=by)
        kept = _replaced(test, folder=folder)
        kept.dataset_id, kept.filename, kept.digest = dataset.id, dataset.filename, dataset.digest
        kept.rows, kept.columns, kept.notes = dataset.rows, [name for name, _t in columns], []
        _settle(kept, _guessed(columns), by=by, now=now)
        _tell("pilot_history_kept", kept, test, by=by, now=now)
    _try_guess(kept, folder=folder)
    return kept


def choose_columns(
    hypothesis_id: str,
    *,
    site: str,
    time: str,
    value: str,
    stratum: str = "",
    divisor: str = "",
    is_wide: bool = False,
    folder: Path,
    by: Actor,
    now: datetime,
) -> PilotHistory:
    """Say what the columns are; of a wide table only the period is asked. Raises Invalid with every
    field at once, and Unreadable where they do not make sites over time."""
    with transaction():
        test = require_draft(hypotheses.locked(hypothesis_id), by=by, now=now)
        kept = history_of(test.id)
        if kept is None:
            raise Invalid(Text("history_absent"))
        asked = {"time": time} if is_wide else {"site": site, "time": time, "value": value}
        more = {} if is_wide else {"divisor": divisor, "stratum": stratum}
        _check_columns(kept, asked, more)
        columns = _wide(kept, time) if is_wide else Columns(time, site, value, divisor)
        table = read_panel(kept, columns, folder=folder)
        _check_panel(table, site=site, time=time)
        _take(kept, {**asked, **more}, is_wide=is_wide)
        kept.sites = list(table.sites)
        _tell("pilot_history_mapped", kept, test, by=by, now=now)
    return kept


def remove(hypothesis_id: str, *, folder: Path, by: Actor, now: datetime) -> None:
    """Take the past periods away again."""
    with transaction():
        test = require_draft(hypotheses.locked(hypothesis_id), by=by, now=now)
        kept = history_of(test.id)
        if kept is None:
            return
        _tell("pilot_history_removed", kept, test, by=by, now=now)
        db.session.delete(kept)
        _let_go(kept, folder)


def earlier(*, by: Actor) -> list[Dataset]:
    """Data sets that can serve as past periods: attached files, newest first."""
    query = (
        select(Dataset)
        .where(
            Dataset.version.is_not(None),
            Dataset.deleted_at.is_(None),
            Dataset.kind == DatasetKind.FILE,
        )
        .order_by(Dataset.created_at.desc())
        .limit(4 * MOST_OFFERED)
    )
    wide = (one for one in db.session.scalars(query) if len(visible_columns(one, by=by)) > 2)
    return [one for one, _place in zip(wide, range(MOST_OFFERED), strict=False)]


def visible_columns(dataset: Dataset, *, by: Actor) -> list[tuple[str, ColumnType]]:
    """The columns of a data set that this person may see."""
    test = db.session.get_one(Test, dataset.test_id)
    unseen = hidden(dataset.tags, by, hypotheses.stake(test.hypothesis))
    return [
        (column["name"], ColumnType(column["type"]))
        for column in dataset.report.get("columns", ())
        if column["name"] not in unseen
    ]


def panel(history: PilotHistory, *, folder: Path) -> PanelTable:
    """The sites over time. Raises Invalid before the columns are chosen, Unreadable where the rows
    are gone."""
    if not history.is_mapped:
        raise Invalid(Text("history_not_mapped"))
    return read_panel(history, _columns(history), folder=folder)


def strata(history: PilotHistory, *, folder: Path) -> dict[str, str]:
    """The stratum of each site, where the history has such a column."""
    if not history.stratum or not history.site:
        return {}
    return strata_of(paths(history, folder), site=history.site, stratum=history.stratum)


def paths(history: PilotHistory, folder: Path) -> list[Path]:
    """Where its rows are. Raises Unreadable where they were deleted with their data set."""
    if history.dataset_id is None:
        return [path_of(history.digest, folder)]
    dataset = db.session.get_one(Dataset, history.dataset_id)
    require_content(dataset)
    return paths_of(dataset, folder=folder)


def read_panel(history: PilotHistory, columns: Columns, *, folder: Path) -> PanelTable:
    return _read(tuple(paths(history, folder)), columns)


def _columns(history: PilotHistory) -> Columns:
    """Those of a history that is mapped."""
    assert history.time is not None
    if history.is_wide:
        return _wide(history, history.time)
    return Columns(history.time, history.site or "", history.value or "", history.divisor or "")


def _wide(history: PilotHistory, time: str) -> Columns:
    """Every other column as a site."""
    return Columns(time, sites=tuple(name for name in history.columns if name != time))


def _take(kept: PilotHistory, named: Mapping[str, str | None], *, is_wide: bool = False) -> None:
    """Write down what the columns are; one that is not named is none."""
    for field in ("site", "time", "value", "divisor", "stratum"):
        setattr(kept, field, named.get(field) or None)
    kept.is_wide = is_wide


@lru_cache(maxsize=16)
def _read(paths: tuple[Path, ...], columns: Columns) -> PanelTable:
    """A table never changes once it has its name, so that its panel can be kept."""
    site, time, value = columns.site, columns.time, columns.value
    if columns.sites:
        return wide_panel(paths, time=time, sites=columns.sites)
    named = (value, columns.divisor) if columns.divisor else (value,)
    kind = MetricKind.RATIO if columns.divisor else MetricKind.MEAN
    metric = Metric(" / ".join(named), kind, columns=named, role=MetricRole.PRIMARY)
    pilot = PilotPlan(site=site, time=time, value=value)
    plan = Plan(design=Design.PILOT, pilot=pilot, metrics=(metric,))
    return TableSource(list(paths)).panel(plan)


def require_draft(hypothesis: Hypothesis, *, by: Actor, now: datetime) -> Test:
    """The test that is being planned. Raises NotAllowed, and Blocked once it has started."""
    with hypotheses.logging_refusals("edit_plan", hypothesis.id, by=by, now=now):
        require(by, Permission.EDIT_PLAN, hypotheses.stake(hypothesis))
        if hypothesis.state not in (State.IDEA, State.PLANNED):
            raise Blocked(Text("step_refused"), [Blocker(Text("history_of_draft"), "state")])
    test = hypothesis.current_test
    if test is None:
        raise NotFound(Text("no_such_hypothesis", key=hypothesis.key))
    return test


def _replaced(test: Test, *, folder: Path) -> PilotHistory:
    """The record to fill: that of the history before, whose table goes, or a new one."""
    kept = history_of(test.id)
    if kept is not None:
        _let_go(kept, folder)
        return kept
    kept = PilotHistory(id=new_id(), test_id=test.id)
    db.session.add(kept)
    return kept


def _let_go(kept: PilotHistory, folder: Path) -> None:
    if kept.dataset_id is None:
        drop_unused([kept.digest], folder=folder)


def _settle(kept: PilotHistory, guess: dict[str, str | None], *, by: Actor, now: datetime) -> None:
    _take(kept, guess)
    kept.sites = []
    assert by.user_id is not None
    kept.author_id, kept.created_at = by.user_id, now


def _try_guess(kept: PilotHistory, *, folder: Path) -> None:
    """Keep a guess that makes sites over time; else the columns are asked for."""
    sites = _guessed_sites(kept, _columns(kept), folder) if kept.is_mapped else []
    is_wide = False
    if not sites and kept.time:  # perhaps each site has a column of its own
        sites = _guessed_sites(kept, _wide(kept, kept.time), folder)
        is_wide = bool(sites)
    with transaction():
        kept = db.session.get_one(PilotHistory, kept.id)
        kept.sites = sites
        if not sites:
            _take(kept, {})
        elif is_wide:
            _take(kept, {"time": kept.time}, is_wide=True)


def _guessed_sites(kept: PilotHistory, columns: Columns, folder: Path) -> list[str]:
    """The sites, where the guess makes any. Of a wide table every period has one row."""
    try:
        table = read_panel(kept, columns, folder=folder)
        _check_panel(table, site=columns.site, time=columns.time)
    except (Invalid, Unreadable):
        return []
    return [] if columns.sites and table.merged_rows else list(table.sites)


def _guessed(columns: Iterable[tuple[str, ColumnType]]) -> dict[str, str | None]:
    """What the columns are likely to be, by their names and types."""
    known = list(columns)
    numbers = (ColumnType.INTEGER, ColumnType.NUMBER)

    def first(words: tuple[str, ...], *types: ColumnType) -> str | None:
        named = (n for n, type in known if any(word in n.casefold() for word in words))
        typed = (n for n, type in known if type in types)
        return next(named, None) or next(typed, None)

    site = first(_SITES, ColumnType.TEXT)
    time = first(_TIMES, ColumnType.DATE, ColumnType.TIME)
    stratum = first(_STRATA)
    taken = {site, time, stratum}
    value = next(
        (name for name, type in reversed(known) if type in numbers and name not in taken), None
    )
    return {
        "site": site,
        "time": time if time != site else None,
        "value": value,
        "stratum": stratum if stratum not in (site, time) else None,
    }


def _check_columns(kept: PilotHistory, chosen: dict[str, str], more: dict[str, str]) -> None:
    """What is chosen has to be there; `more` may be left open."""
    wrong: dict[str, Text] = {}
    seen: set[str] = set()
    for field, column in (*chosen.items(), *more.items()):
        if not column:
            if field in chosen:
                wrong[field] = Text("history_column_needed")
        elif column not in kept.columns:
            wrong[field] = Text("history_column_unknown", column=column[:80])
        elif column in seen:
            wrong[field] = Text("history_column_twice", column=column)
        seen.add(column)
    if wrong:
        raise Invalid(next(iter(wrong.values())), wrong)


def _check_panel(table: PanelTable, *, site: str, time: str) -> None:
    if len(table.sites) < FEWEST_SITES:
        refusal = Text("history_few_sites", column=site)
        raise Invalid(refusal, {"site": refusal})
    if len(table.sites) > MOST_SITES:
        refusal = Text("history_many_sites", column=site, limit=MOST_SITES)
        raise Invalid(refusal, {"site": refusal})
    if len(table.periods.labels) < FEWEST_PERIODS:
        refusal = Text("history_few_periods", column=time, n=len(table.periods.labels))
        raise Invalid(refusal, {"time": refusal})


def _tell(verb: str, kept: PilotHistory, test: Test, *, by: Actor, now: datetime) -> None:
    details: dict[str, Any] = {"filename": kept.filename, "rows": kept.rows}
    if verb == "pilot_history_mapped":
        named = {name: getattr(kept, name) for name in ("site", "time", "value", "divisor")}
        details |= {name: column for name, column in named.items() if column}
    db.session.flush()
    events.record(
        verb, subject="pilot_history", subject_id=kept.id, by=by, now=now,
        hypothesis=test.hypothesis, details=details,
    )  # fmt: skip
