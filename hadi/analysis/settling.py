"""What would settle an open question: how many units, and how many weeks at the pace so far."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from hadi.analysis.comparisons import Compared
from hadi.analysis.looks import Look
from hadi.domain.plan import Design, Looks, Plan
from hadi.domain.verdict import TestVerdict, Verdict
from hadi.stats.multiplicity import simultaneous_alpha
from hadi.stats.settling import units_to_settle, weeks_to_settle


@dataclass(frozen=True, slots=True)
class Settling:
    """`units_per_arm` None: nothing practicable would. `weeks` more, None where the pace is not
    known."""

    units_per_arm: int | None
    weeks: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {"units_per_arm": self.units_per_arm, "weeks": self.weeks}


def settling_of(
    verdict: TestVerdict,
    plan: Plan,
    deciding: Compared | None,
    look: Look,
    *,
    treatments: int,
    today: date | None = None,
) -> Settling | None:
    """Of a test without enough data, were its estimate the truth; None of any other.

    In the units the verdict was judged in, at the kind of look the plan has: a test that is looked
    at again needs what its later look needs.
    """
    if verdict.verdict is not Verdict.NOT_ENOUGH_DATA or deciding is None:
        return None
    result, judged = deciding.result, deciding.judged
    assert result is not None and judged is not None
    estimate, interval = result.estimate, result.interval
    if judged.is_on_lift and result.lift is not None:
        estimate, interval = result.lift.estimate, result.lift.interval
    threshold = deciding.metric.threshold
    is_clustered = plan.design is Design.CLUSTER
    now, then = _levels(deciding, plan, look, treatments)
    units = units_to_settle(
        estimate=estimate,
        low=interval.low,
        high=interval.high,
        n_control=result.n_control,
        n_treatment=result.n_treatment,
        alpha=now,
        next_alpha=then,
        df=result.df if is_clustered and look.kind is not Looks.ANYTIME else None,
        at_least=_fewest(deciding, is_clustered),
        threshold=threshold.value if threshold else 0.0,
        sign=deciding.metric.sign,
        power=plan.power,
    )
    seen = min(result.n_control, result.n_treatment)
    return Settling(units, weeks_to_settle(units, seen, plan.starts_on, _until(plan, today)))


def _levels(deciding: Compared, plan: Plan, look: Look, treatments: int) -> tuple[float, float]:
    """The two-sided alpha of the interval as it is, and of the look that is to settle it."""
    alpha = deciding.alpha
    if look.kind is Looks.PLANNED:  # at the end, where earlier looks cost next to nothing
        return alpha, max(simultaneous_alpha(plan.alpha, treatments), alpha)
    if look.kind is not Looks.ANYTIME:
        return alpha, alpha
    from hadi.stats.sequential import equivalent_alpha

    assert deciding.result is not None
    units = deciding.result.n_control + deciding.result.n_treatment
    later = max(units, int(2 * look.tuning))
    now, then = (equivalent_alpha(n, alpha=alpha, tuning=look.tuning) for n in (units, later))
    return now, then


def _fewest(deciding: Compared, is_clustered: bool) -> int:
    """Units per arm below which nothing can be promised: those seen did not settle it, though
    where ties are many the interval may promise that they would."""
    result = deciding.result
    assert result is not None
    more = math.ceil(1.1 * min(result.n_control, result.n_treatment))
    return max(more, _fewest_clusters(deciding.alpha)) if is_clustered else more


def _fewest_clusters(alpha: float) -> int:
    """Clusters per arm that can settle anything: from five on no permutation decides."""
    from hadi.stats.cluster_power import smallest_attainable_p

    return next((k for k in range(2, 5) if smallest_attainable_p(k, k) <= alpha), 5)


def _until(plan: Plan, today: date | None) -> date | None:
    days = [day for day in (plan.ends_on, today) if day is not None]
    return min(days, default=None)
