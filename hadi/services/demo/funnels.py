"""The demo's funnel: deals with building firms, half of which get an offer with two examples, and
the test that is judged on who of them moved on. Invented here, the same at every run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from hadi.db import db
from hadi.domain.permissions import Actor
from hadi.ingest.limits import Limits
from hadi.models import Funnel, FunnelDeals, Hypothesis
from hadi.services import analyses, datasets, funnel_deals, funnels, hypotheses, plans

HEAD = (
    "deal", "stage", "date", "next task", "manager", "territory", "role", "source", "offer",
)  # fmt: skip
STAGES = ("New", "Qualified", "Offer sent", "Waiting for the decision", "Won")
LOST = "Lost"
_KEY = 2
_ARMS = ("usual", "with two examples")
_MOVED = (0.25, 0.31)
_PER_ARM = 1_260
_WEEKS = 6  # in which deals come to the key stage
_EXPORTED = 77  # days after the start
_MANAGERS = ("Aija", "Bruno", "Celine", "Dace", "Egon", "Fanni")
_LANDS = ("north", "coast", "south")
_SOURCES = ("site", "fair", "call", "referral")


def tell(actors: Mapping[str, Actor], *, folder: Path, now: datetime) -> int:
    """Define the funnel, send its deals, and let a test be judged on them; how many hypotheses
    that makes."""
    begins = (now - timedelta(days=_EXPORTED + 4)).date()
    sent = _at(now, begins, _EXPORTED + 1)
    funnel = _defined(actors, _at(now, begins, -20))
    hypothesis = _started(actors, begins, now)
    deals = _sent(funnel, actors["analyst"], begins, folder, sent)
    staged = funnel_deals.use(
        funnel.id, deals.id, hypothesis=hypothesis, limits=Limits(), folder=folder,
        incoming=folder.parent / "incoming", by=actors["analyst"], now=sent,
    )  # fmt: skip
    datasets.attach(staged.id, mapping={}, folder=folder, by=actors["analyst"], now=sent)
    analyses.run(hypothesis.id, folder=folder, by=actors["analyst"], now=sent)
    return 1


def content(begins: date) -> bytes:
    """The deals as a file, as a CRM would export them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows(_rows(begins))
    return text.getvalue().encode("utf-8-sig")


def _at(now: datetime, begins: date, days: int) -> datetime:
    """Ten in the morning of a day counted from the first of the test."""
    day = begins + timedelta(days=days)
    return min(now.replace(year=day.year, month=day.month, day=day.day, hour=10), now)


def _defined(actors: Mapping[str, Actor], at: datetime) -> Funnel:
    days = {"Offer sent": 14, "Waiting for the decision": 30}
    stages = [
        {"name": name, "days": days.get(name), "kind": "key" if place == _KEY else "stage"}
        for place, name in enumerate(STAGES[:-1])
    ]
    body = {
        "name": "Sales to building firms",
        "stages": [
            *stages, {"name": STAGES[-1], "kind": "won"}, {"name": LOST, "kind": "lost"},
        ],
        "days": 7,
        "note": "Deals from 500 EUR; what is sold at the counter is not in the CRM.",
        "responsible": actors["lead"].user_id,
    }  # fmt: skip
    return funnels.create(body=body, by=actors["analyst"], now=at)


def _sent(funnel: Funnel, by: Actor, begins: date, folder: Path, at: datetime) -> FunnelDeals:
    deals = funnel_deals.keep(
        funnel.id, file=io.BytesIO(content(begins)), filename="deals of the spring.csv",
        limits=Limits(), folder=folder, by=by, now=at,
    )  # fmt: skip
    mapping = {
        "deal": "deal", "stage": "stage", "entered_at": "date", "task": "next task",
        "manager": "manager", "territory": "territory", "role": "role", "source": "source",
        "arm": "offer",
    }  # fmt: skip
    return funnel_deals.name_columns(
        funnel.id, deals.id, mapping=mapping, as_of=begins + timedelta(days=_EXPORTED),
        folder=folder, by=by, now=at,
    )  # fmt: skip


