"""What `hadi check` is timed against: the same six metrics by the bare engine and by its peers.

Each script takes the file and prints, last, how many seconds its analysis took without its imports.
The six: a conversion, a mean, two ratios, and two means each adjusted by a covariate (CUPED).
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

CONVERSION, MEAN = "bought", "margin"
RATIOS = (("revenue", "visits"), ("orders", "items"))
ADJUSTED = (("spend", "spend_before"), ("minutes", "minutes_before"))
COLUMNS = (CONVERSION, MEAN, *(c for pair in (*RATIOS, *ADJUSTED) for c in pair))
SPECS = (
    f"conversion=conversion({CONVERSION})",
    f"mean=mean({MEAN})",
    *(f"{a}_ratio=ratio({a},{b})" for a, b in RATIOS),
    *(f"{a}_adjusted=mean({a});covariate={b}" for a, b in ADJUSTED),
)
CONFIDENCE = os.environ.get("HADI_BENCH_CONFIDENCE_PYTHON")


def _bare_query() -> str:
    """What anyone would write: the engine's own moments of each column and each pair."""
    parts = ["variant", "count(*)"]
    parts += [f"count({c}), avg({c}), var_samp({c})" for c in COLUMNS]
    parts += [f"covar_samp({a}, {b})" for a, b in (*RATIOS, *ADJUSTED)]
    return f"SELECT {', '.join(parts)} FROM '{{path}}' GROUP BY variant"


_CLOCK = "import sys, time\nfrom time import perf_counter\n"
_TOLD = "\nprint(perf_counter() - start)"

BARE = f"""{_CLOCK}import duckdb
query = {_bare_query()!r}.format(path=sys.argv[1])
start = perf_counter()
print(duckdb.connect().execute(query).fetchall()){_TOLD}
"""
OURS = f"""{_CLOCK}from pathlib import Path
import duckdb
import hadi.domain.wording, hadi.stats.proportions, hadi.stats.means, hadi.stats.ratios
import hadi.stats.adjustment
from hadi.analysis.run import analyse
from hadi.domain.plan import Plan
from hadi.domain.spec import parse_metrics
from hadi.ingest.tables import TableSource
plan = Plan(variant="variant", control="A", metrics=parse_metrics({SPECS!r}))
start = perf_counter()
print(analyse(TableSource(Path(sys.argv[1])), plan, has_digest=False).as_json()["verdict"]){_TOLD}
"""
_EXPERIMENT = f"""
metrics = {{"conversion": tt.Mean({CONVERSION!r}), "mean": tt.Mean({MEAN!r})}}
metrics |= {{a: tt.RatioOfMeans(a, b) for a, b in {RATIOS!r}}}
metrics |= {{a: tt.Mean(a, b) for a, b in {ADJUSTED!r}}}
print(tt.Experiment(metrics, variant="variant").analyze(table, control="A")){_TOLD}
"""
TEA_DUCKDB = f"""{_CLOCK}import duckdb, tea_tasting as tt
start = perf_counter()
table = duckdb.read_parquet(sys.argv[1]){_EXPERIMENT}"""
TEA_PANDAS = f"""{_CLOCK}import pandas, tea_tasting as tt
start = perf_counter()
table = pandas.read_parquet(sys.argv[1], columns=["variant", *{COLUMNS!r}]){_EXPERIMENT}"""
# It takes sums per arm, which pandas makes; a ratio as the sums of its linearised values.
PEER = f"""{_CLOCK}import warnings
import pandas, spotify_confidence as sc
warnings.simplefilter("ignore")
start = perf_counter()
table = pandas.read_parquet(sys.argv[1], columns=["variant", *{COLUMNS!r}])
arms = table["variant"]


def sums(frame):
    frame = frame.groupby(arms).agg(["sum", "count"])
    frame.columns = ["_".join(c) for c in frame.columns]
    return frame.reset_index()


same = dict(numerator_column="y_sum", numerator_sum_squares_column="yy_sum",
    denominator_column="y_count", categorical_group_columns="variant")


def mean(y):
    return sc.StudentsTTest(sums(pandas.DataFrame({{"y": y, "yy": y * y}})), **same)


def adjusted(y, x):
    frame = pandas.DataFrame({{"y": y, "yy": y * y, "x": x, "xx": x * x, "xy": x * y}})
    return sc.ZTestLinreg(sums(frame), feature_column="x_sum",
        feature_sum_squares_column="xx_sum", feature_cross_sum_column="xy_sum", **same)


tests = [mean(table[c]) for c in ({CONVERSION!r}, {MEAN!r})]
tests += [mean(table[a] - table[a].sum() / table[b].sum() * table[b]) for a, b in {RATIOS!r}]
tests += [adjusted(table[a], table[b]) for a, b in {ADJUSTED!r}]
for test in tests:
    print(test.difference("A", "B").iloc[0].to_dict()){_TOLD}
"""


@dataclass(frozen=True)
class Contestant:
    """`tells_time`: the last line it prints is how long its analysis took. `needs`: a module that
    its interpreter may not have."""

    name: str
    command: list[str]
    repeats: int
    tells_time: bool = False
    needs: str | None = None


def big(path: Path, repeats: int) -> list[Contestant]:
    """On the big table; the first is the measure of the others."""
    python, few = sys.executable, max(repeats // 3, 1)

    def script(name: str, code: str, times: int, needs: str | None = None) -> Contestant:
        own = CONFIDENCE if needs == "spotify_confidence" and CONFIDENCE else python
        return Contestant(name, [own, "-c", code, str(path)], times, True, needs)

    check = _check(path, SPECS)
    return [
        script("bare DuckDB, var_samp, covar_samp", BARE, repeats),
        Contestant("hadi check", check, repeats),
        Contestant("hadi check --unit (numbers)", [*check, "--unit", "user_id"], repeats),
        Contestant("hadi check --unit (text)", [*check, "--unit", "customer"], few),
        script("hadi, without its start", OURS, repeats),
        script("tea-tasting on DuckDB", TEA_DUCKDB, few, "tea_tasting"),
        script("tea-tasting on pandas", TEA_PANDAS, few, "tea_tasting"),
        script("spotify-confidence", PEER, few, "spotify_confidence"),
    ]


def small(folder: Path, repeats: int) -> list[Contestant]:
    """On a hundred rows, where starting is all there is; the first is the measure of the others."""
    specs = ("conversion=conversion(bought)", "mean=mean(spend)")
    imports = [sys.executable, "-c", "import duckdb, scipy.special"]
    return [
        Contestant("import duckdb, scipy.special", imports, repeats),
        Contestant("hadi check, Parquet", _check(folder / "small.parquet", specs), repeats),
        Contestant("hadi check, CSV", _check(folder / "small.csv", specs), repeats),
    ]


def _check(path: Path, specs: tuple[str, ...]) -> list[str]:
    command = [sys.executable, "-m", "hadi", "check", str(path)]
    command += ["--variant", "variant", "--control", "A", "--json"]
    for spec in specs:
        command += ["--metric", spec]
    return command
