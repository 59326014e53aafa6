"""Plans through the services: drafted, locked, amended, refused; and what a plan can expect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Hypothesis


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def save(world: World, hypothesis: Hypothesis, **more: Any) -> Hypothesis:
    from hadi.services import hypotheses, plans

    by = more.pop("by", world.actor())
    reason = more.pop("reason", "")
    version = hypotheses.find(hypothesis.id, by=world.actor()).version
    return plans.save(
        hypothesis.id, body=world.plan(**more), version=more.pop("version", version),
        reason=reason, by=by, now=world.later(),
    )  # fmt: skip


def last_refusal(hypothesis: Hypothesis) -> dict[str, Any]:
    from hadi.services import events

    event = events.history(hypothesis_id=hypothesis.id)[0]
    assert event.verb == "refused"
    return dict(event.details)


def test_a_budget_is_in_a_currency_that_there_is(world: World) -> None:
    """A plan that had another one already is saved all the same: it is not this change's fault."""
    from hadi.db import transaction
    from hadi.domain.errors import Invalid

    with pytest.raises(Invalid) as refused:
        save(world, world.idea(), budget={"amount": "100", "currency": "NAN"})
    assert refused.value.fields["budget.currency"].params["currency"] == "NAN"
    hypothesis = world.planned()
    test = hypothesis.current_test
    assert test is not None and test.plan_version is not None
    with transaction():
        budget = {"amount": "100", "currency": "NAN"}
        test.plan_version.body = test.plan_version.body | {"budget": budget}
    saved = save(world, hypothesis, budget={"amount": "90", "currency": "NAN"})
    assert saved.current_test is not None and saved.current_test.plan is not None
    assert saved.current_test.plan.budget is not None


def test_a_plan_from_before_a_field_was_known_has_not_changed(world: World) -> None:
    """Saved again as it is, it makes no new version and no event."""
    from hadi.db import db, transaction
    from hadi.services import events

    hypothesis = world.running()
    test = hypothesis.current_test
    assert test is not None and test.plan_version is not None
    younger = ("segments", "cluster", "day", "group", "look_count", "spending", "icc")
    with transaction():
        kept = {name: part for name, part in test.plan_version.body.items() if name not in younger}
        test.plan_version.body = kept
        db.session.flush()
    count = len(events.history(hypothesis_id=hypothesis.id))
    save(world, hypothesis, reason="nothing")
    assert [version.number for version in test.plan_versions] == [1]
    assert len(events.history(hypothesis_id=hypothesis.id)) == count


def test_a_draft_is_written_in_place(world: World) -> None:
    hypothesis = world.planned()
    save(world, hypothesis, planned_units=2000)
    test = hypothesis.current_test
    assert test is not None
    assert [version.number for version in test.plan_versions] == [1]
    assert test.plan is not None and test.plan.planned_units == 2000


def test_an_amendment_is_a_version_with_a_hash_of_its_own(world: World) -> None:
    hypothesis = world.running()
    save(world, hypothesis, planned_units=2000, reason="fewer guests")
    test = hypothesis.current_test
    assert test is not None
    first, second = test.plan_versions
    assert (first.plan.planned_units, second.plan.planned_units) == (1000, 2000)
    assert first.digest != second.digest and second.digest == second.plan.digest()
    assert second.reason == "fewer guests" and test.plan_version is second


def test_an_amendment_without_reason_or_after_the_data_is_refused_and_logged(
    world: World,
) -> None:
    from hadi.domain.errors import Blocked

    hypothesis = world.running()
    with pytest.raises(Blocked):
        save(world, hypothesis, planned_units=2000)
    assert last_refusal(hypothesis) == {
        "step": "edit_plan", "blockers": ["amendment_needs_reason"]
    }  # fmt: skip
    hypothesis = world.with_data()
    with pytest.raises(Blocked):
        save(world, hypothesis, planned_units=2000, reason="late")
    assert last_refusal(hypothesis)["blockers"] == ["plan_has_data"]
    test = hypothesis.current_test
    assert test is not None and len(test.plan_versions) == 1


def test_who_may_not_write_a_plan_is_refused_and_logged(world: World) -> None:
    from hadi.domain.errors import NotAllowed

    hypothesis = world.planned()
    with pytest.raises(NotAllowed):
        save(world, hypothesis, by=world.actor("viewer"), planned_units=1)
    assert last_refusal(hypothesis)["blockers"] == ["not_allowed.plan.edit"]


def answer(**plan: Any) -> Any:
    from hadi.domain.plan import Plan
    from hadi.services.power import planning_answer

    return planning_answer(Plan.from_json(plan))


def conversion(**more: Any) -> list[dict[str, Any]]:
    return [{"name": "Moved on", "kind": "conversion", "role": "primary", "better": "higher",
             "threshold": 0.05} | more]  # fmt: skip


