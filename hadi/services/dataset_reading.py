"""From files as they were sent to a data set that waits to be mapped, and again under other
choices, as long as it waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from hadi.db import db, let_go, new_id, transaction
from hadi.domain.errors import Invalid, NotFound, Unreadable
from hadi.domain.permissions import Actor
from hadi.domain.tags import without_cells
from hadi.domain.text import Text
from hadi.ingest.choices import Choices
from hadi.ingest.limits import Limits
from hadi.models import Dataset, DatasetPart, Hypothesis, Test, Upload
from hadi.models.dataset import DatasetKind
from hadi.models.upload import UploadState
from hadi.services import dataset_arms, dataset_parts, events, hypotheses
from hadi.services.dataset_answers import answers
from hadi.services.dataset_known import known
from hadi.services.dataset_receiving import (
    Received,
    Sent,
    incoming_beside,
    receive,
    received_of,
    record,
    release,
    unlink_bytes,
    uploads_behind,
    uploads_of,
)
from hadi.services.dataset_records import (
    attaching,
    digest_of,
    drop_unused,
    find,
    hypothesis_of,
    path_of,
    require_running,
    require_unattached,
    take_turn,
)
from hadi.services.dataset_tables import Progress, Table, read_tables

Json = Mapping[str, Any]
ACCEPTED = Limits(max_bytes=None)  # what was taken in already is not too big


def stage(
    hypothesis_id: str,
    *,
    file: BinaryIO | None = None,
    filename: str = "",
    more: Sequence[Sent] = (),
    sheet: str | None = None,
    choices: Json | None = None,
    folder: Path,
    incoming: Path | None = None,
    limits: Limits,
    keep_refused: bool = True,
    origin: Json | None = None,
    by: Actor,
    now: datetime,
) -> Dataset:
    """Read a file (or several, as the parts of one data set) and keep it for mapping; the same
    file again is the data set that it became. `origin`: what its rows were worked out from, where
    nobody sent them as they are. Raises Unreadable or TooLarge with one sentence;
    then nothing is kept, except (with `keep_refused`) a file that can be read after all under other
    choices."""
    chosen = {**(choices or {}), **({"sheet": sheet} if sheet else {})}
    Choices.from_json(chosen)
    with attaching(hypothesis_id, by=by, now=now):
        test_id = require_running(hypotheses.locked(hypothesis_id), by=by).id
    # Receiving and reading take as long as the file is big: no transaction is held meanwhile.
    let_go()
    sent = ([Sent(filename, file)] if file is not None else []) + list(more)
    incoming = incoming or incoming_beside(folder)
    received = receive(
        sent, test_id, choices=chosen, incoming=incoming, limits=limits, by=by, now=now
    )
    try:
        return _read(
            received, folder=folder, incoming=incoming, limits=limits, origin=origin, by=by, now=now
        )
    except Unreadable as refusal:
        if refusal.remedy and keep_refused:
            with transaction():
                record(received, UploadState.FAILED, problem=_problem(refusal), now=now)
        else:
            unlink_bytes([each.id for each in received], incoming)
        raise
    except BaseException:
        unlink_bytes([each.id for each in received], incoming)
        raise


def read_batch(
    batch: str,
    *,
    folder: Path,
    incoming: Path,
    progress: Progress | None = None,
    limits: Limits = ACCEPTED,
    by: Actor,
    now: datetime,
) -> Dataset:
    """Read files that were received together. Asked twice, it answers with the same data set.
    Raises Unreadable, which is also kept with the files for their page."""
    uploads = uploads_of(batch)
    if not uploads:
        raise NotFound(Text("reading_no_batch"))
    done = _done(uploads)
    if done is not None:
        return done
    received = [received_of(upload, incoming) for upload in uploads]
    try:
        return _read(
            received, folder=folder, incoming=incoming, limits=limits, progress=progress, by=by,
            now=now,
        )  # fmt: skip
    except Unreadable as refusal:
        with transaction():
            record(received, UploadState.FAILED, problem=_problem(refusal), now=now)
        raise


def reread(
    dataset_id: str,
    *,
    choices: Json | Sequence[Json],
    folder: Path,
    incoming: Path,
    progress: Progress | None = None,
    limits: Limits = ACCEPTED,
    by: Actor,
    now: datetime,
) -> Dataset:
    """Read the files of a staged data set once more under other choices: of all its parts, or one
    for each. Raises Unreadable; then it is as it was."""
    received = _chosen(dataset_id, choices, incoming=incoming, by=by, now=now)
    let_go()
    return _read(
        received, folder=folder, incoming=incoming, limits=limits, progress=progress, by=by, now=now
    )


def reread_later(
    dataset_id: str, *, choices: Json | Sequence[Json], incoming: Path, by: Actor, now: datetime
) -> str:
    """Note how a staged data set is to be read next, and name the batch for `read_batch`."""
    received = _chosen(dataset_id, choices, incoming=incoming, by=by, now=now)
    with transaction():
        record(received, UploadState.RECEIVED, now=now)
    return received[0].batch


def retry(
    batch: str,
    *,
    choices: Json,
    folder: Path,
    incoming: Path,
    limits: Limits = ACCEPTED,
    by: Actor,
    now: datetime,
) -> Dataset:
    """Read files that could not be read once more, under other choices. Raises Unreadable."""
    retry_later(batch, choices=choices, incoming=incoming, by=by, now=now)
    return read_batch(batch, folder=folder, incoming=incoming, limits=limits, by=by, now=now)


def retry_later(
    batch: str, *, choices: Json, incoming: Path, by: Actor, now: datetime
) -> list[Upload]:
    """Note how files that could not be read are to be read next, by `read_batch`."""
    with transaction():
        received = [received_of(upload, incoming) for upload in _failed(batch, by=by, now=now)]
        received = [replace(each, choices={**each.choices, **choices}) for each in received]
        for each in received:
            Choices.from_json(each.choices)
        return record(received, UploadState.RECEIVED, now=now)


def forget(batch: str, *, incoming: Path, by: Actor, now: datetime) -> None:
    """Set files aside that could not be read."""
    with transaction():
        uploads = _failed(batch, by=by, now=now)
        for upload in uploads:
            upload.state = UploadState.CANCELLED
        release(uploads, incoming=incoming, now=now)


def _read(
    received: Sequence[Received],
    *,
    folder: Path,
    incoming: Path,
    limits: Limits,
    progress: Progress | None = None,
    origin: Json | None = None,
    by: Actor,
    now: datetime,
) -> Dataset:
    """Read the files and keep what became of them."""
    test_id = received[0].test_id
    is_again = received[0].dataset_id is not None
    if not is_again and not any(each.choices for each in received):
        same = known(test_id, received=[each.digest for each in received])
        if same is not None:
            return _same(received, same, origin=origin, incoming=incoming, now=now)
    said = [each.choices for each in received]
    dataset_arms.require_arms(db.session.get_one(Test, test_id).plan, said)
    let_go()
    kept: list[str] = []

    def tables_of(files: Sequence[Received]) -> list[Table]:
        reading = read_tables(
            files, folder=folder, incoming=incoming, limits=limits, progress=progress,
            kept=kept.append,
        )  # fmt: skip
        return list(reading)

    try:
        tables = tables_of(received)
        if not is_again and not any(each.choices for each in received):
            received, tables = _answered(received, tables, tables_of)
        report = dataset_parts.merged([(table.filename, table.report) for table in tables])
        dataset_arms.require_columns(report, said)
        hypothesis_id = db.session.get_one(Test, test_id).hypothesis_id
        with attaching(hypothesis_id, by=by, now=now), transaction():
            hypothesis = hypotheses.locked(hypothesis_id)
            require_running(hypothesis, by=by)
            _require_tables(tables, folder)
            same = None if is_again else known(test_id, tables=[t.digest for t in tables])
            if same is None:
                same = _kept(
                    received, tables, report, hypothesis, origin=origin, folder=folder, by=by,
                    now=now,
                )  # fmt: skip
            else:
                same = _same(received, same, origin=origin, incoming=incoming, now=now)
            drop_unused(kept, folder=folder)
        return same
    except BaseException:
        with transaction():
            drop_unused(kept, folder=folder)
        raise


def _answered(
    received: Sequence[Received],
    tables: list[Table],
    tables_of: Callable[[Sequence[Received]], list[Table]],
) -> tuple[Sequence[Received], list[Table]]:
    """The files read as it was answered for the data before, where something is asked of them."""
    said = answers(received[0].test_id, [table.report for table in tables])
    let_go()
    if not said:
        return received, tables
    told = [replace(each, choices=said) for each in received]
    try:
        return told, tables_of(told)
    except Unreadable:  # the answer of before does not fit: it is asked anew
        return received, tables


def _require_tables(tables: Sequence[Table], folder: Path) -> None:
    """Hold the tables: somebody else may just have set an equal one aside."""
    for digest in sorted({table.digest for table in tables}):
        take_turn(digest)
    for table in tables:
        if not path_of(table.digest, folder).exists():
            raise Unreadable(Text("upload_met", file=table.filename))


def _kept(
    received: Sequence[Received],
    tables: Sequence[Table],
    report: Json,
    hypothesis: Hypothesis,
    *,
    origin: Json | None,
    folder: Path,
    by: Actor,
    now: datetime,
) -> Dataset:
    """The tables as a data set that waits; read again, it is the same one with other tables."""
    before = db.session.get(Dataset, received[0].dataset_id) if received[0].dataset_id else None
    if before is not None and before.is_attached:
        return before
    dataset = before or Dataset(
        id=new_id(), test_id=received[0].test_id, kind=DatasetKind.FILE, mapping={}, tags={},
        author_id=received[0].author_id, created_at=now,
    )  # fmt: skip
    gone = {part.digest for part in dataset.parts}
    dataset.parts.clear()
    dataset.filename = _name(received)
    dataset.digest = digest_of([table.digest for table in tables])
    dataset.rows = report["rows"]
    dataset.report = dict(report)
    if origin is not None:
        dataset.origin = dict(origin)
    db.session.add(dataset)
    db.session.flush()
    sent = {each.id: each for each in received}
    record(received, UploadState.READ, dataset=dataset, now=now)
    for place, table in enumerate(tables):
        dataset.parts.append(_part(place, table, sent[table.upload_id], now))
    db.session.flush()
    drop_unused(gone, folder=folder)
    events.record(
        "data_read_again" if before else "data_uploaded", subject="dataset",
        subject_id=dataset.id, by=by, now=now, hypothesis=hypothesis,
        details={"filename": dataset.filename, "rows": dataset.rows,
                 # Which values are arms is told of the data set, to those who may see them.
                 "choices": [without_cells(t.choices, {*t.choices.get("columns", {})})
                             for t in tables]},
    )  # fmt: skip
    return dataset


def _part(place: int, table: Table, sent: Received, now: datetime) -> DatasetPart:
    return DatasetPart(
        id=new_id(), place=place, digest=table.digest, rows=table.report["rows"],
        filename=table.filename[-255:], received_digest=sent.digest, received_bytes=sent.size,
        upload_id=sent.id, choices=dict(table.choices), report=dict(table.report), created_at=now,
    )  # fmt: skip


def _same(
    received: Sequence[Received],
    same: Dataset,
    *,
    origin: Json | None,
    incoming: Path,
    now: datetime,
) -> Dataset:
    """The files are a data set already: it stands for them, and their bytes go. What is attached
    stays as it is; of what waits the last origin holds."""
    same_id = same.id
    with transaction():
        found = db.session.get_one(Dataset, same_id)
        if origin is not None and not found.is_attached:
            found.origin = dict(origin)
        release(
            record(received, UploadState.READ, dataset=found, now=now), incoming=incoming, now=now
        )
    return db.session.get_one(Dataset, same_id)


def _chosen(
    dataset_id: str,
    choices: Json | Sequence[Json],
    *,
    incoming: Path,
    by: Actor,
    now: datetime,
) -> list[Received]:
    """The files of a staged data set, as they are to be read next."""
    hypothesis_id = hypothesis_of(find(dataset_id, by=by)).id
    with attaching(hypothesis_id, by=by, now=now):
        plan = require_running(hypotheses.locked(hypothesis_id), by=by).plan
        dataset = find(dataset_id, by=by)
        require_unattached(dataset)
    parts = list(dataset.parts)
    wanted = [choices] * len(parts) if isinstance(choices, Mapping) else list(choices)
    if len(wanted) != len(parts):
        raise Invalid(Text("reading_other_parts", n=len(parts)))
    for each in wanted:
        Choices.from_json(each)
    dataset_arms.require_arms(plan, wanted)
    received = [received_of(upload, incoming) for upload in uploads_behind(dataset)]
    if not received:
        raise Unreadable(Text("reading_bytes_gone"))
    own: dict[str | None, list[Json]] = {}
    for part, chosen in zip(parts, wanted, strict=True):
        own.setdefault(part.upload_id, []).append(chosen)
    return [replace(each, choices=_together(own.get(each.id, []))) for each in received]


def _together(own: Sequence[Json]) -> dict[str, Any]:
    """Choices of the tables of one file: they are read in one way."""
    joined: dict[str, Any] = {}
    for wanted in own:
        columns = {**joined.get("columns", {}), **wanted.get("columns", {})}
        joined |= wanted
        if columns:
            joined["columns"] = columns
    return joined


def _problem(refusal: Unreadable) -> dict[str, Any]:
    """Why a file could not be read, and under which choices it can."""
    return {**refusal.text.as_json(), "remedy": dict(refusal.remedy)}


def _failed(batch: str, *, by: Actor, now: datetime) -> list[Upload]:
    """The files of a batch that could not be read, for someone who may attach data."""
    uploads = [upload for upload in uploads_of(batch) if upload.state is UploadState.FAILED]
    if not uploads:
        raise NotFound(Text("reading_no_batch"))
    hypothesis_id = db.session.get_one(Test, uploads[0].test_id).hypothesis_id
    with attaching(hypothesis_id, by=by, now=now):
        require_running(hypotheses.locked(hypothesis_id), by=by)
    return uploads


def _done(uploads: Sequence[Upload]) -> Dataset | None:
    if any(upload.state is not UploadState.READ for upload in uploads):
        return None
    return db.session.get(Dataset, uploads[0].dataset_id) if uploads[0].dataset_id else None


def _name(received: Sequence[Received]) -> str:
    """The files by their names, as far as a line goes."""
    names = [each.filename for each in received]
    shown = ", ".join(names[:3]) + (f" … ({len(names)})" if len(names) > 3 else "")
    return shown[:255]
