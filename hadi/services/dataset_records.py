"""What all verbs of data share: finding a data set, who may attach now, and its tables on disk.

A table is kept once, named by its content, however many data sets have it; it goes with the last
one of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from hadi.db import afterwards, await_turn, db, transaction
from hadi.domain.errors import Blocked, Blocker, NotFound, Unreadable
from hadi.domain.lifecycle import State
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text, day_figure
from hadi.ingest import sums_json
from hadi.ingest.counts import CountsSource
from hadi.ingest.source import Source
from hadi.ingest.tables import TableSource
from hadi.models import Basket, Dataset, DatasetPart, FunnelDeals, Hypothesis, PilotHistory, Test
from hadi.models.dataset import DatasetKind, DatasetRole, Relation
from hadi.services import hypotheses


def find(dataset_id: str, *, by: Actor) -> Dataset:
    """The data set with that id. Raises NotFound."""
    require(by, Permission.VIEW)
    dataset: Dataset | None = db.session.get(Dataset, dataset_id)
    if dataset is None:
        raise NotFound(Text("no_such_dataset"))
    return dataset


def newest(test_id: str | None, role: DatasetRole = DatasetRole.OUTCOME) -> Dataset | None:
    """The last version that was attached to a test, of those for one purpose."""
    return db.session.scalar(
        select(Dataset)
        .where(Dataset.test_id == test_id, Dataset.version.is_not(None), Dataset.role == role)
        .order_by(Dataset.version.desc())
        .limit(1)
    )


def newest_versions(datasets: Iterable[Dataset]) -> dict[tuple[str, DatasetRole], int]:
    """The number of the last version of each test and purpose that these data sets are of: one
    question for however many."""
    tests = {dataset.test_id for dataset in datasets}
    query = (
        select(Dataset.test_id, Dataset.role, func.max(Dataset.version))
        .where(Dataset.test_id.in_(tests), Dataset.version.is_not(None))
        .group_by(Dataset.test_id, Dataset.role)
    )
    return {(test_id, role): last or 0 for test_id, role, last in db.session.execute(query)}


def versions_before(datasets: Iterable[Dataset]) -> dict[str, int | None]:
    """The numbers of the versions that these correct or add to, by their ids."""
    named = {dataset.previous_id for dataset in datasets} - {None}
    query = select(Dataset.id, Dataset.version).where(Dataset.id.in_(named))
    return dict(db.session.execute(query).all())


def newer_than(dataset: Dataset) -> Dataset | None:
    """The version that stands now where this one stood; None while this is it."""
    last = newest(dataset.test_id, dataset.role)
    is_newer = last is not None and (last.version or 0) > (dataset.version or 0)
    return last if is_newer else None


def computed_on(dataset: Dataset) -> Text | None:
    """What is said of a result that rests on this version, once another stands in its place."""
    now = newer_than(dataset)
    if now is None:
        return None
    code = "computed_on"
    if now.previous_id == dataset.id and now.relation is not Relation.WHOLE:
        is_correction = now.relation is Relation.CORRECTION
        code = "computed_on_corrected" if is_correction else "computed_on_fewer"
    return Text(code, version=str(dataset.version), newest=str(now.version))


def of_version(test: Test, written: str) -> Dataset:
    """An attached data set of a test by its version number or its id. Raises NotFound."""
    is_number = written.isascii() and written.isdigit() and len(written) < 8
    named = Dataset.version == int(written) if is_number else Dataset.id == written[:20]
    query = select(Dataset).where(Dataset.test_id == test.id, Dataset.version.is_not(None), named)
    found: Dataset | None = db.session.scalar(query)
    if found is None:
        raise NotFound(Text("no_such_version", version=written[:20]))
    return found


def source(dataset: Dataset, *, folder: Path) -> Source:
    """The data themselves, ready to be summed. Raises Unreadable where they were deleted."""
    require_content(dataset)
    if dataset.kind is DatasetKind.COUNTS:
        return CountsSource(dataset.counts or [])
    if dataset.kind is DatasetKind.QUERY:
        return _snapshot(sums_path(dataset.digest, folder).read_text(encoding="utf-8"))
    labels = [part.filename for part in dataset.parts]
    return TableSource(paths_of(dataset, folder=folder), digest=dataset.digest, labels=labels)


def _snapshot(text: str) -> Source:
    """What a connection's engine answered, as it was kept: sums, or sites over time."""
    from hadi.ingest import panel_json  # needs NumPy

    return panel_json.paneled(text) if text.startswith(panel_json.MARK) else sums_json.summed(text)


