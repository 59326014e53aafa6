"""Files and folders that may be connected: only below the folders that the setting allows.

Whoever may add a connection is not thereby allowed to read every file of the server. A path is
followed to where it really leads (links included) before it is compared.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from flask import current_app

from hadi.config import Settings
from hadi.domain.errors import Invalid
from hadi.domain.text import Text
from hadi.models.connection import ConnectionKind

MOST_FILES = 20_000  # of a folder; more are hardly one table


def allowed() -> tuple[Path, ...]:
    """The folders below which connections may lie, as they are set."""
    settings: Settings = current_app.extensions["hadi_settings"]
    return settings.source_folders


def has_named_folders() -> bool:
    """Whether anybody has set folders; without it there is only our own."""
    settings: Settings = current_app.extensions["hadi_settings"]
    return bool(settings.source_dirs.strip())


def resolved(kind: ConnectionKind, written: str) -> Path:
    """Where a path of a connection really leads. Raises Invalid at `path`: where it lies outside
    of the allowed folders, is not there, or is not what its kind says."""
    roots = [Path(os.path.realpath(root)) for root in allowed()]
    named = Path(written)
    if not named.is_absolute():
        # Relative to our own folder, so that the demo reads well and moves with the data folder.
        named = roots[-1] / named
    real = Path(os.path.realpath(named))
    if not any(real.is_relative_to(root) for root in roots):
        raise _wrong("source_path_outside")
    if kind is ConnectionKind.DUCKDB:
        if not real.is_file():
            raise _wrong("source_file_absent")
        return real
    if not real.is_dir():
        raise _wrong("source_folder_absent")
    if not _has_parquet(real, roots):
        raise _wrong("source_folder_empty")
    return real


def _has_parquet(folder: Path, roots: list[Path]) -> bool:
    """Whether there is a Parquet file; raises where one of them leads outside."""
    found = False
    for number, file in enumerate(_files(folder)):
        if number >= MOST_FILES:
            raise _wrong("source_folder_large")
        real = Path(os.path.realpath(file))
        if not any(real.is_relative_to(root) for root in roots):
            raise _wrong("source_link_outside")
        found = found or file.suffix.lower() == ".parquet"
    return found


def _files(folder: Path) -> Iterator[Path]:
    """Everything in the folder and below; linked folders count as files, so that they are looked
    at and not walked into."""
    for here, folders, files in os.walk(folder, followlinks=False):
        for name in (*files, *(name for name in folders if (Path(here) / name).is_symlink())):
            yield Path(here) / name


def _wrong(code: str) -> Invalid:
    text = Text(code)
    return Invalid(text, {"path": text})
