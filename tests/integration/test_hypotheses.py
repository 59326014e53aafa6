"""Hypotheses through the services, on both databases: captured, found, edited, moved, refused."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def verbs(key: str, world: World) -> list[str]:
    from hadi.services import events, hypotheses

    found = hypotheses.find(key, by=world.actor())
    return [event.verb for event in events.history(hypothesis_id=found.id)]


def test_keys_count_on_and_are_found_however_written(world: World) -> None:
    from hadi.domain.errors import NotFound
    from hadi.services import hypotheses

    first, second = world.idea(), world.idea("greet within ten seconds")
    assert (first.key, second.key) == ("H-1", "H-2")
    for written in ("H-2", "h-2", " 2 ", second.id):
        assert hypotheses.find(written, by=world.actor()).id == second.id
    for unknown in ("H-3", "zeppelin", "H-\0", "9" * 30, ""):
        with pytest.raises(NotFound):
            hypotheses.find(unknown, by=world.actor())


def test_what_cannot_be_stored_is_said_by_field(world: World) -> None:
    from hadi.domain.errors import Invalid

    with pytest.raises(Invalid) as refused:
        world.idea("  ", effect="x" * 1001)
    assert set(refused.value.fields) == {"change", "effect"}


def test_an_edit_logs_old_and_new(world: World) -> None:
    from hadi.services import events, hypotheses

    idea = world.idea()
    hypotheses.edit(
        idea.id, changes={"effect": "sales rise"}, version=idea.version, by=world.actor(),
        now=world.later(),
    )  # fmt: skip
    (latest, *_) = events.history(hypothesis_id=idea.id)
    assert latest.changes == {"effect": ["", "sales rise"]}


def test_a_stale_edit_writes_nothing(world: World) -> None:
    from hadi.domain.errors import Stale
    from hadi.services import hypotheses

    idea = world.idea()
    with pytest.raises(Stale):
        hypotheses.edit(
            idea.id, changes={"change": "other"}, version=idea.version + 1, by=world.actor(),
            now=world.later(),
        )  # fmt: skip
    assert hypotheses.find("H-1", by=world.actor()).change == "lay a cable beside every lamp"
    assert verbs("H-1", world) == ["created"]


def test_a_complete_plan_makes_it_planned_and_an_edit_may_take_that_back(world: World) -> None:
    from hadi.domain.lifecycle import State
    from hadi.services import hypotheses

    planned = world.planned()
    assert planned.state is State.PLANNED
    hypotheses.edit(
        planned.id, changes={"reason": ""}, version=planned.version, by=world.actor(),
        now=world.later(),
    )  # fmt: skip
    assert planned.state is State.IDEA
    assert verbs("H-1", world)[:2] == ["became_idea", "edited"]


def test_starting_locks_and_hashes_the_plan(world: World) -> None:
    running = world.running()
    assert running.current_test is not None
    version = running.current_test.plan_version
    assert version is not None and version.is_locked
    assert version.digest == version.plan.digest()


def test_a_refused_start_names_every_blocker_and_is_logged(world: World) -> None:
    from hadi.domain.errors import Blocked
    from hadi.services import hypotheses

    idea = world.idea()
    with pytest.raises(Blocked) as refused:
        hypotheses.start(idea.id, by=world.actor(), now=world.later())
    fields = {blocker.field for blocker in refused.value.blockers}
    assert {"effect", "reason", "owner", "steward", "metrics", "budget"} <= fields
    assert verbs("H-1", world) == ["refused", "created"]


def test_the_archive_keeps_the_reason_and_gives_it_back(world: World) -> None:
    from hadi.domain.errors import Blocked
    from hadi.domain.lifecycle import State
    from hadi.services import hypotheses, hypothesis_list

    running = world.running()
    with pytest.raises(Blocked):
        hypotheses.archive(running.id, reason=" ", by=world.actor(), now=world.later())
    hypotheses.archive(running.id, reason="told twice", by=world.actor(), now=world.later())
    assert running.archive_reason == "told twice"
    assert hypothesis_list.listing(by=world.actor()).total == 0
    hypotheses.restore(running.id, by=world.actor(), now=world.later())
    assert running.state is State.RUNNING and running.archive_reason == ""


def test_a_repeat_opens_a_test_and_keeps_the_last(world: World) -> None:
    from hadi.domain.errors import Blocked
    from hadi.services import conclusions, hypotheses

    concluded = world.concluded()
    first = concluded.current_test
    test = conclusions.repeat(concluded.id, by=world.actor(), now=world.later())
    assert test.number == 2 and test.plan is not None
    assert concluded.verdict is None
    assert first is not None and hypotheses.conclusion_of(first.id) is not None
    with pytest.raises(Blocked):
        conclusions.repeat(concluded.id, by=world.actor(), now=world.later())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("кабель", ["H-1"]),
        ("КАБЕЛ", ["H-1"]),
        ("ёлка", ["H-2"]),
        ("елк", ["H-2"]),
        ("őszi akció", ["H-3"]),
        ("100%", ["H-4"]),
        ("_", ["H-4"]),
        ("h-3", ["H-3"]),
        ("cable lamp", []),
        ("\0", ["H-4", "H-3", "H-2", "H-1"]),
    ],
)
def test_words_are_found_in_every_language(world: World, query: str, found: list[str]) -> None:
    from hadi.services.hypothesis_list import Filters, listing

    world.idea("Положить кабель рядом с лампой")
    world.idea("Поставить ЁЛКУ, ёлка заметна")
    world.idea("ŐSZI AKCIÓ helyett őszi akciós polc")
    world.idea("offer 100% of the till_list")
    items = listing(filters=Filters(query=query), by=world.actor()).items
    assert [item.key for item in items] == found


def test_lists_are_ordered_filtered_and_held_within_their_pages(world: World) -> None:
    from hadi.domain.lifecycle import State
    from hadi.services.hypothesis_list import Filters, Order, listing

    for n in range(5):
        world.idea(f"idea {n}")
    world.measured("lay a cable")
    by = world.actor()
    assert listing(order=Order.OLDEST, page_size=2, page=9, by=by).page == 3
    assert [h.key for h in listing(order=Order.NUMBER, page_size=2, by=by).items] == ["H-1", "H-2"]
    found = listing(filters=Filters(verdicts=("confirmed",)), by=by)
    assert [h.key for h in found.items] == ["H-6"]
    assert listing(filters=Filters(states=(State.IDEA,)), by=by).total == 5
    mine = Filters(concerned_id=world.ids["analyst"])
    assert [h.key for h in listing(filters=mine, by=by).items] == ["H-6"]


def test_the_board_shows_the_lately_changed_and_counts_all(world: World) -> None:
    from hadi.domain.lifecycle import State
    from hadi.services import hypothesis_list

    for n in range(4):
        world.idea(f"idea {n}")
    columns, counts = hypothesis_list.board(most=2, by=world.actor())
    assert [h.key for h in columns[State.IDEA]] == ["H-4", "H-3"]
    assert counts[State.IDEA] == 4


@pytest.mark.parametrize(
    ("said", "alike"),
    [
        ("cables beside each lamp", ["H-1"]),
        ("положим кабели рядом с лампами", ["H-2"]),
        ("kábelt teszünk a lámpák mellé", ["H-3"]),
        ("train sellers on cases", []),
        ("lamp", []),
        ("", []),
        ("%_\0" * 300, []),
    ],
)
def test_what_sounds_alike_is_found(world: World, said: str, alike: list[str]) -> None:
    from hadi.services.similar import similar

    world.idea("lay the matching cable beside every lamp")
    world.idea("положить кабель рядом с каждой лампой")
    world.idea("kábelt teszek minden lámpa mellé")
    world.idea("greet everyone within ten seconds")
    assert [h.key for h in similar(said, by=world.actor())] == alike


def test_what_is_edited_is_not_alike_itself(world: World) -> None:
    from hadi.services.similar import similar

    idea = world.idea("lay the matching cable beside every lamp")
    found = similar("matching cables at lamps", excluding=idea.id, by=world.actor())
    assert found == []


def test_hypotheses_follow_from_each_other(world: World) -> None:
    from hadi.services.hypothesis_links import following

    first = world.idea()
    second = world.idea("lay bulbs", previous=first)
    assert [h.key for h in following(first, by=world.actor())] == [second.key]
    assert second.previous is first


def test_a_history_is_read_in_pages(world: World) -> None:
    from hadi.services import hypotheses
    from hadi.services.hypothesis_history import history

    idea = world.idea()
    for n in range(5):
        hypotheses.edit(
            idea.id, changes={"title": str(n)}, version=idea.version, by=world.actor(),
            now=world.now + timedelta(minutes=n),
        )  # fmt: skip
    first = history(idea, limit=4, by=world.actor())
    assert first.total == 6 and first.older is not None
    rest = history(idea, before=first.older, limit=4, by=world.actor())
    assert [event.verb for event in rest.events] == ["edited", "created"]
    assert rest.older is None


def test_a_history_names_whoever_it_speaks_of(world: World) -> None:
    from hadi.services.hypothesis_history import history

    planned = world.planned()
    people = history(planned, by=world.actor()).people
    assert people == {
        world.ids["member"]: "Mira Petrova",
        world.ids["analyst"]: "Dániel Kiss",
    }
