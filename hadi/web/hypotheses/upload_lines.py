"""Files on their way as the page of data shows them, and how one that was refused can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.permissions import Actor
from hadi.domain.text import Text
from hadi.models import Hypothesis, Upload
from hadi.models.upload import UploadState
from hadi.services import datasets, uploads
from hadi.web.hypotheses.data_decisions import option_word
from hadi.web.shared.language import say


@dataclass(frozen=True, slots=True)
class Remedy:
    """How a file that was refused can be read after all: the button, and where it is posted."""

    label: str
    url: str
    stop_url: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Files that were sent together, in one line."""

    url: str
    name: str
    note: str
    is_problem: bool
    remedy: Remedy | None


def waiting_lines(hypothesis: Hypothesis) -> tuple[Waiting, ...]:
    """What was sent for the current test and is no data set yet."""
    test = hypothesis.current_test
    found = uploads.on_their_way(test.id) if test else []
    return tuple(
        Waiting(
            url=url_for("hypotheses.upload_batch", key=hypothesis.key, batch=upload.batch),
            name=upload.filename,
            note=_note(upload.state, upload.problem),
            is_problem=upload.state is UploadState.FAILED,
            remedy=_remedy(hypothesis, upload),
        )
        for upload in found
    )


def remedy_of(hypothesis: Hypothesis, actor: Actor) -> Remedy | None:
    """How the file that this person has just sent can be read."""
    test = hypothesis.current_test
    found = datasets.failed(test.id) if test else []
    own = next((each for each in found if each.author_id == actor.user_id), None)
    return _remedy(hypothesis, own) if own is not None else None


def _remedy(hypothesis: Hypothesis, upload: Upload) -> Remedy | None:
    choices = (upload.problem or {}).get("remedy")
    if upload.state is not UploadState.FAILED or not choices:
        return None
    key, batch = hypothesis.key, upload.batch
    return Remedy(
        label=remedy_word(choices),
        url=url_for("hypotheses.read_upload_again", key=key, batch=batch),
        stop_url=url_for("hypotheses.stop_upload", key=key, batch=batch),
    )


def remedy_word(remedy: Mapping[str, Any]) -> str:
    """What the button says that reads the file after all."""
    if remedy.get("bad_rows") == "leave_out":
        return str(_("Leave these rows out and read the rest"))
    if remedy.get("headers") == "number":
        return str(_("Number the columns of one name and read it"))
    if "encoding" in remedy:
        name = option_word("encoding", str(remedy["encoding"]))
        return str(_("Read it as %(encoding)s", encoding=name))
    return str(_("Read it in that way"))


def _note(state: UploadState, problem: Mapping[str, Any] | None) -> str:
    if state is UploadState.FAILED and problem:
        return say(Text.from_json(problem))
    if state is UploadState.RECEIVING:
        return str(_("has not arrived whole"))
    return str(_("waits to be read"))
