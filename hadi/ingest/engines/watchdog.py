"""The clock over a visit to a database: when the time is over, the visit ends.

Drivers have limits of their own, but not against a server that accepts and then says nothing. A
thread waits beside the work; when the time is over it asks the server to stop, and when that does
not help it cuts the line, which wakes whoever waits on it. It ends with the visit in any case.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from types import TracebackType

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text

GRACE_SECONDS = 2.0  # between asking a server to stop and cutting the line


class Watchdog:
    """Runs `cancel`, and after a grace `cut`, when `seconds` are over; both are set by whoever has
    something to stop, and may be called from this thread while the other one waits."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.cancel: Callable[[], None] | None = None
        self.cut: Callable[[], None] | None = None
        self.has_fired = False
        self._ends_at = monotonic() + seconds
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="hadi-source-clock", daemon=True)

    @property
    def left(self) -> float:
        """Seconds that are left; at least a tenth, since 0 means "no limit" to drivers."""
        return max(0.1, self._ends_at - monotonic())

    def check(self) -> None:
        """Raises Unreadable when the time is over."""
        if self.has_fired or monotonic() >= self._ends_at:
            raise self.refusal()

    def refusal(self) -> Unreadable:
        return Unreadable(Text("engine_too_slow", n=round(self.seconds)))

    def __enter__(self) -> Watchdog:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join(timeout=2 * GRACE_SECONDS)

    def _watch(self) -> None:
        if self._is_over.wait(self._ends_at - monotonic()):
            return
        self.has_fired = True
        self._run(self.cancel)
        while not self._is_over.wait(GRACE_SECONDS):
            self._run(self.cut)

    @staticmethod
    def _run(stop: Callable[[], None] | None) -> None:
        if stop is not None:
            with suppress(Exception):  # the line may be gone already: that is what was wanted
                stop()
