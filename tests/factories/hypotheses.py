"""People of every role, and hypotheses as far as a test needs them, made by the services alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from hadi.domain.permissions import Actor
    from hadi.models import Hypothesis

PASSWORD = "a long and quiet phrase 42"
NOW = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
ROLES = ("member", "analyst", "leader", "admin", "viewer")
NAMES = {
    "member": "Mira Petrova",
    "analyst": "Dániel Kiss",
    "leader": "Oleg Smirnov",
    "admin": "Anna Kovács",
    "viewer": "Vera Nagy",
}


class World:
    """A workspace with one person of each role; everything is the member's unless said."""

    def __init__(self, app: Flask) -> None:
        from hadi.domain.permissions import JOB
        from hadi.services import users

        self.app = app
        self.now = NOW
        self.ids: dict[str, str] = {}
        for role in ROLES:
            person = users.add(
                email=email_of(role),
                name=NAMES[role],
                roles=[role],
                by=JOB,
                now=NOW,
            )
            self.ids[role] = person.id

    def let_in(self, role: str) -> None:
        """Give that person the password; hashing it takes long enough to do it when asked."""
        from hadi.domain.permissions import JOB
        from hadi.services import users

        users.set_password(user_id=self.ids[role], password=PASSWORD, by=JOB, now=NOW)

    def actor(self, role: str = "member") -> Actor:
        from hadi.domain.permissions import Actor, ActorKind, RoleName

        return Actor(ActorKind.PERSON, self.ids[role], frozenset({RoleName(role)}))

    def later(self, **passed: float) -> datetime:
        """The clock moves on, so that the order of events is plain."""
        self.now += timedelta(**passed or {"minutes": 1})
        return self.now

    def idea(self, change: str = "lay a cable beside every lamp", **parts: Any) -> Hypothesis:
        from hadi.services import hypotheses

        by = self.actor(parts.pop("by", "member"))
        return hypotheses.create(change=change, **parts, by=by, now=self.later())

    def planned(self, change: str = "lay a cable beside every lamp", **plan: Any) -> Hypothesis:
        from hadi.services import plans

        hypothesis = self.idea(change, effect="add-on sales rise", reason="nobody has to ask")
        return plans.save(
            hypothesis.id,
            body=self.plan(**plan),
            version=hypothesis.version,
            by=self.actor(),
            now=self.later(),
        )

    def running(self, change: str = "lay a cable beside every lamp", **plan: Any) -> Hypothesis:
        from hadi.services import hypotheses

        hypothesis = self.planned(change, **plan)
        return hypotheses.start(hypothesis.id, by=self.actor(), now=self.later())

    def with_data(
        self,
        change: str = "lay a cable beside every lamp",
        counts: Sequence[tuple[int, int]] = ((2000, 200), (2000, 300)),
        **plan: Any,
    ) -> Hypothesis:
        hypothesis = self.running(change, **plan)
        self.attach(hypothesis, counts)
        return hypothesis

    def attach(self, hypothesis: Hypothesis, counts: Sequence[tuple[int, int]]) -> None:
        """Typed counts, (units, successes) of the arms A and B."""
        from hadi.services import datasets

        datasets.attach_counts(
            hypothesis.id,
            counts=[
                {"arm": arm, "units": units, "successes": successes}
                for arm, (units, successes) in zip("AB", counts, strict=True)
            ],
            by=self.actor("analyst"),
            now=self.later(days=20),
        )

    def measured(self, change: str = "lay a cable beside every lamp", **plan: Any) -> Hypothesis:
        from hadi.services import analyses

        hypothesis = self.with_data(change, **plan)
        folder = self.app.extensions["hadi_settings"].data_dir / "datasets"
        analyses.run(hypothesis.id, folder=folder, by=self.actor("analyst"), now=self.later())
        return hypothesis

    def concluded(self, decision: str = "stop", **parts: Any) -> Hypothesis:
        from hadi.domain.lifecycle import Decision, Insight
        from hadi.services import conclusions

        hypothesis = self.measured(**parts)
        conclusions.record(
            hypothesis.id,
            decision=Decision(decision),
            reason="the numbers are clear",
            insight=Insight("cables sell in sight", "open aisles", "try bulbs"),
            acknowledge_payback=True,
            by=self.actor("leader"),
            now=self.later(),
        )
        return hypothesis

    def plan(self, **changed: Any) -> dict[str, Any]:
        """The JSON of a complete plan, ready to start."""
        return {
            "design": "split",
            "variant": "arm",
            "control": "A",
            "split": {"A": 0.5, "B": 0.5},
            "metrics": [
                {
                    "name": "Add-on sale",
                    "kind": "conversion",
                    "columns": ["bought"],
                    "role": "primary",
                    "threshold": 0.02,
                    "better": "higher",
                }
            ],
            "baseline": 0.1,
            "budget": {"amount": "150", "currency": "EUR"},
            "planned_units": 1000,
            "owner": self.ids["member"],
            "steward": self.ids["analyst"],
        } | changed


def email_of(role: str) -> str:
    return f"{role}@example.org"
