"""A cell in SQL: its text without outer blanks, and the words that mean "no value"."""

from __future__ import annotations

from hadi.ingest.engine import literal

# Words for "no value" in a column whose other cells are numbers. In a column of text they are
# words: "NA" may be North America.
MISSING_WORDS = ("na", "n/a", "#n/a", "nan", "null", "none", "-", "–", "—")

_STRIP = literal(" \t\r\n\u00a0\u202f\u2009\ufeff")


def text_of(source: str) -> str:
    """The cell without outer blanks; NULL when nothing is left."""
    # To trim by a set of characters is slow, so only cells that may need it are.
    ends = f"{source}[1] BETWEEN '!' AND '~' AND {source}[-1] BETWEEN '!' AND '~'"
    return f"nullif(CASE WHEN {ends} THEN {source} ELSE trim({source}, {_STRIP}) END, '')"


def is_missing_word(text: str) -> str:
    listed = ", ".join(literal(word) for word in MISSING_WORDS)
    return f"lower({text}) IN ({listed})"


def is_nan(source: str) -> str:
    """Whether a number is NaN. Not `isnan`: Parquet statistics leave NaN out, and from them DuckDB
    concludes that a column written by another tool has none, and answers false for every row."""
    return f"(NOT isfinite({source}) AND NOT isinf({source}))"


def counted(condition: str) -> str:
    """An aggregate: how many rows meet the condition (`count_if` of nothing but NULL is NULL)."""
    return f"coalesce(count_if({condition}), 0)"
