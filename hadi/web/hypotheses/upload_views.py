"""Large files from the browser: sent in pieces that survive a dropped connection, then read in
the background, which a page tells of until there is something to go on with."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

from flask import current_app, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi import tus
from hadi.config import Settings
from hadi.db import transaction
from hadi.domain.errors import HadiError, NoRoom, NotAllowed, NotFound, TooLarge
from hadi.domain.text import Text
from hadi.models import Hypothesis, Upload
from hadi.services import datasets, hypotheses, uploads
from hadi.services.upload_files import Stream
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.upload_pages import UploadPage, next_url, upload_page
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.render import render, tell

REFUSED = 422


# ------------------------------------------------------------------------------------ the pieces
@blueprint.post("/<key>/uploads")
def begin_upload(key: str) -> Response:
    """Begin a file (tus)."""
    hypothesis = hypotheses.find(key, by=current_actor())
    return _answer(
        lambda: tus.create(
            hypothesis.id, _headers(), _desk(),
            lambda upload: url_for("hypotheses.upload_piece", key=key, upload_id=upload.id),
        )
    )  # fmt: skip


@blueprint.route("/<key>/uploads/<upload_id>", methods=["HEAD", "PATCH", "DELETE"])
def upload_piece(key: str, upload_id: str) -> Response:
    """Where to go on, the next piece, or the end of a file (tus)."""

    def act() -> tus.Reply:
        upload = _of_hypothesis(key, upload_id)
        if request.method == "HEAD":
            return tus.status(upload.id, _headers(), _desk())
        if request.method == "DELETE":
            return tus.terminate(upload.id, _headers(), _desk())
        return tus.append(upload.id, _headers(), cast("Stream", request.stream), _desk())

    return _answer(act)


def _answer(act: Callable[[], tus.Reply]) -> Response:
    """The protocol's answer; a refusal is a sentence for the page that sends the file."""
    try:
        reply = act()
    except HadiError as error:
        status, headers = tus.refusal(error) or (_status(error), {"Tus-Resumable": tus.VERSION})
        body = json.dumps({"detail": say(error.text)}, ensure_ascii=False)
        return Response(body, status, headers, mimetype="application/json")
    return Response(status=reply.status, headers=reply.headers)


def _status(error: HadiError) -> int:
    match error:
        case TooLarge():
            return 413
        case NoRoom():
            return 507
        case NotFound():
            return 404
        case NotAllowed():
            return 403
        case _:
            return REFUSED


# ---------------------------------------------------------------------------- what becomes of them
@blueprint.get("/<key>/uploads/batch/<batch>")
def upload_batch(key: str, batch: str) -> str | Response:
    """How far the files are; when they are read, on to their columns."""
    page = _page(key, batch)
    onward = next_url(page)
    is_asked_again = "HX-Request" in request.headers
    if onward and is_asked_again:
        return Response(status=204, headers={"HX-Redirect": onward})
    if onward:
        return redirect(onward)
    if page.problem and is_asked_again:  # the title has to say so, too
        return Response(status=204, headers={"HX-Refresh": "true"})
    template = "hypotheses/_upload.html" if is_asked_again else "hypotheses/upload.html"
    return render(template, page)


@blueprint.post("/<key>/uploads/batch/<batch>/stop")
def stop_upload(key: str, batch: str) -> Response:
    """Stop reading, or leave out what is still to come."""
    page = _page(key, batch)
    stays = uploads.stop(page.batch, folder=_desk().folder, by=current_actor(), now=now())
    if stays is not None:
        return redirect(url_for("hypotheses.map_data", key=key, dataset_id=stays))
    tell(_("“%(file)s” was left out: nothing of it is kept.", file=page.name))
    return redirect(url_for("hypotheses.data", key=key))


@blueprint.post("/<key>/uploads/batch/<batch>/again")
def read_upload_again(key: str, batch: str) -> Response:
    """Read files that could not be read in the way that was offered, or just once more."""
    page = _page(key, batch)
    with transaction():
        if page.has_failed:
            datasets.retry_later(
                batch, choices=page.remedy, incoming=_desk().folder, by=current_actor(), now=now()
            )
        uploads.submit_reading(batch, by=current_actor(), now=now())
    return redirect(url_for("hypotheses.upload_batch", key=key, batch=batch))


def _page(key: str, batch: str) -> UploadPage:
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    return upload_page(hypothesis, _together(hypothesis, batch))


def _together(hypothesis: Hypothesis, batch: str) -> list[Upload]:
    """The files sent together for this hypothesis. Raises NotFound."""
    for test in hypothesis.tests:
        found = uploads.together(batch[:20].replace("\0", ""), test.id)
        if found:
            return found
    raise NotFound(Text("no_such_upload"))


def _of_hypothesis(key: str, upload_id: str) -> Upload:
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    upload = uploads.find(upload_id.replace("\0", ""), by=actor)
    if upload.test_id not in {test.id for test in hypothesis.tests}:
        raise NotFound(Text("no_such_upload"))
    return upload


def _headers() -> tus.Headers:
    return cast("tus.Headers", request.headers)


def _desk() -> tus.Desk:
    settings: Settings = current_app.extensions["hadi_settings"]
    return tus.Desk(
        settings.data_dir / "incoming", settings.max_upload_bytes, current_actor(), now()
    )
