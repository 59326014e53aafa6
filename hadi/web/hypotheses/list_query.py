"""What the address of the list says: search, filters, order, page. The address holds all of it,
so that a list can be sent to a colleague."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import url_for
from werkzeug.datastructures import MultiDict

from hadi.domain.lifecycle import State
from hadi.domain.permissions import Actor
from hadi.domain.verdict_label import SOUGHT, Label
from hadi.services.hypothesis_list import Filters, Order

QUERY_LENGTH = 200
_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """The parts of the address; whatever cannot be read counts as not asked for."""

    words: str = ""
    state: State | None = None
    verdict: Label | None = None  # as its badge says it
    owner_id: str = ""
    is_mine: bool = False
    order: Order = Order.UPDATED
    page: int = 1

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> ListQuery:
        page = args.get("page", "1")
        return cls(
            words=args.get("q", "").replace("\0", "")[:QUERY_LENGTH].strip(),
            state=_choice(State, args.get("state")),
            verdict=_sought(args.get("verdict")),
            owner_id=args.get("owner", "").replace("\0", "")[:20],
            is_mine=args.get("mine") == "1",
            order=_choice(Order, args.get("sort")) or Order.UPDATED,
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
        )

    def filters(self, actor: Actor) -> Filters:
        return Filters(
            query=self.words,
            states=(self.state,) if self.state else (),
            label=self.verdict,
            owner_id=self.owner_id or None,
            concerned_id=actor.user_id if self.is_mine else None,
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the state narrows the list."""
        return bool(self.words or self.verdict or self.owner_id or self.is_mine)

    def url(self, endpoint: str = "hypotheses.index", **changed: str | int | None) -> str:
        """The same list with parts changed; the page starts anew unless it is one of them."""
        parts: dict[str, Any] = {**self.parts(), **changed}
        return url_for(endpoint, **parts)

    def parts(self) -> Mapping[str, str | None]:
        """What the address says, but for the page."""
        return {
            "q": self.words or None,
            "state": self.state.value if self.state else None,
            "verdict": self.verdict.value if self.verdict else None,
            "owner": self.owner_id or None,
            "mine": "1" if self.is_mine else None,
            "sort": None if self.order is Order.UPDATED else self.order.value,
        }


def _sought(written: str | None) -> Label | None:
    found = _choice(Label, written)
    return found if found in SOUGHT else None


def _choice(kind: type[_E], written: str | None) -> _E | None:
    try:
        return kind(written or "")
    except ValueError:
        return None
