"""What a plan asks of `hadi.stats.power`, and the searches that planning advice needs.

The answers are kept: the form asks again with each keystroke, and mostly about the same plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from hadi.domain.plan import Design, Looks, Metric, MetricKind, Plan
from hadi.domain.shares import shown_share
from hadi.domain.text import Figure, FigureKind, Text
from hadi.stats import power
from hadi.stats.power import PowerAnswer

CURVE_POINTS = 20
ROUGH_POINTS = 8  # of a curve whose every point is simulated
MOST_UNITS = 10_000_000  # per arm; beyond it "more units" is no advice
HAIR = 0.01  # two chances that differ by less are the same but for rounding and simulation
STEP, MOST_STEPS = 1.002, 12  # by which a needed size is raised to close such a gap
LONG_TAIL = 0.5  # standard deviation over the value from which a metric is taken as lognormal


@dataclass(frozen=True, slots=True)
class Question:
    """`effect` is signed as measured, `threshold` a magnitude in the metric's own units;
    `cluster_size` is None unless whole clusters are randomised."""

    metric: MetricKind
    baseline: float
    sd: float
    effect: float
    threshold: float
    sign: int
    alpha: float
    power: float
    shares: tuple[float, ...]
    exposure: float = 1.0
    q: float = 0.5
    looks: Looks = Looks.FIXED
    look_count: int | None = None
    spending: str | None = None
    cluster_size: float | None = None
    icc: float | None = None
    cluster_cv: float | None = None
    shape: str | None = None  # of a quantile metric; None: judged by its spread

    @classmethod
    def of(cls, plan: Plan) -> Question:
        """Of a plan that names what `hadi.services.power` asks for."""
        primary = plan.primary
        assert primary is not None and plan.expected_effect is not None
        threshold = primary.threshold.value if primary.threshold else 0.0
        if is_relative(primary):
            threshold *= plan.baseline or 0.0
        clustered = is_clustered(plan)
        return cls(
            metric=primary.kind,
            baseline=plan.baseline or 0.0,
            sd=plan.baseline_sd or 0.0,
            effect=plan.expected_effect,
            threshold=threshold,
            sign=primary.sign,
            alpha=plan.alpha,
            power=plan.power,
            shares=_shares(plan),
            exposure=plan.exposure or 1.0,
            q=primary.quantile,
            looks=plan.looks,
            look_count=plan.look_count,
            spending=plan.spending.value if plan.spending else None,
            cluster_size=plan.cluster_size if clustered else None,
            icc=plan.icc if clustered else None,
            cluster_cv=plan.cluster_cv if clustered else None,
        )

    @property
    def kind(self) -> FigureKind:
        return FigureKind.POINTS if self.metric is MetricKind.CONVERSION else FigureKind.NUMBER

    @property
    def size(self) -> float:
        """The expected effect, better being positive."""
        return self.sign * self.effect

    @property
    def counts_clusters(self) -> bool:
        return self.cluster_size is not None

    @property
    def is_lognormal(self) -> bool:
        """A normal metric above zero cannot vary as much as that."""
        if self.shape is not None:
            return self.shape == "lognormal"
        return self.baseline > 0.0 and self.sd > LONG_TAIL * self.baseline

    @property
    def honest_note(self) -> Text | None:
        """Of the chance at a true effect that equals the threshold."""
        if not self.threshold:
            return None
        return Text("planning_half", threshold=Figure(self.kind, self.threshold))

    def effect_figure(self) -> Figure:
        return Figure(self.kind, self.effect, is_signed=True)

    def answer(self, units: int | None) -> PowerAnswer:
        """Raises NotEstimable."""
        return _answer(self, units, is_brief=False)

    def confirmed(self, units: int) -> float:
        return _answer(self, units, is_brief=True).verdict_probabilities["confirmed"]

    def curve(self, found: PowerAnswer) -> tuple[tuple[int, float], ...]:
        """The chance to see the effect, from few units to well beyond what is asked."""
        end = max(found.at_n_per_arm, found.n_per_arm or 0) * 1.5
        points = CURVE_POINTS if found.draws is None else ROUGH_POINTS
        sizes = sorted({max(2, round(end * i / points)) for i in range(1, points + 1)})
        if len(sizes) < 2:
            return ()
        return tuple((n, _answer(self, n, is_brief=True).power) for n in sizes)

    def units_for(self, found: PowerAnswer, *, most: int = MOST_UNITS) -> int | None:
        """Units per arm that bring the chance of “confirmed” to the wanted power, to three
        digits; None beyond `most`."""
        needed = found.n_per_arm
        if not self.threshold:  # then to be found is to be confirmed
            return needed if needed is not None and needed <= most else None
        if needed is not None and needed <= most and self.meets(self.confirmed(needed)):
            return needed  # one number for one size
        return _smallest(lambda n: self.confirmed(n) >= self.power, most)

    def meets(self, share: float) -> bool:
        """Whether a chance is the wanted one, as both are shown."""
        return shown_share(share) >= shown_share(self.power)

    def settled(self, found: PowerAnswer, *, is_planned: bool) -> PowerAnswer:
        """The same answer with a needed size at which “confirmed” too shows the wanted chance,
        where rounding or simulation keep the two apart by a hair."""
        needed = found.n_per_arm
        if needed is None:
            return found
        share, size = self.confirmed(needed), needed
        if self.meets(share) or share < self.power - HAIR:
            return found
        for _step in range(MOST_STEPS):
            size = max(size + 1, math.ceil(size * STEP))
            if self.meets(self.confirmed(size)):
                return replace(found if is_planned else self.answer(size), n_per_arm=size)
        return found

    def one_new_arm(self, found: PowerAnswer) -> float:
        """The chance of “confirmed” with the same units in one treatment only."""
        total = found.at_n_per_arm * len(self.shares)
        return replace(self, shares=(0.5, 0.5)).confirmed(max(total // 2, 2))

    def larger_clusters(self, found: PowerAnswer) -> float:
        """The chance of “confirmed” with as many clusters of twice the units."""
        size = 2.0 * (self.cluster_size or 1.0)
        return replace(self, cluster_size=size).confirmed(found.at_n_per_arm)

    def lower_threshold(self, found: PowerAnswer) -> tuple[float, float] | None:
        """The highest rounder threshold at which the same units confirm as often as wanted."""
        if not self.threshold:
            return None
        for tenths in range(9, 0, -1):
            threshold = float(f"{self.threshold * tenths / 10:.2g}")
            share = replace(self, threshold=threshold).confirmed(found.at_n_per_arm)
            if share >= self.power:
                return threshold, share
        return None


@lru_cache(maxsize=4096)
def _answer(asked: Question, units: int | None, *, is_brief: bool) -> PowerAnswer:
    settings: dict[str, Any] = {
        "effect": asked.effect,
        "alpha": asked.alpha,
        "power": asked.power,
        "threshold": asked.threshold,
        "n_per_arm": units,
        "shares": asked.shares,
        "sign": asked.sign,
        "is_brief": is_brief,
        "looks": asked.looks.value,
        "look_count": asked.look_count,
        "spending": asked.spending,
        "cluster_size": asked.cluster_size,
        "icc": asked.icc,
        "cluster_cv": asked.cluster_cv,
    }
    match asked.metric:
        case MetricKind.CONVERSION:
            return power.conversion_plan(baseline=asked.baseline, **settings)
        case MetricKind.RATE:
            return power.rate_plan(baseline=asked.baseline, exposure=asked.exposure, **settings)
        case MetricKind.RANK:
            return power.rank_plan(sd=asked.sd, **settings)
        case MetricKind.QUANTILE:
            shape = "lognormal" if asked.is_lognormal else "normal"
            return power.quantile_plan(
                sd=asked.sd, q=asked.q, baseline=asked.baseline, shape=shape, **settings
            )
        case MetricKind.RATIO:
            return power.ratio_plan(sd=asked.sd, **settings)
        case _:
            return power.mean_plan(sd=asked.sd, **settings)


def is_relative(primary: Metric) -> bool:
    threshold = primary.threshold
    return bool(threshold and threshold.is_relative and threshold.value > 0.0)


def is_clustered(plan: Plan) -> bool:
    return plan.design is Design.CLUSTER


def rounded(n: int) -> int:
    """Up to three digits: advice, not a promise."""
    step: int = 10 ** max(len(str(n)) - 3, 0)
    return math.ceil(n / step) * step


def _shares(plan: Plan) -> tuple[float, ...]:
    """Shares of the arms that get units, control first; even halves where none are declared."""
    split = plan.split or {}
    control = split.get(plan.control or "", 0.0)
    others = tuple(share for arm, share in split.items() if arm != plan.control and share > 0.0)
    return (control, *others) if control > 0.0 and others else (0.5, 0.5)


def _smallest(is_enough: Callable[[int], bool], most: int) -> int | None:
    high = 4
    while high < most and not is_enough(high):
        high *= 2
    high = min(high, most)
    if not is_enough(high):
        return None
    low = high // 2
    while high - low > max(1, high // 200):
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return rounded(high)
