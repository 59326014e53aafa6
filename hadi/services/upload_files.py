"""The bytes of a file that arrives in pieces: written where they belong, and on the disk before
anybody is told that they are there."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Protocol

from hadi.ingest.limits import MB

CHUNK = 1 * MB
# Bytes between two promises: what a connection that drops in the middle loses at most.
FLUSH = 16 * MB


class Stream(Protocol):
    """Whatever hands over bytes, as they come."""

    def read(self, size: int, /) -> bytes: ...


def create(path: Path) -> None:
    """An empty file whose name is on the disk, too."""
    with path.open("xb"):
        pass
    _sync_folder(path.parent)


def write(
    path: Path,
    stream: Stream,
    *,
    offset: int,
    most: int,
    promise: Callable[[int], None],
    digest: hashlib._Hash | None = None,
) -> int:
    """Write what comes, `most` bytes of it, from `offset` on, and return where it ends.

    `promise` is called with the end of what is on the disk for certain, from time to time and at
    last; with a `digest`, which is fed, it is left to the caller. When the connection drops or the
    disk is full, what came before is kept. Nothing is ever cut off: another connection may have
    written more of the same file meanwhile.
    """
    here = promised = offset
    with path.open("r+b", buffering=0) as file:
        file.seek(offset)
        try:
            while here - offset < most:
                piece = stream.read(min(CHUNK, most - (here - offset)))
                if not piece:
                    break
                _all(file, piece)
                here += len(piece)
                if digest is not None:
                    digest.update(piece)
                elif here - promised >= FLUSH:
                    os.fsync(file.fileno())
                    promise(here)
                    promised = here
        except BaseException:
            if digest is None and here > promised:
                with contextlib.suppress(Exception):
                    os.fsync(file.fileno())
                    promise(here)
            raise
        if here > promised:
            os.fsync(file.fileno())
            if digest is None:
                promise(here)
    return here


def _all(file: BinaryIO, piece: bytes) -> None:
    """A raw file may take less than it is given."""
    view = memoryview(piece)
    while view:
        view = view[file.write(view) :]


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
