"""The tables of what was found in receipts: rules, stores, departments, sellers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from flask_babel import gettext as _

from hadi.domain.folding import folded
from hadi.domain.text import Figure, FigureKind
from hadi.web.baskets.pages import amount, count, number, share
from hadi.web.shared.language import figure
from hadi.web.shared.pages import Column

Json: TypeAlias = Mapping[str, Any]

MOST_RULES = 20
MOST_STORES = 200
MOST_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: its head, and its cells as they are written."""

    head: str
    cells: tuple[str, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A table of the page; `more` says how many rows only the file has."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    more: int = 0


def departments_table(found: Json) -> Listed:
    """What each is credited with; beside it what changed, where there are two spans."""
    changes = {one["name"]: one for one in (found["gains"] or {}).get("departments", ())}
    names = list(dict.fromkeys(one["name"] for one in found["departments"]))
    columns = [
        Column(_("Department")),
        Column(_("Goals"), is_figure=True),
        Column(_("Assists"), is_figure=True),
        Column(_("Credited add-ons"), is_figure=True),
        Column(_("Credited margin"), is_figure=True),
    ]
    if changes:
        columns.append(Column(_("Change of margin"), is_figure=True))
    rows = []
    for name in names:
        own = [one for one in found["departments"] if one["name"] == name]
        cells = [
            count(sum(one["goals"] for one in own)), count(sum(one["assists"] for one in own)),
            amount(_sum(own, "addon_amount")), amount(_sum(own, "margin")),
        ]  # fmt: skip
        if changes:
            cells.append(_signed(changes[name]["change"]) if name in changes else "–")
        rows.append(Row(name or _("nobody named"), tuple(cells)))
    return Listed(tuple(columns), tuple(rows))


def _signed(value: float | None) -> str:
    if value is None:
        return "–"
    kind = FigureKind.COUNT if abs(value) >= 1000 else FigureKind.NUMBER
    return figure(Figure(kind, round(value) if kind is FigureKind.COUNT else value, is_signed=True))


def people_table(people: Sequence[Json]) -> Listed:
    """By name: nobody is ranked."""
    names = sorted({one["name"] for one in people if one["name"]}, key=folded)
    columns = (
        Column(_("Seller")),
        Column(_("Goals"), is_figure=True),
        Column(_("Assists"), is_figure=True),
        Column(_("Credited add-ons"), is_figure=True),
    )
    rows = []
    for name in names[:MOST_PEOPLE]:
        own = [one for one in people if one["name"] == name]
        rows.append(
            Row(name, (
                count(sum(one["goals"] for one in own)), count(sum(one["assists"] for one in own)),
                amount(_sum(own, "addon_amount")),
            ))
        )  # fmt: skip
    return Listed(columns, tuple(rows), max(len(names) - MOST_PEOPLE, 0))


def _sum(own: Sequence[Json], name: str) -> float | None:
    values = [one[name] for one in own]
    return None if not values or any(value is None for value in values) else sum(values)


def wanted(rules: Sequence[Json], words: str) -> list[Json]:
    """The rules that a search finds, by either side."""
    asked = folded(words).split()
    return [one for one in rules if all(word in folded(f"{one['a']} {one['b']}") for word in asked)]


def rules_table(rules: Sequence[Json]) -> Listed:
    columns = (
        Column(_("Who buys … also buys …")),
        Column(_("Receipts with both"), is_figure=True),
        Column(_("Support"), is_figure=True, is_hidden_on_phone=True),
        Column(_("Confidence"), is_figure=True),
        Column(_("Lift of the pair"), is_figure=True),
        Column(_("Range of the lift"), is_figure=True, is_hidden_on_phone=True),
    )
    rows = tuple(
        Row(
            f"{one['a']} → {one['b']}",
            (
                count(one["with_both"]), share(one["support"]), share(one["confidence"]),
                number(one["lift"]),
                _("%(low)s to %(high)s", low=number(one["lift_low"]),
                  high=number(one["lift_high"])) if one["lift_low"] is not None else "–",
            ),
        )
        for one in rules[:MOST_RULES]
    )  # fmt: skip
    return Listed(columns, rows, max(len(rules) - MOST_RULES, 0))


def stores_table(stores: Sequence[Json]) -> Listed:
    """By name. Columns that nobody may see, or that the file has not, are left out."""
    known: list[tuple[str, str, Any]] = [
        ("arm", _("Arm"), str), ("receipts", _("Receipts"), count),
        ("core", _("With core"), count), ("attach_rate", _("Attach rate"), share),
        ("units_per_receipt", _("Units per receipt"), number),
        ("average_check", _("Average check"), amount),
        ("addon_amount", _("Add-ons"), amount), ("margin", _("Gross margin"), amount),
    ]  # fmt: skip
    shown = [each for each in known if any(one[each[0]] is not None for one in stores)]
    wide = {"core", "units_per_receipt", "addon_amount", "arm"}
    columns = (
        Column(_("Store")),
        *(
            Column(label, is_figure=key != "arm", is_hidden_on_phone=key in wide)
            for key, label, _write in shown
        ),
    )
    rows = tuple(
        Row(one["store"], tuple(
            "–" if one[key] is None else write(one[key]) for key, _label, write in shown
        ))
        for one in stores[:MOST_STORES]
    )  # fmt: skip
    return Listed(columns, rows, max(len(stores) - MOST_STORES, 0))
