"""The line to a MySQL or MariaDB: who may not be reached, goes silent, dies, lies or is too old is
told of in one sentence without the password; on a real MariaDB."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hadi.domain.errors import Unreadable
from hadi.ingest import engines
from hadi.ingest.engines import Limits
from hadi.ingest.engines.opening import maker
from tests.fixtures.mariadb import PASSWORD, READER
from tests.integration.test_engine_limits import nothing_is_left, says_nothing, serving

if TYPE_CHECKING:
    from tests.fixtures.mariadb import Server

__all__ = ["nothing_is_left"]  # a fixture, for every test here


@pytest.fixture(scope="module", autouse=True)
def driver_is_loaded() -> None:
    """Loading it takes a while on a busy machine: no time of a database's."""
    maker("mysql")


def visit(
    settings: dict[str, Any],
    secret: str = PASSWORD,
    *,
    seconds: float = 20,
    meanwhile: Callable[[], Any] = lambda: None,
) -> Unreadable:
    """What is said when it is opened and, after what happens meanwhile, looked at."""

    def look() -> None:
        with engines.open("mysql", settings, secret, limits=Limits(seconds=seconds)) as backend:
            meanwhile()
            engines.check(backend)

    with pytest.raises(Unreadable) as refusal:
        look()
    assert secret not in str(refusal.value)
    return refusal.value


def test_a_wrong_password_is_a_sentence_without_it(mariadb: Server) -> None:
    wrong = "wrong-horse-battery-staple"
    said = visit(mariadb.settings(), wrong).text
    assert said.code == "engine_unreachable"
    assert "Access denied for user" in str(said.params["reason"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"database": "nothing"}, "Access denied for user"),
        ({"user": "hadi_ghost"}, "Access denied"),
    ],
)
def test_what_is_not_there_is_a_sentence(
    mariadb: Server, change: dict[str, str], reason: str
) -> None:
    assert reason in str(visit(mariadb.settings() | change).text.params["reason"])


def test_a_port_where_nobody_listens_and_one_where_nobody_speaks() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address: dict[str, Any] = {"host": "127.0.0.1", "database": "d", "user": "u"}
    assert visit(address | {"port": port}).text.code == "engine_refused"
    with serving(says_nothing) as port:
        said = visit(address | {"port": port}, seconds=1.6).text.code
    assert said in ("engine_silent", "engine_too_slow")


