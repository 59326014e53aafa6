"""Visits of a scorecard out of a list: what is read, what is refused, what is stored already."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from hadi.domain.errors import Invalid
from hadi.domain.scorecards import Mark
from hadi.ingest.limits import Limits
from hadi.models import Scorecard
from hadi.services import scorecard_visits, scorecards
from tests.factories.hypotheses import World

LONG = """visit_id;visit_date;store_id;shopper_id;second_coder;criterion_id;score;comment
v1;05.01.2026;s07;a;;1;1;said hello
v1;05.01.2026;s07;a;;2;NA;
v1;05.01.2026;s07;a;;3;0;
v1;05.01.2026;s07;a;Béla;3;1;
v2;06.01.2026;s07;a;;1;0;
v2;06.01.2026;s07;a;;Contact and trust;1;
"""


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


@pytest.fixture
def card(world: World) -> Scorecard:
    return scorecards.create(name="The shop floor", say=str, by=world.actor(), now=world.later())


def read(world: World, card: Scorecard, text: str, **chosen: str) -> Any:
    _file, found = scorecard_visits.read_file(
        card, file=io.BytesIO(text.encode()), filename="visits.csv", chosen=chosen or None,
        limits=Limits(), by=world.actor(), now=world.later(),
    )  # fmt: skip
    return found


def test_a_file_with_a_row_for_each_mark(world: World, card: Scorecard) -> None:
    found = read(world, card, LONG)
    done = scorecard_visits.import_visits(
        card.id, found, filename="visits.csv", by=world.actor(), now=world.later()
    )
    assert (done.added, done.updated, done.marks) == (2, 0, 6)
    first, second = scorecard_visits.counted(card)
    assert first.marks == {1: Mark.MET, 2: Mark.NOT_APPLICABLE, 3: Mark.NOT_MET}
    assert first.second == {3: Mark.MET}
    assert second.marks == {1: Mark.NOT_MET, 2: Mark.MET}
    better = read(world, card, LONG.replace("s07;a;;3;0", "s07;a;;3;1"))
    again = scorecard_visits.import_visits(
        card.id, better, filename="visits.csv", by=world.actor(), now=world.later()
    )
    assert (again.added, again.updated) == (0, 2)
    assert scorecard_visits.counted(card)[0].marks[3] is Mark.MET


def test_a_number_that_is_stored_is_of_one_day_and_one_store(world: World, card: Scorecard) -> None:
    first = read(world, card, LONG)
    scorecard_visits.import_visits(
        card.id, first, filename="visits.csv", by=world.actor(), now=world.later()
    )
    same = read(world, card, LONG.replace("s07", " S07 "))
    assert (same.known, same.faulty) == (2, 0)
    for other, said in (
        (LONG.replace("05.01.2026", "06.01.2026"), "is stored with the day"),
        (LONG.replace("s07", "s08"), "is stored with the store “s07”, and here it is “s08”"),
    ):
        found = read(world, card, other)
        assert found.faulty and said in str(found.faults[0]), other
    # Somebody stores the visit after it was looked at.
    with pytest.raises(Invalid):
        scorecard_visits.import_visits(
            card.id, replace(found, faults=(), faulty=0), filename="visits.csv",
            by=world.actor(), now=world.later(),
        )  # fmt: skip


def test_na_is_an_answer_also_in_a_column_of_ones_and_zeros(world: World, card: Scorecard) -> None:
    rows = "".join(f"v{n};2026-01-05;s07;1;{mark}\n" for n, mark in enumerate("10"))
    text = "visit;day;store;criterion;score\n" + rows + "v9;2026-01-05;s07;1;NA\n"
    found = read(world, card, text)
    assert [each.marks[1][0] for each in found.visits] == [
        Mark.MET, Mark.NOT_MET, Mark.NOT_APPLICABLE
    ]  # fmt: skip


def test_a_file_with_a_row_for_each_visit(world: World, card: Scorecard) -> None:
    text = "visit,date,store,1,2,Greeting\nv1,2026-01-05,s07,1,NA,\nv2,2026-01-06,s07,0,1,\n"
    found = read(world, card, text)
    assert [{n: m.value for n, (m, _) in each.marks.items()} for each in found.visits] == [
        {1: "met", 2: "not_applicable"}, {1: "not_met", 2: "met"}
    ]  # fmt: skip


def test_the_second_coders_marks_may_have_a_column(world: World, card: Scorecard) -> None:
    head = "visit,date,store,criterion,score,second\n"
    text = f"{head}v1,2026-01-05,s07,1,1,0\nv2,2026-01-06,s07,1,1,1\n"
    found = read(world, card, text)
    assert [each.second[1][0].value for each in found.visits] == ["not_met", "met"]


def test_one_name_of_a_second_coder_is_no_second_mark(world: World, card: Scorecard) -> None:
    text = "visit,date,store,second_coder,criterion,score\nv1,2026-01-05,s07,Béla,1,1\n"
    found = read(world, card, text)
    assert found.visits[0].second == {}
    assert found.visits[0].second_coder == "Béla"


def test_rows_that_cannot_be_used_are_named_and_nothing_is_kept(
    world: World, card: Scorecard
) -> None:
    text = (
        LONG + "v3;07.01.2026;s07;a;;77;1;\nv3;07.01.2026;s07;a;;1;2;\nv1;09.01.2026;s07;a;;4;1;\n"
    )
    found = read(world, card, text)
    assert found.faulty == 3
    assert [str(fault).split(":")[0] for fault in found.faults] == ["Row 8", "Row 9", "Row 10"]
    with pytest.raises(Invalid):
        scorecard_visits.import_visits(
            card.id, found, filename="visits.csv", by=world.actor(), now=world.later()
        )
    assert scorecard_visits.counted(card) == []
