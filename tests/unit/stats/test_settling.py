"""What would settle an open question: units, clusters, weeks."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from hadi.domain.verdict import judge_metric
from hadi.stats import clusters, proportions
from hadi.stats.arrays import Clusters
from hadi.stats.power import units_to_settle, weeks_to_settle
from hadi.stats.samples import Conversion


def _settling(control, treatment, threshold, alpha=0.05):
    found = proportions.compare(control, treatment, alpha=alpha)
    return units_to_settle(
        estimate=found.estimate,
        low=found.interval.low,
        high=found.interval.high,
        n_control=found.n_control,
        n_treatment=found.n_treatment,
        alpha=alpha,
        threshold=threshold,
    )


def test_what_would_settle_an_open_question():
    control, treatment = Conversion(120, 18), Conversion(124, 26)
    assert 600 <= _settling(control, treatment, 0.0) <= 720
    assert _settling(control, treatment, 0.05) > _settling(control, treatment, 0.0)


def test_nothing_settles_an_estimate_on_the_threshold():
    assert _settling(Conversion(1000, 200), Conversion(1000, 230), 0.03) is None
    assert _settling(Conversion(1000, 200), Conversion(1000, 200), 0.0) is None
    unbounded = {"estimate": 1.0, "low": None, "high": 3.0, "n_control": 9, "n_treatment": 9}
    assert units_to_settle(**unbounded, alpha=0.05) is None


def test_settling_keeps_its_promise():
    """The units it names decide about four times in five when the estimate was the truth."""
    rng = np.random.default_rng(20_240_501)
    n = _settling(Conversion(400, 80), Conversion(400, 100), 0.02)
    control, treatment = rng.binomial(n, 0.20, 2_000), rng.binomial(n, 0.25, 2_000)
    settled = 0
    for x0, x1 in zip(control.tolist(), treatment.tolist(), strict=True):
        found = proportions.compare(Conversion(n, x0), Conversion(n, x1), alpha=0.05)
        judged = judge_metric(
            estimate=found.estimate,
            low=found.interval.low,
            high=found.interval.high,
            p_value=found.p_value,
            alpha=0.05,
            threshold=0.02,
        )
        settled += judged.verdict.value != "not_enough_data"
    assert settled / 2_000 > 0.77


OPEN = {"estimate": 1.0, "low": -0.5, "high": 2.5, "n_control": 100, "n_treatment": 100}


def test_a_stricter_look_needs_more():
    """The interval is that of an early look; a stricter last look than this one needs more."""
    early = units_to_settle(**OPEN, alpha=0.01, next_alpha=0.045)
    assert early < units_to_settle(**OPEN, alpha=0.01)
    # At its own level the width says how large the error is, whatever the level.
    assert early < units_to_settle(**OPEN, alpha=0.045)


def test_degrees_of_freedom_grow_with_the_clusters():
    few = {**OPEN, "n_control": 5, "n_treatment": 5, "at_most": 100.0}
    normal = units_to_settle(**few, alpha=0.05)
    student = units_to_settle(**few, alpha=0.05, df=8.0)
    # The same width on few degrees of freedom hides a smaller error.
    assert student <= normal
    assert units_to_settle(**few, alpha=0.05, df=1e9) == normal


def test_few_clusters_need_enough_of_them_for_the_permutation():
    clear = {"estimate": 1.0, "low": -0.1, "high": 2.1, "n_control": 2, "n_treatment": 2}
    assert units_to_settle(**clear, alpha=0.05, df=2.0) < 4
    assert units_to_settle(**clear, alpha=0.05, df=2.0, at_least=4) == 4


def test_settling_with_clusters_keeps_its_promise():
    rng = np.random.default_rng(20_261_122)
    between, effect = 1.0, 0.7
    error = between * np.sqrt(2 / 8)
    reach = 2.145 * error  # 14 degrees of freedom
    n = units_to_settle(
        estimate=effect, low=effect - reach, high=effect + reach, n_control=8, n_treatment=8,
        alpha=0.05, df=14.0,
    )  # fmt: skip
    runs, settled = 600, 0
    sizes, names = np.full(n, 10.0), tuple(map(str, range(n)))
    for _ in range(runs):
        arms = [
            Clusters(names, sizes, rng.normal(mean, between, n) * sizes, sizes, np.zeros(n))
            for mean in (0.0, effect)
        ]
        found = clusters.compare(*arms, alpha=0.05)
        settled += found.interval.low > 0 and found.p_value <= 0.05
    assert 0.76 < settled / runs < 0.9


@pytest.mark.parametrize(
    ("units", "seen", "until", "weeks"),
    [(400, 200, 28, 4), (201, 200, 28, 1), (150, 200, 28, 1), (700, 100, 7, 6)],
)
def test_weeks_at_the_pace_so_far(units, seen, until, weeks):
    assert weeks_to_settle(units, seen, date(2026, 6, 1), date(2026, 6, until)) == weeks


def test_without_a_pace_there_are_no_weeks():
    start = date(2026, 6, 1)
    assert weeks_to_settle(None, 200, start, date(2026, 6, 28)) is None
    assert weeks_to_settle(400, 0, start, date(2026, 6, 28)) is None
    assert weeks_to_settle(400, 200, None, date(2026, 6, 28)) is None
    assert weeks_to_settle(400, 200, start, date(2026, 5, 31)) is None
