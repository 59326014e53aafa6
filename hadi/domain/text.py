"""A sentence for a person, kept as a code with parameters until someone reads it.

The rules, the readers of files and the services say *what* they mean (`Text("missing_column",
column="spend")`); the page, the API and the command line decide *how it reads*: in which
language, with which decimal sign. A stored analysis keeps the code, so that it reads in every
language for ever.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeAlias


class FigureKind(StrEnum):
    """How a number in a sentence is written."""

    COUNT = "count"  # 1,251
    NUMBER = "number"  # 3.46, three significant digits
    SHARE = "share"  # a fraction shown as 25.0 %
    POINTS = "points"  # a difference of fractions, shown in percentage points
    BARE_POINTS = "bare_points"  # the same without its unit, for the ends of an interval
    PERCENT = "percent"  # a relative change shown as +5.4 %
    P_VALUE = "p_value"  # 0.031, or "less than 0.001"
    MONEY = "money"  # in whole units; needs `currency`
    AMOUNT = "amount"  # money to its last digit; the value is a decimal text
    DATE = "date"  # ISO date


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a sentence: the value (a float, int or ISO string) and how it is written."""

    kind: FigureKind
    value: float | int | str
    is_signed: bool = False
    currency: str | None = None

    def as_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"figure": self.kind.value, "value": self.value}
        if self.is_signed:
            data["signed"] = True
        if self.currency:
            data["currency"] = self.currency
        return data


@dataclass(frozen=True, slots=True)
class Text:
    """A code of `hadi.domain.wording` with its parameters (`params` is read-only)."""

    code: str
    params: Mapping[str, Any]

    def __init__(self, code: str, **params: Param) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "params", params)

    def __str__(self) -> str:
        return render(self, ENGLISH)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "params": {k: _param_json(v) for k, v in self.params.items()}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Text:
        return cls(data["code"], **{k: _param_from_json(v) for k, v in data["params"].items()})


Param: TypeAlias = "str | int | Figure | Text"


class Speaker(Protocol):
    """Whoever writes a text out: knows a language and its numbers."""

    def gettext(self, message: str) -> str: ...

    def ngettext(self, singular: str, plural: str, number: int) -> str: ...

    def figure(self, figure: Figure) -> str: ...


def render(text: Text, speaker: Speaker) -> str:
    """The text as `speaker` says it. Raises KeyError for a code that has no wording."""
    from hadi.domain.wording import WORDING

    wording = WORDING[text.code]
    values = {name: _spoken(value, speaker) for name, value in text.params.items()}
    if isinstance(wording, tuple):
        template = speaker.ngettext(wording[0], wording[1], _number(text.params["n"]))
    else:
        # To gettext the empty message is the catalogue's own header.
        template = speaker.gettext(wording) if wording else ""
    said = template % values if values else template.replace("%%", "%")
    return one_stop(said, values.values())


def one_stop(said: str, values: Iterable[str]) -> str:
    """An abbreviation's full stop ("2 п.п.") is also that of the sentence it ends."""
    for value in values:
        if value.endswith(".") and not value.endswith(".."):
            said = said.replace(f"{value}.", value)
    return said


def _spoken(value: Param, speaker: Speaker) -> str:
    if isinstance(value, Text):
        return render(value, speaker)
    if isinstance(value, Figure):
        return speaker.figure(value)
    if isinstance(value, int):
        return speaker.figure(Figure(FigureKind.COUNT, value))
    return value


def _number(value: Param) -> int:
    return int(value.value) if isinstance(value, Figure) else int(value)  # type: ignore[arg-type]


def _param_json(value: Param) -> Any:
    if isinstance(value, Figure):
        return value.as_json()
    if isinstance(value, Text):
        return {"text": value.as_json()}
    return value


def _param_from_json(value: Any) -> Param:
    if isinstance(value, dict) and "figure" in value:
        return Figure(
            FigureKind(value["figure"]),
            value["value"],
            value.get("signed", False),
            value.get("currency"),
        )
    if isinstance(value, dict) and "text" in value:
        return Text.from_json(value["text"])
    return value  # type: ignore[no-any-return]


class _English:
    """The command line's voice, and the fallback where no language was asked for."""

    def gettext(self, message: str) -> str:
        return message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return singular if number == 1 else plural

    def figure(self, figure: Figure) -> str:
        if figure.kind is FigureKind.DATE:
            day = date.fromisoformat(str(figure.value)[:10])
            return f"{day.day} {day:%B %Y}"
        value = float(figure.value)
        sign = "+" if figure.is_signed and value > 0 else ""
        minus = "−" if value < 0 else ""
        size = abs(value)
        match figure.kind:
            case FigureKind.COUNT:
                written = f"{size:,.0f}"
            case FigureKind.SHARE | FigureKind.PERCENT:
                written = f"{_decimals(size * 100)}%"
            case FigureKind.POINTS:
                written = f"{_decimals(size * 100)} pp"
            case FigureKind.BARE_POINTS:
                written = _decimals(size * 100)
            case FigureKind.P_VALUE:
                return "less than 0.001" if size < 0.001 else f"{size:.3f}"
            case FigureKind.MONEY:
                written = f"{size:,.0f} {figure.currency or ''}".strip()
            case FigureKind.AMOUNT:
                amount = f"{size:,.{amount_decimals(size)}f}"
                written = f"{amount} {figure.currency or ''}".strip()
            case _:
                written = _significant(size)
        return f"{sign}{minus}{written}"


def amount_decimals(size: float) -> int:
    """Two, or none where an amount is whole."""
    return 0 if round(size, 2) == round(size) else 2


def percent_decimals(percent: float) -> int:
    """One; two below one, where one would say too little; as many as a tiny number needs not to
    read as zero."""
    if percent == 0 or percent >= 1:
        return 1
    return min(10, max(2, -math.floor(math.log10(percent))))


def _decimals(percent: float) -> str:
    return f"{percent:,.{percent_decimals(percent)}f}"


def _significant(size: float) -> str:
    if size == 0:
        return "0"
    if size >= 1000:
        return f"{size:,.0f}"
    decimals = max(0, 2 - math.floor(math.log10(size)))
    return f"{size:.{min(decimals, 10)}f}"


ENGLISH: Speaker = _English()


def day_figure(day: date | datetime) -> Figure:
    """A date in a sentence."""
    return Figure(FigureKind.DATE, day.isoformat())


def quoted(names: Sequence[str]) -> Text:
    """Names one after the other, each between the quotation marks of the reader's language."""
    first, *rest = names
    shown = Text("quoted", name=first)
    return Text("quoted_list", first=shown, rest=quoted(rest)) if rest else shown
