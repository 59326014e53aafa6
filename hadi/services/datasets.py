"""Data of a test: a file is read and shown first, then attached with its mapping, as a version.

Nothing counts until it is attached. Files are kept once, as Parquet named by their content.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import func, select

from hadi.db import db, let_go, new_id, transaction
from hadi.domain.errors import Blocked, Blocker, HadiError, Invalid, NotFound, Unreadable
from hadi.domain.lifecycle import State
from hadi.domain.metric_rules import counts_refusal
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.plan import Metric, Need, NeedRole, Plan
from hadi.domain.text import Text
from hadi.ingest import files
from hadi.ingest.counts import CountsSource
from hadi.ingest.limits import Limits
from hadi.ingest.source import Source
from hadi.ingest.tables import TableSource
from hadi.models import Dataset, DatasetPart, Hypothesis, Test
from hadi.models.dataset import DatasetKind
from hadi.services import events, hypotheses


def find(dataset_id: str, *, by: Actor) -> Dataset:
    """The data set with that id. Raises NotFound."""
    require(by, Permission.VIEW)
    dataset = db.session.get(Dataset, dataset_id)
    if dataset is None:
        raise NotFound(Text("no_such_dataset"))
    return dataset


def stage(
    hypothesis_id: str,
    *,
    file: BinaryIO,
    filename: str,
    sheet: str | None = None,
    folder: Path,
    limits: Limits,
    by: Actor,
    now: datetime,
) -> Dataset:
    """Read a file and keep it for mapping. Raises Unreadable or TooLarge with one sentence; then
    nothing is kept."""
    with _attaching(hypothesis_id, by=by, now=now):
        _require_running(hypotheses.locked(hypothesis_id), by=by)
    # Reading takes as long as the file is big: no transaction is held meanwhile.
    let_go()
    table = files.open_table(file, filename, folder=folder, limits=limits, sheet=sheet)
    try:
        with _attaching(hypothesis_id, by=by, now=now), transaction():
            hypothesis = hypotheses.locked(hypothesis_id)
            test = _require_running(hypothesis, by=by)
            _take_turn(table.digest)
            if not table.path.exists():  # an equal file has just been discarded
                raise Unreadable(Text("upload_met", file=filename))
            dataset = Dataset(
                id=new_id(), test_id=test.id, kind=DatasetKind.FILE, filename=filename[-255:],
                digest=table.digest, rows=table.report.rows, report=table.report.as_json(),
                mapping={}, author_id=by.user_id, created_at=now,
            )  # fmt: skip
            part = DatasetPart(
                id=new_id(), place=0, digest=table.digest, rows=table.report.rows,
                filename=dataset.filename, report=table.report.as_json(), created_at=now,
            )  # fmt: skip
            dataset.parts.append(part)
            db.session.add(dataset)
            db.session.flush()
            events.record(
                "data_uploaded", subject="dataset", subject_id=dataset.id, by=by, now=now,
                hypothesis=hypothesis,
                details={"filename": dataset.filename, "rows": dataset.rows},
            )  # fmt: skip
    except HadiError:
        with transaction():
            _drop_unused(table.digest, folder=folder)
        raise
    return dataset


def attach(
    dataset_id: str, *, mapping: Mapping[str, str], folder: Path, by: Actor, now: datetime
) -> Dataset:
    """Confirm a staged file with its mapping (the plan's name of a column to the file's). Raises
    Invalid naming every column that is missing; Unreadable when the columns cannot answer the
    plan (text where numbers belong, a single arm)."""
    hypothesis_id = _hypothesis_of(find(dataset_id, by=by)).id
    with _attaching(hypothesis_id, by=by, now=now):
        dataset, _, resolved = _mapped(dataset_id, mapping, by=by)
        table, plan = source(dataset, folder=folder), _test_of(dataset).plan
        assert plan is not None
        # Summing takes as long as the file is big: no transaction is held meanwhile.
        let_go()
        table.summaries(plan.bound(resolved))
        with transaction():
            dataset, hypothesis, resolved = _mapped(dataset_id, mapping, by=by)
            dataset.mapping = resolved
            _give_version(dataset, _test_of(dataset), hypothesis, by=by, now=now)
    return dataset


def _mapped(
    dataset_id: str, mapping: Mapping[str, str], *, by: Actor
) -> tuple[Dataset, Hypothesis, dict[str, str]]:
    """A staged file that may be attached now, and its mapping resolved."""
    dataset = find(dataset_id, by=by)
    hypothesis = hypotheses.locked(_test_of(dataset).hypothesis_id)
    _require_running(hypothesis, by=by)
    _require_unattached(dataset)
    plan = _test_of(dataset).plan
    assert plan is not None
    columns = [column["name"] for column in dataset.report["columns"]]
    return dataset, hypothesis, checked_mapping(plan, columns, mapping)


def attach_counts(
    hypothesis_id: str, *, counts: Sequence[Mapping[str, Any]], by: Actor, now: datetime
) -> Dataset:
    """Attach typed counts (units of each arm with successes, mean and sd, or events and
    exposure). Raises Invalid where the plan needs a file."""
    with _attaching(hypothesis_id, by=by, now=now), transaction():
        hypothesis = hypotheses.locked(hypothesis_id)
        test = _require_running(hypothesis, by=by)
        assert test.plan is not None
        if (refusal := counts_refusal(test.plan)) is not None:
            raise Invalid(refusal)
        source = CountsSource(counts)
        source.summaries(test.plan)  # refuses counts that do not fit the metric
        dataset = Dataset(
            id=new_id(), test_id=test.id, kind=DatasetKind.COUNTS, digest=source.digest,
            rows=source.rows, counts=source.as_json(), report={"columns": [], "notes": []},
            mapping={}, author_id=by.user_id, created_at=now,
        )  # fmt: skip
        db.session.add(dataset)
        _give_version(dataset, test, hypothesis, by=by, now=now)
    return dataset


def discard(dataset_id: str, *, folder: Path, by: Actor, now: datetime) -> None:
    """Forget a staged file that was not attached; its table goes too, unless another data set
    has the same content."""
    hypothesis_id = _hypothesis_of(find(dataset_id, by=by)).id
    with _attaching(hypothesis_id, by=by, now=now), transaction():
        dataset = find(dataset_id, by=by)
        hypothesis = hypotheses.locked(hypothesis_id)
        require(by, Permission.ATTACH_DATA, hypotheses.stake(hypothesis))
        _require_unattached(dataset)
        events.record(
            "data_discarded", subject="dataset", subject_id=dataset.id, by=by, now=now,
            hypothesis=hypothesis, details={"filename": dataset.filename},
        )  # fmt: skip
        digests = {part.digest for part in dataset.parts}
        db.session.delete(dataset)
        db.session.flush()
        for digest in sorted(digests):
            _drop_unused(digest, folder=folder)


def source(dataset: Dataset, *, folder: Path) -> Source:
    """The data themselves, ready to be summed."""
    if dataset.kind is DatasetKind.COUNTS:
        return CountsSource(dataset.counts or [])
    labels = [part.filename for part in dataset.parts]
    return TableSource(paths_of(dataset, folder=folder), digest=dataset.digest, labels=labels)


def paths_of(dataset: Dataset, *, folder: Path) -> list[Path]:
    """Where the tables of a data set are kept, in their order."""
    return [folder / f"{part.digest}.parquet" for part in dataset.parts]


def checked_mapping(
    plan: Plan, columns: Sequence[str], mapping: Mapping[str, str]
) -> dict[str, str]:
    """The mapping with every need of the plan resolved to a column of the file. A need that is not
    mapped takes the column of its own name. Raises Invalid with every problem at once."""
    listed = ", ".join(columns)
    resolved: dict[str, str] = {}
    wrong: dict[str, Text] = {}
    identities: set[str] = set()
    for need in plan.needs():
        column = mapping.get(need.key) or (need.key if need.key in columns else None)
        if need.is_optional and not mapping.get(need.key):
            continue
        if column is None:
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


# Arm, unit and cluster say who is who: each has a column of its own. A segment, a day or a seller
# may well be one of them.
_IDENTITIES = (NeedRole.VARIANT, NeedRole.CLUSTER, NeedRole.UNIT)


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


def _attaching(hypothesis_id: str, *, by: Actor, now: datetime) -> AbstractContextManager[None]:
    """Whatever is refused while data are attached is logged."""
    return hypotheses.logging_refusals("attach_data", hypothesis_id, by=by, now=now)


def _drop_unused(digest: str, *, folder: Path) -> None:
    """Delete a table that no data set has."""
    _take_turn(digest)
    used = select(DatasetPart.id).where(DatasetPart.digest == digest)
    if db.session.scalar(used.limit(1)) is None:
        (folder / f"{digest}.parquet").unlink(missing_ok=True)


def _take_turn(digest: str) -> None:
    """Wait for whoever keeps or drops an equal table. On SQLite everyone who writes waits."""
    if db.engine.dialect.name == "postgresql":
        turn = func.hashtextextended(f"dataset/{digest}", 0)
        db.session.execute(select(func.pg_advisory_xact_lock(turn)))


def _test_of(dataset: Dataset) -> Test:
    return db.session.get_one(Test, dataset.test_id)


def _hypothesis_of(dataset: Dataset) -> Hypothesis:
    return _test_of(dataset).hypothesis


def _require_unattached(dataset: Dataset) -> None:
    if dataset.is_attached:
        raise Blocked(Text("step_refused"), [Blocker(Text("dataset_attached_already"), "datasets")])


def _require_running(hypothesis: Hypothesis, *, by: Actor) -> Test:
    require(by, Permission.ATTACH_DATA, hypotheses.stake(hypothesis))
    if hypothesis.state not in (State.RUNNING, State.MEASURED):
        state = Text(f"state_{hypothesis.state.value}")
        raise Blocked(Text("step_refused"), [Blocker(Text("needs_running", state=state), "state")])
    assert hypothesis.current_test is not None
    return hypothesis.current_test


def _give_version(
    dataset: Dataset, test: Test, hypothesis: Hypothesis, *, by: Actor, now: datetime
) -> None:
    last = db.session.scalar(select(func.max(Dataset.version)).where(Dataset.test_id == test.id))
    dataset.version = (last or 0) + 1
    dataset.attached_at = now
    hypothesis.updated_at = now
    db.session.flush()
    events.record(
        "data_attached", subject="dataset", subject_id=dataset.id, by=by, now=now,
        hypothesis=hypothesis,
        details={"version": dataset.version, "rows": dataset.rows, "digest": dataset.digest,
                 "filename": dataset.filename, "mapping": dataset.mapping},
    )  # fmt: skip
