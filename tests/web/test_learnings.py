"""The library of learnings, and the library as a file."""

from __future__ import annotations

import pytest

from tests.fixtures.queries import counted
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]


def test_a_library_without_books_teaches(visitor: Visitor) -> None:
    page = visitor.sign_in("viewer").get("/learnings")
    assert page.heading == "Learnings"
    assert "Nothing learned yet" in page.text


def test_a_learning_says_what_where_and_what_next(visitor: Visitor) -> None:
    key = visitor.make("concluded", change="lay a cable beside every lamp")
    page = visitor.sign_in().get("/learnings")
    for words in (
        "cables sell in sight", "open aisles", "try bulbs", "Confirmed", "Stop", "Oleg Smirnov",
        "lay a cable beside every lamp",
    ):  # fmt: skip
        assert words in page.text
    assert page.links[f"Next hypothesis after {key}"] == f"/hypotheses/new?after={key}"
    visitor.get(f"/hypotheses/new?after={key}")


def test_a_viewer_is_not_offered_the_next_hypothesis(visitor: Visitor) -> None:
    visitor.make("concluded")
    assert "Next hypothesis" not in visitor.sign_in("viewer").get("/learnings").text


def test_search_and_filters_stand_in_the_address(visitor: Visitor) -> None:
    first = visitor.make("concluded", change="lay a cable beside every lamp")
    second = visitor.make("concluded", change="greet within ten seconds", decision="scale")
    visitor.sign_in("viewer")
    for query, found in (
        ("q=CABLE+lamp", {first}),
        ("decision=scale", {second}),
        ("verdict=confirmed", {first, second}),
        ("q=aisles&decision=stop", {first}),
        ("decision=nonsense&verdict=%00&page=zzz", {first, second}),
        ("q=%00%25_", set()),
    ):
        page = visitor.get(f"/learnings?{query}")
        assert {key for key in (first, second) if f"/hypotheses/{key}" in page.html} == found
    assert "Nothing found" in page.text
    assert page.links["Clear"] == "/learnings"


def test_typing_finds_the_results_within_the_page(visitor: Visitor) -> None:
    visitor.make("concluded")
    page = visitor.sign_in().get("/learnings?q=cable", headers={"HX-Request": "true"})
    assert page.by_id("results") is not None


def test_the_library_has_pages(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    import hadi.services.learning_list as learning_list

    monkeypatch.setitem(learning_list.learnings.__kwdefaults__, "page_size", 2)
    for n in range(3):
        visitor.make("concluded", change=f"idea number {n}")
    page = visitor.sign_in("viewer").get("/learnings?decision=stop")
    assert "1–2 of 3" in page.text
    assert "3–3 of 3" in visitor.get(page.links["Next"]).text


def test_the_file_holds_what_was_found_and_runs_nothing(visitor: Visitor) -> None:
    visitor.make("concluded", change='=HYPERLINK("http://x")')
    visitor.make("concluded", change="greet within ten seconds", decision="scale")
    visitor.sign_in("viewer")
    page = visitor.get("/learnings?decision=stop")
    response = visitor.get(page.links["CSV"]).response
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"].startswith("attachment; filename=learnings-2")
    text = response.get_data().decode("utf-8-sig")
    assert "'=HYPERLINK" in text and "greet" not in text


def test_queries_do_not_grow(visitor: Visitor) -> None:
    visitor.sign_in()
    visitor.make("concluded")
    visitor.get("/learnings")
    with counted(visitor.app) as few:
        visitor.get("/learnings")
    for n in range(8):
        visitor.make("concluded", change=f"idea number {n}")
    with counted(visitor.app) as many:
        visitor.get("/learnings")
    assert len(many) == len(few), "\n".join(many)
