"""The line to a MySQL or MariaDB: opened by us, so that it can be cut at any moment, and encrypted
as the connection says.

The driver is PyMySQL, an extra: who has no such database needs none.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
from collections.abc import Mapping
from time import monotonic
from typing import Any

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.engines.opening import reason
from hadi.ingest.engines.watchdog import Watchdog

PORT = 3306
CONNECT_SECONDS = 10
_CANCEL_SECONDS = 0.9  # for each step of asking the server to stop


class Line:
    """A connection of the driver's, `connection`, and the line below it."""

    def __init__(self, settings: Mapping[str, Any], secret: str | None, patience: float) -> None:
        self.connection: Any = None
        self._settings = settings
        self._secret = secret
        self._socket = _socket_to(settings, patience)
        # Encrypting takes the socket over: a second handle on the same line stays with us.
        self._handle = self._socket.dup()

    def greeted(self, seconds: float) -> bool:
        """Whether the server said something; it is the first to speak."""
        return bool(select.select([self._handle], [], [], seconds)[0])

    def log_in(self, *, seconds: float | None = None) -> None:
        """Say who we are; `seconds` for each answer. Raises the driver's errors."""
        import pymysql

        given, tls = self._settings, str(self._settings.get("tls") or "prefer")
        host = _host(given)
        self.connection = pymysql.connections.Connection(
            host=host,
            user=str(given.get("user") or ""),
            password=(self._secret or "").encode(),
            database=str(given.get("database") or "") or None,
            charset="utf8mb4",
            program_name="hadi",
            defer_connect=True,
            read_timeout=seconds,
            write_timeout=seconds,
            local_infile=False,  # a server could ask for files of this computer
            ssl=_context(tls),
            ssl_disabled=host.startswith("/"),
        )
        self.connection.connect(self._socket)

    def cut(self) -> None:
        """Shut the line down, which wakes whoever waits on it."""
        with contextlib.suppress(OSError):  # gone already
            self._handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        try:
            if self.connection is not None and self.connection.open:
                self.connection.close()
        finally:
            self.cut()
            self._socket.close()
            self._handle.close()


def _host(settings: Mapping[str, Any]) -> str:
    return str(settings.get("host") or "").strip("[]")


def _socket_to(settings: Mapping[str, Any], patience: float) -> socket.socket:
    host = _host(settings)
    if host.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(patience)
        try:
            line.connect(host)
        except OSError:
            line.close()
            raise
    else:
        line = socket.create_connection((host, int(settings.get("port") or PORT)), patience)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    line.settimeout(None)
    return line


def _context(tls: str) -> ssl.SSLContext | None:
    """How to encrypt; None: as the server likes it."""
    if tls == "prefer":
        return None
    if tls == "verify-full":
        return ssl.create_default_context()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def opened(
    settings: Mapping[str, Any], secret: str | None, watchdog: Watchdog, address: str
) -> Line:
    """The line with a session on it, under the clock. Raises Unreadable with one sentence."""
    patience = max(1.0, min(float(CONNECT_SECONDS), watchdog.left))
    silent = Text("engine_silent", address=address, n=int(patience))
    began = monotonic()
    try:
        line = Line(settings, secret, patience)
    except ConnectionRefusedError:
        raise Unreadable(Text("engine_refused", address=address)) from None
    except TimeoutError:
        raise _late(watchdog, silent) from None
    except OSError as error:
        raise _unreachable(address, error.strerror or str(error), secret) from None
    watchdog.cut = line.cut
    try:
        if not line.greeted(max(0.1, patience - (monotonic() - began))):
            raise _late(watchdog, silent)
        line.log_in()
    except Unreadable:
        line.close()
        raise
    except Exception as error:  # a driver's: whatever it is, nothing of it may get out
        line.close()
        if watchdog.has_fired:
            raise watchdog.refusal() from None
        raise _unreachable(address, said_by(error), secret) from None
    return line


def _late(watchdog: Watchdog, silent: Text) -> Unreadable:
    return watchdog.refusal() if watchdog.has_fired else Unreadable(silent)


def _unreachable(address: str, said: str, secret: str | None) -> Unreadable:
    shown = reason(Exception(said), secret)
    return Unreadable(Text("engine_unreachable", address=address, reason=shown))


def said_by(error: Exception) -> str:
    """What a driver's error says, without its number."""
    below = getattr(error, "original_exception", None)
    if below is not None:
        return str(getattr(below, "strerror", None) or below)
    parts = error.args
    return str(parts[1]) if len(parts) > 1 and isinstance(parts[0], int) else str(error)


def kill(settings: Mapping[str, Any], secret: str | None, session: int) -> None:
    """Have the server stop what a session of ours does, asked on a line of its own."""
    line = Line(settings, secret, _CANCEL_SECONDS)
    try:
        if line.greeted(_CANCEL_SECONDS):
            line.log_in(seconds=_CANCEL_SECONDS)
            line.connection.query(f"KILL QUERY {session:d}")
    finally:
        line.close()
