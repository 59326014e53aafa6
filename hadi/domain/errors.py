"""What can be refused, in words. Every layer above catches these and nothing of a library's.

The web turns them into pages (403, 404, 409, 422), the API into `problem+json`, the command
line into one sentence on stderr and exit code 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hadi.domain.text import Text


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that stands in the way of a step: the words, and the field that mends it."""

    text: Text
    field: str | None = None

    @property
    def code(self) -> str:
        return self.text.code


class HadiError(Exception):
    """The root of everything HADI refuses. `text` is the sentence for the person."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.code)
        self.text = text

    def __str__(self) -> str:
        return str(self.text)


class NotAllowed(HadiError):
    """The actor lacks the permission."""


class NotFound(HadiError):
    """There is no such thing, or it is not visible to the actor."""


class Blocked(HadiError):
    """A step of the lifecycle is refused: every blocker at once."""

    def __init__(self, text: Text, blockers: Sequence[Blocker]) -> None:
        super().__init__(text)
        self.blockers = tuple(blockers)


class Invalid(HadiError):
    """What was typed or sent is not usable; `fields` maps a field's path to its sentence."""

    def __init__(self, text: Text, fields: Mapping[str, Text] | None = None) -> None:
        super().__init__(text)
        self.fields = dict(fields or {})


class Stale(HadiError):
    """Someone changed the record since it was read: nothing was written."""


class Unreadable(HadiError):
    """A file or source that cannot be used as data. `remedy` are the choices of reading (JSON)
    under which it can be, where there are any: {"bad_rows": "leave_out"}."""

    def __init__(self, text: Text, remedy: Mapping[str, Any] | None = None) -> None:
        super().__init__(text)
        self.remedy = dict(remedy or {})


class TooLarge(Unreadable):
    """A file over the configured limit."""


class NoRoom(HadiError):
    """The disk of the server is full: nothing was stored, and it can be tried again later."""
