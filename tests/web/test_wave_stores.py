"""The stores of a wave beside those of its test, on the form and the page of a roll-out."""

from __future__ import annotations

from typing import Any

from tests.web.hypotheses_pages import Visitor, visitor
from tests.web.winners import Winner

__all__ = ["visitor"]


def store(visitor: Visitor, code: str, **parts: Any) -> None:
    """A store that is known; the test of a winner ran in the first of them."""
    from hadi.services import units

    body = {
        "kind": "store", "code": code, "name": f"Store {code}", "sales_model": "passive",
        "technology": "consulting", "format": "mall", "head": "Ilze",
        "responsible": visitor.world.ids["member"],
    }  # fmt: skip
    with visitor.app.app_context():
        units.add(body=body | parts, by=visitor.world.actor("analyst"), now=visitor.world.later())


def ran_in(visitor: Visitor, winner: Winner, code: str) -> None:
    from sqlalchemy import insert

    from hadi.db import db, transaction
    from hadi.models.unit import hypothesis_unit
    from hadi.services import units

    hypothesis_id = winner.read("hypothesis_id")
    with visitor.app.app_context(), transaction():
        unit = units.find(code, by=visitor.world.actor())
        row = {"hypothesis_id": hypothesis_id, "unit_id": unit.id}
        db.session.execute(insert(hypothesis_unit).values(row))


def test_the_form_of_a_wave_compares_its_stores_with_those_of_the_test(visitor: Visitor) -> None:
    winner = Winner(visitor)
    for code, parts in {"S-1": {}, "S-2": {}, "S-3": {"format": "kiosk"}}.items():
        store(visitor, code, **parts)
    ran_in(visitor, winner, "S-1")
    page = visitor.sign_in("leader").get(winner.url)
    assert "The test ran in Store S-1" in page.text
    assert "The test ran under one head only, Ilze." in page.text
    page = visitor.get(f"{winner.url}/waves/new")
    assert page.text.index("Store S-2") < page.text.index("Store S-3"), "the most alike first"
    sent = {"scope": "S-3, the moon", "stores": [], "do": "compare"}
    page = visitor.submit(f"{winner.url}/waves/new", sent, status=200)
    assert "1 of the 1 stores named differs from those of the test" in page.text
    assert "Format: kiosk (in the test: mall)" in page.text
    assert "Not known here: “the moon”." in page.text
    assert winner.waves() == [], "comparing stores nothing"


def test_a_store_that_is_ticked_becomes_part_of_the_wave(visitor: Visitor) -> None:
    from hadi.db import db
    from hadi.models import Unit

    winner = Winner(visitor)
    for code in ("S-1", "S-2"):
        store(visitor, code)
    ran_in(visitor, winner, "S-1")
    with visitor.app.app_context():
        ticked = db.session.query(Unit).filter_by(code="S-2").one().id
    visitor.sign_in("leader")
    visitor.submit(
        f"{winner.url}/waves/new", {"scope": "the first", "stores": [ticked], "do": "start"}
    )
    assert [wave["scope"] for wave in winner.waves()] == ["the first, Store S-2"]
    page = visitor.get(winner.url)
    assert "1 store, like those of the test in all that is known." in page.text


def test_a_business_without_stores_is_asked_for_words_alone(visitor: Visitor) -> None:
    winner = Winner(visitor)
    page = visitor.sign_in("leader").get(f"{winner.url}/waves/new")
    assert "Are these stores like those of the test?" not in page.text
