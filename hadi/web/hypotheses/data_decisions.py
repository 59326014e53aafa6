"""What was decided of the reading of a file, as fields that can be changed, and what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from hadi.domain.text import Text
from hadi.models import Dataset
from hadi.web.shared.language import say

FOUND_OUT = "(found out)"  # the option that takes a choice back
_NUMBERS = {"header_row": int, "header_rows": int, "factor": float}


@dataclass(frozen=True, slots=True)
class Option:
    """A way to read it."""

    value: str
    label: str
    is_taken: bool


@dataclass(frozen=True, slots=True)
class DecisionField:
    """A decision as a field of a form. A question has no value yet: `examples` show what it is
    about."""

    name: str
    label: str
    options: tuple[Option, ...]
    column: str | None
    is_question: bool
    is_chosen: bool
    detail: str | None
    examples: tuple[str, ...]
    files: str | None  # of several parts, those it holds for


def fields_of(dataset: Dataset) -> tuple[DecisionField, ...]:
    """The decisions of a file that can be read again."""
    decisions = dataset.report.get("decisions", ())
    several = len(dataset.parts)
    return tuple(_field(place, each, several) for place, each in enumerate(decisions))


def chosen_parts(dataset: Dataset, sent: Mapping[str, str]) -> list[dict[str, Any]]:
    """How each part is to be read, with what was changed in the form."""
    parts = [{**part.choices} for part in dataset.parts]
    for place, decision in enumerate(dataset.report.get("decisions", ())):
        value = sent.get(f"decision_{place}")
        is_new = value == FOUND_OUT if decision["chosen"] else False
        is_new = is_new or (value != decision["value"] and value in decision["options"])
        if value is None or not is_new:
            continue
        for number in decision.get("parts", range(len(parts))):
            _choose(parts[number], decision, None if value == FOUND_OUT else value)
    return parts


def _choose(choices: dict[str, Any], decision: Mapping[str, Any], value: str | None) -> None:
    """Change one choice; None takes it back."""
    name, column = decision["field"], decision["column"]
    target = choices
    if column is not None:
        columns = choices["columns"] = {**choices.get("columns", {})}
        target = columns[column] = {**columns.get(column, {})}
    target.pop(name, None)
    if value is not None:
        target[name] = _NUMBERS.get(name, str)(value)
    if column is not None and not target:
        choices["columns"].pop(column)


def _field(place: int, decision: Mapping[str, Any], several: int) -> DecisionField:
    value, name = decision["value"], decision["field"]
    options = [Option(each, option_word(name, each), each == value) for each in decision["options"]]
    if decision["chosen"]:
        found_out = _("as in the file") if name == "arms" else _("as HADI finds")
        options.append(Option(FOUND_OUT, found_out, False))
    files = decision.get("files", ())
    detail = decision.get("detail")
    return DecisionField(
        name=f"decision_{place}",
        label=_question(decision) if value is None else field_word(name),
        options=tuple(options),
        column=decision["column"],
        is_question=value is None,
        is_chosen=decision["chosen"],
        detail=say(Text.from_json(detail)) if detail else None,
        examples=tuple(decision.get("examples", ())),
        files=", ".join(files) if files and len(files) < several else None,
    )


def _question(decision: Mapping[str, Any]) -> str:
    """What only a person can know."""
    column, shown = decision["column"] or "", _shown(decision.get("examples", ()))
    match decision["field"]:
        case "date_order":
            return str(_("Is %(example)s a day first, or a month first?", example=shown))
        case "decimal":
            return str(_("Is %(example)s a thousand or a fraction?", example=shown))
        case "factor":
            return str(_("What are the numbers of “%(column)s” counted in?", column=column))
        case "sheet":
            return str(_("Which sheet holds the data?"))
        case "type":
            return str(_("What does “%(column)s” hold?", column=column))
        case _:
            return str(_("%(what)s: which is it?", what=field_word(decision["field"])))


def _shown(examples: Sequence[str]) -> str:
    return examples[0] if examples else "…"


def field_word(name: str) -> str:
    """What a decision is about."""
    words = {
        "encoding": _("Encoding"),
        "delimiter": _("Delimiter"),
        "decimal": _("Decimal sign"),
        "date_order": _("Order of dates"),
        "sheet": _("Sheet"),
        "header_row": _("Header in row"),
        "header_rows": _("Rows of the header"),
        "totals": _("Rows of totals"),
        "bad_rows": _("Rows that cannot be read"),
        "headers": _("Columns of one name"),
        "time_zone": _("Time zone"),
        "type": _("Holds"),
        "factor": _("Numbers times"),
        "member": _("File of the archive"),
        "arms": _("Arms"),
    }
    return str(words.get(name, name))


def option_word(name: str, value: str) -> str:
    """One way to decide it."""
    words: dict[str, dict[str, str]] = {
        "delimiter": {
            ",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("bar"),
        },
        "decimal": {",": _("comma: 1,5"), ".": _("point: 1.5")},
        "date_order": {
            "dmy": _("day, month, year"), "mdy": _("month, day, year"),
            "ymd": _("year, month, day"),
        },
        "totals": {"leave_out": _("left out"), "keep": _("kept")},
        "bad_rows": {"refuse": _("refuse the file"), "leave_out": _("left out and listed")},
        "headers": {"refuse": _("refuse the file"), "number": _("numbered: name, name (2)")},
        "header_rows": {"0": _("none")},
        "type": {
            "integer": _("whole numbers"), "number": _("numbers"), "boolean": _("yes or no"),
            "date": _("dates"), "time": _("dates with time"), "text": _("text"),
        },
        "sheet": {"*": _("all of them, one under the other")},
        "factor": {
            "0.01": _("0.01: per cent"), "1": _("1: as they are"), "1000": _("1,000: thousands"),
            "1000000": _("1,000,000: millions"),
        },
    }  # fmt: skip
    if name == "encoding":
        return value.upper()
    return str(words.get(name, {}).get(value, value))
