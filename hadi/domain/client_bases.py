"""The whole base of clients (ОКБ) and its active part (АКБ), and what "whole" means.

The trade says everyone who ever bought; others mean everyone who could buy, or only those of
them who do not buy now. The ratio is another number each time, and so is what 1 : 1 would mean:
which one is meant is a setting, and the period is always said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class BaseDefinition(StrEnum):
    """Whom the whole base counts."""

    EVER_BOUGHT = "ever_bought"
    ALL_POTENTIAL = "all_potential"
    WITHOUT_ACTIVE = "without_active"


@dataclass(frozen=True, slots=True)
class Base:
    """What is known of a territory: who bought in the period, who ever did, who could."""

    active: int
    ever: int | None = None
    potential: int | None = None

    def whole(self, definition: BaseDefinition) -> int | None:
        """The whole base by that definition; None where what it takes is not known."""
        if definition is BaseDefinition.EVER_BOUGHT:
            return self.ever
        if self.potential is None or definition is BaseDefinition.ALL_POTENTIAL:
            return self.potential
        return self.potential - self.active


@dataclass(frozen=True, slots=True)
class Share:
    """The active base beside the whole one. `ratio` is None where there is no whole base."""

    active: int
    whole: int

    @property
    def ratio(self) -> float | None:
        return self.active / self.whole if self.whole else None


def share(base: Base, definition: BaseDefinition) -> Share | None:
    """АКБ against ОКБ; None where the definition's own count is not known."""
    whole = base.whole(definition)
    return None if whole is None else Share(base.active, whole)


def total(shares: Iterable[Share | None]) -> tuple[Share, int]:
    """The sum over the territories that have one, and how many have none."""
    listed = list(shares)
    known = [each for each in listed if each is not None]
    return Share(sum(each.active for each in known), sum(each.whole for each in known)), len(
        listed
    ) - len(known)
