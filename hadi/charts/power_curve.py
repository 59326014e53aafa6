"""How the chance of finding a real effect grows with the number of units.

Drawn beside the planning form: the planned size, and the size that reaches the wanted power.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hadi.charts.axis import Axis, Tick
from hadi.domain.text import Figure, FigureKind


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One size and its power: positions in percent (`y` from the top), and the figures."""

    x: float
    y: float
    units: Figure
    power: Figure


@dataclass(frozen=True, slots=True)
class PowerCurve:
    """`path` is for a viewBox of 0 0 100 100 stretched to the plot; the rest in percent."""

    path: str
    points: tuple[CurvePoint, ...]
    x_ticks: tuple[Tick, ...]
    target_y: float
    target: Figure
    planned: CurvePoint | None


def power_curve(
    points: Sequence[tuple[int, float]],
    *,
    target: float,
    planned: tuple[int, float] | None = None,
) -> PowerCurve:
    """Specify the curve through `points`: (units per arm, power as a fraction), ascending."""
    if len(points) < 2:
        raise ValueError("a curve needs two points")
    sizes = [n for n, _ in points] + ([planned[0]] if planned else [])
    axis = Axis(0.0, float(max(sizes)), margin=0.0)

    def placed(n: int, power: float) -> CurvePoint:
        return CurvePoint(
            axis.x(n),
            _y(power),
            Figure(FigureKind.COUNT, n),
            Figure(FigureKind.SHARE, power),
        )

    drawn = tuple(placed(n, power) for n, power in points)
    return PowerCurve(
        path="M" + " L".join(f"{p.x:g} {p.y:g}" for p in drawn),
        points=drawn,
        x_ticks=tuple(axis.ticks(FigureKind.COUNT, at_most=5)),
        target_y=_y(target),
        target=Figure(FigureKind.SHARE, target),
        planned=placed(*planned) if planned else None,
    )


def _y(power: float) -> float:
    return round(100 * (1 - min(max(power, 0.0), 1.0)), 3)
