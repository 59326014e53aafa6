"""A panel as text and back, exactly: the snapshot of what a team's own database answered a pilot.

As with sums (`sums_json`), the text is kept under its own SHA-256: the same panel always gives the
same text, and no digit is lost.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.panels import Groups, Paneled, PanelTable
from hadi.ingest.periods import periods_of

FORMAT = 1
MARK = '{"panel":'  # how such a text begins


def write(table: PanelTable) -> str:
    """The panel as the text that is kept."""
    groups = table.groups
    data = {
        "panel": FORMAT,
        "sites": list(table.sites),
        "times": list(table.periods.labels),
        "values": [[name, _lines(values)] for name, values in table.values.items()],
        "rows": table.rows,
        "merged_rows": table.merged_rows,
        "merged": list(table.merged) if table.merged else None,
        "blank_rows": table.blank_rows,
        "groups": _grouped(groups) if groups else None,
        # Only where it is so: of other panels the text, and its digest, stay as they were.
        **({"wide": list(table.left_out)} if table.is_wide else {}),
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(table: PanelTable) -> str:
    """SHA-256 (hex) of the text: equal panels have equal digests."""
    return hashlib.sha256(write(table).encode()).hexdigest()


def read(text: str) -> PanelTable:
    """The panel of such a text. Raises Unreadable for any other."""
    try:
        data = json.loads(text)
        if data["panel"] != FORMAT:
            raise ValueError(data["panel"])
        shape = len(data["sites"]), len(data["times"])
        merged, groups = data["merged"], data["groups"]
        return PanelTable(
            tuple(data["sites"]),
            periods_of(data["times"]),
            {name: _values(lines, shape) for name, lines in data["values"]},
            data["rows"],
            merged_rows=data["merged_rows"],
            merged=(merged[0], merged[1]) if merged else None,
            blank_rows=data["blank_rows"],
            groups=Groups(
                tuple(groups[0]),
                *(_values(lines, (len(groups[0]), shape[1])) for lines in groups[1:]),
            )
            if groups
            else None,
            is_wide="wide" in data,
            left_out=tuple(data.get("wide", ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Unreadable(Text("sums_unreadable")) from error


def paneled(text: str) -> Paneled:
    """A kept text as a Source. Raises Unreadable."""
    return Paneled(hashlib.sha256(text.encode()).hexdigest(), read(text))


def _grouped(groups: Groups) -> list[Any]:
    """Names and sums; of a ratio the denominators, too."""
    below = [] if groups.below is None else [_lines(groups.below)]
    return [list(groups.names), _lines(groups.values), *below]


def _lines(values: Any) -> list[list[float | None]]:
    return [[None if math.isnan(x) else x + 0.0 for x in line] for line in values.tolist()]


def _values(lines: Sequence[Sequence[float | None]], shape: tuple[int, int]) -> Any:
    values = np.array(
        [[math.nan if x is None else float(x) for x in line] for line in lines], dtype=float
    )
    return values.reshape(shape)
