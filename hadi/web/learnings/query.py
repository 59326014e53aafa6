"""What the address of the library says: search, decision, verdict, page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import url_for
from werkzeug.datastructures import MultiDict

from hadi.domain.lifecycle import Decision
from hadi.domain.verdict_label import SOUGHT, Label
from hadi.services.learning_list import LearningFilters

QUERY_LENGTH = 200
_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class LearningQuery:
    """The parts of the address; whatever cannot be read counts as not asked for."""

    words: str = ""
    decision: Decision | None = None
    verdict: Label | None = None  # as its badge says it
    page: int = 1

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> LearningQuery:
        page = args.get("page", "1")
        return cls(
            words=args.get("q", "").replace("\0", "")[:QUERY_LENGTH].strip(),
            decision=_choice(Decision, args.get("decision")),
            verdict=_sought(args.get("verdict")),
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
        )

    @property
    def filters(self) -> LearningFilters:
        return LearningFilters(self.words, self.decision, label=self.verdict)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.decision or self.verdict)

    def url(self, endpoint: str = "learnings.index", **changed: str | int | None) -> str:
        """The same search with parts changed; the pages start anew unless one is given."""
        parts: dict[str, Any] = {**self.parts(), **changed}
        return url_for(endpoint, **parts)

    def parts(self) -> Mapping[str, str | None]:
        """What the address says, but for the page."""
        return {
            "q": self.words or None,
            "decision": self.decision.value if self.decision else None,
            "verdict": self.verdict.value if self.verdict else None,
        }


def _sought(written: str | None) -> Label | None:
    found = _choice(Label, written)
    return found if found in SOUGHT else None


def _choice(kind: type[_E], written: str | None) -> _E | None:
    try:
        return kind(written or "")
    except ValueError:
        return None
