"""What the address of the calendar says: the year, words, a kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from hadi.domain.calendar import EARLIEST, LATEST, DayKind
from hadi.services.calendar import Filters

QUERY_LENGTH = 200


@dataclass(frozen=True, slots=True)
class CalendarQuery:
    """The parts of the address; whatever cannot be read counts as not asked for."""

    year: int
    words: str = ""
    kind: DayKind | None = None

    @classmethod
    def read(cls, args: MultiDict[str, str], *, today: date) -> CalendarQuery:
        year = args.get("year", "")
        number = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else 0
        return cls(
            year=number if EARLIEST <= number <= LATEST else today.year,
            words=args.get("q", "").replace("\0", "")[:QUERY_LENGTH].strip(),
            kind=next((kind for kind in DayKind if kind.value == args.get("kind")), None),
        )

    @property
    def first(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        return date(self.year, 12, 31)

    @property
    def filters(self) -> Filters:
        return Filters(self.words, self.kind, self.first, self.last)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.kind)

    def parts(self) -> dict[str, Any]:
        return {
            "year": self.year,
            "q": self.words or None,
            "kind": self.kind.value if self.kind else None,
        }

    def url(self, endpoint: str = "calendar.index", **changed: Any) -> str:
        return url_for(endpoint, **{**self.parts(), **changed})

    def arguments(self) -> dict[str, Any]:
        """What a job is told to export the same entries again."""
        return {
            "query": self.words,
            "day_kind": self.kind.value if self.kind else None,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
        }
