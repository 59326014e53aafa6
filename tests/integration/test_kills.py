"""A real server and a real worker, killed at random moments while files arrive and are read.

Whatever was acknowledged has to be there afterwards, whatever was accepted has to become a data
set, and nothing half made may stay. For a longer run than the suite's:

    python -m tests.integration.test_kills 200 [seed]       # HADI_DATABASE_URL: an empty database
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from hadi.config import Settings

KEY = "for tests only: signs nothing that leaves this machine"
PIECE = 96 * 1024
ROWS = 30_000
TUS = {"Tus-Resumable": "1.0.0"}
ENOUGH = 2  # files that have to arrive, however often everything is killed
SECONDS = 90  # that what was accepted may take to be read, once nobody is killed any more


@pytest.mark.slow
def test_nothing_that_was_accepted_is_lost(tmp_path: Path) -> None:
    told = run(tmp_path, kills=5, seed=20261122)
    assert told["read"] >= ENOUGH, told


@dataclass
class Sending:
    """A file as its sender knows it."""

    content: bytes
    place: str = ""
    acknowledged: int = 0

    @property
    def id(self) -> str:
        return self.place.rpartition("/")[2]

    @property
    def is_accepted(self) -> bool:
        return self.acknowledged == len(self.content)


@dataclass
class Instance:
    """A data folder with a test that takes data, and the processes that serve it."""

    data_dir: Path
    port: int
    database_url: str = ""
    token: str = ""
    hypothesis: str = ""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        return Settings(self.database_url, self.data_dir, secret_key=KEY, testing=True)

    def start(self, name: str) -> None:
        command = {
            "server": ["serve", "--port", str(self.port), "--no-worker"],
            "worker": ["worker"],
        }[name]
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("HADI_")}
        if self.database_url:
            inherited["HADI_DATABASE_URL"] = self.database_url
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "hadi", *command],
            env={**inherited, "HADI_DATA_DIR": str(self.data_dir), "HADI_SECRET_KEY": KEY},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def end(self, name: str, how: signal.Signals) -> None:
        process = self.processes.pop(name)
        process.send_signal(how)
        process.wait()


class Sender(Thread):
    """Sends one file after the other in pieces, and goes on wherever the server says."""

    def __init__(self, instance: Instance, seed: int) -> None:
        super().__init__(daemon=True)
        self.instance, self.random = instance, random.Random(seed)
        self.files: list[Sending] = []
        self.stopped = Event()
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stopped.is_set():
                self._send(self._next())
        except BaseException as error:
            self.fault = error
            raise

    def _next(self) -> Sending:
        digits = self.random.choices("01234567", k=ROWS)
        rows = "".join(f"{'AB'[i % 2]},{int(d < '2')},{d}{i}\n" for i, d in enumerate(digits))
        self.files.append(Sending(f"arm,bought,who\n{rows}".encode()))
        return self.files[-1]

    def _send(self, file: Sending) -> None:
        name = base64.b64encode(f"till-{len(self.files)}.csv".encode()).decode()
        begin = {"Upload-Length": str(len(file.content)), "Upload-Metadata": f"filename {name}"}
        while not file.place and not self.stopped.is_set():
            status, headers = self._ask(
                "POST", f"/api/v1/hypotheses/{self.instance.hypothesis}/uploads", begin
            )
            if status == 201:
                file.place = headers["Location"]
        while file.place and not file.is_accepted and not self.stopped.is_set():
            self._piece(file)

    def _piece(self, file: Sending) -> None:
        status, headers = self._ask("HEAD", file.place, {})
        if status == 0:
            return
        assert status == 200, f"{file.place}: {status} after {file.acknowledged} bytes"
        here = int(headers["Upload-Offset"])
        assert here >= file.acknowledged, f"{file.acknowledged} bytes were promised, {here} are"
        file.acknowledged = here
        if here == len(file.content):
            return
        status, headers = self._ask(
            "PATCH", file.place,
            {"Upload-Offset": str(here), "Content-Type": "application/offset+octet-stream"},
            file.content[here : here + PIECE],
        )  # fmt: skip
        if status == 204:
            file.acknowledged = int(headers["Upload-Offset"])
        else:
            assert status in (0, 409), f"{file.place}: {status}"

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> tuple[int, http.client.HTTPMessage]:
        """The status and headers; 0 while nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.instance.port, timeout=20)
        sent = {**TUS, "Authorization": f"Bearer {self.instance.token}", **headers}
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
            return 0, http.client.HTTPMessage()
        finally:
            connection.close()