def test_the_units_needed_and_the_honest_half() -> None:
    found = answer(metrics=conversion(), baseline=0.25, expected_effect=0.05)
    assert found.needed_units == 1251 and found.at_units == 1251
    assert found.confirmed == pytest.approx(0.5, abs=0.01)
    assert "half the time" in str(found.honest_note)
    assert "no more than the threshold" in str(found.help)
    assert sum(found.verdicts.values()) == pytest.approx(1)
    powers = [power for _n, power in found.curve]
    assert powers == sorted(powers) and len(powers) > 10


def test_a_planned_size_is_judged_by_itself() -> None:
    found = answer(
        metrics=conversion(), baseline=0.15, expected_effect=0.06, planned_units=120,
        starts_on="2026-03-02", ends_on="2026-03-15",
    )  # fmt: skip
    assert found.is_planned and found.at_units == 120 and found.confirmed < 0.3
    assert "units per arm bring the chance" in str(found.help)
    assert any("120 units a week" in str(sentence) for sentence in found.sentences)


def test_several_arms_and_unequal_shares_need_more() -> None:
    plan = {"metrics": conversion(threshold=0), "baseline": 0.25, "expected_effect": 0.05}
    two = answer(**plan)
    three = answer(**plan, split={"A": 1, "B": 1, "C": 1}, control="A")
    uneven = answer(**plan, split={"A": 9, "B": 1}, control="A")
    assert two.needed_units < three.needed_units < uneven.needed_units


def test_a_relative_threshold_is_of_todays_value() -> None:
    plan = {"baseline": 0.2, "expected_effect": 0.05, "planned_units": 1500}
    relative = answer(metrics=conversion(threshold="20%"), **plan)
    absolute = answer(metrics=conversion(threshold=0.04), **plan)
    assert relative.confirmed == pytest.approx(absolute.confirmed)


@pytest.mark.parametrize(
    ("plan", "codes"),
    [
        ({}, ["planning_needs_metric"]),
        ({"metrics": conversion()}, ["planning_needs_baseline", "planning_needs_effect"]),
        ({"metrics": conversion(kind="mean")}, ["planning_needs_sd", "planning_needs_effect"]),
        (
            {"metrics": conversion(kind="ratio")},
            ["planning_needs_sd_ratio", "planning_needs_effect"],
        ),
        (
            {"metrics": conversion(kind="rate"), "expected_effect": 1},
            ["planning_needs_baseline", "planning_needs_exposure"],
        ),
        ({"metrics": conversion(kind="rank"), "expected_effect": 1}, ["planning_needs_sd"]),
        ({"metrics": conversion(kind="quantile"), "expected_effect": 1}, ["planning_needs_sd"]),
        (
            {"metrics": conversion(), "design": "cluster", "baseline": 0.2, "expected_effect": 0.1},
            ["planning_needs_cluster_size", "planning_needs_icc"],
        ),
        (
            {"metrics": conversion(kind="mean", threshold="5%"), "baseline": 0,
             "baseline_sd": 1, "expected_effect": 1},
            ["planning_needs_positive_baseline"],
        ),
    ],
)  # fmt: skip
def test_what_is_missing_is_asked_for(plan: dict[str, Any], codes: list[str]) -> None:
    found = answer(**plan)
    assert [text.code for text in found.missing] == codes and not found.is_answer


def test_what_cannot_succeed_is_said() -> None:
    wrong = answer(metrics=conversion(better="lower"), baseline=0.25, expected_effect=0.05)
    assert wrong.problem.code == "planning_expects_worse_lower"
    beyond = answer(metrics=conversion(), baseline=0.9, expected_effect=0.2)
    assert beyond.problem.code == "power_share_outside"


STORES = {
    "design": "cluster", "baseline": 0.2, "expected_effect": 0.06, "icc": 0.03, "cluster_size": 40,
}  # fmt: skip


def test_stores_are_counted_not_their_customers() -> None:
    found = answer(metrics=conversion(threshold=0), **STORES)
    assert found.counts_clusters and found.needed_units == found.at_units == 43
    said = " ".join(map(str, found.sentences))
    assert "43 clusters per arm see an effect" in said
    assert "43 clusters per arm are about 1,720 units." in said and "design effect 2.17" in said
    assert found.smallest_p is None and found.can_confirm


def test_the_units_of_clusters_are_those_of_the_size_asked_about() -> None:
    found = answer(metrics=conversion(threshold=0), **STORES | {"planned_units": 12})
    assert "12 clusters per arm are about 480 units." in " ".join(map(str, found.sentences))


def test_no_half_chance_is_promised_where_nothing_can_be_confirmed() -> None:
    few = answer(metrics=conversion(), **STORES | {"planned_units": 3})
    assert not few.can_confirm and few.honest_note is None
    assert "at most about half" in str(answer(metrics=conversion(), **STORES).honest_note)


def test_the_needed_size_needs_no_help() -> None:
    for plan in (
        {"metrics": conversion(threshold=0), "baseline": 0.25, "expected_effect": 0.02},
        {"metrics": conversion(threshold=0)} | STORES,
    ):
        found = answer(**plan)
        assert found.help is None and round(found.confirmed, 3) >= found.wanted


