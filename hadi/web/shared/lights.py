"""The light of a data set: how far it can be trusted, as a mark with its word."""

from __future__ import annotations

from dataclasses import dataclass

from hadi.domain.quality import Level
from hadi.domain.text import Text
from hadi.models import Dataset
from hadi.web.shared.language import say


@dataclass(frozen=True, slots=True)
class Light:
    """The level of a report as a mark and a word; never the colour alone."""

    level: str
    word: str


def light_of(dataset: Dataset) -> Light | None:
    """The light of a data set in a list; None where nobody has looked yet."""
    level = (dataset.quality or {}).get("level")
    return Light(level, level_word(Level(level))) if level else None


def level_word(level: Level) -> str:
    return say(Text(f"level_{level.value}"))
