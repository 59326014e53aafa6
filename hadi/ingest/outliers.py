"""Far-out values of each mean: how many units lie above the fence, how much of an arm is theirs.

One query for all metrics. Quartiles need every value at once, and nothing of a large table may be
slowed down for a warning: beyond two million rows no outliers are looked for at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from hadi.domain.plan import Metric, MetricKind
from hadi.ingest.source import Outliers
from hadi.ingest.unitrows import UnitRows

MOST_ROWS = 2_000_000
_FENCE = 3  # interquartile ranges above the third quartile: "far out" (Tukey 1977)
_KINDS = (MetricKind.MEAN, MetricKind.RATIO)


def looked_at(metrics: Sequence[Metric]) -> list[Metric]:
    """The metrics with values that can be far out: means, and ratios by their numerator."""
    return [metric for metric in metrics if metric.kind in _KINDS]


def outliers(units: UnitRows) -> dict[str, tuple[Outliers, ...]]:
    """Of each mean and ratio, an entry for each arm in order; after winsorising, since what was cut
    carries nothing any more. Shares are of the sum of absolute values, which is the total where no
    value is below zero. A metric without any value has no entry."""
    metrics = looked_at([parts.metric for parts in units.metrics])
    if not metrics:
        return {}
    names = [units.part(metric).names[0] for metric in metrics]
    fences, sums = [], ["arm"]
    for x in names:
        quartiles = f"quantile_cont({x}, [0.25, 0.75])"
        fences.append(f"{quartiles}[2] + {_FENCE} * ({quartiles}[2] - {quartiles}[1]) AS f_{x}")
        size = f"abs({x})"
        sums.append(
            f"f_{x}, count_if({x} > f_{x}), sum({size}) FILTER ({x} > f_{x}), max({x}), sum({size})"
        )
    found = units.rows(
        f"SELECT {', '.join(sums)} FROM units, (SELECT {', '.join(fences)} FROM units) GROUP BY ALL"
    )
    by_arm = {arm: cells for arm, *cells in found}
    answer = {}
    for i, metric in enumerate(metrics):
        rows = [by_arm.get(arm, [None] * 5 * len(names)) for arm in range(len(units.names))]
        arms = [_outliers(*row[5 * i : 5 * i + 5]) for row in rows]
        if any(fence is not None for fence in (row[5 * i] for row in rows)):
            answer[metric.name] = tuple(arms)
    return answer


def _outliers(
    fence: float | None, n: int | None, size: float | None, largest: float | None, all: float | None
) -> Outliers:
    total = all or 0.0
    return Outliers(
        units=n or 0,
        share_of_total=(size or 0.0) / total if total else 0.0,
        fence=fence,
        largest=largest or 0.0,
        largest_share=abs(largest or 0.0) / total if total else 0.0,
    )
