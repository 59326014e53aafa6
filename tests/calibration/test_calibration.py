"""Every promise of the methods page, simulated at the size that a run of the suite has time for."""

from __future__ import annotations

import pytest

from tests.calibration import looks, pilots
from tests.calibration.__main__ import PAGE, every, with_long
from tests.calibration.trial import Scenario, simulate

DRAWS = 1_500
FEWEST = 150  # of the costly scenarios
ERRORS = 3.7  # of the simulation: one chance in five thousand for each seeded rate

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "scenario", every(choices=pilots.FEW_CHOICES), ids=lambda s: f"{s.section}: {s.name}"
)
def test_a_promise_is_kept(scenario: Scenario) -> None:
    result = simulate(scenario, max(DRAWS, FEWEST * scenario.cost))
    assert result.unanswered <= 0.05 * result.draws
    assert not result.faults(errors=ERRORS)


def test_the_simulation_can_tell_a_broken_promise() -> None:
    peeked = simulate(looks.peeking(), 500)
    assert peeked.faults(errors=ERRORS)
    assert peeked.false_positives is not None
    assert peeked.false_positives > 0.25


def test_the_page_shows_every_scenario_at_full_size() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for scenario in with_long():
        assert f"| {scenario.name} |" in page, (
            f"run python -m tests.calibration --write: {scenario}"
        )
