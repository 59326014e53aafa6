"""Files of receipts as they are kept: their tables, what happens to them, and who is refused."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.hypotheses import World
from tests.fixtures import receipt_lines
from tests.fixtures.receipt_lines import COLUMNS

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Basket

SPEC = {"columns": COLUMNS, "core": ["breakers"], "control": "usual"}


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "datasets"


def keep(
    world: World, folder: Path, by: str = "analyst", content: bytes = b"", **given: Any
) -> Basket:
    from hadi.ingest.limits import Limits
    from hadi.services import baskets

    return baskets.keep(
        file=io.BytesIO(content or receipt_lines.two_arms()), filename="receipts.csv",
        given={**SPEC, **given}, folder=folder, limits=Limits(), by=world.actor(by),
        now=world.later(),
    )  # fmt: skip


def tables(folder: Path) -> int:
    return len(list(folder.glob("*.parquet")))


def test_a_refused_file_leaves_nothing(world: World, folder: Path) -> None:
    from hadi.domain.errors import HadiError, Invalid, NotAllowed

    for content, given in (
        (b"no table at all", {}),
        (b"a;b\n1;2\n", {}),
        (receipt_lines.two_arms(), {"goal": 90, "assist": 20}),
    ):
        with pytest.raises(HadiError):
            keep(world, folder, content=content, **given)
    with pytest.raises(Invalid):
        keep(world, folder, columns={"receipt": "receipt", "category": "nowhere"})
    with pytest.raises(NotAllowed):
        keep(world, folder, by="viewer")
    assert tables(folder) == 0


def test_a_table_goes_with_the_last_that_has_it(world: World, folder: Path) -> None:
    from hadi.services import baskets

    first, second = keep(world, folder), keep(world, folder, least=20)
    assert first.digest == second.digest and tables(folder) == 1
    for basket, left in ((first, 1), (second, 0)):
        baskets.delete_rows(
            basket.id, reason="asked to", folder=folder, by=world.actor("admin"), now=world.later()
        )
        assert tables(folder) == left


def test_a_team_lead_keeps_their_own_and_no_one_elses(world: World, folder: Path) -> None:
    from hadi.domain.errors import NotAllowed
    from hadi.services import basket_views, baskets

    own, other = keep(world, folder, by="member"), keep(world, folder)
    member = world.actor("member")
    baskets.remove(own.id, by=member, now=world.later())
    with pytest.raises(NotAllowed):
        baskets.remove(other.id, by=member, now=world.later())
    mine, theirs = (basket_views.shown(one, member) for one in (own, other))
    assert mine is not None and theirs is not None
    assert mine["hidden"] == ["people"]  # who brought a file knows its money
    assert theirs["hidden"] == ["money", "people"]


def test_everybody_finds_themselves_among_the_sellers(world: World, folder: Path) -> None:
    from hadi.services import basket_views

    content = receipt_lines.two_arms().replace(b"usual 1.0", b"Mira Petrova")
    shown = basket_views.shown(keep(world, folder, content=content), world.actor("member"))
    assert shown is not None
    assert {one["name"] for one in shown["people"]} == {"Mira Petrova"}
    assert shown["people"][0]["addon_amount"] is not None


def test_what_happened_is_in_the_log(world: World, folder: Path) -> None:
    from sqlalchemy import select

    from hadi.db import db
    from hadi.domain.errors import Stale
    from hadi.models import Event
    from hadi.services import baskets

    basket, by = keep(world, folder), world.actor("analyst")
    before = basket.version
    chosen = baskets.choose(
        basket.id, given={"least": 40}, version=before, folder=folder, by=by, now=world.later()
    )
    assert chosen.asked.least == 40 and chosen.asked.core == ("breakers",)
    with pytest.raises(Stale):
        baskets.choose(
            basket.id, given={"least": 50}, version=before, folder=folder, by=by, now=world.later()
        )
    verbs = select(Event.verb, Event.changes).where(Event.subject_id == basket.id)
    found = dict(tuple(row) for row in db.session.execute(verbs))
    assert found.keys() == {"basket_kept", "basket_chosen"}
    assert found["basket_chosen"] == {"least": [30, 40]}
