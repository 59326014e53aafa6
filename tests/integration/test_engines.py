"""The sums of a plan are the same ones wherever the rows are: DuckDB, PostgreSQL, Spark Connect.

`TableSource` is the measure: counts are equal, sums agree to the ninth digit, and what the one
refuses the others refuse for the same reason.
"""

from __future__ import annotations

import contextlib
import math
import random
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Design, Plan
from hadi.ingest import engines, sums_json
from hadi.ingest.source import Summaries
from hadi.ingest.tables import TableSource
from hadi.stats.samples import Moments
from tests.factories.engine_tables import to_duckdb, to_mysql, to_postgres, to_spark
from tests.factories.same_sums import same
from tests.factories.tables import plan, table
from tests.factories.unit_rows import COLUMNS, cells, random_rows
from tests.fixtures.mariadb import PASSWORD

SPLIT = {"A": 0.5, "B": 0.5}
METRICS = (
    "m=mean(x)",
    "c=conversion(c)",
    "r=ratio(x,e)",
    "t=rate(k,e)",
    "a=mean(x);covariate=e,k",
    "ac=ratio(x,e);covariate=c",
    "w=mean(x);winsor=0.9",
    "wr=ratio(x,e);winsor=0.8",
    "tt=mean(t)",
    "k=rank(k)",
    "q=quantile(x);q=0.9",
)
CLUSTER_METRICS = (*METRICS[:4], METRICS[6])
PARTS: dict[str, Any] = {"segments": ("region", "store"), "day": "day", "group": "store"}
PLANS: dict[str, Plan] = {
    "rows": plan(*METRICS),
    "units": plan(*METRICS, unit="u", split=SPLIT),
    "parts": plan(*METRICS[:4], METRICS[9], unit="u", split=SPLIT, **PARTS),
    "likely clusters": plan(*METRICS[:3], unit="u", split=SPLIT, cluster="store"),
    "clusters": plan(
        *CLUSTER_METRICS, design=Design.CLUSTER, cluster="store", split=SPLIT, **PARTS
    ),
    "units in clusters": plan(
        *CLUSTER_METRICS, design=Design.CLUSTER, cluster="store", unit="u", split=SPLIT
    ),
}
ENGINES = ("duckdb", "postgresql", "mysql", "sail", "sail cluster")
QUERIES = {"mysql": "SELECT * FROM `rows`"}  # a word of its language

Sums = Callable[[Path, Plan], Summaries]


def address_of(url: str) -> dict[str, Any]:
    """The settings of a connection to the tests' own PostgreSQL."""
    parts = urlsplit(url)
    return {
        "host": parse_qs(parts.query)["host"][0],
        "database": parts.path.lstrip("/"),
        "user": parts.username,
    }


@pytest.fixture(params=ENGINES)
def sums(request: pytest.FixtureRequest, tmp_path: Path) -> Sums:
    """The sums of a Parquet file's rows, asked of each of the engines."""
    return engine_sums(request, request.param, tmp_path)


def engine_sums(request: pytest.FixtureRequest, engine: str, folder: Path) -> Sums:
    @contextlib.contextmanager
    def opened(parquet: Path) -> Iterator[engines.Backend]:
        if engine == "duckdb":
            file = to_duckdb(parquet, folder / "rows.duckdb")
            with engines.open("duckdb", {"path": str(file)}) as backend:
                yield backend
        elif engine == "parquet":
            with engines.open("parquet", {"path": str(parquet.parent)}) as backend:
                yield backend
        elif engine == "postgresql":
            url = request.getfixturevalue("postgres_url")
            to_postgres(parquet, url)
            with engines.open("postgresql", address_of(url)) as backend:
                yield backend
        elif engine == "mysql":
            server = request.getfixturevalue("mariadb")
            to_mysql(parquet, server)
            with engines.open("mysql", server.settings(), PASSWORD) as backend:
                yield backend
        else:
            name = {"sail": "sail_in_process", "sail cluster": "sail_cluster"}[engine]
            port = request.getfixturevalue(name)
            with engines.open("spark", {"host": "127.0.0.1", "port": port}) as backend:
                to_spark(parquet, backend)
                yield backend

    def ask(parquet: Path, asked: Plan) -> Summaries:
        # pyspark's own, of pandas and of the interpreter's versions
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with opened(parquet) as backend:
                relation = engines.relation(
                    backend, query=QUERIES.get(engine, "SELECT * FROM rows")
                )
                return engines.source(relation).summaries(asked)

    return ask


def compare(sums: Sums, parquet: Path, asked: Plan) -> None:
    """Assert that the engine says what `TableSource` says, or refuses what it refuses."""
    try:
        expected = TableSource(parquet).summaries(asked)
    except Unreadable as refusal:
        code = refusal.text.code
        with pytest.raises(Unreadable) as own:
            sums(parquet, asked)
        assert own.value.text.code.partition("_")[2] == code.partition("_")[2]
        return
    found = sums(parquet, asked)
    same(found, expected)
    same(sums_json.read(sums_json.write(found)), found)


