"""Deals of a CRM, each counted once: which stages it came to, when, and how it stands now.

A deal came to every stage between the lowest and the highest that it was in: one that was skipped
was passed, and going back takes nothing away. It moved on from a stage when it ever came to a later
one. Sums are made where the rows are; no deal of them is ever in Python.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hadi.domain.crm_hygiene import Invoices
from hadi.domain.errors import Unreadable
from hadi.domain.folding import folded
from hadi.domain.funnels import USUALLY_LEFT, FunnelSpec
from hadi.domain.text import Text
from hadi.ingest import deal_columns, engine, invoices
from hadi.ingest.deal_columns import GROUPS, DealColumns
from hadi.ingest.engine import literal, one_row, parquet, quoted
from hadi.ingest.frame import column_types

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_LABELS = 500
LATELY_DAYS = 56
MOST_GROUPS = 300
_LOST = 1_000_000  # stands after every stage on the way
MADE_COLUMNS = ("deal", "arm", "entered", "moved", "entered_on", "territory", "role", "source")


@dataclass(frozen=True, slots=True)
class Step:
    """Those who `entered` a stage and had time to leave it: they `moved` on, were `lost`, or are
    `open`. Those too `young` are in none of these; `undated` ones have no moment, and count."""

    entered: int
    moved: int
    lost: int
    open: int
    young: int = 0
    undated: int = 0
    name: str | None = None  # of the group, or of the arm

    @property
    def open_share(self) -> float | None:
        return self.open / self.entered if self.entered else None

    @property
    def conversion(self) -> float | None:
        """Of everyone who entered: the only one that is an answer."""
        return self.moved / self.entered if self.entered else None

    @property
    def of_present(self) -> float | None:
        """Over those who sit in the stage now: a flow over a stock, shown to be recognised."""
        return self.moved / self.open if self.open else None

    @property
    def of_closed(self) -> float | None:
        """Over those whose fate is known: too high as long as others are open."""
        known = self.moved + self.lost
        return self.moved / known if known else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the deals of a group stand now."""

    open: int
    without_task: int | None
    overdue: int | None
    won: int
    lost: int
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What was read. `unknown` are labels that are no stage of the funnel, with their rows; those
    rows are left out. `pathless` are deals that were lost, of which only the end is in the file."""

    rows: int
    deals: int
    blank_rows: int
    unknown: tuple[tuple[str, int], ...]
    pathless: int
    lost: int
    backward: int
    skipped: int
    several_arms: int
    later: int = 0  # of events after the moment that is told of


class Deals:
    """The deals of an open file; `as_of` is the moment that they are told of."""

    def __init__(
        self, connection: DuckDBPyConnection, spec: FunnelSpec, columns: DealColumns, read: Read,
        as_of: datetime | None,
    ) -> None:  # fmt: skip
        self._connection = connection
        self.spec, self.columns, self.read, self.as_of = spec, columns, read, as_of
        self._usual: dict[int, int | None] = {}

    def days(self, start: int, end: int) -> int | None:
        """How long a deal may take from one place to another; None: nothing is known of it."""
        each = [self._days(place) for place in range(start, end)]
        known = [days for days in each if days is not None]
        return sum(known) if len(known) == len(each) else None

    def step(self, start: int, end: int) -> Step:
        """From one place of the way to a later one."""
        return self._steps(start, end, "NULL", "deal")[0]

    def steps_by(self, start: int, end: int, group: str) -> list[Step]:
        """The same for every manager, territory, role or source, or by arm."""
        if group == "arm":
            return self._steps(start, end, "arm", "(SELECT *, unnest(arms) AS arm FROM deal)")
        return self._steps(start, end, quoted(group), "deal")

    def per_week(self, place: int) -> float | None:
        """How many deals come to a place in a week, of late: over the last eight weeks before the
        moment that is told of, or over the time that there are deals where that is shorter. None
        where less than a week is known."""
        if self.as_of is None:
            return None
        moment = _timestamp(self.as_of)
        since = f"{moment} - INTERVAL {LATELY_DAYS} DAY"
        first, count = one_row(
            self._connection,
            f"SELECT min(at_{place}), count(*) FILTER (at_{place} > {since}) FROM deal "
            f"WHERE {_entered(place)} AND at_{place} IS NOT NULL",
        )
        if first is None:
            return None
        days = min(float(LATELY_DAYS), (self.as_of - first).total_seconds() / 86_400.0)
        return int(count) * 7.0 / days if days >= 7.0 and count else None

    def standing(self) -> Standing:
        return self._standings("NULL")[0]

    def standing_by(self, group: str) -> list[Standing]:
        return self._standings(quoted(group))

    def invoices(self, path: Path) -> Invoices:
        """Lay a table of invoices beside the deals: one that the file was opened with."""
        return invoices.count(
            self._connection, path, top=len(self.spec.path) - 1, as_of=self.as_of
        )  # fmt: skip

    def write(self, start: int, end: int, target: Path) -> int:
        """The rows that a test is judged on, as Parquet: a deal, its arm, that it entered, and
        whether it moved on. Those too young are left out. Returns how many there are."""
        kept = [name for name in MADE_COLUMNS if name not in GROUPS or getattr(self.columns, name)]
        cells = {
            "entered": "1::TINYINT AS entered",
            "moved": f"CAST(high >= {end} AS TINYINT) AS moved",
            "entered_on": f"CAST(at_{start} AS DATE) AS entered_on",
            "arm": "arm",
        }
        rows = (
            f"SELECT {', '.join(cells.get(name, quoted(name)) for name in kept)} FROM "
            "(SELECT *, unnest(CASE WHEN len(arms) = 0 THEN [NULL::VARCHAR] ELSE arms END) AS arm "
            f"FROM deal) WHERE {_entered(start)} AND {self._is_mature(start, end)} "
            "ORDER BY deal, arm"
        )
        self._connection.execute(
            f"COPY ({rows}) TO {literal(str(target.resolve()))} (FORMAT parquet, COMPRESSION zstd)"
        )
        written = one_row(self._connection, f"SELECT count(*) FROM ({rows})")
        return int(written[0])

    def _steps(self, start: int, end: int, group: str, table: str) -> list[Step]:
        mature = self._is_mature(start, end)
        stays = f"{mature} AND high < {end}"
        found = self._connection.execute(
            f"SELECT {group}, count(*) FILTER ({mature}), "
            f"count(*) FILTER ({mature} AND high >= {end}), "
            f"count(*) FILTER ({stays} AND state <> 'open'), "
            f"count(*) FILTER ({stays} AND state = 'open'), count(*) FILTER (NOT ({mature})), "
            f"count(*) FILTER (at_{start} IS NULL) "
            f"FROM {table} WHERE {_entered(start)} GROUP BY 1 "
            f"ORDER BY count(*) DESC, 1 LIMIT {MOST_GROUPS}"
        ).fetchall()
        steps = [Step(e, m, lost, o, young, u, name) for name, e, m, lost, o, young, u in found]
        return steps or ([Step(0, 0, 0, 0)] if group == "NULL" else [])

    def _standings(self, group: str) -> list[Standing]:
        has_tasks = self.columns.task is not None
        has_days = one_row(self._connection, "SELECT count(task_due) FROM deal")[0] > 0
        due = f"task_due < {_timestamp(self.as_of)}" if self.as_of else "false"
        found = self._connection.execute(
            f"SELECT {group}, count(*) FILTER (state = 'open'), "
            "count(*) FILTER (state = 'open' AND NOT has_task), "
            f"count(*) FILTER (state = 'open' AND {due}), "
            "count(*) FILTER (state = 'won'), count(*) FILTER (state = 'lost') "
            f"FROM deal GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {MOST_GROUPS}"
        ).fetchall()
        return [
            Standing(
                row[1], row[2] if has_tasks else None, row[3] if has_tasks and has_days else None,
                row[4], row[5], row[0],
            )
            for row in found
        ]  # fmt: skip

    def _is_mature(self, start: int, end: int) -> str:
        days = self.days(start, end)
        if days is None or self.as_of is None:
            return "true"
        moment = f"{_timestamp(self.as_of)} - INTERVAL {days} DAY"
        return f"(at_{start} IS NULL OR at_{start} <= {moment})"

    def _days(self, place: int) -> int | None:
        """What the funnel says, or how long those who left have usually taken."""
        said = self.spec.days_of(self.spec.path[place])
        if said is not None:
            return said
        if place not in self._usual:
            left = f"date_diff('hour', at_{place}, coalesce(at_{place + 1}, lost_at)) / 24.0"
            found = one_row(
                self._connection,
                f"SELECT quantile_cont(d, {USUALLY_LEFT}) FROM (SELECT {left} AS d FROM deal "
                f"WHERE {_entered(place)} AND (high > {place} OR state = 'lost')) WHERE d >= 0",
            )[0]
            self._usual[place] = None if found is None else max(1, round(float(found)))
        return self._usual[place]


@contextmanager
def open_deals(
    paths: Sequence[Path],
    columns: DealColumns,
    spec: FunnelSpec,
    *,
    as_of: datetime | None = None,
    until: datetime | None = None,
    folder: Path | None = None,
    beside: Sequence[Path] = (),
) -> Iterator[Deals]:
    """Lay a funnel over an export. `as_of`: the moment that it was taken; unless said, the last one
    in it that is not after `until`. `folder`: where rows may be written; `beside`: tables that may
    be read too. Raises Unreadable with one sentence."""
    import duckdb

    with engine.session(files=[*paths, *beside], folder=folder) as connection:
        try:
            table = parquet(paths)
            types = _types(connection, table, columns)
            deal_columns.require(columns, types)
            first = spec.path[0].name
            told = deal_columns.events(columns, types, table, first)
            connection.execute(f"CREATE TEMP TABLE event AS {told}")
            moment = as_of or _last(connection, until)
            later = 0
            if moment is not None:  # what came later was not known then
                after = f"SELECT count(*) FROM event WHERE came > {_timestamp(moment)}"
                later = int(one_row(connection, after)[0])
                connection.execute(_FORGET.format(moment=_timestamp(moment)))
            unknown = _place(connection, spec)
            top = len(spec.path) - 1
            connection.execute(_DEALS.format(top=top, moments=_moments(spec)))
            read = replace(_read(connection, table, columns, unknown), later=later)
            if not read.deals:
                raise Unreadable(_nothing(spec, unknown))
            yield Deals(connection, spec, columns, read, moment)
        except duckdb.Error as error:
            raise Unreadable(Text("data_unreadable", reason=engine.reason(error))) from error


def _types(connection: DuckDBPyConnection, table: str, columns: DealColumns) -> dict[str, str]:
    """The types of the columns. One in which nothing stands yet (nobody has won, nothing is closed)
    is one of days that nobody came to."""
    types = dict(column_types(connection, table))
    texts = [column for column in columns.moments if types.get(column) == "VARCHAR"]
    if texts:
        counts = ", ".join(f"count({quoted(column)})" for column in texts)
        found = one_row(connection, f"SELECT {counts} FROM {table}")
        types |= {c: "TIMESTAMP" for c, n in zip(texts, found, strict=True) if not n}
    return types


def _place(connection: DuckDBPyConnection, spec: FunnelSpec) -> tuple[tuple[str, int], ...]:
    """Give every label the place of its stage; those of none are told with their rows."""
    labels = connection.execute(
        f"SELECT stage, count(*) FROM event GROUP BY stage ORDER BY 2 DESC LIMIT {MOST_LABELS + 1}"
    ).fetchall()
    if len(labels) > MOST_LABELS:
        raise Unreadable(Text("deals_many_stages", limit=MOST_LABELS))
    lost = {folded(stage.name) for stage in spec.lost}
    placed: list[tuple[str, int]] = []
    unknown: list[tuple[str, int]] = []
    for label, rows in labels:
        place = _LOST if folded(label) in lost else spec.place_of(label)
        if place is None:
            unknown.append((label, rows))
        else:
            placed.append((label, place))
    connection.execute("CREATE TEMP TABLE place (stage VARCHAR, place INTEGER)")
    if placed:
        connection.executemany("INSERT INTO place VALUES (?, ?)", placed)
    return tuple(unknown)


def _nothing(spec: FunnelSpec, unknown: Sequence[tuple[str, int]]) -> Text:
    stages = ", ".join(f"“{stage.name}”" for stage in spec.stages)
    found = ", ".join(f"“{label[:60]}”" for label, _rows in unknown[:5])
    if not found:
        return Text("deals_none")
    return Text("deals_no_stage_known", found=found, stages=stages)


def _moments(spec: FunnelSpec) -> str:
    """When a deal first stood at a place or beyond it."""
    return ", ".join(
        f"min(came) FILTER (place >= {place} AND place < {_LOST}) AS at_{place}"
        for place in range(len(spec.path))
    )


# A deal is whose it first was; its task is that of its last row. Rows of one moment stand in the
# order of the stages.
_FIRST = ", ".join(
    f"first({name} ORDER BY came NULLS LAST, n) FILTER ({name} IS NOT NULL) AS {name}"
    for name in map(quoted, GROUPS)
)
_ORDER = "ORDER BY is_now, came NULLS FIRST, place, n"
_DEALS = f"""
CREATE TEMP TABLE deal AS
SELECT *, CASE
    WHEN last_place = {_LOST} THEN 'lost'
    WHEN last_place = {{top}} THEN 'won'
    WHEN closed_at IS NOT NULL THEN 'lost'
    ELSE 'open' END AS state
