"""Did the units fall into the arms as declared? The first thing to ask of any split test."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from hadi.stats.distributions import log_chi_square_tail, p_from_log
from hadi.stats.errors import NotEstimable


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """Counts of units against the declared shares.

    `expected` units are keyed by arm. `p_value` is None where it underflows (`log10_p` still
    holds it), and both are None when `unexpected_arms` is not empty: units in an arm declared
    to get none are not unlikely but impossible, which no chi-square expresses. Such a test fails.
    """

    statistic: float | None
    df: int
    p_value: float | None
    log10_p: float | None
    expected: Mapping[str, float]
    unexpected_arms: tuple[str, ...] = ()

    def is_below(self, alpha: float) -> bool:
        """Whether the counts contradict the declared shares at `alpha`."""
        return contradicts(self.log10_p, self.unexpected_arms, alpha)


def sample_ratio(counts: Mapping[str, int], shares: Mapping[str, float]) -> SampleRatio:
    """Pearson's chi-square of the counts against the declared shares.

    Parameters
    ----------
    counts : mapping of arm to int
        Randomised units (not rows). An arm with a share and no count had none.
    shares : mapping of arm to float
        Declared shares, >= 0; they need not sum to one. A zero-share arm takes no part and no
        degree of freedom; so does an arm that has no share.

    Returns
    -------
    SampleRatio
        ``df`` is the number of arms with a positive share, less one.

    Raises
    ------
    NotEstimable
        ``ratio_one_arm`` with fewer than two positive shares, ``ratio_no_units`` without units.

    Notes
    -----
    Pearson (1900), Philosophical Magazine 50, 157-175. For online experiments: Fabijan et al.
    (2019), KDD.
    """
    expected, unexpected = expected_units(counts, shares)
    df = len(expected) - 1
    if unexpected:
        return SampleRatio(None, df, None, None, expected, unexpected)
    statistic = math.fsum((counts.get(arm, 0) - e) ** 2 / e for arm, e in expected.items())
    p_value, log10_p = p_from_log(log_chi_square_tail(statistic, df))
    return SampleRatio(statistic, df, p_value, log10_p, expected)


def expected_units(
    counts: Mapping[str, int], shares: Mapping[str, float]
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Units that each arm with a share should have of those counted there, and the arms that
    have units without a share. Raises what `sample_ratio` raises."""
    declared = {arm: float(share) for arm, share in shares.items() if share > 0}
    unexpected = tuple(arm for arm, n in counts.items() if n > 0 and arm not in declared)
    if not declared or (len(declared) < 2 and not unexpected):
        raise NotEstimable("ratio_one_arm")
    total = sum(counts.get(arm, 0) for arm in declared)
    if total == 0 and not unexpected:
        raise NotEstimable("ratio_no_units")
    weight = math.fsum(declared.values())
    expected = {arm: total * (share / weight) for arm, share in declared.items()}
    return expected, unexpected


def contradicts(log10_p: float | None, unexpected_arms: tuple[str, ...], alpha: float) -> bool:
    """Whether counts contradict the declared shares at `alpha`: by their p, or by units where
    there should be none."""
    if unexpected_arms:
        return True
    return log10_p is not None and log10_p < math.log10(alpha)