def _started(actors: Mapping[str, Actor], begins: date, now: datetime) -> Hypothesis:
    author = actors["lead"]
    hypothesis = hypotheses.create(
        change="send a concrete offer with two examples from the client’s trade",
        effect="5 points more of the offers are taken into consideration",
        reason="the client sees that it fits what they build",
        by=author, now=_at(now, begins, -12),
    )  # fmt: skip
    body = {
        "design": "split", "variant": "arm", "control": _ARMS[0], "unit": "deal",
        "split": dict.fromkeys(_ARMS, 0.5), "planned_units": 1_251, "baseline": 0.25,
        "expected_effect": 0.06, "day": "entered_on", "starts_on": begins.isoformat(),
        "ends_on": (begins + timedelta(days=7 * _WEEKS + 14)).isoformat(),
        "budget": {"amount": 900, "currency": "EUR"},
        "owner": author.user_id, "steward": actors["analyst"].user_id,
        "metrics": [
            {"name": "moved on from the offer", "kind": "conversion", "columns": ["moved"],
             "role": "primary", "threshold": 0.05, "better": "higher"},
        ],
    }  # fmt: skip
    db.session.flush()
    plans.save(
        hypothesis.id, body=body, version=hypothesis.version, by=author, now=_at(now, begins, -9)
    )
    hypotheses.start(hypothesis.id, by=author, now=_at(now, begins, -2))
    return hypothesis


def _rows(begins: date) -> Iterator[tuple[object, ...]]:
    """Deals that got an offer, and those that have not come so far; each stage with its day."""
    random = Random("two examples from the trade")  # noqa: S311 - a demo, not a secret
    exported = begins + timedelta(days=_EXPORTED)
    for number in range(2 * _PER_ARM):
        arm = number % 2
        offered = begins + timedelta(days=number * 7 * _WEEKS // (2 * _PER_ARM))
        goes_on = number // 2 < round(_MOVED[arm] * _PER_ARM)
        chance = random.random()
        about = _about(random, _ARMS[arm])
        if goes_on:
            end = STAGES[4] if chance < 0.42 else LOST if chance < 0.72 else ""
            reached = 3
        else:
            end = "" if chance < 0.1 else LOST
            reached = _KEY
        days = [offered - timedelta(days=random.randint(9, 15)), offered - timedelta(days=4),
                offered, offered + timedelta(days=random.randint(3, 12))]  # fmt: skip
        task = "" if end else _task(random, exported)
        for place in range(reached + 1):
            yield (f"B-{number:05d}", STAGES[place], days[place], task, *about)
        if end:
            closed = days[reached] + timedelta(days=random.randint(4, 12))
            yield (f"B-{number:05d}", end, closed, "", *about)
    for number in range(420):  # these are on their way to an offer, or never came to one
        day = exported - timedelta(days=random.randint(1, 40))
        end = LOST if random.random() < 0.3 else ""
        about = _about(random, "")
        task = "" if end else _task(random, exported)
        yield (f"C-{number:05d}", STAGES[0], day, task, *about)
        if random.random() < 0.6:
            yield (f"C-{number:05d}", STAGES[1], min(day + timedelta(3), exported), task, *about)
        if end:
            yield (f"C-{number:05d}", end, min(day + timedelta(5), exported), "", *about)


def _about(random: Random, arm: str) -> tuple[str, ...]:
    manager = random.randrange(len(_MANAGERS))
    role = "Hunter" if manager < 2 else "Closer"
    return (_MANAGERS[manager], _LANDS[manager % 3], role, random.choice(_SOURCES), arm)


def _task(random: Random, exported: date) -> str:
    """When the next task is due: most deals have one, and some are late."""
    luck = random.random()
    if luck < 0.18:
        return ""
    late = luck < 0.26
    day = exported + timedelta(days=-random.randint(1, 9) if late else random.randint(0, 12))
    return day.isoformat()
