"""Data become a version of a test: all of them, a correction of an earlier version, or rows added
to one. A version never changes; only what is new in it is read and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from hadi.analysis.by_design import require_answer
from hadi.db import db, let_go, new_id, transaction
from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.metric_rules import counts_refusal
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.plan import Plan
from hadi.domain.statement import cleaned
from hadi.domain.text import Figure, FigureKind, Text
from hadi.ingest.counts import CountsSource
from hadi.ingest.tables import TableSource
from hadi.models import Dataset, DatasetPart, Hypothesis, Test, Upload
from hadi.models.dataset import DatasetKind, Relation
from hadi.models.upload import UploadState
from hadi.services import dataset_coverage, dataset_parts, events, hypotheses, quality
from hadi.services.dataset_days import day_of
from hadi.services.dataset_memory import types_of
from hadi.services.dataset_receiving import incoming_beside, release, uploads_behind
from hadi.services.dataset_records import (
    attaching,
    digest_of,
    drop_unused,
    find,
    hypothesis_of,
    newest,
    paths_of,
    require_content,
    require_running,
    require_unattached,
    test_of,
)
from hadi.services.dataset_terms import (
    Terms,
    agreed,
    checked_tags,
    require_reason,
    resolved_mapping,
    version_before,
)

FEWER = 0.75  # of the rows before: a file with less is hardly all of them

# What a part with one arm alone is refused for, where the others may have the rest.
_OF_ARMS = frozenset({"data_no_arm", "data_control_absent", "data_single_arm"})


def attach(
    dataset_id: str,
    *,
    mapping: Mapping[str, str] | None = None,
    relation: Relation = Relation.WHOLE,
    previous: str | None = None,
    reason: str = "",
    tags: Mapping[str, str] | None = None,
    day: str | None = None,
    folder: Path,
    incoming: Path | None = None,
    by: Actor,
    now: datetime,
) -> Dataset:
    """Confirm a staged file with its mapping (the plan's name of a column to the file's); without
    one it is mapped and tagged as the data before.

    `previous` is the version corrected or added to, by its number or id; the newest unless said.
    `reason`: why it is corrected, or why the columns are not those of the version before. `day` is
    the column of the day where the plan names none; unless said, as before; empty: none. Raises
    Invalid naming every column that is missing; Unreadable when the columns cannot answer the plan
    (text where numbers belong, a single arm)."""
    hypothesis_id = hypothesis_of(find(dataset_id, by=by)).id
    asked = (mapping, relation, previous, cleaned(reason), tags, day)
    with attaching(hypothesis_id, by=by, now=now):
        dataset = find(dataset_id, by=by)
        terms = agreed(dataset, *asked, by=by)
        bound = terms.plan.bound(terms.mapping)
        paths = paths_of(dataset, folder=folder)
        labels = [part.filename for part in dataset.parts]
        before = terms.previous if terms.relation is Relation.INCREMENT else None
        older = paths_of(before, folder=folder) if before else []
        rows, types = dataset.rows, types_of(dataset.report)
        # Summing takes as long as the file is big: no transaction is held meanwhile.
        let_go()
        _require_answers(paths, labels, bound, older)
        coverage = dataset_coverage.measure(
            paths, rows=rows, day=_day(bound) or terms.day, unit=bound.unit, types=types
        )
        with transaction():
            hypotheses.locked(hypothesis_id)
            dataset = find(dataset_id, by=by)
            terms = agreed(dataset, *asked, by=by)
            _take_in(dataset, terms, coverage)
            uploads = [u for u in uploads_behind(dataset) if u.state is not UploadState.CANCELLED]
            release(uploads, incoming=incoming or incoming_beside(folder), now=now)
            give_version(dataset, terms.hypothesis, by=by, now=now)
            _hide_in_same(dataset)
        quality.look_soon(dataset, folder=folder, by=by, now=now)
    return dataset


def again(
    dataset_id: str,
    *,
    mapping: Mapping[str, str] | None = None,
    reason: str,
    tags: Mapping[str, str] | None = None,
    folder: Path,
    by: Actor,
    now: datetime,
) -> Dataset:
    """A new version of data that are attached: with other columns, or because they are to stand
    again in the place of a later version. Raises Invalid without a reason."""
    hypothesis_id = hypothesis_of(find(dataset_id, by=by)).id
    reason = cleaned(reason)
    with attaching(hypothesis_id, by=by, now=now):
        test, plan = _running(hypothesis_id, by=by)
        old = find(dataset_id, by=by)
        require_content(old)
        last = newest(test.id, old.role)
        resolved = resolved_mapping(old, plan, mapping or old.mapping)
        chosen = checked_tags(old, tags if tags is not None else old.tags)
        is_same = (resolved, chosen) == (dict(old.mapping), dict(old.tags))
        if is_same and last is not None and last.id == old.id:
            raise Invalid(Text("remap_nothing_new", version=str(old.version)))
        require_reason(reason)
        paths = paths_of(old, folder=folder)
        labels = [part.filename for part in old.parts]
        let_go()
        require_answer(TableSource(paths, labels=labels), plan.bound(resolved))
        with transaction():
            hypothesis = hypotheses.locked(hypothesis_id)
            test, plan = _running(hypothesis_id, by=by)
            old = find(dataset_id, by=by)
            require_content(old)
            last = newest(test.id, old.role)
            made = Dataset(
                id=new_id(), test_id=test.id, kind=old.kind, role=old.role,
                relation=Relation.CORRECTION, previous_id=last.id if last else old.id,
                reason=reason, filename=old.filename, digest=old.digest, rows=old.rows,
                report=dict(old.report), mapping=resolved, tags=chosen,
                quality_settings=dict(old.quality_settings), origin=old.origin,
                author_id=by.user_id, created_at=now,
            )  # fmt: skip
            made.parts.extend(copied(part, made, is_last=True) for part in old.parts)
            db.session.add(made)
            give_version(made, hypothesis, by=by, now=now)
            _hide_in_same(made)
        quality.look_soon(made, folder=folder, by=by, now=now)
    return made


def _hide_in_same(made: Dataset) -> None:
    """What is hidden in a version is hidden in the others that have rows of it as well: who may
    not see a column would read it there. None is shown again by this."""
    shared = select(DatasetPart.dataset_id).where(
        DatasetPart.digest.in_([part.digest for part in made.parts])
    )
    same = select(Dataset).where(Dataset.test_id == made.test_id, Dataset.id.in_(shared))
    for each in db.session.scalars(same):
        names = {column["name"] for column in each.report["columns"]}
        hidden = {name: tag for name, tag in made.tags.items() if name in names}
        each.tags = {**hidden, **each.tags}


def attach_counts(
    hypothesis_id: str,
    *,
    counts: Sequence[Mapping[str, Any]],
    relation: Relation = Relation.WHOLE,
    previous: str | None = None,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> Dataset:
    """Attach typed counts (units of each arm with successes, mean and sd, or events and
    exposure). Raises Invalid where the plan needs a file."""
    reason = cleaned(reason)
    with attaching(hypothesis_id, by=by, now=now), transaction():
        hypothesis = hypotheses.locked(hypothesis_id)
        test, plan = _running(hypothesis_id, by=by)
        if (refusal := counts_refusal(plan)) is not None:
            raise Invalid(refusal)
        source = CountsSource(counts)
        source.summaries(plan)  # refuses counts that do not fit the metric
        before = version_before(test, relation, previous, reason)
        dataset = Dataset(
            id=new_id(), test_id=test.id, kind=DatasetKind.COUNTS, digest=source.digest,
            rows=source.rows, counts=source.as_json(), report={"columns": [], "notes": []},
            mapping={}, tags={}, author_id=by.user_id, created_at=now, relation=relation,
            previous_id=before.id if before else None, reason=reason,
        )  # fmt: skip
        db.session.add(dataset)
        give_version(dataset, hypothesis, by=by, now=now)
    return dataset


def discard(
    dataset_id: str, *, folder: Path, incoming: Path | None = None, by: Actor, now: datetime
) -> None:
    """Forget a staged file that was not attached; its table goes too, unless another data set
    has the same content, and so do its bytes as they were sent."""
    hypothesis_id = hypothesis_of(find(dataset_id, by=by)).id
    with attaching(hypothesis_id, by=by, now=now), transaction():
        dataset = find(dataset_id, by=by)
        hypothesis = hypotheses.locked(hypothesis_id)
        require(by, Permission.ATTACH_DATA, hypotheses.stake(hypothesis))
        require_unattached(dataset)
        events.record(
            "data_discarded", subject="dataset", subject_id=dataset.id, by=by, now=now,
            hypothesis=hypothesis, details={"filename": dataset.filename},
        )  # fmt: skip
        uploads = uploads_behind(dataset)
        release(uploads, incoming=incoming or incoming_beside(folder), now=now)
        db.session.execute(
            update(Upload)
            .where(Upload.dataset_id == dataset.id)
            .values(state=UploadState.CANCELLED, dataset_id=None)
        )
        digests = {part.digest for part in dataset.parts}
        for part in dataset.parts:
            part.upload_id = None
        db.session.flush()
        db.session.delete(dataset)
        db.session.flush()
        drop_unused(digests, folder=folder)


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a staged file is to the newest version, as far as its rows tell. `warnings` are what
    speaks against adding them; `loses`: it cannot be all of the rows, and what it would replace."""

    warnings: tuple[Text, ...]
    is_next: bool
    loses: Text | None


