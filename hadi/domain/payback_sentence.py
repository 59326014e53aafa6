"""What is said of a payback: one sentence, with figures for those who may see money or without."""

from __future__ import annotations

from hadi.domain.money import amount_figure
from hadi.domain.payback import Assessment
from hadi.domain.scaling import Payback
from hadi.domain.text import Figure, FigureKind, Text, day_figure

Param = Figure | Text

DAY = 1 / 7  # of a week; nobody wants a payback to the minute


def sentence(found: Assessment) -> Text:
    """The payback in one sentence, its interval with it."""
    match found.payback:
        case Payback.NOT_ASSESSED:
            return Text("payback_says_not_assessed")
        case Payback.TOO_EARLY:
            assert found.matures_on is not None
            return Text("payback_says_too_early", day=day_figure(found.matures_on))
        case Payback.PAID_BACK:
            return _paid_back(found)
        case Payback.WILL_PAY_BACK:
            return Text("payback_says_will", **_weeks(found))
        case Payback.MAY_PAY_BACK:
            return Text("payback_says_may", **_weeks(found))
        case Payback.DOES_NOT_PAY_BACK:
            if found.weeks is not None and found.weeks.low is None:
                return Text("payback_says_never")
            return Text("payback_says_does_not", **_weeks(found))


def figure_of(weeks: float | None) -> Text:
    """How long: "18.8 weeks", or "never"."""
    if weeks is None:
        return Text("payback_never")
    if 0 < weeks < DAY:
        return Text("payback_within_a_day")
    return Text("payback_in_weeks", weeks=_number(weeks))


def interval_of(found: Assessment) -> Text | None:
    """“18.8 weeks (11.0 to 67.4)”; the end that never comes is said so."""
    weeks = found.weeks
    if weeks is None:
        return None
    if weeks.estimate is None:
        return Text("payback_never")
    low = _bare(weeks.low)
    high = _bare(weeks.high)
    return Text("payback_weeks_interval", weeks=figure_of(weeks.estimate), low=low, high=high)


def _bare(weeks: float | None) -> Param:
    if weeks is None:
        return Text("payback_never")
    return Text("payback_within_a_day") if 0 < weeks < DAY else _number(weeks)


def _number(weeks: float) -> Figure:
    return Figure(FigureKind.COUNT if weeks == int(weeks) else FigureKind.NUMBER, weeks)


def _weeks(found: Assessment) -> dict[str, Param]:
    assert found.weeks is not None and found.limit_weeks is not None
    return {
        "estimate": figure_of(found.weeks.estimate),
        "soonest": figure_of(found.weeks.low),
        "latest": figure_of(found.weeks.high),
        "limit": figure_of(found.limit_weeks),
    }


def _paid_back(found: Assessment) -> Text:
    assert found.earned is not None and found.cost is not None
    currency = found.cost.currency
    return Text(
        "payback_says_paid",
        earned=amount_figure(found.earned.estimate, currency),
        cost=found.cost.figure,
        **_weeks(found),
    )
