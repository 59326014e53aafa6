"""Which column of a file each need of a plan means: suggested where nobody said so, and checked
where someone did."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hadi.domain.errors import Invalid
from hadi.domain.pilot_plan import WIDE
from hadi.domain.plan import Metric, Need, NeedRole, Plan
from hadi.domain.text import Text
from hadi.ingest.report import ColumnType
from hadi.services import dataset_wide

ALIKE = 0.62  # names less alike than this are not suggested
LAST = 0.95  # as much as a whole name is the last part of one of several rows

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
    NeedRole.SITE: ("site", "store", "store id", "shop", "branch", "territory", "region", "магазин",
                    "точка", "филиал", "территория", "üzlet", "bolt", "terület"),
    NeedRole.TIME: ("time", "week", "week start", "month", "period", "date", "day", "неделя",
                    "месяц", "период", "дата", "hét", "hónap", "időszak", "dátum"),
}  # fmt: skip
# How many were sold, and not who bought them: a unit taken from these joins rows by chance.
_COUNTS = frozenset({"units", "units sold", "unit count", "units per receipt"})
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
    pilot = plan.pilot
    if pilot and (pilot.site or "site") not in found and dataset_wide.is_likely(plan, names):
        found = dataset_wide.completed(plan, list(names), found)
    pilots = pilot.treated if pilot else ()
    # What is surely meant comes first, so that a name that is only alike takes nothing from it.
    needs = [need for need in dataset_wide.needs(plan, found) if need.key not in found]
    needs.sort(key=lambda need: (need.key not in names, need.role is not NeedRole.VARIANT))
    for need in needs:
        taken = {*found.values(), *dataset_wide.sites_of(plan, found, pilots)}
        left = [column for column in columns if column["name"] not in taken]
        best = max(left, key=lambda column: _likeness(need, column, plan), default=None)
        if best is not None and _likeness(need, best, plan) >= ALIKE:
            found[need.key] = best["name"]
    return found


def checked_mapping(
    plan: Plan, columns: Sequence[str], mapping: Mapping[str, str]
) -> dict[str, str]:
    """The mapping with every need of the plan resolved to a column of the file. A need that is not
    mapped takes the column of its own name. Raises Invalid with every problem at once."""
    listed = ", ".join(columns)
    mapping = dataset_wide.completed(plan, columns, mapping)
    resolved: dict[str, str] = {}
    wrong: dict[str, Text] = dataset_wide.refusal(plan, mapping)
    is_wide = dataset_wide.is_said(plan, mapping)
    identities: set[str] = set()
    for need in dataset_wide.needs(plan, mapping):
        column = mapping.get(need.key) or (need.key if need.key in columns else None)
        if need.is_optional and not mapping.get(need.key):
            continue
        if is_wide and column == WIDE:
            resolved[need.key] = WIDE
        elif column is None:
            wrong[need.key] = Text("mapping_missing", need=_named(need), columns=listed)
        elif column not in columns:
            wrong[need.key] = Text("mapping_unknown", column=str(column)[:80], columns=listed)
        elif column in identities and need.role in _IDENTITIES:
            wrong[need.key] = Text("mapping_same_column", column=column)
        else:
            resolved[need.key] = column
            if need.role in _IDENTITIES:
                identities.add(column)
    for metric in plan.metrics:
        wrong |= {key: text for key, text in _twice(metric, resolved) if key not in wrong}
    if wrong:
        raise Invalid(next(iter(wrong.values())), wrong)
    return resolved


# Arm, unit and cluster say who is who, site and period where and when: each has a column of its
# own. A segment, a day or a seller may well be one of them.
_IDENTITIES = (
    NeedRole.VARIANT, NeedRole.CLUSTER, NeedRole.UNIT, NeedRole.SITE, NeedRole.TIME,
)  # fmt: skip


def _named(need: Need) -> str | Text:
    """What a column is needed for: the metric with its part, or the plan's own name for it."""
    if need.role is not NeedRole.METRIC or need.metric is None:
        return need.key
    if need.part in (None, "value"):
        return need.metric
    return Text("mapping_part", metric=need.metric, part=Text(f"part_{need.part}"))


def _twice(metric: Metric, resolved: Mapping[str, str]) -> Iterator[tuple[str, Text]]:
    """The needs of a metric that lead to a column which another of its needs has taken."""
    own: set[str] = set()
    for key in metric.keys:
        column = resolved.get(key)
        if column is not None and column in own:
            yield key, Text("mapping_same_column", column=column)
        elif column is not None:
            own.add(column)
    for key in metric.covariates:
        if resolved.get(key) in own:
            yield key, Text("metric_own_covariate", name=metric.name)


def _likeness(need: Need, column: Mapping[str, Any], plan: Plan) -> float:
    name = str(column["name"])
    if name == need.key:
        return 2.0
    is_number = need.role in (NeedRole.METRIC, NeedRole.COVARIATE)
    if is_number and ColumnType(column["type"]) not in _NUMBERS:
        return 0.0
    if need.role is NeedRole.UNIT and plain(name) in _COUNTS:
        return 0.0
    named = [need.key]
    if need.role is NeedRole.METRIC and need.part == "value":
        named.append(need.metric or need.key)
    # Of a header that takes several rows the last part says it: “Result / paid”.
    last = name.rpartition(" / ")[2]
    likeness = max(alike(name, wanted) for wanted in named)
    if last != name:
        likeness = max(likeness, *(LAST * alike(last, wanted) for wanted in named))
    # Usual names stand in for the plan's, but a column that is called like the plan's wins.
    usual = max((alike(name, wanted) for wanted in _USUAL.get(need.role, ())), default=0.0)
    if need.role is NeedRole.VARIANT and plan.control in column["examples"]:
        return max(likeness, 1.5)
    if need.role is NeedRole.UNIT and "id" in plain(name).split():
        usual = max(usual, 0.8)
    return max(likeness, 0.9 * usual)


def alike(one: str, other: str) -> float:
    one, other = plain(one), plain(other)
    if not one or not other:
        return 0.0
    return difflib.SequenceMatcher(None, one, other).ratio()


def plain(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", name.casefold().replace("ё", "е")))
