"""What a page of the methods shows."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.web.methods.articles import DOCUMENTS, Heading, article, exists
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage(Page):
    """`/methods`. The article is written in English whatever the reader's language;
    `is_foreign` says so where that is another."""

    body: str  # HTML made from a file of ours, raw HTML in it being off
    contents: tuple[Heading, ...]
    beside: tuple[Link, ...]
    is_foreign: bool


def article_page(name: str) -> ArticlePage:
    """The page of one document."""
    frame = chrome()
    titles = {
        "methods": _("Methods"),
        "the-verdict": _("How the verdict is reached"),
        "calibration": _("Error rates, simulated"),
        "data-quality": _("The quality of data"),
    }
    found = article(name, url_of)
    return ArticlePage(
        title=titles[name],
        chrome=frame,
        body=found.html,
        contents=found.headings,
        beside=tuple(
            Link(titles[other], url_of(other) or "")
            for other in DOCUMENTS
            if other != name and exists(other)
        ),
        is_foreign=frame.language != "en",
    )


def url_of(name: str) -> str | None:
    """Where a document is read; None where it is not for readers of the product."""
    if name == "methods":
        return url_for("methods.show")
    if name in DOCUMENTS and exists(name):
        return url_for("methods.beside", name=name)
    return None
