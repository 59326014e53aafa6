"""A cell in SQL: its text without outer blanks, and the words that mean "no value"."""

from __future__ import annotations

from hadi.ingest.engine import literal

# Words for "no value" in a column whose other cells are numbers. In a column of text they are
# words: "NA" may be North America.
MISSING_WORDS = (
    "na", "n/a", "#n/a", "nan", "null", "none", "no data", "-", "–", "—", "н/д", "нет данных",
    "nincs adat",
)  # fmt: skip
# What a spreadsheet writes in a cell whose formula failed, in English, Russian and Hungarian: in
# any column it is no value.
ERROR_CELLS = (
    "#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
    "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#GETTING_DATA", "#Н/Д", "#ДЕЛ/0!",
    "#ССЫЛКА!", "#ЗНАЧ!", "#ИМЯ?", "#ЧИСЛО!", "#ПУСТО!", "#ПЕРЕНОС!", "#HIÁNYZIK", "#ZÉRÓOSZTÓ!",
    "#HIV!", "#ÉRTÉK!", "#NÉV?", "#SZÁM!", "#NULLA!", "#KITÖRÉS!",
)  # fmt: skip

_STRIP = literal(" \t\r\n\u00a0\u202f\u2009\ufeff")


def text_of(source: str) -> str:
    """The cell without outer blanks; NULL when nothing is left."""
    # To trim by a set of characters is slow, so only cells that may need it are.
    ends = f"{source}[1] BETWEEN '!' AND '~' AND {source}[-1] BETWEEN '!' AND '~'"
    return f"nullif(CASE WHEN {ends} THEN {source} ELSE trim({source}, {_STRIP}) END, '')"


def is_missing_word(text: str) -> str:
    listed = ", ".join(literal(word) for word in MISSING_WORDS)
    return f"lower({text}) IN ({listed})"


def is_error_cell(text: str) -> str:
    listed = ", ".join(literal(each) for each in ERROR_CELLS)
    # A comparison first: it costs nothing, and hardly any cell begins with the sign.
    return f"({text} >= '#' AND {text} < '$' AND upper({text}) IN ({listed}))"


def is_nan(source: str) -> str:
    """Whether a number is NaN. Not `isnan`: Parquet statistics leave NaN out, and from them DuckDB
    concludes that a column written by another tool has none, and answers false for every row."""
    return f"(NOT isfinite({source}) AND NOT isinf({source}))"


def counted(condition: str) -> str:
    """An aggregate: how many rows meet the condition (`count_if` of nothing but NULL is NULL)."""
    return f"coalesce(count_if({condition}), 0)"
