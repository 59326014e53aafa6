"""Documents of `docs/explanation/` as HTML: headings get anchors, links stay inside the product.

The source is ours, and raw HTML in it is off all the same; nothing it makes needs an inline style.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from hadi.resources import folder

DOCUMENTS = ("methods", "the-verdict", "calibration", "data-quality")


@dataclass(frozen=True, slots=True)
class Heading:
    """A section: its words and its anchor."""

    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Article:
    """A document without its title, and its sections."""

    html: str
    headings: tuple[Heading, ...]


def exists(name: str) -> bool:
    """Whether the document is there."""
    return _path(name).is_file()


def article(name: str, url_of: Callable[[str], str | None]) -> Article:
    """One of DOCUMENTS. `url_of` gives the address of another one; without any, what links to it
    stays plain words."""
    tokens, headings = _parsed(_path(name).read_text(encoding="utf-8"))
    linked = [_with_links(token, url_of) for token in tokens]
    return Article(_markdown().renderer.render(linked, _markdown().options, {}), headings)


def slug(heading: str) -> str:
    """The anchor of a heading: small letters, digits and hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", heading.lower()))


def _path(name: str) -> Path:
    return folder("docs/explanation") / f"{name}.md"


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")


@lru_cache(maxsize=8)
def _parsed(text: str) -> tuple[tuple[Token, ...], tuple[Heading, ...]]:
    """Tokens with anchors, and the headings of the second level; the page has its own title."""
    tokens = _markdown().parse(text)
    headings: list[Heading] = []
    kept: list[Token] = []
    place, under = 0, ""
    while place < len(tokens):
        token = tokens[place]
        if token.type == "heading_open" and token.tag == "h1":
            under = tokens[place + 1].content
            place += 3
            continue
        if token.type == "heading_open":
            words = tokens[place + 1].content
            token.attrSet("id", slug(words))
            under = words
            if token.tag == "h2":
                headings.append(Heading(words, slug(words)))
        if token.type in ("th_open", "td_open"):
            style = str(token.attrs.pop("style", ""))  # which the policy would refuse
            if "right" in style:
                token.attrSet("class", "is-figure")
        kept.extend(_framed(token, under))
        place += 1
    return tuple(kept), tuple(headings)


def _framed(token: Token, under: str) -> Sequence[Token]:
    """Wide tables and formulas scroll in a frame of their own, which the keyboard reaches; a table
    is called like the heading it stands under."""
    if token.type == "table_open":
        token.attrSet("class", "data-table")
        token.attrSet("aria-label", under)
        attributes: dict[str, str | int | float] = {"class": "table-scroll", "tabindex": "0"}
        return (Token("frame_open", "div", 1, attrs=attributes), token)
    if token.type == "table_close":
        return (token, Token("frame_close", "div", -1))
    if token.type == "fence":
        formula = Token("code_inline", "code", 0, content=token.content)
        return (
            Token("pre_open", "pre", 1, attrs={"tabindex": "0"}),
            formula,
            Token("pre_close", "pre", -1, block=True),
        )
    return (token,)


def _with_links(token: Token, url_of: Callable[[str], str | None]) -> Token:
    if token.type != "inline" or not token.children:
        return token
    children: list[Token] = []
    is_dropped = False
    for child in token.children:
        if child.type == "link_open":
            target = _target(str(child.attrs["href"]), url_of)
            is_dropped = target is None
            if target is not None:
                children.append(child.copy(attrs={**child.attrs, "href": target}))
        elif child.type == "link_close":
            if not is_dropped:
                children.append(child)
            is_dropped = False
        else:
            children.append(child)
    return token.copy(children=children)


def _target(href: str, url_of: Callable[[str], str | None]) -> str | None:
    if href.startswith(("#", "https://")):
        return href
    name, _, anchor = href.partition("#")
    url = url_of(name.removesuffix(".md"))
    return f"{url}#{anchor}" if url and anchor else url
