"""What is remembered of the data before: next week's file is mapped as this week's was, and what
is different in it is named."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select

from hadi.db import db
from hadi.domain.plan import NeedRole, Plan
from hadi.domain.text import Text
from hadi.ingest.report import ColumnType
from hadi.models import Dataset, Hypothesis, Test
from hadi.models.dataset import DatasetKind, DatasetRole
from hadi.services import dataset_wide
from hadi.services.dataset_mapping import ALIKE, plain
from hadi.services.dataset_parts import same_family

ChangeKind = Literal["missing", "new", "type"]

# In these columns a value is a name: whole numbers are as good as text.
_NAMES = (
    NeedRole.VARIANT, NeedRole.UNIT, NeedRole.CLUSTER, NeedRole.SEGMENT, NeedRole.GROUP,
    NeedRole.SITE, NeedRole.TIME,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """How a file differs from the one before in one column. `likely` is what a missing column is
    probably called now; `is_used`: the mapping rests on it."""

    kind: ChangeKind
    column: str
    is_used: bool
    likely: str | None = None
    types: tuple[str, str] | None = None  # before, now

    @property
    def text(self) -> Text:
        if self.kind == "new":
            return Text("change_new", column=self.column)
        if self.kind == "type":
            assert self.types is not None
            return change_of_type(self.column, *self.types)
        if self.likely:
            return Text("change_missing_likely", column=self.column, likely=self.likely)
        return Text("change_missing", column=self.column)


@dataclass(frozen=True, slots=True)
class Recall:
    """How the data before were mapped and tagged, and how this file differs from them."""

    previous: Dataset
    mapping: Mapping[str, str]
    tags: Mapping[str, str]
    changes: tuple[ColumnChange, ...]
    is_enough: bool = True  # the mapping answers every need of the plan

    @property
    def is_same(self) -> bool:
        """Whether every column that was used is here, and of its type: nothing has to be asked."""
        return self.is_enough and not any(change.is_used for change in self.changes)

    @property
    def likely(self) -> dict[str, str]:
        """The mapping with what was probably renamed under its new name."""
        now = {c.column: c.likely for c in self.changes if c.kind == "missing" and c.likely}
        return {need: now.get(column, column) for need, column in self.mapping.items()}


def recall(test: Test, plan: Plan, dataset: Dataset) -> Recall | None:
    """What the newest mapped data of a test say of a new file; of its hypothesis's other tests
    where it has none yet. None where nothing was ever mapped."""
    previous = last_mapped(test)
    if previous is None or previous.id == dataset.id:
        return None
    here = {column["name"] for column in dataset.report["columns"]}
    tags = {column: tag for column, tag in previous.tags.items() if column in here}
    known = {need.key for need in plan.needs()}
    mapping = {need: column for need, column in previous.mapping.items() if need in known}
    if not mapping:  # of another plan, with which it has nothing in common
        return None
    needs = dataset_wide.needs(plan, mapping)
    is_enough = all(need.is_optional or need.key in {*mapping, *here} for need in needs)
    return Recall(previous, mapping, tags, _changes(previous, dataset, mapping, plan), is_enough)


def last_mapped(test: Test) -> Dataset | None:
    """The newest attached data with a mapping: of the test, else of its hypothesis."""
    return _last(Dataset.test_id == test.id) or _last(
        Dataset.test_id.in_(select(Test.id).where(Test.hypothesis_id == test.hypothesis_id))
    )


def remembered(hypothesis: Hypothesis) -> dict[str, str]:
    """How the newest attached file of a hypothesis was mapped; empty where there is none."""
    test = hypothesis.current_test
    newest = last_mapped(test) if test else None
    return dict(newest.mapping) if newest else {}


def schema_changes(
    plan: Plan, previous: Dataset, dataset: Dataset, mapping: Mapping[str, str]
) -> list[Text]:
    """What is not as it was fixed with the version before: another column for a need of the plan,
    or another type in it."""
    before, now = types_of(previous.report), types_of(dataset.report)
    sites = dataset_wide.sites_of(plan, previous.mapping, before)
    found = [
        change.text
        for change in _changes(previous, dataset, previous.mapping, plan)
        if change.column in sites and dataset_wide.is_said(plan, mapping)
    ]
    for need in plan.needs():
        was, column = previous.mapping.get(need.key), mapping.get(need.key)
        before_now, told = dataset_wide.shown(was or ""), dataset_wide.shown(column or "")
        if was and column is None:
            found.append(Text("change_dropped", need=need.key, column=before_now))
        elif column and not was:
            found.append(Text("change_mapped_new", need=need.key, column=told))
        elif column and was and column != was:
            found.append(Text("change_mapped", need=need.key, column=told, before=before_now))
        elif column and not _agree(need.role, before.get(column), now.get(column)):
            found.append(change_of_type(column, before[column], now[column]))
    return found


def listing(texts: Sequence[Text]) -> Text:
    """Several sentences' parts as one."""
    first, *rest = texts
    return Text("changes_listed", first=first, rest=listing(rest)) if rest else first


def change_of_type(column: str, before: str, now: str) -> Text:
    return Text(
        "change_type", column=column, found=Text(f"type_{now}"), expected=Text(f"type_{before}")
    )


def types_of(report: Mapping[str, Any]) -> dict[str, str]:
    return {column["name"]: column["type"] for column in report["columns"]}


def _changes(
    previous: Dataset, dataset: Dataset, mapping: Mapping[str, str], plan: Plan
) -> tuple[ColumnChange, ...]:
    before, now = types_of(previous.report), types_of(dataset.report)
    roles = {mapping[need.key]: need.role for need in plan.needs() if need.key in mapping}
    sites = dataset_wide.sites_of(plan, mapping, before)
    roles |= dict.fromkeys(sites, NeedRole.METRIC)
    new = [name for name in now if name not in before]
    found: list[ColumnChange] = []
    for name, type_before in before.items():
        if name not in now:
            found.append(ColumnChange("missing", name, name in roles, _likely(name, new)))
        elif not _agree(roles.get(name), type_before, now[name]):
            found.append(ColumnChange("type", name, name in roles, types=(type_before, now[name])))
    taken = {change.likely for change in found}
    found += [ColumnChange("new", name, False) for name in new if name not in taken]
    return tuple(sorted(found, key=lambda change: not change.is_used))


def _agree(role: NeedRole | None, before: str | None, now: str | None) -> bool:
    if before is None or now is None or same_family(before, now):
        return True
    return role in _NAMES and {before, now} <= {ColumnType.INTEGER, ColumnType.TEXT}


def _likely(name: str, new: Sequence[str]) -> str | None:
    """What the column is probably called now."""
    by_plain = {plain(each): each for each in new}
    found = difflib.get_close_matches(plain(name), list(by_plain), n=1, cutoff=ALIKE)
    return by_plain[found[0]] if found else None


def _last(where: Any) -> Dataset | None:
    return db.session.scalar(
        select(Dataset)
        .where(
            where,
            Dataset.version.is_not(None),
            Dataset.kind != DatasetKind.COUNTS,
            Dataset.role == DatasetRole.OUTCOME,  # logs and receipts stand beside the data
        )
        .order_by(Dataset.attached_at.desc(), Dataset.version.desc())
        .limit(1)
    )
