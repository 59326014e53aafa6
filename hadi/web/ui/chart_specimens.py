"""The charts of the gallery: invented stores, months, deals and money."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from random import Random

from hadi.charts.contributions import Contribution, Contributions, contributions
from hadi.charts.funnel import Funnel, Stage, funnel
from hadi.charts.payback import PaybackCurve, payback_curve
from hadi.charts.season import SeasonProfile, season_profile
from hadi.charts.timeline import TimeChart, gap_chart, pilot_chart, placebo_chart
from hadi.charts.year import Span, YearStrip, year_strip
from hadi.domain.text import Figure, FigureKind

_WEEKS, _START = 34, 26


@dataclass(frozen=True, slots=True)
class ChartSpecimens:
    """Each chart, with the states that are drawn differently."""

    pilot: TimeChart
    gap: TimeChart
    placebo: TimeChart
    seasons: tuple[tuple[str, SeasonProfile], ...]
    funnel: Funnel
    contributions: Contributions
    paybacks: tuple[tuple[str, PaybackCurve], ...]
    year: YearStrip


def chart_specimens() -> ChartSpecimens:
    times = [f"W{week:02d}" for week in range(1, _WEEKS + 1)]
    expected = [420 + 3 * week + 22 * math.sin(week / 5) for week in range(_WEEKS)]
    noise = Random(7)  # noqa: S311 - invented numbers for a picture
    gaps = [noise.gauss(0.11 if week >= _START else 0.0, 0.02) for week in range(_WEEKS)]
    actual: list[float | None] = [e * (1 + g) for e, g in zip(expected, gaps, strict=True)]
    actual[11] = None
    others = {
        f"Store {n}": [noise.gauss(0.0, 0.035) for _week in range(_WEEKS)] for n in range(1, 15)
    }
    year = dict(enumerate([0.7, 0.72, 0.85, 0.98, 1.1, 1.15, 1.12, 1.1, 1.2, 1.18, 1.0, 0.9], 1))
    return ChartSpecimens(
        pilot=pilot_chart(
            times, actual, expected, start=_START,
            low=[e * 0.95 for e in expected], high=[e * 1.05 for e in expected],
        ),
        gap=gap_chart(
            times, gaps, start=_START, low=[g - 0.05 for g in gaps], high=[g + 0.05 for g in gaps]
        ),
        placebo=placebo_chart(times, gaps, others, start=_START),
        seasons=(
            ("A year", season_profile(year)),
            ("Months compared", season_profile(year, before={2, 3, 4}, after={5, 6, 7})),
        ),
        funnel=funnel(
            (
                Stage("Lead", 1240, 620, 40),
                Stage("First talk", 620, 410, 35),
                Stage("Offer with two cases", 410, 104, 96, is_key=True),
                Stage("Waiting for a decision", 104, 61, 12),
                Stage("Paid", 61),
            )
        ),
        contributions=_contributions(),
        year=_year(),
        paybacks=(
            (
                "Pays back",
                payback_curve(
                    one_off=2400, weekly_cost=20, per_week=(320, 180, 460), limit_weeks=26,
                    currency="EUR",
                ),
            ),
            (
                "May never pay back",
                payback_curve(
                    one_off=25000, weekly_cost=900, per_week=(2176, 608, 3744), limit_weeks=26,
                    currency="RUB",
                ),
            ),
        ),
    )  # fmt: skip


def _contributions() -> Contributions:
    rows = (
        ("1 Inflow of leads", 62_100, "400", "500", False),
        ("2 Conversion of the stages", 51_730, "25.0%", "30.0%", False),
        ("to “Offer sent”", -8_400, "50.0%", "46.0%", True),
        ("3b Purchase frequency", -7_330, "1.2", "1.1", False),
    )
    parts = [
        Contribution(label, amount, _money(amount), before, after, is_inner)
        for label, amount, before, after, is_inner in rows
    ]
    return contributions(parts, _money(106_500))


def _money(amount: float) -> Figure:
    return Figure(FigureKind.MONEY, amount, is_signed=True, currency="EUR")


def _year() -> YearStrip:
    days = (
        Span(date(2026, 1, 1), date(2026, 1, 8), "New Year, 1 to 8 January", "holiday"),
        Span(date(2026, 3, 9), date(2026, 3, 22), "Spring promotion, 9 to 22 March", "promotion"),
        Span(date(2026, 3, 16), date(2026, 3, 20), "Stocktaking, 16 to 20 March", "closure"),
        Span(date(2026, 2, 2), date(2026, 3, 29), "H-12, 2 February", "test", beneath=True),
    )
    return year_strip(2026, days, today=date(2026, 3, 2))
