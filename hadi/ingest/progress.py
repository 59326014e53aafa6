"""How far the reading of a file has come, told to whoever waits; who may also stop it by raising.

The callback is called in the thread of the caller, also while DuckDB works, because it may hold a
database session that only this thread may use.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Progress = Callable[[float], None]  # a share, 0..1

_BEAT = 0.25  # seconds between two looks at a query


def part(progress: Progress | None, start: float, end: float) -> Progress | None:
    """The progress of one part of the work as that of the whole."""
    if progress is None:
        return None
    return lambda share: progress(start + (end - start) * min(max(share, 0.0), 1.0))


def execute(connection: DuckDBPyConnection, query: str, progress: Progress | None) -> None:
    """Run a statement without an answer, telling how far it is. Raises what DuckDB raises, and
    what `progress` raises, once the query has stopped."""
    if progress is None:
        connection.execute(query)
        return
    done = Event()
    faults: list[BaseException] = []

    def work() -> None:
        try:
            connection.execute(query)
        except BaseException as error:  # handed to the caller's thread below
            faults.append(error)
        finally:
            done.set()

    thread = Thread(target=work, name="hadi-reading")
    thread.start()
    try:
        while not done.wait(_BEAT):
            progress(max(connection.query_progress(), 0.0) / 100)
    except BaseException:
        # The interrupt is lost when the query has not begun: it is repeated until it is heard.
        while not done.wait(0.05):
            connection.interrupt()
        raise
    finally:
        thread.join()
    if faults:
        raise faults[0]
    progress(1.0)
