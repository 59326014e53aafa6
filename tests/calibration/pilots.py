"""Scenarios of one or a few pilot sites among controls, week by week.

Stores as retail has them: seasons, growth, a wandering of their own and noise in every week. Where
nothing was changed a test may find something as often as it says, however few the pilots are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy import stats

from hadi.stats import pilot, synthetic_did
from hadi.stats.augmented import augmented
from hadi.stats.balanced import balanced
from hadi.stats.panel import Panel, Scale
from hadi.stats.synthetic_placebo import SyntheticPlacebo, in_space, synthetic_with_placebos
from tests.calibration.trial import ALPHA, Drawn, Promise, Scenario
from tests.calibration.two_arms import Rng
from tests.factories.panels import retail

LOG = Scale.LOG
SIZES = ((15, 1), (15, 2), (15, 5), (40, 1), (40, 2), (40, 5))
# A rank among so many placebos is as true as one among all; among fewer it sees less.
CHOICES = 99
FEW_CHOICES = 19

Placebos = Callable[[Panel, float, int], SyntheticPlacebo]


def _store_t(sites: int, treated: int, effect: float = 0.0) -> Callable[[Rng], Drawn]:
    def draw(rng: Rng) -> Drawn:
        panel = retail(rng, sites, treated, effect=effect)
        found = pilot.store_test(panel, scale=LOG, alpha=ALPHA)
        is_rejected = found.p_value is None or found.p_value <= ALPHA
        return Drawn(None if effect else is_rejected, found.low <= effect <= found.high)

    return draw


def _placebo(sites: int, treated: int, alpha: float) -> Callable[[Rng], Drawn]:
    def draw(rng: Rng) -> Drawn:
        found = pilot.placebo(retail(rng, sites, treated), scale=LOG)
        return Drawn(found.p_value <= alpha)

    return draw


def _mixed(
    placebos: Placebos, sites: int, treated: int, alpha: float, most: int
) -> Callable[[Rng], Drawn]:
    def draw(rng: Rng) -> Drawn:
        found = placebos(retail(rng, sites, treated), alpha, most)
        held = None
        if found.low is not None and found.high is not None:
            held = found.low <= 0.0 <= found.high
        return Drawn(found.p_value <= alpha, held)

    return draw


def _synthetic(panel: Panel, alpha: float, most: int) -> SyntheticPlacebo:
    return synthetic_with_placebos(panel, scale=LOG, demeaned=False, alpha=alpha, most=most)[1]


def _demeaned(panel: Panel, alpha: float, most: int) -> SyntheticPlacebo:
    return synthetic_with_placebos(panel, scale=LOG, demeaned=True, alpha=alpha, most=most)[1]


def _synthetic_did(panel: Panel, alpha: float, most: int) -> SyntheticPlacebo:
    # Its standard error, which no test rests on, would take as long again.
    whole = balanced(panel, scale=LOG)
    return in_space(whole, synthetic_did.fitter(whole), scale=LOG, alpha=alpha, most=most)


def _augmented(panel: Panel, alpha: float, most: int) -> SyntheticPlacebo:
    return augmented(panel, scale=LOG, alpha=alpha, most=min(most, FEW_CHOICES))[1]


METHODS: tuple[tuple[str, Placebos, int], ...] = (
    ("synthetic control", _synthetic, 10),
    ("demeaned synthetic control", _demeaned, 10),
    ("synthetic DiD", _synthetic_did, 40),
)


def scenarios(*, most: int = CHOICES) -> Iterator[Scenario]:
    """Every pilot method at 1, 2 and 5 pilots of 15 and of 40 sites; α is 10 % where nothing less
    can be reached."""
    at_most = Promise.AT_MOST
    for sites, treated in SIZES:
        name = f"DiD, t over sites, {treated} of {sites}"
        yield Scenario("pilots", name, _store_t(sites, treated), cost=2)
    yield Scenario("pilots", "its interval of an effect, 2 of 15", _store_t(15, 2, 0.1), cost=2)
    for sites, treated in SIZES:
        alpha, name = _level(sites, treated, "DiD, placebo")
        draw = _placebo(sites, treated, alpha)
        yield Scenario("pilots", name, draw, at_most, cost=10, alpha=alpha)
    for word, method, cost in METHODS:
        for sites, treated in SIZES:
            alpha, name = _level(sites, treated, word)
            draw = _mixed(method, sites, treated, alpha, most)
            yield Scenario("pilots", name, draw, at_most, cost=cost, alpha=alpha)


def long_scenarios() -> Iterator[Scenario]:
    """Those that a run of the suite has no time for: each placebo chooses its own penalty."""
    for sites, treated in SIZES:
        alpha, name = _level(sites, treated, "augmented synthetic control")
        draw = _mixed(_augmented, sites, treated, alpha, FEW_CHOICES)
        yield Scenario("pilots", name, draw, Promise.AT_MOST, cost=40, alpha=alpha)


def _level(sites: int, treated: int, word: str) -> tuple[float, str]:
    is_alone = (sites, treated) == (15, 1)
    return (0.1 if is_alone else ALPHA), f"{word}, {treated} of {sites}"


def _before_after(rng: Rng) -> Drawn:
    own = retail(rng, 15, 1).values[0]
    found = stats.ttest_ind(own[26:], own[:26], equal_var=False)
    return Drawn(bool(found.pvalue <= ALPHA))


def _weekly_gap(rng: Rng) -> Drawn:
    logs = np.log(retail(rng, 15, 1).values)
    gap = logs[0] - logs[1:].mean(axis=0)
    return Drawn(bool(stats.ttest_ind(gap[26:], gap[:26]).pvalue <= ALPHA))


def contrasts() -> tuple[Scenario, Scenario]:
    """What is done without this: shown, and promised to nobody."""
    return (
        Scenario("pilots", "the pilot's weeks before and after", _before_after),
        Scenario("pilots", "the weeks of its gap to the controls", _weekly_gap),
    )