def overlap_with(
    dataset: Dataset, previous: Dataset, mapping: Mapping[str, str], *, folder: Path
) -> Overlap:
    """Hold a staged file against the version before. Reads the new rows alone."""
    plan, known = test_of(dataset).plan, _coverage(previous)
    here: Mapping[str, Any] = {}
    if plan is not None and known:
        bound, types = plan.bound(mapping), types_of(dataset.report)
        day = _day(bound) or day_of(previous)
        here = dataset_coverage.measure(
            paths_of(dataset, folder=folder), rows=dataset.rows,
            day=day if day in types else None,
            unit=bound.unit if bound.unit in types else None, types=types,
        )  # fmt: skip
    is_next = dataset_coverage.follows(known, here)
    is_part = dataset.rows < FEWER * previous.rows or dataset_coverage.precedes(known, here)
    version = previous.version or 0
    before, now = (Figure(FigureKind.COUNT, each.rows) for each in (previous, dataset))
    loses = Text("replaces_rows", version=str(version), before=before, now=now)
    return Overlap(
        tuple(dataset_coverage.overlaps(known, here, version=version)),
        is_next,
        loses if is_next or is_part else None,
    )


def _require_answers(
    paths: Sequence[Path], labels: Sequence[str], plan: Plan, older: Sequence[Path]
) -> None:
    """The data can answer the plan. Rows that are added are read alone; only where they lack an
    arm are the earlier ones asked for it. Weeks and months say nothing without those before."""
    if plan.own is not None:
        require_answer(TableSource([*older, *paths]), plan)
        return
    try:
        TableSource(paths, labels=labels).summaries(plan)
    except Unreadable as refusal:
        if not older or refusal.text.code not in _OF_ARMS:
            raise
        TableSource([*older, *paths]).summaries(plan)


