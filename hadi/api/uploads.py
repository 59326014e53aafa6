"""Files in pieces: begun, sent, gone on with after a dropped connection (tus 1.0)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import marshmallow as ma
from flask import Response, current_app, request
from marshmallow import fields

from hadi import tus
from hadi.api import found, shown
from hadi.api.answers import PREFIX, Endpoints, answer
from hadi.api.authentication import actor, now
from hadi.api.problems import problem
from hadi.api.voice import say
from hadi.config import Settings
from hadi.domain.errors import HadiError, NotFound
from hadi.domain.text import Text
from hadi.models import Upload
from hadi.models.upload import UploadState
from hadi.services import uploads
from hadi.services.upload_files import Stream

endpoints = Endpoints("uploads", "Large files, in pieces that survive a dropped connection")


class UploadOut(ma.Schema):
    """A file on its way, or read."""

    id = fields.String(required=True)
    batch = fields.String(required=True, metadata={"description": "Files read together share it"})
    filename = fields.String(required=True)
    size = fields.Integer(required=True, metadata={"description": "Bytes"})
    received = fields.Integer(required=True, metadata={"description": "Bytes that are here"})
    state = fields.String(required=True, metadata={"enum": [state.value for state in UploadState]})
    problem = fields.String(
        required=True, allow_none=True, metadata={"description": "Why it could not be read"}
    )
    dataset_id = fields.String(required=True, allow_none=True)
    job_id = fields.String(
        required=True, allow_none=True, metadata={"description": "The work that reads it"}
    )
    expires_at = fields.String(
        required=True, allow_none=True,
        metadata={"format": "date-time", "description": "When it goes unless more of it comes"},
    )  # fmt: skip


def _header(name: str, about: str, *, is_required: bool = True) -> dict[str, Any]:
    return {
        "in": "header", "name": name, "required": is_required, "description": about,
        "schema": {"type": "string"},
    }  # fmt: skip


_VERSION = {
    **_header("Tus-Resumable", "The version of the protocol"), "schema": {"const": tus.VERSION}
}  # fmt: skip
_LENGTH = {
    **_header("Upload-Length", "Bytes of the file"),
    "schema": {"type": "integer", "minimum": 1},
}
_OFFSET = {
    **_header("Upload-Offset", "Where the piece begins"),
    "schema": {"type": "integer", "minimum": 0},
}
_METADATA = _header(
    "Upload-Metadata",
    "Names with values in Base64: filename; choices (JSON: how it is read); sheet; batch and "
    "batch_size (files that become one data set together)",
)
_CHECKSUM = _header(
    "Upload-Checksum", "sha1 or sha256, and the digest in Base64", is_required=False
)
_PIECE = {
    "required": True,
    "content": {tus.PIECE: {"schema": {"type": "string", "contentMediaType": tus.PIECE}}},
}


def _speaking(view: Callable[..., Response]) -> Callable[..., Response]:
    """Let a view refuse as the protocol does, in the words of the API."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Response:
        try:
            return view(*args, **kwargs)
        except HadiError as error:
            known = tus.refusal(error)
            if known is None:
                raise
            status, headers = known
            return problem(status, error.text.code, error.text, headers=headers)

    return wrapped


@endpoints.at("/hypotheses/<key>/uploads", "POST")
@endpoints.answers(
    201, None, 400, 404, 409, 412, 413, 422, 507, has_location=True,
    parameters=[_VERSION, _LENGTH, _METADATA], about="Send the pieces to its Location",
)  # fmt: skip
@_speaking
def begin(key: str) -> Response:
    """Begin to send a file in pieces."""
    hypothesis = found.hypothesis(key)
    place = f"{PREFIX}/hypotheses/{hypothesis.id}/uploads"
    reply = tus.create(hypothesis.id, _headers(), _desk(), lambda upload: f"{place}/{upload.id}")
    return Response(status=reply.status, headers=reply.headers)


@endpoints.at("/hypotheses/<key>/uploads/<upload_id>", "GET")
@endpoints.answers(200, UploadOut, 404, about="To HEAD, in the headers of tus: where to go on")
@_speaking
def get(key: str, upload_id: str) -> Response:
    """How far a file is: received, read, or why not."""
    upload = _found(key, upload_id)
    if request.method == "HEAD":
        reply = tus.status(upload.id, _headers(), _desk())
        return Response(status=reply.status, headers=reply.headers)
    return answer(_shown(upload))


@endpoints.at("/hypotheses/<key>/uploads/<upload_id>", "PATCH")
@endpoints.answers(
    204, None, 400, 403, 404, 409, 412, 415, 422, 507,
    parameters=[_VERSION, _OFFSET, _CHECKSUM], request_body=_PIECE,
)  # fmt: skip
@_speaking
def append(key: str, upload_id: str) -> Response:
    """Send the next piece of a file."""
    upload = _found(key, upload_id)
    reply = tus.append(upload.id, _headers(), cast("Stream", request.stream), _desk())
    return Response(status=reply.status, headers=reply.headers)


@endpoints.at("/hypotheses/<key>/uploads/<upload_id>", "DELETE")
@endpoints.answers(204, None, 404, 409, 412, parameters=[_VERSION])
@_speaking
def terminate(key: str, upload_id: str) -> Response:
    """Leave a file out that was begun."""
    reply = tus.terminate(_found(key, upload_id).id, _headers(), _desk())
    return Response(status=reply.status, headers=reply.headers)


def _shown(upload: Upload) -> dict[str, Any]:
    is_open = upload.state is UploadState.RECEIVING
    return {
        "id": upload.id,
        "batch": upload.batch,
        "filename": upload.filename,
        "size": upload.size,
        "received": upload.received,
        "state": upload.state.value,
        "problem": say(Text.from_json(upload.problem)) if upload.problem else None,
        "dataset_id": upload.dataset_id,
        "job_id": upload.job_id,
        "expires_at": shown.moment(uploads.expires_at(upload)) if is_open else None,
    }


def _headers() -> tus.Headers:
    return cast("tus.Headers", request.headers)


def _desk() -> tus.Desk:
    settings: Settings = current_app.extensions["hadi_settings"]
    return tus.Desk(settings.data_dir / "incoming", settings.max_upload_bytes, actor(), now())


def _found(key: str, upload_id: str) -> Upload:
    """A file of this hypothesis. Raises NotFound."""
    hypothesis = found.hypothesis(key)
    if not found.is_name(upload_id):
        raise NotFound(Text("no_such_upload"))
    upload = uploads.find(upload_id, by=actor())
    found.test_number(hypothesis, upload.test_id, absent=Text("no_such_upload"))
    return upload


@endpoints.after_request  # type: ignore[untyped-decorator]
def _say_version(response: Response) -> Response:
    """Every answer names the version; one to OPTIONS, what there is of it."""
    if request.method == "OPTIONS":
        settings: Settings = current_app.extensions["hadi_settings"]
        response.headers.update(tus.about(settings.max_upload_bytes))
    response.headers["Tus-Resumable"] = tus.VERSION
    return response
