"""What of a basket a person may see: everybody how much is added in every store, money only of
their own stores, and single people only to those who may see people.

A team lead who is responsible for a store sees its money; nobody sees a ranking of sellers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hadi.db import db
from hadi.domain.folding import folded
from hadi.domain.permissions import Actor, Permission, allows
from hadi.models import Basket, User
from hadi.services import units
from hadi.services.baskets import stake

_MONEY_OF_SUMS = (
    "amount", "addon_amount", "margin", "addon_margin", "average_check",
)  # fmt: skip
_MONEY_MEASURES = frozenset(
    {"average_check", "addon_check", "margin_per_receipt", "addon_margin_per_core"}
)
_MONEY_OF_CREDITS = ("addon_amount", "amount", "margin")


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody may see of one file."""

    sees_money: bool
    sees_people: bool
    own_stores: frozenset[str]
    own_names: frozenset[str]

    def sees_money_of(self, store: str | None) -> bool:
        return self.sees_money or store in self.own_stores

    def is_own(self, name: str) -> bool:
        return folded(name) in self.own_names


def sight(basket: Basket, by: Actor) -> Sight:
    """What `by` may see. Whoever brought the file knows what is in it."""
    stands = stake(basket)
    sees_money = allows(by, Permission.VIEW_MONEY, stands)
    return Sight(
        sees_money,
        allows(by, Permission.VIEW_PERSONAL, stands),
        frozenset() if sees_money else _own_stores(basket, by),
        _own_names(by),
    )


def shown(basket: Basket, by: Actor) -> dict[str, Any] | None:
    """What was found, as far as `by` may see it; what is hidden is None, and `hidden` says what
    kinds of it there are. None before anything was found."""
    if basket.found is None:
        return None
    found, seen = basket.found, sight(basket, by)
    people = [one for one in found["people"] if seen.sees_people or seen.is_own(one["name"])]
    hidden = []
    if not seen.sees_money and _has_money(found):
        hidden.append("money")
    if not seen.sees_people and len(people) < len(found["people"]):
        hidden.append("people")
    return {
        **found,
        "measures": [
            one for one in found["measures"]
            if seen.sees_money or one["name"] not in _MONEY_MEASURES
        ],
        "stores": [_sums(one, seen.sees_money_of(one["store"])) for one in found["stores"]],
        "weeks": [_sums(one, seen.sees_money) for one in found["weeks"]],
        "people": [_credits(one, seen.sees_money or seen.is_own(one["name"])) for one in people],
        "departments": [_credits(one, seen.sees_money) for one in found["departments"]],
        "arms": [_arm(one, seen) for one in found["arms"]],
        "gains": _gains(found["gains"], seen),
        "hidden": hidden,
    }  # fmt: skip


def _sums(one: Mapping[str, Any], sees_money: bool) -> dict[str, Any]:
    return dict(one) if sees_money else {**one, **dict.fromkeys(_MONEY_OF_SUMS)}


def _credits(one: Mapping[str, Any], sees_money: bool) -> dict[str, Any]:
    return dict(one) if sees_money else {**one, **dict.fromkeys(_MONEY_OF_CREDITS)}


def _arm(one: Mapping[str, Any], seen: Sight) -> dict[str, Any]:
    """Which guardrail held is said to everybody: without it the verdict is not understood."""
    if seen.sees_money:
        return dict(one)
    return {
        **one,
        "measures": [
            {**each, "control": None, "treatment": None, "difference": None, "pooled": None}
            if each["metric"] in _MONEY_MEASURES else each
            for each in one["measures"]
        ],
    }  # fmt: skip


def _gains(gains: Mapping[str, Any] | None, seen: Sight) -> dict[str, Any] | None:
    if gains is None:
        return None
    carried = gains["carried"]
    if carried is not None:
        told = dict(carried)
        if not seen.sees_people and not seen.is_own(told["name"]):
            told["name"] = None
        if not seen.sees_money and gains["unit"] == "amount":
            told |= {"own": None, "total": None, "left": None}
        carried = told
    departments = gains["departments"] if seen.sees_money else [
        {"name": one["name"], "then": None, "now": None, "change": None}
        for one in gains["departments"]
    ]  # fmt: skip
    return {**gains, "carried": carried, "departments": departments}


def _has_money(found: Mapping[str, Any]) -> bool:
    return any(one["name"] in _MONEY_MEASURES for one in found["measures"])


def _own_stores(basket: Basket, by: Actor) -> frozenset[str]:
    """The stores of the file that this person is responsible for."""
    if by.user_id is None or basket.found is None:
        return frozenset()
    labels = [one["store"] for one in basket.found["stores"] if one["store"]]
    known = units.known_as(labels)
    return frozenset(label for label, unit in known.items() if unit.responsible_id == by.user_id)


def _own_names(by: Actor) -> frozenset[str]:
    """What data may call this person: by name or by address."""
    person = db.session.get(User, by.user_id) if by.user_id else None
    if person is None:
        return frozenset()
    return frozenset(folded(each) for each in (person.name, person.email) if each)