def _day(plan: Plan) -> str | None:
    """The column that the plan has for the day: of periods theirs, where that is one."""
    return plan.day or (plan.own.time if plan.own else None)


def _take_in(dataset: Dataset, terms: Terms, coverage: dict[str, Any]) -> None:
    """The staged data as they were termsed for; what is added to comes before them."""
    dataset.mapping, dataset.tags = terms.mapping, terms.tags
    dataset.relation, dataset.reason = terms.relation, terms.reason
    dataset.previous_id = terms.previous.id if terms.previous else None
    before = terms.previous
    if before is not None:
        dataset.role = before.role
        dataset.quality_settings = dict(before.quality_settings)
    if terms.plan.day is None:
        dataset.quality_settings = {**(dataset.quality_settings or {}), "day": terms.day}
    if before is not None and terms.relation is Relation.INCREMENT:
        known = _coverage(before)
        warnings = dataset_coverage.overlaps(known, coverage, version=before.version or 0)
        coverage = dataset_coverage.joined(known, coverage)
        _put_before(dataset, before)
        dataset.report = _grown(before, dataset, warnings)
        dataset.rows += before.rows
    last = dataset.parts[-1]
    last.report = {**last.report, "coverage": coverage}


def _put_before(dataset: Dataset, before: Dataset) -> None:
    """The parts of the version before, then the new ones. Their reports stay where they came."""
    older = list(before.parts)
    for part in dataset.parts:
        part.place += len(older)
    db.session.flush()
    copies = [copied(part, dataset, is_last=False) for part in older]
    db.session.add_all(copies)
    dataset.digest = digest_of([*(p.digest for p in copies), *(p.digest for p in dataset.parts)])
    db.session.flush()
    db.session.expire(dataset, ["parts"])


