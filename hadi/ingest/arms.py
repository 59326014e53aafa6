"""Arms as the data write them and as the plan does: which row belongs to which.

Values are compared as text without outer blanks: 1 in a column of numbers is "1", but also the
plan's "1.0", and TRUE in a column of booleans is "true" however it is capitalised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Plan
from hadi.domain.text import Text

MAX_ARMS = 100
_SHOWN = 10  # unknown arms, arms in a message


@dataclass(frozen=True, slots=True)
class Arms:
    """The arms of a test in order, control first, and the rows that belong to none."""

    names: tuple[str, ...]
    rows: dict[str, int]
    all_rows: int
    blank_rows: int
    unknown_rows: int
    unknown: tuple[str, ...]
    spellings: dict[str, str]

    def name_of(self, value: Any) -> str | None:
        """The arm of a value of the variant column; None where it is blank or unknown."""
        return self.spellings.get(_key(value))


def read(plan: Plan, variant: str, counted: Sequence[tuple[Any, int]]) -> Arms:
    """Sort the values of the variant column, with their rows, into the plan's arms.

    Raises Unreadable when the column is not one of arms, the control is not there, or nothing
    is left to compare.
    """
    if len(counted) > MAX_ARMS:
        raise Unreadable(Text("data_many_arms", column=variant, limit=MAX_ARMS))
    assert plan.control is not None
    wanted = [plan.control, *(plan.split or {})]
    spelled = {_fold(name): name.strip() for name in wanted}
    numbers = {number: name.strip() for name in wanted if (number := _number(name)) is not None}
    rows: dict[str, int] = {}
    unknown: dict[str, int] = {}
    spellings: dict[str, str] = {}
    blank = 0
    for value, n in counted:
        key = _key(value)
        if "\0" in key:
            raise Unreadable(Text("data_nul_arm", column=variant))
        if not key:
            blank += n
            continue
        name = key
        if isinstance(value, bool):
            name = spelled.get(_fold(key), key)
        elif isinstance(value, (int, float, Decimal)):
            number = _number(str(value))
            name = numbers.get(number, key) if number is not None else key
        if plan.split is not None and name not in {arm.strip() for arm in plan.split}:
            unknown[name] = unknown.get(name, 0) + n
            continue
        spellings[key] = name
        rows[name] = rows.get(name, 0) + n
    control = plan.control.strip()
    _refuse(variant, control, rows, unknown)
    declared = sorted(rows)
    if plan.split is not None:  # an arm that is to get nothing, and got nothing, is none
        declared = [a for arm, share in plan.split.items() if (a := arm.strip()) in rows or share]
    names = (control, *(arm for arm in declared if arm != control))
    listed = sorted(unknown, key=lambda arm: (-unknown[arm], arm))[:_SHOWN]
    return Arms(
        names,
        rows,
        sum(n for _, n in counted),
        blank,
        sum(unknown.values()),
        tuple(listed),
        spellings,
    )


def _refuse(variant: str, control: str, rows: dict[str, int], unknown: dict[str, int]) -> None:
    if not rows and not unknown:
        raise Unreadable(Text("data_no_arm", column=variant))
    if control not in rows:
        listed = ", ".join(f"“{arm}”" for arm in sorted(rows | unknown)[:_SHOWN])
        raise Unreadable(Text("data_control_absent", control=control, arms=listed))
    if len(rows) < 2:
        raise Unreadable(Text("data_single_arm", column=variant, arm=control))


def _fold(name: str) -> str:
    return name.strip().casefold()


def _number(written: str) -> Decimal | None:
    try:
        number = Decimal(written.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _key(value: Any) -> str:
    """A cell of the variant column as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value != value:  # NaN is a blank
            return ""
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value).strip(" \t\r\n\u00a0\u202f\u2009\ufeff")
