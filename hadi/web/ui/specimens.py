"""What the gallery shows: invented values that look like a shop's own."""

from __future__ import annotations

from dataclasses import dataclass

from hadi.charts.gauge import Gauge, gauge
from hadi.charts.interval import IntervalChart, interval_chart
from hadi.charts.power_curve import PowerCurve, power_curve
from hadi.charts.verdict_bars import VerdictBar, verdict_bars
from hadi.domain.text import FigureKind
from hadi.web.shared.boards import Board, BoardColumn, Card, Move
from hadi.web.shared.downloads import Download, Downloads
from hadi.web.shared.pages import Change, Column, HistoryEntry, Link, Obstacle, PageLinks, Tab


@dataclass(frozen=True, slots=True)
class VerdictSpecimen:
    """A verdict with the sentence and the picture that go with it."""

    verdict: str
    sentence: str
    chart: IntervalChart | None
    evidence: str = "randomised"
    next: str | None = None
    is_early: bool = False


@dataclass(frozen=True, slots=True)
class Specimens:
    """Everything the gallery's template needs."""

    verdicts: tuple[VerdictSpecimen, ...]
    intervals: tuple[tuple[str, IntervalChart], ...]
    gauges: tuple[Gauge, ...]
    curve: PowerCurve
    bars: tuple[VerdictBar, ...]
    obstacles: tuple[Obstacle, ...]
    columns: tuple[Column, ...]
    links: PageLinks
    downloads: tuple[Downloads, ...]
    history: tuple[HistoryEntry, ...]
    board: Board
    tabs: tuple[Tab, ...]
    crumbs: tuple[Link, ...]


def specimens(*, moves_url: str) -> Specimens:
    """All of them; `moves_url` is where cards of the board are posted to."""
    return Specimens(
        verdicts=_verdicts(),
        intervals=_intervals(),
        gauges=tuple(gauge(share, target=0.8) for share in (0.91, 0.62, 0.18)),
        curve=power_curve(_CURVE, target=0.8, planned=(2400, 0.74)),
        bars=verdict_bars(
            {"confirmed": 0.48, "below_threshold": 0.07, "not_enough_data": 0.38, "refuted": 0.06,
             "harmful": 0.01}
        ),
        obstacles=(
            Obstacle("Nobody owns this hypothesis yet.", "#blockers", "Choose the owner"),
            Obstacle("The primary metric has no threshold.", "#blockers", "Set the threshold"),
            Obstacle("The budget cap has no currency.", "#blockers", "Set the budget"),
        ),
        columns=(
            Column("Hypothesis", sort_url="#lists"),
            Column("Stage", is_hidden_on_phone=True),
            Column("Effect", is_figure=True, sort_url="#lists", sorted="desc"),
            Column("Interval", is_hidden_on_phone=True),
        ),
        links=PageLinks(26, 50, 137, "#lists", "#lists"),
        downloads=(
            Downloads((Download("Excel", "#lists"), Download("CSV", "#lists")), "These hypotheses"),
            Downloads((Download("Parquet", "#lists"),), "All results, number by number"),
        ),
        history=_history(),
        board=_board(moves_url),
        tabs=(
            Tab("All", "#tabs", is_current=True, count=137),
            Tab("Running", "#tabs", count=12),
            Tab("Concluded", "#tabs", count=64),
        ),
        crumbs=(Link("Hypotheses", "#small"), Link("H-12", "#small")),
    )  # fmt: skip


_CURVE = [
    (100, 0.06), (400, 0.18), (800, 0.33), (1200, 0.47), (1600, 0.58), (2000, 0.68), (2400, 0.74),
    (2800, 0.8), (3400, 0.87), (4200, 0.93), (5000, 0.96),
]  # fmt: skip


def _points(
    estimate: float, low: float | None, high: float | None, threshold: float | None = 0.02
) -> IntervalChart:
    return interval_chart(estimate, low, high, threshold=threshold, kind=FigureKind.POINTS)


