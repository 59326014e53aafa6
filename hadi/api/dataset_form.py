"""What is sent with files: how they are read, what their columns are, what they are to the data
before. Every fault is told by its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from flask import request

from hadi.api.body import invalid, is_storable, parse_json
from hadi.domain.text import Text
from hadi.ingest.choices import Choices
from hadi.models.dataset import DatasetRole, Relation
from hadi.services.datasets import Sent

FORM = (
    "mapping", "sheet", "choices", "role", "relation", "corrects", "extends", "reason", "tags",
    "day",
)  # fmt: skip

_COUNTS = {
    "type": "array",
    "description": "One entry for each arm",
    "items": {
        "type": "object",
        "required": ["arm", "units"],
        "properties": {
            "arm": {"type": "string"},
            "units": {"type": "integer", "minimum": 0},
            "successes": {"description": "Of a conversion", "type": "integer", "minimum": 0},
            "mean": {"description": "Of a mean", "type": "number"},
            "sd": {"description": "Of a mean", "type": "number", "minimum": 0},
            "events": {"description": "Of a rate", "type": "integer", "minimum": 0},
            "exposure": {
                "description": "Of a rate: of all the arm's units together",
                "type": "number",
                "exclusiveMinimum": 0,
            },
        },
    },
}
_RELATION = {
    "relation": {
        "description": "What the data are to those before; “whole” unless said",
        "type": "string", "enum": [each.value for each in Relation],
    },
    "corrects": {
        "description": "The version (or id) that these data correct; needs a reason",
        "type": "string",
    },
    "reason": {
        "description": "Of a correction, or of columns that are not those of the version before",
        "type": "string",
    },
}  # fmt: skip
BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "description": "CSV, TSV, XLSX, ODS, JSON lines, Parquet or a zip of them;"
                        " several are the parts of one data set",
                        "type": "string", "contentMediaType": "application/octet-stream",
                    },
                    "mapping": {
                        "description": "JSON object: the plan's name of a column to the file's;"
                        " omitted: as the data before",
                        "type": "string",
                    },
                    "sheet": {"description": "Of a workbook", "type": "string"},
                    "choices": {
                        "description": "JSON object: how the file is read, where it cannot tell."
                        " “columns”.<name>.“arms” is an object of values that are an arm of the"
                        " plan under another name, each to the arm: {\"контроль\": \"usual\"};"
                        " several may be one arm, and what the column does not hold is passed"
                        " over. Omitted: as the data before were read",
                        "type": "string",
                    },
                    "role": {
                        "description": "What it is for. A log (written by hand) and receipts stand "
                        "beside the outcomes, to be compared; their mapping names receipt, store, "
                        "item, entered_at, event_at, noted, at, core",
                        "type": "string", "enum": [role.value for role in DatasetRole],
                    },
                    **_RELATION,
                    "extends": {
                        "description": "The newest version (or its id), whose rows are added to",
                        "type": "string",
                    },
                    "day": {
                        "description": "The column of the day, where the plan names none; omitted:"
                        " as the data before",
                        "type": "string",
                    },
                    "tags": {
                        "description": "JSON object: a column to “money”, “margin” or “personal”",
                        "type": "string",
                    },
                },
            }
        },
        "application/json": {
            "schema": {
                "type": "object", "required": ["counts"], "additionalProperties": False,
                "properties": {"counts": _COUNTS, **_RELATION},
            }
        },
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attachment:
    """Files and everything that was said of them."""

    files: tuple[Sent, ...]
    mapping: dict[str, str] = field(default_factory=dict)
    choices: dict[str, Any] = field(default_factory=dict)
    role: DatasetRole = DatasetRole.OUTCOME
    relation: Relation = Relation.WHOLE
    previous: str | None = None
    reason: str = ""
    tags: dict[str, str] | None = None
    day: str | None = None

    def arguments(self) -> dict[str, Any]:
        """What a job is told, so that it attaches the data when it has read them."""
        return {
            "mapping": self.mapping, "role": self.role.value, "relation": self.relation.value,
            "previous": self.previous, "reason": self.reason, "tags": self.tags,
            "day": self.day,
        }  # fmt: skip


def read_form() -> Attachment:
    """The form of this request. Raises Invalid with every fault, Problem for broken JSON."""
    wrong: dict[str, Text] = {}
    for name in {*request.form, *request.files} - {*FORM, "file"}:
        shown_name = "".join(sign for sign in (name or "")[:80] if sign.isprintable())
        wrong[shown_name] = Text("api.unknown_field", field=shown_name)
    for name in FORM:
        if not is_storable(request.form.get(name, "")):
            wrong[name] = Text("api.odd_characters", field=name)
    files = [file for file in request.files.getlist("file") if file.filename]
    if not files and not wrong:
        wrong["file"] = Text("api.file_missing")
    if wrong:
        raise invalid(wrong)
    relation, previous = relation_of(request.form)
    choices = dict(_object("choices", "api.not_object"))
    Choices.from_json(choices)  # refuses what no reader could follow
    if sheet := request.form.get("sheet"):
        choices["sheet"] = sheet
    return Attachment(
        files=tuple(Sent(filename_of(str(each.filename)), _stream(each)) for each in files),
        mapping=_words("mapping"),
        choices=choices,
        role=_role(),
        relation=relation,
        previous=previous,
        reason=request.form.get("reason", ""),
        tags=_words("tags") if request.form.get("tags", "").strip() else None,
        day=request.form.get("day"),
    )


def relation_of(sent: Mapping[str, Any]) -> tuple[Relation, str | None]:
    """What the data are to those before, and which these are. Raises Invalid."""
    corrects, extends = str(sent.get("corrects") or ""), str(sent.get("extends") or "")
    written = str(sent.get("relation") or "")
    implied = Relation.CORRECTION if corrects else Relation.INCREMENT if extends else None
    if written and written not in set(Relation):
        raise invalid({"relation": Text("relation_unknown")})
    relation = Relation(written) if written else implied or Relation.WHOLE
    if (corrects and extends) or (implied is not None and relation is not implied):
        raise invalid({"relation": Text("relation_contradicts")})
    return relation, corrects or extends or None


def _role() -> DatasetRole:
    """What the file is for: the check rests on it, unless said. Raises Invalid."""
    written = request.form.get("role") or DatasetRole.OUTCOME.value
    try:
        return DatasetRole(written)
    except ValueError:
        options = ", ".join(DatasetRole)
        raise invalid({"role": Text("field_not_a_choice", field="role", options=options)}) from None


def _words(name: str) -> dict[str, str]:
    """A JSON object whose values are text."""
    read = _object(name, "api.mapping_not_object")
    if not all(value is None or isinstance(value, str) for value in read.values()):
        raise invalid({name: Text("api.mapping_not_object", field=name)})
    return {str(key): value for key, value in read.items() if value}


def _object(name: str, code: str) -> Mapping[str, Any]:
    written = request.form.get(name, "").strip()
    read: object = parse_json(written) if written else {}
    if not isinstance(read, Mapping):
        raise invalid({name: Text(code, field=name)})
    return read


def _stream(file: Any) -> BinaryIO:
    stream: BinaryIO = file.stream  # bytes, however they are spooled
    return stream


def filename_of(written: str) -> str:
    """The name alone, as it can be shown: some browsers send a whole path."""
    name = PurePosixPath(written.replace("\\", "/")).name
    return "".join(sign for sign in name if sign.isprintable())[:200] or "file"
