"""Random rows of a test and, in plain Python, the units they make: the oracle of what is read from
tables beyond plain sums."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from typing import Any

COLUMNS = {
    "u": "VARCHAR",
    "arm": "VARCHAR",
    "store": "VARCHAR",
    "region": "VARCHAR",
    "day": "DATE",
    "x": "DOUBLE",
    "t": "VARCHAR",  # x as people write it
    "k": "INTEGER",
    "e": "DOUBLE",
    "c": "INTEGER",
}
BLANKS = (None, "", " ", "\u00a0")
VALUES = ("x", "k", "e", "c")

Row = dict[str, Any]


def random_rows(
    seed: int, n: int, *, offset: float = 0.0, stores: int = 10, units: int | None = None
) -> list[Row]:
    """Rows with every oddity: blank, unknown and mixed arms, blank units and stores, missing
    values. Without `units` each row has one of its own."""
    rng = random.Random(seed)
    rows = []
    for i in range(n):
        unit = i if units is None else rng.randrange(units)
        store = rng.randrange(stores)
        arm = "AB"[(store if units is None else unit) % 2]
        x = None if rng.random() < 0.1 else offset + rng.randrange(-40, 400) / 8
        rows.append(
            {
                "u": _maybe(rng, f"u{unit}", 0.03),
                "arm": rng.choice(["A", "B", "X", *BLANKS]) if rng.random() < 0.05 else arm,
                "store": _maybe(rng, f" s{store}" if rng.random() < 0.1 else f"s{store}", 0.03),
                "region": _maybe(rng, rng.choice(["north", "south ", "east"]), 0.1),
                "day": None if rng.random() < 0.05 else f"2026-03-{rng.randrange(1, 6):02}",
                "x": math.nan if x is None and rng.random() < 0.5 else x,
                "t": rng.choice(["", "n/a", None]) if x is None else f" {x!r} ",
                "k": None if rng.random() < 0.1 else rng.randrange(6),
                "e": None if rng.random() < 0.1 else rng.randrange(1, 9) / 4,
                "c": None if rng.random() < 0.1 else rng.randrange(2),
            }
        )
    return rows


def _maybe(rng: random.Random, text: str, blank: float) -> str | None:
    return rng.choice(BLANKS) if rng.random() < blank else text


def cells(rows: Iterable[Row]) -> list[list[Any]]:
    """The rows as a table of COLUMNS."""
    return [[row[column] for column in COLUMNS] for row in rows]


def trimmed(cell: str | None) -> str | None:
    return (cell or "").strip(" \u00a0") or None


def units_of(rows: Sequence[Row], *, by: str | None, within: str | None = None) -> list[Row]:
    """The units by hand: rows of one unit summed (inside a column's value), those of several arms,
    of none and of an unknown one left out."""
    groups: dict[Any, list[Row]] = {}
    for place, row in enumerate(rows):
        clean = {**row, **{name: trimmed(row[name]) for name in ("u", "arm", "store", "region")}}
        if clean["arm"] not in ("A", "B") or (by and clean[by] is None):
            continue
        if within and clean[within] is None:
            continue
        unit = clean[by] if by else place
        groups.setdefault((clean[within], unit) if within else unit, []).append(clean)
    return [_unit(own) for own in groups.values() if len({row["arm"] for row in own}) == 1]


def _unit(rows: Sequence[Row]) -> Row:
    unit: Row = {"arm": rows[0]["arm"], "rows": len(rows)}
    for name in ("store", "region", "day"):
        unit[name] = min((row[name] for row in rows if row[name] is not None), default=None)
    for name in VALUES:
        found = [row[name] for row in rows if row[name] is not None and row[name] == row[name]]
        joined = max if name == "c" else math.fsum
        unit[name] = joined(found) if found else None
    return unit


def complete(units: Iterable[Row], *names: str) -> list[Row]:
    """Those with a value in each of the columns."""
    return [unit for unit in units if all(unit[name] is not None for name in names)]


def of_arm(units: Iterable[Row], arm: str) -> list[Row]:
    return [unit for unit in units if unit["arm"] == arm]
