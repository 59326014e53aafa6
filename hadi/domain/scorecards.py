"""Scorecards: what a visitor looks for, how each answer counts, and whether a step was carried out.

What does not apply is not a failure: every share is of what applied. A criterion that two people
read differently is left out until it is defined anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from hadi.domain.errors import Blocker
from hadi.domain.text import Text

CODE = "fidelity"
FIDELITY_FLOOR = 0.6  # below it a test was not executed, and says nothing of its idea
KAPPA_FLOOR = 0.4
VISITS_FLOOR = 3  # of one store: fewer tell of the day, not of the store


class Mark(StrEnum):
    """A visitor's answer."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


class FailureCause(StrEnum):
    """Why a change was not carried out, or did nothing though it was: causes lie in the change and
    its surroundings, never in a person."""

    CANNOT = "cannot"
    NO_BENEFIT = "no_benefit"
    FEAR = "fear"
    TOOL_FAILS = "tool_fails"
    TOOL_MISSING = "tool_missing"
    STAFFING = "staffing"


_WRITTEN: Mapping[str, Mark] = {
    **dict.fromkeys(("1", "1.0", "yes", "y", "true", "met", "да", "igen", "+"), Mark.MET),
    **dict.fromkeys(
        ("0", "0.0", "no", "n", "false", "not met", "not_met", "нет", "nem"), Mark.NOT_MET
    ),
    **dict.fromkeys(
        ("na", "n/a", "n.a.", "not applicable", "not_applicable", "н/п", "нп",
         "не применимо", "неприменимо", "n. a.", "nem alkalmazható"),
        Mark.NOT_APPLICABLE,
    ),
}  # fmt: skip


def read_mark(written: object) -> Mark | None:
    """The answer that somebody wrote; None for nothing. Raises ValueError for anything else."""
    told = " ".join(str("" if written is None else written).split()).casefold()
    if not told:
        return None
    if told not in _WRITTEN:
        raise ValueError(told)
    return _WRITTEN[told]


@dataclass(frozen=True, slots=True)
class CheckPoint:
    """Who sees that a step was carried out, when, and by what."""

    who: str = ""
    when: str = ""
    evidence: str = ""

    @property
    def is_complete(self) -> bool:
        return bool(self.who and self.when and self.evidence)


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a visitor looks for, by its number on the card."""

    number: int
    name: str
    is_mandatory: bool = False
    check_point: CheckPoint = CheckPoint()


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit found: a mark a criterion, and those of a second coder."""

    id: str
    day: date
    unit: str = ""
    marks: Mapping[int, Mark] = field(default_factory=dict)
    second: Mapping[int, Mark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Share:
    """How much of what applied was met; `not_applicable` is left out of both."""

    met: int = 0
    applied: int = 0
    not_applicable: int = 0

    @property
    def value(self) -> float | None:
        return self.met / self.applied if self.applied else None

    def __add__(self, other: Share) -> Share:
        return Share(
            self.met + other.met,
            self.applied + other.applied,
            self.not_applicable + other.not_applicable,
        )

    @classmethod
    def of(cls, marks: Iterable[Mark]) -> Share:
        told = list(marks)
        met, away = told.count(Mark.MET), told.count(Mark.NOT_APPLICABLE)
        return cls(met, len(told) - away, away)


def steps_without_check(criteria: Iterable[Criterion]) -> tuple[Blocker, ...]:
    """The mandatory steps whose check point is not named: nobody could say that they were taken."""
    return tuple(
        Blocker(Text("step_needs_check_point", number=each.number, step=each.name), "scorecard")
        for each in criteria
        if each.is_mandatory and not each.check_point.is_complete
    )
