"""The season of a series as people read it: the sentence, the profile, and the formula."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from hadi.analysis.season import Season, percent
from hadi.charts.season import SeasonProfile, season_profile
from hadi.domain.text import Figure, FigureKind, Text
from hadi.stats.results import Interval
from hadi.stats.season_change import Change, Window
from hadi.web.seasons.forms import SeasonForm
from hadi.web.shared.data_tabs import data_tabs
from hadi.web.shared.language import figure, month_names, say
from hadi.web.shared.pages import Column, Page, Tab
from hadi.web.shared.render import chrome

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
    """A month: its coefficient, and those of the years behind it."""

    name: str
    coefficient: str
    years: tuple[str, ...]
    span: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. `formula` is empty where nothing was compared."""

    sentence: str
    stats: tuple[tuple[str, str], ...]
    profile: SeasonProfile
    columns: tuple[Column, ...]
    months: tuple[MonthLine, ...]
    sum: str
    formula: tuple[FormulaLine, ...]
    formula_columns: tuple[Column, ...]
    earlier: tuple[tuple[str, str], ...]
    checks: tuple[tuple[str, str, str], ...]
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonsPage(Page):
    """`/data/seasons`."""

    tabs: tuple[Tab, ...]
    form: SeasonForm
    found: Found | None
    problem: str | None


def seasons_page(
    form: SeasonForm, answer: Season | None = None, problem: Text | None = None
) -> SeasonsPage:
    return SeasonsPage(
        title=_("Seasons"),
        chrome=chrome(),
        tabs=data_tabs("seasons"),
        form=form,
        found=found_of(answer) if answer else None,
        problem=say(problem) if problem else None,
    )


def found_of(answer: Season) -> Found:
    """The answer in the reader's language."""
    found, changed = answer.found, answer.change
    spans = _months_of(changed.before, changed.after) if changed else ((), ())
    names = month_names()
    starts = found.years.starts[-_YEARS_SHOWN:]
    rows = found.by_year[-_YEARS_SHOWN:]
    return Found(
        sentence=say(answer.text),
        stats=tuple(_stats(answer, changed)) if changed else (),
        profile=season_profile(
            dict(zip(MONTHS, found.values, strict=True)), before=spans[0], after=spans[1]
        ),
        columns=(
            Column(_("Month")),
            Column(_("Coefficient"), is_figure=True),
            *(Column(_year(start), is_figure=True, is_hidden_on_phone=True) for start in starts),
        ),
        months=tuple(
            MonthLine(
                names[month - 1][0],
                coefficient(found.values[month - 1]),
                tuple("–" if row[month - 1] != row[month - 1] else coefficient(row[month - 1])
                      for row in rows),
                "before" if month in spans[0] else "after" if month in spans[1] else "",
            )
            for month in MONTHS
        ),
        sum=coefficient(found.sum),
        formula=tuple(_formula(answer, changed)) if changed and answer.is_comparable else (),
        formula_columns=(
            Column(_("Reckoned as")),
            *(Column(label, is_figure=True) for label in (_("Before"), _("After"), _("Change"))),
        ),
        earlier=tuple(
            (_year(placebo.first), figure(percent(placebo.adjusted)))
            for placebo in (changed.placebos if changed and answer.is_comparable else ())
        ),
        checks=tuple((c.status.value, check_word(c.code), say(c.detail)) for c in answer.checks),
        method=_method(answer),
    )  # fmt: skip


def check_word(code: str) -> str:
    """What a check of a series is about."""
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
    return str(words.get(code, code))


def coefficient(value: float) -> str:
    return figure(Figure(FigureKind.NUMBER, round(float(value), 4)))


def _stats(answer: Season, changed: Change) -> list[tuple[str, str]]:
    told = [(_("As measured"), figure(percent(changed.naive)))]
    if not answer.is_comparable:
        return told
    told.append((_("Without the season"), figure(percent(changed.adjusted))))
    if changed.growing:
        told.append((_("Without the usual growth, too"), figure(percent(changed.effect))))
    shown = changed.effect_interval if changed.growing else changed.interval
    told.append((_("Range that chance allows"), _range(shown)))
    return told


def _range(interval: Interval | None) -> str:
    if interval is None or interval.low is None:
        return str(_("cannot be told"))
    low = figure(percent(interval.low))
    if interval.high is None:
        return str(_("%(low)s or more", low=low))
    return str(_("%(low)s to %(high)s", low=low, high=figure(percent(interval.high))))


def _formula(answer: Season, changed: Change) -> list[FormulaLine]:
    """The field's formula in its two readings beside the standard one."""
    before, after = changed.before, changed.after
    usual = _amount(float(answer.found.years.table.mean()))
    adjusted = figure(percent(changed.adjusted))
    levels = _amount(before.level), _amount(after.level)
    ratios = [coefficient(1.0 / window.coefficient) for window in (before, after)]
    return [
        FormulaLine(
            _("Fact, a month on average"), _amount(before.mean), _amount(after.mean),
            figure(percent(changed.naive)),
        ),
        FormulaLine(
            _("Coefficient of these months in earlier years (month ÷ average month)"),
            coefficient(before.coefficient), coefficient(after.coefficient), "",
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
            usual, usual, figure(Figure(FigureKind.PERCENT, 0.0)),
            _("Always the mean, whatever was done: the effect is divided away."),
        ),
    ]  # fmt: skip


def _amount(value: float) -> str:
    kind = FigureKind.COUNT if abs(value) >= 1000 else FigureKind.NUMBER
    return figure(Figure(kind, round(value, 6)))


def _months_of(before: Window, after: Window) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The months of the year that are compared, 1 to 12."""
    first = tuple(dict.fromkeys(month % 12 + 1 for month in before.months))
    second = tuple(dict.fromkeys(month % 12 + 1 for month in after.months))
    return first, second


def _method(answer: Season) -> str:
    methods = {
        "level": _("Each month’s mean over the years, divided by the mean of all months."),
        "years": _("Each month divided by the mean of its year, over the years together."),
        "trend": _("Each month divided by the moving average of twelve, over the years together."),
    }
    overs = {"mean": _("Of the years the mean."), "median": _("Of the years the median.")}
    return f"{methods[answer.found.method]} {overs[answer.found.over]}"


def _year(start: int) -> str:
    return f"{start // 12}" if start % 12 == 0 else f"{start % 12 + 1:02d}.{start // 12}"
