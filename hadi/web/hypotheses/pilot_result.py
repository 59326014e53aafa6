"""What the page of a pilot's result shows beside every result: the pilots against what was expected
of them, their gap among those of the other sites, and how the others were weighted.

What the pilot's own before and after would say stands in the fold at the very end: it is what the
page argues against.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from hadi.charts.timeline import TimeChart, gap_chart, pilot_chart, placebo_chart
from hadi.domain.pilot_plan import Decide, PilotPlan, Scale
from hadi.domain.plan import Plan
from hadi.domain.text import Figure, FigureKind
from hadi.web.hypotheses.plan_pilot import decide_word, method_word, scale_word
from hadi.web.shared.language import day, figure
from hadi.web.shared.typed_lists import written_names

Record = Mapping[str, Any]
MOST_WEIGHTS = 200
_NO_WEIGHT = 0.0005  # a share that reads as 0.0 %


@dataclass(frozen=True, slots=True)
class Weight:
    """A control and what it counts for."""

    site: str
    share: str


@dataclass(frozen=True, slots=True)
class PilotPart:
    """`pilot` is None where there is no estimate. `words` say the pictures to those who do not see
    them. `naive` is what a look at the pilot alone would say."""

    metric: str
    pilot: TimeChart | None
    gap: TimeChart | None
    placebo: TimeChart | None
    words: str
    facts: tuple[tuple[str, str], ...]
    chances: tuple[str, ...]
    weights: tuple[Weight, ...]
    weights_note: str
    is_even: bool  # every control counts the same
    naive: tuple[str, ...]
    method: tuple[tuple[str, str], ...]


def pilot_part(record: Record, plan: Plan) -> PilotPart | None:
    """The pilot's own part of a stored record; None for another design."""
    pilot = plan.pilot
    if pilot is None or record.get("design") != "pilot":
        return None
    kind = FigureKind.PERCENT if pilot.scale is Scale.LOG else FigureKind.NUMBER
    charts = _charts(record, kind)
    weights = tuple(_weights(record))
    shares = set(record["weights"].values())
    return PilotPart(
        metric=plan.primary.name if plan.primary else "",
        pilot=charts[0],
        gap=charts[1],
        placebo=charts[2],
        words=_words(record, kind),
        facts=tuple(_facts(record, kind)),
        chances=tuple(_chances(record, pilot, plan)),
        weights=weights,
        weights_note=_weights_note(record, weights),
        is_even=len(shares) == 1,
        naive=tuple(_naive(record, kind)),
        method=(
            (_("Without the change"), method_word(pilot.method)),
            (_("The effect is counted"), scale_word(pilot.scale)),
            (_("The test that decides"), decide_word(pilot.decide)),
        ),
    )


def _charts(
    record: Record, kind: FigureKind
) -> tuple[TimeChart | None, TimeChart | None, TimeChart | None]:
    series = record.get("series")
    if not series:
        return None, None, None
    times, start = _labels(series), series["first_post"]
    gaps, others = series["gaps"], series["others"]
    controls = len(record["sites"]["controls"])
    beside = None
    if others:
        left_out = max(controls - len(others), 0)
        beside = placebo_chart(times, gaps, others, start=start, left_out=left_out, kind=kind)
    return (
        pilot_chart(
            times,
            series["actual"],
            series["counterfactual"],
            start=start,
            low=series["low"],
            high=series["high"],
        ),
        gap_chart(times, gaps, start=start, kind=kind),
        beside,
    )


def _labels(series: Record) -> Sequence[str]:
    """The periods as the reader reads them: days as dates, anything else as it stands."""
    if series.get("kind") != "day":
        return [str(time) for time in series["times"]]
    return [day(date.fromisoformat(time)) for time in series["times"]]


def _words(record: Record, kind: FigureKind) -> str:
    effect = record["effect"]["estimate"]
    if effect is None:
        return ""
    said = figure(Figure(kind, effect, is_signed=True))
    return str(
        _("The pilot against what its controls let expect: %(effect)s after the start", effect=said)
    )


