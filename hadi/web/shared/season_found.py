"""The answer about a season in the reader's language: the same for the page of seasons and for the
result of a test, which is read from its stored record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from flask_babel import format_decimal
from flask_babel import gettext as _

from hadi.charts.season import SeasonProfile, season_profile
from hadi.domain.text import Figure, FigureKind
from hadi.web.shared.language import figure, month_names
from hadi.web.shared.pages import Column

Json: TypeAlias = Mapping[str, Any]

MONTHS = range(1, 13)
_YEARS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class FormulaLine:
    """One way to reckon: before, after, and the change that comes out."""

    label: str
    before: str
    after: str
    change: str
    note: str | None = None
    is_answer: bool = False


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month: its coefficient, and those of the years behind it. `span` is "before" or "after"."""

    name: str
    coefficient: str
    years: tuple[str, ...]
    span: str


@dataclass(frozen=True, slots=True)
class SeasonFound:
    """What was found. `stats`, `formula` and `earlier` are empty where nothing was compared."""

    stats: tuple[tuple[str, str], ...]
    profile: SeasonProfile
    columns: tuple[Column, ...]
    months: tuple[MonthLine, ...]
    sum: str
    formula_columns: tuple[Column, ...]
    formula: tuple[FormulaLine, ...]
    earlier: tuple[tuple[str, str], ...]
    method: str


def season_found(answer: Json) -> SeasonFound:
    """Read the object of `hadi season --json`."""
    before, after = _span(answer["before"]), _span(answer["after"])
    years = answer["years"][-_YEARS_SHOWN:]
    values = {month: float(answer["coefficients"][str(month)]) for month in MONTHS}
    is_told = answer["adjusted"] is not None
    return SeasonFound(
        stats=tuple(_stats(answer)),
        profile=season_profile(values, before=before, after=after),
        columns=(
            Column(_("Month")),
            Column(_("Coefficient"), is_figure=True),
            *(Column(_year(y["from"]), is_figure=True, is_hidden_on_phone=True) for y in years),
        ),
        months=tuple(
            MonthLine(
                month_names()[month - 1][0],
                coefficient(values[month]),
                tuple(coefficient(year["coefficients"][str(month)]) for year in years),
                "before" if month in before else "after" if month in after else "",
            )
            for month in MONTHS
        ),
        sum=str(format_decimal(round(answer["sum"], 6), format="0.00")),
        formula_columns=(
            Column(_("Reckoned as")),
            *(Column(label, is_figure=True) for label in (_("Before"), _("After"), _("Change"))),
        ),
        formula=tuple(_formula(answer)) if is_told and answer["formula"] else (),
        earlier=tuple((_year(e["from"]), percent(e["adjusted"])) for e in answer["earlier_years"]),
        method=_method(answer),
    )


def check_word(code: str) -> str | None:
    """What a check of a series is about; None for another's."""
    words = {
        "gaps": _("Missing periods"),
        "duplicates": _("Repeated periods"),
        "blank": _("Rows without a period"),
        "summed": _("Added up to months"),
        "partial_months": _("Months in part"),
        "years": _("Whole years"),
        "part_years": _("Left out of the coefficients"),
        "growth": _("Growth"),
        "spread": _("Years that disagree"),
        "window_gaps": _("Missing months of the comparison"),
        "units": _("Units"),
        "growing": _("Usual growth"),
        "range": _("No range"),
        "no_control": _("Nothing beside it"),
        "start": _("The month of the start"),
        "neighbours": _("Neighbouring periods"),
        "season": _("Season not modelled"),
    }
    found = words.get(code)
    return None if found is None else str(found)


def coefficient(value: float | None) -> str:
    """To three decimals: that is what tells one month from the next."""
    return "–" if value is None else str(format_decimal(value, format="0.000"))


def percent(fraction: float) -> str:
    return figure(Figure(FigureKind.PERCENT, round(fraction, 12), is_signed=True))


def amount(value: float) -> str:
    kind = FigureKind.COUNT if abs(value) >= 1000 else FigureKind.NUMBER
    return figure(Figure(kind, round(value, 6)))


def between(ends: Json) -> str:
    """From the low to the high end of an interval of fractions."""
    low, high = ends["low"], ends["high"]
    if low is None:
        return str(_("cannot be told"))
    if high is None:
        return str(_("%(low)s or more", low=percent(low)))
    return str(_("%(low)s to %(high)s", low=percent(low), high=percent(high)))


def _stats(answer: Json) -> list[tuple[str, str]]:
    if answer["naive"] is None:
        return []
    told = [(_("As measured"), percent(answer["naive"]))]
    if answer["adjusted"] is None:
        return told
    told.append((_("Without the season"), percent(answer["adjusted"])))
    if answer["growing"]:
        told.append((_("Without the usual growth, too"), percent(answer["effect"]["estimate"])))
    told.append((_("Range that chance allows"), between(answer["effect"])))
    return told


def _formula(answer: Json) -> list[FormulaLine]:
    """The field's formula in its two readings beside the standard one."""
    before, after, formula = answer["before"], answer["after"], answer["formula"]
    usual, adjusted = amount(formula["mean"]), percent(answer["adjusted"])
    levels = amount(before["without_season"]), amount(after["without_season"])
    ratios = [coefficient(formula["reciprocal"][name]) for name in ("before", "after")]
    return [
        FormulaLine(
            _("Fact, a month on average"), amount(before["mean"]), amount(after["mean"]),
            percent(answer["naive"]),
        ),
        FormulaLine(
            _("Coefficient of these months in earlier years (month ÷ average month)"),
            coefficient(before["coefficient"]), coefficient(after["coefficient"]), "",
        ),
        FormulaLine(_("The standard: fact ÷ coefficient"), *levels, adjusted, is_answer=True),
        FormulaLine(
            _("As it is said in the field: mean ÷ fact, on these months of earlier years"),
            ratios[0], ratios[1], "",
            _("One divided by the coefficient: a weak month has the higher number."),
        ),
        FormulaLine(_("Fact × that"), *levels, adjusted, _("The same as the standard.")),
        FormulaLine(
            _("Taken word for word: mean ÷ fact of the months judged, × that fact"),
            usual, usual, percent(0.0),
            _("Always the mean, whatever was done: the effect is divided away."),
        ),
    ]  # fmt: skip


def _span(window: Json | None) -> tuple[int, ...]:
    """The months of the year that a window holds, 1 to 12."""
    if window is None:
        return ()
    first, last = (_ordinal(window[end]) for end in ("from", "to"))
    return tuple(dict.fromkeys(month % 12 + 1 for month in range(first, last + 1)))


def _ordinal(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _method(answer: Json) -> str:
    methods = {
        "level": _("Each month’s mean over the years, divided by the mean of all months."),
        "years": _("Each month divided by the mean of its year, over the years together."),
        "trend": _("Each month divided by the moving average of twelve, over the years together."),
    }
    if answer.get("profile"):
        return str(_("Kept coefficients: “%(name)s”.", name=answer["profile"]["name"]))
    overs = {"mean": _("Of the years the mean."), "median": _("Of the years the median.")}
    return f"{methods[answer['method']]} {overs[answer['over']]}"


def _year(month: str) -> str:
    """A calendar year by its number, another by its first month."""
    year, number = month[:4], month[5:7]
    return year if number == "01" else f"{number}.{year}"
