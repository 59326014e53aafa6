"""The data sets of the workspace."""

from __future__ import annotations

import pytest

from tests.fixtures.queries import counted
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]


def test_no_data_yet_teaches_how_they_come(visitor: Visitor) -> None:
    visitor.make("running")
    page = visitor.sign_in("viewer").get("/data")
    assert page.heading == "Data"
    assert "No data yet" in page.text
    assert page.links["See the tests that run"] == "/hypotheses?state=running"


def test_a_data_set_names_its_test_and_who_brought_it(visitor: Visitor) -> None:
    key = visitor.make("with_data", change="lay a cable beside every lamp")
    page = visitor.sign_in("viewer").get("/data")
    for words in ("Typed counts", "lay a cable beside every lamp", "4,000 units", "Dániel Kiss"):
        assert words in page.text
    assert page.links[key] == f"/hypotheses/{key}"
    (digest,) = page.tree.iter("code")
    assert len(digest.get("title", "")) == 64
    assert digest.get("title", "").startswith(digest.text or "-")


def test_every_link_of_a_line_leads_somewhere(visitor: Visitor) -> None:
    visitor.make("with_data")
    page = visitor.sign_in("viewer").get("/data")
    lines = [a.get("href", "") for body in page.tree.iter("tbody") for a in body.iter("a")]
    assert lines
    for address in lines:
        visitor.get(address)


def test_the_data_have_pages(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    import hadi.services.dataset_list as dataset_list

    monkeypatch.setitem(dataset_list.attached.__kwdefaults__, "page_size", 2)
    for n in range(3):
        visitor.make("with_data", change=f"idea number {n}")
    page = visitor.sign_in("viewer").get("/data?page=nonsense")
    assert "1–2 of 3" in page.text
    assert "3–3 of 3" in visitor.get(page.links["Next"]).text
    assert "3–3 of 3" in visitor.get("/data?page=99").text


def test_queries_do_not_grow(visitor: Visitor) -> None:
    visitor.sign_in("viewer")
    visitor.make("with_data")
    visitor.get("/data")
    with counted(visitor.app) as few:
        visitor.get("/data")
    for n in range(8):
        visitor.make("with_data", change=f"idea number {n}")
    with counted(visitor.app) as many:
        visitor.get("/data")
    assert len(many) == len(few), "\n".join(many)
