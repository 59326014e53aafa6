"""What is asked of a file of receipt lines: which column is what, which goods are the core of a
sale and which are added to it, and how a sale is credited to who closed it and who passed it on.

Goals and assists are shares of one sale, so they add up to a hundred per cent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hadi.domain.errors import Invalid
from hadi.domain.months import no_day
from hadi.domain.text import Text

# What a column of a file of receipt lines is for, in the order of the form.
RECEIPT_ROLES = (
    "receipt", "store", "day", "category", "item", "core", "quantity", "price", "amount",
    "margin", "currency", "seller", "assist", "department", "returned", "arm",
)  # fmt: skip
MONEY_ROLES = frozenset({"price", "amount", "margin"})
PERSONAL_ROLES = frozenset({"seller", "assist"})

LEAST_TOGETHER = 30  # receipts with both, from which on a rule is listed
MOST_NAMES = 400  # categories that can be declared
MOST_CHARS = 200


@dataclass(frozen=True, slots=True)
class Credit:
    """How a sale is shared between who closed it (a goal) and who passed it on (an assist), in
    per cent; without anybody who passed it on the goal has all of it."""

    goal: float = 70.0
    assist: float = 30.0

    @property
    def goal_share(self) -> float:
        return self.goal / 100.0

    @property
    def assist_share(self) -> float:
        return self.assist / 100.0


@dataclass(frozen=True, slots=True)
class BasketSpec:
    """How a file of receipt lines is read. `columns` is a role of `RECEIPT_ROLES` to a column.
    `core` and `periphery` are categories; without periphery all that is not core is added to it.
    `control` is the value of the column of arms that was left as it was. `since` is the day from
    which on something was changed; `least` the receipts with both from which a rule is listed."""

    columns: Mapping[str, str] = field(default_factory=dict)
    core: tuple[str, ...] = ()
    periphery: tuple[str, ...] = ()
    credit: Credit = Credit()
    least: int = LEAST_TOGETHER
    control: str = ""
    since: date | None = None
    threshold: float | None = None  # of the attach rate, a fraction
    alpha: float = 0.05

    def column(self, role: str) -> str | None:
        return self.columns.get(role) or None

    @property
    def names_goods(self) -> str | None:
        """The column by which goods are told apart."""
        return self.column("category") or self.column("item")

    @property
    def can_be_read(self) -> bool:
        """Whether it is said what the core is."""
        return bool(self.column("receipt") and (self.column("core") or self.core))

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": dict(self.columns),
            "core": list(self.core),
            "periphery": list(self.periphery),
            "goal": self.credit.goal,
            "assist": self.credit.assist,
            "least": self.least,
            "control": self.control,
            "since": self.since.isoformat() if self.since else None,
            "threshold": self.threshold,
            "alpha": self.alpha,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> BasketSpec:
        """What was stored by `as_json`."""
        since = data.get("since")
        return cls(
            dict(data.get("columns", {})),
            tuple(data.get("core", ())),
            tuple(data.get("periphery", ())),
            Credit(data.get("goal", 70.0), data.get("assist", 30.0)),
            data.get("least", LEAST_TOGETHER),
            data.get("control", ""),
            date.fromisoformat(since) if since else None,
            data.get("threshold"),
            data.get("alpha", 0.05),
        )


def read_spec(given: Mapping[str, Any], names: Sequence[str]) -> BasketSpec:
    """What somebody asks of a file whose columns are `names`. Raises Invalid with every fault."""
    wrong: dict[str, Text] = {}
    columns = _columns(given.get("columns") or {}, names, wrong)
    core, periphery = (_names(given.get(key) or (), key, wrong) for key in ("core", "periphery"))
    both = sorted(set(core) & set(periphery))
    if both:
        wrong["periphery"] = Text("basket_core_and_periphery", name=both[0])
    if not columns.get("receipt"):
        wrong.setdefault("receipt", Text("basket_needs_receipt"))
    if not columns.get("core") and not (columns.get("category") or columns.get("item")):
        wrong.setdefault("category", Text("basket_needs_goods"))
    spec = BasketSpec(
        columns,
        core,
        periphery,
        _credit(given, wrong),
        _least(given.get("least"), wrong),
        str(given.get("control") or "").strip()[:MOST_CHARS],
        _day(given.get("since"), wrong),
        _threshold(given.get("threshold"), wrong),
        _alpha(given.get("alpha"), wrong),
    )
    if spec.since and not spec.column("day"):
        wrong.setdefault("since", Text("basket_since_needs_day"))
    if spec.since and spec.column("arm"):
        wrong.setdefault("since", Text("basket_since_or_arms"))
    if spec.column("arm") and not spec.column("store"):
        wrong.setdefault("store", Text("basket_arms_need_stores"))
    if wrong:
        raise Invalid(Text("basket_invalid", n=len(wrong)), wrong)
    return spec


def _columns(given: object, names: Sequence[str], wrong: dict[str, Text]) -> dict[str, str]:
    found: dict[str, str] = {}
    if not isinstance(given, Mapping):
        wrong["columns"] = Text("basket_columns_object")
        return found
    known = ", ".join(f"“{name}”" for name in names)
    for role in given:
        if role not in RECEIPT_ROLES:
            wrong["columns"] = Text(
                "basket_no_such_role", role=str(role)[:40], roles=", ".join(RECEIPT_ROLES)
            )
    for role in RECEIPT_ROLES:
        column = given.get(role)
        if not column:
            continue
        if column not in names:
            wrong[role] = Text(
                "quality_setting_column", column=str(column)[:MOST_CHARS], columns=known
            )
        elif column in found.values():
            other = next(one for one, name in found.items() if name == column)
            wrong[role] = Text("basket_column_twice", column=str(column), role=other)
        else:
            found[role] = str(column)
    return found


def _names(given: object, field: str, wrong: dict[str, Text]) -> tuple[str, ...]:
    if isinstance(given, str) or not isinstance(given, Sequence):
        wrong[field] = Text("basket_names_list", field=field)
        return ()
    names = tuple(dict.fromkeys(str(name).strip() for name in given if str(name).strip()))
    if len(names) > MOST_NAMES:
        wrong[field] = Text("basket_names_many", limit=MOST_NAMES)
    return names[:MOST_NAMES]


def _credit(given: Mapping[str, Any], wrong: dict[str, Text]) -> Credit:
    """Both shares, or one: the other is the rest."""
    shares = {name: _number(given.get(name), name, wrong) for name in ("goal", "assist")}
    goal, assist = shares["goal"], shares["assist"]
    if goal is None and assist is None:
        return Credit()
    if goal is None:
        assert assist is not None
        goal = 100.0 - assist
    if assist is None:
        assist = 100.0 - goal
    if not (0.0 <= goal <= 100.0 and 0.0 <= assist <= 100.0):
        wrong.setdefault("goal", Text("basket_share_range"))
    elif abs(goal + assist - 100.0) > 1e-9:
        total = f"{goal + assist:g}"
        wrong.setdefault(
            "assist", Text("basket_shares_sum", goal=f"{goal:g}", assist=f"{assist:g}", sum=total)
        )
    return Credit(goal, assist)


def _least(given: object, wrong: dict[str, Text]) -> int:
    number = _number(given, "least", wrong)
    if number is None:
        return LEAST_TOGETHER
    if number != int(number) or not 1 <= number <= 1_000_000:
        wrong["least"] = Text("basket_least_range")
        return LEAST_TOGETHER
    return int(number)


def _threshold(given: object, wrong: dict[str, Text]) -> float | None:
    """In percentage points, as it is typed; a fraction inside."""
    number = _number(given, "threshold", wrong)
    if number is None:
        return None
    if not 0.0 <= number <= 100.0:
        wrong["threshold"] = Text("basket_threshold_range")
    return number / 100.0


def _alpha(given: object, wrong: dict[str, Text]) -> float:
    number = _number(given, "alpha", wrong)
    if number is None:
        return 0.05
    if not 0.0 < number < 0.5:
        wrong["alpha"] = Text("field_above_and_below", field="alpha", low="0", high="0.5")
    return number


def _number(given: object, field: str, wrong: dict[str, Text]) -> float | None:
    if given is None or given == "":
        return None
    try:
        if isinstance(given, bool):
            raise ValueError
        number = float(str(given).strip().replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        wrong[field] = Text("basket_not_a_number", field=field, value=str(given)[:40])
        return None
    return number


def _day(given: object, wrong: dict[str, Text]) -> date | None:
    if not given:
        return None
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(str(given).strip())
    except ValueError:
        wrong["since"] = no_day(given, Text("basket_not_a_day", value=str(given)[:40]))
        return None
