"""Sites over time are the same ones wherever the rows are."""

from __future__ import annotations

import contextlib
import random
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Plan
from hadi.ingest import engines, panel_json
from hadi.ingest.panels import PanelTable
from hadi.ingest.tables import TableSource
from tests.factories.engine_tables import to_duckdb, to_mysql, to_postgres, to_spark
from tests.factories.tables import table
from tests.fixtures.mariadb import PASSWORD
from tests.integration.test_engines import ENGINES, QUERIES, address_of

COLUMNS = {
    "store": "VARCHAR", "week": "DATE", "number": "INTEGER", "name": "VARCHAR",
    "sales": "DOUBLE", "visits": "INTEGER", "text": "VARCHAR", "seller": "VARCHAR",
}  # fmt: skip
Ask = Callable[[Path, Plan], PanelTable]


def pilot(**changed: Any) -> Plan:
    more = [
        {"name": "Visits", "kind": "mean", "columns": ["visits"]},
        {"name": "Sales of a visit", "kind": "ratio", "columns": ["sales", "visits"]},
    ]
    written = {
        "design": "pilot", "site": "store", "time": "week", "value": "sales",
        "treated": ["s1"], "start": "2026-02-02", "group": "seller",
        "metrics": [{"name": "Sales", "kind": "mean", "role": "primary"}, *more],
    }  # fmt: skip
    return Plan.from_json(written | changed).bound({})


def rows() -> list[tuple[Any, ...]]:
    """Nine stores over nine weeks, with holes, blanks, repeated rows and odd spellings."""
    random.seed(7)
    found: list[tuple[Any, ...]] = []
    for store in range(1, 10):
        for week in range(9):
            if random.random() < 0.05:
                continue
            day = f"2026-0{1 + week // 4}-{5 + 7 * (week % 4):02}"
            name = f" s{store} " if random.random() < 0.1 else f"s{store}"
            value = None if random.random() < 0.05 else random.uniform(50, 500)
            for part in range(2 if random.random() < 0.2 else 1):
                cell = None if value is None else value / (part + 1)
                found.append(
                    (name, day, week + 1, f"week {week + 1}", cell, random.randrange(90),
                     str(random.randrange(900)), random.choice(["Anna", "Boris", "Вера"]))
                )  # fmt: skip
    found += [(None, "2026-01-05", 1, "week 1", 5.0, 1, "1", "Anna")]
    found += [
        ("", "2026-01-05", 1, "week 1", 5.0, 1, "1", None),
        ("s1", None, None, None, 1.0, 1, "1", "Anna"),
    ]
    return found


@pytest.fixture(params=ENGINES)
def ask(request: pytest.FixtureRequest, tmp_path: Path) -> Ask:
    """The panel of a Parquet file's rows, asked of each of the engines."""

    @contextlib.contextmanager
    def opened(parquet: Path) -> Iterator[engines.Backend]:
        engine = request.param
        if engine == "duckdb":
            settings = {"path": str(to_duckdb(parquet, tmp_path / "rows.duckdb"))}
            with engines.open("duckdb", settings) as backend:
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

    def panel(parquet: Path, asked: Plan) -> PanelTable:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with opened(parquet) as backend:
                query = QUERIES.get(request.param, "SELECT * FROM rows")
                return engines.source(engines.relation(backend, query=query)).panel(asked)

    return panel


def same(one: PanelTable, other: PanelTable) -> None:
    assert one.sites == other.sites
    assert one.periods == other.periods
    assert one.values.keys() == other.values.keys()
    for name in one.values:
        np.testing.assert_allclose(one.values[name], other.values[name], rtol=1e-12)
    assert (one.rows, one.merged_rows, one.merged, one.blank_rows) == (
        other.rows, other.merged_rows, other.merged, other.blank_rows,
    )  # fmt: skip
    assert (one.groups is None) == (other.groups is None)
    if one.groups is not None and other.groups is not None:
        assert one.groups.names == other.groups.names
        np.testing.assert_allclose(one.groups.values, other.groups.values, rtol=1e-12)


@pytest.mark.parametrize("time", ["week", "number", "name"])
def test_a_panel_is_the_same_in_every_engine(ask: Ask, tmp_path: Path, time: str) -> None:
    parquet = table(tmp_path / "rows.parquet", COLUMNS, rows())
    asked = pilot(time=time)
    found = ask(parquet, asked)
    same(found, TableSource(parquet).panel(asked))
    text = panel_json.write(found)
    again = panel_json.paneled(text)
    same(again.panel(asked), found)
    assert panel_json.write(again.known) == text
    assert again.digest == panel_json.digest(found)


def test_what_files_refuse_engines_refuse(ask: Ask, tmp_path: Path) -> None:
    parquet = table(
        tmp_path / "rows.parquet",
        COLUMNS,
        [*rows(), ("s1", "2026-01-05", 1, "w", 1.0, 1, "many", "Anna")],
    )
    metric = [{"name": "Text", "kind": "mean", "role": "primary", "columns": ["text"]}]
    with pytest.raises(Unreadable, match="many"):
        ask(parquet, pilot(value="text", metrics=metric))
    with pytest.raises(Unreadable, match="no order of their own"):
        ask(parquet, pilot(time="seller", group=None))


def test_columns_as_sites_are_the_same_in_every_engine(ask: Ask, tmp_path: Path) -> None:
    columns = {"week": "DATE", "s1": "DOUBLE", "s2": "INTEGER", "s10": "VARCHAR", "total": "DOUBLE"}
    lines: list[tuple[Any, ...]] = [
        (f"2026-01-{5 + 7 * n:02}", 1.5 * n, None if n == 2 else 7 + n, str(40 + n), 99.0)
        for n in range(4)
    ]
    lines += [("2026-01-05", 2.0, 1, "3", 1.0), (None, 1.0, 1, "1", 1.0)]
    parquet = table(tmp_path / "wide.parquet", columns, lines)
    metric = {"name": "Sales", "kind": "mean", "role": "primary"}
    written = {"design": "pilot", "site": "store", "time": "week", "value": "sales",
               "treated": ["s1"], "controls": ["s2", "s10"], "start": "2026-01-12",
               "metrics": [metric]}  # fmt: skip
    asked = Plan.from_json(written).bound({"store": "*", "sales": "*"})
    found = ask(parquet, asked)
    same(found, TableSource(parquet).panel(asked))
    assert found.is_wide and found.left_out == ("total",)
    assert panel_json.read(panel_json.write(found)).left_out == ("total",)


@pytest.mark.parametrize("text", ["{}", '{"panel":2}', '{"panel":1,"sites":3}', "no"])
def test_a_snapshot_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        panel_json.read(text)
