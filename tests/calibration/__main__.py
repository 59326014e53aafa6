"""Run every scenario at full size; `--write` puts the table into the documentation."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.calibration import looks, many_arms, pilots, seasons, two_arms
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
simulation’s own error (one standard error of the promised rate), in points.

Pilots are 1, 2 or 5 of 15 or 40 stores, 26 weeks before and 8 after: a season of 5 %, growth of
0.3 % a week, noise of 6 % in a store’s week, and stores that wander by 3 % from before to after.
Where one of 15 is ranked, nothing below 1/15 can be reached: α is 10 % there, and the rate to
expect 6.7 %. Methods that mix sites are ranked among 99 placebos (the augmented one among 19) or
all there are; their intervals are counted where there is one.
"""


def every(*, choices: int = pilots.CHOICES) -> list[Scenario]:
    """All scenarios but the long ones; `choices` of pilots are ranked by methods that mix sites."""
    others = [*two_arms.scenarios(), *many_arms.scenarios(), *looks.scenarios()]
    return [*others, *pilots.scenarios(most=choices), *seasons.scenarios()]


def with_long() -> list[Scenario]:
    """All scenarios, those included that the suite has no time for."""
    return [*every(), *pilots.long_scenarios()]


def contrasts() -> list[tuple[str, Scenario]]:
    """What other habits do, each with the sentence that tells it."""
    before_after, weekly_gap = pilots.contrasts()
    return [
        ("a test made for one look, looked at 100 times", looks.peeking()),
        ("one pilot’s weeks before and after, compared by a t-test", before_after),
        ("the weeks of one pilot’s distance from 14 controls, compared likewise", weekly_gap),
    ]


def table(rows: dict[str, list[str]], told: list[str]) -> str:
    """The page as text, from the rows of each section."""
    lines = [HEAD, "| | false positives | interval holds | promise | draws | ± |"]
    lines.append("| --- | ---: | ---: | --- | ---: | ---: |")
    for section, own in rows.items():
        lines += [f"| **{section[0].upper()}{section[1:]}** | | | | | |", *own]
    lines += [
        "",
        "For contrast, these find something where nothing is there:",
        "",
        *(f"- {one}" for one in told),
    ]
    return "\n".join(lines) + "\n"


def kept(page: str) -> dict[str, list[str]]:
    """The rows of each section as they stand in the page."""
    known = {f"{s[0].upper()}{s[1:]}": s for s in (one.section for one in with_long())}
    rows: dict[str, list[str]] = {}
    section = ""
    for line in page.splitlines():
        if line.startswith("| **"):
            section = known[line.split("**")[1]]
            rows.setdefault(section, [])
        elif section and line.startswith("| "):
            rows[section].append(line)
    return rows


def _row(result: Result) -> str:
    alpha = f"{100 * result.scenario.alpha:.0f} %"
    promise = alpha if result.scenario.promise is Promise.EXACT else f"at most {alpha}"
    return (
        f"| {result.scenario.name} | {_share(result.false_positives)} | {_share(result.coverage)} "
        f"| {promise} | {result.draws:,} | {100 * result.error:.2f} |"
    )


def _share(rate: float | None) -> str:
    return "" if rate is None else f"{100 * rate:.2f} %"


def _told(words: str, found: Result) -> str:
    return f"{words}: in {100 * (found.false_positives or 0):.1f} % of {found.draws:,} draws"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--section", help="this one alone; the page keeps its other rows")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args(arguments)
    rows: dict[str, list[str]] = {}
    for scenario in with_long():
        if asked.section in (None, scenario.section):
            result = simulate(scenario, asked.draws)
            rows.setdefault(scenario.section, []).append(_row(result))
            sys.stdout.write("  ".join([_row(result), *result.faults(errors=3.0)]) + "\n")
            sys.stdout.flush()
    told = [_told(words, simulate(scenario, asked.draws)) for words, scenario in contrasts()]
    if asked.write:
        old = kept(PAGE.read_text(encoding="utf-8")) if asked.section else {}
        order = dict.fromkeys(scenario.section for scenario in with_long())
        PAGE.write_text(table({s: rows.get(s) or old[s] for s in order}, told), encoding="utf-8")


if __name__ == "__main__":
    main()
