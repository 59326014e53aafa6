"""The samples of every metric in each part of the units: the sums of a test, asked per level.

The stable way of `sums`: a level may lie far from the middle of all, and there are few of them to
compare, so their time matters less than their digits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from hadi.ingest import distributions, sums
from hadi.ingest.source import ArmSummary, Sample
from hadi.ingest.sums import Asked, Row
from hadi.ingest.unitrows import RANKED, Parts, UnitRows


def unit_sums(
    units: UnitRows, metrics: Sequence[Parts], level: str
) -> dict[int, tuple[ArmSummary, ...]]:
    """The arms, in order, at each value of the whole-number expression `level`; where that is NULL
    units are left out. Raises Unreadable for values that cannot be summed."""
    middles = units.middles([parts for parts in metrics if not _is_ranked(parts)])
    asked = Asked()
    for wanted in (level, "arm", "count(*)"):
        asked.add(wanted)
    for parts in metrics:
        if not _is_ranked(parts):
            sums.ask_stable(asked, parts.joint, parts.shifted(middles)[1])
    found = units.rows(
        f"SELECT {', '.join(asked.parts)} FROM units WHERE {level} IS NOT NULL GROUP BY ALL"
    )
    rows = {(row[0], row[1]): row for row in found}
    values = {
        parts.metric.name: distributions.by_level(units, parts, level)
        for parts in metrics
        if _is_ranked(parts)
    }
    answer = {}
    for place in sorted({place for place, _ in rows}):
        arms = []
        for arm, name in enumerate(units.names):
            row = rows.get((place, arm))
            samples: dict[str, Sample] = {}
            for parts in metrics:
                metric = parts.metric.name
                if _is_ranked(parts):
                    levels = values[metric].get(place)
                    samples[metric] = distributions.empty() if levels is None else levels[arm]
                else:
                    samples[metric] = _sample(units, asked, row, parts, middles)
            n = row[2] if row else 0
            missing = {metric: n - sample.n for metric, sample in samples.items()}
            arms.append(ArmSummary(name, n, samples, missing))
        answer[place] = tuple(arms)
    return answer


def _is_ranked(parts: Parts) -> bool:
    return parts.metric.kind in RANKED


def _sample(
    units: UnitRows, asked: Asked, row: Row | None, parts: Parts, middles: dict[str, float]
) -> Sample:
    shifted, columns = parts.shifted(middles)
    if row is None:
        return sums.sample_of(parts.joint, shifted.measures, sums.Parts(0, ()))
    found = sums.read_stable(asked, row, parts.joint, columns)
    if not all(math.isfinite(value) for value in (*found.means, *found.comoments)):
        raise units.frame.refuse(parts.measures[0])
    return sums.sample_of(parts.joint, shifted.measures, found)
