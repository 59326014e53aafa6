"""Run every scenario at full size; `--write` puts the table into the documentation."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.calibration import looks, many_arms, seasons, two_arms
from tests.calibration.trial import Promise, Result, Scenario, simulate

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "calibration.md"
DRAWS = 20_000

HEAD = """# Calibration

How often each test cries wolf where nothing is there, and how often each 95 % interval holds the
truth: by simulation, seeded, so that the same run gives the same table. Written by
`python -m tests.calibration --write`; the suite runs the same scenarios at a smaller size and
fails where a promise is broken.

α is 5 %. A promise of “5 %” means that the rate should be just that; “at most 5 %”, that it may be
lower: exact tests of counts and sequences that hold at every look are careful by nature. ± is the
simulation’s own error (one standard error of a rate of 5 %), in points.
"""


def every() -> list[Scenario]:
    """All scenarios, in the order of the methods page."""
    drawn = [*two_arms.scenarios(), *many_arms.scenarios(), *looks.scenarios()]
    return [*drawn, *seasons.scenarios()]


def table(results: list[Result], peeked: Result) -> str:
    """The page as text."""
    lines = [HEAD, "| | false positives | interval holds | promise | draws | ± |"]
    lines.append("| --- | ---: | ---: | --- | ---: | ---: |")
    section = ""
    for result in results:
        if result.scenario.section != section:
            section = result.scenario.section
            lines.append(f"| **{section[0].upper()}{section[1:]}** | | | | | |")
        lines.append(_row(result))
    rate = f"{100 * (peeked.false_positives or 0):.1f} %"
    told = f"cries wolf in {rate} of {peeked.draws:,} draws."
    lines += ["", f"For contrast: a test made for one look, looked at 100 times, {told}"]
    return "\n".join(lines) + "\n"


def _row(result: Result) -> str:
    promise = "5 %" if result.scenario.promise is Promise.EXACT else "at most 5 %"
    return (
        f"| {result.scenario.name} | {_share(result.false_positives)} | {_share(result.coverage)} "
        f"| {promise} | {result.draws:,} | {100 * result.error:.2f} |"
    )


def _share(rate: float | None) -> str:
    return "" if rate is None else f"{100 * rate:.2f} %"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args(arguments)
    results = []
    for scenario in every():
        result = simulate(scenario, asked.draws)
        results.append(result)
        sys.stdout.write("  ".join([_row(result), *result.faults(errors=3.0)]) + "\n")
        sys.stdout.flush()
    page = table(results, simulate(looks.peeking(), asked.draws))
    if asked.write:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
