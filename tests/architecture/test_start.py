"""What a start may load: the terminal's commands and the numbers know no framework."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("flask", "sqlalchemy", "wtforms", "pandas", "statsmodels", "ibis", "scipy.stats")


def loaded_by(code: str) -> set[str]:
    """Those of HEAVY that a fresh Python has loaded after `code`."""
    ending = f"\nimport sys\nprint(*[m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code + ending], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize("command", ["check", "power"])
def test_a_command_of_the_terminal_loads_no_framework(command: str) -> None:
    asked = (
        "from hadi.cli.main import hadi\n"
        f"hadi.main(['{command}', '--help'], 'hadi', standalone_mode=False)"
    )
    assert loaded_by(asked) == set()


@pytest.mark.parametrize("module", ["hadi.stats", "hadi.domain", "hadi.ingest", "hadi.analysis"])
def test_a_lower_layer_loads_no_framework(module: str) -> None:
    walk = (
        f"import importlib, pkgutil, {module} as package\n"
        "for found in pkgutil.iter_modules(package.__path__, package.__name__ + '.'):\n"
        "    importlib.import_module(found.name)"
    )
    assert loaded_by(walk) - {"scipy.stats"} == set()
