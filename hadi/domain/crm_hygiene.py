"""Whether a CRM is kept well enough for its funnel to be believed: open deals nobody has a task
for, tasks that are overdue, and whether all deals are entered. One light for the three.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hadi.domain.quality import Level, worst

# Up to the first all is well; above the second the stages of the CRM are not where the deals are.
NO_TASK = (0.10, 0.30)
OVERDUE = (0.10, 0.30)
# The other way round: from the first on, and below the second.
COMPLETE = (0.95, 0.80)


@dataclass(frozen=True, slots=True)
class Hygiene:
    """Counts of a CRM. `without_task` and `overdue` are of the `open` deals, None where the file
    says nothing of tasks; `invoices` is a number somebody gave for the same period."""

    open: int
    without_task: int | None = None
    overdue: int | None = None
    won: int = 0
    invoices: int | None = None

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
    def levels(self) -> dict[str, Level]:
        """The light of each part that is known."""
        known = {
            "without_task": _rising(self.no_task_share, NO_TASK),
            "overdue": _rising(self.overdue_share, OVERDUE),
            "completeness": _falling(self.completeness, COMPLETE),
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
            "levels": {name: level.value for name, level in self.levels.items()},
        }

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
