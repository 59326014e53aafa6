"""On what terms a staged file may be attached: which column answers each need of the plan, what it
is to the versions before it, and what is not as these fixed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hadi.domain.errors import Invalid
from hadi.domain.permissions import Actor
from hadi.domain.pilot_plan import WIDE
from hadi.domain.plan import Plan
from hadi.domain.tags import ColumnTag
from hadi.domain.text import Text
from hadi.models import Dataset, Hypothesis, Test
from hadi.models.dataset import DatasetKind, Relation
from hadi.services import dataset_wide
from hadi.services.dataset_days import checked_day
from hadi.services.dataset_mapping import checked_mapping
from hadi.services.dataset_memory import Recall, listing, recall, schema_changes
from hadi.services.dataset_records import (
    newest,
    of_version,
    require_content,
    require_running,
    require_unattached,
    test_of,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """How data are attached: the column of each need, the tags, the version before."""

    hypothesis: Hypothesis
    plan: Plan
    mapping: dict[str, str]
    tags: dict[str, str]
    relation: Relation
    previous: Dataset | None
    reason: str
    day: str | None  # the column, where the plan names none


def agreed(
    dataset: Dataset,
    mapping: Mapping[str, str] | None,
    relation: Relation,
    previous: str | None,
    reason: str,
    tags: Mapping[str, str] | None,
    day: str | None,
    *,
    by: Actor,
) -> Terms:
    """A staged file that may be attached so now. Raises Blocked, NotAllowed, Invalid."""
    hypothesis = test_of(dataset).hypothesis
    test = require_running(hypothesis, by=by)
    require_unattached(dataset)
    plan = test_of(dataset).plan
    assert plan is not None
    known = recall(test, plan, dataset)
    if not mapping and known is not None:
        mapping = _as_before(known, dataset)
        tags = {**dataset.tags, **known.tags} if tags is None else tags
    resolved = resolved_mapping(dataset, plan, mapping or {})
    before = version_before(test, relation, previous, reason)
    fixed = before or newest(test.id, dataset.role)
    if fixed is not None and fixed.mapping:
        _require_schema(plan, fixed, dataset, resolved, relation, reason)
    like = before or (known.previous if known else None)
    return Terms(
        hypothesis, plan, resolved, checked_tags(dataset, _tags(dataset, tags)), relation, before,
        reason, checked_day(dataset, plan, day, like),
    )  # fmt: skip


def resolved_mapping(dataset: Dataset, plan: Plan, mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping, checked; columns whose reading is still asked cannot be used."""
    columns = [column["name"] for column in dataset.report["columns"]]
    resolved = checked_mapping(plan, columns, mapping)
    open_questions = [d for d in dataset.report.get("decisions", ()) if d["value"] is None]
    whole = next((each for each in open_questions if each["column"] is None), None)
    if whole is not None and whole["detail"]:  # until then nobody knows which table this is
        text = Text("file_asked", question=Text.from_json(whole["detail"]))
        raise Invalid(text, {next(iter(resolved), "variant"): text})
    asked = {each["column"] for each in open_questions}
    used = dict(resolved)
    if asked_site := next(
        (site for site in dataset_wide.sites_of(plan, resolved, columns) if site in asked), None
    ):
        used |= {need: asked_site for need, column in resolved.items() if column == WIDE}
    wrong = {
        need: Text("column_asked", column=column)
        for need, column in used.items()
        if column in asked
    }
    if wrong:
        raise Invalid(next(iter(wrong.values())), wrong)
    return resolved


def version_before(
    test: Test, relation: Relation, named: str | None, reason: str
) -> Dataset | None:
    """The version that data correct or are added to. Raises Invalid."""
    if relation is Relation.WHOLE:
        if named:
            raise Invalid(Text("relation_of_whole"), {"relation": Text("relation_of_whole")})
        return None
    last = newest(test.id)
    before = of_version(test, named) if named else last
    if before is None or last is None:
        text = Text("relation_needs_previous")
        raise Invalid(text, {"relation": text})
    if relation is Relation.CORRECTION:
        require_reason(reason)
        return before
    version = str(before.version)
    if before.kind is not DatasetKind.FILE:
        text = Text("relation_not_rows", version=version)
        raise Invalid(text, {"relation": text})
    require_content(before)
    if before.id != last.id:
        text = Text("relation_older", older=version, newest=str(last.version))
        raise Invalid(text, {"relation": text})
    return before


def require_reason(reason: str) -> None:
    """Raises Invalid where nothing is said for what is done."""
    if not reason:
        text = Text("correction_needs_reason")
        raise Invalid(text, {"reason": text})


def _as_before(known: Recall, dataset: Dataset) -> Mapping[str, str]:
    """The mapping of the data before. Raises Invalid where a column of it is missing, with what it
    is probably called now."""
    here = {column["name"] for column in dataset.report["columns"]}
    missing = {change.column: change.text for change in known.changes if change.kind == "missing"}
    wrong = {
        need: missing[column]
        for need, column in known.mapping.items()
        if column in missing and need not in here
    }
    if wrong:
        raise Invalid(Text("columns_not_as_before", changes=listing(list(wrong.values()))), wrong)
    return {need: column for need, column in known.mapping.items() if column in {*here, WIDE}}


def _require_schema(
    plan: Plan,
    fixed: Dataset,
    dataset: Dataset,
    resolved: Mapping[str, str],
    relation: Relation,
    reason: str,
) -> None:
    """The columns were fixed with the first version: they change in the open or not at all."""
    changes = schema_changes(plan, fixed, dataset, resolved)
    if not changes:
        return
    version = str(fixed.version)
    if relation is Relation.INCREMENT:
        text = Text("increment_other_columns", version=version, changes=listing(changes))
        raise Invalid(text, {"relation": text})
    if not reason:
        text = Text("remap_needs_reason", version=version, changes=listing(changes))
        raise Invalid(text, {"reason": text})


def _tags(dataset: Dataset, tags: Mapping[str, str] | None) -> Mapping[str, str]:
    """As they were said; otherwise those that rows of ours came with."""
    return dict(dataset.tags) if tags is None else tags


def checked_tags(dataset: Dataset, tags: Mapping[str, str]) -> dict[str, str]:
    """The tags of columns, checked. Raises Invalid."""
    columns = {column["name"] for column in dataset.report["columns"]}
    wrong: dict[str, Text] = {}
    for column, tag in tags.items():
        if column not in columns:
            wrong[f"tags.{column}"] = Text("tag_no_column", column=str(column)[:80])
        elif tag and tag not in set(ColumnTag):
            wrong[f"tags.{column}"] = Text("tag_unknown", tag=str(tag)[:40])
    if wrong:
        raise Invalid(next(iter(wrong.values())), wrong)
    return {column: str(tag) for column, tag in tags.items() if tag}
