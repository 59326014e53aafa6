"""`hadi check` on a big Parquet file, as ratios to a bare DuckDB process in the same run.

    python -m tests.benchmarks.check_bench [--rows 10000000] [--repeats 5]

Whole processes are timed, from the command to its last byte, in turns (so that a busy moment
strikes all of them alike). Nothing is asserted: a machine's own speed is no fault of the code.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

CONVERSIONS = ("bought", "returned")
MEANS = ("spend", "items", "minutes", "margin")
METRICS = (*CONVERSIONS, *MEANS)

BARE = """
import sys, duckdb
parts = ", ".join(f"count({m}), sum({m}), sum({m} * {m})" for m in sys.argv[2:])
query = f"SELECT variant, count(*), {parts} FROM '{sys.argv[1]}' GROUP BY variant"
print(duckdb.connect().execute(query).fetchall())
"""
TEA_DUCKDB = """
import sys, duckdb, tea_tasting as tt
table = duckdb.read_parquet(sys.argv[1])
experiment = tt.Experiment({m: tt.Mean(m) for m in sys.argv[2:]}, variant="variant")
print(experiment.analyze(table, control="A"))
"""
TEA_PANDAS = """
import sys, pandas, tea_tasting as tt
table = pandas.read_parquet(sys.argv[1], columns=["variant", *sys.argv[2:]])
experiment = tt.Experiment({m: tt.Mean(m) for m in sys.argv[2:]}, variant="variant")
print(experiment.analyze(table, control="A"))
"""
CONFIDENCE = """
import sys, pandas, spotify_confidence as sc
table = pandas.read_parquet(sys.argv[1], columns=["variant", *sys.argv[2:]])
for m in sys.argv[2:]:
    table[f"{m}_2"] = table[m] * table[m]
sums = table.groupby("variant").agg(["sum", "count"])
for m in sys.argv[2:]:
    frame = pandas.DataFrame({"variant": sums.index, "n": sums[(m, "count")].values,
        "s": sums[(m, "sum")].values, "q": sums[(f"{m}_2", "sum")].values})
    test = sc.StudentsTTest(frame, numerator_column="s", numerator_sum_squares_column="q",
        denominator_column="n", categorical_group_columns="variant")
    print(test.difference("A", "B"))
"""


@dataclass(frozen=True)
class Contestant:
    name: str
    command: list[str]
    repeats: int
    needs: str | None = None  # a module that may not be installed


class Failed(Exception):
    """A contestant that does not run on this machine; the message is its own last line."""


@dataclass(frozen=True)
class Took:
    seconds: float
    peak_mb: float


def generate(path: Path, rows: int) -> None:
    """Two arms and six metrics, with the digits of real columns."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SELECT setseed(0.42)")
        connection.execute(
            f"""COPY (SELECT CASE WHEN random() < 0.5 THEN 'A' ELSE 'B' END AS variant,
            i AS user_id, (random() < 0.1)::INTEGER AS bought,
            (random() < 0.02)::INTEGER AS returned,
            round(exp(random() * 3) * 10, 2) AS spend, (random() * 20)::INTEGER AS items,
            1000 + random() * 50 AS minutes, random() * random() AS margin
            FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet)"""
        )


def contestants(path: Path, repeats: int) -> list[Contestant]:
    python = [sys.executable, "-c"]
    data = [str(path), *METRICS]
    specs = [f"{m}=conversion({m})" for m in CONVERSIONS] + [f"{m}=mean({m})" for m in MEANS]
    check = [sys.executable, "-m", "hadi", "check", str(path), "--variant", "variant"]
    check += ["--control", "A", "--json"]
    for spec in specs:
        check += ["--metric", spec]
    few = max(repeats // 3, 1)
    return [
        Contestant("bare DuckDB, the same sums", [*python, BARE, *data], repeats),
        Contestant("hadi check", check, repeats),
        Contestant("tea-tasting on DuckDB", [*python, TEA_DUCKDB, *data], few, "tea_tasting"),
        Contestant("tea-tasting on pandas", [*python, TEA_PANDAS, *data], few, "tea_tasting"),
        Contestant("spotify-confidence", [*python, CONFIDENCE, *data], few, "spotify_confidence"),
    ]


def run(command: list[str]) -> Took:
    """One whole process; its own peak memory, not its neighbours'."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip().splitlines() or ["no message"]
            raise Failed(said[-1])
    scale = 1024**2 if sys.platform == "darwin" else 1024
    return Took(seconds, usage.ru_maxrss / scale)


def measure(path: Path, repeats: int) -> dict[str, list[Took] | str]:
    """What each took, or why it took no part."""
    found: dict[str, list[Took] | str] = {}
    ready: list[tuple[Contestant, list[Took]]] = []
    for contestant in contestants(path, repeats):
        if contestant.needs and importlib.util.find_spec(contestant.needs) is None:
            found[contestant.name] = "not installed"
            continue
        try:
            run(contestant.command)  # once for the file cache and the compiled modules
        except Failed as failure:
            found[contestant.name] = f"does not run here: {failure}"
            continue
        taken: list[Took] = []
        found[contestant.name] = taken
        ready.append((contestant, taken))
    for turn in range(repeats):
        for contestant, taken in ready:
            if turn < contestant.repeats:
                taken.append(run(contestant.command))
    return found


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--repeats", type=int, default=7)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="hadi-bench-") as folder:
        path = Path(folder) / "data.parquet"
        generate(path, asked.rows)
        found = measure(path, asked.repeats)
    bare = found["bare DuckDB, the same sums"]
    if isinstance(bare, str):
        raise SystemExit(bare)
    print(f"hadi check, {asked.rows:,} rows, {len(METRICS)} metrics, whole process")
    print(f"{'':<28}{'x bare':>8}{'best x':>8}{'median s':>10}{'peak MB':>9}")
    for name, taken in found.items():
        if isinstance(taken, str):
            print(f"{name:<28}  {taken}")
            continue
        typical = _median(taken)
        best = min(t.seconds for t in taken) / min(t.seconds for t in bare)
        peak = max(t.peak_mb for t in taken)
        print(f"{name:<28}{typical / _median(bare):>8.2f}{best:>8.2f}{typical:>10.2f}{peak:>9.0f}")


def _median(taken: list[Took]) -> float:
    return statistics.median(t.seconds for t in taken)


if __name__ == "__main__":
    main()
