"""A hypothesis's sentence: If we … then … because …, and what is still missing of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hadi.domain.errors import Blocker
from hadi.domain.text import Text

# The words that the sentence already has before a part, as people type them again.
_LEADS = {
    "change": re.compile(r"(?:if\s+we|we|если|ha)[\s,…]+(?=\S)", re.IGNORECASE),
    "effect": re.compile(r"(?:then|то|akkor)[\s,…]+(?=\S)", re.IGNORECASE),
    "reason": re.compile(r"(?:because|потому\s+что|mert)[\s,…]+(?=\S)", re.IGNORECASE),
}

LIMIT = 1000  # characters of one part
TITLE_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Statement:
    """The three parts as typed; an empty part is an empty string."""

    change: str
    effect: str = ""
    reason: str = ""
    title: str = ""

    def missing(self) -> tuple[Blocker, ...]:
        """The parts a complete hypothesis still lacks, in the order they are asked."""
        parts = (("change", self.change), ("effect", self.effect), ("reason", self.reason))
        return tuple(
            Blocker(Text(f"statement_needs_{name}"), name) for name, written in parts if not written
        )

    def wrong(self) -> dict[str, Text]:
        """What cannot be stored at all, by field."""
        wrong: dict[str, Text] = {}
        if not self.change:
            wrong["change"] = Text("statement_needs_change")
        for name in ("change", "effect", "reason"):
            if len(getattr(self, name)) > LIMIT:
                wrong[name] = Text("statement_too_long", limit=LIMIT)
        if len(self.title) > TITLE_LIMIT:
            wrong["title"] = Text("statement_too_long", limit=TITLE_LIMIT)
        return wrong


def cleaned(written: str | None) -> str:
    """Typed text as it is stored: outer blanks and NUL bytes gone, line ends unified."""
    return (written or "").replace("\0", "").replace("\r\n", "\n").strip()


def part(name: str, written: str | None) -> str:
    """A part of the sentence as it is stored: without the word that the sentence has before it, so
    that nobody reads “If we we offer”."""
    text = cleaned(written)
    lead = _LEADS.get(name)
    found = lead.match(text) if lead else None
    return text[found.end() :] if found else text
