"""How text is made searchable: the same on SQLite and PostgreSQL, in every language.

Words are compared folded (case, width, ё = е) and anywhere in the text, so that an inflected
Russian or Hungarian word is found by its stem.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.orm import InstrumentedAttribute

MOST_WORDS = 12
MOST_CHARS = 500  # SQLite refuses a pattern that is much longer


def folded(*parts: str | None) -> str:
    """The parts as one searchable text."""
    text = unicodedata.normalize("NFKC", " ".join(p for p in parts if p)).casefold()
    # PostgreSQL takes no NUL, not even in a search.
    return " ".join(text.replace("ё", "е").replace("\0", " ").split())


def matches(column: InstrumentedAttribute[Any], query: str) -> ColumnElement[bool]:
    """Whether the folded text of `column` contains every word of `query`."""
    words = folded(query[:MOST_CHARS]).split()[:MOST_WORDS]
    if not words:
        return true()
    return and_(*(column.contains(word, autoescape=True) for word in words))
