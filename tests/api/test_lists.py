"""Lists: paged, filtered, and told apart."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests.api.world import CLEAR, Journey, People
from tests.factories.sources import parquet_folder
from tests.fixtures.queries import counted


def pages(response: TestResponse) -> dict[str, int]:
    assert response.status_code == 200, response.text
    told: dict[str, int] = json.loads(response.headers["X-Pagination"])
    return told


def test_pages(people: People, journey: Journey) -> None:
    for number in range(7):
        journey.idea(title=f"Idea {number}")
    seen: list[str] = []
    page: int | None = 1
    while page:
        answered = people.viewer.get(f"/hypotheses?page={page}&page_size=3&order=number")
        seen += [each["title"] for each in answered.get_json()]
        told = pages(answered)
        assert (told["total"], told["total_pages"], told["page"]) == (7, 3, page)
        assert told.get("previous_page") == (page - 1 or None)
        page = told.get("next_page")
    assert seen == [f"Idea {number}" for number in range(7)]
    beyond = people.viewer.get("/hypotheses?page=900000000&page_size=200")
    assert beyond.get_json() == [] and pages(beyond)["total"] == 7
    events = people.viewer.get("/hypotheses/H-1/events?page=2&page_size=1")
    assert events.get_json() == [] and pages(events)["total"] == 1


def test_an_empty_list(people: People) -> None:
    for path in ("/hypotheses", "/rollouts"):
        answered = people.viewer.get(path)
        assert answered.get_json() == []
        assert pages(answered) == {
            "total": 0, "total_pages": 0, "first_page": 1, "last_page": 1, "page": 1,
        }  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page=-1", "page=x", "page=1e3", "page=99999999999999999999", "page_size=0",
        "page_size=201", "page=%D9%A1", "state=running&state=gone", "verdict=good",
        "owner=nobody@example.com", "owner=%00", "q=%00", "order=size",
    ],
)  # fmt: skip
def test_queries_that_cannot_be(people: People, query: str) -> None:
    answered = people.viewer.get(f"/hypotheses?{query}")
    assert answered.status_code == 422
    assert query.partition("=")[0] in answered.text


def test_filters(people: People, journey: Journey) -> None:
    idea, measured = journey.idea(title="Скидка на чай"), journey.measured()
    archived = journey.idea()
    people.member.post(f"/hypotheses/{archived['id']}/archive", {"reason": "x"})

    def found(query: str) -> set[str]:
        return {each["id"] for each in people.viewer.get(f"/hypotheses?{query}").get_json()}

    assert found("") == {idea["id"], measured["id"]}
    assert found("state=measured") == {measured["id"]}
    assert found("state=idea&state=archived") == {idea["id"], archived["id"]}
    assert found("q=чай") == {idea["id"]}
    assert found("q=warranty") == {idea["id"], measured["id"]}
    assert found("q=%25") == set()
    assert found("q=" + 60_000 * "a") == set()
    assert found("verdict=confirmed") == {measured["id"]}
    assert found(f"owner={people.member.email}") == {measured["id"]}
    assert found(f"owner={people.member.user_id}") == {measured["id"]}
    assert found("owner=me") == set()


def test_queries_do_not_grow_with_the_list(app: Any, people: People, journey: Journey) -> None:
    from hadi.db import db

    asked: list[str] = []

    def count() -> int:
        asked.clear()
        people.viewer.get("/hypotheses?page_size=200")
        return len(asked)

    with app.app_context():
        engine = db.engine
    listener = lambda *args: asked.append(args[2])  # noqa: E731
    journey.planned()
    event.listen(engine, "before_cursor_execute", listener)
    count()  # the first request of a token notes its use
    few = count()
    for _ in range(5):
        journey.planned()
    assert count() == few
    event.remove(engine, "before_cursor_execute", listener)


def test_queries_do_not_grow_with_the_data(app: Any, people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.with_data()['id']}"
    parquet_folder(app.extensions["hadi_settings"].data_dir)

    def more(n: int) -> None:
        counts = [{**arm, "units": arm["units"] + n} for arm in CLEAR]
        corrected = {"counts": counts, "relation": "correction", "reason": "counted again"}
        assert people.analyst.post(f"{here}/datasets", corrected).status_code == 201
        assert people.analyst.post(f"{here}/analyses").status_code == 201
        source = {"name": f"Shops {n}", "kind": "parquet", "settings": {"path": "shops"}}
        connection = people.analyst.post("/connections", source).get_json()["id"]
        made = people.analyst.post(f"{here}/feeds", {"connection_id": connection, "table": "sales"})
        assert made.status_code == 202, made.text

    def asked(name: str) -> tuple[int, int]:
        with counted(app) as statements:
            found = people.viewer.get(f"{here}/{name}?page_size=200")
        return len(found.get_json()), len(statements)

    lists = ("datasets", "analyses", "feeds")
    more(1)
    asked(lists[0])  # the first request of a token notes its use
    few = {name: asked(name) for name in lists}
    for n in (2, 3, 4):
        more(n)
    many = {name: asked(name) for name in lists}
    assert all(many[name][0] >= few[name][0] + 3 for name in lists)
    assert {n: s for n, (_, s) in many.items()} == {n: s for n, (_, s) in few.items()}
    told = people.viewer.get(f"{here}/datasets").get_json()
    assert [each["is_current"] for each in told] == [True] + [False] * (len(told) - 1)
    assert {each["previous_version"] for each in told} >= {None, 1}
