"""Lists and data sets as files, and the whole workspace as one."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Response, current_app, request, send_file, stream_with_context

from hadi.api import found
from hadi.api.answers import IDEMPOTENCY_KEY, Endpoints
from hadi.api.authentication import actor, now
from hadi.api.body import invalid
from hadi.api.fields import Choice, Listed, Sent, Words, described
from hadi.api.jobs import JobOut, accepted
from hadi.api.problems import Problem
from hadi.api.repeats import once
from hadi.api.voice import language
from hadi.config import Settings
from hadi.domain.errors import NotFound
from hadi.domain.lifecycle import Decision, State
from hadi.domain.text import Text
from hadi.domain.verdict import Verdict
from hadi.models.dataset import DatasetKind, DatasetRole
from hadi.services import archive_jobs, export_jobs, exports, table_files
from hadi.services.dataset_list import Seen
from hadi.services.exports import Name
from hadi.services.hypothesis_list import Order
from hadi.services.table_files import MIMETYPES, Format

endpoints = Endpoints("exports", "Everything as files: tables, and the whole workspace")

_ARCHIVE = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object", "required": ["file"], "additionalProperties": False,
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        }
    },
}  # fmt: skip
_NAME = {
    "in": "path", "name": "name", "required": True,
    "schema": {"type": "string", "enum": [name.value for name in Name]},
}  # fmt: skip


class ExportQuery(Sent):
    format = Choice(Format, about="Without, the type that Accept asks for; else CSV")
    separator = Words(
        metadata=described("Of a CSV; with ; numbers have a decimal comma", enum=[",", ";"])
    )
    hypothesis = Words(metadata=described("Of history, analyses and costs: its key or id"))
    dataset = Words(metadata=described("Of rows: the id of the data set"))
    person = Words(metadata=described("Of activity: an id, an e-mail or me"))
    q = Words(metadata=described("Of hypotheses, learnings and datasets: words to search for"))
    state = Listed(Choice(State), metadata=described("Of hypotheses"))
    verdict = Listed(Choice(Verdict), metadata=described("Of hypotheses and learnings"))
    decision = Choice(Decision, about="Of learnings")
    owner = Words(metadata=described("Of hypotheses: an id, an e-mail or me"))
    order = Choice(Order, about="Of hypotheses")
    light = Choice(Seen, about="Of datasets: what their quality report says")
    kind = Choice(DatasetKind, about="Of datasets")
    role = Choice(DatasetRole, about="Of datasets: what they are for")
    unit = Words(metadata=described("Of unit_weeks and lever_periods: its id or code"))
    scorecard = Words(metadata=described("Of visits: the id of the scorecard"))


@endpoints.at("/exports/<name>", "GET", parameters=[_NAME])
@endpoints.answers(202, JobOut, 404, 422, has_location=True, files=tuple(MIMETYPES.values()))
@endpoints.takes(ExportQuery, location="query")
def export(query: dict[str, Any], name: str) -> Response:
    """A list or a data set as CSV, XLSX or Parquet. A long one is written in the background."""
    if name not in set(Name):
        raise NotFound(Text("api.unknown_address"))
    which, kind, by = Name(name), query.get("format") or _accepted(), actor()
    arguments = _arguments(which, query)
    reader = exports.reader(language(), query.get("separator") or ",")
    table = exports.table(which, arguments, folder=_data_dir() / "datasets", by=by)
    if exports.is_long(table, kind):
        job = export_jobs.submit(
            which, arguments, kind, language=language(), separator=reader.separator, by=by,
            now=now(),
        )  # fmt: skip
        return accepted(job)
    called = export_jobs.file_name(table, kind, now())
    if kind is Format.CSV:
        pieces = table_files.as_csv(table, reader)
        response = Response(stream_with_context(pieces), mimetype=MIMETYPES[kind])
        response.headers.set("Content-Disposition", "attachment", filename=called)
    else:
        response = send_file(
            exports.written(table, kind, reader), mimetype=MIMETYPES[kind], as_attachment=True,
            download_name=called,
        )  # fmt: skip
    return _private(response)


@endpoints.at("/exports/files/<job_id>", "GET")
@endpoints.answers(200, None, 404, files=(*MIMETYPES.values(), export_jobs.ZIP))
def file(job_id: str) -> Response:
    """The file that a job of the kind export has written; kept for a week."""
    if not found.is_name(job_id):
        raise NotFound(Text("no_such_job"))
    ready = export_jobs.file_of(job_id, data_dir=_data_dir(), by=actor(), now=now())
    return _private(
        send_file(ready.path, mimetype=ready.mimetype, as_attachment=True, download_name=ready.name)
    )


@endpoints.at("/workspace/archives", "POST")
@endpoints.answers(202, JobOut, 422, has_location=True, parameters=[IDEMPOTENCY_KEY])
@once
def export_workspace() -> Response:
    """Write the whole workspace into an archive, in the background. For administrators."""
    return accepted(archive_jobs.submit_export(by=actor(), now=now()))


@endpoints.at("/workspace/imports", "POST")
@endpoints.answers(
    202, JobOut, 413, 415, 422, has_location=True, parameters=[IDEMPOTENCY_KEY],
    request_body=_ARCHIVE,
)  # fmt: skip
@once
def import_workspace() -> Response:
    """Import an archive into an empty workspace, in the background. For administrators."""
    if request.mimetype != "multipart/form-data":
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Text("api.not_form"))
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise invalid({"file": Text("api.file_missing")})
    job = archive_jobs.submit_import(sent.stream, data_dir=_data_dir(), by=actor(), now=now())
    return accepted(job)


def _accepted() -> Format:
    """The format that the caller would rather have, by its type."""
    best = request.accept_mimetypes.best_match(list(MIMETYPES.values()), MIMETYPES[Format.CSV])
    return next(kind for kind, mimetype in MIMETYPES.items() if mimetype == best)


def _arguments(name: Name, query: dict[str, Any]) -> dict[str, Any]:
    """What the export is told of the query."""
    match name:
        case Name.HYPOTHESES:
            return {
                "query": query.get("q"),
                "states": [state.value for state in query.get("state", ())],
                "verdicts": [verdict.value for verdict in query.get("verdict", ())],
                "owner_id": _person(query, "owner"),
                "order": query["order"].value if query.get("order") else None,
            }
        case Name.LEARNINGS:
            verdicts, decision = query.get("verdict") or (), query.get("decision")
            return {
                "query": query.get("q"),
                "decision": decision.value if decision else None,
                "verdict": verdicts[0].value if verdicts else None,
            }
        case Name.DATASETS:
            chosen = {"seen": query.get("light"), "kind": query.get("kind")}
            chosen["role"] = query.get("role")
            return {"query": query.get("q")} | {k: v.value for k, v in chosen.items() if v}
        case Name.UNITS | Name.CALENDAR:
            return {"query": query.get("q")}
        case Name.ACTIVITY:
            return {"person": _person(query, "person")}
        case _:
            parts = ("hypothesis", "dataset", "unit", "scorecard")
            return {part: query[part] for part in parts if query.get(part)}


def _person(query: dict[str, Any], field: str) -> str | None:
    written = query.get(field)
    if not written:
        return None
    person_id = found.person_id(written)
    if person_id is None:
        raise invalid({field: Text("api.no_such_person", person=written[:80])})
    return person_id


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(("Authorization", "Accept", "Accept-Language"))
    return response


def _data_dir() -> Path:
    settings: Settings = current_app.extensions["hadi_settings"]
    return settings.data_dir
