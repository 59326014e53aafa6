"""What the address of the list of units says: search, kind, way of selling, region, which, page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import url_for
from werkzeug.datastructures import MultiDict

from hadi.domain.units import SalesModel, UnitKind
from hadi.services.unit_list import Shown, UnitFilters

QUERY_LENGTH = 200
_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class UnitQuery:
    """The parts of the address; whatever cannot be read counts as not asked for."""

    words: str = ""
    kind: UnitKind | None = None
    model: SalesModel | None = None
    region: str = ""
    shown: Shown = Shown.OPEN
    page: int = 1

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> UnitQuery:
        page = args.get("page", "1")
        return cls(
            words=_written(args.get("q", "")),
            kind=_choice(UnitKind, args.get("kind")),
            model=_choice(SalesModel, args.get("model")),
            region=_written(args.get("region", "")),
            shown=_choice(Shown, args.get("shown")) or Shown.OPEN,
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
        )

    @property
    def filters(self) -> UnitFilters:
        return UnitFilters(self.words, self.kind, self.model, self.region, self.shown)

    @property
    def is_narrowed(self) -> bool:
        return self.filters != UnitFilters()

    def url(self, endpoint: str = "units.index", **changed: str | int | None) -> str:
        """The same search with parts changed; the pages start anew unless one is given."""
        parts: dict[str, Any] = {**self.parts(), **changed}
        return url_for(endpoint, **parts)

    def parts(self) -> Mapping[str, str | None]:
        """What the address says, but for the page."""
        return {
            "q": self.words or None,
            "kind": self.kind.value if self.kind else None,
            "model": self.model.value if self.model else None,
            "region": self.region or None,
            "shown": self.shown.value if self.shown is not Shown.OPEN else None,
        }


def _written(text: str) -> str:
    return text.replace("\0", "")[:QUERY_LENGTH].strip()


def _choice(kind: type[_E], written: str | None) -> _E | None:
    try:
        return kind(written or "")
    except ValueError:
        return None
