"""Which column of a file of receipt lines is what, guessed by what columns are usually called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hadi.domain.baskets import RECEIPT_ROLES
from hadi.services.dataset_mapping import plain

_NUMBERS = frozenset({"integer", "number"})
_OF_NUMBERS = frozenset({"quantity", "price", "amount", "margin"})
_OF_DAYS = frozenset({"date", "time"})

# What each role is usually called, in three languages; the first that fits.
_USUAL: Mapping[str, tuple[str, ...]] = {
    "receipt": ("receipt id", "receipt", "check id", "transaction", "order id", "order", "basket",
                "чек", "номер чека", "заказ", "nyugta", "blokk", "rendelés"),
    "store": ("store id", "store", "shop", "branch", "магазин", "точка", "втц", "bolt", "üzlet"),
    "day": ("date", "day", "datetime", "sold at", "at", "дата", "день", "dátum", "nap"),
    "category": ("category", "group", "категория", "группа", "kategória", "csoport"),
    "item": ("sku", "item", "product", "товар", "артикул", "номенклатура", "cikk", "termék"),
    "core": ("core flag", "core", "is core", "ядро", "mag"),
    "quantity": ("qty", "quantity", "pieces", "units", "количество", "кол во", "mennyiség", "db"),
    "price": ("price", "цена", "ár", "egységár"),
    "amount": ("amount", "revenue", "sum", "total", "сумма", "выручка", "összeg", "bevétel"),
    "margin": ("margin", "profit", "маржа", "прибыль", "árrés", "fedezet"),
    "currency": ("currency", "валюта", "pénznem", "deviza", "valuta"),
    "seller": ("seller id", "seller", "cashier", "manager", "продавец", "менеджер", "eladó"),
    "assist": ("assist seller id", "assist", "passed on by", "referred by", "передал", "пас",
               "gólpassz"),
    "department": ("department", "отдел", "osztály", "részleg"),
    "returned": ("returned at", "returned", "return", "возврат", "visszáru", "visszahozták"),
    "arm": ("arm", "variant", "test group", "группа теста", "teszt csoport"),
}  # fmt: skip


def guessed(columns: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """A column for each role that one is plainly called after; each column once."""
    found: dict[str, str] = {}
    left = {column["name"]: column["type"] for column in columns}
    for exact in (True, False):
        for role in RECEIPT_ROLES:
            if role in found:
                continue
            name = _fitting(role, left, exact)
            if name is not None:
                found[role] = name
                del left[name]
    return {role: found[role] for role in RECEIPT_ROLES if role in found}


def _fitting(role: str, left: Mapping[str, str], exact: bool) -> str | None:
    for usual in _USUAL[role]:
        for name, kind in left.items():
            if role in _OF_NUMBERS and kind not in _NUMBERS:
                continue
            if role == "day" and kind not in _OF_DAYS:
                continue
            called = plain(name)
            if called == plain(usual) if exact else _begins(called, plain(usual)):
                return name
    return None


def _begins(called: str, usual: str) -> bool:
    """A whole word of the name: “store” of “store no”, but not “ordered” for “order”."""
    return len(usual) > 2 and usual in called.split()
