"""What is said when the server's disk is full, or refuses to be written to."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from hadi.domain.errors import NoRoom
from hadi.domain.text import Text

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FAULTY = (errno.EROFS, errno.EIO, errno.EACCES)
_FULL_WORDS = ("disk is full", "No space left on device", "could not extend file")


def problem(error: BaseException) -> Text | None:
    """Why nothing could be stored, in words; None for a fault of another kind."""
    if isinstance(error, DBAPIError):
        is_full = any(words in str(error.orig) for words in _FULL_WORDS)
        return Text("storage_full") if is_full else None
    number = error.errno if isinstance(error, OSError) else None
    if number in _FULL:
        return Text("storage_full")
    return Text("storage_fault", reason=os.strerror(number)) if number in _FAULTY else None


@contextmanager
def writing() -> Iterator[None]:
    """Turns a full disk into a refusal. Raises NoRoom."""
    try:
        yield
    except OSError as error:
        told = problem(error)
        if told is None:
            raise
        raise NoRoom(told) from error


def require_room(folder: Path, size: int) -> None:
    """Raises NoRoom where a file of so many bytes has no room: better now than after an hour."""
    with writing():
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < size:
            raise NoRoom(Text("storage_full"))
