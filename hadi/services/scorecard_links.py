"""Which scorecard watches a hypothesis, whether its test may start, and whether it was carried out.

The card is chosen before the data: afterwards nobody picks the one that explains a result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.analysis.scorecards import Assessment, assess, fidelity_check
from hadi.db import db, new_id, transaction
from hadi.domain.errors import Blocked, Blocker, Invalid, Stale
from hadi.domain.folding import folded
from hadi.domain.months import no_day
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.plan import Plan
from hadi.domain.scorecards import CODE, Visit
from hadi.domain.statement import LIMIT
from hadi.domain.text import Text
from hadi.domain.verdict import Check, CheckStatus
from hadi.models import Hypothesis, Scorecard, ScorecardLink, Test
from hadi.services import events, hypotheses, scorecard_visits, scorecards, units
from hadi.services.scorecard_steps import of_hypothesis


def of_card(card: Scorecard) -> list[ScorecardLink]:
    """What a card watches, by the number of the hypothesis."""
    query = (
        select(ScorecardLink)
        .join(Hypothesis, Hypothesis.id == ScorecardLink.hypothesis_id)
        .where(ScorecardLink.scorecard_id == card.id)
        .options(joinedload(ScorecardLink.hypothesis))
        .order_by(Hypothesis.number.desc())
    )
    return list(db.session.scalars(query))


# --------------------------------------------------------------------------------- choosing
def link(
    hypothesis_id: str,
    *,
    body: Mapping[str, Any],
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> ScorecardLink:
    """Let a card watch a hypothesis: `scorecard` (its id), `units` (names, none for all) and
    `since` (a day, where it is not the plan's first). Raises Invalid, Stale, NotAllowed; Blocked
    once data are attached."""
    with (
        hypotheses.logging_refusals("link_scorecard", hypothesis_id, by=by, now=now),
        transaction(),
    ):
        hypothesis = _choosing(hypothesis_id, by)
        found = of_hypothesis(hypothesis)
        _refuse_stale(found, version)
        before = _logged(found) if found else {}
        card, names, since = _read((_told(found) if found else {}) | dict(body), by)
        if found is None:
            found = ScorecardLink(
                id=new_id(), hypothesis_id=hypothesis.id, author_id=by.user_id, created_at=now
            )
            db.session.add(found)
        found.scorecard = card
        found.units, found.since, found.updated_at = "\n".join(names), since, now
        db.session.flush()
        changed = events.difference(before, _logged(found))
        if changed:
            events.record(
                "scorecard_linked", subject="hypothesis", subject_id=hypothesis.id, by=by, now=now,
                hypothesis=hypothesis, changes=changed, details={"name": card.name},
            )  # fmt: skip
    return found


def unlink(hypothesis_id: str, *, version: int | None = None, by: Actor, now: datetime) -> None:
    """No card watches it any more. Raises Blocked, Stale, NotAllowed."""
    with (
        hypotheses.logging_refusals("link_scorecard", hypothesis_id, by=by, now=now),
        transaction(),
    ):
        hypothesis = _choosing(hypothesis_id, by)
        found = of_hypothesis(hypothesis)
        _refuse_stale(found, version)
        if found is None:
            told = Blocker(Text("no_scorecard_linked"), "scorecard")
            raise Blocked(Text("step_refused"), [told])
        events.record(
            "scorecard_unlinked", subject="hypothesis", subject_id=hypothesis.id, by=by, now=now,
            hypothesis=hypothesis, details={"name": found.scorecard.name},
        )  # fmt: skip
        db.session.delete(found)


# --------------------------------------------------------------------------------- reading
def begins(link: ScorecardLink, plan: Plan | None) -> date | None:
    """Since when the change should be carried out: as chosen, else by the plan."""
    if link.since is not None:
        return link.since
    if plan is None:
        return None
    for written in (_start_of(plan), plan.starts_on):
        if isinstance(written, date):
            return written
    return None


def assessed(link: ScorecardLink, plan: Plan | None, *, day: date | None = None) -> Assessment:
    """What the card's visits say of this hypothesis, in its stores and up to its last day; `day`
    is today, where the plan names no day to begin with."""
    card = link.scorecard
    everything = scorecard_visits.counted(card)
    visits = _in_units(link, plan, everything)
    since = begins(link, plan) or day
    until = plan.ends_on if plan is not None else None
    if until is not None and since is not None and until < since:
        until = None
    asked = [each.rule for each in card.asked]
    return assess(asked, visits, since=since, until=until, coding=everything)


def of_whole_card(
    card: Scorecard, *, since: date | None = None, unit: str = "", by: Actor
) -> Assessment:
    """What all its visits say, before and since a day, of one store or of all."""
    require(by, Permission.VIEW)
    everything = scorecard_visits.counted(card)
    visits = [each for each in everything if not unit or folded(each.unit) == folded(unit)]
    return assess([each.rule for each in card.asked], visits, since=since, coding=everything)


def executed(hypothesis: Hypothesis, test: Test, plan: Plan) -> Iterable[Check]:
    """Whether a test was carried out, where a card watches it: a finding of its analysis."""
    found = of_hypothesis(hypothesis)
    if found is None:
        return
    since = begins(found, plan)
    if since is None and test.started_at is not None:
        since = test.started_at.date()
    if since is None:
        yield Check(CODE, CheckStatus.WARN, Text("fidelity_no_start"))
        return
    assessment = assessed(found, plan, day=since)
    yield fidelity_check(assessment, since)
    few = next((check for check in assessment.checks if check.code == "few_visits"), None)
    if few is not None and assessment.fidelity.visits:
        yield few


def _in_units(link: ScorecardLink, plan: Plan | None, visits: list[Visit]) -> list[Visit]:
    """The visits of the stores that are named, else of a pilot's; by code, name or alias."""
    wanted = link.unit_names or _treated(plan)
    if not wanted:
        return visits
    known = units.known_as({*wanted, *(visit.unit for visit in visits)})

    def key(label: str) -> str:
        return known[label].id if label in known else folded(label)

    keys = {key(name) for name in wanted}
    return [visit for visit in visits if key(visit.unit) in keys]


def _treated(plan: Plan | None) -> tuple[str, ...]:
    return plan.pilot.treated if plan is not None and plan.pilot is not None else ()


def _start_of(plan: Plan) -> date | None:
    """The day that the change of a pilot, or of before and after, begins; None where its periods
    are no days."""
    own = plan.pilot or plan.season
    written = own.start if own is not None else None
    if written is None:
        return None
    try:
        return date.fromisoformat(f"{written}-01" if len(written) == 7 else written[:10])
    except ValueError:
        return None


# --------------------------------------------------------------------------------- parts
def _choosing(hypothesis_id: str, by: Actor) -> Hypothesis:
    hypothesis = hypotheses.locked(hypothesis_id)
    require(by, Permission.EDIT_PLAN, hypotheses.stake(hypothesis))
    test = hypothesis.current_test
    if test is not None and hypotheses.has_outcomes(test):
        told = Blocker(Text("scorecard_link_after_data"), "scorecard")
        raise Blocked(Text("step_refused"), [told])
    return hypothesis


def _refuse_stale(found: ScorecardLink | None, version: int | None) -> None:
    if version is not None and version != (found.version if found else 0):
        raise Stale(Text("scorecard_link_changed_meanwhile"))


def _logged(found: ScorecardLink) -> dict[str, Any]:
    """As the log keeps it, for people to read."""
    return _told(found) | {
        "scorecard": found.scorecard.name,
        "units": ", ".join(found.unit_names),
    }


def _told(found: ScorecardLink) -> dict[str, Any]:
    return {
        "scorecard": found.scorecard.id,
        "units": list(found.unit_names),
        "since": found.since.isoformat() if found.since else None,
    }


def _read(body: Mapping[str, Any], by: Actor) -> tuple[Scorecard, tuple[str, ...], date | None]:
    wrong: dict[str, Text] = {}
    written = str(body.get("scorecard") or "")
    card = None
    if not written:
        wrong["scorecard"] = Text("scorecard_link_needs_card")
    else:
        card = scorecards.find(written, by=by)
        if card.closed_at is not None:
            wrong["scorecard"] = Text("scorecard_is_closed")
    given = body.get("units") or ()
    lines = given.splitlines() if isinstance(given, str) else [str(each) for each in given]
    names = tuple(dict.fromkeys(name for line in lines if (name := " ".join(line.split()))))
    if sum(len(name) + 1 for name in names) > 10 * LIMIT:
        wrong["units"] = Text("scorecard_text_long", limit=10 * LIMIT)
    since = None
    if body.get("since") not in (None, ""):
        try:
            value = body["since"]
            since = value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            wrong["since"] = no_day(body["since"], Text("visit_needs_day"))
    if wrong:
        raise Invalid(Text("scorecard_link_invalid"), wrong)
    assert card is not None
    return card, names, since