def _facts(record: Record, kind: FigureKind) -> Iterator[tuple[str, str]]:
    """What was compared, and what the others did meanwhile."""
    sites, periods = record["sites"], record["periods"]
    yield _("Pilots"), written_names(sites["treated"])
    yield _("Controls"), _count(len(sites["controls"]))
    yield (
        _("Periods before and after"),
        _(
            "%(before)s and %(after)s",
            before=_count(periods["before"]),
            after=_count(periods["after"]),
        ),
    )
    others = record["controls"]["estimate"]
    if others is not None:
        yield _("The controls changed by"), figure(Figure(kind, others, is_signed=True))


def _chances(record: Record, pilot: PilotPlan, plan: Plan) -> Iterator[str]:
    """What chance alone could do, in words: the test that decides first."""
    placebo = list(_placebo_words(record, plan))
    store = _store_words(record)
    told = [*store, *placebo] if pilot.decide is Decide.STORE_T else [*placebo, *store]
    yield from told


def _placebo_words(record: Record, plan: Plan) -> Iterator[str]:
    found = record["placebo"]
    p, smallest = found["p_value"], found["smallest_attainable"]
    if p is not None:
        n = found["assignments"]
        as_large = max(round(p * n), 1)
        exact = _(
            "Had chance named the pilots, %(few)s of %(n)s choices of sites would show a "
            "difference as large as this one: p %(p)s.",
            few=_count(as_large),
            n=_count(n),
            p=_p(p),
        )
        drawn = _(
            "Had chance named the pilots, about %(share)s of all choices of sites would show a "
            "difference as large as this one (%(n)s of them were tried): p %(p)s.",
            share=figure(Figure(FigureKind.SHARE, p)),
            n=_count(n),
            p=_p(p),
        )
        yield str(exact if found["exact"] else drawn)
    if smallest is not None:
        reach = (
            _("With these sites the test cannot give less than %(p)s.", p=_p(smallest))
            if smallest <= plan.alpha
            else _(
                "With these sites the test cannot give less than %(p)s, which is above the planned "
                "%(alpha)s: it could never have confirmed anything.",
                p=_p(smallest),
                alpha=_p(plan.alpha),
            )
        )
        yield str(reach)


def _store_words(record: Record) -> Iterator[str]:
    effect = record["effect"]
    if effect["estimate"] is None or effect.get("df") is None:
        return
    p = effect["p_value"] if effect["p_value"] is not None else 0.0
    yield str(
        _(
            "The t test on the sites’ changes, which supposes that they are roughly normal: "
            "p %(p)s with %(df)s degrees of freedom.",
            p=_p(p),
            df=_count(round(effect["df"])),
        )
    )


def _weights(record: Record) -> Iterator[Weight]:
    ranked = sorted(record["weights"].items(), key=lambda pair: -abs(pair[1]))
    for site, share in ranked[:MOST_WEIGHTS]:
        if abs(share) >= _NO_WEIGHT:
            yield Weight(site, figure(Figure(FigureKind.SHARE, share)))


def _weights_note(record: Record, shown: Sequence[Weight]) -> str:
    left = len(record["weights"]) - len(shown)
    if left <= 0:
        return ""
    return str(
        ngettext(
            "%(n)s control counts for next to nothing.",
            "%(n)s controls count for next to nothing.",
            left,
            n=_count(left),
        )
    )


def _naive(record: Record, kind: FigureKind) -> Iterator[str]:
    naive = record["naive"]
    if naive["estimate"] is None:
        return
    said = figure(Figure(kind, naive["estimate"], is_signed=True))
    if naive["p_value"] is None:
        yield str(_("The pilot alone, after against before: %(change)s.", change=said))
    else:
        yield str(
            _(
                "The pilot alone, after against before: %(change)s, p %(p)s by a t test over its "
                "periods.",
                change=said,
                p=_p(naive["p_value"]),
            )
        )
    yield str(
        _(
            "That is not the effect of the change: it takes the season and the common trend for an "
            "effect, and the periods of one site for independent ones."
        )
    )


def _p(value: float) -> str:
    return figure(Figure(FigureKind.P_VALUE, value))


def _count(n: int) -> str:
    return figure(Figure(FigureKind.COUNT, n))
