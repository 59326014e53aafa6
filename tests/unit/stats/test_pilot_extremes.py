"""Every pilot method on panels nobody would plan: each answers with numbers, or says why not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hadi.domain.wording import WORDING
from hadi.stats import pilot
from hadi.stats.augmented import augmented
from hadi.stats.errors import NotEstimable
from hadi.stats.fading import fading, weekly_effects
from hadi.stats.panel import Panel, Scale
from hadi.stats.pilot_draw import rank_controls, rank_pilots
from hadi.stats.pilot_power import Design, detectable
from hadi.stats.regression_to_mean import expected_rebound
from hadi.stats.site_noise import noise
from hadi.stats.synthetic_did import synthetic_did
from hadi.stats.synthetic_placebo import synthetic_with_placebos


def odd_panel(seed: int) -> Panel:
    random = np.random.default_rng(seed)
    sites, periods = int(random.integers(2, 9)), int(random.integers(2, 14))
    values = np.exp(random.normal(3, 0.3, (sites, periods)))
    match seed % 8:
        case 1:
            values[:] = 5.0
        case 2:
            values = np.round(values / 20) * 20 + 20
        case 3:
            values *= 10.0 ** random.integers(-300, 300)
        case 4:
            values[random.random(values.shape) < 0.3] = np.nan
        case 5:
            values = np.tile(values[:1], (sites, 1))
        case 6:
            values = random.choice([0.0, 1.0, -1.0, 1e9], size=values.shape)
        case 7:
            values = 1e15 + values
    treated = random.choice(sites, int(random.integers(1, sites)), replace=False)
    names = tuple(f"s{n}" for n in range(sites))
    times = tuple(map(str, range(periods)))
    first = int(random.integers(0, periods + 1))
    return Panel(names, times, values, tuple(sorted(treated.tolist())), first)


def answers(panel: Panel, scale: Scale):
    """Each method as (numbers that have to be finite, p that has to lie in (0, 1])."""

    def mixed(found, rank):
        assert (rank.low is None) == (rank.high is None) == (rank.no_interval is not None)
        assert rank.no_interval is None or rank.no_interval in WORDING
        return [found.estimate, rank.low, rank.high, sum(found.weights.values())], rank.p_value

    def store_test():
        found = pilot.store_test(panel, scale=scale, alpha=0.05)
        return [found.estimate, found.low, found.high, found.log10_p], 1.0

    def placebo():
        return [], pilot.placebo(panel, scale=scale).p_value

    def raw():
        return [found.estimate for found in pilot.raw_changes(panel, scale=scale)], 1.0

    def did():
        found, rank = synthetic_did(panel, scale=scale, alpha=0.3)
        return mixed(found.found, rank)

    def past():
        found = noise(panel, scale=scale)
        design = Design(1, 3, 4, 2, scale=scale)
        rank_pilots(panel, found, design)
        rank_controls(panel, "s0", scale=scale)
        rebound = expected_rebound(panel, found, window=4, baseline=9, scale=scale)
        return [detectable(found, design).effect, rebound.expected], 1.0

    def fades():
        found = fading(weekly_effects(panel, scale=scale))
        return [found.slope, found.last_half], 1.0

    def plain(demeaned):
        return mixed(*synthetic_with_placebos(panel, scale=scale, demeaned=demeaned, alpha=0.3))

    yield from (store_test, placebo, raw, did, past, fades)
    yield lambda: plain(False)
    yield lambda: plain(True)
    yield lambda: mixed(*augmented(panel, scale=scale, alpha=0.3)[:2])


@pytest.mark.parametrize("scale", list(Scale))
@pytest.mark.parametrize("start", range(0, 240, 24))
def test_an_answer_or_a_reason(start, scale):
    reasons = set()
    for seed in range(start, start + 24):
        for method in answers(odd_panel(seed), scale):
            try:
                numbers, p_value = method()
            except NotEstimable as refusal:
                reasons.add(refusal.code)
                continue
            assert all(number is None or math.isfinite(number) for number in numbers)
            assert 0.0 < p_value <= 1.0
    assert reasons <= WORDING.keys()
