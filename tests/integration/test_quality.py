"""The quality report through the services: made when data are attached, told to, taken up."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.hypotheses import World
from tests.factories.tills import folder_of

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Analysis, Dataset, Hypothesis

MEAN = {
    "name": "Sales", "kind": "mean", "columns": ["sales"], "role": "primary", "threshold": 5,
    "better": "higher",
}  # fmt: skip
PLAN = {"metrics": [MEAN], "unit": "who", "group": "store", "planned_units": 30, "baseline": None}

# One test here runs on both databases; the rest is the same on either.
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def csv(world: World, *, off: str = "", first_day: int = 1, days: int = 28) -> bytes:
    """Sales of four stores, four a day; the store `off` counts in thousands."""
    lines = ["who,arm,store,day,sales"]
    for day in range(first_day, first_day + days):
        when = (world.now + timedelta(days=day)).date().isoformat()
        for place in range(4):
            store = f"s{place}"
            value = (90 + 37 * (day * 7 + place * 11) % 83) / (1000 if store == off else 1)
            lines.append(f"c{day}-{place},{'AB'[(day + place) % 2]},{store},{when},{value}")
    return "\n".join(lines).encode()


def attached(world: World, hypothesis: Hypothesis, content: bytes) -> Dataset:
    from hadi.ingest.limits import Limits
    from hadi.services import datasets

    by, folder = world.actor("analyst"), folder_of(world)
    staged = datasets.stage(
        hypothesis.id, file=io.BytesIO(content), filename="sales.csv", folder=folder,
        limits=Limits(), by=by, now=world.later(days=40),
    )  # fmt: skip
    return datasets.attach(staged.id, mapping={}, folder=folder, by=by, now=world.later())


def change(world: World, dataset: Dataset, role: str = "analyst", **settings: Any) -> Any:
    from hadi.services import quality

    return quality.change(
        dataset.id, settings=settings, folder=folder_of(world), by=world.actor(role),
        now=world.later(),
    )  # fmt: skip


def run(world: World, hypothesis: Hypothesis) -> Analysis:
    from hadi.services import analyses

    return analyses.run(
        hypothesis.id, folder=folder_of(world), by=world.actor("analyst"), now=world.later()
    )


def status(analysis: Analysis, code: str) -> str | None:
    return next((c["status"] for c in analysis.record["checks"] if c["code"] == code), None)


def test_a_report_is_made_when_data_are_attached(world: World) -> None:
    from hadi.services import quality

    hypothesis = world.running(**PLAN, day="day")
    dataset = attached(world, hypothesis, csv(world))
    report = quality.report_of(dataset)
    assert report is not None and report.rows == 112
    assert report.level.value == "green", [str(f.detail) for f in report.findings]
    codes = {finding.code for finding in report.findings}
    assert {"sample_ratio", "mixed_units", "duplicates", "missing", "unit_mismatch"} <= codes
    analysis = run(world, hypothesis)
    assert status(analysis, "data_quality") == "pass"
    assert status(analysis, "after_the_fact") == "pass"
    assert [c["code"] for c in analysis.record["checks"]].count("sample_ratio") == 1


@ONE
def test_a_check_during_which_something_is_said_of_the_data_is_run_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hadi.domain.errors import Stale
    from hadi.services import analyses

    hypothesis = world.running(**PLAN, day="day")
    dataset = attached(world, hypothesis, csv(world, off="s2"))
    sums = analyses.analyse

    def meanwhile(*told: Any, **asked: Any) -> Any:
        change(world, dataset, accepted=["unit_mismatch"], reason="s2 sells by the wagon")
        return sums(*told, **asked)

    with monkeypatch.context() as busy:
        busy.setattr(analyses, "analyse", meanwhile)
        with pytest.raises(Stale, match="Nothing was stored: run it again"):
            run(world, hypothesis)
    assert hypothesis.current_test is not None and hypothesis.current_test.analyses == []
    assert run(world, hypothesis).verdict != "invalid"


@ONE
def test_red_data_carry_no_verdict_until_someone_says_why_they_are_right(world: World) -> None:
    from hadi.domain.errors import Invalid, NotAllowed
    from hadi.services import events

    hypothesis = world.running(**PLAN, day="day")
    dataset = attached(world, hypothesis, csv(world, off="s2"))
    assert dataset.quality is not None and dataset.quality["level"] == "red"
    analysis = run(world, hypothesis)
    assert analysis.verdict == "invalid" and "“s2”" in analysis.record["sentence"]
    with pytest.raises(NotAllowed):
        change(world, dataset, role="viewer", accepted=["unit_mismatch"], reason="so it is")
    with pytest.raises(Invalid) as refusal:
        change(world, dataset, accepted=["unit_mismatch"])
    assert list(refusal.value.fields) == ["reason"]
    report = change(world, dataset, accepted=["unit_mismatch"], reason="s2 sells by the wagon")
    assert report.level.value == "amber"
    event = events.history(hypothesis_id=hypothesis.id)[0]
    assert event.verb == "quality_settings"
    assert event.details["reason"] == "s2 sells by the wagon"
    again = run(world, hypothesis)
    assert again.verdict != "invalid" and status(again, "data_quality") == "warn"
    assert analysis.verdict == "invalid", "what was said then stays said"


@ONE
def test_repeated_rows_may_be_real(world: World) -> None:
    hypothesis = world.running(**PLAN, day="day")
    content = csv(world)
    dataset = attached(world, hypothesis, content + b"\n" + content.splitlines()[-1])
    assert status(run(world, hypothesis), "duplicates") == "warn"
    change(world, dataset, duplicates_are_real=True)
    assert status(run(world, hypothesis), "duplicates") == "pass"


@ONE
def test_a_day_column_can_be_named_afterwards(world: World) -> None:
    from hadi.domain.errors import Invalid

    hypothesis = world.running(**PLAN)
    dataset = attached(world, hypothesis, csv(world))
    assert status(run(world, hypothesis), "after_the_fact") == "warn"
    for column, code in (("when", "quality_setting_column"), ("sales", "quality_setting_not_days")):
        with pytest.raises(Invalid) as refusal:
            change(world, dataset, day=column)
        assert refusal.value.fields["day"].code == code
    assert change(world, dataset, day="day").first_day is not None
    assert status(run(world, hypothesis), "after_the_fact") == "pass"


@ONE
def test_missing_values_of_one_arm_alone_are_red(world: World) -> None:
    hypothesis = world.running(**PLAN, day="day")
    lines = csv(world).decode().splitlines()
    gone = [
        line.rpartition(",")[0] + "," if ",B," in line and place % 2 else line
        for place, line in enumerate(lines)
    ]
    dataset = attached(world, hypothesis, "\n".join(gone).encode())
    assert dataset.quality is not None and dataset.quality["level"] == "red"
    assert status(run(world, hypothesis), "data_quality") == "fail"


@ONE
def test_typed_counts_have_a_report_of_their_sums(world: World) -> None:
    from hadi.services import quality

    hypothesis = world.measured()
    test = hypothesis.current_test
    assert test is not None
    (dataset,) = test.datasets
    report = quality.report_of(dataset)
    assert report is not None and {f.code for f in report.findings} >= {"sample_ratio", "missing"}


@ONE
def test_large_data_are_looked_at_by_a_job(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import select

    from hadi.db import db
    from hadi.models import Job
    from hadi.services import quality

    monkeypatch.setattr(quality, "SOON", 10)
    hypothesis = world.running(**PLAN, day="day")
    dataset = attached(world, hypothesis, csv(world))
    jobs = list(db.session.scalars(select(Job).where(Job.kind == "assess")))
    assert [job.subject_id for job in jobs] == [dataset.id]
    db.session.refresh(dataset)
    assert dataset.quality is not None and jobs[0].state.value == "done"


@ONE
def test_the_check_names_no_value_of_a_tagged_column(world: World) -> None:
    from hadi.services import datasets, quality

    head, *rows = csv(world).decode().split()
    margins = [f"{row},{-43 if n == 50 else 20 + n % 17}" for n, row in enumerate(rows)]
    content = "\n".join([f"{head},margin", *margins]).encode()
    by, folder = world.actor("analyst"), folder_of(world)
    hypothesis = world.running(**PLAN)

    def told(dataset: Dataset) -> str:
        found = quality.checks(dataset, folder=folder, by=by, now=world.now)
        return " ".join(str(check.detail) for check in found)

    plain = attached(world, hypothesis, content)
    assert "−43" in told(plain)
    tagged = datasets.again(
        plain.id, mapping={}, tags={"margin": "margin"}, reason="not for all", folder=folder,
        by=by, now=world.later(),
    )  # fmt: skip
    assert "−43" not in told(tagged) and "may not see" in told(tagged)
