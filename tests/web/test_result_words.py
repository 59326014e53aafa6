"""The words beside a comparison, one reading at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from hadi.domain.plan import Design, Looks, Plan
from hadi.domain.spec import parse_metrics
from hadi.web.hypotheses.analysis_beside import (
    look_sentence,
    margin_sentence,
    omnibus_reading,
    readings,
    segment_tables,
    settling_words,
)

if TYPE_CHECKING:
    from flask import Flask

PLAN = Plan(metrics=parse_metrics(["spent=mean(spent);threshold=2"]), alpha=0.05)


def comparison(**changed: Any) -> dict[str, Any]:
    """A comparison as a stored record has it."""
    return {
        "metric": "spent", "role": "primary", "arm": "B", "method": "welch_t",
        "difference": {"estimate": 1.0, "low": -1.0, "high": 3.0},
        "parameters": {}, "p_adjusted": None, "bayes": None, "equivalence": None,
        "non_inferiority": None,
    } | changed  # fmt: skip


def said(app: Flask, plan: Plan = PLAN, **changed: Any) -> dict[str, str]:
    """Every reading: its label to its sentence."""
    with app.test_request_context():
        found = readings(comparison(**changed), plan.metrics[0], plan)
        assert all(reading.url and "/methods#" in reading.url for reading in found)
        return {reading.label: reading.sentence for reading in found}


def bayes(chance: float, choosing: float, staying: float) -> Mapping[str, Any]:
    loss = {"treatment": choosing, "control": staying}
    return {"chance_to_win": chance, "expected_loss": loss, "sceptical": None, "prior": None}


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (bayes(0.8, 0.2, 1.2), "80.0%. On average, choosing it gives away 0.200, staying gives"),
        (bayes(0.99999, 1e-9, 1.2), "over 99.9%. On average, staying gives away 1.20, choosing"),
        (bayes(1e-7, 1.2, 1e-9), "under 0.10%. On average, choosing it gives away 1.20, staying"),
    ],
)
def test_a_chance_is_never_a_certainty_and_a_loss_never_noise(
    app: Flask, view: Mapping[str, Any], words: str
) -> None:
    assert words in said(app, bayes=view)["Bayesian view"]


@pytest.mark.parametrize(
    ("tests", "words"), [(0, "for want of past tests"), (7, "the 7 past tests")]
)
def test_the_sceptic_says_what_it_knows(app: Flask, tests: int, words: str) -> None:
    posterior = {"chance_to_win": 0.7, "mean": 0.5, "low": -1.0, "high": 2.0}
    prior = {"mean": 0.0, "sd": 0.1, "tests": tests}
    view = {**bayes(0.8, 0.2, 1.2), "sceptical": posterior, "prior": prior}
    assert words in said(app, bayes=view)["With some scepticism"]


@pytest.mark.parametrize(
    ("difference", "is_flat", "words"),
    [
        ({"estimate": 0.1, "low": -0.5, "high": 0.7}, True, "Flat, and well measured"),
        ({"estimate": 0.1, "low": -1.5, "high": 2.7}, False, "Not shown to be flat"),
        ({"estimate": 3.0, "low": 1.5, "high": 4.7}, False, None),
    ],
)
def test_flatness_is_asked_where_it_can_be_doubted(
    app: Flask, difference: dict[str, float], is_flat: bool, words: str | None
) -> None:
    margin = {"margin": 2.0, "p_value": 0.03, "is_flat": is_flat}
    found = said(app, difference=difference, equivalence=margin).get("Is it flat?")
    assert words in found if words and found else found == words
    if found:
        assert "0.030" in found


def test_a_margin_that_is_not_kept_says_so_in_the_place_of_chance(app: Flask) -> None:
    held = {"margin": 0.5, "p_value": 0.2, "is_met": False}
    guard = {"role": "guardrail", "verdict": "unproven", "non_inferiority": held}
    with app.test_request_context():
        found = margin_sentence(comparison(**guard), PLAN.metrics[0])
        assert found == "It may be worse by 0.500: that is not ruled out. (p 0.200)"
        assert margin_sentence(comparison(**guard | {"role": "primary"}), PLAN.metrics[0]) is None
    assert "Is the margin kept?" not in said(app, **guard)


def test_of_a_guardrail_that_surely_got_worse_chance_is_said_first(app: Flask) -> None:
    held = {"margin": 0.5, "p_value": 0.999, "is_met": False}
    broken = {"role": "guardrail", "verdict": "breached", "non_inferiority": held}
    with app.test_request_context():
        assert margin_sentence(comparison(**broken), PLAN.metrics[0]) is None
    assert "It may be worse by 0.500" in said(app, **broken)["Is the margin kept?"]


def test_few_clusters_say_how_small_their_p_can_be(app: Flask) -> None:
    known = {"clusters": 8, "naive_p": 1e-9, "permutation_p": 0.029, "smallest_p": 0.029,
             "bootstrap_p": 0.03, "icc": 0.04}  # fmt: skip
    found = said(app, method="cluster_permutation", parameters=known)["Clusters"]
    assert "with so few of them it cannot be below 0.029" in found
    assert "by units alone p would be less than 0.001" in found
    many = said(app, method="cluster_cr2_t", parameters=known)["Clusters"]
    assert "cannot be below" not in many and "4.0%" in many


def test_nothing_is_said_of_what_is_not_estimated(app: Flask) -> None:
    nothing = {"estimate": None, "low": None, "high": None}
    assert said(app, difference=nothing, bayes=bayes(0.5, 1.0, 1.0)) == {}


LOOK = {
    "kind": "planned",
    "open": True,
    "opened_early": False,
    "fraction": 0.5,
    "number": 2,
    "count": 4,
    "next_due": 0.75,
}


class TestLooks:
    @pytest.mark.parametrize(
        ("changed", "closing", "words"),
        [
            ({}, False, "Look 2 of 4 planned, at 50.0% of the planned units; the next is due at"),
            ({}, True, "Look 2 of 4 planned, at 50.0% of the planned units"),
            ({"open": False, "fraction": 0.6}, False, "4 planned; the next is due at 75.0%"),
            ({"opened_early": True}, False, "A look between the planned ones, at 50.0%"),
            ({"number": 5, "next_due": None}, True, "Look 4 of 4 planned"),
            ({"kind": "anytime"}, False, "At any time"),
            ({"kind": "fixed"}, True, "One, at the planned end"),
        ],
    )
    def test_each_says_when(
        self, app: Flask, changed: dict[str, Any], closing: bool, words: str
    ) -> None:
        with app.test_request_context():
            found = look_sentence({"look": {**LOOK, **changed}, "closing": closing})
        assert words in found

    def test_a_record_from_before_has_had_one(self, app: Flask) -> None:
        with app.test_request_context():
            assert look_sentence({}) == "One, at the planned end"


def test_all_arms_at_once(app: Flask) -> None:
    found = {"method": "omnibus_welch_f", "p_value": 0.2, "note_text": None}
    with app.test_request_context():
        alike = omnibus_reading({"omnibus": found, "alpha": 0.05})
        tiny = omnibus_reading({"omnibus": {**found, "p_value": None}, "alpha": 0.05})
        note = {"code": "no_variation", "params": {}}
        unknown = {"method": None, "p_value": None, "note_text": note}
        silent = omnibus_reading({"omnibus": unknown, "alpha": 0.05})
        assert omnibus_reading({"omnibus": None, "alpha": 0.05}) is None
    assert alike and "may all be alike (p 0.200)" in alike.sentence
    assert tiny and "not all alike (p less than 0.001)" in tiny.sentence
    assert silent and "without any variation" in silent.sentence
    assert silent.url and silent.url.endswith("#what-cannot-be-estimated")


def test_segments_stand_on_one_axis_and_say_what_is_missing(app: Flask) -> None:
    level = {"level": "north", "n_control": 40, "n_treatment": 44, "estimate": 2.0, "low": 1.0,
             "high": 3.0, "p_adjusted": 0.01, "note_text": None}  # fmt: skip
    note = {"code": "segment_not_split", "params": {}}
    ends = {"estimate": None, "low": None, "high": None}
    nobody = {**level, **ends, "level": None, "n_control": 0, "n_treatment": 0, "note_text": note}
    wide = {**level, "level": "south", "estimate": 9.0, "low": 2.0, "high": 16.0}
    table = {"column": "town", "arm": "B", "metric": "spent", "interaction": None,
             "levels": [level, wide, nobody]}  # fmt: skip
    with app.test_request_context():
        plan = Plan(metrics=PLAN.metrics, design=Design.CLUSTER, looks=Looks.FIXED)
        (found,) = segment_tables({"segments": [table], "alpha": 0.05}, plan)
    north, south, blank = found.lines
    assert found.verdict == "Too little to compare them by." and found.is_clustered
    assert north.chart and south.chart and north.chart.zero_x == south.chart.zero_x
    assert north.chart.width_x < south.chart.width_x
    assert (blank.level, blank.chart, blank.note) == ("(blank)", None, "No arm has units here.")


@pytest.mark.parametrize(
    ("settling", "words"),
    [
        (None, None),
        ({"units_per_arm": None, "weeks": None}, None),
        ({"units_per_arm": 900, "weeks": None}, None),
        ({"units_per_arm": 900, "weeks": 1}, "about 1 week more"),
        ({"units_per_arm": 900, "weeks": 12}, "about 12 weeks more"),
    ],
)
def test_how_long_until_it_would_be_settled(
    app: Flask, settling: dict[str, int | None] | None, words: str | None
) -> None:
    with app.test_request_context():
        assert settling_words({"settling": settling}) == words
