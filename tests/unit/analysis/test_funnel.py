"""Groups of deals are told apart no more often by chance than they may be."""

from __future__ import annotations

from random import Random

import pytest

from hadi.analysis.funnel import planning_of, stands
from hadi.ingest.deals import Step


def groups(random: Random, sizes: list[int], share: float) -> list[Step]:
    return [
        Step(n, sum(random.random() < share for _ in range(n)), 0, 0, name=f"g{place}")
        for place, n in enumerate(sizes)
    ]


@pytest.mark.parametrize("sizes", [[60, 60], [400, 80, 40, 300, 120, 90, 35, 200, 50, 65]])
def test_groups_that_are_alike_are_told_apart_in_a_twentieth_of_the_cases(
    sizes: list[int],
) -> None:
    random, runs = Random(f"alike {sizes}"), 600
    told = sum(
        set(stands(groups(random, sizes, 0.3), alpha=0.05).values()) != {"like"}
        for _ in range(runs)
    )
    # Three standard errors above a twentieth; Newcombe's interval is a little cautious.
    assert told / runs <= 0.05 + 3 * (0.05 * 0.95 / runs) ** 0.5


def test_a_group_that_differs_is_told_apart_in_its_direction() -> None:
    steps = [Step(400, 200, 0, 0, name="a"), Step(400, 100, 0, 0, name="b"),
             Step(400, 150, 0, 0, name="c")]  # fmt: skip
    assert stands(steps, alpha=0.05) == {"a": "above", "b": "below", "c": "like"}


def test_few_deals_are_not_compared() -> None:
    few = Step(29, 29, 0, 0, name="few")
    assert stands([few, Step(500, 100, 0, 0, name="many")], alpha=0.05) == {}
    assert stands([Step(500, 100, 0, 0, name="alone")], alpha=0.05) == {}
    blank = Step(300, 10, 0, 0, name=None)
    assert stands([blank, Step(500, 250, 0, 0, name="a")], alpha=0.05) == {"a": "above"}


def test_what_a_test_of_the_key_stage_takes() -> None:
    found = planning_of(0.25, 360.0)
    assert found is not None
    assert (found.n_per_arm, found.weeks) == (1251, 7)
    assert "1,251 deals in each of two arms: 7 weeks at 360 deals a week" in str(found.text)
    alone = planning_of(0.25, None)
    assert alone is not None and alone.weeks is None
    assert planning_of(None, 1.0) is planning_of(0.97, 1.0) is planning_of(0.0, 1.0) is None
