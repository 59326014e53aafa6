"""The traps of a pilot, said beside its verdict: what else could look like the effect."""

from __future__ import annotations

from collections.abc import Iterator

from hadi.analysis.pilot_methods import Found
from hadi.analysis.record import Warned
from hadi.domain.pilot_plan import PilotPlan
from hadi.domain.pilot_sentence import Around, grew_alike, raw_figure
from hadi.domain.text import Text


def traps(pilot: PilotPlan, found: Found | None, around: Around) -> Iterator[Warned]:
    """Every trap that these data show, in the order it is read."""
    if found is not None and grew_alike(around):
        assert around.pilots is not None and around.controls is not None
        text = Text(
            "warning_common_trend",
            controls=raw_figure(around.controls, around),
            pilots=raw_figure(around.pilots, around),
        )
        yield Warned("common_trend", text)
    if len(pilot.components) > 1:
        listed = ", ".join(f"“{part}”" for part in pilot.components)
        text = Text("warning_bundle", n=len(pilot.components), parts=listed)
        yield Warned("bundle", text)
