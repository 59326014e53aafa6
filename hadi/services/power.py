"""Can this test succeed? A plan's chances in figures and words, before it is run.

The chance to be confirmed is asked apart from power: at a true effect equal to the threshold a
test of any size is confirmed about half the time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from hadi.domain.plan import Metric, MetricKind, Plan
from hadi.domain.text import Figure, FigureKind, Text
from hadi.stats import power
from hadi.stats.errors import NotEstimable
from hadi.stats.power import PowerAnswer

CURVE_POINTS = 20
MOST_UNITS = 10_000_000  # per arm; beyond it "more units" is no advice


@dataclass(frozen=True, slots=True)
class PlanningAnswer:
    """What a plan can expect at `at_units` per arm: the planned ones, or the needed ones.

    Where `missing` says what has to be filled in first, or `problem` why there is no answer, the
    rest is empty. `curve` holds (units per arm, chance to see the expected effect); `confirmed`
    is the chance of that verdict; `wanted` the chance the plan asks for.
    """

    missing: tuple[Text, ...] = ()
    problem: Text | None = None
    wanted: float = 0.8
    confirmed: float = 0.0
    needed_units: int | None = None
    at_units: int = 0
    is_planned: bool = False  # `at_units` are the plan's own
    power: float = 0.0
    smallest_effect: Figure | None = None
    verdicts: Mapping[str, float] | None = None
    curve: tuple[tuple[int, float], ...] = ()
    sentences: tuple[Text, ...] = ()
    help: Text | None = None
    honest_note: Text | None = None

    @property
    def is_answer(self) -> bool:
        return not self.missing and self.problem is None


def planning_answer(plan: Plan) -> PlanningAnswer:
    """The chances of a plan, complete or not."""
    missing = tuple(_missing(plan))
    if missing:
        return PlanningAnswer(missing=missing, wanted=plan.power)
    asked = _Question.of(plan)
    try:
        found = asked.answer(plan.planned_units)
    except NotEstimable as refusal:
        problem = Text(refusal.code, **_params(refusal))
        return PlanningAnswer(problem=problem, wanted=plan.power)
    return PlanningAnswer(
        wanted=plan.power,
        confirmed=found.verdict_probabilities["confirmed"],
        needed_units=found.n_per_arm,
        at_units=found.at_n_per_arm,
        is_planned=plan.planned_units is not None,
        power=found.power,
        smallest_effect=None if found.mde is None else Figure(asked.kind, found.mde),
        verdicts=found.verdict_probabilities,
        curve=asked.curve(found),
        sentences=tuple(_sentences(plan, asked, found)),
        help=_help(asked, found, is_planned=plan.planned_units is not None),
        honest_note=asked.honest_note,
    )


def _missing(plan: Plan) -> list[Text]:
    primary = plan.primary
    if primary is None:
        return [Text("planning_needs_metric")]
    found = []
    if plan.baseline is None and _needs_baseline(primary):
        found.append(Text("planning_needs_baseline"))
    if primary.kind is MetricKind.MEAN and not plan.baseline_sd:
        found.append(Text("planning_needs_sd"))
    if plan.expected_effect is None:
        found.append(Text("planning_needs_effect"))
    if not found and _is_relative(primary) and (plan.baseline or 0.0) <= 0.0:
        found.append(Text("planning_needs_positive_baseline"))
    return found


def _needs_baseline(primary: Metric) -> bool:
    return primary.kind is MetricKind.CONVERSION or _is_relative(primary)


def _is_relative(primary: Metric) -> bool:
    threshold = primary.threshold
    return bool(threshold and threshold.is_relative and threshold.value > 0.0)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of `hadi.stats.power`. `effect` is signed as measured, `threshold` a
    magnitude in the metric's own units."""

    is_conversion: bool
    baseline: float
    sd: float
    effect: float
    threshold: float
    sign: int
    alpha: float
    power: float
    shares: tuple[float, ...]

    @classmethod
    def of(cls, plan: Plan) -> _Question:
        primary = plan.primary
        assert primary is not None and plan.expected_effect is not None
        threshold = primary.threshold.value if primary.threshold else 0.0
        if _is_relative(primary):
            threshold *= plan.baseline or 0.0
        return cls(
            is_conversion=primary.kind is MetricKind.CONVERSION,
            baseline=plan.baseline or 0.0,
            sd=plan.baseline_sd or 0.0,
            effect=plan.expected_effect,
            threshold=threshold,
            sign=primary.sign,
            alpha=plan.alpha,
            power=plan.power,
            shares=_shares(plan),
        )

    @property
    def kind(self) -> FigureKind:
        return FigureKind.POINTS if self.is_conversion else FigureKind.NUMBER

    @property
    def size(self) -> float:
        """The expected effect, better being positive."""
        return self.sign * self.effect

    @property
    def honest_note(self) -> Text | None:
        if not self.threshold:
            return None
        return Text("planning_half", threshold=Figure(self.kind, self.threshold))

    def effect_figure(self) -> Figure:
        return Figure(self.kind, self.effect, is_signed=True)

    def answer(self, units: int | None) -> PowerAnswer:
        """Raises NotEstimable."""
        return _answer(self, units, has_mde=True)

    def confirmed(self, units: int) -> float:
        return _answer(self, units, has_mde=False).verdict_probabilities["confirmed"]

    def curve(self, found: PowerAnswer) -> tuple[tuple[int, float], ...]:
        """The chance to see the effect, from few units to well beyond what is asked."""
        end = max(found.at_n_per_arm, found.n_per_arm or 0) * 1.5
        sizes = sorted({max(2, round(end * i / CURVE_POINTS)) for i in range(1, CURVE_POINTS + 1)})
        if len(sizes) < 2:
            return ()
        return tuple((n, _answer(self, n, has_mde=False).power) for n in sizes)


