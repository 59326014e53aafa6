"""Technologies and the sales models they go with, by the words people use."""

from __future__ import annotations

import pytest

from hadi.domain.units import Place, SalesModel, Technology, fits, recognised, unfit


@pytest.mark.parametrize(
    ("written", "technology"),
    [
        ("cold_calls", Technology.COLD_CALLS),
        ("Cold calling of fitters", Technology.COLD_CALLS),
        ("холодные звонки", Technology.COLD_CALLS),
        ("hideghívás", Technology.COLD_CALLS),
        ("Hideg hívások", Technology.COLD_CALLS),
        ("допродажи", Technology.ADD_ON),
        ("add-on selling", Technology.ADD_ON),
        ("обзвон базы", Technology.CLIENT_BASE),
        ("Входящие звонки", Technology.INCOMING_CALLS),
        ("SELF SERVICE", Technology.SELF_SERVICE),
        ("tanácsadás a pultnál", Technology.CONSULTING),
        ("дегустация", None),
        ("", None),
    ],
)
def test_a_technology_is_known_by_its_words(written: str, technology: Technology | None) -> None:
    assert recognised(written) is technology


def test_only_what_is_known_of_both_can_be_unfit() -> None:
    assert not fits("cold calls", SalesModel.PASSIVE)
    assert fits("cold calls", SalesModel.ACTIVE)
    assert fits("cold calls", None)
    assert fits("tasting", SalesModel.PASSIVE)
    assert fits("add-on selling", SalesModel.PASSIVE) and fits("add-on selling", SalesModel.ACTIVE)


def test_the_places_that_sell_another_way_are_named_by_it() -> None:
    places = [
        Place("counter", SalesModel.PASSIVE), Place("agents", SalesModel.ACTIVE), Place("new"),
        Place("kiosk", SalesModel.PASSIVE),
    ]  # fmt: skip
    assert unfit("cold calls", places) == {SalesModel.PASSIVE: ["counter", "kiosk"]}
    assert unfit("self-service", places) == {SalesModel.ACTIVE: ["agents"]}
    assert unfit("add-on selling", places) == {}