def run(
    folder: Path, *, kills: int, seed: int, pace: float = 2.5, database_url: str = ""
) -> dict[str, int]:
    """Kill as often as that, `pace` seconds apart at most; let the rest come to its end, and look
    at what there is."""
    chance = random.Random(seed)
    instance = _made(folder, database_url)
    sender = Sender(instance, seed)
    try:
        for name in ("server", "worker"):
            instance.start(name)
        sender.start()
        _wait_until(lambda: bool(sender.files and sender.files[0].acknowledged), 60)
        for _ in range(kills):
            name = chance.choice(("server", "worker"))
            time.sleep(chance.uniform(0.0, pace))
            instance.end(name, signal.SIGKILL)
            instance.start(name)
        _wait_until(lambda: sum(file.is_accepted for file in sender.files) >= ENOUGH, SECONDS)
        sender.stopped.set()
        sender.join(30)
        assert sender.fault is None, sender.fault
        _let_it_end(instance)
    finally:
        for name in list(instance.processes):
            instance.end(name, signal.SIGKILL)
    return _looked_at(instance, sender.files)


def _made(folder: Path, database_url: str) -> Instance:
    """An instance with a running test and somebody's token."""
    from tests.factories.hypotheses import World
    from tests.fixtures.database import close, migrate

    with socket.create_server(("127.0.0.1", 0)) as free:
        instance = Instance(folder / "data", free.getsockname()[1], database_url)
    instance.data_dir.mkdir()
    migrate(instance.settings)
    from hadi.app import create_app
    from hadi.services import tokens

    app = create_app(instance.settings)
    with app.app_context():
        world = World(app)
        instance.hypothesis = world.running().id
        made = tokens.create(
            user_id=world.ids["analyst"], name="kills", scopes=["read", "write"], days=30,
            by=world.actor("analyst"), now=datetime.now(UTC),
        )  # fmt: skip
        instance.token = made.plain
    close(app)
    return instance


def _let_it_end(instance: Instance) -> None:
    """Wait until no job is left, as long as one after the other ends."""
    from hadi.app import create_app
    from hadi.db import db
    from hadi.models import Job
    from hadi.services.jobs import UNDER_WAY
    from tests.fixtures.database import close

    app = create_app(instance.settings)

    def left() -> int:
        with app.app_context():
            return db.session.query(Job).where(Job.state.in_(UNDER_WAY)).count()

    try:
        while before := left():
            _wait_until(lambda: left() < before, SECONDS)
    finally:
        close(app)


def _wait_until(is_so: object, seconds: float) -> None:
    assert callable(is_so)
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.1)


def _looked_at(instance: Instance, files: list[Sending]) -> dict[str, int]:
    """Hold every promise against the records and the disk."""
    from hadi.app import create_app
    from hadi.db import db
    from hadi.models import Dataset, DatasetPart, Upload
    from hadi.models.upload import UploadState
    from hadi.services import cleaning
    from tests.fixtures.database import close

    incoming, datasets = instance.data_dir / "incoming", instance.data_dir / "datasets"
    app = create_app(instance.settings)
    told = {"accepted": 0, "read": 0, "given_up": 0, "unfinished": 0}
    with app.app_context():
        for file in filter(lambda each: each.place, files):
            upload = db.session.get_one(Upload, file.id)
            assert upload.received >= file.acknowledged
            told["accepted"] += file.is_accepted
            if upload.state is UploadState.READ:
                told["read"] += 1
                _require_whole(db.session.get_one(Dataset, upload.dataset_id), datasets)
                continue
            # Killed three times while it was read, or still arriving: every byte is there.
            here = (incoming / upload.id).read_bytes()
            assert here[: upload.received] == file.content[: upload.received]
            told["given_up" if file.is_accepted else "unfinished"] += 1
        assert db.session.query(Dataset).count() == told["read"]
        cleaning.sweep(data_dir=instance.data_dir, now=datetime.now(UTC) + timedelta(days=2))
        kept = {f"{digest}.parquet" for (digest,) in db.session.query(DatasetPart.digest)}
        assert {path.name for path in datasets.iterdir()} == kept
        known = {upload_id for (upload_id,) in db.session.query(Upload.id)}
        assert {path.name for path in incoming.iterdir()} <= known
    close(app)
    assert told["accepted"] == told["read"] + told["given_up"], told
    return told


def _require_whole(dataset: object, folder: Path) -> None:
    from hadi.models import Dataset

    assert isinstance(dataset, Dataset) and dataset.rows == ROWS
    (part,) = dataset.parts
    content = (folder / f"{part.digest}.parquet").read_bytes()
    assert hashlib.sha256(content).hexdigest() == part.digest


if __name__ == "__main__":
    count, *more = (int(word) for word in sys.argv[1:])
    folder = tempfile.mkdtemp(prefix="hadi-kills-")  # kept, to be looked at where something fails
    address = os.environ.get("HADI_DATABASE_URL", "")  # empty: SQLite
    told = run(
        Path(folder), kills=count, seed=more[0] if more else 1, pace=9.0, database_url=address
    )
    shutil.rmtree(folder)
    print(told)  # noqa: T201
