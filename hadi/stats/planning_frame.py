"""What a plan asks whatever its metric: arms, error, looks, clusters; and what it is answered.

One frame for all kinds of metric keeps them from drifting apart: several arms share alpha, looks
stretch it and clusters stand in for units in the same way everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from hadi.stats.errors import NotEstimable
from hadi.stats.multiplicity import simultaneous_alpha

FIXED, ANYTIME, PLANNED = "fixed", "anytime", "planned"
MOST_LOOKS = 20


class Asked(TypedDict, total=False):
    """What every plan of `hadi.stats.power` takes beside its metric's own figures.

    alpha, power : two-sided error (0.05; divided by the number of treatments) and wanted power
    (0.8), fractions. threshold : what the effect must reach, a magnitude in the metric's units.
    n_per_arm : planned units per arm, or clusters. arms : number of arms of equal shares;
    `shares` (control first) says otherwise. sign : +1 where more is better, -1 where less is; by
    default the effect's own direction. has_mde : False leaves the smallest effect out, which
    costs most of the time. is_brief : True answers power and verdicts alone, at the planned
    units, which have to be given. looks : ``fixed``, ``anytime`` or ``planned``, then with
    `look_count` (2 to 20) and `spending` (``obrien_fleming``, ``pocock``). cluster_size (mean
    units of a cluster), icc, cluster_cv (relative standard deviation of the sizes): whole
    clusters are randomised, and all sizes count them.
    """

    alpha: float
    power: float
    threshold: float
    n_per_arm: int | None
    arms: int
    shares: Sequence[float] | None
    sign: int | None
    has_mde: bool
    is_brief: bool
    looks: str
    look_count: int | None
    spending: str | None
    icc: float | None
    cluster_size: float | None
    cluster_cv: float | None


@dataclass(frozen=True, slots=True)
class PowerAnswer:
    """What a plan can expect. In a cluster plan all sizes count clusters.

    `n_per_arm` is what the expected effect needs at the wanted power (None: no number of units
    would do). `power`, `mde` (smallest effect found at the wanted power, a magnitude; None: none)
    and `verdict_probabilities` hold at `at_n_per_arm`: the planned units where they were given,
    the needed ones otherwise. With unequal shares units per arm are the total over the number of
    arms; `units` then has what each arm gets, control first. With several arms all of it is about
    one treatment, the one with the smallest share.

    `alpha` is the two-sided error of one comparison at the last look. `expected_units` per arm is
    where a test with several looks ends on average, were the expected effect true; None with one
    look. `draws` and `simulation_error` (standard error of the power or of a verdict's
    probability, at most) tell that figures were simulated; None where they were computed.
    `smallest_p` is the smallest p few clusters can give; `clusters_to_confirm` the clusters per
    arm from which on it can reach alpha. `exaggeration` says how many times too large a
    significant result would look on average; None where power is 50 % or more.
    """

    n_per_arm: int | None
    power: float
    mde: float | None
    verdict_probabilities: Mapping[str, float]
    at_n_per_arm: int
    units: tuple[int, ...]
    alpha: float
    expected_units: int | None = None
    draws: int | None = None
    simulation_error: float | None = None
    design_effect: float | None = None
    smallest_p: float | None = None
    clusters_to_confirm: int | None = None
    exaggeration: float | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """Shares of the control and of the smallest treatment in all units of `arms` arms, and
    every arm's own."""

    control: float
    treatment: float
    shares: tuple[float, ...]

    @classmethod
    def of(cls, arms: int, shares: Sequence[float] | None) -> Split:
        """Raises NotEstimable (``power_needs_two_arms``)."""
        given = tuple(shares) if shares is not None else (1.0,) * arms
        if len(given) < 2 or min(given) <= 0.0:
            raise NotEstimable("power_needs_two_arms")
        total = math.fsum(given)
        parts = tuple(share / total for share in given)
        return cls(parts[0], min(parts[1:]), parts)

    @property
    def comparisons(self) -> int:
        return len(self.shares) - 1

    def units(self, n_per_arm: float, least: int = 2) -> tuple[int, ...]:
        total = n_per_arm * len(self.shares)
        return tuple(max(round(total * share), least) for share in self.shares)

    def pair(self, n_per_arm: float, least: int = 2) -> tuple[int, int]:
        """Units of the control and of the smallest treatment."""
        units = self.units(n_per_arm, least)
        return units[0], min(units[1:])


