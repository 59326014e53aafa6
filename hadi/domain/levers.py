"""The levers of revenue and the order in which they are tuned.

Revenue = leads × the conversion of every stage × average check × frequency. First the inflow,
then the conversions, then the check and the frequency: what is tuned later multiplies what
comes before it, so a lever of the third step says little while one before it lies idle.
"""

from __future__ import annotations

from enum import StrEnum


class Lever(StrEnum):
    """What of revenue a hypothesis moves, in the order of tuning."""

    INFLOW = "inflow"
    CONVERSION = "conversion"
    CHECK = "check"
    FREQUENCY = "frequency"

    @property
    def step(self) -> int:
        """When it is tuned: the check and the frequency both come third."""
        return min(list(Lever).index(self) + 1, 3)

    @property
    def order(self) -> str:
        """Its number as the field writes it: 1, 2, 3a, 3b."""
        return {Lever.CHECK: "3a", Lever.FREQUENCY: "3b"}.get(self, str(self.step))