# Of each plan the rows it is asked of: the seed, how many units (None: a row each), the offset.
ROWS: dict[str, tuple[int, int | None, float]] = {
    "rows": (1, None, 0.0),
    "units": (2, 150, 1e9),
    "parts": (3, 150, 0.0),
    "likely clusters": (4, None, 1e9),
    "clusters": (5, None, 0.0),
    "units in clusters": (6, 150, 1e9),
}


@pytest.mark.parametrize("name", PLANS)
def test_every_plan_has_the_same_sums(sums: Sums, tmp_path: Path, name: str) -> None:
    seed, units, offset = ROWS[name]
    rows = random_rows(seed, 300, units=units, offset=offset)
    parquet = table(tmp_path / "rows.parquet", COLUMNS, cells(rows))
    compare(sums, parquet, PLANS[name])


# ---------------------------------------------------------------------- whatever stands in cells

ODD = {
    "u": "VARCHAR",
    "arm": "VARCHAR",
    "x": "DOUBLE",
    "f": "FLOAT",
    "d": "DECIMAL(18,4)",
    "big": "BIGINT",
    "flag": "BOOLEAN",
    "c": "INTEGER",
    "t": "VARCHAR",
    "seg": "VARCHAR",
    "day": "DATE",
    "at": "TIMESTAMP WITH TIME ZONE",
    "written": "VARCHAR",
}
# No thousand million beside a tenth: there `TableSource` itself has lost the tenth's last digits.
FLOATS = st.sampled_from([0.0, -0.0, 1.5, -3.25, 1e4, 0.1, 1e-3, math.nan, None, 7.0])
ZONE = timezone(timedelta(hours=5, minutes=30))


def mapped(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


ROW = st.tuples(
    st.sampled_from(["u1", "u1 ", "u2", "U2", "\u00a0u3", "u4", "ü5", None, " "]),
    st.sampled_from(["A", "A", "B", "B", " A", "B\t", "Б", "", None, "\u00a0"]),
    FLOATS,
    st.sampled_from([0.5, -1.25, None, math.nan, 3.0]),
    mapped(st.decimals(-10_000, 10_000, places=4)),
    mapped(st.integers(2**53 - 1000, 2**53)),
    mapped(st.booleans()),
    st.sampled_from([0, 1, None]),
    st.sampled_from(["1", " 2.5 ", "1e3", "-.5", "+7.", "n/a", "", None, "NULL", "true", "–"]),
    st.sampled_from(["north", "North", "north ", "Ünïx", "юг", "", None]),
    st.sampled_from([None, date(2026, 3, 1), date(2024, 2, 29), date(1, 1, 1)]),
    st.sampled_from(
        [None, datetime(2026, 3, 1, 23, 30, tzinfo=UTC), datetime(2026, 3, 2, 1, tzinfo=ZONE)]
    ),
    st.sampled_from(["2026-03-01", "1.3.2026", "2026/3/2", "2026-02-30", "soon", "", None]),
)
ODD_PLANS = [
    plan("m=mean(x)", "f=mean(f)", "d=mean(d)", "b=mean(big)", "g=conversion(flag)"),
    plan("m=ratio(x,d)", "t=mean(t)", "k=rank(x)", "q=quantile(d)", unit="u", split=SPLIT),
    plan("m=mean(t)", unit="u", split=SPLIT, segments=("seg", "flag"), day="at", group="c"),
    plan("c=conversion(c)", split=SPLIT, day="written", segments=("big", "day")),
    plan("m=mean(x)", variant="flag", control="true"),
    plan("m=mean(x)", variant="c", control="0", day="day"),
    plan("m=mean(x)", "c=conversion(c)", design=Design.CLUSTER, cluster="seg", split=SPLIT),
]


def as_kept(engine: str, asked: Plan) -> tuple[dict[str, str], Plan]:
    """The columns as an engine keeps them: MySQL's BOOLEAN is a number."""
    if engine != "mysql":
        return ODD, asked
    control = {"true": "1"}.get(str(asked.control), asked.control)
    return ODD | {"flag": "TINYINT"}, replace(asked, control=control)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=st.lists(ROW, max_size=25), asked=st.sampled_from(ODD_PLANS))
@pytest.mark.parametrize("engine", ["parquet", "postgresql", "mysql"])
def test_whatever_stands_in_a_cell_is_read_alike(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    engine: str,
    rows: Sequence[Sequence[Any]],
    asked: Plan,
) -> None:
    columns, asked = as_kept(engine, asked)
    parquet = table(tmp_path / "rows.parquet", columns, rows)
    compare(engine_sums(request, engine, tmp_path), parquet, asked)


