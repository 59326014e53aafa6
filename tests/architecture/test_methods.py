"""Every method that an analysis can name is worded, and explained where its link leads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hadi.domain.wording import WORDING
from hadi.web.methods.articles import article
from hadi.web.shared.methods import SECTIONS, base_of

ROOT = Path(__file__).resolve().parents[2]
ESTIMATORS = {"reml", "dl"}  # how a pool is fitted: no method of a comparison
# How the name of a test ends; it is often given by position.
TEST = re.compile(
    r"[a-z0-9_]+_(t|z|f|q|fisher|wald|exact|permutation|square|wallis|munzel|statistics)"
)


def named_methods() -> dict[str, str]:
    """Every string that a module of `hadi/stats` gives as a method's name, and where."""
    found = {}
    for path in sorted((ROOT / "hadi" / "stats").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for value in _given(node):
                for name in _spelled(value):
                    found[base_of(name)] = f"{path.name}:{value.lineno}"
    return {name: where for name, where in found.items() if name and name not in ESTIMATORS}


def _spelled(value: ast.expr) -> set[str]:
    """All strings that an expression may be; what is only known at run time adds nothing."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return {value.value}
    if isinstance(value, ast.IfExp):
        return _spelled(value.body) | _spelled(value.orelse)
    if isinstance(value, ast.BinOp):
        return {one + other for one in _spelled(value.left) for other in _spelled(value.right)}
    if isinstance(value, ast.JoinedStr):
        found = {""}
        for part in value.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            found = {before + after for before in found for after in _spelled(inner)}
        return found
    return {""}


def _parts(value: ast.expr) -> list[ast.expr]:
    if isinstance(value, ast.Tuple):
        return value.elts
    return value.values if isinstance(value, ast.Dict) else [value]


def _given(node: ast.AST) -> Iterator[ast.expr]:
    """What is bound to the name `method` here: by keyword, by assignment or as a default."""
    if isinstance(node, ast.keyword) and node.arg == "method":
        yield node.value
    if isinstance(node, ast.Assign):
        targets = [part for target in node.targets for part in ast.walk(target)]
        if any(isinstance(part, ast.Name) and "method" in part.id.lower() for part in targets):
            yield from _parts(node.value)
    if isinstance(node, ast.Call):
        for argument in node.args:
            if isinstance(argument, ast.Constant) and TEST.fullmatch(str(argument.value)):
                yield argument
    if isinstance(node, ast.FunctionDef):
        defaults = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        yield from (default for arg, default in defaults if arg.arg == "method" and default)


def anchors() -> set[str]:
    return set(re.findall(r' id="([^"]+)"', article("methods", lambda name: name).html))


def test_the_methods_are_found_in_the_code() -> None:
    named = named_methods()
    assert {
        "newcombe_fisher",
        "welch_t",
        "hodges_lehmann_brunner_munzel",
        "cluster_permutation",
    } <= named.keys()
    assert len(named) > 15


def test_every_method_has_a_section() -> None:
    assert {name: where for name, where in named_methods().items() if name not in SECTIONS} == {}


def test_every_method_has_words() -> None:
    wordless = {n: w for n, w in named_methods().items() if f"method_{n}" not in WORDING}
    assert wordless == {}


@pytest.mark.parametrize("section", sorted(set(SECTIONS.values())))
def test_every_section_is_there(section: str) -> None:
    assert section in anchors()


def test_links_within_the_methods_lead_somewhere() -> None:
    html = article("methods", lambda name: f"/{name}").html
    inner = set(re.findall(r'href="#([^"]+)"', html))
    assert inner and inner <= anchors()


def test_every_method_name_of_the_page_exists() -> None:
    """What the page calls a method's name is one that the code can answer."""
    text = (ROOT / "docs" / "explanation" / "methods.md").read_text(encoding="utf-8")
    spoken = set(re.findall(r"`([a-z]+(?:_[a-z0-9]+)+)`", text))
    parameters = {"denominator_p_value", "fixed_p", "store_t"}
    assert spoken - parameters <= SECTIONS.keys()
