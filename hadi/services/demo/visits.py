"""The demo's scorecard: a conversation that visitors find carried out while the till stays where it
was, and a change that hardly anybody carried out. Invented here, the same at every run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from hadi.db import db
from hadi.domain.lifecycle import Insight
from hadi.domain.permissions import Actor
from hadi.models import Hypothesis, Scorecard
from hadi.services import (
    analyses,
    conclusions,
    datasets,
    hypotheses,
    plans,
    scorecard_links,
    scorecard_visits,
    scorecards,
)
from hadi.services.demo.places import code

STORE = code(7)
BEFORE, AFTER = (6, 7, 6, 8, 7, 5), (10, 11, 9, 10, 11, 10)
CRITERIA = 12
STEPS = {
    3: ("the shift lead", "once a shift", "a line in the shift log"),
    4: ("the shift lead", "once a shift", "a line in the shift log"),
    7: ("the till", "at every receipt", "the add-on stands on the same receipt"),
    8: ("the mentor", "on Fridays", "two conversations heard together"),
    10: ("the mentor", "on Fridays", "two conversations heard together"),
}
# Marks of two coders: both met, the first alone, the second alone, neither.
CODED = {3: (11, 1, 1, 7), 7: (6, 5, 5, 4)}
# Which criteria are met first: with the template's steps early, a high score has carried them out.
_ORDER = (1, 3, 2, 4, 5, 8, 10, 7, 12, 9, 6, 11)
_PAIRS = ((1, 1), (1, 0), (0, 1), (0, 0))


def tell(actors: Mapping[str, Actor], *, folder: Path, now: datetime) -> int:
    """Make the card, send visitors, and let two tests be watched by it; how many hypotheses that
    makes."""
    begins = (now - timedelta(days=64)).date()
    card = _card(actors["lead"], _at(now, begins, -40))
    _coded_twice(card, actors["analyst"], begins, now)
    _carried_out(card, actors, begins, folder, now)
    _not_carried_out(card, actors, begins + timedelta(days=18), folder, now)
    return 2


def _at(now: datetime, begins: date, days: int, hour: int = 10) -> datetime:
    """A day counted from the first of the test."""
    day = begins + timedelta(days=days)
    return min(now.replace(year=day.year, month=day.month, day=day.day, hour=hour), now)


def _card(by: Actor, at: datetime) -> Scorecard:
    card = scorecards.create(
        name="A conversation at the counter",
        purpose="Whether the conversation is led as it was trained. It says nothing of sales, and "
        "is no ground for praising or punishing anyone.",
        say=str, by=by, now=at,
    )  # fmt: skip
    for number, (who, when, evidence) in STEPS.items():
        body = {"check_who": who, "check_when": when, "check_evidence": evidence}
        scorecards.edit_criterion(card.id, number, body=body, by=by, now=at)
    return card


def _visit(
    card: Scorecard, name: str, day: date, marks: Mapping[str, int], *, unit: str, by: Actor,
    now: datetime, **more: Any,
) -> None:  # fmt: skip
    body = {"code": name, "visited_on": day, "unit": unit, "marks": marks, **more}
    scorecard_visits.add(card.id, body=body, by=by, now=now)


def _score(met: int) -> dict[str, int]:
    reached = set(_ORDER[:met])
    return {str(n): int(n in reached) for n in range(1, CRITERIA + 1)}


def _coded_twice(card: Scorecard, by: Actor, begins: date, now: datetime) -> None:
    """Twenty visits in five other shops, two criteria of which a second person marked too."""
    pairs = {number: list(_each(table)) for number, table in CODED.items()}
    for place in range(20):
        day = begins + timedelta(days=place // 5 - 34)
        marks = _score(6 + place % 3)
        second = {}
        for number, found in pairs.items():
            first, other = found[place]
            marks[str(number)], second[str(number)] = first, other
        _visit(
            card, f"R-{place + 1:02d}", day, marks, unit=code(1 + place % 5), by=by,
            now=_at(now, begins, place // 5 - 34), second=second, second_coder="Mia Chen",
        )  # fmt: skip


def _each(table: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    for pair, count in zip(_PAIRS, table, strict=True):
        yield from [pair] * count


def _carried_out(
    card: Scorecard, actors: Mapping[str, Actor], begins: date, folder: Path, now: datetime
) -> None:
    """The score rises, the till does not."""
    lead, analyst = actors["lead"], actors["analyst"]
    hypothesis = _hypothesis(
        actors, begins, now,
        change="lead the whole conversation at the counter in twelve steps",
        effect="the share of receipts with an add-on rises by 4 points",
        reason="a client who feels understood takes what belongs to it",
        threshold=0.04, baseline=0.14,
    )  # fmt: skip
    _watch(hypothesis, card, (STORE,), lead, _at(now, begins, -6))
    for place, met in enumerate(BEFORE):
        day = begins + timedelta(days=2 * place - 14)
        at = _at(now, begins, 2 * place - 14)
        _visit(card, f"V-{place + 1:02d}", day, _score(met), unit=STORE, by=lead, now=at)
    hypotheses.start(hypothesis.id, by=lead, now=_at(now, begins, -1))
    for place, met in enumerate(AFTER):
        day = begins + timedelta(days=4 * place + 4)
        at = _at(now, begins, 4 * place + 4)
        _visit(card, f"V-{place + 7:02d}", day, _score(met), unit=STORE, by=lead, now=at)
    _measured(hypothesis, ((182, 1300), (189, 1310)), analyst, folder, _at(now, begins, 33))
    insight = Insight(
        "The twelve steps were carried out and the receipts stayed as they were.",
        "One shop, its regular clients.",
        "Ask clients what they had to come back for.",
        "tool_fails",
    )
    conclusions.write_insight(hypothesis.id, insight=insight, by=lead, now=_at(now, begins, 35))


def _not_carried_out(
    card: Scorecard, actors: Mapping[str, Actor], begins: date, folder: Path, now: datetime
) -> None:
    """Hardly anybody did it: the idea was not tested."""
    lead, stores = actors["tom"], (code(9), code(10))
    hypothesis = _hypothesis(
        actors, begins, now,
        change="ask for the limits of every request: quality, budget and time",
        effect="the share of receipts with an add-on rises by 3 points",
        reason="an offer within the limits need not be thought over",
        threshold=0.03, baseline=0.14, author="tom",
    )  # fmt: skip
    _watch(hypothesis, card, stores, lead, _at(now, begins, -6))
    hypotheses.start(hypothesis.id, by=lead, now=_at(now, begins, -1))
    for place, met in enumerate((4, 3, 5, 4, 3, 4)):
        day = begins + timedelta(days=4 * place + 3)
        _visit(
            card, f"W-{place + 1:02d}", day, _score(met), unit=stores[place % 2], by=lead,
            now=_at(now, begins, 4 * place + 3),
        )  # fmt: skip
    counts = ((203, 1450), (212, 1440))
    _measured(hypothesis, counts, actors["analyst"], folder, _at(now, begins, 33))


def _watch(
    hypothesis: Hypothesis, card: Scorecard, stores: tuple[str, ...], by: Actor, at: datetime
) -> None:
    body = {"scorecard": card.id, "units": stores}
    scorecard_links.link(hypothesis.id, body=body, by=by, now=at)


def _hypothesis(
    actors: Mapping[str, Actor],
    begins: date,
    now: datetime,
    *,
    change: str,
    effect: str,
    reason: str,
    threshold: float,
    baseline: float,
    author: str = "lead",
) -> Hypothesis:
    by = actors[author]
    hypothesis = hypotheses.create(
        change=change, effect=effect, reason=reason, by=by, now=_at(now, begins, -10)
    )
    body = {
        "design": "split", "variant": "shift", "control": "usual",
        "split": {"usual": 0.5, "new": 0.5}, "planned_units": 1_300, "baseline": baseline,
        "expected_effect": threshold * 1.25, "starts_on": begins.isoformat(),
        "ends_on": (begins + timedelta(days=28)).isoformat(),
        "budget": {"amount": 400, "currency": "EUR"},
        "owner": by.user_id, "steward": actors["analyst"].user_id,
        "metrics": [
            {"name": "add-on in receipt", "kind": "conversion", "columns": ["add_on"],
             "role": "primary", "threshold": threshold, "better": "higher"},
        ],
    }  # fmt: skip
    db.session.flush()
    plans.save(
        hypothesis.id, body=body, version=hypothesis.version, by=by, now=_at(now, begins, -7)
    )
    return hypothesis


def _measured(
    hypothesis: Hypothesis,
    counts: tuple[tuple[int, int], tuple[int, int]],
    by: Actor,
    folder: Path,
    at: datetime,
) -> None:
    typed = [
        {"arm": arm, "units": units, "successes": successes}
        for arm, (successes, units) in zip(("usual", "new"), counts, strict=True)
    ]
    datasets.attach_counts(hypothesis.id, counts=typed, by=by, now=at)
    analyses.run(hypothesis.id, folder=folder, by=by, now=at)
