"""A season that was kept as a file: the coefficients that the page hands out as a table, or the
object that `hadi season --json` prints. A series without whole years of its own is then read by
them, without a server."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.season_plan import NAME_LIMIT, KeptSeason
from hadi.domain.text import Text
from hadi.ingest import small_tables
from hadi.ingest.small_tables import Line

MOST_BYTES = 1_000_000
_MONTHS = 12
_WAYS = ("level", "years", "trend")


def read(path: Path) -> KeptSeason:
    """The season of a file. Raises Unreadable, Invalid."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise Unreadable(Text("file_missing", file=str(path))) from None
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise Unreadable(Text("lever_file_unreadable", file=str(path), reason=reason)) from None
    if len(content) > MOST_BYTES:
        raise Unreadable(Text("season_file_unknown", file=path.name))
    told = _told(content)
    if told is None:
        told = _tabled(small_tables.from_file(io.BytesIO(content), path.name), path.name)
    name = str(told.get("name") or path.stem)[:NAME_LIMIT]
    return KeptSeason.from_json({**told, "name": name})


def _told(content: bytes) -> dict[str, Any] | None:
    """What an object of the command or the API says; None where it is none."""
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Invalid(Text("season_profile_unreadable")) from None
    # What was itself read by a kept season speaks of that one.
    kept = found.get("profile")
    if isinstance(kept, Mapping):
        return dict(kept)
    values = found.get("coefficients")
    if isinstance(values, Mapping):
        values = [values.get(str(month)) for month in range(1, _MONTHS + 1)]
    return {"name": found.get("name"), "coefficients": values, "method": found.get("method")}


def _tabled(lines: list[Line], filename: str) -> dict[str, Any]:
    """A row for each month: its number, its coefficient, and somewhere what it was divided by."""
    values: dict[int, float] = {}
    ways = set()
    for line in lines:
        cells = [cell.strip() for cell in line.cells]
        if len(cells) < 2 or not cells[0].isdecimal():
            continue
        try:
            values[int(cells[0])] = float(cells[1].replace(",", "."))
        except ValueError:
            raise Unreadable(Text("season_file_unknown", file=filename)) from None
        ways |= set(cells[2:]) & set(_WAYS)
    if set(values) != set(range(1, _MONTHS + 1)):
        raise Unreadable(Text("season_file_unknown", file=filename))
    return {
        "coefficients": [values[month] for month in sorted(values)],
        "method": ways.pop() if len(ways) == 1 else None,
    }
