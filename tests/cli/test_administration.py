"""The commands of whoever runs the server: init, user, token, doctor, serve's refusals."""

from __future__ import annotations

import json
import socket
import tempfile
from pathlib import Path

import pytest

from hadi.cli.main import main


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HADI_DATABASE_URL", "HADI_SECRET_KEY", "HADI_MAIL_URL", "HADI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HADI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(tempfile, "tempdir", tempfile.tempdir)  # a server that starts moves it
    return tmp_path / "data"


def run(*args: str) -> int:
    try:
        main(args)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


ADMIN = ("--email", "anna@shop.example", "--name", "Anna", "--password", "a long password")


def test_from_nothing_to_a_token(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("init", *ADMIN) == 0
    assert (
        run("user", "add", "--email", "b@shop.example", "--name", "Béla", "--role", "viewer") == 0
    )
    assert "/reset/" in capsys.readouterr().out
    assert run("user", "list", "--json") == 0
    people = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["roles"]) for one in people] == [
        ("Anna", ["admin"]),
        ("Béla", ["viewer"]),
    ]
    assert run("token", "create", "--email", "b@shop.example", "--scopes", "read") == 0
    said = capsys.readouterr()
    assert said.out.startswith("hadi_")
    assert len(said.out.split()) == 1
    assert run("user", "password", "--email", "b@shop.example", "--password", "another one") == 0
    assert run("init") == 0  # again, for the next version's migrations


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("token", "create", "--email", "x@shop.example"), "There is no account"),
        (("token", "create", "--email", "anna@shop.example", "--scopes", "all"), "no scope “all”"),
        (("token", "create", "--email", "anna@shop.example", "--days", "0"), "between 1 and 366"),
        (("user", "add", "--email", "x", "--name", "X"), "“x” is not an e-mail address."),
        (("user", "password", "--email", "anna@shop.example", "--password", "x"), "at least 10"),
        (("demo",), "The database is not empty"),
    ],
)
def test_refusals_are_one_sentence(
    data_dir: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...], sentence: str
) -> None:
    run("init", *ADMIN)
    capsys.readouterr()
    assert run(*command) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert sentence in said.err
    assert said.err.count("\n") == 1


def test_a_database_without_tables_is_not_served(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("serve", "--port", "0") == 2
    assert "hadi init" in capsys.readouterr().err


def test_a_port_in_use_is_said(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("init")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert run("serve", "--port", str(taken.getsockname()[1])) == 2
    assert "cannot be served" in capsys.readouterr().err


def test_a_setting_that_cannot_be_read_is_named(
    data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HADI_MAX_UPLOAD_MB", "many")
    assert run("init") == 2
    assert "HADI_MAX_UPLOAD_MB" in capsys.readouterr().err


def test_the_doctor_finds_what_is_wrong(
    data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("doctor") == 1
    assert "wrong migrations" in capsys.readouterr().out
    run("init")
    assert run("doctor") == 0
    key = data_dir / "secret_key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o644)
    monkeypatch.setenv("HADI_MAIL_URL", "smtp://127.0.0.1:1")
    capsys.readouterr()
    assert run("doctor") == 1
    said = capsys.readouterr().out
    assert "others can read" in said
    assert "The mail server does not answer" in said


def test_the_doctor_survives_a_folder_that_is_a_file(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data_dir.write_text("not a folder")
    assert run("doctor") == 1
    assert "cannot be written" in capsys.readouterr().out
    assert run("init") == 2


def test_the_key_of_stored_passwords_is_changed(
    data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HADI_CREDENTIALS_KEY", raising=False)
    assert run("init", *ADMIN) == 0
    assert run("secrets", "rotate") == 0
    assert "0 encrypted anew." in capsys.readouterr().out
    kept = data_dir / "credentials_key"
    kept.write_text("k" * 40)
    kept.chmod(0o644)
    run("doctor")
    assert "others can read" in capsys.readouterr().out
    monkeypatch.setenv("HADI_CREDENTIALS_KEY", "short")
    run("doctor")
    assert "shorter than 32 signs" in capsys.readouterr().out
