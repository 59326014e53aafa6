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


def test_search_and_filters_stand_in_the_address(visitor: Visitor) -> None:
    first = visitor.make("with_data", change="lay a cable beside every lamp")
    second = visitor.make("with_data", change="greet within ten seconds")
    _set(visitor, first, filename="Отчёт Цех-2.csv", kind="file", quality={"level": "red"})
    _set(visitor, second, role="log", quality=None)
    visitor.sign_in("viewer")
    for query, found in (
        ("q=отчет+ЦЕХ", {first}),
        ("q=цех+CABLE", {first}),
        ("q=greet", {second}),
        (f"q={second}", {second}),
        ("light=red", {first}),
        ("light=unseen", {second}),
        ("light=green", set()),
        ("kind=counts", {second}),
        ("kind=query", set()),
        ("role=log", {second}),
        ("role=outcome&light=red&kind=file", {first}),
        ("light=nonsense&kind=%00&role=x&page=zzz", {first, second}),
        ("q=%00%25_", set()),
    ):
        page = visitor.get(f"/data?{query}")
        keys = {key for key in (first, second) if f"/hypotheses/{key}/data" in page.html}
        assert keys == found, query
    assert "Nothing found" in page.text and "No data yet" not in page.text
    assert page.links["Clear"] == page.links["Show all data sets"] == "/data"


def test_typing_finds_the_data_within_the_page(visitor: Visitor) -> None:
    visitor.make("with_data")
    page = visitor.sign_in().get("/data?q=nothing", headers={"HX-Request": "true"})
    results = page.by_id("results")
    assert results is not None
    assert "0 data sets" in page.text


def test_pages_and_files_keep_the_search(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    import hadi.services.dataset_list as dataset_list

    monkeypatch.setitem(dataset_list.attached.__kwdefaults__, "page_size", 1)
    for change in ("greet one", "greet two", "lay a cable"):
        visitor.make("with_data", change=change)
    page = visitor.sign_in("viewer").get("/data?q=greet&kind=counts")
    assert "1–1 of 2" in page.text
    assert "2–2 of 2" in visitor.get(page.links["Next"]).text
    text = visitor.get(page.links["CSV"]).response.get_data().decode("utf-8-sig")
    assert len(text.strip().splitlines()) == 3
    for format in ("CSV", "Excel", "Parquet"):
        assert page.links[format].endswith("?q=greet&kind=counts")


def _set(visitor: Visitor, key: str, **parts: object) -> None:
    """Give the data of a hypothesis these properties."""
    from hadi.db import transaction
    from hadi.services import hypotheses

    with visitor.app.app_context(), transaction():
        test = hypotheses.find(key, by=visitor.world.actor()).current_test
        assert test is not None
        for name, value in parts.items():
            setattr(test.datasets[0], name, value)
