"""`hadi check` on a big Parquet file and on a small one, as ratios to bare imports and queries.

    python -m tests.benchmarks.check_bench [--rows 10000000] [--repeats 7]

Whole processes are timed, from the command to its last byte, in turns (so that a busy moment
strikes all of them alike); beside the typical ratio stands that of the best times and that of the
processor's own time, which a neighbour disturbs least. Nothing is asserted: a machine's own speed
is no fault of the code.

spotify-confidence takes part where this interpreter has it, or the one that the variable
HADI_BENCH_CONFIDENCE_PYTHON names:

    uv venv /tmp/confidence && uv pip install -p /tmp/confidence spotify-confidence pyarrow
    HADI_BENCH_CONFIDENCE_PYTHON=/tmp/confidence/bin/python python -m tests.benchmarks.check_bench
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.check_contestants import Contestant, big, small


class Failed(Exception):
    """A contestant that does not run on this machine; the message is its own last line."""


@dataclass(frozen=True)
class Took:
    seconds: float
    cpu: float
    peak_mb: float
    analysis: float | None = None  # seconds, without the process' start


def generate(folder: Path, rows: int) -> None:
    """Two arms and ten columns, with the digits of real ones; and a hundred rows, twice."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SELECT setseed(0.42)")
        connection.execute(
            f"""COPY (SELECT *, 0.6 * spend_before + 20 * random() AS spend,
            0.9 * minutes_before + 30 * random() AS minutes FROM (
            SELECT CASE WHEN random() < 0.5 THEN 'A' ELSE 'B' END AS variant,
            i AS user_id, 'c' || i AS customer, (random() < 0.1)::INTEGER AS bought,
            random() * random() AS margin, round(random() * 300, 2) AS revenue,
            (random() * 5)::INTEGER + 1 AS visits, (random() * 20)::INTEGER AS orders,
            (random() * 9)::INTEGER + 1 AS items, exp(random() * 3) * 10 AS spend_before,
            1000 + random() * 50 AS minutes_before
            FROM range({rows}) t(i))) TO '{folder / "big.parquet"}' (FORMAT parquet)"""
        )
        for name, form in (("small.parquet", "parquet"), ("small.csv", "csv")):
            connection.execute(
                f"""COPY (SELECT CASE WHEN i % 2 = 0 THEN 'A' ELSE 'B' END AS variant,
                i AS user_id, (i * 7 % 10 < 3)::INTEGER AS bought, i * 37 % 101 / 4.0 AS spend
                FROM range(100) t(i)) TO '{folder / name}' (FORMAT {form})"""
            )


# A process begins with the peak of the one it was forked from, and this one has loaded much. So
# each is started by a small one, which tells what it used: seconds, processor's seconds, peak.
_STARTER = """import json, os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[2:])
_, status, used = os.wait4(process.pid, 0)
seconds = time.perf_counter() - start
with os.fdopen(int(sys.argv[1]), "w") as told:
    json.dump([status, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss], told)
"""


def run(contestant: Contestant) -> Took:
    """One whole process; its own peak memory, neither its neighbours' nor ours."""
    told, telling = os.pipe()
    starter = [sys.executable, "-I", "-S", "-c", _STARTER, str(telling)]
    with (
        os.fdopen(told) as used,
        tempfile.TemporaryFile() as answers,
        tempfile.TemporaryFile() as errors,
    ):
        try:
            subprocess.run(
                [*starter, *contestant.command],
                stdout=answers,
                stderr=errors,
                pass_fds=(telling,),
                check=False,
            )
        finally:
            os.close(telling)
        errors.seek(0)
        answers.seek(0)
        figures = used.read()
        if not figures or json.loads(figures)[0]:
            said = errors.read().decode(errors="replace").strip().splitlines() or ["no message"]
            raise Failed(said[-1])
        last = answers.read().splitlines()[-1:] if contestant.tells_time else []
    _, seconds, cpu, peak = json.loads(figures)
    scale = 1024**2 if sys.platform == "darwin" else 1024
    return Took(seconds, cpu, peak / scale, float(last[0]) if last else None)


def measure(contestants: Sequence[Contestant], repeats: int) -> dict[str, list[Took] | str]:
    """What each took, or why it took no part."""
    found: dict[str, list[Took] | str] = {}
    ready: list[tuple[Contestant, list[Took]]] = []
    for contestant in contestants:
        if contestant.needs and not _has(contestant.command[0], contestant.needs):
            found[contestant.name] = "not installed"
            continue
        try:
            run(contestant)  # once for the file cache and the compiled modules
        except Failed as failure:
            found[contestant.name] = f"does not run here: {failure}"
            continue
        taken: list[Took] = []
        found[contestant.name] = taken
        ready.append((contestant, taken))
    for turn in range(repeats):
        for contestant, taken in ready:
            if turn < contestant.repeats:
                taken.append(run(contestant))
    return found


def _has(python: str, module: str) -> bool:
    known = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    return subprocess.run([python, "-c", known], check=False).returncode == 0


def show(found: dict[str, list[Took] | str]) -> None:
    """The table: each as a multiple of the first, in the columns' own way."""
    bare = next(iter(found.values()))
    if isinstance(bare, str):
        raise SystemExit(bare)
    print(f"{'':<34}{'x':>7}{'best x':>8}{'CPU x':>7}{'memory x':>10}{'median s':>10}{'MB':>7}")
    for name, taken in found.items():
        if isinstance(taken, str):
            print(f"{name:<34}  {taken}")
            continue
        typical = statistics.median(t.seconds for t in taken)
        ratio = typical / statistics.median(t.seconds for t in bare)
        best = min(t.seconds for t in taken) / min(t.seconds for t in bare)
        cpu = min(t.cpu for t in taken) / min(t.cpu for t in bare)
        peak = max(t.peak_mb for t in taken)
        memory = peak / max(t.peak_mb for t in bare)
        print(
            f"{name:<34}{ratio:>7.2f}{best:>8.2f}{cpu:>7.2f}{memory:>10.2f}{typical:>10.2f}{peak:>7.0f}"
        )


def show_analysis(found: dict[str, list[Took] | str]) -> None:
    """The same without the start of the processes, of those that tell."""
    told = {
        name: [t.analysis for t in taken if t.analysis is not None]
        for name, taken in found.items()
        if not isinstance(taken, str)
    }
    told = {name: seconds for name, seconds in told.items() if seconds}
    bare = next(iter(told.values()))
    print(f"{'analysis only':<34}{'x':>7}{'best x':>8}{'median s':>27}")
    for name, seconds in told.items():
        typical = statistics.median(seconds)
        ratio, best = typical / statistics.median(bare), min(seconds) / min(bare)
        print(f"{name:<34}{ratio:>7.2f}{best:>8.2f}{typical:>27.2f}")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--repeats", type=int, default=7)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="hadi-bench-") as name:
        folder = Path(name)
        generate(folder, asked.rows)
        print(f"hadi check, {asked.rows:,} rows, 6 metrics of 10 columns, whole process")
        found = measure(big(folder / "big.parquet", asked.repeats), asked.repeats)
        show(found)
        show_analysis(found)
        print("hadi check, 100 rows, 2 metrics, whole process")
        show(measure(small(folder, asked.repeats), asked.repeats))


if __name__ == "__main__":
    main()
