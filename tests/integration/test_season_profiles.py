"""Seasons kept by name: kept, used for a series without years of its own, deleted, brought back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from hadi.analysis.season import Season
from hadi.domain.errors import Blocked, Invalid, NotAllowed, NotFound
from hadi.models import SeasonProfile
from hadi.services import season_profiles, seasons
from tests.factories.archives import another, data, export, restore
from tests.factories.hypotheses import World

PROFILE = (0.7, 0.72, 0.9, 0.95, 1.0, 1.1, 1.25, 1.2, 1.05, 1.0, 1.03, 1.1)


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def series(first: str, last: str, effect: float = 0.0, since: str = "9999-99") -> str:
    """Months of a shop that sells 100 in an average one."""
    lines = []
    for month in range(int(first[:4]) * 12 + int(first[5:]) - 1, 10**6):
        name = f"{month // 12}-{month % 12 + 1:02d}"
        lifted = 1 + effect if name >= since else 1.0
        lines.append(f"{name}; {100 * PROFILE[month % 12] * lifted}")
        if name == last:
            return "\n".join(lines)
    raise AssertionError(last)


def computed(world: World, text: str, **chosen: Any) -> Season:
    table = seasons.from_text(text, by=world.actor())
    return seasons.compute(table, by=world.actor(), **chosen)


def kept(world: World, name: str = "Shoe shops") -> SeasonProfile:
    answer = computed(world, series("2022-01", "2024-12"))
    return season_profiles.keep(answer, name=name, by=world.actor(), now=world.later())


def test_a_season_is_kept_with_the_years_it_comes_from(world: World) -> None:
    profile = kept(world, "  Shoe shops ")
    assert profile.name == "Shoe shops"
    assert profile.coefficients == pytest.approx([v * 12 / sum(PROFILE) for v in PROFILE])
    assert profile.years == ["2022-01", "2023-01", "2024-01"]
    assert [each.id for each in season_profiles.listing(by=world.actor("viewer"))] == [profile.id]


def test_half_a_year_is_freed_of_a_kept_season(world: World) -> None:
    kept(world)
    half = series("2025-01", "2025-07", effect=0.1, since="2025-05")
    spans = {"before": "2025-02..2025-04", "after": "2025-05..2025-07"}
    with pytest.raises(Invalid):
        computed(world, half, **spans)  # it has no whole year of its own
    answer = computed(world, half, profile="shoe SHOPS", **spans)
    assert answer.change is not None
    assert answer.change.effect == pytest.approx(0.1)
    assert answer.change.effect_interval is None  # no years to tell what chance does
    told = answer.as_json()
    assert told["profile"]["name"] == "Shoe shops" and told["formula"] is None
    assert "kept season “Shoe shops”" in " ".join(str(check.detail) for check in answer.checks)


def test_a_series_with_years_gets_its_range_from_them(world: World) -> None:
    kept(world)
    text = series("2021-01", "2025-07", effect=0.1, since="2025-05")
    wiggled = [
        f"{line.split(';')[0]}; {float(line.split(';')[1]) * (1 + 0.01 * ((place * 7) % 5 - 2))}"
        for place, line in enumerate(text.splitlines())
    ]
    answer = computed(
        world, "\n".join(wiggled), profile="Shoe shops", before="2025-02..2025-04",
        after="2025-05..2025-07",
    )  # fmt: skip
    assert answer.change is not None and answer.change.effect_interval is not None
    assert answer.change.effect == pytest.approx(0.1, abs=0.03)


def test_names_are_taken_once_and_deleted_ones_come_back(world: World) -> None:
    profile = kept(world)
    with pytest.raises(Invalid, match="kept already"):
        kept(world, "SHOE shops")
    with pytest.raises(Invalid, match="what the season is called"):
        kept(world, " ")
    season_profiles.delete(profile.id, by=world.actor(), now=world.later())
    assert season_profiles.listing(by=world.actor()) == []
    with pytest.raises(NotFound):
        season_profiles.find(profile.id, by=world.actor())
    with pytest.raises(Blocked):
        season_profiles.delete(profile.id, by=world.actor(), now=world.later())
    with pytest.raises(Invalid) as refused:
        computed(world, series("2025-01", "2025-07"), profile="Shoe shops")
    assert "No kept season" in str(refused.value.fields["profile"])
    again = kept(world)
    with pytest.raises(Invalid, match="kept already"):
        season_profiles.restore(profile.id, by=world.actor(), now=world.later())
    season_profiles.delete(again.id, by=world.actor(), now=world.later())
    season_profiles.restore(profile.id, by=world.actor(), now=world.later())
    assert len(season_profiles.listing(by=world.actor())) == 1


@pytest.mark.parametrize(
    "coefficients", [[1.0] * 11, [1.0] * 13, [2.0] * 12, [-1.0] + [13 / 11] * 11, "many", None]
)
def test_what_are_no_coefficients_is_refused(world: World, coefficients: Any) -> None:
    with pytest.raises(Invalid):
        season_profiles.put(
            {"name": "x", "coefficients": coefficients}, by=world.actor(), now=world.later()
        )


def test_who_may_only_look_keeps_none(world: World) -> None:
    answer = computed(world, series("2022-01", "2024-12"))
    with pytest.raises(NotAllowed):
        season_profiles.keep(answer, name="x", by=world.actor("viewer"), now=world.later())


def test_a_plan_holds_the_coefficients_themselves(world: World) -> None:
    from hadi.services import plans

    profile = kept(world)
    hypothesis = world.idea()
    body = {
        "design": "before_after", "time": "month", "value": "sales", "start": "2025-05",
        "profile": "Shoe shops", "metrics": [{"name": "Sales", "kind": "mean", "role": "primary"}],
    }  # fmt: skip
    saved = plans.save(
        hypothesis.id, body=body, version=hypothesis.version, by=world.actor(), now=world.later()
    )
    season_profiles.delete(profile.id, by=world.actor(), now=world.later())
    assert saved.current_test is not None and saved.current_test.plan is not None
    season = saved.current_test.plan.season
    assert season is not None and season.profile is not None
    assert season.profile.name == "Shoe shops"
    assert season.profile.coefficients == pytest.approx(tuple(profile.coefficients))
    unknown = body | {"profile": "nobody"}
    with pytest.raises(Invalid, match="No kept season"):
        plans.save(
            hypothesis.id, body=unknown, version=saved.version, by=world.actor(), now=world.later()
        )


def test_they_move_with_the_workspace(world: World, tmp_path: Path, settings: Any) -> None:
    kept(world)
    export(world.app, tmp_path / "all.zip")
    with another(settings, tmp_path / "another") as app:
        restore(app, tmp_path / "all.zip")
        assert data(app)
        (found,) = season_profiles.listing(by=world.actor())
        assert found.name == "Shoe shops"
