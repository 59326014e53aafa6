"""Components keep their promises: one macro a file, all documented, no unknown icon."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = sorted((ROOT / "templates/_components").glob("*.html"))
ICONS = set(json.loads((ROOT / "static/icons/sprite.json").read_text(encoding="utf-8")))
NAMED = re.compile(
    r"""(?:icon|draw_icon)\(\s*"([a-z0-9-]+)"  # the macro itself
      | (?<![-\w])icon\s*=\s*"([a-z0-9-]+)"           # an argument of button, tag, menu
    """,
    re.VERBOSE,
)


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_one_documented_macro_in_a_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("{# "), "a comment says what it is for"
    assert re.findall(r"{% macro (\w+)\(", text) == [path.stem]
    assert re.search(r"{%-? endmacro", text)


def test_the_readme_lists_every_macro_with_its_arguments() -> None:
    readme = (ROOT / "templates/_components/README.md").read_text(encoding="utf-8")
    for path in COMPONENTS:
        text = path.read_text(encoding="utf-8")
        signature = text[text.index("{% macro ") + 9 : text.index(" -%}", text.index("{% macro "))]
        arguments = signature[signature.index("(") :]
        assert re.search(rf"^\| .*\b{path.stem}\b", readme, re.MULTILINE), path.stem
        assert arguments in readme, signature


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    unknown = {}
    for path in sorted((ROOT / "templates").rglob("*.html")):
        names = {a or b for a, b in NAMED.findall(path.read_text(encoding="utf-8"))}
        if names - ICONS:
            unknown[path.name] = names - ICONS
    assert not unknown, "add them to static/icons/sprite.json"


def test_icons_of_dictionaries_are_in_the_sprite() -> None:
    """Badges, toasts and checks choose theirs from a dictionary."""
    for name in ("verdict_badge", "toast", "checks"):
        text = (ROOT / f"templates/_components/{name}.html").read_text(encoding="utf-8")
        chosen = set(re.findall(r'": "([a-z0-9-]+)"', text))
        assert chosen <= ICONS, name
        assert chosen, name


def test_no_template_styles_by_attribute() -> None:
    styled = [
        path.name
        for path in (ROOT / "templates").rglob("*.html")
        if "emails" not in path.parts and re.search(r"\sstyle=", path.read_text(encoding="utf-8"))
    ]
    assert not styled, "the content security policy forbids it"


def test_every_colour_has_a_light_and_a_dark_value() -> None:
    tokens = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")
    colours = re.findall(r"^\s+--([\w-]+):\s*(.*(?:#|rgb).*);$", tokens, re.MULTILINE)
    assert len(colours) > 20
    assert [name for name, value in colours if not value.startswith("light-dark(")] == []
