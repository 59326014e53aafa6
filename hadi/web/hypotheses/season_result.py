"""What the page of a test before and after shows beside every result: the profile of the year and
the field's formula, or what the regression found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from flask_babel import gettext as _

from hadi.charts.timeline import TimeChart, pilot_chart
from hadi.domain.plan import Plan
from hadi.domain.text import Figure, FigureKind
from hadi.web.shared.language import figure
from hadi.web.shared.season_found import SeasonFound, between, percent, season_found

Record: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SeasonPart:
    """`season` is None where no coefficients could be had; `regression` are the regression's own
    numbers, (label, value), and `chart` its lines, where there is one."""

    season: SeasonFound | None
    regression: tuple[tuple[str, str], ...]
    chart: TimeChart | None
    metric: str


def season_part(record: Record, plan: Plan) -> SeasonPart | None:
    """The part of a stored record that only one series has; None for another design, and before
    the end."""
    told = record.get("season")
    if plan.season is None or not told:
        return None
    return SeasonPart(
        season=season_found(told) if "coefficients" in told else None,
        regression=tuple(_regression(told.get("regression"))),
        chart=_chart(told.get("regression")),
        metric=plan.primary.name if plan.primary else "",
    )


def _chart(found: Record | None) -> TimeChart | None:
    """The series beside what its trend and its season let expect."""
    if found is None:
        return None
    return pilot_chart(
        found["times"], found["actual"], found["expected"], start=found["first_after"]
    )


def _regression(found: Record | None) -> Iterator[tuple[str, str]]:
    if found is None:
        return
    yield _("Mean effect over the time after"), _with_range(found["effect"])
    yield _("Step at the start"), _with_range(found["level"])
    if found["slope"]:
        yield _("Added with each period"), _with_range(found["slope"])
    yield _("Waves of the year"), figure(Figure(FigureKind.COUNT, found["waves"]))
    if found["family"] == "poisson":
        spread = figure(Figure(FigureKind.NUMBER, round(found["dispersion"], 4)))
        yield _("Spread of the counts against Poisson’s"), spread


def _with_range(effect: Record) -> str:
    return str(
        _("%(effect)s (%(range)s)", effect=percent(effect["estimate"]), range=between(effect))
    )