@dataclass(frozen=True, slots=True)
class ClusterShape:
    """Clusters of `size` units on average with sizes spread by `cv`; `icc` is the share of the
    variance that lies between them."""

    icc: float
    size: float
    cv: float = 0.0

    @property
    def effect(self) -> float:
        from hadi.stats.cluster_power import design_effect

        return design_effect(self.size, self.icc, self.cv)

    def refuse_impossible(self) -> None:
        """Raise NotEstimable (``power_icc_outside``, ``power_cluster_size``)."""
        if not 0.0 <= self.icc <= 1.0:
            raise NotEstimable("power_icc_outside")
        spread = self.size * (1.0 + self.cv * self.cv)
        if not (self.size >= 1.0 and self.cv >= 0.0 and math.isfinite(spread)):
            raise NotEstimable("power_cluster_size")


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything asked but the metric. `size` is the expected effect, better being positive;
    `alpha` is one comparison's; `planned` the planned units (or clusters) per arm."""

    size: float
    sign: int
    split: Split
    alpha: float
    power: float
    threshold: float
    planned: int | None
    has_mde: bool
    is_brief: bool
    looks: str
    look_count: int
    spending: str
    clusters: ClusterShape | None

    @classmethod
    def of(cls, effect: float, asked: Asked) -> Frame:
        """Raises NotEstimable: ``power_needs_two_arms``, ``power_icc_outside``,
        ``power_cluster_size``."""
        split = Split.of(asked.get("arms", 2), asked.get("shares"))
        sign = asked.get("sign") or (-1 if effect < 0 else 1)
        clusters = None
        cluster_size, icc = asked.get("cluster_size"), asked.get("icc")
        if cluster_size is not None or icc is not None:
            if cluster_size is None or icc is None:
                raise NotEstimable("power_cluster_half")
            clusters = ClusterShape(icc, cluster_size, asked.get("cluster_cv") or 0.0)
            clusters.refuse_impossible()
        return cls(
            size=sign * effect,
            sign=sign,
            split=split,
            alpha=simultaneous_alpha(asked.get("alpha", 0.05), split.comparisons),
            power=asked.get("power", 0.8),
            threshold=asked.get("threshold", 0.0),
            planned=asked.get("n_per_arm"),
            has_mde=asked.get("has_mde", True),
            is_brief=asked.get("is_brief", False),
            looks=asked.get("looks", FIXED),
            look_count=min(max(asked.get("look_count") or 2, 2), MOST_LOOKS),
            spending=asked.get("spending") or "obrien_fleming",
            clusters=clusters,
        )

    @property
    def least(self) -> int:
        """The fewest that an arm can have: one cluster is thinkable, one unit is not."""
        return 2 if self.clusters is None else 1

    def pair(self, n_per_arm: float) -> tuple[int, int]:
        return self.split.pair(n_per_arm, self.least)

    def last_alpha(self) -> float:
        """The two-sided alpha of one comparison at the planned end.

        Of a confidence sequence it does not depend on the size, for the sequence is tuned to the
        planned units per arm.
        """
        if self.looks == ANYTIME:
            from hadi.stats.sequential import equivalent_alpha

            units = len(self.split.shares) * 1_000_000 * (self.split.control + self.split.treatment)
            return equivalent_alpha(round(units), alpha=self.alpha, tuning=1e6)
        if self.looks == PLANNED:
            from hadi.stats.planning_looks import schedule

            return schedule(self.look_count, self.alpha, self.spending).alphas[-1]
        return self.alpha
