"""The Bayesian view beside the test, never instead of it: chance to win and expected loss.

A shop manager asks "how likely is B better, and what do I lose if I am wrong?". These answer that;
the verdict does not rest on them, since they do not hold an error rate when people peek.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from hadi.stats.distributions import normal_cdf, normal_quantile, two_sided_z
from hadi.stats.errors import NotEstimable
from hadi.stats.samples import Conversion

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

LARGE_COUNT = 1e6  # successes and failures from which a share's posterior is taken as normal
LEAST_PRIOR = 0.1  # below it the mass sits nearer to 0 or 1 than a float can tell
_PANELS, _PANEL_NODES = 80, 16


@dataclass(frozen=True, slots=True)
class Prior:
    """What was believed before the data: a normal distribution on the estimate's own scale.

    `n` is the number of past tests it was learned from (0: an assumption).
    """

    mean: float
    sd: float
    n: int = 0

    def __post_init__(self) -> None:
        if not (self.sd > 0.0 and math.isfinite(self.sd) and math.isfinite(self.mean)):
            raise ValueError(f"a prior of mean {self.mean} and sd {self.sd}")


@dataclass(frozen=True, slots=True)
class Posterior:
    """What to believe of treatment minus control, on the estimate's own scale, not oriented.

    `low`, `high` bound the equal-tailed credible interval. The chances to win and to lose are the
    treatment's (better or worse than the control in the metric's direction). The losses are what
    one expects to give away by choosing an arm, >= 0, in the estimate's units.
    """

    mean: float
    sd: float
    low: float
    high: float
    chance_to_win: float
    chance_to_lose: float
    loss_choose_control: float
    loss_choose_treatment: float


def posterior(
    estimate: float,
    standard_error: float,
    *,
    prior: Prior | None = None,
    alpha: float = 0.05,
    sign: int = 1,
) -> Posterior:
    """The posterior of a normal estimate under a normal prior.

    Parameters
    ----------
    estimate, standard_error : float
        Treatment minus control and its standard error (> 0), in any unit: the metric's, or
        fractions of the control when they are a lift.
    prior : Prior, optional
        On the same scale; flat without it.
    alpha : float
        The credible interval holds 1 - alpha.
    sign : int
        1 where more is better, -1 where less is.

    Returns
    -------
    Posterior

    Raises
    ------
    NotEstimable
        ``posterior_no_error`` when the standard error is 0 or no number.

    Notes
    -----
    Gelman et al. (2013), Bayesian Data Analysis, section 2.5. The expected loss is that of
    Stucchio (2015), Bayesian A/B Testing at VWO: E[max(delta, 0)] = m Phi(m/s) + s phi(m/s).
    """
    if not (math.isfinite(standard_error) and standard_error > 0.0):
        raise NotEstimable("posterior_no_error")
    mean, sd = estimate, standard_error
    if prior is not None:
        ratio = standard_error / prior.sd
        weight = 1.0 / (1.0 + ratio * ratio)
        mean = weight * estimate + (1.0 - weight) * prior.mean
        # product before quotient would overflow on large units
        sd = standard_error / math.hypot(1.0, ratio)
    reach = two_sided_z(alpha) * sd
    better, worse = sd * _mean_excess(sign * mean / sd), sd * _mean_excess(-sign * mean / sd)
    return Posterior(
        mean=mean,
        sd=sd,
        low=mean - reach,
        high=mean + reach,
        chance_to_win=normal_cdf(sign * mean / sd),
        chance_to_lose=normal_cdf(-sign * mean / sd),
        loss_choose_control=better,
        loss_choose_treatment=worse,
    )


def beta_binomial(
    control: Conversion,
    treatment: Conversion,
    prior: tuple[float, float] = (1.0, 1.0),
    *,
    alpha: float = 0.05,
    sign: int = 1,
) -> Posterior:
    """The posterior of the difference of two shares, each with a beta prior.

    Parameters
    ----------
    control, treatment : Conversion
        Successes among units; an arm without units keeps its prior.
    prior : tuple of float
        The two parameters of both arms' beta prior, at least 0.1; (1, 1) is uniform.
    alpha, sign
        As in `posterior`.

    Returns
    -------
    Posterior
        Integrated numerically, to 1e-9 or better. A share with over a million successes and as
        many failures is taken as normal: its skewness, below 2 / sqrt(1e6), then moves a chance
        by less than 1.4e-4 (0.07 of the skewness, the first term of Edgeworth's series), and much
        less when both arms are alike, since theirs cancel.

    Notes
    -----
    P(B > A) and the expected losses as Miller (2015), Formulas for Bayesian A/B Testing, and
    Stucchio (2015), but by quadrature: their sums take a term per success.
    """
    a, b = (_Share.of(arm, prior) for arm in (control, treatment))
    mean = _gap(control, treatment, a, b)
    # The nodes lie on the narrower of the two, over which the other one is smooth.
    is_flipped = b.sd < a.sd
    narrow, wide = (b, a) if is_flipped else (a, b)
    nodes, weights = narrow.nodes()
    above = float(weights @ wide.upper_tail(nodes))
    below = float(weights @ wide.lower_tail(nodes))
    excess = max(float(weights @ wide.mean_excess(nodes)), 0.0)
    centre = mean if narrow is a else -mean
    shortfall = max(excess - centre, 0.0)
    if centre > 0:  # the smaller of the two by its own integral: the difference would cancel
        shortfall = max(float(weights @ wide.mean_shortfall(nodes)), 0.0)
        excess = shortfall + centre
    higher, lower = (below, above) if is_flipped else (above, below)
    gain, loss = (shortfall, excess) if is_flipped else (excess, shortfall)
    low, high = (_quantile(a, b, q, mean) for q in (alpha / 2.0, 1.0 - alpha / 2.0))
    if sign < 0:
        higher, lower, gain, loss = lower, higher, loss, gain
    sd = math.hypot(a.sd, b.sd)
    return Posterior(mean, sd, low, high, min(higher, 1.0), min(lower, 1.0), gain, loss)


@dataclass(frozen=True, slots=True)
class _Share:
    """A beta posterior of one share."""

    a: float
    b: float

    @classmethod
    def of(cls, arm: Conversion, prior: tuple[float, float]) -> _Share:
        if not 0 <= arm.successes <= arm.n or not all(p >= LEAST_PRIOR for p in prior):
            raise ValueError(f"{arm.successes} successes of {arm.n} units, prior {prior}")
        return cls(arm.successes + prior[0], arm.n - arm.successes + prior[1])

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    @property
    def sd(self) -> float:
        total = self.a + self.b
        return math.sqrt(self.a / total * (self.b / total) / (total + 1.0))

    @property
    def is_large(self) -> bool:
        return min(self.a, self.b) > LARGE_COUNT

    def nodes(self, kink: float | None = None) -> tuple[Floats, Floats]:
        """Points of the share and weights that sum to one; smooth pieces end at the `kink`."""
        import numpy as np
        from scipy.special import expit

        if self.is_large:
            steps, weights = _panels(-10.0, 10.0)
            weights = weights * np.exp(-0.5 * steps * steps)
            return self.mean + self.sd * steps, weights / weights.sum()
        # On the logit scale the density is a smooth hill whatever the parameters, also below 1.
        low, high = self._logit_range()
        split = math.log(kink) - math.log1p(-kink) if kink is not None else low
        if low < split < high:
            pieces = [_panels(low, split, _PANELS // 2), _panels(split, high, _PANELS // 2)]
            x, weights = (np.concatenate(part) for part in zip(*pieces, strict=True))
        else:
            x, weights = _panels(low, high)
        log_density = -self.a * np.logaddexp(0.0, -x) - self.b * np.logaddexp(0.0, x)
        weights = weights * np.exp(log_density - log_density.max())
        return _array(expit(x)), weights / weights.sum()

    def _log_density(self, x: float) -> float:
        """Of the logit, but for a constant: a log p + b log(1 - p)."""
        return -self.a * _log1p_exp(-x) - self.b * _log1p_exp(x)

    def _logit_range(self) -> tuple[float, float]:
        """Where the density of the logit is within exp(-60) of its top; it has one hill."""
        top = math.log(self.a / self.b)
        floor = self._log_density(top) - 60.0
        ends = []
        for side in (-1.0, 1.0):
            near, far = 0.0, 1.0
            while self._log_density(top + side * far) > floor:
                near, far = far, 2.0 * far
            for _ in range(40):
                middle = 0.5 * (near + far)
                is_inside = self._log_density(top + side * middle) > floor
                near, far = (middle, far) if is_inside else (near, middle)
            ends.append(top + side * far)
        return ends[0], ends[1]

    def lower_tail(self, x: Floats) -> Floats:
        """P(share < x)."""
        from scipy.special import betainc, ndtr

        if self.is_large:
            return _array(ndtr((x - self.mean) / self.sd))
        return _array(betainc(self.a, self.b, x.clip(0.0, 1.0)))

    def upper_tail(self, x: Floats) -> Floats:
        """P(share > x)."""
        from scipy.special import betaincc, ndtr

        if self.is_large:
            return _array(ndtr((self.mean - x) / self.sd))
        return _array(betaincc(self.a, self.b, x.clip(0.0, 1.0)))

    def mean_excess(self, x: Floats) -> Floats:
        """E[max(share - x, 0)]."""
        from scipy.special import betaincc

        if self.is_large:
            return self.sd * _mean_excesses((self.mean - x) / self.sd)
        return _array(self.mean * betaincc(self.a + 1.0, self.b, x)) - x * self.upper_tail(x)

    def mean_shortfall(self, x: Floats) -> Floats:
        """E[max(x - share, 0)]."""
        from scipy.special import betainc

        if self.is_large:
            return self.sd * _mean_excesses((x - self.mean) / self.sd)
        return x * self.lower_tail(x) - _array(self.mean * betainc(self.a + 1.0, self.b, x))


def _gap(control: Conversion, treatment: Conversion, a: _Share, b: _Share) -> float:
    """The difference of the posterior means, without the rounding of two nearly equal shares."""
    before = control.n + (a.a - control.successes) + (a.b - (control.n - control.successes))
    after = treatment.n + (b.a - treatment.successes) + (b.b - (treatment.n - treatment.successes))
    return (b.a * before - a.a * after) / (before * after)


def _quantile(a: _Share, b: _Share, probability: float, mean: float) -> float:
    """The difference b - a not exceeded with this probability."""
    narrow, wide = (b, a) if b.sd < a.sd else (a, b)

    def share_below(gap: float) -> float:
        # Where the other share would leave 0..1 its tail has a kink.
        shift = gap if narrow is a else -gap
        kink = -shift if shift < 0.0 else 1.0 - shift
        nodes, weights = narrow.nodes(kink if 0.0 < kink < 1.0 else None)
        if narrow is a:
            return float(weights @ wide.lower_tail(nodes + gap))
        return float(weights @ wide.upper_tail(nodes - gap))

    spread = math.hypot(a.sd, b.sd)
    low, high = max(mean - 40.0 * spread, -1.0), min(mean + 40.0 * spread, 1.0)
    # alpha / 2 or 1 - alpha / 2: a normal guess, then slopes over a short stretch
    gap = min(max(mean + normal_quantile(probability) * spread, low), high)
    stretch = 0.02 * spread
    for _ in range(80):
        miss = share_below(gap) - probability
        low, high = (low, gap) if miss > 0.0 else (gap, high)
        rise = share_below(gap + stretch) - miss - probability
        following = gap - miss * stretch / rise if rise > 0.0 else math.nan
        if not low <= following <= high:
            following = 0.5 * (low + high)
        if abs(following - gap) <= 1e-10 * spread:
            return following
        gap = following
    return gap


def _mean_excess(u: float) -> float:
    """E[max(u + Z, 0)] of a standard normal Z."""
    density = math.exp(-0.5 * min(u * u, 1500.0)) / math.sqrt(2.0 * math.pi)
    return max(u * normal_cdf(u) + density, 0.0)


def _mean_excesses(u: Floats) -> Floats:
    import numpy as np
    from scipy.special import ndtr

    return _array(u * ndtr(u) + np.exp(-0.5 * u * u) / math.sqrt(2.0 * math.pi))


def _panels(low: float, high: float, panels: int = _PANELS) -> tuple[Floats, Floats]:
    """Composite Gauss-Legendre nodes and weights."""
    import numpy as np

    nodes, weights = _legendre()
    half = 0.5 * (high - low) / panels
    centres = low + half * (2.0 * np.arange(panels) + 1.0)
    return (centres[:, None] + half * nodes[None, :]).ravel(), np.tile(half * weights, panels)


@lru_cache
def _legendre() -> tuple[Floats, Floats]:
    import numpy as np

    return np.polynomial.legendre.leggauss(_PANEL_NODES)


def _log1p_exp(x: float) -> float:
    """log(1 + exp(x)) without overflow."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _array(values: object) -> Floats:
    import numpy as np

    return np.asarray(values, dtype=np.float64)
