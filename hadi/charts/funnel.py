"""A sales funnel: who entered each stage, who moved on, and where it is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hadi.domain.text import Figure, FigureKind


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage as it is counted: everyone who `entered`, those who `moved` on to the next, and
    those `still_open`, of whom nobody knows yet. The last stage has no next: `moved` is None."""

    name: str
    entered: int
    moved: int | None = None
    still_open: int = 0
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class FunnelBar:
    """A stage as it is drawn: widths in percent of the widest stage. `moved_width` and
    `open_width` lie inside the bar, one after the other."""

    name: str
    width: float
    moved_width: float
    open_width: float
    entered: Figure
    moved: Figure | None
    conversion: Figure | None
    still_open: Figure | None
    open_share: Figure | None
    is_key: bool


@dataclass(frozen=True, slots=True)
class Funnel:
    """`whole` is the share of those who entered the first stage that entered the last."""

    bars: tuple[FunnelBar, ...]
    whole: Figure | None
    has_open: bool


def funnel(stages: Sequence[Stage]) -> Funnel:
    """Specify the funnel of `stages`, in their order."""
    if not stages:
        raise ValueError("a funnel needs a stage")
    widest = max(stage.entered for stage in stages) or 1
    first, last = stages[0].entered, stages[-1].entered
    return Funnel(
        bars=tuple(_bar(stage, widest) for stage in stages),
        whole=Figure(FigureKind.SHARE, last / first) if len(stages) > 1 and first else None,
        has_open=any(stage.still_open for stage in stages),
    )


def _bar(stage: Stage, widest: int) -> FunnelBar:
    entered = stage.entered

    def width(count: int) -> float:
        return round(100 * count / widest, 3)

    def share(count: int | None) -> Figure | None:
        return Figure(FigureKind.SHARE, count / entered) if count is not None and entered else None

    return FunnelBar(
        name=stage.name,
        width=width(entered),
        moved_width=width(stage.moved or 0),
        open_width=width(stage.still_open),
        entered=Figure(FigureKind.COUNT, entered),
        moved=None if stage.moved is None else Figure(FigureKind.COUNT, stage.moved),
        conversion=share(stage.moved),
        still_open=Figure(FigureKind.COUNT, stage.still_open) if stage.still_open else None,
        open_share=share(stage.still_open) if stage.still_open else None,
        is_key=stage.is_key,
    )
