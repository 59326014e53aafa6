"""The list of all data sets, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hadi.models.dataset import DatasetKind, DatasetRole
from hadi.services.dataset_list import DatasetFilters, Seen
from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def keys(world: World, **filters: object) -> set[str]:
    from hadi.services import dataset_export, dataset_list

    wanted, viewer = DatasetFilters(**filters), world.actor("viewer")  # type: ignore[arg-type]
    found = dataset_list.attached(filters=wanted, by=viewer)
    table = dataset_export.table(filters=wanted, by=viewer)
    rows = list(table.rows)
    assert found.total == len(found.items) == table.size == len(rows)
    return {row.hypothesis.key for row in found.items}


def test_data_are_found_by_words_light_kind_and_role(world: World) -> None:
    from hadi.db import transaction

    first = world.with_data("lay a cable beside every lamp")
    second = world.with_data("ÜGYELETES szerelő szombaton")
    with transaction():
        assert first.current_test and second.current_test
        (file,), (log,) = first.current_test.datasets, second.current_test.datasets
        file.filename, file.kind = "Отчёт Цех-2.CSV", DatasetKind.FILE
        file.quality = {"level": "amber"}
        log.role, log.quality = DatasetRole.LOG, None
    both = {first.key, second.key}
    for filters, found in (
        ({}, both),
        ({"query": "отчет ЦЕХ"}, {first.key}),
        ({"query": "csv CABLE"}, {first.key}),
        ({"query": "ügyeletes"}, {second.key}),
        ({"query": first.key.lower()}, {first.key}),
        ({"query": "cable szombaton"}, set()),
        ({"seen": Seen.AMBER}, {first.key}),
        ({"seen": Seen.UNSEEN}, {second.key}),
        ({"seen": Seen.RED}, set()),
        ({"kind": DatasetKind.COUNTS}, {second.key}),
        ({"role": DatasetRole.LOG}, {second.key}),
        ({"role": DatasetRole.OUTCOME, "seen": Seen.AMBER, "query": "lamp"}, {first.key}),
    ):
        assert keys(world, **filters) == found, filters  # type: ignore[arg-type]


def test_what_a_data_set_is_searched_by_follows_its_name(world: World) -> None:
    from hadi.db import transaction

    hypothesis = world.with_data()
    assert hypothesis.current_test
    (dataset,) = hypothesis.current_test.datasets
    assert dataset.search == ""
    with transaction():
        dataset.filename = "ЁЛКА.xlsx"
    assert dataset.search == "елка.xlsx"
