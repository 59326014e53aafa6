"""What is typed, sent or imported of a period, its counts and targets, read: every fault by its
field, at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from hadi.domain import months
from hadi.domain.errors import Invalid
from hadi.domain.levers import Lever
from hadi.domain.money import read_amount, read_currency
from hadi.domain.statement import LIMIT, cleaned
from hadi.domain.text import Text
from hadi.domain.turnover import DAYS_OF_WEEK, MOST_STAGES

COUNTS = ("leads", "clients", "purchases")
MOST_COUNT = 10**12
NAME_LENGTH = 80
MOST_DECIMALS = 6
_GAPS = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_GROUPED = re.compile(r"\d{1,3}([.,]\d{3})+")
_STAGE = re.compile(r"(?P<name>.*?)[\s:;|=\t]+(?P<count>[\d\s\u00a0\u202f.,'’]+)$")


def read_period(body: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """The columns of a period, but for its unit. Raises Invalid with every fault."""
    wrong: dict[str, Text] = {}
    columns: dict[str, Any] = read_span(body, today=today, wrong=wrong)
    for name in COUNTS:
        columns[name] = read_count(body.get(name), name, wrong)
    columns["stages"] = _stages(body.get("stages"), wrong)
    columns["revenue"] = read_amount(body.get("revenue"), "revenue", wrong)
    columns["currency"] = read_currency(
        body.get("currency"),
        "currency",
        wrong,
        takes_none=True,  # of the command, which asks none
    )
    columns["note"] = read_note(body.get("note"), wrong)
    _refuse_nonsense(columns, wrong)
    if wrong:
        raise Invalid(Text("lever_period_invalid"), wrong)
    return columns


def read_span(
    body: Mapping[str, Any], *, today: date, wrong: dict[str, Text]
) -> dict[str, date | None]:
    """First and last day, the last included. A month alone is its days."""
    first = _end(body.get("starts_on"), "starts_on", wrong, is_last=False)
    # Where one cell says the whole period, what is wrong of it is said once.
    twice = wrong if body.get("ends_on") or not body.get("starts_on") else {}
    last = _end(body.get("ends_on") or body.get("starts_on"), "ends_on", twice, is_last=True)
    if first and last:
        if last < first:
            wrong["ends_on"] = Text("period_backwards")
        elif last > today:
            wrong["ends_on"] = Text("period_not_over")
    return {"starts_on": first, "ends_on": last}


def _end(value: object, name: str, wrong: dict[str, Text], *, is_last: bool) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    when = months.read_when(str(value or ""))
    if when is None:
        wrong.setdefault(name, months.no_day(value, Text("period_needs_day")))
        return None
    if is_last and when.is_week:
        return when.first + timedelta(days=DAYS_OF_WEEK - 1)
    return months.last_day(when) if is_last else when.first


def read_count(
    value: object, name: str, wrong: dict[str, Text], *, is_optional: bool = False
) -> int | None:
    """A whole number of zero or more."""
    if value is None or (isinstance(value, str) and not value.strip()):
        if not is_optional:
            wrong[name] = Text("count_needed")
        return None
    typed = _GAPS.sub("", str(value))
    if isinstance(value, str) and _GROUPED.fullmatch(typed):
        typed = re.sub(r"[.,]", "", typed)
    try:
        number = Decimal(typed)
    except InvalidOperation:
        number = Decimal("NaN")
    is_whole = number.is_finite() and 0 <= number <= MOST_COUNT and number == int(number)
    if isinstance(value, bool) or not is_whole:
        wrong[name] = Text("count_unreadable")
        return None
    return int(number)


def read_note(value: object, wrong: dict[str, Text]) -> str:
    note = cleaned(str(value or ""))
    if len(note) > LIMIT:
        wrong["note"] = Text("statement_too_long", limit=LIMIT)
    return note


def _stages(value: object, wrong: dict[str, Text]) -> list[list[Any]]:
    """The stages between leads and clients, as text (one on each line) or as a list."""
    if isinstance(value, str):
        listed: Sequence[Any] = [_typed(line) for line in value.splitlines() if line.strip()]
    elif isinstance(value, list | tuple):
        listed = value
    else:
        listed = []
    if len(listed) > MOST_STAGES:
        wrong["stages"] = Text("stages_many", limit=MOST_STAGES)
        return []
    found: list[list[Any]] = []
    for each in listed:
        name, count = _pair(each)
        faults: dict[str, Text] = {}
        number = read_count(count, "stages", faults)
        if not name or faults:
            wrong["stages"] = Text("stage_unreadable", stage=name or str(each)[:60])
            return []
        if len(name) > NAME_LENGTH:
            wrong["stages"] = Text("statement_too_long", limit=NAME_LENGTH)
            return []
        if name in [other for other, _ in found]:
            wrong["stages"] = Text("stage_twice", stage=name)
            return []
        found.append([name, number])
    return found


def _typed(line: str) -> tuple[str, str]:
    found = _STAGE.match(line.strip())
    if found is None:
        return line.strip(), ""
    return found["name"].strip(), re.sub(r"[.,]", "", found["count"])


def _pair(each: object) -> tuple[str, object]:
    if isinstance(each, Mapping):
        return cleaned(str(each.get("name") or "")), each.get("count")
    if isinstance(each, list | tuple) and len(each) == 2:
        return cleaned(str(each[0] or "")), each[1]
    return cleaned(str(each or "")), None


def _refuse_nonsense(columns: Mapping[str, Any], wrong: dict[str, Text]) -> None:
    """What cannot be: purchases nobody made, and money from no purchase."""
    clients, purchases, revenue = (columns[n] for n in ("clients", "purchases", "revenue"))
    if clients is not None and purchases is not None and purchases < clients:
        wrong["purchases"] = Text("purchases_fewer_than_clients")
    if clients == 0 and purchases:
        wrong["clients"] = Text("purchases_without_clients")
    if purchases == 0 and revenue:
        wrong["purchases"] = Text("revenue_without_purchases")


def read_targets(body: Mapping[str, Any]) -> tuple[dict[str, str], str]:
    """What each lever is to reach, as exact text, and the currency of the check. A lever left out,
    or empty, has no target. Raises Invalid with every fault."""
    wrong: dict[str, Text] = {}
    found: dict[str, str] = {}
    for lever in Lever:
        value = body.get(lever.value)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        number = _target(value, lever)
        if number is None:
            wrong[lever.value] = Text(f"lever_target_{lever.value}_unreadable")
        else:
            found[lever.value] = f"{number.normalize():f}"
    currency = ""
    if Lever.CHECK.value in found:
        currency = read_currency(body.get("currency"), "currency", wrong) or ""
    if wrong:
        raise Invalid(Text("lever_targets_invalid"), wrong)
    return found, currency


def _target(value: object, lever: Lever) -> Decimal | None:
    try:
        number = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        return None
    if isinstance(value, bool) or not number.is_finite() or not 0 < number <= MOST_COUNT:
        return None
    if lever is Lever.CONVERSION and number > 1:
        return None
    rounded = round(number, MOST_DECIMALS)
    return rounded or None
