"""Which column of a file is probably meant by each need of a plan: a suggestion, never more."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from hadi.domain.plan import Need, NeedRole, Plan
from hadi.ingest.report import ColumnType
from hadi.models import Hypothesis

ALIKE = 0.62  # names less alike than this are not suggested

# How people call these columns, where the plan's own name is not in the file.
_USUAL = {
    NeedRole.VARIANT: ("group", "variant", "arm", "version", "segment", "test group", "группа",
                       "вариант", "csoport", "változat"),
    NeedRole.UNIT: ("user id", "client id", "customer id", "deal id", "unit", "id", "клиент",
                    "сделка", "ügyfél", "vevő"),
    NeedRole.CLUSTER: ("store", "shop", "team", "branch", "cluster", "магазин", "команда", "филиал",
                       "üzlet", "bolt", "csapat"),
    NeedRole.DAY: ("day", "date", "день", "дата", "nap", "dátum"),
    NeedRole.GROUP: ("seller", "store", "shop", "manager", "продавец", "магазин", "менеджер",
                     "eladó", "üzlet", "bolt"),
}  # fmt: skip
_NUMBERS = {ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.BOOLEAN}


def suggested(
    plan: Plan,
    columns: Sequence[Mapping[str, Any]],
    *,
    before: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The plan's name of a column to the file's, as far as one is likely; each column once.

    `columns` are those of the parse report; `before` is how an earlier file was mapped, which
    stands wherever this one has the same column."""
    names = {column["name"] for column in columns}
    known = before or {}
    found = {need.key: known[need.key] for need in plan.needs() if known.get(need.key) in names}
    # What is surely meant comes first, so that a name that is only alike takes nothing from it.
    needs = [need for need in plan.needs() if need.key not in found]
    needs.sort(key=lambda need: (need.key not in names, need.role is not NeedRole.VARIANT))
    for need in needs:
        left = [column for column in columns if column["name"] not in found.values()]
        best = max(left, key=lambda column: _likeness(need, column, plan), default=None)
        if best is not None and _likeness(need, best, plan) >= ALIKE:
            found[need.key] = best["name"]
    return found


def remembered(hypothesis: Hypothesis) -> dict[str, str]:
    """How the newest attached file of a hypothesis was mapped; empty where there is none."""
    attached = [
        dataset
        for test in hypothesis.tests
        for dataset in test.datasets
        if dataset.is_attached and dataset.mapping
    ]
    newest = max(
        attached, key=lambda dataset: dataset.attached_at or dataset.created_at, default=None
    )
    return dict(newest.mapping) if newest else {}


def _likeness(need: Need, column: Mapping[str, Any], plan: Plan) -> float:
    name = str(column["name"])
    if name == need.key:
        return 2.0
    is_number = need.role in (NeedRole.METRIC, NeedRole.COVARIATE)
    if is_number and ColumnType(column["type"]) not in _NUMBERS:
        return 0.0
    named = [need.key]
    if need.role is NeedRole.METRIC and need.part == "value":
        named.append(need.metric or need.key)
    likeness = max(_alike(name, wanted) for wanted in named)
    # Usual names stand in for the plan's, but a column that is called like the plan's wins.
    usual = max((_alike(name, wanted) for wanted in _USUAL.get(need.role, ())), default=0.0)
    if need.role is NeedRole.VARIANT and plan.control in column["examples"]:
        return max(likeness, 1.5)
    if need.role is NeedRole.UNIT and "id" in _plain(name).split():
        usual = max(usual, 0.8)
    return max(likeness, 0.9 * usual)


def _alike(one: str, other: str) -> float:
    one, other = _plain(one), _plain(other)
    if not one or not other:
        return 0.0
    return difflib.SequenceMatcher(None, one, other).ratio()


def _plain(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", name.casefold().replace("ё", "е")))
