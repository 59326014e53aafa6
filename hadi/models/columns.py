"""Column shapes that several tables share."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from sqlalchemy import JSON, BigInteger, Dialect, Enum, ForeignKey, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column

from hadi.db import Instant, new_id

CENTS = 100


class Amount(TypeDecorator[Decimal]):
    """An amount of money, exact on every database and summed by it: whole hundredths."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        hundredths = value * CENTS
        if hundredths != int(hundredths):
            raise ValueError("an amount has two decimals at most")
        return int(hundredths)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else (Decimal(int(value)) / CENTS).quantize(Decimal("0.01"))


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