def speaks_another_language(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_a_server_of_another_kind_is_a_sentence() -> None:
    with serving(speaks_another_language) as port:
        settings = {"host": "127.0.0.1", "port": port, "database": "d", "user": "u"}
        said = visit(settings, seconds=3).text.code
    assert said in ("engine_unreachable", "engine_too_slow")


def proxy(port: int, passes: threading.Event) -> Callable[[socket.socket], None]:
    """Passes on what is said to the server and back, until it shall not."""

    def serve(client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as server:

            def back() -> None:
                with contextlib.suppress(OSError):
                    while data := server.recv(65536):
                        if passes.is_set():
                            client.sendall(data)

            answering = threading.Thread(target=back, daemon=True)
            answering.start()
            while data := client.recv(65536):
                server.sendall(data)
            server.shutdown(socket.SHUT_RDWR)
            answering.join(timeout=5)

    return serve


def test_a_line_that_goes_silent_half_way_is_cut(mariadb: Server) -> None:
    passes = threading.Event()
    passes.set()
    began = time.monotonic()
    with serving(proxy(mariadb.port, passes)) as port:
        said = visit(mariadb.settings(port=port), seconds=1.5, meanwhile=passes.clear).text.code
    assert time.monotonic() - began < 9
    assert said in ("engine_too_slow", "engine_lost")


def test_a_server_that_dies_half_way_is_one_sentence(mariadb: Server) -> None:
    def die() -> None:
        for session in mariadb.execute("SHOW PROCESSLIST"):
            if session[1] == READER:
                mariadb.execute(f"KILL {session[0]}")

    assert visit(mariadb.settings(), meanwhile=die).text.code == "engine_lost"


def test_encryption_is_as_it_was_chosen(mariadb: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def cipher(**more: Any) -> str:
        settings = mariadb.settings(**more)
        with engines.open("mysql", settings, PASSWORD) as backend:
            ((_, cipher),) = backend._fetched(  # type: ignore[attr-defined]
                "SHOW SESSION STATUS LIKE 'Ssl_cipher'"
            )
            return str(cipher)

    assert cipher(tls="prefer")
    assert cipher(tls="require")
    with pytest.raises(Unreadable) as refusal:
        cipher(tls="verify-full")  # nobody knows that authority
    assert "certificate verify failed" in str(refusal.value.text.params["reason"])
    monkeypatch.setenv("SSL_CERT_FILE", str(mariadb.authority))
    assert cipher(tls="verify-full")
    assert cipher(tls="verify-full", host="localhost")
    assert cipher(host=str(mariadb.socket)) == ""  # a file on the same computer


def between(
    server: Server,
    question: Callable[[bytes], bytes] = bytes,
    answer: Callable[[bytes], bytes] = bytes,
) -> Callable[[socket.socket], None]:
    """Somebody on the line who says that the server cannot encrypt, and may change what is said;
    a question of which nothing is left is answered with `answer` of nothing."""

    def serve(client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", server.port)) as line:
            greeting = bytearray(line.recv(4096))
            greeting[greeting.index(b"\0", 5) + 15] &= ~0x08  # of the capabilities: CLIENT.SSL
            client.sendall(bytes(greeting))
            while data := client.recv(65536):
                asked = question(data)
                if asked:
                    line.sendall(asked)
                client.sendall(answer(line.recv(65536) if asked else b""))

    return serve


def test_a_server_without_encryption_is_not_told_the_password(mariadb: Server) -> None:
    heard: list[bytes] = []

    def listen(data: bytes) -> bytes:
        heard.append(data)
        return data

    with serving(between(mariadb, question=listen)) as port:
        said = visit(mariadb.settings(port=port, tls="require"), seconds=5).text
    assert said.code == "engine_unreachable"
    assert "SSL is required" in str(said.params["reason"])
    assert heard == []


def test_a_server_that_asks_for_a_file_of_ours_gets_none(mariadb: Server, tmp_path: Path) -> None:
    """LOAD DATA LOCAL the other way round: a hostile server asks whoever connects to it."""
    own = tmp_path / "own.txt"
    own.write_text("nobody's business")
    asks = b"\xfb" + str(own).encode()
    heard: list[bytes] = []

    def listen(data: bytes) -> bytes:
        heard.append(data)
        return b"" if b"VERSION" in data else data

    def ask(data: bytes) -> bytes:
        return data or len(asks).to_bytes(3, "little") + b"\x01" + asks

    with serving(between(mariadb, listen, ask)) as port:
        said = visit(mariadb.settings(port=port), seconds=5).text
    assert said.code == "engine_query_failed"
    assert any(b"VERSION" in data for data in heard)
    assert not any(b"business" in data for data in heard)


def test_a_server_that_is_too_old_or_reads_otherwise_is_left(mariadb: Server) -> None:
    def older(data: bytes) -> bytes:
        return re.sub(rb"\d\d\.\d\d\.(\d+-MariaDB)", rb"10.04.\1", data)

    with serving(between(mariadb, answer=older)) as port:
        said = visit(mariadb.settings(port=port)).text
    assert said.code == "engine_too_old"
    assert said.params["oldest"] == "10.5"

    def otherwise(data: bytes) -> bytes:
        return data.replace(b"utf8mb4_nopad_bin", b"utf8mb4_polish_ci")

    with serving(between(mariadb, question=otherwise)) as port:
        assert visit(mariadb.settings(port=port)).text.code == "engine_reads_otherwise"
    with serving(between(mariadb)) as port:
        settings = mariadb.settings(port=port)
        with engines.open("mysql", settings, PASSWORD) as backend:
            assert engines.check(backend).engine.startswith("MariaDB")
