"""The library of learnings, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hadi.domain.lifecycle import Decision
from hadi.services.learning_list import LearningFilters
from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def keys(world: World, **filters: object) -> list[str]:
    from hadi.services import learning_list

    wanted = LearningFilters(**filters)  # type: ignore[arg-type]
    found = learning_list.learnings(filters=wanted, by=world.actor("viewer"))
    return [conclusion.hypothesis.key for conclusion in found.items]


def test_learnings_are_found_by_words_decision_and_verdict(world: World) -> None:
    first = world.concluded("stop", change="lay a cable beside every lamp").key
    second = world.concluded("scale", change="ÜGYELETES szerelő szombaton").key
    assert keys(world) == [second, first]
    assert keys(world, query="cable LAMP") == [first]
    assert keys(world, query="ügyeletes") == [second]
    assert keys(world, query="open aisles") == [second, first]
    assert keys(world, decision=Decision.STOP) == [first]
    assert keys(world, verdict="refuted") == []
    assert keys(world, verdict="confirmed", decision=Decision.SCALE) == [second]


def test_a_decision_taken_back_is_no_learning(world: World) -> None:
    from hadi.services import hypotheses

    hypothesis = world.concluded()
    hypotheses.reopen(hypothesis.id, reason="new data", by=world.actor("leader"), now=world.later())
    assert keys(world) == []


def test_pages_are_held_within_what_there_is(world: World) -> None:
    from hadi.services import learning_list

    made = [world.concluded(change=f"idea number {n}").key for n in range(3)]
    for asked, got in ((1, made[:0:-1]), (2, made[:1]), (9, made[:1]), (-4, made[:0:-1])):
        found = learning_list.learnings(page=asked, page_size=2, by=world.actor())
        assert [c.hypothesis.key for c in found.items] == got
        assert (found.total, found.pages) == (3, 2)