@pytest.mark.parametrize("engine", ["duckdb", "mysql", "sail", "sail cluster"])
@pytest.mark.parametrize("place", range(len(ODD_PLANS)))
def test_odd_cells_are_read_alike_in_every_engine(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str, place: int
) -> None:
    rng = random.Random(place)
    rows = [
        (
            rng.choice(["u1", "u1 ", "u2", "U2", "\u00a0u3", "u4", "ü5", None, " "]),
            rng.choice(["A", "A", "B", "B", " A", "B\t", "Б", "", None]),
            rng.choice([0.0, 1.5, -3.25, 1e4, 0.1, math.nan, None]),
            rng.choice([0.5, -1.25, None, math.nan]),
            rng.choice([None, Decimal("1.2500"), Decimal("-7.0001"), Decimal("10000.0000")]),
            rng.choice([None, 2**53, 2**53 - 7, 10**15]),
            rng.choice([True, False, None]),
            rng.choice([0, 1, None]),
            rng.choice(["1", " 2.5 ", "1e3", "-.5", "+7.", "n/a", "", None, "NULL", "true", "–"]),
            rng.choice(["north", "North", "north ", "Ünïx", "юг", "", None]),
            rng.choice([None, date(2026, 3, 1), date(2024, 2, 29), date(1970, 1, 1)]),
            rng.choice(
                [
                    None,
                    datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
                    datetime(2026, 3, 2, 1, tzinfo=ZONE),
                ]
            ),
            rng.choice(["2026-03-01", "1.3.2026", "2026/3/2", "2026-02-30", "soon", "", None]),
        )
        for _ in range(80)
    ]
    columns, asked = as_kept(engine, ODD_PLANS[place])
    parquet = table(tmp_path / "rows.parquet", columns, rows)
    compare(engine_sums(request, engine, tmp_path), parquet, asked)


# ------------------------------------------------------------------------------------- refusals

BAD: list[tuple[str, dict[str, str], list[tuple[Any, ...]], Plan]] = [
    ("no rows", {"arm": "VARCHAR", "x": "DOUBLE"}, [], plan("m=mean(x)")),
    ("one arm", {"arm": "VARCHAR", "x": "DOUBLE"}, [("A", 1.0), ("A", 2.0)], plan("m=mean(x)")),
    ("no control", {"arm": "VARCHAR", "x": "DOUBLE"}, [("B", 1.0), ("C", 2.0)], plan("m=mean(x)")),
    ("text", {"arm": "VARCHAR", "x": "VARCHAR"}, [("A", "1"), ("B", "many")], plan("m=mean(x)")),
    (
        "infinity",
        {"arm": "VARCHAR", "x": "DOUBLE"},
        [("A", math.inf), ("B", 1.0)],
        plan("m=mean(x)"),
    ),
    (
        "written infinity",
        {"arm": "VARCHAR", "x": "VARCHAR"},
        [("A", "-inf"), ("B", "1")],
        plan("m=mean(x)"),
    ),
    (
        "no conversion",
        {"arm": "VARCHAR", "x": "DOUBLE"},
        [("A", 0.5), ("B", 1.0)],
        plan("c=conversion(x)"),
    ),
    (
        "in an unknown arm",
        {"arm": "VARCHAR", "x": "INTEGER"},
        [("A", 1), ("B", 1), ("Z", 7)],
        plan("c=conversion(x)", split=SPLIT),
    ),
    (
        "no count",
        {"arm": "VARCHAR", "x": "DOUBLE", "e": "DOUBLE"},
        [("A", 1.5, 1.0), ("B", 1.0, 1.0)],
        plan("t=rate(x,e)"),
    ),
    (
        "no exposure",
        {"arm": "VARCHAR", "x": "DOUBLE", "e": "DOUBLE"},
        [("A", 1.0, 0.0), ("B", 1.0, 1.0)],
        plan("t=rate(x,e)"),
    ),
    (
        "too large",
        {"arm": "VARCHAR", "x": "DOUBLE"},
        [("A", 1e200), ("A", -1e200), ("B", 1.0), ("B", 2.0)],
        plan("m=mean(x)"),
    ),
    (
        "dates",
        {"arm": "VARCHAR", "x": "DATE"},
        [("A", date(2026, 1, 1)), ("B", None)],
        plan("m=mean(x)"),
    ),
    (
        "no such column",
        {"arm": "VARCHAR", "y": "DOUBLE"},
        [("A", 1.0), ("B", 1.0)],
        plan("m=mean(x)"),
    ),
    ("a list", {"arm": "INTEGER[]", "x": "DOUBLE"}, [([1], 1.0)], plan("m=mean(x)")),
    (
        "numbers as days",
        {"arm": "VARCHAR", "x": "DOUBLE", "n": "INTEGER"},
        [("A", 1.0, 3), ("B", 1.0, 4)],
        plan("m=mean(x)", day="n"),
    ),
    (
        "words as days",
        {"arm": "VARCHAR", "x": "DOUBLE", "n": "VARCHAR"},
        [("A", 1.0, "soon"), ("B", 1.0, "")],
        plan("m=mean(x)", day="n"),
    ),
    (
        "no cluster",
        {"arm": "VARCHAR", "x": "DOUBLE"},
        [("A", 1.0), ("B", 1.0)],
        plan("m=mean(x)", design=Design.CLUSTER),
    ),
    (
        "ranked infinity",
        {"arm": "VARCHAR", "x": "DOUBLE"},
        [("A", math.inf), ("B", 1.0)],
        plan("k=rank(x)"),
    ),
]
NUL: list[tuple[str, dict[str, str], list[tuple[Any, ...]], Plan]] = [
    (
        "in a number",
        {"arm": "VARCHAR", "x": "VARCHAR"},
        [("A", "1\0"), ("B", "1")],
        plan("m=mean(x)"),
    ),
    ("in an arm", {"arm": "VARCHAR", "x": "DOUBLE"}, [("A\0", 1.0), ("B", 1.0)], plan("m=mean(x)")),
    (
        "in a unit",
        {"arm": "VARCHAR", "x": "DOUBLE", "u": "VARCHAR"},
        [("A", 1.0, "u\0"), ("B", 1.0, "v")],
        plan("m=mean(x)", unit="u"),
    ),
    (
        "in a segment",
        {"arm": "VARCHAR", "x": "DOUBLE", "u": "VARCHAR"},
        [("A", 1.0, "u\0"), ("B", 1.0, "v")],
        plan("m=mean(x)", segments=("u",)),
    ),
]


