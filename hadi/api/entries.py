"""Entries that are struck out and taken back, as the API answers with them: periods of revenue and
client bases have one frame, and show what is their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from flask import Response

from hadi.api import conditions
from hadi.api.answers import answer, settle
from hadi.api.authentication import actor, now
from hadi.db import transaction
from hadi.domain.text import Text
from hadi.services.struck_out import Entries, Entry

STALE = Text("entry_changed_meanwhile")
_E = TypeVar("_E", bound=Entry)


@dataclass(frozen=True, slots=True)
class EntryAnswers(Generic[_E]):
    """Answers about one kind of entry; `place` is where they are."""

    entries: Entries[_E]
    place: str
    shown: Callable[[_E], dict[str, Any]]

    def one(self, entry: _E, status: int = HTTPStatus.OK) -> Response:
        """An entry with its version; where it is new, also with its address."""
        settle()
        where = f"{self.place}/{entry.id}" if status == HTTPStatus.CREATED else None
        return answer(self.shown(entry), status, version=entry.version, location=where)

    def get(self, entry_id: str) -> Response:
        return self.one(self.entries.find(entry_id, by=actor()))

    def add(self, body: dict[str, Any]) -> Response:
        return self.one(self.entries.add(body=body, by=actor(), now=now()), HTTPStatus.CREATED)

    def edit(self, entry_id: str, body: dict[str, Any]) -> Response:
        """Correct it, for whoever names the version that is there."""
        with transaction():
            found = self.entries.find(entry_id, by=actor())
            version = conditions.required(found.version, stale=STALE)
            edited = self.entries.edit(found.id, body=body, version=version, by=actor(), now=now())
        return self.one(edited)

    def void(self, entry_id: str, reason: str) -> Response:
        return self._step(self.entries.void, entry_id, reason=reason)

    def restore(self, entry_id: str) -> Response:
        return self._step(self.entries.restore, entry_id)

    def _step(self, take: Callable[..., _E], entry_id: str, **more: str) -> Response:
        found = self.entries.find(entry_id, by=actor())
        version = conditions.optional(found.version, stale=STALE)
        return self.one(take(found.id, version=version, by=actor(), now=now(), **more))