def paths_of(dataset: Dataset, *, folder: Path) -> list[Path]:
    """Where the tables of a data set are kept, in their order."""
    return [path_of(part.digest, folder) for part in dataset.parts]


def path_of(digest: str, folder: Path) -> Path:
    return folder / f"{digest}.parquet"


def sums_path(digest: str, folder: Path) -> Path:
    """Where the snapshot of sums that a connection's engine made is kept."""
    return folder / f"{digest}.sums.json"


def digest_of(digests: Sequence[str]) -> str:
    """What names the content of several parts, as `TableSource` names it."""
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def test_of(dataset: Dataset) -> Test:
    return db.session.get_one(Test, dataset.test_id)


def hypothesis_of(dataset: Dataset) -> Hypothesis:
    return test_of(dataset).hypothesis


def attaching(hypothesis_id: str, *, by: Actor, now: datetime) -> AbstractContextManager[None]:
    """Whatever is refused while data are attached is logged."""
    return hypotheses.logging_refusals("attach_data", hypothesis_id, by=by, now=now)


def require_running(hypothesis: Hypothesis, *, by: Actor) -> Test:
    """The test that data are attached to now. Raises NotAllowed, Blocked."""
    require(by, Permission.ATTACH_DATA, hypotheses.stake(hypothesis))
    if hypothesis.state not in (State.RUNNING, State.MEASURED):
        state = Text(f"state_{hypothesis.state.value}")
        raise Blocked(Text("step_refused"), [Blocker(Text("needs_running", state=state), "state")])
    assert hypothesis.current_test is not None
    return hypothesis.current_test


def require_unattached(dataset: Dataset) -> None:
    if dataset.is_attached:
        raise Blocked(Text("step_refused"), [Blocker(Text("dataset_attached_already"), "datasets")])


def require_content(dataset: Dataset) -> None:
    if dataset.deleted_at is not None:
        day = day_figure(dataset.deleted_at.date())
        raise Unreadable(Text("dataset_rows_gone", version=str(dataset.version or ""), day=day))


def drop_unused(digests: Iterable[str], *, folder: Path) -> None:
    """Delete the tables and sums that no data set has, once the transaction under way is over:
    until then it may be undone, and what is deleted cannot."""
    wanted = sorted(set(digests))
    if wanted:
        afterwards(lambda: _drop_unused(wanted, folder))


def _drop_unused(digests: Sequence[str], folder: Path) -> None:
    with transaction():
        for digest in digests:
            if is_unused(digest):
                path_of(digest, folder).unlink(missing_ok=True)
                sums_path(digest, folder).unlink(missing_ok=True)


def is_unused(digest: str) -> bool:
    """Whether no data set, no history of a pilot, no export of deals and no receipts have a table
    or sums; none gets them before the transaction ends."""
    take_turn(digest)
    kept = Dataset.deleted_at.is_(None)
    part = select(DatasetPart.id).join(Dataset, Dataset.id == DatasetPart.dataset_id)
    whole = select(Dataset.id).where(Dataset.digest == digest, kept)
    history = select(PilotHistory.id).where(
        PilotHistory.digest == digest, PilotHistory.dataset_id.is_(None)
    )
    deals = select(FunnelDeals.id).where(FunnelDeals.digest == digest)
    receipts = select(Basket.id).where(Basket.digest == digest, Basket.deleted_at.is_(None))
    found = (part.where(DatasetPart.digest == digest, kept), whole, history, deals, receipts)
    return all(db.session.scalar(query.limit(1)) is None for query in found)


def take_turn(digest: str) -> None:
    """Wait for whoever keeps or drops an equal table."""
    await_turn(f"dataset/{digest}")
