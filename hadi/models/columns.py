"""Column shapes that several tables share."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from sqlalchemy import JSON, Enum, ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column

from hadi.db import Instant, new_id

Id = Annotated[str, mapped_column(String(20), primary_key=True, default=new_id)]
Moment = Annotated[datetime, mapped_column(Instant)]
UserRef = Annotated[str, mapped_column(String(20), ForeignKey("user.id"), index=True)]
Document = JSON().with_variant(JSONB(), "postgresql")

_E = TypeVar("_E", bound=StrEnum)


def choice(kind: type[_E]) -> Enum:
    """An enum stored as its value, checked in Python; the column stays plain text."""
    return Enum(kind, native_enum=False, length=32, values_callable=_values)


def _values(kind: type[Any]) -> list[str]:
    return [member.value for member in kind]
