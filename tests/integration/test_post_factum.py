"""Plans that came after their data: said by the server's clock, and what follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.hypotheses import World
from tests.factories.tills import folder_of
from tests.integration.test_quality import PLAN, attached, csv, run, status

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Analysis

# One test here runs on both databases; the rest is the same on either.
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def check_of(analysis: Analysis) -> dict[str, Any]:
    found: dict[str, Any] = next(
        c for c in analysis.record["checks"] if c["code"] == "after_the_fact"
    )
    return found


def test_a_hypothesis_of_old_data_is_exploration(world: World) -> None:
    """Created on 14 May, of data from 1 April to 10 May."""
    from hadi.domain.lifecycle import Decision, Insight
    from hadi.services import conclusions

    world.now = datetime(2026, 4, 1, 9, tzinfo=UTC)
    content = csv(world, first_day=0, days=40)
    world.now = datetime(2026, 5, 14, 9, tzinfo=UTC)
    hypothesis = world.running(**PLAN, day="day")
    dataset = attached(world, hypothesis, content)
    # The report says so at once, before anybody runs a check, and makes no period of a plan up.
    findings = {f["code"]: f for f in dataset.quality["findings"]}
    assert dataset.quality["level"] == findings["after_the_fact"]["level"] == "red"
    assert findings["period"]["text"]["code"] == "quality_days_run"
    analysis = run(world, hypothesis)
    assert analysis.verdict == "invalid"
    assert check_of(analysis)["text"]["code"] == "after_the_hypothesis"
    assert "exploration only" in analysis.record["sentence"]
    # It cannot be scaled, whatever a leader writes; it can be tested again, linked.
    insight = Insight("a guess", "anywhere", "test it")
    from hadi.domain.errors import Blocked

    def decide(decision: Decision, **more: Any) -> None:
        conclusions.record(
            hypothesis.id, decision=decision, reason="it looks good", insight=insight,
            by=world.actor("leader"), now=world.later(), **more,
        )  # fmt: skip

    with pytest.raises(Blocked) as refusal:
        decide(Decision.SCALE, override="I want it", acknowledge_payback=True)
    assert "scale_post_factum" in [b.code for b in refusal.value.blockers]
    decide(Decision.REPEAT)
    assert hypothesis.state.value == "planned" and len(hypothesis.tests) == 2


@ONE
def test_the_same_rows_in_a_new_test_are_still_old(world: World) -> None:
    """A repeat is for new data: what was uploaded before its plan was fixed counts as seen."""
    from hadi.domain.lifecycle import Decision, Insight
    from hadi.services import conclusions, hypotheses

    hypothesis = world.running(**PLAN, day="day")
    content = csv(world)
    attached(world, hypothesis, content)
    assert run(world, hypothesis).verdict != "invalid"
    conclusions.record(
        hypothesis.id, decision=Decision.REPEAT, reason="once more",
        insight=Insight("little", "here", "again"), by=world.actor("leader"), now=world.later(),
    )  # fmt: skip
    test = hypothesis.current_test
    assert test is not None and test.plan_version is not None
    hypotheses.start(hypothesis.id, by=world.actor("leader"), now=world.later())
    attached(world, hypothesis, content)
    analysis = run(world, hypothesis)
    assert check_of(analysis)["text"]["code"] == "after_upload"


@ONE
def test_rows_that_another_hypothesis_had_before_are_said(world: World) -> None:
    """They may have shaped this one, and nobody can tell: the verdict stands, with a warning."""
    content = csv(world, first_day=30)
    attached(world, world.running(**PLAN, day="day"), content)
    world.later()
    hypothesis = world.running(**PLAN, day="day")
    attached(world, hypothesis, content)
    analysis = run(world, hypothesis)
    assert analysis.verdict != "invalid"
    found = check_of(analysis)
    assert (found["status"], found["text"]["code"]) == ("warn", "after_elsewhere")


@ONE
def test_a_threshold_changed_after_the_upload_is_seen(world: World) -> None:
    """The file was read and looked at, but not attached, when the threshold was lowered."""
    import io

    from hadi.ingest.limits import Limits
    from hadi.services import datasets, plans

    hypothesis = world.running(**PLAN, day="day")
    content = csv(world)
    by, folder = world.actor("analyst"), folder_of(world)
    staged = datasets.stage(
        hypothesis.id, file=io.BytesIO(content), filename="sales.csv", folder=folder,
        limits=Limits(), by=by, now=world.later(days=10),
    )  # fmt: skip
    body = world.plan(**PLAN, day="day") | {"metrics": [PLAN["metrics"][0] | {"threshold": 1}]}  # type: ignore[index]
    plans.save(
        hypothesis.id, body=body, version=hypothesis.version, reason="five is a lot", by=by,
        now=world.later(),
    )  # fmt: skip
    datasets.attach(staged.id, mapping={}, folder=folder, by=by, now=world.later(days=30))
    analysis = run(world, hypothesis)
    assert check_of(analysis)["text"]["code"] == "after_upload_changed"


@ONE
def test_who_keeps_the_data_may_change_at_any_time(world: World) -> None:
    from hadi.services import plans

    hypothesis = world.running(**PLAN, day="day")
    content = csv(world)
    body = world.plan(**PLAN, day="day") | {"steward": world.ids["admin"]}
    plans.save(
        hypothesis.id, body=body, version=hypothesis.version, reason="on holiday",
        by=world.actor("analyst"), now=world.later(days=35),
    )  # fmt: skip
    attached(world, hypothesis, content)
    assert status(run(world, hypothesis), "after_the_fact") == "pass"


@ONE
def test_a_plan_within_the_period_is_late(world: World) -> None:
    content = csv(world)
    world.later(days=14)
    hypothesis = world.running(**PLAN, day="day")
    attached(world, hypothesis, content)
    found = check_of(run(world, hypothesis))
    assert found["status"] == "warn" and found["text"]["code"] == "after_the_start"
    assert found["text"]["params"]["share"]["value"] == pytest.approx(13 / 28)


@ONE
def test_dates_in_a_request_are_not_believed(world: World) -> None:
    """A plan that says it began long ago was written when the server saw it."""
    world.now = datetime(2026, 4, 1, 9, tzinfo=UTC)
    content = csv(world)
    world.now += timedelta(days=60)
    long_ago = {"starts_on": "2026-04-01", "ends_on": "2026-04-30"}
    hypothesis = world.running(**PLAN, day="day", **long_ago)
    attached(world, hypothesis, content)
    assert status(run(world, hypothesis), "after_the_fact") == "fail"
