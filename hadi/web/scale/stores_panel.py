"""The stores of a wave beside those of the test, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for

from hadi.domain.store_likeness import HEAD, Difference, lacks_replication
from hadi.domain.text import Text
from hadi.models import Unit
from hadi.services.wave_stores import Beside, Compared
from hadi.web.shared.language import say
from hadi.web.shared.pages import Link

SHOWN = 30  # stores that are named; the others are counted


@dataclass(frozen=True, slots=True)
class StoreLine:
    """A store, and in what it differs; what another head is, stands by itself."""

    store: Link
    differs: tuple[str, ...]
    head: str | None = None


@dataclass(frozen=True, slots=True)
class StoresPanel:
    """`is_doubtful`: some differ, or nobody but one head has had it. `unread` says what of the
    scope means no store."""

    tested: tuple[Link, ...]
    summary: str | None
    lines: tuple[StoreLine, ...]
    more: int
    again: str | None
    head: str | None
    is_head_open: bool
    unread: str | None

    @property
    def is_doubtful(self) -> bool:
        return bool(self.lines) or self.is_head_open


def stores_panel(found: Compared) -> StoresPanel:
    """What is said of a scope, once something is written there."""
    differing, count = found.differing, len(found.stores)
    summary = None
    if not found.tested:
        summary = Text("wave_test_unknown")
    elif differing:
        summary = Text("wave_stores_differ", n=len(differing), all=str(count))
    elif count:
        summary = Text("wave_stores_alike", n=count)
    labels = ", ".join(f"“{label}”" for label in found.unread)
    unread = Text("wave_stores_unread", labels=labels) if found.unread else None
    if found.unread and found.tested and not found.stores and not found.again:
        unread = Text("wave_stores_none")
    return StoresPanel(
        tested=links(found.tested[:SHOWN]),
        summary=say(summary) if summary else None,
        lines=tuple(store_line(each) for each in differing[:SHOWN]),
        more=max(0, len(differing) - SHOWN),
        again=say(Text("wave_stores_tested", n=len(found.again))) if found.again else None,
        head=say(found.head) if found.head else None,
        is_head_open=lacks_replication(found.head),
        unread=say(unread) if unread else None,
    )


def store_line(beside: Beside) -> StoreLine:
    """A store with what differs."""
    said = {each.trait: difference_words(each) for each in beside.differences}
    head = said.pop(HEAD, None)
    return StoreLine(links([beside.unit])[0], tuple(said.values()), head)


def difference_words(difference: Difference) -> str:
    """“Format: mall (in the test: high street)”."""
    if difference.trait == HEAD:
        code = "wave_difference_head" if difference.here else "wave_difference_no_head"
        return say(Text(code, here=difference.here))
    trait = say(Text(f"unit_column_{difference.trait}"))
    tested = " / ".join(_value(difference.trait, written) for written in difference.tested)
    if not difference.here:
        return say(Text("wave_difference_unknown", trait=trait, tested=tested))
    here = _value(difference.trait, difference.here)
    return say(Text("wave_difference", trait=trait, here=here, tested=tested))


def links(units: Iterable[Unit]) -> tuple[Link, ...]:
    """Units with the way to their pages."""
    return tuple(Link(unit.name, url_for("units.show", unit_id=unit.id)) for unit in units)


def _value(trait: str, written: str) -> str:
    return say(Text(f"sales_model_{written}_short")) if trait == "sales_model" else written
