"""“Can this test succeed?” as the plan form shows it: the answer in words and pictures."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from hadi.charts.gauge import Gauge, gauge
from hadi.charts.power_curve import PowerCurve, power_curve
from hadi.charts.verdict_bars import VerdictBar, verdict_bars
from hadi.domain.shares import adding_up
from hadi.domain.text import Figure, FigureKind
from hadi.services.power import PlanningAnswer
from hadi.web.shared.language import figure, say
from hadi.web.shared.pages import Page
from hadi.web.shared.render import chrome

SIMULATED = "planning_simulated"


@dataclass(frozen=True, slots=True)
class Answer:
    """Ready to be drawn; without figures `missing` or `problem` says why. `alarm` is said first and
    loudest: nothing this test could show would count. `stats` are (label, value, note). The
    curve's axis counts what `curve_unit` says; `simulated` stands by figures that chance has
    touched, and says by how much."""

    missing: tuple[str, ...] = ()
    problem: str | None = None
    alarm: str | None = None
    gauge: Gauge | None = None
    lead: str = ""
    more: tuple[str, ...] = ()
    help: str | None = None
    note: str | None = None
    stats: tuple[tuple[str, str, str | None], ...] = ()
    bars: tuple[VerdictBar, ...] = ()
    bars_title: str = ""
    simulated: str | None = None
    curve: PowerCurve | None = None
    curve_title: str = ""
    curve_unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage(Page):
    """The answer alone, as htmx asks for it."""

    answer: Answer


def answer_page(answer: Answer) -> AnswerPage:
    return AnswerPage(title="", chrome=chrome(), answer=answer)


def answer_of(found: PlanningAnswer) -> Answer:
    """The service's answer in the reader's words and pictures."""
    if found.missing:
        return Answer(missing=tuple(say(text) for text in found.missing))
    if found.problem is not None:
        return Answer(problem=say(found.problem))
    assert found.verdicts is not None
    shares = adding_up(found.verdicts, kept="confirmed")
    alarm = None if found.can_confirm else say(found.sentences[0])
    simulated = next((text for text in found.sentences if text.code == SIMULATED), None)
    plain = [text for text in found.sentences if text is not simulated]
    lead, *more = (say(text) for text in plain[0 if found.can_confirm else 1 :])
    planned = (found.at_units, found.power) if found.is_planned else None
    curve = power_curve(found.curve, target=found.wanted, planned=planned) if found.curve else None
    words = _cluster_words(found) if found.counts_clusters else _unit_words(found)
    return Answer(
        alarm=alarm,
        gauge=gauge(shares["confirmed"], target=found.wanted),
        lead=lead,
        more=tuple(more),
        help=say(found.help) if found.help else None,
        note=say(found.honest_note) if found.honest_note else None,
        stats=tuple(_stats(found, words)),
        bars=verdict_bars(shares),
        bars_title=words.bars,
        simulated=say(simulated) if simulated else None,
        curve=curve,
        curve_title=words.curve,
        curve_unit=words.axis,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """The labels that name what is counted: units, or clusters."""

    needed: str
    at: str
    ends_at: str
    bars: str
    curve: str
    axis: str


def _unit_words(found: PlanningAnswer) -> _Words:
    n = _count(found.at_units)
    return _Words(
        needed=_("Units needed per arm"),
        at=_("with %(n)s units per arm", n=n),
        ends_at=_("units per arm, were the expected effect true"),
        bars=_("What %(n)s units per arm would say", n=n),
        curve=_("Chance to see the effect, by units per arm"),
        axis=_("Units per arm"),
    )


def _cluster_words(found: PlanningAnswer) -> _Words:
    n = _count(found.at_units)
    return _Words(
        needed=_("Clusters needed per arm"),
        at=_("with %(n)s clusters per arm", n=n),
        ends_at=_("clusters per arm, were the expected effect true"),
        bars=_("What %(n)s clusters per arm would say", n=n),
        curve=_("Chance to see the effect, by clusters per arm"),
        axis=_("Clusters per arm"),
    )


def _stats(found: PlanningAnswer, words: _Words) -> list[tuple[str, str, str | None]]:
    needed = _count(found.needed_units) if found.needed_units is not None else "–"
    smallest = figure(found.smallest_effect) if found.smallest_effect else "–"
    stats: list[tuple[str, str, str | None]] = [
        (words.needed, needed, _("to see the expected effect")),
        (_("Smallest effect it can see"), smallest, words.at),
    ]
    if found.expected_units is not None:
        stats.append((_("Ends on average at"), _count(found.expected_units), words.ends_at))
    if found.smallest_p is not None:
        stats.append(
            (_("Smallest possible p"), figure(found.smallest_p), _("so few clusters give no less"))
        )
    return stats


def _count(n: int) -> str:
    return figure(Figure(FigureKind.COUNT, n))
