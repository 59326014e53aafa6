"""Files in pieces: what was acknowledged is there, whatever happens to the line or the disk."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hadi.domain.errors import (
    Blocked,
    Invalid,
    NoRoom,
    NotAllowed,
    NotFound,
    TooLarge,
    Unreadable,
)
from hadi.domain.permissions import Scope
from hadi.domain.text import Text
from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Hypothesis, Upload

MB = 1024 * 1024
CONTENT = b"arm,bought\n" + b"".join(f"{'AB'[i % 2]},{i % 3 // 2}\n".encode() for i in range(4000))
SIZE = len(CONTENT)


@pytest.fixture
def world(app_context: Flask, monkeypatch: pytest.MonkeyPatch) -> World:
    """No worker hears of anything: what a job does is not the subject here."""
    monkeypatch.setattr("hadi.queue.Queue.send", lambda self, job_id: None)
    return World(app_context)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "incoming"


def begin(world: World, hypothesis: Hypothesis, folder: Path, **more: Any) -> Upload:
    from hadi.services import uploads

    told = {"filename": "till.csv", "size": SIZE, "limit": 10_000_000, **more}
    return uploads.begin(
        hypothesis.id, folder=folder, by=world.actor("analyst"), now=world.later(), **told
    )


def append(
    world: World, upload: Upload, folder: Path, offset: int, content: bytes | Any, **more: Any
) -> Upload:
    from hadi.services import uploads

    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    return uploads.append(
        upload.id, offset=offset, stream=stream, folder=folder, by=world.actor("analyst"),
        now=world.later(), **more,
    )  # fmt: skip


def test_a_file_comes_in_pieces_and_is_handed_on_when_it_is_whole(
    world: World, folder: Path
) -> None:
    from hadi.models.job import JobKind
    from hadi.models.upload import UploadState
    from hadi.services import jobs, uploads

    upload = begin(world, world.running(), folder)
    append(world, upload, folder, 0, CONTENT[:1000])
    assert (upload.received, upload.state) == (1000, UploadState.RECEIVING)
    with pytest.raises(uploads.WrongOffset) as refused:
        append(world, upload, folder, 900, CONTENT[900:])
    assert refused.value.received == 1000
    append(world, upload, folder, 1000, CONTENT[1000:])
    assert upload.state is UploadState.RECEIVED
    assert uploads.path_of(upload, folder).read_bytes() == CONTENT
    (job,) = jobs.active(JobKind.READ, upload.batch)
    assert upload.job_id == job.id and job.author_id == world.ids["analyst"]
    # The answer was lost, and the last piece is asked about again.
    append(world, upload, folder, SIZE, b"")
    assert len(jobs.active(JobKind.READ, upload.batch)) == 1


class Dropping(io.BytesIO):
    """A connection that breaks off."""

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(min(size or 0, 700))
        if not piece:
            raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        return piece


def test_what_came_before_the_line_dropped_is_kept(world: World, folder: Path) -> None:
    upload = begin(world, world.running(), folder)
    with pytest.raises(ConnectionResetError):
        append(world, upload, folder, 0, Dropping(CONTENT[:1800]))
    assert upload.received == 1800
    append(world, upload, folder, 1800, CONTENT[1800:])
    assert (folder / upload.id).read_bytes() == CONTENT


def test_of_two_connections_with_the_same_piece_one_counts(world: World, folder: Path) -> None:
    """The old one hangs on while the browser goes on over a new one."""
    from hadi.services import uploads

    upload = begin(world, world.running(), folder)

    class Meanwhile(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            piece = super().read(size)
            if not piece and not upload.received:
                append(world, upload, folder, 0, CONTENT)
            return piece

    with pytest.raises(uploads.WrongOffset):
        append(world, upload, folder, 0, Meanwhile(CONTENT[:500]))
    assert upload.received == SIZE
    assert (folder / upload.id).read_bytes() == CONTENT


def test_a_damaged_piece_is_not_taken(world: World, folder: Path) -> None:
    from hadi.services import uploads

    upload = begin(world, world.running(), folder)
    right = hashlib.sha256(CONTENT[:500]).digest()
    with pytest.raises(uploads.WrongChecksum):
        append(world, upload, folder, 0, CONTENT[1:501], checksum=("sha256", right))
    assert upload.received == 0
    append(world, upload, folder, 0, CONTENT[:500], checksum=("sha256", right))
    assert upload.received == 500
    with pytest.raises(Invalid):
        append(world, upload, folder, 500, b"x", checksum=("crc32", b""))


def test_more_than_was_said_is_refused(world: World, folder: Path) -> None:
    upload = begin(world, world.running(), folder)
    with pytest.raises(Invalid):
        append(world, upload, folder, 0, CONTENT + b"more")
    assert (folder / upload.id).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"size": 10_000_001}, TooLarge),
        ({"size": 0}, Unreadable),
        ({"size": 1 << 60, "limit": 1 << 61}, NoRoom),
        ({"choices": {"encoding": 7}}, Invalid),
        ({"batch": "../../etc"}, Invalid),
        ({"batch_size": 1000}, Invalid),
    ],
)
def test_what_cannot_end_well_is_not_begun(
    world: World, folder: Path, told: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal) as said:
        begin(world, world.running(), folder, **told)
    if refusal is TooLarge:
        assert "the limit of 9.537 MB" in str(said.value)
    assert not list(folder.glob("*"))


def test_nothing_is_begun_where_no_data_may_be_attached(world: World, folder: Path) -> None:
    with pytest.raises(Blocked):
        begin(world, world.planned(), folder)
    assert not list(folder.glob("*"))


def test_files_that_belong_together_are_read_when_the_last_is_whole(
    world: World, folder: Path
) -> None:
    from hadi.models.job import JobKind
    from hadi.services import jobs, uploads

    hypothesis = world.running()
    first, second, third = (
        begin(world, hypothesis, folder, batch="together", batch_size=3) for _ in range(3)
    )
    append(world, first, folder, 0, CONTENT)
    append(world, second, folder, 0, CONTENT)
    assert not jobs.active(JobKind.READ, "together")
    uploads.cancel(third.id, folder=folder, by=world.actor("analyst"), now=world.later())
    assert len(jobs.active(JobKind.READ, "together")) == 1
    assert not (folder / third.id).exists()
    with pytest.raises(Invalid):
        begin(world, world.running("offer a second cable"), folder, batch="together")


def test_all_that_was_sent_together_can_be_left_out(world: World, folder: Path) -> None:
    from hadi.models.job import JobKind
    from hadi.models.upload import UploadState
    from hadi.services import jobs, uploads

    hypothesis = world.running()
    whole, half = (
        begin(world, hypothesis, folder, batch="together", batch_size=2) for _ in range(2)
    )
    append(world, whole, folder, 0, CONTENT)
    append(world, half, folder, 0, CONTENT[:100])
    uploads.stop("together", folder=folder, by=world.actor("analyst"), now=world.later())
    assert whole.state is half.state is UploadState.CANCELLED
    assert not jobs.active(JobKind.READ, "together") and not list(folder.iterdir())
    with pytest.raises(NotFound):
        uploads.stop("together", folder=folder, by=world.actor("analyst"), now=world.later())
    # Also while it is read; whoever attaches data to the hypothesis may.
    read = append(world, begin(world, hypothesis, folder), folder, 0, CONTENT)
    uploads.stop(read.batch, folder=folder, by=world.actor("member"), now=world.later())
    assert not jobs.active(JobKind.READ, read.batch) and not list(folder.iterdir())


def test_a_file_is_its_senders(world: World, folder: Path) -> None:
    from hadi.services import uploads

    upload = begin(world, world.running(), folder)
    with pytest.raises(NotFound):
        uploads.find(upload.id, by=world.actor("member"))
    reading = replace(world.actor("analyst"), scopes=frozenset({Scope.READ}))  # a token's
    with pytest.raises(NotAllowed):
        uploads.cancel(upload.id, folder=folder, by=reading, now=world.later())


def test_bytes_that_the_disk_lost_are_sent_again(world: World, folder: Path) -> None:
    upload = begin(world, world.running(), folder)
    append(world, upload, folder, 0, CONTENT[:1000])
    os.truncate(folder / upload.id, 10)
    with pytest.raises(NotFound):
        append(world, upload, folder, 1000, CONTENT[1000:])


def test_a_full_disk_keeps_what_came_and_the_rest_comes_later(
    world: World, folder: Path, small_files: Callable[[int | None], None]
) -> None:
    content = os.urandom(6 * MB)
    upload = begin(world, world.running(), folder, size=len(content))
    small_files(4 * MB)
    with pytest.raises(NoRoom) as refused:
        append(world, upload, folder, 0, content)
    small_files(None)
    assert "full" in str(refused.value)
    received = upload.received
    assert received == 4 * MB
    append(world, upload, folder, received, content[received:])
    assert (folder / upload.id).read_bytes() == content


@pytest.fixture
def small_files() -> Any:
    """Lets the system refuse files that are larger, as a full disk would: a limit of this process.
    The files of SQLite are smaller."""
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def limit(size: int | None) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size or before[0], before[1]))

    yield limit
    limit(None)
    signal.signal(signal.SIGXFSZ, handler)


def test_expiry_is_counted_from_the_last_byte(world: World, folder: Path) -> None:
    from hadi.services import uploads

    upload = begin(world, world.running(), folder)
    append(world, upload, folder, 0, CONTENT[:10])
    assert uploads.expires_at(upload) == world.now + timedelta(days=7)


@pytest.mark.parametrize("way", ["job", "files"])
def test_reading_again_can_be_stopped_and_the_data_set_stays(
    world: World, folder: Path, way: str
) -> None:
    from hadi.ingest.limits import Limits
    from hadi.models.job import JobKind
    from hadi.services import cleaning, datasets, jobs, uploads

    by, tables = world.actor("analyst"), folder.parent / "datasets"
    staged = datasets.stage(
        world.running().id, file=io.BytesIO(CONTENT), filename="till.csv", folder=tables,
        incoming=folder, limits=Limits(), by=by, now=world.later(),
    )  # fmt: skip
    batch = datasets.reread_later(staged.id, choices={}, incoming=folder, by=by, now=world.later())
    job = uploads.submit_reading(batch, by=by, now=world.later())
    if way == "job":
        jobs.cancel(job.id, by=by, now=world.later())
    else:
        stays = uploads.stop(batch, folder=folder, by=by, now=world.later())
        assert stays == staged.id
    cleaning.sweep(data_dir=folder.parent, now=world.now)
    assert not jobs.active(JobKind.READ, batch) and len(list(folder.iterdir())) == 1
    again = datasets.reread(
        staged.id, choices={}, folder=tables, incoming=folder, by=by, now=world.later()
    )
    assert again.id == staged.id


def test_who_may_not_attach_has_nothing_read(world: World, folder: Path) -> None:
    from hadi.services import jobs, uploads

    upload = append(world, begin(world, world.running(), folder), folder, 0, CONTENT)
    job = jobs.claim(upload.job_id or "", worker="here", now=world.later())
    assert job is not None
    jobs.fail(job.id, attempt=1, problem=Text("job_broke"), now=world.later())
    with pytest.raises(NotAllowed):
        uploads.submit_reading(upload.batch, by=world.actor("viewer"), now=world.later())
    assert uploads.submit_reading(upload.batch, by=world.actor("analyst"), now=world.later())