@lru_cache(maxsize=4096)
def _answer(asked: _Question, units: int | None, *, has_mde: bool) -> PowerAnswer:
    settings = {
        "effect": asked.effect,
        "alpha": asked.alpha,
        "power": asked.power,
        "threshold": asked.threshold,
        "n_per_arm": units,
        "shares": asked.shares,
        "sign": asked.sign,
        "has_mde": has_mde,
    }
    if asked.is_conversion:
        return power.conversion_plan(baseline=asked.baseline, **settings)  # type: ignore[arg-type]
    return power.mean_plan(sd=asked.sd, **settings)  # type: ignore[arg-type]


def _shares(plan: Plan) -> tuple[float, ...]:
    """Shares of the arms that get units, control first; even halves where none are declared."""
    split = plan.split or {}
    control = split.get(plan.control or "", 0.0)
    others = tuple(share for arm, share in split.items() if arm != plan.control and share > 0.0)
    return (control, *others) if control > 0.0 and others else (0.5, 0.5)


def _sentences(plan: Plan, asked: _Question, found: PowerAnswer) -> list[Text]:
    confirmed = Figure(FigureKind.SHARE, found.verdict_probabilities["confirmed"])
    said = [
        Text(
            "planning_confirmed",
            effect=asked.effect_figure(),
            confirmed=confirmed,
            n=found.at_n_per_arm,
        )
    ]
    if found.n_per_arm is not None:
        said.append(
            Text(
                "planning_needed",
                n=found.n_per_arm,
                effect=asked.effect_figure(),
                power=Figure(FigureKind.SHARE, plan.power),
            )
        )
    if plan.starts_on and plan.ends_on:
        weeks = ((plan.ends_on - plan.starts_on).days + 1) / 7
        weekly = math.ceil(found.at_n_per_arm * len(asked.shares) / weeks)
        said.append(Text("planning_weekly", n=weekly))
    return said


def _help(asked: _Question, found: PowerAnswer, *, is_planned: bool) -> Text:
    """The one change that would lift the chance of “confirmed” most."""
    confirmed = found.verdict_probabilities["confirmed"]
    if confirmed >= asked.power and not is_planned:
        share = Figure(FigureKind.SHARE, confirmed)
        return Text("planning_help_more_units", n=found.at_n_per_arm, share=share)
    if confirmed >= asked.power:
        fewer = _units_for(asked, asked.power, most=found.at_n_per_arm)
        if fewer is not None and fewer < 0.8 * found.at_n_per_arm:
            return Text("planning_help_smaller", n=fewer)
        return Text("planning_help_none")
    if asked.size <= asked.threshold:
        return Text("planning_help_stronger_change")
    units = _units_for(asked, asked.power, most=MOST_UNITS)
    lower = _lower_threshold(asked, found)
    if lower is not None and (units is None or units > 2 * found.at_n_per_arm):
        return Text(
            "planning_help_lower_threshold",
            threshold=Figure(asked.kind, lower[0]),
            effect=asked.effect_figure(),
            share=Figure(FigureKind.SHARE, lower[1]),
        )
    if len(asked.shares) > 2 and (fewer_arms := _one_new_arm(asked, found)) >= asked.power:
        return Text("planning_help_fewer_arms", share=Figure(FigureKind.SHARE, fewer_arms))
    if units is None:
        return Text("planning_help_stronger_change")
    share = Figure(FigureKind.SHARE, asked.confirmed(units))
    return Text("planning_help_more_units", n=units, share=share)


def _units_for(asked: _Question, share: float, *, most: int) -> int | None:
    """Units per arm that bring the chance of “confirmed” to `share`, to three digits."""
    return _smallest(lambda n: asked.confirmed(n) >= share, most)


def _smallest(is_enough: Callable[[int], bool], most: int) -> int | None:
    high = 16
    while high < most and not is_enough(high):
        high *= 2
    high = min(high, most)
    if not is_enough(high):
        return None
    low = high // 2
    while high - low > max(1, high // 200):
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    step: int = 10 ** max(len(str(high)) - 3, 0)
    return math.ceil(high / step) * step


def _lower_threshold(asked: _Question, found: PowerAnswer) -> tuple[float, float] | None:
    """The highest rounder threshold at which the same units confirm as often as wanted."""
    if not asked.threshold:
        return None
    for tenths in range(9, 0, -1):
        threshold = float(f"{asked.threshold * tenths / 10:.2g}")
        share = replace(asked, threshold=threshold).confirmed(found.at_n_per_arm)
        if share >= asked.power:
            return threshold, share
    return None


def _one_new_arm(asked: _Question, found: PowerAnswer) -> float:
    total = found.at_n_per_arm * len(asked.shares)
    return replace(asked, shares=(0.5, 0.5)).confirmed(total // 2)


def _params(refusal: NotEstimable) -> dict[str, str | int | Figure | Text]:
    return {
        name: value if isinstance(value, str) else Figure(FigureKind.NUMBER, value)
        for name, value in refusal.params.items()
    }
