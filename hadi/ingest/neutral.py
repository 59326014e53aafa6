"""Cells that a spreadsheet would run as a formula, made harmless on the way out.

Files people send may hold `=cmd|...`; we keep what they wrote, and every CSV or XLSX we hand out
passes its cells through here (OWASP, "CSV injection").

A CSV is split again by whoever opens it, and not always where we meant: Excel of a country with
decimal commas takes `;`, other programs ask. Text that is harmless as one cell may then begin a
cell in its middle (`tea;=1+1`), quotation marks around it or not. In a CSV every such beginning
is guarded as well.
"""

from __future__ import annotations

import re
from typing import TypeVar

SEPARATORS = ",;\t|"
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?%?", re.ASCII)
# Where another separator would begin a cell that starts a formula: whatever blanks, quotation
# marks and further separators stand between them. What follows a line break begins one anyhow.
_INNER = re.compile(r"(?<=[,;\t|\r\n])(?=[ \"]*[=+\-@＝＋－＠])")
_QUOTED_START = re.compile(r"[ \"]*[=+\-@＝＋－＠]")
_T = TypeVar("_T")


def neutralise(value: _T) -> _T | str:
    """`value` as it may be written to a cell: text that would start a formula gets an apostrophe
    before it; numbers (written as text or not) and everything else stay as they are."""
    if not isinstance(value, str) or not value.lstrip(" ").startswith(_STARTS):
        return value
    return value if is_number(value) else "'" + value


def neutralise_split(value: str) -> str:
    """Text as it may be written to a cell of a CSV, whichever of `SEPARATORS` it is opened with:
    every part of it that would start a formula has an apostrophe before it."""
    if is_number(value):
        return value
    guarded = neutralise(value)
    if guarded is value and _QUOTED_START.match(value):
        guarded = "'" + value
    return _INNER.sub("'", guarded)


def is_number(value: str) -> bool:
    """Whether the text is a number and nothing else: what it begins with starts no formula."""
    return _NUMBER.fullmatch(value) is not None
