"""`hadi export`, `import`, `backup`, `restore`: a workspace moves from one folder to another."""

from __future__ import annotations

from pathlib import Path

import pytest

from hadi.cli.main import main

ADMIN = ("--email", "anna@shop.example", "--name", "Anna", "--password", "a long password")


@pytest.fixture
def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Work in the data folder of that name."""
    for name in ("HADI_DATABASE_URL", "HADI_SECRET_KEY", "HADI_MAIL_URL", "HADI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def choose(name: str) -> Path:
        monkeypatch.setenv("HADI_DATA_DIR", str(tmp_path / name))
        return tmp_path / name

    choose("here")
    return choose


def run(*args: str | Path) -> int:
    try:
        main([str(arg) for arg in args])
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


def test_a_workspace_moves(use, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    file, again = tmp_path / "out.zip", tmp_path / "again.zip"
    run("init", *ADMIN)
    assert run("export", file) == 0
    assert "Digest " in capsys.readouterr().out
    assert run("export", file) == 2
    assert "--force writes over it" in capsys.readouterr().err
    assert run("import", file, "--check") == 0
    assert "is whole: 3 rows" in capsys.readouterr().out
    assert run("import", file) == 0  # whoever set it up is in it as themselves
    assert run("user", "list") == 0
    assert "admin" in capsys.readouterr().out
    use("there")
    assert run("import", file) == 0
    said = capsys.readouterr()
    assert "hadi user password --email" in said.out and "Storing the rows …" in said.err
    assert run("user", "password", "--email", ADMIN[1], "--password", "another long one") == 0
    assert run("export", again) == 0
    assert again.stat().st_size > 0


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("import", "{folder}/none.zip"), "does not exist"),
        (("import", "{folder}/text.zip"), "This is not an archive of HADI"),
        (("import", "{folder}/text.zip", "--check"), "This is not an archive of HADI"),
        (("restore", "{folder}/text.zip"), "This is not an archive of HADI"),
        (("export", "{folder}/nowhere/out.zip"), "cannot be written"),
    ],
)
def test_refusals_are_one_sentence(  # type: ignore[no-untyped-def]
    use,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
    sentence: str,
) -> None:
    (tmp_path / "text.zip").write_text("not a zip")
    run("init")
    capsys.readouterr()
    assert run(*(part.format(folder=tmp_path) for part in command)) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert said.out == "" and said.err.count("\n") == 1


def test_a_backup_is_for_its_owner_alone(  # type: ignore[no-untyped-def]
    use, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "backup.zip"
    run("init", *ADMIN)
    assert run("backup", file) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    use("there")
    assert run("restore", file) == 0
    assert "nobody has a password" not in capsys.readouterr().out
