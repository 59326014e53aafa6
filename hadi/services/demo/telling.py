"""Telling the stories of the demo workspace, one step of the lifecycle after the other."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from hadi.db import db, transaction
from hadi.domain.lifecycle import Decision, Insight
from hadi.domain.permissions import JOB, Actor
from hadi.domain.scaling import RolloutStatus
from hadi.ingest.limits import Limits
from hadi.models import Hypothesis, Rollout, User
from hadi.models.dataset import Relation
from hadi.services import (
    analyses,
    conclusions,
    costs,
    datasets,
    hypotheses,
    pilot_choices,
    pilots,
    plans,
    rollouts,
    users,
    workspace,
)
from hadi.services.demo import baskets, days, feeding, funnels, places, revenue, rows, visits
from hadi.services.demo.doubts import DOUBTS
from hadi.services.demo.people import PEOPLE
from hadi.services.demo.pilots import PILOTS
from hadi.services.demo.seasonal import SEASONAL
from hadi.services.demo.stories_closed import CLOSED
from hadi.services.demo.stories_open import OPEN
from hadi.services.demo.story import (
    Counted,
    Drawn,
    Guard,
    Measure,
    Past,
    Reach,
    Scaling,
    Spent,
    Story,
)
from hadi.services.demo.studies import STUDIES

CURRENCY = "EUR"


def is_empty() -> bool:
    """Whether nobody and nothing is in the database yet."""
    return db.session.scalar(select(User.id).limit(1)) is None


def fill(*, password: str, folder: Path, now: datetime) -> int:
    """Fill an empty database; returns how many hypotheses it holds then. `folder` takes the data
    sets, `now` is the moment the stories lead up to. One transaction: all or nothing."""
    now = now.replace(minute=0, second=0, microsecond=0)
    told = (*OPEN, *CLOSED, *STUDIES, *DOUBTS, *SEASONAL, *PILOTS)
    stories = sorted(told, key=lambda story: -story.age_days)
    workspace.ensure()
    with transaction():
        _workspace()
        people = {
            person.key: users.add(
                email=person.email,
                name=person.name,
                roles=[person.role.value],
                language=person.language if person.language != "en" else None,
                password=password,
                by=JOB,
                now=now - timedelta(days=200),
            )
            for person in PEOPLE
        }
        actors = {key: users.actor_for(user) for key, user in people.items()}
        places.enter(actors, now - timedelta(days=190))
        days.enter(actors, now)
        for number, story in enumerate(stories, start=1):
            _Teller(story, number, actors, folder, now).tell()
        places.change(actors, now)
        revenue.enter(actors, now)
        more = baskets.tell(actors, folder=folder, now=now)
        more += funnels.tell(actors, folder=folder, now=now)
        more += visits.tell(actors, folder=folder, now=now)
    return len(stories) + more


def _workspace() -> None:
    row = workspace.current()
    row.name = "Volt & Wire"
    row.currency = CURRENCY
    row.is_demo = True  # the sign-in page offers its people


@dataclass(slots=True)
class _Teller:
    """Tells one story; the clock runs from the story's age to now."""

    story: Story
    number: int
    actors: dict[str, Actor]
    folder: Path
    now: datetime

    def tell(self) -> None:
        story = self.story
        hypothesis = hypotheses.create(
            change=story.change, effect=story.effect, reason=story.reason, language=story.language,
            by=self.author, now=self.day(0),
        )  # fmt: skip
        reach = story.reach
        if story.measure is not None:
            self.plan(hypothesis, story.measure)
        if story.where is not None:
            places.say(hypothesis, story.where, by=self.author, now=self.day(1.4))
        if reach in (Reach.IDEA, Reach.DRAFT, Reach.PLANNED):
            return
        if reach is Reach.ARCHIVED:
            hypotheses.archive(
                hypothesis.id, reason=story.archive_reason, by=self.author, now=self.day(5)
            )
            return
        hypotheses.start(hypothesis.id, by=self.author, now=self.day(3))
        for spent in story.costs:
            self.spend(hypothesis, spent)
        if story.where is not None:
            places.log(
                story.where, self.day(3).date(), by=self.actors["analyst"], at=self.day,
                now=self.now,
            )  # fmt: skip
        if story.data is not None or story.study is not None:
            self.measure(hypothesis)
        if story.closing is not None:
            self.close(hypothesis)

    @property
    def author(self) -> Actor:
        return self.actors[self.story.author]

    def day(self, days: float, hour: int = 9) -> datetime:
        """A moment `days` after the capture, during working hours, never in the future."""
        start = self.now - timedelta(days=self.story.age_days)
        moment = start.replace(hour=hour) + timedelta(days=days, minutes=7 * self.number % 60)
        return min(moment, self.now - timedelta(minutes=40 - self.number % 30))

    def plan(self, hypothesis: Hypothesis, measure: Measure) -> None:
        story = self.story
        begins = self.day(3).date()
        is_draft = story.reach is Reach.DRAFT
        body: dict[str, Any] = {
            "design": "split",
            "variant": "group",
            "control": story.arms[0],
            "split": dict.fromkeys(story.arms, 1.0),
            "unit": "client",
            "metrics": [_metric(measure), *([_guardrail(story.guard)] if story.guard else [])],
            "baseline": measure.baseline,
            "baseline_sd": measure.sd,
            "expected_effect": measure.expected,
            "budget": None if is_draft else {"amount": story.budget, "currency": CURRENCY},
            "money": {**story.worth, "currency": CURRENCY} if story.worth else None,
            "starts_on": begins.isoformat(),
            "ends_on": (begins + timedelta(days=story.lasts_days)).isoformat(),
            "planned_units": _planned_units(story),
            "owner": self.actors[story.owner or story.author].user_id,
            "steward": None if is_draft else self.actors[story.steward].user_id,
        }
        if story.reach is Reach.PLANNED:
            begins = (self.now + timedelta(days=2 + self.number % 4)).date()
            body["starts_on"] = begins.isoformat()
            body["ends_on"] = (begins + timedelta(days=story.lasts_days)).isoformat()
        if story.study is not None:
            body |= story.study.plan
            if story.study.dated is not None:
                body |= story.study.dated(begins)
        elif story.file or story.table:
            body["day"] = rows.DAY
        db.session.flush()  # the version counts what is written
        plans.save(
            hypothesis.id, body=body, version=hypothesis.version, by=self.author, now=self.day(1)
        )

        if story.past is not None:
            self.look_back(hypothesis, story.past, begins)

    def look_back(self, hypothesis: Hypothesis, past: Past, begins: date) -> None:
        """The weeks before a pilot, and the draw of its sites."""
        at = self.day(1.2)
        until = min(begins, at.date())
        content = rows.past(self.story, self.number, begins, until)
        pilots.keep_file(
            hypothesis.id, file=io.BytesIO(content), filename="past weeks.csv", folder=self.folder,
            by=self.author, now=at,
        )  # fmt: skip
        if past.count:
            history = pilots.history_of(hypothesis.current_test_id or "")
            assert history is not None
            db.session.flush()
            pilot_choices.draw(
                hypothesis.id, candidates=history.sites, count=past.count, seed=past.seed,
                folder=self.folder, version=hypothesis.version, by=self.author, now=self.day(1.3),
            )  # fmt: skip

    def spend(self, hypothesis: Hypothesis, spent: Spent) -> None:
        at = self.day(3 + spent.day, hour=17)
        body = {
            "amount": spent.amount, "currency": CURRENCY, "kind": spent.kind,
            "spent_on": at.date(), "note": spent.note,
        }  # fmt: skip
        costs.add(hypothesis.id, body=body, by=self.author, now=at)

    def measure(self, hypothesis: Hypothesis) -> None:
        story, steward = self.story, self.actors[self.story.steward]
        after = 3 + story.lasts_days + 1
        if story.study is not None and story.study.after_days is not None:
            after = 3 + story.study.after_days
        attached_at = self.day(after, hour=11)
        if story.table:
            feeding.feed(
                hypothesis, content=rows.content(story, self.number, self.day(3).date()),
                table=story.table, folder=self.folder, by=steward, now=attached_at,
            )  # fmt: skip
        elif story.file:
            self.attach(hypothesis, attached_at)
        else:
            datasets.attach_counts(
                hypothesis.id, counts=_counts(story), by=steward, now=attached_at
            )
        made = analyses.run(
            hypothesis.id, folder=self.folder, by=steward, now=self.day(after + 0.1, hour=12)
        )
        if story.study is not None and story.study.then is not None:
            story.study.then(
                hypothesis, made.dataset, begins=self.day(3).date(), folder=self.folder, by=steward,
                now=self.day(after + 1, hour=10),
            )  # fmt: skip

    def attach(self, hypothesis: Hypothesis, at: datetime) -> None:
        """The story's file: at once, week by week, or after one that was wrong."""
        story, begins = self.story, self.day(3).date()
        if story.is_weekly:
            parts = rows.weeks(story, self.number, begins)
            for number, content in enumerate(parts):
                name = story.file.replace(".", f" week {number + 1}.")
                week = min(at, self.day(3 + 7 * (number + 1), hour=11))
                relation = Relation.INCREMENT if number else Relation.WHOLE
                self.attach_file(hypothesis, content, name, relation, "", week)
            return
        whole = rows.content(story, self.number, begins)
        if not story.corrected:
            self.attach_file(hypothesis, whole, story.file, Relation.WHOLE, "", at)
            return
        early = rows.incomplete(story, self.number, begins)
        before = at - timedelta(days=1)
        self.attach_file(hypothesis, early, story.file, Relation.WHOLE, "", before)
        name = story.file.replace(".", " complete.")
        self.attach_file(hypothesis, whole, name, Relation.CORRECTION, story.corrected, at)

    def attach_file(
        self, hypothesis: Hypothesis, content: bytes, name: str, relation: Relation, reason: str,
        at: datetime,
    ) -> None:  # fmt: skip
        steward = self.actors[self.story.steward]
        staged = datasets.stage(
            hypothesis.id, file=io.BytesIO(content), filename=name, folder=self.folder,
            limits=Limits(), by=steward, now=at,
        )  # fmt: skip
        datasets.attach(
            staged.id, mapping={}, relation=relation, reason=reason, folder=self.folder,
            by=steward, now=at,
        )  # fmt: skip

    def close(self, hypothesis: Hypothesis) -> None:
        closing = self.story.closing
        assert closing is not None
        at = self.day(self.story.lasts_days + 7, hour=15)
        insight = Insight(closing.learned, closing.holds_where, closing.next)
        conclusions.write_insight(hypothesis.id, insight=insight, by=self.author, now=at)
        if not closing.decision:
            return
        is_scaling = closing.decision == "scale"
        conclusions.record(
            hypothesis.id, decision=Decision(closing.decision), reason=closing.reason,
            override=closing.override, acknowledge_payback=is_scaling,
            by=self.actors["leader"] if is_scaling else self.author,
            now=self.day(self.story.lasts_days + 9, hour=16),
        )  # fmt: skip
        if self.story.scaling is not None:
            self.scale(hypothesis, self.story.scaling)

    def scale(self, hypothesis: Hypothesis, scaling: Scaling) -> None:
        leader = self.actors["leader"]
        found = select(Rollout).where(Rollout.hypothesis_id == hypothesis.id)
        rollout = db.session.scalars(found).one()
        begun = self.day(self.story.lasts_days + 20)
        if scaling.status is RolloutStatus.STOPPED:
            rollouts.move(
                rollout.id, to=scaling.status, reason=scaling.stop_reason, by=leader, now=begun
            )
        if not scaling.scope:
            return
        rollouts.start_wave(
            rollout.id, scope=scaling.scope, starts_on=begun.date(),
            measure_on=(begun + timedelta(days=60)).date(), by=leader, now=begun,
        )  # fmt: skip
        if scaling.held is None:
            return
        assert scaling.effect is not None
        measured = self.day(self.story.lasts_days + 82)
        estimate, low, high = scaling.effect
        rollouts.measure(
            rollout.id, 1, has_held=scaling.held, effect=estimate, low=low, high=high,
            note=scaling.note, by=leader, now=measured,
        )  # fmt: skip
        rollouts.move(rollout.id, to=scaling.status, by=leader, now=measured)


def _metric(measure: Measure) -> dict[str, Any]:
    return {
        "name": measure.name,
        "kind": "mean" if measure.sd else "conversion",
        "columns": [measure.name],
        "role": "primary",
        "threshold": measure.threshold,
        "better": measure.better,
        "proxy": measure.is_proxy,
    }


def _guardrail(guard: Guard) -> dict[str, Any]:
    return {
        "name": guard.name,
        "kind": "conversion",
        "columns": [guard.name],
        "role": "guardrail",
        "better": guard.better,
        "margin": guard.margin,
    }


def _planned_units(story: Story) -> int:
    """What a team would plan: about what it later has, or more where the test still runs."""
    if isinstance(story.data, Counted):
        units = min(story.data.control[1], story.data.treatment[1])
    elif isinstance(story.data, Drawn):
        units = story.data.units
    else:
        return 800
    return units * 2 if story.reach is Reach.COLLECTING else units


def _counts(story: Story) -> list[dict[str, Any]]:
    assert isinstance(story.data, Counted)
    pairs = zip(story.arms, (story.data.control, story.data.treatment), strict=True)
    return [
        {"arm": arm, "units": units, "successes": successes} for arm, (successes, units) in pairs
    ]
