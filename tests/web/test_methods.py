"""The methods, read inside the product: every section, every anchor, in the reader's frame."""

from __future__ import annotations

import pytest

from hadi.web.methods.articles import slug
from hadi.web.shared.methods import SECTIONS
from tests.fixtures.page_faults import text_of
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]


def test_every_section_can_be_reached(visitor: Visitor) -> None:
    page = visitor.sign_in("viewer").get("/methods")
    assert page.heading == "Methods"
    ids = {part.get("id") for part in page.tree.iter("h2")}
    assert set(SECTIONS.values()) <= ids
    contents = {url for url in page.links.values() if url.startswith("#")}
    assert {f"#{section}" for section in SECTIONS.values()} <= contents
    for words in ("Newcombe (1998)", "Satterthwaite (1946)", "ρ² = ( −2 log α", "Schuirmann 1987"):
        assert words in page.text, words


def test_formulas_scroll_in_their_own_frame_and_nothing_is_styled_inline(visitor: Visitor) -> None:
    page = visitor.sign_in("viewer").get("/methods")
    assert all(part.get("tabindex") == "0" for part in page.tree.iter("pre"))
    article = next(page.tree.iter("article"))
    assert [part.tag for part in article.iter() if part.get("style")] == []


@pytest.mark.parametrize("language", ["ru", "hu"])
def test_the_frame_speaks_the_readers_language_and_the_text_says_its_own(
    visitor: Visitor, language: str
) -> None:
    visitor.sign_in("viewer")
    plain = visitor.get("/methods")
    visitor.browser.get(f"/language/{language}", status=302)
    page = visitor.get("/methods")
    assert page.tree.get("lang") == language
    assert next(page.tree.iter("article")).get("lang") == "en"
    notices = [part for part in page.tree.iter("p") if part.get("class") == "notice"]
    assert len(notices) == 1 and text_of(notices[0])
    assert not [part for part in plain.tree.iter("p") if part.get("class") == "notice"]


def test_documents_beside_it_link_to_each_other(visitor: Visitor) -> None:
    visitor.sign_in("viewer")
    beside = visitor.get("/methods/the-verdict")
    assert beside.links["Methods"] == "/methods"
    assert visitor.get("/methods").links["How the verdict is reached"] == "/methods/the-verdict"


def test_figures_of_a_table_stand_to_the_right_without_a_style(visitor: Visitor) -> None:
    page = visitor.sign_in("viewer").get("/methods/calibration")
    article = next(page.tree.iter("article"))
    assert [part for part in article.iter("td") if part.get("class") == "is-figure"]
    assert [part.tag for part in article.iter() if part.get("style")] == []


@pytest.mark.parametrize("name", ["architecture", "methods", "no-such", "..%2Fmethods"])
def test_nothing_else_is_read_from_the_folder(visitor: Visitor, name: str) -> None:
    visitor.sign_in("viewer").get(f"/methods/{name}", status=404)


def test_the_methods_stand_behind_the_sign_in(visitor: Visitor) -> None:
    assert "/login" in visitor.get("/methods", status=302).response.location


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [("Equivalence and margins", "equivalence-and-margins"), ("What? 2 ways!", "what-2-ways")],
)
def test_a_heading_has_a_plain_anchor(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor
