"""What the address of a scorecard's page says: since which day, which store, which page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from hadi.models import Scorecard

QUERY_LENGTH = 120


@dataclass(frozen=True, slots=True)
class CardQuery:
    """The parts of the address; whatever cannot be read counts as not asked for."""

    since: date | None = None
    unit: str = ""
    page: int = 1

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> CardQuery:
        page = args.get("page", "1")
        return cls(
            since=_day(args.get("since", "")),
            unit=args.get("unit", "").replace("\0", "")[:QUERY_LENGTH].strip(),
            page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
        )

    def url(self, card: Scorecard, **changed: Any) -> str:
        parts: dict[str, Any] = {
            "since": self.since.isoformat() if self.since else None,
            "unit": self.unit or None,
        }
        return url_for("scorecards.show", card_id=card.id, **(parts | changed))


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        return None
