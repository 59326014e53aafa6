"""House rules that a reader would otherwise have to remember."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 450
SOURCES = (".py", ".html", ".js", ".mjs", ".css")
BUILT = {"node_modules", "dist", "_shipped", "__pycache__"}
# What ties a function to a web request: below the web, the caller hands it in.
REQUEST_NAMES = {
    "abort",
    "flash",
    "g",
    "make_response",
    "redirect",
    "render_template",
    "request",
    "session",
    "url_for",
}
REQUEST_MODULES = {"flask_login", "flask_wtf", "wtforms"}
BELOW_THE_WEB = ("services", "analysis", "models", "ingest", "charts", "domain", "stats")


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            inside = path.relative_to(ROOT).parts
            if path.suffix in SOURCES and path.is_file() and not BUILT.intersection(inside):
                yield path


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sources(*folders):
        if path.suffix == ".py":
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"), str(path))


def test_no_file_hides_a_second_idea() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in [
            ROOT / "dev.py",
            *sources("hadi", "templates", "static", "tests"),
        ]
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert not long, f"over {MOST_LINES} lines: {long}"


def test_only_services_set_a_state() -> None:
    found = []
    for path, module in modules("hadi"):
        if path.is_relative_to("hadi/services"):
            continue
        for node in ast.walk(module):
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AugAssign | ast.AnnAssign)
                else []
            )
            found += [
                f"{path}:{node.lineno}"
                for target in targets
                for part in ast.walk(target)
                if isinstance(part, ast.Attribute) and part.attr == "state"
            ]
            if isinstance(node, ast.Call) and _sets_state(node):
                found.append(f"{path}:{node.lineno}")
    assert not found, f"a state is changed by services alone: {found}"


def _sets_state(call: ast.Call) -> bool:
    is_setattr = isinstance(call.func, ast.Name) and call.func.id == "setattr"
    return is_setattr and any(isinstance(a, ast.Constant) and a.value == "state" for a in call.args)


def test_below_the_web_nothing_knows_the_request() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, module in modules(*(f"hadi/{layer}" for layer in BELOW_THE_WEB))
        for node in ast.walk(module)
        if _takes_the_request(node)
    ]
    assert not found, "\n".join(found)


def _takes_the_request(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        root = (node.module or "").split(".")[0]
        names = {alias.name for alias in node.names}
        return root in REQUEST_MODULES or (root == "flask" and bool(names & REQUEST_NAMES))
    if isinstance(node, ast.Attribute):
        is_of_flask = isinstance(node.value, ast.Name) and node.value.id == "flask"
        return is_of_flask and node.attr in REQUEST_NAMES
    return False


def test_every_package_and_module_says_why_it_exists() -> None:
    silent = [str(path) for path, module in modules("hadi") if not ast.get_docstring(module)]
    assert not silent


def test_dev_py_is_readable_by_the_pythons_it_turns_away() -> None:
    source = (ROOT / "dev.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))


@pytest.mark.parametrize("name", ["static/dist", "node_modules", "var", ".venv"])
def test_nothing_built_is_committed(name: str) -> None:
    listed = subprocess.run(
        ["git", "ls-files", f"*{name}/*", f"{name}/*"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    assert listed.stdout == ""
