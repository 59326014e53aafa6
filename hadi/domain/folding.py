"""Text as it is compared in searches: without case, width and the dots of ё.

What is searched is kept folded beside what is shown, because no database folds every language by
itself, and not two of them alike.
"""

from __future__ import annotations

import unicodedata


def folded(*parts: str | None) -> str:
    """The parts as one searchable text."""
    text = unicodedata.normalize("NFKC", " ".join(p for p in parts if p)).casefold()
    # PostgreSQL takes no NUL, not even in a search.
    return " ".join(text.replace("ё", "е").replace("\0", " ").split())
