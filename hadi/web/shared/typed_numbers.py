"""Numbers as people type them: “2,5”, “1 250”, “25 %”, whatever their language.

A comma is a decimal sign in Russian and Hungarian and may be a thousands sign in English; where
one language could mean either, the reader's own decides.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from wtforms import StringField, TextAreaField
from wtforms.validators import ValidationError

from hadi.web.shared.language import speaker

_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009']")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
MOST_DIGITS = 40


def read_number(typed: str, *, language: str, is_whole: bool = False) -> Decimal | None:
    """The number, or None where there is none in it. A percent sign at the end is only a unit."""
    text = _BLANKS.sub("", typed).replace("\u2212", "-").removesuffix("%")
    if len(text) > MOST_DIGITS:
        return None
    if "," in text and "." in text:
        last = "," if text.rindex(",") > text.rindex(".") else "."
        text = text.replace("." if last == "," else ",", "")
    if is_whole and re.fullmatch(r"[+-]?\d{1,3}([.,]\d{3})+", text):
        text = text.replace(",", "").replace(".", "")
    elif _GROUPED.fullmatch(text) and (language == "en" or text.count(",") > 1):
        text = text.replace(",", "")
    text = text.replace(",", ".")
    if not _PLAIN.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def written_number(value: float | Decimal | None, *, language: str) -> str:
    """A number as it stands in a field: without grouping, with the language's decimal sign."""
    if value is None:
        return ""
    exact = Decimal(repr(value)) if isinstance(value, float) else value
    text = f"{exact.normalize():f}"
    return text if language == "en" else text.replace(".", ",")


def hundredfold(value: float | None) -> Decimal | None:
    """A fraction as percent, without binary dust."""
    return None if value is None else Decimal(repr(value)) * 100


class NumberField(StringField):
    """A field that keeps what was typed and reads a number from it; empty is no number. Amounts
    and counts are no percentages: “12 %” of them is a slip."""

    def __init__(
        self,
        label: Any = None,
        *,
        is_whole: bool = False,
        is_amount: bool = False,
        **options: Any,
    ) -> None:
        options.setdefault("render_kw", {"inputmode": "numeric" if is_whole else "decimal"})
        super().__init__(label, **options)
        self.is_whole = is_whole
        self.takes_percent = not (is_whole or is_amount)

    @property
    def number(self) -> Decimal | None:
        """What was typed, as a number; None where nothing (readable) was."""
        typed = str(self.data or "").strip()
        if not typed or (typed.endswith("%") and not self.takes_percent):
            return None
        return read_number(typed, language=speaker().language, is_whole=self.is_whole)

    @property
    def fraction(self) -> float | None:
        """Percent or percentage points as a fraction."""
        return None if self.number is None else float(self.number / 100)

    @property
    def value(self) -> float | None:
        return None if self.number is None else float(self.number)

    def pre_validate(self, form: Any) -> None:
        if not str(self.data or "").strip():
            return
        if self.number is None:
            raise ValidationError(_("Write a number, such as 2.5 or 1250."))
        if self.is_whole and self.number != self.number.to_integral_value():
            raise ValidationError(_("Write a whole number."))


class NumbersField(TextAreaField):
    """Numbers, one on each line or with semicolons between them."""

    @property
    def _lines(self) -> list[str]:
        lines = str(self.data or "").replace(";", "\n").splitlines()
        return [line.strip() for line in lines if line.strip()]

    @property
    def _numbers(self) -> list[Decimal | None]:
        language = speaker().language
        return [read_number(line, language=language) for line in self._lines]

    @property
    def values(self) -> list[float]:
        return [float(number) for number in self._numbers if number is not None]

    @property
    def fractions(self) -> list[float]:
        """Percent or percentage points as fractions."""
        return [float(number / 100) for number in self._numbers if number is not None]

    def pre_validate(self, form: Any) -> None:
        for line, number in zip(self._lines, self._numbers, strict=True):
            if number is None:
                told = _(
                    "“%(line)s” is no number: write one on each line, such as 2.5.", line=line[:40]
                )
                raise ValidationError(told)
