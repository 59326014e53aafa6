"""What HADI imports it also asks for: no package is there only because another brought it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# Found by name at run time, not imported: drivers, hash functions, readers; the frames in which the
# Spark client and Ibis take and give tables.
FOUND_BY_NAME = {"argon2-cffi", "defusedxml", "pandas", "psycopg"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    return names_in(project()["dependencies"]) | extras()


def extras() -> set[str]:
    """What is installed on demand alone."""
    return {name for part in project()["optional-dependencies"].values() for name in names_in(part)}


def project() -> dict[str, Any]:
    read = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return dict(read["project"])


def names_in(dependencies: list[str]) -> set[str]:
    return {normal(re.split(r"[\[<>=!~; ]", text)[0]) for text in dependencies}


def imported() -> dict[str, str]:
    """Distribution to the first file that imports it."""
    owners = packages_distributions()
    found: dict[str, str] = {}
    for path in sorted((ROOT / "hadi").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for name in {name.split(".")[0] for name in names} - {"hadi"}:
                if name not in sys.stdlib_module_names:
                    for owner in owners.get(name, [name]):
                        found.setdefault(normal(owner), str(path.relative_to(ROOT)))
    return found


def test_every_import_is_declared() -> None:
    missing = {name: path for name, path in imported().items() if name not in declared()}
    assert not missing


def test_no_module_needs_an_extra_to_be_loaded() -> None:
    on_demand = extras()
    for path in sorted((ROOT / "hadi").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            assert not {name.split(".")[0] for name in names} & on_demand, path


def test_every_declared_package_is_used() -> None:
    assert declared() - imported().keys() - FOUND_BY_NAME == set()