def _verdicts() -> tuple[VerdictSpecimen, ...]:
    return (
        VerdictSpecimen(
            "confirmed",
            "Offering lip balm at the till raised add-on sales by 6.0 percentage points (2.5 to "
            "9.4): more than the 2 points you asked for.",
            _points(0.06, 0.025, 0.094),
            next="It can be scaled once a leader acknowledges that payback is not assessed.",
        ),
        VerdictSpecimen(
            "below_threshold",
            "There is an effect of 0.9 points (0.3 to 1.5), less than the 2 points you asked for.",
            _points(0.009, 0.003, 0.015),
        ),
        VerdictSpecimen(
            "not_enough_data",
            "Chance alone could do this: the effect may lie anywhere between −0.8 and 4.6 points.",
            _points(0.019, -0.008, 0.046),
            evidence="cluster_randomised",
            next="About 2,400 more customers in each arm would settle it.",
        ),
        VerdictSpecimen(
            "refuted",
            "The effect, if any, is smaller than 2 points: now you know, and need not try again.",
            _points(0.001, -0.009, 0.011),
        ),
        VerdictSpecimen(
            "harmful",
            "Fewer customers bought an add-on: 2.4 points less (3.9 to 0.9 less).",
            _points(-0.024, -0.039, -0.009),
            evidence="controlled_pilot",
            is_early=True,
        ),
        VerdictSpecimen(
            "invalid",
            "The arms are not of the size that was declared (p less than 0.001), so the numbers "
            "cannot be trusted.",
            None,
            next="Look for a filter that removes customers of one arm before the data is saved.",
        ),
        VerdictSpecimen(
            "not_executed",
            "Not executed: this test says nothing for or against the idea. Visits found 9 of 20 "
            "mandatory steps done.",
            None,
        ),
        VerdictSpecimen(
            "not_estimable",
            "All 40 checks have the same sum: without variation there is nothing to compare.",
            None,
            evidence="before_after",
        ),
        VerdictSpecimen(
            "not_yet",
            "1,240 of the 4,000 planned customers are in. The result opens on 20 February.",
            None,
        ),
    )


def _intervals() -> tuple[tuple[str, IntervalChart], ...]:
    return (
        ("No upper end", _points(0.05, 0.01, None)),
        ("No lower end", _points(0.01, None, 0.03)),
        ("One end far outside the picture", _points(0.02, -9.0, 0.05)),
        ("No threshold", _points(0.012, -0.004, 0.028, None)),
        (
            "Less is better: minutes a customer waits",
            interval_chart(-1.8, -2.9, -0.7, threshold=1.0, sign=-1),
        ),
        (
            "Money: sum of a check",
            interval_chart(34.0, 12.0, 56.0, threshold=20.0, kind=FigureKind.MONEY, currency="EUR"),
        ),
    )


def _history() -> tuple[HistoryEntry, ...]:
    return (
        HistoryEntry(
            "2026-02-20T16:05:00Z", "20 February, 17:05", "Mira Halász", "MH",
            "recorded the insight and decided to scale.",
            note="Works where the till is staffed by one person; try it with hand cream next.",
        ),
        HistoryEntry(
            "2026-02-02T09:00:00Z", "2 February, 10:00", "Anton Belov", "AB",
            "could not start the test: the plan had no threshold.", is_refused=True,
        ),
        HistoryEntry(
            "2026-02-01T11:30:00Z", "1 February, 12:30", "Anton Belov", "AB", "changed the plan.",
            changes=(
                Change("Threshold", "1 percentage point", "2 percentage points"),
                Change("Budget cap", None, "400 EUR"),
                Change("Steward", "Lena Orlova", None),
            ),
        ),
    )  # fmt: skip


def _board(moves_url: str) -> Board:
    needs_data = "Data comes first: attach it on the hypothesis page."
    card = Card(
        key="12", name="H-12", url="#board-section", stage="planned", version=3,
        text="If we offer lip balm at the till, then add-on sales rise by 2 points",
        owner="Anton Belov", owner_initials="AB", when="starts 2 Feb", figure="4,000",
        figure_label="needs",
        moves=(
            Move(column="running", label="Running", url=moves_url),
            Move(column="measured", label="Measured", reason=needs_data),
            Move(column="concluded", label="Concluded", reason="There is no verdict yet."),
        ),
    )  # fmt: skip
    measured = Card(
        key="7", name="H-7", url="#board-section", stage="measured", version=9,
        text="If sellers greet within ten seconds, then the average check grows by 5 %",
        owner="Mira Halász", owner_initials="MH", when="ended 14 Feb", verdict="confirmed",
        figure="+5.4%",
        moves=(
            Move(column="concluded", label="Concluded", visit_url="#board-section"),
            Move(column="planned", label="Planned", reason="A measured test cannot be undone."),
            Move(column="running", label="Running", reason="A measured test cannot be undone."),
        ),
    )  # fmt: skip
    return Board(
        label="Hypotheses by stage",
        columns=(
            BoardColumn(key="planned", label="Planned", letter="H", count=1, cards=(card,)),
            BoardColumn(
                key="running", label="Running", letter="A", count=0,
                hint="Started tests stand here until their last day.",
            ),
            BoardColumn(key="measured", label="Measured", letter="D", count=1, cards=(measured,)),
            BoardColumn(
                key="concluded", label="Concluded", letter="I", count=64, more_url="#board-section",
            ),
        ),
    )  # fmt: skip
