"""The console script: finds commands by name, refuses in one sentence."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest

from hadi.cli import main as cli
from hadi.domain.errors import Blocked, Blocker, HadiError, Invalid
from hadi.domain.text import Text


def call(*args: str) -> int:
    with pytest.raises(SystemExit) as ending:
        cli.main(args)
    assert isinstance(ending.value.code, int)
    return ending.value.code


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> list[HadiError]:
    """The command `hadi check` that raises what the list holds."""
    errors: list[HadiError] = []

    @click.command()
    def check() -> None:
        raise errors[0]

    def get_command(self: click.Group, ctx: click.Context, name: str) -> click.Command:
        return check

    monkeypatch.setattr(cli.LazyGroup, "get_command", get_command)
    return errors


def test_help_lists_every_command_without_importing_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert call("--help") == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_named_is_there(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(name, "--help") == 0
    assert f"Usage: hadi {name}" in capsys.readouterr().out


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert call() == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Commands:" in said.err


@pytest.mark.parametrize("args", [["chek"], ["--nonsense"]])
def test_misuse_is_one_line(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call(*args) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1


def test_a_refusal_is_one_sentence_on_stderr(
    refusing: list[HadiError], capsys: pytest.CaptureFixture[str]
) -> None:
    refusing.append(HadiError(Text("end_before_start")))
    assert call("check") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "The last day is before the first day.\n"


def test_every_blocker_and_field_is_told(
    refusing: list[HadiError], capsys: pytest.CaptureFixture[str]
) -> None:
    reason = Text("end_before_start")
    needed = Text("field_required", field="unit")
    for error in (
        Blocked(reason, [Blocker(needed), Blocker(reason)]),
        Invalid(reason, {"unit": needed}),
    ):
        refusing[:] = [error]
        assert call("check") == 2
        assert capsys.readouterr().err == f"{reason} {needed}\n"


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [("worker", None, "1"), ("serve", None, "1"), ("serve", "4", "4"), ("check", None, "None")],
)
def test_processes_of_many_threads_multiply_in_one(name: str, given: str | None, told: str) -> None:
    """What is said before NumPy is there; a command that runs alone may use all cores."""
    code = (
        "import os, sys, hadi.cli.main as m; assert 'numpy' not in sys.modules\n"
        f"m.hadi.get_command(None, {name!r}); print(os.environ.get('OPENBLAS_NUM_THREADS'))"
    )
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    if given is not None:
        environment["OPENBLAS_NUM_THREADS"] = given
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == told