def test_the_needed_size_meets_the_wanted_chance_as_it_is_shown() -> None:
    """Of planned looks power is computed and verdicts are simulated: a hair parts them."""
    plan = {
        "metrics": conversion(threshold=0.01), "baseline": 0.25, "expected_effect": 0.02,
        "looks": "planned", "look_count": 4,
    }  # fmt: skip
    found = answer(**plan)
    assert round(found.confirmed, 3) >= 0.8 and found.help is None
    assert found.needed_units == found.at_units
    planned = answer(**plan, planned_units=7698)  # power alone would do with these
    assert planned.at_units == 7698 and planned.needed_units == found.needed_units
    assert planned.help.params["n"] == found.needed_units


@pytest.mark.parametrize("threshold", [0, 0.005])
def test_the_needed_size_is_one_number(threshold: float) -> None:
    found = answer(
        metrics=conversion(threshold=threshold), baseline=0.2, expected_effect=0.057,
        planned_units=600,
    )  # fmt: skip
    assert found.help.code == "planning_help_more_units"
    assert found.help.params["n"] == found.needed_units


def test_an_expected_worsening_is_said_at_any_size() -> None:
    lower = conversion(better="lower", threshold=0)
    plan = {"metrics": lower, "baseline": 0.25, "planned_units": 500}
    wrong = answer(**plan, expected_effect=0.05)
    assert wrong.problem.code == "planning_expects_worse_lower" and wrong.verdicts is None
    assert "Write it as a difference below zero" in str(wrong.problem)
    assert answer(**plan, expected_effect=-0.05).problem is None
    higher = answer(metrics=conversion(), baseline=0.25, expected_effect=-0.05, planned_units=9)
    assert higher.problem.code == "planning_expects_worse_higher"


def test_too_few_stores_are_said_to_be_too_few_first() -> None:
    found = answer(metrics=conversion(threshold=0), planned_units=3, **STORES)
    assert not found.can_confirm and found.confirmed == 0
    assert found.smallest_p.value == pytest.approx(0.1)
    assert found.sentences[0].code == "planning_impossible_below"
    assert "at least 4 clusters per arm" in str(found.sentences[0])
    assert "more clusters, not more units in each" in str(found.help)
    assert found.draws == 4_000
    alike = answer(metrics=conversion(threshold=0), planned_units=20, **STORES | {"icc": 0})
    assert "twice the units per cluster bring it to" in str(alike.help)
    assert found.sentences[-1].code == "planning_simulated"


def test_looks_tell_where_the_test_ends() -> None:
    plan = {"metrics": conversion(threshold=0), "baseline": 0.25, "expected_effect": 0.05}
    planned = answer(**plan, looks="planned", look_count=4)
    assert 1251 < planned.needed_units < 1320
    assert planned.expected_units < 1100
    assert any("4 looks would end the test after about" in str(s) for s in planned.sentences)
    anytime = answer(**plan, looks="anytime", planned_units=1600)
    assert anytime.needed_units > 2_300
    assert any("least to expect" in str(s) for s in anytime.sentences)
    assert "four planned looks" in str(anytime.help)


def test_low_power_says_how_much_a_result_would_exaggerate() -> None:
    found = answer(
        metrics=conversion(threshold=0), baseline=0.25, expected_effect=0.02, planned_units=300
    )
    assert any("would exaggerate it: about" in str(s) for s in found.sentences)


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("ratio", {"baseline_sd": 10, "expected_effect": 3}, None),
        ("rate", {"baseline": 0.5, "exposure": 4, "expected_effect": 0.1}, None),
        ("rank", {"baseline_sd": 10, "expected_effect": 12}, "planning_shape_normal"),
        ("quantile", {"baseline_sd": 10, "expected_effect": 3}, "planning_shape_normal"),
        (
            "quantile",
            {"baseline": 12, "baseline_sd": 10, "expected_effect": 3},
            "planning_shape_lognormal",
        ),
    ],
)
def test_every_kind_has_an_answer(kind: str, more: dict[str, Any], code: str | None) -> None:
    found = answer(metrics=conversion(kind=kind, threshold=0), **more)
    assert found.is_answer and found.confirmed == pytest.approx(0.8, abs=0.05)
    powers = [power for _n, power in found.curve]
    assert len(powers) >= 8 and powers[-1] > 0.9 and powers[0] < 0.4
    assert code is None or code in [text.code for text in found.sentences]


def test_ranks_of_whole_stores_have_no_plan() -> None:
    """As a form that is still being filled in may say, though no stored plan does."""
    from dataclasses import replace

    from hadi.domain.plan import Design, Plan
    from hadi.services.power import planning_answer

    plan = Plan.from_json({"metrics": conversion(kind="rank", threshold=0)} | STORES | {
        "design": "split", "baseline_sd": 1,
    })  # fmt: skip
    found = planning_answer(replace(plan, design=Design.CLUSTER))
    assert found.problem is not None and found.problem.code == "power_cluster_kind"
