"""The protocol of resumable uploads, tus 1.0, as far from any web framework as it goes: headers
and a stream in, a status and headers out. The pages and the API answer with the same.

https://tus.io/protocols/resumable-upload: core, creation, termination, expiration, checksum.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from hadi.domain.errors import HadiError, Invalid
from hadi.domain.permissions import Actor
from hadi.domain.text import Text
from hadi.models import Upload
from hadi.models.upload import UploadState
from hadi.services import uploads
from hadi.services.upload_files import Stream

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration,checksum"
PIECE = "application/offset+octet-stream"
CONFLICT = 409
CHECKSUM_MISMATCH = 460

Headers = Mapping[str, str]  # asked for in any case of their letters


class OtherVersion(HadiError):
    """The client speaks another version of the protocol (412)."""


class NoPiece(HadiError):
    """What was sent is not a piece of a file (415)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: no body, everything is in the headers."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where files are taken in, and for whom."""

    folder: Path
    limit: int  # bytes
    by: Actor
    now: datetime


def about(limit: int) -> dict[str, str]:
    """What this server speaks, for a client that asks."""
    return {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(limit),
        "Tus-Checksum-Algorithm": ",".join(uploads.CHECKSUMS),
    }


def create(
    hypothesis_id: str, headers: Headers, desk: Desk, address: Callable[[Upload], str]
) -> Reply:
    """Begin a file: its size in `Upload-Length`, its name and more in `Upload-Metadata`."""
    _require_version(headers)
    size = _number(headers.get("Upload-Length"))
    if size is None:
        raise Invalid(Text("upload_needs_size"))
    told = metadata(headers.get("Upload-Metadata", ""))
    filename = plain_name(told.get("filename", ""))
    if not filename:
        raise Invalid(Text("upload_needs_name"))
    upload = uploads.begin(
        hypothesis_id, filename=filename, size=size, batch=told.get("batch"),
        batch_size=_number(told.get("batch_size", "1")) or 0,
        choices=_choices(told), folder=desk.folder, limit=desk.limit, by=desk.by, now=desk.now,
    )  # fmt: skip
    return Reply(201, {"Location": address(upload), **_state(upload)})


def status(upload_id: str, headers: Headers, desk: Desk) -> Reply:
    """How much of a file is here."""
    _require_version(headers)
    upload = uploads.find(upload_id, by=desk.by)
    length = {"Upload-Length": str(upload.size), "Cache-Control": "no-store"}
    return Reply(200, {**length, **_state(upload)})


def append(upload_id: str, headers: Headers, stream: Stream, desk: Desk) -> Reply:
    """Take the next piece of a file."""
    _require_version(headers)
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != PIECE:
        raise NoPiece(Text("upload_no_piece", type=PIECE))
    offset = _number(headers.get("Upload-Offset"))
    if offset is None:
        raise Invalid(Text("upload_needs_offset"))
    upload = uploads.append(
        upload_id, offset=offset, stream=stream, folder=desk.folder,
        checksum=_checksum(headers.get("Upload-Checksum")), by=desk.by, now=desk.now,
    )  # fmt: skip
    return Reply(204, _state(upload))


def terminate(upload_id: str, headers: Headers, desk: Desk) -> Reply:
    """Leave a file out."""
    _require_version(headers)
    uploads.cancel(upload_id, folder=desk.folder, by=desk.by, now=desk.now)
    return Reply(204, {"Tus-Resumable": VERSION})


def refusal(error: HadiError) -> tuple[int, dict[str, str]] | None:
    """The status and headers of a refusal that the protocol knows; None for the others."""
    headers = {"Tus-Resumable": VERSION}
    match error:
        case uploads.WrongOffset():
            return CONFLICT, {**headers, "Upload-Offset": str(error.received)}
        case uploads.WrongChecksum():
            return CHECKSUM_MISMATCH, headers
        case OtherVersion():
            return 412, {**headers, "Tus-Version": VERSION}
        case NoPiece():
            return 415, headers
        case _:
            return None


def metadata(written: str) -> dict[str, str]:
    """`Upload-Metadata`: names with values in Base64. Raises Invalid."""
    told: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in written.split(","))):
        name, _, value = pair.partition(" ")
        try:
            told[name] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise Invalid(Text("upload_metadata", name=printable(name)[:40])) from None
        if "\0" in told[name]:
            raise Invalid(Text("upload_metadata", name=printable(name)[:40]))
    return told


def plain_name(written: str) -> str:
    """A file's name without its folders, as it can be shown."""
    return printable(written.replace("\\", "/").rpartition("/")[2]).strip()[-200:]


def printable(written: str) -> str:
    return "".join(sign for sign in written if sign.isprintable())


def _state(upload: Upload) -> dict[str, str]:
    told = {"Tus-Resumable": VERSION, "Upload-Offset": str(upload.received)}
    if upload.state is UploadState.RECEIVING:
        told["Upload-Expires"] = format_datetime(uploads.expires_at(upload), usegmt=True)
    return told


def _choices(told: Mapping[str, str]) -> dict[str, Any]:
    """How the file is to be read, where its sender has said so. Raises Invalid."""
    chosen: dict[str, Any] = {}
    if told.get("choices"):
        try:
            chosen = json.loads(told["choices"])
        except (ValueError, RecursionError):
            chosen = []  # type: ignore[assignment]
        if not isinstance(chosen, dict):
            raise Invalid(Text("upload_metadata", name="choices"))
    if told.get("sheet"):
        chosen["sheet"] = told["sheet"][:100]
    return chosen


def _checksum(written: str | None) -> tuple[str, bytes] | None:
    if not written:
        return None
    name, _, value = written.strip().partition(" ")
    try:
        return name.lower(), base64.b64decode(value.strip(), validate=True)
    except binascii.Error:
        raise Invalid(Text("upload_metadata", name="Upload-Checksum")) from None


def _number(written: str | None) -> int | None:
    """A whole number as the protocol writes it."""
    written = (written or "").strip()
    is_number = written.isascii() and written.isdigit() and len(written) <= 15
    return int(written) if is_number else None


def _require_version(headers: Headers) -> None:
    if headers.get("Tus-Resumable") != VERSION:
        raise OtherVersion(Text("upload_version", version=VERSION))
