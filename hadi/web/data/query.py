"""What the address of the list of data sets says: search, light, kind, role, page. The address
holds all of it, so that a list can be sent to a colleague."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import url_for
from werkzeug.datastructures import MultiDict

from hadi.models.dataset import DatasetKind, DatasetRole
from hadi.services.dataset_list import DatasetFilters, Seen

QUERY_LENGTH = 200
_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class DataQuery:
    """The parts of the address; whatever cannot be read counts as not asked for."""

    words: str = ""
    seen: Seen | None = None
    kind: DatasetKind | None = None
    role: DatasetRole | None = None
    page: int = 1

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> DataQuery:
        page = args.get("page", "1")
        return cls(
            words=args.get("q", "").replace("\0", "")[:QUERY_LENGTH].strip(),
            seen=_choice(Seen, args.get("light")),
            kind=_choice(DatasetKind, args.get("kind")),
            role=_choice(DatasetRole, args.get("role")),
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
        )

    @property
    def filters(self) -> DatasetFilters:
        return DatasetFilters(self.words, self.seen, self.kind, self.role)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.seen or self.kind or self.role)

    def url(self, endpoint: str = "data.index", **changed: str | int | None) -> str:
        """The same search with parts changed; the pages start anew unless one is given."""
        parts: dict[str, Any] = {**self.parts(), **changed}
        return url_for(endpoint, **parts)

    def parts(self) -> Mapping[str, str | None]:
        """What the address says, but for the page."""
        return {
            "q": self.words or None,
            "light": self.seen.value if self.seen else None,
            "kind": self.kind.value if self.kind else None,
            "role": self.role.value if self.role else None,
        }


def _choice(kind: type[_E], written: str | None) -> _E | None:
    try:
        return kind(written or "")
    except ValueError:
        return None
