"""The base of every form: cleaned input, refusals of the rules at their fields, safe repeats."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs of 3.2
from wtforms.validators import ValidationError

from hadi.domain.errors import Blocked, Invalid
from hadi.domain.text import Text
from hadi.web.shared.language import say

ONCE_LENGTH = 64


class Form(FlaskForm):  # type: ignore[misc]
    """`once` names this copy of the form: sent twice, it acts once. `version` is what was read."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            return without_nul(super().wrap_formdata(form, formdata))

    once = HiddenField(default=lambda: secrets.token_urlsafe(24))
    version = HiddenField()

    def validate_once(self, field: Field) -> None:
        if len(field.data or "") > ONCE_LENGTH:
            raise ValidationError("once")

    @property
    def read_version(self) -> int:
        """The version the form was opened with; 0, which no record has, if it was tampered with."""
        written = str(self.version.data or "")
        return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0

    def refuse(self, refusal: Invalid | Blocked, names: Mapping[str, str] | None = None) -> None:
        """Put what the rules refused at its fields; the rest goes above the form.

        `names` maps a path of the rules ("metrics.0.threshold") to a field of this form.
        """
        for path, text in _parts(refusal):
            name = (names or {}).get(path, path)
            field = self._fields.get(name)
            if field is None or isinstance(field, HiddenField):
                self.form_errors.append(say(text))
            else:
                field.errors = [*field.errors, say(text)]
        if not self.errors:
            self.form_errors.append(say(refusal.text))

    @property
    def loose_errors(self) -> list[tuple[None, str]]:
        """What belongs to no field, as the error summary's `errors` takes it."""
        return [(None, message) for message in self.form_errors]

    @staticmethod
    def was_sent() -> bool:
        return request.method in {"POST", "PUT", "PATCH", "DELETE"}


def without_nul(data: MultiDict[str, Any] | None) -> MultiDict[str, Any] | None:
    """The same data without NUL characters: PostgreSQL stores none, and nobody types one."""
    if data is None or not any("\0" in value for value in _strings(data)):
        return data
    cleaned: MultiDict[str, Any] = MultiDict()
    for name, values in data.lists():
        for value in values:
            cleaned.add(name, value.replace("\0", "") if isinstance(value, str) else value)
    return cleaned


def _strings(data: MultiDict[str, Any]) -> list[str]:
    return [value for _, values in data.lists() for value in values if isinstance(value, str)]


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Choices of a select or radio field from (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in pairs]


def _parts(refusal: Invalid | Blocked) -> list[tuple[str, Text]]:
    if isinstance(refusal, Invalid):
        return list(refusal.fields.items())
    return [(blocker.field or "", blocker.text) for blocker in refusal.blockers]
