"""What past weeks say of a pilot, as its page and the form of its plan show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from hadi.domain.text import Figure, FigureKind, Text
from hadi.services.pilot_chances import Chances, Reach, Suggested
from hadi.web.hypotheses.plan_answers import Answer
from hadi.web.shared.language import figure, say

SHOWN = 12  # suggested sites before the rest is folded


@dataclass(frozen=True, slots=True)
class AdviceLine:
    """A change that helps; `fields` go with its button, where there is one."""

    sentence: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReachRow:
    """A number of pilots: the smallest p, and for each length what can be seen."""

    treated: str
    smallest_p: str
    cells: tuple[tuple[str, bool], ...]  # what is seen, and whether that is the plan


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A suggested site with the reason for its place."""

    site: str
    why: str
    is_taken: bool


@dataclass(frozen=True, slots=True)
class PilotAnswer:
    """Ready to be drawn. `lead` is the answer in a sentence, `alarm` what is said before it."""

    missing: tuple[str, ...] = ()
    problem: str | None = None
    alarm: str | None = None
    lead: str = ""
    more: tuple[str, ...] = ()
    stats: tuple[tuple[str, str, str | None], ...] = ()
    lengths: tuple[str, ...] = ()
    reaches: tuple[ReachRow, ...] = ()
    advice: tuple[AdviceLine, ...] = ()
    no_advice: str | None = None
    controls: tuple[SiteLine, ...] = ()
    pilots: tuple[SiteLine, ...] = field(default=())


def pilot_answer(found: Chances) -> PilotAnswer:
    """The service's answer in the reader's words."""
    lead, *more = (say(text) for text in found.sentences) if found.sentences else ("",)
    advice = tuple(AdviceLine(say(one.text), _fields(one.change)) for one in found.advice)
    return PilotAnswer(
        missing=tuple(say(text) for text in found.missing),
        problem=say(found.problem) if found.problem else None,
        alarm=say(found.alarm) if found.alarm else None,
        lead=lead,
        more=tuple(more),
        stats=_stats(found),
        lengths=tuple(
            _count(after) for after in dict.fromkeys(reach.after for reach in found.reaches)
        ),
        reaches=_rows(found.reaches),
        advice=advice,
        no_advice=None if advice or not found.sentences else say(Text("pilot_help_none")),
        controls=_sites(found.controls),
        pilots=_sites(found.pilots),
    )


def form_answer(found: Chances) -> Answer:
    """The same beside the form of the plan: short, without the sites."""
    answer = pilot_answer(found)
    if not answer.lead:
        return Answer(missing=answer.missing, problem=answer.problem, alarm=answer.alarm)
    return Answer(
        missing=answer.missing,
        alarm=answer.alarm,
        lead=answer.lead,
        more=answer.more,
        help=answer.advice[0].sentence if answer.advice else answer.no_advice,
        stats=answer.stats,
    )


def _stats(found: Chances) -> tuple[tuple[str, str, str | None], ...]:
    if found.smallest_p is None:
        return ()
    seen = figure(found.effect) if found.effect else "–"
    return (
        (_("Smallest effect it can see"), seen, None),
        (_("Smallest possible p"), figure(found.smallest_p), _("so few sites give no less")),
    )


def _rows(reaches: Sequence[Reach]) -> tuple[ReachRow, ...]:
    found: dict[int, list[Reach]] = {}
    for reach in reaches:
        found.setdefault(reach.n_treated, []).append(reach)
    return tuple(
        ReachRow(
            _count(treated),
            figure(each[0].smallest_p),
            tuple((_seen(one), one.is_planned) for one in each),
        )
        for treated, each in found.items()
    )


def _seen(one: Reach) -> str:
    """The smallest effect; where the test that decides sees none, what Student's t would."""
    if one.effect is not None:
        return figure(one.effect)
    return "–" if one.by_t is None else _("t: %(effect)s", effect=figure(one.by_t))


def _sites(suggested: Sequence[Suggested]) -> tuple[SiteLine, ...]:
    return tuple(
        SiteLine(one.site, "; ".join(say(text) for text in one.why), one.is_taken)
        for one in suggested
    )


def _fields(change: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    """A change as the hidden fields of its button."""
    if change is None:
        return ()
    fields: list[tuple[str, str]] = []
    for part in ("treated", "controls"):
        if part in change:
            fields += [("part", part), *((part, site) for site in change[part])]
    for name, part in (("periods", "planned_units"), ("alpha", "alpha"), ("decide", "decide")):
        if part in change:
            fields.append((name, str(change[part])))
    return tuple(fields)


def _count(n: int) -> str:
    return figure(Figure(FigureKind.COUNT, n))
