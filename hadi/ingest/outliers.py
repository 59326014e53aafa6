"""Far-out values of each mean: how many units lie above the fence, how much of an arm is theirs.

One query for all metrics. Quartiles need every value at once, and nothing of a large table may be
slowed down for a warning: beyond two million values only the largest of each metric is looked at,
and that only where the file itself says that it is large enough to matter.
"""

from __future__ import annotations

from collections.abc import Sequence

from hadi.domain.plan import Metric, MetricKind
from hadi.ingest.engine import quoted
from hadi.ingest.frame import Frame
from hadi.ingest.measures import columns_of
from hadi.ingest.source import Outliers, Summaries
from hadi.ingest.unitrows import UnitRows
from hadi.stats.samples import CoMoments, Moments

MOST_VALUES = 2_000_000  # whose quartiles are looked for: a tenth of a second
FENCE = 3  # interquartile ranges above the third quartile: "far out" (Tukey 1977)
_MUCH = 0.01  # of an arm's total: a largest value below that is not worth a look
_CELLS = 5  # of the answer, for each metric
_KINDS = (MetricKind.MEAN, MetricKind.RATIO)


def looked_at(metrics: Sequence[Metric]) -> list[Metric]:
    """The metrics with values that can be far out: means, and ratios by their numerator."""
    return [metric for metric in metrics if metric.kind in _KINDS]


def are_few(rows: int, metrics: Sequence[Metric]) -> bool:
    """Whether the quartiles of so many rows cost next to nothing."""
    return rows * len(looked_at(metrics)) <= MOST_VALUES


def suspects(frame: Frame, known: Summaries) -> list[Metric]:
    """The metrics of a large table whose largest value may be a hundredth of some arm's total or
    more. The maximum of a whole column stands in the file's own index: to ask for it is free."""
    metrics = [
        metric
        for metric in looked_at(frame.plan.metrics)
        if not columns_of(metric, frame.types)[0].is_text
    ]
    if not metrics:
        return []
    wanted = ", ".join(f"CAST(max({quoted(m.columns[0])}) AS DOUBLE)" for m in metrics)
    (found,) = frame.rows(f"SELECT {wanted} FROM {frame.table}")
    return [
        metric
        for metric, largest in zip(metrics, found, strict=True)
        if largest is not None and matters(known, metric, largest)
    ]


def matters(known: Summaries, metric: Metric, largest: float) -> bool:
    """Whether the largest value of a metric may be a hundredth of some arm's total or more."""
    largest = min(largest, known.caps.get(metric.name, largest))
    return not all(largest < _MUCH * abs(total) for total in _totals(known, metric))


def _totals(known: Summaries, metric: Metric) -> list[float]:
    """The sum of the values (numerators) of each arm that has any."""
    totals = []
    for arm in known.arms:
        sample = arm.samples[metric.name]
        if isinstance(sample, CoMoments):
            sample = sample.marginal(0)
        if isinstance(sample, Moments) and sample.n:
            totals.append(sample.n * sample.mean)
    return totals


def largest(units: UnitRows, metrics: Sequence[Metric]) -> dict[str, tuple[Outliers, ...]]:
    """Of each of the metrics the largest value by arm and its share, without a fence."""
    return _found(units, metrics, has_fence=False)


def outliers(units: UnitRows) -> dict[str, tuple[Outliers, ...]]:
    """Of each mean and ratio, an entry for each arm in order; after winsorising, since what was cut
    carries nothing any more. Shares are of the sum of absolute values, which is the total where no
    value is below zero. A metric without any value has no entry."""
    metrics = looked_at([parts.metric for parts in units.metrics])
    return _found(units, metrics, has_fence=True)


def _found(
    units: UnitRows, metrics: Sequence[Metric], *, has_fence: bool
) -> dict[str, tuple[Outliers, ...]]:
    if not metrics:
        return {}
    names = [units.part(metric).names[0] for metric in metrics]
    fences, sums = [], ["arm"]
    for x in names:
        quartiles = f"quantile_cont({x}, [0.25, 0.75])"
        fence = f"{quartiles}[2] + {FENCE} * ({quartiles}[2] - {quartiles}[1])"
        fences.append(f"{fence if has_fence else 'NULL::DOUBLE'} AS f_{x}")
        size = f"abs({x})"
        sums.append(
            f"f_{x}, count_if({x} > f_{x}), sum({size}) FILTER ({x} > f_{x}), max({x}), sum({size})"
        )
    of_all = f"SELECT {', '.join(fences)}" + (" FROM units" if has_fence else "")
    found = units.rows(f"SELECT {', '.join(sums)} FROM units, ({of_all}) GROUP BY ALL")
    by_arm = {arm: cells for arm, *cells in found}
    nothing = [None] * _CELLS * len(names)
    answer = {}
    for i, metric in enumerate(metrics):
        cells = slice(_CELLS * i, _CELLS * (i + 1))
        rows = [by_arm.get(arm, nothing)[cells] for arm in range(len(units.names))]
        if any(row[-1] is not None for row in rows):
            answer[metric.name] = tuple(_outliers(*row) for row in rows)
    return answer


def _outliers(
    fence: float | None,
    n: int | None,
    size: float | None,
    largest: float | None,
    total: float | None,
) -> Outliers:
    return Outliers(
        units=n or 0,
        share_of_total=(size or 0.0) / total if total else 0.0,
        fence=fence,
        largest=largest or 0.0,
        largest_share=abs(largest or 0.0) / total if total else 0.0,
    )
