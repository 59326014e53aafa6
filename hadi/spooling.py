"""Where the files of a form lie while they arrive: in the data folder, never in memory.

The place for temporary files that a system offers is often memory itself, or small.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from flask import Request

SMALL = 512 * 1024


def request_class(folder: Path) -> type[Request]:
    """Requests whose larger files are spooled into the folder; they vanish with the request, or
    with the process."""

    class Spooling(Request):
        def _get_file_stream(
            self,
            total_content_length: int | None,
            content_type: str | None,
            filename: str | None = None,
            content_length: int | None = None,
        ) -> IO[bytes]:
            if total_content_length is not None and total_content_length <= SMALL:
                return BytesIO()
            folder.mkdir(parents=True, exist_ok=True)
            spooled = SpooledTemporaryFile(  # noqa: SIM115 - the request closes it
                max_size=SMALL, mode="rb+", dir=str(folder)
            )
            return cast("IO[bytes]", spooled)

    return Spooling
