"""What a test before and after has beside the fields that every plan has.

One series is held against its own past, and nothing beside it tells what would have happened
anyway. Its season can be taken out, and its trend; whatever else changed at the time cannot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class SeasonMethod(StrEnum):
    """How the season is taken out."""

    COEFFICIENTS = "coefficients"  # of months, from the whole years before
    SEGMENTED = "segmented"  # a regression with a step and a bend at the start


@dataclass(frozen=True, slots=True)
class SeasonPlan:
    """`time` and `value` are columns: a row is a period. `start` is the first day or month of the
    change, `before` the months that it is compared with, "2026-02..2026-04" (None: the three
    before the start). `is_counts`: the values are counts of something, so that a regression is
    Poisson's."""

    time: str | None = None
    value: str | None = None
    start: str | None = None
    before: str | None = None
    method: SeasonMethod = SeasonMethod.COEFFICIENTS
    is_counts: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column for column in (self.time, self.value) if column)

    def renamed(self, rename: Callable[[str], str]) -> SeasonPlan:
        """The same over columns of other names."""
        return replace(
            self,
            time=rename(self.time) if self.time else None,
            value=rename(self.value) if self.value else None,
        )

    def as_json(self) -> dict[str, Any]:
        """Its fields, which stand among those of the plan."""
        return {
            "time": self.time,
            "value": self.value,
            "start": self.start,
            "before": self.before,
            "method": self.method.value,
            "counts": self.is_counts,
        }


FIELDS = ("time", "value", "start", "before", "method", "counts")
