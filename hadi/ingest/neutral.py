"""Cells that a spreadsheet would run as a formula, made harmless on the way out.

Files people send may hold `=cmd|...`; we keep what they wrote, and every CSV or XLSX we hand out
passes its cells through here (OWASP, "CSV injection").
"""

from __future__ import annotations

import re
from typing import TypeVar

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?%?", re.ASCII)
_T = TypeVar("_T")


def neutralise(value: _T) -> _T | str:
    """`value` as it may be written to a cell: text that would start a formula gets an apostrophe
    before it; numbers (written as text or not) and everything else stay as they are."""
    if not isinstance(value, str) or not value.lstrip(" ").startswith(_STARTS):
        return value
    return value if _NUMBER.fullmatch(value) else "'" + value