def _grown(before: Dataset, dataset: Dataset, warnings: Sequence[Text]) -> dict[str, Any]:
    """The report of the new part, over the columns that all parts have."""
    both = [(before.filename, before.report), (dataset.filename, dataset.report)]
    joined = dataset_parts.merged(both)
    more = [*dataset_parts.differences(both), *warnings]
    return {
        **dataset.report,
        "rows": joined["rows"],
        "columns": joined["columns"],
        "notes": [*dataset.report["notes"], *(dataset_parts.told(text) for text in more)],
    }


def copied(part: DatasetPart, owner: Dataset, *, is_last: bool) -> DatasetPart:
    return DatasetPart(
        id=new_id(), dataset_id=owner.id, place=part.place, digest=part.digest, rows=part.rows,
        filename=part.filename, received_digest=part.received_digest,
        received_bytes=part.received_bytes, upload_id=part.upload_id, choices=dict(part.choices),
        report=dict(part.report) if is_last else {}, created_at=part.created_at,
    )  # fmt: skip


def _coverage(dataset: Dataset) -> Mapping[str, Any]:
    """What the data cover, noted with their last part when they were attached."""
    found: Mapping[str, Any] = dataset.parts[-1].report.get("coverage", {}) if dataset.parts else {}
    return found


def _running(hypothesis_id: str, *, by: Actor) -> tuple[Test, Plan]:
    test = require_running(hypotheses.locked(hypothesis_id), by=by)
    assert test.plan is not None
    return test, test.plan


def give_version(dataset: Dataset, hypothesis: Hypothesis, *, by: Actor, now: datetime) -> None:
    of_test = Dataset.test_id == dataset.test_id
    last = db.session.scalar(select(func.max(Dataset.version)).where(of_test))
    dataset.version = (last or 0) + 1
    dataset.attached_at = now
    hypothesis.updated_at = now
    db.session.flush()
    previous = db.session.get(Dataset, dataset.previous_id) if dataset.previous_id else None
    events.record(
        "data_attached", subject="dataset", subject_id=dataset.id, by=by, now=now,
        hypothesis=hypothesis,
        details={"version": dataset.version, "rows": dataset.rows, "digest": dataset.digest,
                 "filename": dataset.filename, "mapping": dataset.mapping, "tags": dataset.tags,
                 "day": day_of(dataset),
                 "relation": dataset.relation.value, "reason": dataset.reason,
                 "role": dataset.role.value,
                 "previous_version": previous.version if previous else None},
    )  # fmt: skip
