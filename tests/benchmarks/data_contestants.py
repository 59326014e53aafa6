"""What data are timed with: HADI's way from a file to a verdict, and the bare engine's.

Each script is a process of its own and prints, last, the seconds its work took without imports.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.benchmarks.check_contestants import Contestant

MEASURES = ("bought", "revenue", "visits")
SPECS = ("conversion=conversion(bought)", "revenue=mean(revenue)", "basket=ratio(revenue,visits)")

_CLOCK = "import sys, tempfile\nfrom pathlib import Path\nfrom time import perf_counter\n"
_TOLD = "\nprint(perf_counter() - start)"


def _sums(table: str) -> str:
    parts = ["variant", "count(*)"]
    parts += [f"count({c}), avg({c}), var_samp({c})" for c in MEASURES]
    parts.append("covar_samp(revenue, visits)")
    return f"SELECT {', '.join(parts)} FROM {table} GROUP BY variant"


# The engine alone, reading what an attachment reads: the file, and what was stored of it.
BARE = f"""{_CLOCK}import duckdb
start = perf_counter()
with tempfile.TemporaryDirectory(prefix="hadi-bench-", dir=sys.argv[2]) as folder:
    stored = f"{{folder}}/stored.parquet"
    read = f"{{sys.argv[3]}}('{{sys.argv[1]}}')"
    connection = duckdb.connect()
    form = "(FORMAT parquet, COMPRESSION zstd)"
    connection.execute(f"COPY (SELECT * FROM {{read}}) TO '{{stored}}' {{form}}")
    print(connection.execute({_sums("'{stored}'")!r}.format(stored=stored)).fetchall()){_TOLD}
"""
OURS = f"""{_CLOCK}from hadi.analysis.run import analyse
from hadi.domain.plan import Plan
from hadi.domain.spec import parse_metrics
from hadi.ingest.bundles import open_tables
from hadi.ingest.limits import LOCAL
from hadi.ingest.tables import TableSource
start = perf_counter()
file = Path(sys.argv[1])
plan = Plan(variant="variant", control="A", metrics=parse_metrics({SPECS!r}))
with tempfile.TemporaryDirectory(prefix="hadi-bench-", dir=sys.argv[2]) as folder:
    (stored,) = open_tables(file, file.name, folder=Path(folder), limits=LOCAL)
    source = TableSource(stored.path, digest=stored.digest)
    print(analyse(source, plan).as_json()["verdict"]){_TOLD}
"""
# Where rows travel: every row into pandas, and HADI's sums from a file of them.
PANDAS = f"""{_CLOCK}import pandas, psycopg
start = perf_counter()
columns = ("variant", *{MEASURES!r})
with psycopg.connect(sys.argv[1]) as connection:
    rows = connection.execute("SELECT variant, bought, revenue, visits FROM facts").fetchall()
frame = pandas.DataFrame(rows, columns=columns)
arms = frame.groupby("variant")
print(arms[list({MEASURES!r})].agg(["count", "mean", "var"]).to_dict())
print(arms[["revenue", "visits"]].cov().to_dict()){_TOLD}
"""
PUSHED = f"""{_CLOCK}import json
from hadi.analysis.run import analyse
from hadi.domain.plan import Plan
from hadi.domain.spec import parse_metrics
from hadi.ingest import engines
import ibis.backends.postgres, hadi.ingest.engines.answers, hadi.ingest.engines.postgresql
start = perf_counter()
plan = Plan(variant="variant", control="A", metrics=parse_metrics({SPECS!r}))
with engines.open("postgresql", json.loads(sys.argv[2])) as backend:
    source = engines.source(engines.relation(backend, table="facts"), digest="facts")
    print(analyse(source, plan).as_json()["verdict"]){_TOLD}
"""
SERVER = f"""{_CLOCK}import psycopg
start = perf_counter()
with psycopg.connect(sys.argv[1]) as connection:
    print(connection.execute(sys.argv[3]).fetchall()){_TOLD}
"""


def on_file(path: Path, folder: Path, repeats: int) -> list[Contestant]:
    """Attach and analyse a file; the first is the measure of the others."""
    reader = "read_csv" if path.suffix == ".csv" else "read_parquet"

    def script(name: str, code: str) -> Contestant:
        command = [sys.executable, "-c", code, str(path), str(folder), reader]
        return Contestant(name, command, repeats, tells_time=True)

    return [script("bare DuckDB: file, Parquet, sums", BARE), script("hadi: attach, analyse", OURS)]


def on_server(address: str, settings: str, repeats: int) -> list[Contestant]:
    """The same sums of a table in PostgreSQL; the first is the measure of the others."""
    query = _sums("facts")

    def script(name: str, code: str, times: int) -> Contestant:
        command = [sys.executable, "-c", code, address, settings, query]
        return Contestant(name, command, times, tells_time=True)

    return [
        script("every row into pandas", PANDAS, max(repeats // 2, 1)),
        script("hadi, sums in the engine", PUSHED, repeats),
        script("bare SQL in the engine", SERVER, repeats),
    ]
