"""What a test before and after has beside the fields that every plan has.

One series is held against its own past, and nothing beside it tells what would have happened
anyway. Its season can be taken out, and its trend; whatever else changed at the time cannot.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from hadi.domain.errors import Invalid
from hadi.domain.text import Text

NAME_LIMIT = 80
_MONTHS = 12
_WAYS = ("level", "years", "trend")
_SUM_OFF = 0.005  # what rounding to three digits may leave of a sum of 12


class SeasonMethod(StrEnum):
    """How the season is taken out."""

    COEFFICIENTS = "coefficients"  # of months, from the whole years before
    SEGMENTED = "segmented"  # a regression with a step and a bend at the start


@dataclass(frozen=True, slots=True)
class KeptSeason:
    """Coefficients that were worked out before, by their name: from January to December, adding up
    to 12. `method` says what they were divided by. A plan holds them, not a link to them, so that
    what it was locked with stays."""

    name: str
    coefficients: tuple[float, ...]
    method: str = "level"

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "coefficients": list(self.coefficients),
            "method": self.method,
        }

    def checked(self) -> KeptSeason:
        """The same, read again. Raises Invalid."""
        return KeptSeason.from_json(self.as_json())

    @classmethod
    def from_json(cls, data: object) -> KeptSeason:
        """Raises Invalid with one sentence."""
        if not isinstance(data, Mapping):
            raise Invalid(Text("season_profile_unreadable"))
        name, listed = data.get("name"), data.get("coefficients")
        method = data.get("method") or "level"
        if not isinstance(name, str) or not name.strip() or "\0" in name:
            raise Invalid(Text("season_profile_needs_name"))
        if len(name.strip()) > NAME_LIMIT:
            raise Invalid(Text("statement_too_long", limit=NAME_LIMIT))
        if not isinstance(listed, (list, tuple)) or len(listed) != _MONTHS or method not in _WAYS:
            raise Invalid(Text("season_profile_unreadable"))
        values = [v for v in listed if isinstance(v, (int, float)) and not isinstance(v, bool)]
        if len(values) != _MONTHS or not all(0 <= v <= 2 * _MONTHS for v in values):
            raise Invalid(Text("season_profile_unreadable"))
        total = math.fsum(values)
        if abs(total - _MONTHS) > _SUM_OFF * _MONTHS:
            raise Invalid(Text("season_profile_sum"))
        return cls(name.strip(), tuple(float(v) * _MONTHS / total for v in values), str(method))


@dataclass(frozen=True, slots=True)
class SeasonPlan:
    """`time` and `value` are columns: a row is a period. `start` is the first day or month of the
    change, `before` the months that it is compared with, "2026-02..2026-04" (None: the three
    before the start). `is_counts`: the values are counts of something, so that a regression is
    Poisson's. `profile`: kept coefficients in place of those of the series' own years."""

    time: str | None = None
    value: str | None = None
    start: str | None = None
    before: str | None = None
    method: SeasonMethod = SeasonMethod.COEFFICIENTS
    is_counts: bool = False
    profile: KeptSeason | None = None

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
            **({"profile": self.profile.as_json()} if self.profile else {}),
        }


FIELDS = ("time", "value", "start", "before", "method", "counts", "profile")
