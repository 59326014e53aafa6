"""Sites that a pilot changes and that no list of stores knows.

A store's first test needs its sales model and its technology. A store that nobody entered has
neither, so that whoever keeps a list is told to enter it; where no list is kept nothing is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from hadi.db import db
from hadi.domain.errors import Blocker
from hadi.domain.folding import folded
from hadi.domain.lifecycle import State
from hadi.domain.text import Text
from hadi.models import Hypothesis, Unit
from hadi.services import units

NAMED = 12  # sites; the others are counted
_AHEAD = (State.IDEA, State.PLANNED)


@dataclass(frozen=True, slots=True)
class Sites:
    """Of the sites that get the change: those that no unit goes by, and those that two do."""

    unknown: tuple[str, ...] = ()
    of_several: tuple[str, ...] = ()
    has_register: bool = True


def of(hypothesis: Hypothesis) -> Sites:
    """The sites of its plan that are no unit."""
    test = hypothesis.current_test
    plan = test.plan if test else None
    if plan is None or plan.pilot is None or not plan.pilot.treated:
        return Sites()
    if db.session.scalar(select(Unit.id).limit(1)) is None:
        return Sites(has_register=False)
    names = units.names_of(units.going_by(plan.pilot.treated))
    known = units.known_as(plan.pilot.treated, names)
    others = [site for site in dict.fromkeys(plan.pilot.treated) if site not in known]
    several = [site for site in others if any(folded(site) in level for level in names)]
    return Sites(tuple(site for site in others if site not in several), tuple(several))


def blockers(hypothesis: Hypothesis) -> tuple[Blocker, ...]:
    """What of them stands in the way of a start."""
    return tuple(Blocker(text, "units") for text in _texts(of(hypothesis)))


def warnings(hypothesis: Hypothesis) -> tuple[Text, ...]:
    """The same before somebody starts; and advice where no list is kept."""
    if hypothesis.state not in _AHEAD:
        return ()
    found = of(hypothesis)
    return tuple(_texts(found)) if found.has_register else (Text("where_no_register"),)


def _texts(found: Sites) -> list[Text]:
    listed = (("units_not_entered", found.unknown), ("units_of_several", found.of_several))
    return [Text(code, n=len(sites), units=_named(sites)) for code, sites in listed if sites]


def _named(sites: tuple[str, ...]) -> str | Text:
    shown = ", ".join(sites[:NAMED])
    more = len(sites) - NAMED
    return Text("surroundings_names", names=shown, n=more) if more > 0 else shown
