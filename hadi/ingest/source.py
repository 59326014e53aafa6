"""What an analysis needs of data, wherever the data is: sums per arm and what is odd about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from hadi.domain.plan import Plan
from hadi.stats.samples import Conversion, Moments


@dataclass(frozen=True, slots=True)
class ArmSummary:
    """One arm: `units` are randomised units (mixed units left out); `samples` and `missing`
    (units without a value) are keyed by metric name."""

    name: str
    units: int
    samples: Mapping[str, Conversion | Moments]
    missing: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Summaries:
    """The sufficient statistics of one data set under one plan.

    `rows` counts all rows. `blank_arm_rows` have no arm; `unknown_arm_rows` name an arm that the
    declared split does not (always 0 without one; unknown arms are not in `arms`), their names
    in `unknown_arms`. `mixed_units` were seen in two or more arms; `all_units` counts every unit,
    mixed ones included. `duplicate_rows` repeat another row exactly (None: not looked for).
    `blank_unit_rows` name no unit although a column for it was mapped; they are left out.
    `has_units` says whether one was: without it a row is a unit.
    """

    arms: tuple[ArmSummary, ...]
    rows: int
    all_units: int
    blank_arm_rows: int = 0
    unknown_arm_rows: int = 0
    unknown_arms: tuple[str, ...] = ()
    mixed_units: int = 0
    duplicate_rows: int | None = None
    blank_unit_rows: int = 0
    has_units: bool = False

    def arm(self, name: str) -> ArmSummary | None:
        return next((a for a in self.arms if a.name == name), None)


class Source(Protocol):
    """Data that can be summed for a plan. Raises Unreadable with one sentence for bad data."""

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the content: equal data have equal digests."""
        ...

    def summaries(self, plan: Plan) -> Summaries: ...


@dataclass(frozen=True, slots=True)
class Summed:
    """A Source whose sums are known already."""

    digest: str
    known: Summaries

    def summaries(self, plan: Plan) -> Summaries:
        return self.known
