"""Every list and every data set that can be had as a file, by name.

Pages, API and background work name an export and its arguments (values of JSON, so that they can
wait in a job); whatever is asked for, the same code answers with the same columns.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from hadi.domain.errors import Invalid
from hadi.domain.lifecycle import Decision, State
from hadi.domain.permissions import Actor
from hadi.domain.text import Text
from hadi.domain.units import SalesModel, UnitKind
from hadi.domain.verdict_label import Label
from hadi.models.dataset import DatasetKind, DatasetRole
from hadi.services import (
    activity_export,
    analysis_export,
    calendar,
    calendar_files,
    cost_export,
    dataset_export,
    hypothesis_export,
    learning_export,
    lever_export,
    rollout_export,
    scorecard_export,
    table_files,
    unit_export,
    workspace,
)
from hadi.services.dataset_list import DatasetFilters, Seen
from hadi.services.hypothesis_list import Filters, Order
from hadi.services.learning_list import LearningFilters
from hadi.services.table_files import Format, Reader, Table
from hadi.services.unit_list import Shown, UnitFilters
from hadi.speech import BabelSpeaker

SEPARATORS = (",", ";")
# Cells from which on a file is written in the background: a few seconds of work.
MOST_AT_ONCE = {Format.CSV: 10_000_000, Format.XLSX: 100_000, Format.PARQUET: 1_000_000}
IN_MEMORY = 16 << 20  # bytes; a larger file is written to the disk before it is sent
MOST_IN_COLUMNS = 100_000_000  # of Parquet made from Parquet

Arguments = Mapping[str, Any]


class Name(StrEnum):
    """What can be exported."""

    HYPOTHESES = "hypotheses"
    LEARNINGS = "learnings"
    ROLLOUTS = "rollouts"
    ANALYSES = "analyses"  # of a hypothesis, or all
    DATASETS = "datasets"
    ROWS = "rows"  # of a data set
    HISTORY = "history"  # of a hypothesis
    ACTIVITY = "activity"
    PEOPLE = "people"
    COSTS = "costs"  # of a hypothesis, or all
    UNITS = "units"
    UNIT_WEEKS = "unit_weeks"  # of a unit, or all
    CALENDAR = "calendar"
    LEVER_PERIODS = "lever_periods"  # of a unit, or of the whole
    CLIENT_BASES = "client_bases"
    VISITS = "visits"  # of a scorecard


def table(name: Name, arguments: Arguments, *, folder: Path, by: Actor) -> Table:
    """The table with that name, as far as `by` may see it; `folder` is that of the data sets.
    Raises NotAllowed, NotFound or Invalid before the first row is read."""
    if name is Name.ROWS:
        return dataset_export.rows(_needed(arguments, "dataset"), folder=folder, by=by)
    return _TABLES[name](arguments, by)


def reader(language: str, separator: str = ",") -> Reader:
    """Whoever the file is for. Raises Invalid for a separator that is not offered."""
    if separator not in SEPARATORS:
        raise Invalid(Text("export_separator_unknown"))
    return Reader(BabelSpeaker(language).say, workspace.zone(), separator)


def is_long(found: Table, format: Format) -> bool:
    """Whether writing the file takes longer than a request should. Raises Invalid for a table that
    does not fit into the format."""
    if format is Format.XLSX:
        table_files.refuse_too_large(found)
    most = MOST_AT_ONCE[format]
    if format is Format.PARQUET and found.batches is not None:
        most = MOST_IN_COLUMNS
    return (found.size or 0) * len(found.heads) > most


def write(found: Table, format: Format, who: Reader, *, into: BinaryIO) -> None:
    """The table as a file. Raises Invalid where the format cannot hold it."""
    table_files.write(found, format, who, into=into)


def written(found: Table, format: Format, who: Reader) -> BinaryIO:
    """The whole file, from its beginning; a large one lies on the disk until it is closed. Raises
    Invalid where the format cannot hold the table."""
    file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - closed below, or when it is sent
    try:
        write(found, format, who, into=file)
        size = file.tell()
        file.seek(0)
        if size > IN_MEMORY:
            return file
        small = io.BytesIO(file.read())
    except BaseException:
        file.close()
        raise
    file.close()
    return small


def hypotheses_arguments(filters: Filters, order: Order) -> dict[str, Any]:
    """What a job is told to export the same list again."""
    return asdict(filters) | {"order": order.value}


def learnings_arguments(filters: LearningFilters) -> dict[str, Any]:
    return asdict(filters)


def datasets_arguments(filters: DatasetFilters) -> dict[str, Any]:
    return asdict(filters)


def units_arguments(filters: UnitFilters) -> dict[str, Any]:
    return asdict(filters)


def _filters(arguments: Arguments) -> Filters:
    return Filters(
        query=arguments.get("query") or "",
        states=tuple(State(written) for written in arguments.get("states") or ()),
        verdicts=tuple(arguments.get("verdicts") or ()),
        label=_label(arguments),
        owner_id=arguments.get("owner_id"),
        author_id=arguments.get("author_id"),
        concerned_id=arguments.get("concerned_id"),
    )


def _label(arguments: Arguments) -> Label | None:
    written = arguments.get("label")
    return Label(written) if written else None


def _learning_filters(arguments: Arguments) -> LearningFilters:
    decision = arguments.get("decision")
    return LearningFilters(
        arguments.get("query") or "",
        Decision(decision) if decision else None,
        arguments.get("verdict") or "",
        _label(arguments),
    )


def _dataset_filters(arguments: Arguments) -> DatasetFilters:
    seen, kind, role = (arguments.get(name) for name in ("seen", "kind", "role"))
    return DatasetFilters(
        arguments.get("query") or "",
        Seen(seen) if seen else None,
        DatasetKind(kind) if kind else None,
        DatasetRole(role) if role else None,
    )


def _unit_filters(arguments: Arguments) -> UnitFilters:
    kind, model = arguments.get("kind"), arguments.get("model")
    return UnitFilters(
        arguments.get("query") or "",
        UnitKind(kind) if kind else None,
        SalesModel(model) if model else None,
        arguments.get("region") or "",
        Shown(arguments.get("shown") or Shown.ALL),
    )


def _needed(arguments: Arguments, name: str) -> str:
    value = str(arguments.get(name) or "")
    if not value:
        raise Invalid(Text("export_needs", argument=name), {name: Text("field_required")})
    return value


# Everything but the rows of a data set, which lie in a folder.
_TABLES: Mapping[Name, Callable[[Arguments, Actor], Table]] = {
    Name.HYPOTHESES: lambda asked, by: hypothesis_export.table(
        filters=_filters(asked), order=Order(asked.get("order") or Order.UPDATED), by=by
    ),
    Name.LEARNINGS: lambda asked, by: learning_export.table(
        filters=_learning_filters(asked), by=by
    ),
    Name.ROLLOUTS: lambda asked, by: rollout_export.table(by=by),
    Name.ANALYSES: lambda asked, by: analysis_export.table(
        hypothesis=asked.get("hypothesis"), by=by
    ),
    Name.DATASETS: lambda asked, by: dataset_export.table(filters=_dataset_filters(asked), by=by),
    Name.HISTORY: lambda asked, by: activity_export.history(_needed(asked, "hypothesis"), by=by),
    Name.ACTIVITY: lambda asked, by: activity_export.log(person_id=asked.get("person"), by=by),
    Name.PEOPLE: lambda asked, by: activity_export.people(by=by),
    Name.COSTS: lambda asked, by: cost_export.table(hypothesis=asked.get("hypothesis"), by=by),
    Name.UNITS: lambda asked, by: unit_export.table(filters=_unit_filters(asked), by=by),
    Name.LEVER_PERIODS: lambda asked, by: lever_export.periods(unit=asked.get("unit"), by=by),
    Name.CLIENT_BASES: lambda asked, by: lever_export.bases(by=by),
    Name.VISITS: lambda asked, by: scorecard_export.table(_needed(asked, "scorecard"), by=by),
    Name.UNIT_WEEKS: lambda asked, by: unit_export.weeks(unit=asked.get("unit"), by=by),
    Name.CALENDAR: lambda asked, by: calendar_files.table(calendar.read_filters(asked), by=by),
}
