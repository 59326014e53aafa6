"""Fields of what is sent: each says what it takes in the rules' own words, and names itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

import marshmallow as ma
from marshmallow import fields

from hadi.api.body import is_storable
from hadi.domain.months import no_day
from hadi.domain.numbers import finite
from hadi.domain.text import Text


class Sent(ma.Schema):
    """The base of what is sent: a field that is not known is refused by its name."""

    error_messages: dict[str, str] = {  # noqa: RUF012 - as marshmallow declares it
        "unknown": "api.unknown_field",
        "type": "api.not_object",
    }


class _Told(fields.Field[Any]):
    """Faults as `Text`, so that they read in every language."""

    def make_error(self, key: str, **kwargs: Any) -> ma.ValidationError:
        return self.fault("field_required")

    def fault(self, code: str, **params: Any) -> ma.ValidationError:
        field = self.data_key or self.name or ""
        return ma.ValidationError([Text(code, field=field, **params)])


class Bare(_Told, fields.Raw):
    """Whatever was sent, for who reads it to judge."""


class Words(_Told, fields.String):
    """Text of any length that can be stored."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.fault("api.not_text")
        if not is_storable(value):
            raise self.fault("api.odd_characters")
        return value


class Flag(_Told, fields.Boolean):
    """true or false, and nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.fault("api.not_flag")
        return value


class Number(_Told, fields.Float):
    """A finite number."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> float:
        number = None
        if isinstance(value, (int, float)):
            number = finite(value, "", {})
        if number is None:
            raise self.fault("field_not_a_number")
        return number


class Whole(_Told, fields.Integer):
    """A whole number of a query, within bounds."""

    def __init__(self, *, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(metadata={"minimum": low, "maximum": high}, **kwargs)
        self.low, self.high = low, high

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        written = str(value)
        if not (written.isascii() and written.isdigit() and len(written) <= 12):
            raise self.fault("field_not_whole")
        if not self.low <= int(written) <= self.high:
            raise self.fault("field_out_of_range")
        return int(written)


class Day(_Told, fields.Date):
    """A date such as 2026-02-20."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date:
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            wanted = Text("field_not_a_date", field=self.data_key or self.name or "")
            raise ma.ValidationError([no_day(value, wanted)]) from None


class Choice(_Told, fields.String):
    """One of an enumeration's values; loaded as its member."""

    def __init__(self, kind: type[StrEnum], *, about: str = "", **kwargs: Any) -> None:
        values = [member.value for member in kind]
        options = [*values, None] if kwargs.get("allow_none") else values
        super().__init__(metadata={"enum": options, "description": about}, **kwargs)
        self.kind = kind

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        try:
            return self.kind(value)
        except ValueError:
            raise self.fault("field_not_a_choice", options=", ".join(self.kind)) from None


class Listed(_Told, fields.List[Any]):
    """A list."""

    def make_error(self, key: str, **kwargs: Any) -> ma.ValidationError:
        return self.fault("api.not_list" if key == "invalid" else "field_required")


class Inner(_Told, fields.Nested):
    """An object within the object."""


def described(about: str, **schema: Any) -> Mapping[str, Any]:
    """Metadata for the documentation of a field."""
    return {"description": about, **schema}
