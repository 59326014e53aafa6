"""Whether a CRM is kept well enough for its funnel to be believed: open deals nobody has a task
for, tasks that are overdue, and whether all deals are entered. One light for the three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from hadi.domain.quality import Level, worst

# Up to the first all is well; above the second the stages of the CRM are not where the deals are.
NO_TASK = (0.10, 0.30)
OVERDUE = (0.10, 0.30)
# The other way round: from the first on, and below the second.
COMPLETE = (0.95, 0.80)


@dataclass(frozen=True, slots=True)
class Invoices:
    """Invoices that were counted in a file, of the time of the deals; `outside` rows are of another
    time. Where they name their deals: how many are of no deal in the CRM, of a deal that is not won
    there, and how many won deals have none."""

    count: int
    rows: int
    outside: int = 0
    without_deal: int | None = None
    not_won: int | None = None
    without_invoice: int | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Invoices:
        """As it was kept. Raises KeyError, TypeError, ValueError for what is no such count."""
        told = {each.name: data[each.name] for each in fields(cls)}
        counts = {name: None if value is None else int(value) for name, value in told.items()}
        return cls(
            int(told["count"]), int(told["rows"]), int(told["outside"]), counts["without_deal"],
            counts["not_won"], counts["without_invoice"],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hygiene:
    """Counts of a CRM. `without_task` and `overdue` are of the `open` deals, None where the file
    says nothing of tasks; `invoices` is a number somebody gave for the same period, or what a file
    of invoices says."""

    open: int
    without_task: int | None = None
    overdue: int | None = None
    won: int = 0
    invoices: int | None = None
    laid: Invoices | None = None

    @property
    def no_task_share(self) -> float | None:
        return self._of_open(self.without_task)

    @property
    def overdue_share(self) -> float | None:
        return self._of_open(self.overdue)

    @property
    def completeness(self) -> float | None:
        """Deals that were won, over invoices that were written."""
        return self.won / self.invoices if self.invoices else None

    @property
    def entered_share(self) -> float | None:
        """Invoices whose deal is won in the CRM: others may make up for them in number only."""
        laid = self.laid
        if laid is None or laid.without_deal is None or not laid.count:
            return None
        return 1.0 - (laid.without_deal + (laid.not_won or 0)) / laid.count

    @property
    def levels(self) -> dict[str, Level]:
        """The light of each part that is known."""
        known = {
            "without_task": _rising(self.no_task_share, NO_TASK),
            "overdue": _rising(self.overdue_share, OVERDUE),
            "completeness": _falling(self._least_complete, COMPLETE),
        }
        return {name: level for name, level in known.items() if level is not None}

    @property
    def level(self) -> Level | None:
        """The worst of them; None where nothing is known."""
        return worst(self.levels.values()) if self.levels else None

    def as_json(self) -> dict[str, Any]:
        return {
            "level": self.level.value if self.level else None,
            "open": self.open,
            "without_task": self.without_task,
            "without_task_share": self.no_task_share,
            "overdue": self.overdue,
            "overdue_share": self.overdue_share,
            "won": self.won,
            "invoices": self.invoices,
            "completeness": self.completeness,
            "entered_share": self.entered_share,
            "laid": self.laid.as_json() if self.laid else None,
            "levels": {name: level.value for name, level in self.levels.items()},
        }

    @property
    def _least_complete(self) -> float | None:
        known = [s for s in (self.completeness, self.entered_share) if s is not None]
        return min(known, default=None)

    def _of_open(self, count: int | None) -> float | None:
        return None if count is None or not self.open else count / self.open


def _rising(value: float | None, bounds: tuple[float, float]) -> Level | None:
    if value is None:
        return None
    return Level.GREEN if value <= bounds[0] else Level.AMBER if value <= bounds[1] else Level.RED


def _falling(value: float | None, bounds: tuple[float, float]) -> Level | None:
    if value is None:
        return None
    return Level.GREEN if value >= bounds[0] else Level.AMBER if value >= bounds[1] else Level.RED
