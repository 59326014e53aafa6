"""The columns of a list that is exported, and which of them a person may see.

A column that somebody may not see is left out of the file altogether, in every format, and the
file says so: in its name, and inside it where the format has a place for notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hadi.domain.permissions import Actor
from hadi.domain.tags import ColumnTag, hidden
from hadi.domain.text import Text
from hadi.services.table_files import Cell, Head, Kind, Table


@dataclass(frozen=True, slots=True)
class Listed:
    """A column of a list: its title is worded as `<prefix>_<name>`."""

    name: str
    kind: Kind = Kind.TEXT
    tag: ColumnTag | None = None


def listed(
    stem: str,
    columns: Sequence[Listed],
    rows: Iterable[tuple[Cell, ...]],
    *,
    prefix: str,
    size: int | None = None,
    by: Actor,
) -> Table:
    """The list as a table, without the columns that `by` may not see."""
    tags = {column.name: column.tag.value for column in columns if column.tag is not None}
    left_out = hidden(tags, by)
    heads = tuple(
        Head(column.name, Text(f"{prefix}_{column.name}"), column.kind)
        for column in columns
        if column.name not in left_out
    )
    kept = [place for place, column in enumerate(columns) if column.name not in left_out]
    shown = rows if len(kept) == len(columns) else _picked(rows, kept)
    return Table(
        stem, heads, shown, notes_on(tags, left_out), suffix=suffix(tags, left_out), size=size
    )


def suffix(tags: Mapping[str, str], left_out: Iterable[str]) -> str:
    """What the file's name says of the columns that were left out: "-without-money"."""
    kinds = sorted({tags[name] for name in left_out})
    return f"-without-{'-'.join(kinds)}" if kinds else ""


def notes_on(tags: Mapping[str, str], left_out: Iterable[str]) -> tuple[Text, ...]:
    """What the file itself says of them."""
    by_tag: dict[str, list[str]] = {}
    for name in sorted(left_out):
        by_tag.setdefault(tags[name], []).append(name)
    return tuple(
        Text("export_left_out", kind=Text(f"export_tag_{tag}"), columns=", ".join(names))
        for tag, names in sorted(by_tag.items())
    )


def _picked(rows: Iterable[tuple[Cell, ...]], places: Sequence[int]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        yield tuple(row[place] for place in places)