def is_kept_by_mysql(columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> bool:
    """Whether it can have such a table at all: it has no lists, and nothing beyond all numbers."""
    has_list = any(type_.endswith("[]") for type_ in columns.values())
    return not has_list and math.inf not in [cell for row in rows for cell in row]


@pytest.mark.parametrize(
    ("columns", "rows", "asked"), [b[1:] for b in BAD], ids=[b[0] for b in BAD]
)
@pytest.mark.parametrize("engine", ["parquet", "postgresql", "mysql", "sail"])
def test_what_cannot_be_summed_is_refused_for_the_same_reason(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    engine: str,
    columns: dict[str, str],
    rows: Sequence[Sequence[Any]],
    asked: Plan,
) -> None:
    parquet = table(tmp_path / "rows.parquet", columns, rows)
    with pytest.raises(Unreadable):
        TableSource(parquet).summaries(asked)
    if engine == "mysql" and not is_kept_by_mysql(columns, rows):
        return
    compare(engine_sums(request, engine, tmp_path), parquet, asked)


@pytest.mark.parametrize(
    ("columns", "rows", "asked"), [b[1:] for b in NUL], ids=[b[0] for b in NUL]
)
@pytest.mark.parametrize("engine", ["parquet", "mysql", "sail"])  # PostgreSQL has no such text
def test_a_nul_character_is_refused(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    engine: str,
    columns: dict[str, str],
    rows: Sequence[Sequence[Any]],
    asked: Plan,
) -> None:
    parquet = table(tmp_path / "rows.parquet", columns, rows)
    compare(engine_sums(request, engine, tmp_path), parquet, asked)


def test_one_repeated_value_has_no_variance_at_all(sums: Sums, tmp_path: Path) -> None:
    rows = [("A" if i % 2 else "B", 0.1 if i % 2 else 1e9 + 0.1) for i in range(50)]
    parquet = table(tmp_path / "rows.parquet", {"arm": "VARCHAR", "x": "DOUBLE"}, rows)
    found = sums(parquet, plan("m=mean(x)"))
    assert [arm.samples["m"].m2 for arm in found.arms] == [0.0, 0.0]  # type: ignore[union-attr]


def test_numbers_far_from_zero_keep_their_digits(sums: Sums, tmp_path: Path) -> None:
    rng = random.Random(5)
    own = {"A": [1e12 + rng.random() for _ in range(200)], "B": [-1e12 - rng.random()] * 9}
    own["B"] += [-1e12 + rng.random() for _ in range(200)]
    rows = [(arm, x) for arm, values in own.items() for x in values]
    parquet = table(tmp_path / "rows.parquet", {"arm": "VARCHAR", "x": "DOUBLE"}, rows)
    for arm in sums(parquet, plan("m=mean(x)")).arms:
        found, expected = arm.samples["m"], Moments.of(own[arm.name])
        assert isinstance(found, Moments)
        assert abs(found.gap_to(expected)) < 1e-3  # of a millionth of a millionth
        assert found.m2 == pytest.approx(expected.m2, rel=1e-6)
