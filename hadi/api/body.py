"""What was sent, read strictly: JSON that a database can keep, every fault told by its field."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, NoReturn

import marshmallow as ma
from flask import Request, request
from webargs import core
from webargs.flaskparser import FlaskParser

from hadi.api.problems import MB, Problem
from hadi.domain.errors import Invalid
from hadi.domain.text import Text

MAX_JSON_BYTES = 1 * MB
MAX_DEPTH = 30


class BodyParser(FlaskParser):
    """Reads bodies and queries for flask-smorest, and raises Invalid in our own words."""

    def _raw_load_json(self, req: Request) -> Any:
        return read_json(req)

    def handle_error(
        self, error: ma.ValidationError, req: Request, schema: ma.Schema, **kwargs: Any
    ) -> NoReturn:
        raise invalid({path: text for part in error.messages.values() for path, text in told(part)})  # type: ignore[union-attr]


def read_json(req: Request = request) -> Any:
    """The JSON body, or `missing` where there is none. Raises Problem (400, 413, 415), Invalid."""
    req.max_content_length = MAX_JSON_BYTES
    raw = req.get_data(cache=True)
    if not raw.strip():
        return core.missing
    if not core.is_json(req.mimetype):
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Text("api.not_json"))
    return parse_json(raw)


def parse_json(raw: bytes | str) -> Any:
    """JSON whose numbers are finite and whose text can be stored. Raises Problem, Invalid."""
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8-sig")
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise Problem(HTTPStatus.BAD_REQUEST, Text("api.malformed_json")) from None
    wrong = dict(_faults(data, "", 0))
    if wrong:
        raise invalid(wrong)
    return data


def required_body() -> None:
    """Raises Problem (400) where nothing was sent: an empty body must not empty a record."""
    if not request.get_data(cache=True).strip():
        raise Problem(HTTPStatus.BAD_REQUEST, Text("api.body_missing"))


def is_storable(text: str) -> bool:
    """Whether every database keeps the text: no NUL, no half of a character."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def invalid(fields: Mapping[str, Text]) -> Invalid:
    """What is wrong with a request, by field."""
    return Invalid(Text("api.invalid", n=len(fields)), fields)


def told(messages: object, path: str = "") -> Iterator[tuple[str, Text]]:
    """Each fault that marshmallow found, with the path of its field."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            # A fault of the whole object belongs to the object.
            part = "" if name == "_schema" else str(name)[:80]
            yield from told(inner, ".".join(filter(None, (path, part))))
        return
    for message in messages if isinstance(messages, list) else [messages]:
        yield path, message if isinstance(message, Text) else _worded(str(message), path)


def _worded(message: str, path: str) -> Text:
    code = message if message.startswith("api.") else "api.not_object"
    return Text(code, field=path)


def _faults(value: object, path: str, depth: int) -> Iterator[tuple[str, Text]]:
    if depth > MAX_DEPTH:
        yield path, Text("api.too_deep")
    elif isinstance(value, str):
        if not is_storable(value):
            yield path, Text("api.odd_characters", field=path)
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield path, Text("field_not_a_number", field=path)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _faults(item, _joined(path, str(place)), depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            if not is_storable(name):
                shown = "".join(sign if is_storable(sign) else "\ufffd" for sign in name[:80])
                yield _joined(path, shown), Text("api.odd_characters", field=shown)
            else:
                yield from _faults(item, _joined(path, name[:80]), depth + 1)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
