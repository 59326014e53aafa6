"""What one upload holds: a table, or an archive of several that are parts of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from hadi.domain.errors import TooLarge, Unreadable
from hadi.domain.text import Text
from hadi.ingest import archives
from hadi.ingest.archives import Member
from hadi.ingest.choices import Choices
from hadi.ingest.files import SCRATCH, StoredTable, open_table, received
from hadi.ingest.limits import Limits
from hadi.ingest.progress import Progress, part
from hadi.ingest.report import Decision
from hadi.ingest.sniffing import FileKind, kind_of


def open_tables(
    source: Path | BinaryIO,
    filename: str,
    *,
    folder: Path,
    limits: Limits | None = None,
    choices: Choices | None = None,
    progress: Progress | None = None,
) -> tuple[StoredTable, ...]:
    """Read a file and store its tables in `folder`: one of a plain file, of a zip as many as have
    the same columns. Where a zip's tables differ, one is read, and which is a decision.

    Raises Unreadable (TooLarge) with one sentence; then `folder` is as it was.
    """
    limits = limits or Limits()
    choices = choices or Choices()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return _opened(source, filename, folder, limits, choices, progress)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unreadable(Text("file_not_stored", file=filename, reason=reason)) from error


def _opened(
    source: Path | BinaryIO,
    filename: str,
    folder: Path,
    limits: Limits,
    choices: Choices,
    progress: Progress | None,
) -> tuple[StoredTable, ...]:
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=folder) as name:
        scratch = Path(name)
        path = received(source, filename, scratch, limits)
        if kind_of(path, filename) is not FileKind.ZIP:
            return (
                open_table(
                    path, filename, folder=folder, limits=limits, choices=choices,
                    progress=progress,
                ),
            )  # fmt: skip
        found = archives.members(path, filename, limits)
        wanted = _wanted(found, filename, choices)
        tables = _read(path, filename, wanted, scratch, limits, choices, progress)
        taken = _taken(tables, found, choices)
        return tuple(_kept(table, folder) for table in taken)


def _wanted(found: list[Member], filename: str, choices: Choices) -> list[Member]:
    if choices.member is None:
        return found
    wanted = [member for member in found if member.name == choices.member]
    if not wanted:
        raise Unreadable(
            Text(
                "file_member_missing",
                file=filename,
                member=choices.member,
                members=archives.listed(found),
            )
        )
    return wanted


def _read(
    path: Path,
    filename: str,
    wanted: Sequence[Member],
    scratch: Path,
    limits: Limits,
    choices: Choices,
    progress: Progress | None,
) -> list[StoredTable]:
    """Every wanted member, stored beside the archive for now."""
    stored = scratch / "tables"
    tables: list[StoredTable] = []
    unfolded = 0
    size = max(sum(member.size for member in wanted), 1)
    before = 0
    # An unfolded member may be larger than what may be sent: the archive's own limits hold.
    inner = replace(limits, max_bytes=None)
    for member in wanted:
        target = scratch / "member"
        unfolded = archives.extract(path, member, target, filename, limits, unfolded)
        share = part(progress, before / size, (before + member.size) / size)
        before += member.size
        try:
            table = open_table(
                target, Path(member.name).name, folder=stored, limits=inner, choices=choices,
                progress=share,
            )  # fmt: skip
        except Unreadable as error:
            raise _within(error, filename) from error
        finally:
            target.unlink(missing_ok=True)
        tables.append(replace(table, member=member.name))
    return tables


def _within(error: Unreadable, filename: str) -> Unreadable:
    """The refusal of a member, with the archive it is in."""
    kind = TooLarge if isinstance(error, TooLarge) else Unreadable
    return kind(Text("file_in_archive", archive=filename, member=error.text), error.remedy)


def _taken(
    tables: list[StoredTable], found: Sequence[Member], choices: Choices
) -> list[StoredTable]:
    """All of them where they have the same columns, in any order; else the first."""
    columns = {frozenset(c.name.casefold() for c in t.report.columns) for t in tables}
    is_chosen = choices.member is not None
    if (len(columns) == 1 and not is_chosen) or len(found) == 1:
        return tables
    first = tables[0]
    decision = Decision(
        "member",
        first.member,
        tuple(member.name for member in found),
        is_chosen=is_chosen,
        detail=Text("decided_member"),
    )
    others = archives.listed([member for member in found if member.name != first.member])
    note = Text("note_other_members", member=first.member or "", others=others)
    report = replace(
        first.report,
        notes=(note, *first.report.notes),
        decisions=(decision, *first.report.decisions),
    )
    return [replace(first, report=report)]


def _kept(table: StoredTable, folder: Path) -> StoredTable:
    """The table moved to where it stays; it was written through to the disk already."""
    target = folder / table.path.name
    if not target.exists():
        os.replace(table.path, target)
    return replace(table, path=target)