FROM (
    SELECT deal, min(place) FILTER (place < {_LOST}) AS low,
        max(place) FILTER (place < {_LOST}) AS high,
        last(place {_ORDER}) AS last_place,
        coalesce(min(came) FILTER (place = {_LOST}), max(closed_at)) AS lost_at,
        max(closed_at) AS closed_at,
        last(task_due {_ORDER}) AS task_due,
        coalesce(last(has_task {_ORDER}), false) AS has_task,
        {_FIRST},
        coalesce(list_sort(list(DISTINCT "arm") FILTER ("arm" IS NOT NULL)), []) AS arms,
        count(DISTINCT place) FILTER (place < {_LOST}) AS places,
        coalesce(bool_or(place < before), false) AS went_back,
        {{moments}}
    FROM (
        SELECT *, max(place) FILTER (place < {_LOST}) OVER (
            PARTITION BY deal {_ORDER} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS before
        FROM event JOIN place USING (stage)
        WHERE deal IS NOT NULL
    )
    GROUP BY deal
)
"""


_FORGET = """
DELETE FROM event WHERE came > {moment};
UPDATE event SET closed_at = NULL WHERE closed_at > {moment}
"""


def _read(
    connection: DuckDBPyConnection,
    table: str,
    columns: DealColumns,
    unknown: tuple[tuple[str, int], ...],
) -> Read:
    rows = int(one_row(connection, f"SELECT count(*) FROM {table}")[0])
    blank = one_row(connection, "SELECT count(DISTINCT n) FROM event WHERE deal IS NULL")[0]
    found = one_row(
        connection,
        "SELECT count(*), count(*) FILTER (state = 'lost' AND high IS NULL), "
        "count(*) FILTER (state = 'lost'), count(*) FILTER (went_back), "
        "count(*) FILTER (high - low + 1 > places), count(*) FILTER (len(arms) > 1) FROM deal",
    )
    deals, pathless, lost, backward, skipped, several = map(int, found)
    if not columns.stages and rows <= deals:  # one row each: the last stage and nothing before it
        pathless = lost
    return Read(rows, deals, int(blank), unknown, pathless, lost, backward, skipped, several)


def _last(connection: DuckDBPyConnection, until: datetime | None) -> datetime | None:
    bound = "true" if until is None else f"m <= {_timestamp(until)}"
    moments = "SELECT came AS m FROM event UNION ALL SELECT closed_at FROM event"
    found: Any = one_row(connection, f"SELECT max(m) FILTER ({bound}) FROM ({moments})")[0]
    return found if isinstance(found, datetime) else None


def _entered(place: int) -> str:
    return f"low <= {place} AND high >= {place}"


def _timestamp(moment: datetime) -> str:
    return f"TIMESTAMP '{moment.replace(tzinfo=None).isoformat(sep=' ')}'"
