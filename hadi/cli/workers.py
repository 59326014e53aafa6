"""The workers that `hadi serve` starts beside itself, so that one command is a whole HADI."""

from __future__ import annotations

import subprocess
import sys
import time
from threading import Event, Thread

COMMAND = (sys.executable, "-m", "hadi", "worker", "--until-parent-ends")
PATIENCE_SECONDS = 12.0  # a worker gives back what it cannot end within ten
LONGEST_PAUSE = 60.0  # between two starts of a worker that cannot live


class Workers:
    """Keeps so many worker processes alive until it is stopped; they end with this process,
    however it ends, because their input closes."""

    def __init__(self, count: int) -> None:
        self._stopped = Event()
        self._threads = [Thread(target=self._keep, daemon=True) for _ in range(count)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Tell them to stop, and wait until they have."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS + 1)

    def _keep(self) -> None:
        pause = 1.0
        while not self._stopped.is_set():
            began = time.monotonic()
            self._run()
            pause = (
                1.0 if time.monotonic() - began > LONGEST_PAUSE else min(2 * pause, LONGEST_PAUSE)
            )
            self._stopped.wait(pause)

    def _run(self) -> None:
        """One worker from its start to its end."""
        # A session of its own: Ctrl+C in the terminal stops the server, which stops its workers.
        with subprocess.Popen(  # noqa: S603 - our own command
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
        ) as process:
            while process.poll() is None and not self._stopped.wait(0.5):
                pass
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
