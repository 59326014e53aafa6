"""The command `hadi`: finds the subcommand by name and turns refusals into one sentence.

Subcommands are named here as strings and imported when called, so that `hadi check` and
`hadi power` start without the web framework and the database.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from hadi import __version__
from hadi.domain.errors import Blocked, HadiError, Invalid

# name -> (module:attribute, the line `hadi --help` shows without importing the module)
COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("hadi.cli.check:check", "The verdict on a file of results."),
    "pilot": ("hadi.cli.pilot:pilot", "The verdict on pilot sites beside the others."),
    "season": ("hadi.cli.season:season", "Before and after, the season taken out."),
    "basket": ("hadi.cli.basket:basket", "What is added to a sale, and what goes together."),
    "funnel": ("hadi.cli.funnel:funnel", "What share of the deals moves on, stage by stage."),
    "power": ("hadi.cli.power:power", "How many units a test needs."),
    "levers": ("hadi.cli.levers:levers", "Which lever a change of revenue came from."),
    "scorecard": ("hadi.cli.scorecard:scorecard", "What visits with a scorecard found."),
    "payback": ("hadi.cli.payback:payback", "Whether an effect pays back."),
    "serve": ("hadi.cli.serve:serve", "Serve the application."),
    "worker": ("hadi.cli.worker:worker", "Do long work in the background."),
    "demo": ("hadi.cli.demo:demo", "Fill an empty database with the demo workspace."),
    "init": ("hadi.cli.init:init", "Create or upgrade the database."),
    "user": ("hadi.cli.user:user", "Add and list people, set passwords."),
    "token": ("hadi.cli.token:token", "Create tokens for the API."),
    "units": ("hadi.cli.units:units", "Stores and teams: list, import, export."),
    "calendar": ("hadi.cli.calendar:calendar", "Days unlike others: list, import, export."),
    "secrets": ("hadi.cli.secrets:secrets", "Encrypt the passwords of connections anew."),
    "export": ("hadi.cli.archive:export_workspace", "Write the workspace into one file."),
    "import": ("hadi.cli.archive:import_workspace", "Fill an empty database from such a file."),
    "backup": ("hadi.cli.archive:backup", "The same with passwords and secrets, for you alone."),
    "restore": ("hadi.cli.archive:restore", "Fill an empty database from a backup."),
    "doctor": ("hadi.cli.doctor:doctor", "Check the installation."),
}


# Processes that do several things at once. NumPy's linear algebra would start as many threads for
# each as the machine has cores; they would fight over them, and a small matrix gains nothing.
SHARED = frozenset({"serve", "worker"})
ONE_THREAD = "OPENBLAS_NUM_THREADS"  # read once, when NumPy is loaded


class LazyGroup(click.Group):
    """A group that knows its commands' names and imports them when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name in SHARED:
            os.environ.setdefault(ONE_THREAD, "1")
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hadi")
def hadi() -> None:
    """HADI turns improvement ideas into evidence: hypothesis, action, data, insight."""


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line. A refusal is one sentence on stderr and exit code 2."""
    _speak_utf8()
    try:
        code: Any = hadi.main(args=args, prog_name="hadi", standalone_mode=False)
    except HadiError as refusal:
        _refuse(_sentences(refusal))
    except click.exceptions.Abort:
        _refuse("Stopped.", code=1)
    except click.exceptions.NoArgsIsHelpError as question:
        question.show()
        sys.exit(2)
    except click.ClickException as misuse:
        _refuse(_one_line(misuse.format_message()), code=misuse.exit_code)
    except BrokenPipeError:  # `hadi ... | head`: the reader has left
        sys.stderr.close()
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


def _sentences(refusal: HadiError) -> str:
    """The refusal with all that stands behind it, on one line."""
    said = [str(refusal)]
    if isinstance(refusal, Blocked):
        said += [str(blocker.text) for blocker in refusal.blockers]
    elif isinstance(refusal, Invalid):
        said += [str(text) for text in refusal.fields.values()]
    return _one_line(" ".join(dict.fromkeys(said)))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _refuse(sentence: str, *, code: int = 2) -> None:
    click.echo(sentence, err=True)
    sys.exit(code)


def _speak_utf8() -> None:
    """Write “typographic” sentences wherever the terminal's own encoding cannot."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
