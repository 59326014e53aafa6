"""Names of columns as people type them in one field: with commas between them.

A name that holds a comma itself stands in double quotes, as in a CSV.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable

MOST_CHARACTERS = 4000  # of one field; a plan takes far fewer


def read_names(typed: str | None, *, limit: int = MOST_CHARACTERS) -> list[str]:
    """The names in a field, each once; none in an empty one."""
    line = (typed or "")[:limit].replace("\r", " ").replace("\n", " ")
    cells = next(csv.reader([line], skipinitialspace=True), [])
    return list(dict.fromkeys(name for cell in cells if (name := cell.strip())))


def written_names(names: Iterable[str]) -> str:
    """The names as `read_names` takes them."""
    return ", ".join(_quoted(name) for name in names)


def _quoted(name: str) -> str:
    if "," not in name and not name.startswith('"'):
        return name
    return '"{}"'.format(name.replace('"', '""'))
