"""Pilots brought as far as a test needs them: plan, file, analysis, decision; by services alone."""

from __future__ import annotations

import io
import math
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hadi.models import Analysis, Dataset, Hypothesis
    from tests.factories.hypotheses import World

SITES, WEEKS, START = 22, 20, 14
MONDAY = date(2026, 2, 9)  # the week after the world began


def weekly(
    *,
    effect: float = 0.2,
    weeks: int = WEEKS,
    first: int = 1,
    begins: date | None = None,
    growth: float = 0.01,
) -> str:
    """Weekly sales of the stores: all grow alike, s01 and s02 by more from the start on. Weeks are
    numbers, or days where it is said when the first begins."""
    lines = ["store,week,sales"]
    for site in range(SITES):
        for week in range(first, weeks + 1):
            wiggle = 0.02 * math.sin(site * 2.4 + week * (1.3 + 0.1 * site))
            gain = 1.0 + effect if site < 2 and week >= START else 1.0
            value = (100 + 5 * site) * math.exp(growth * week + wiggle) * gain
            name = str(week) if begins is None else str(begins + timedelta(weeks=week - 1))
            lines.append(f"s{site + 1:02},{name},{value:.3f}")
    return "\n".join(lines) + "\n"


def body(world: World, **changed: Any) -> dict[str, Any]:
    """The JSON of a complete plan of a pilot, ready to start."""
    metric = {
        "name": "Weekly sales", "kind": "mean", "role": "primary", "threshold": "5%",
        "better": "higher",
    }  # fmt: skip
    split = {"variant": None, "control": None, "split": None, "baseline": None}
    pilot = {
        "design": "pilot", "site": "store", "time": "week", "value": "sales",
        "treated": ["s01", "s02"], "start": str(START), "metrics": [metric], "planned_units": 5,
    }  # fmt: skip
    return world.plan(**split, **pilot | changed)


def running(world: World, **changed: Any) -> Hypothesis:
    return world.running("put a mentor into two stores", **body(world, **changed))


def folder(world: World) -> Path:
    kept: Path = world.app.extensions["hadi_settings"].data_dir / "datasets"
    return kept


def attach(world: World, hypothesis: Hypothesis, text: str, **terms: Any) -> Dataset:
    """Read a file and attach it, its columns under the plan's own names."""
    from hadi.services import datasets

    staged = stage(world, hypothesis, text)
    terms = {"mapping": {}} | terms
    return datasets.attach(
        staged.id, folder=folder(world), by=world.actor("analyst"), now=world.later(), **terms
    )


def stage(world: World, hypothesis: Hypothesis, text: str) -> Dataset:
    """Read a file, without attaching it."""
    from hadi.ingest.limits import Limits
    from hadi.services import datasets

    return datasets.stage(
        hypothesis.id, file=io.BytesIO(text.encode()), filename="stores.csv", folder=folder(world),
        limits=Limits(), by=world.actor("analyst"), now=world.later(days=1),
    )  # fmt: skip


def analyse(world: World, hypothesis: Hypothesis, **asked: Any) -> Analysis:
    from hadi.services import analyses

    return analyses.run(
        hypothesis.id, folder=folder(world), by=world.actor("analyst"), now=world.later(), **asked
    )


def measured(world: World, text: str | None = None, **changed: Any) -> Hypothesis:
    hypothesis = running(world, **changed)
    attach(world, hypothesis, weekly() if text is None else text)
    analyse(world, hypothesis)
    return hypothesis


def concluded(world: World, decision: str = "scale", **changed: Any) -> Hypothesis:
    from hadi.domain.lifecycle import Decision, Insight
    from hadi.services import conclusions

    hypothesis = measured(world, **changed)
    conclusions.record(
        hypothesis.id, decision=Decision(decision), reason="the numbers are clear",
        insight=Insight("a mentor sells", "small stores", "try a second week"),
        acknowledge_payback=True, by=world.actor("leader"), now=world.later(),
    )  # fmt: skip
    return hypothesis
