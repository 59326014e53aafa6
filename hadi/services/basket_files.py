"""Tables of a basket as files: rules, stores, store-weeks, goals and assists. Each holds what the
page shows that person, and says in its name what was left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from hadi.analysis.baskets import sums_json
from hadi.domain.errors import Invalid, NotFound
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.tags import ColumnTag
from hadi.domain.text import Text
from hadi.ingest import receipts as counting
from hadi.ingest.receipts import Sums
from hadi.models import Basket
from hadi.services import basket_views, baskets
from hadi.services.basket_views import Sight
from hadi.services.dataset_records import path_of
from hadi.services.table_columns import notes_on, suffix
from hadi.services.table_files import Head, Kind, Table

PARTS = ("rules", "stores", "store_weeks", "credits")
MONEY = frozenset({"revenue", "addon_revenue", "margin", "addon_margin", "average_check"})

_RULES = (
    ("a", "", Kind.TEXT), ("b", "", Kind.TEXT), ("receipts", "", Kind.WHOLE),
    ("with_a", "", Kind.WHOLE), ("with_b", "", Kind.WHOLE), ("with_both", "", Kind.WHOLE),
    ("support", "", Kind.NUMBER), ("confidence", "", Kind.NUMBER),
    ("confidence_low", "", Kind.NUMBER), ("confidence_high", "", Kind.NUMBER),
    ("elsewhere", "", Kind.NUMBER), ("lift", "", Kind.NUMBER), ("lift_low", "", Kind.NUMBER),
    ("lift_high", "", Kind.NUMBER), ("p_adjusted", "", Kind.NUMBER),
)  # fmt: skip
# (name of the column, name in what was found, kind)
SUMS = (
    ("store", "store", Kind.TEXT), ("week", "week", Kind.DAY), ("arm", "arm", Kind.TEXT),
    ("receipts", "receipts", Kind.WHOLE), ("with_core", "core", Kind.WHOLE),
    ("with_addon", "addon", Kind.WHOLE), ("with_both", "both", Kind.WHOLE),
    ("attach_rate", "attach_rate", Kind.NUMBER), ("units", "units", Kind.NUMBER),
    ("units_per_receipt", "units_per_receipt", Kind.NUMBER),
    ("addon_lines", "addon_lines", Kind.WHOLE), ("addon_returned", "addon_returned", Kind.WHOLE),
    ("revenue", "amount", Kind.NUMBER), ("average_check", "average_check", Kind.NUMBER),
    ("addon_revenue", "addon_amount", Kind.NUMBER), ("margin", "margin", Kind.NUMBER),
    ("addon_margin", "addon_margin", Kind.NUMBER),
)  # fmt: skip
_CREDITS = (
    ("kind", "kind", Kind.TEXT), ("name", "name", Kind.TEXT), ("span", "span", Kind.TEXT),
    ("goals", "goals", Kind.WHOLE), ("assists", "assists", Kind.WHOLE),
    ("addon_lines", "lines", Kind.NUMBER), ("addon_revenue", "addon_amount", Kind.NUMBER),
    ("revenue", "amount", Kind.NUMBER), ("margin", "margin", Kind.NUMBER),
)  # fmt: skip


def table(basket_id: str, part: str, *, folder: Path, by: Actor) -> Table:
    """One of `PARTS` as a table. Raises NotFound, Invalid before anything was found, Unreadable
    where the lines were deleted."""
    require(by, Permission.VIEW)
    basket = baskets.find(basket_id, by=by)
    shown = basket_views.shown(basket, by)
    if shown is None:
        raise Invalid(Text("basket_nothing_found_yet"))
    makers: Mapping[str, Callable[[], Table]] = {
        "rules": lambda: _listed("basket-rules", _RULES, shown["rules"]),
        "stores": lambda: _sums(
            "basket-stores", (basket.found or {})["stores"], _sight(basket, by)
        ),
        "store_weeks": lambda: store_weeks(basket, folder=folder, by=by),
        "credits": lambda: _credits(shown, _sight(basket, by)),
    }
    if part not in makers:
        raise NotFound(Text("no_such_basket"))
    return makers[part]()


def store_weeks(
    basket: Basket, *, by_week: bool = True, folder: Path, by: Actor, is_whole: bool = False
) -> Table:
    """The sums of every store and week (or store). Money of stores that `by` may not see is left
    blank; with `is_whole` columns that are not theirs whole are left out instead."""
    rows = [sums_json(one) for one in sums_of(basket, by_week=by_week, folder=folder)]
    sight = _sight(basket, by)
    return _sums("basket-store-weeks", rows, sight, is_whole=is_whole)


def sums_of(basket: Basket, *, by_week: bool, folder: Path) -> list[Sums]:
    """The sums themselves. Raises Invalid where no column names a store, Unreadable."""
    baskets.require_rows(basket)
    spec = basket.asked
    if not spec.column("store") or (by_week and not spec.column("day")):
        raise Invalid(Text("basket_needs_store_and_day"))
    path = path_of(basket.digest, folder)
    if not path.is_file():
        raise NotFound(Text("no_such_basket"))
    return counting.store_weeks([path], spec, by_week=by_week)


def _sight(basket: Basket, by: Actor) -> Sight:
    return basket_views.sight(basket, by)


def _sums(
    stem: str, rows: Sequence[Mapping[str, Any]], sight: Sight, *, is_whole: bool = False
) -> Table:
    """Without columns that nobody filled; without those of money where none of it may be seen."""
    sees_some = sight.sees_money or (
        not is_whole and any(sight.sees_money_of(one["store"]) for one in rows)
    )
    known = [
        each for each in SUMS
        if any(one[each[1]] is not None for one in rows) or each[0] in ("store", "receipts")
    ]  # fmt: skip
    left_out = frozenset() if sees_some else {each[0] for each in known} & MONEY
    kept = [each for each in known if each[0] not in left_out]

    def cell(one: Mapping[str, Any], column: str, key: str) -> Any:
        is_hidden = column in MONEY and not sight.sees_money_of(one["store"])
        if is_hidden or one[key] is None:
            return None
        return date.fromisoformat(one[key]) if column == "week" else _even(one[key])

    tags = dict.fromkeys(MONEY, ColumnTag.MONEY.value)
    return Table(
        stem, _heads(kept),
        [tuple(cell(one, column, key) for column, key, _ in kept) for one in rows],
        notes_on(tags, left_out), suffix(tags, left_out), len(rows),
    )  # fmt: skip


def _credits(shown: Mapping[str, Any], sight: Sight) -> Table:
    rows = [
        *({**one, "kind": "department"} for one in shown["departments"]),
        *({**one, "kind": "seller"} for one in shown["people"]),
    ]
    left_out = frozenset() if sight.sees_money else {each[0] for each in _CREDITS} & MONEY
    if any(one["margin"] is not None for one in rows if one["kind"] == "seller"):
        left_out = frozenset()  # one's own
    kept = [each for each in _CREDITS if each[0] not in left_out]
    tags = dict.fromkeys(MONEY, ColumnTag.MONEY.value)
    return Table(
        "basket-goals-and-assists", _heads(kept),
        [tuple(_even(one[key]) for _, key, _kind in kept) for one in rows],
        notes_on(tags, left_out), suffix(tags, left_out), len(rows),
    )  # fmt: skip


def _even(value: Any) -> Any:
    """Without the crumbs of adding tenths up: 6721.2, not 6721.200000000003."""
    return round(value, 9) if isinstance(value, float) else value


def _listed(
    stem: str, columns: Sequence[tuple[str, str, Kind]], rows: Sequence[Mapping[str, Any]]
) -> Table:
    return Table(
        stem, _heads(columns), [tuple(one[name] for name, _, _kind in columns) for one in rows],
        size=len(rows),
    )  # fmt: skip


def _heads(columns: Sequence[tuple[str, str, Kind]]) -> tuple[Head, ...]:
    return tuple(Head(name, Text(f"basket_column_{name}"), kind) for name, _, kind in columns)
