"""How text is made searchable: the same on SQLite and PostgreSQL, in every language.

Words are compared folded (case, width, ё = е) and anywhere in the text, so that an inflected
Russian or Hungarian word is found by its stem.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.orm import InstrumentedAttribute

from hadi.domain.folding import folded

__all__ = ["folded", "matches"]

MOST_WORDS = 12
MOST_CHARS = 500  # SQLite refuses a pattern that is much longer


def matches(
    column: InstrumentedAttribute[Any], query: str, *more: InstrumentedAttribute[Any]
) -> ColumnElement[bool]:
    """Whether the folded texts of the columns together contain every word of `query`."""
    words = folded(query[:MOST_CHARS]).split()[:MOST_WORDS]
    if not words:
        return true()
    text: ColumnElement[str] = column.expression
    for other in more:
        text = text.concat(" ").concat(other)
    return and_(*(text.contains(word, autoescape=True) for word in words))
