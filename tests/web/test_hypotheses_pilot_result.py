"""The page of a pilot's result: pictures, chance in words, and the naive number folded away."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.factories import pilots
from tests.fixtures.pages import Page
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

NAIVE = "The pilot alone, after against before"


def result(visitor: Visitor, *, text: str | None = None, **plan: Any) -> Page:
    """The page of a pilot that was judged."""
    with visitor.app.app_context():
        hypothesis = pilots.running(visitor.world, **plan)
        pilots.attach(visitor.world, hypothesis, text or pilots.weekly())
        made = pilots.analyse(visitor.world, hypothesis)
        path = f"/hypotheses/{hypothesis.key}/analyses/{made.id}"
    visitor.sign_in("analyst")
    return visitor.get(path)


def folds(page: Page) -> list[str]:
    return ["".join(fold.itertext()) for fold in page.tree.iter("details")]


def pictures(page: Page) -> list[str]:
    return re.findall(r'class="chart__plot"', page.html)


def test_the_pictures_stand_above_the_checks(visitor: Visitor) -> None:
    page = result(visitor)
    assert len(pictures(page)) == 3
    assert "The pilot beside the others" in page.text
    assert "Expected without the change" in page.text
    html = page.html
    assert html.index('id="pilot"') < html.index('id="checks"')


def test_chance_is_said_in_words_with_what_it_can_reach(visitor: Visitor) -> None:
    page = result(visitor)
    # Two of 22 sites: 231 choices.
    assert "1 of 231 choices of sites" in page.text
    assert "cannot give less than 0.004" in page.text
    assert "degrees of freedom" in page.text


def test_the_naive_number_stands_in_a_fold_alone(visitor: Visitor) -> None:
    page = result(visitor)
    said = [fold for fold in folds(page) if NAIVE in fold]
    assert len(said) == 1
    assert page.text.count(NAIVE) == 1
    assert "That is not the effect of the change" in said[0]


def test_one_pilot_too_few_is_said_with_the_result(visitor: Visitor) -> None:
    page = result(visitor, treated=["s01"], controls=[f"s{n:02d}" for n in range(3, 14)])
    assert "it could never have confirmed anything" in page.text


@pytest.mark.parametrize(
    "method", ["synthetic", "synthetic_demeaned", "synthetic_did", "augmented"]
)
def test_every_method_draws_its_weights(visitor: Visitor, method: str) -> None:
    page = result(visitor, method=method)
    assert len(pictures(page)) >= 2
    assert "How much each control counts" in page.text


def test_the_linear_scale_speaks_in_units(visitor: Visitor) -> None:
    metric = {"name": "Weekly sales", "kind": "mean", "role": "primary", "threshold": 5,
              "better": "higher"}  # fmt: skip
    page = result(visitor, scale="linear", metrics=[metric])
    assert len(pictures(page)) == 3
    assert "In the value’s own units" in page.text


def test_before_its_end_a_pilot_shows_how_far_it_is_and_nothing_else(visitor: Visitor) -> None:
    page = result(visitor, text=pilots.weekly(weeks=pilots.START + 1))
    assert "2 of 5 planned periods" in page.text
    assert not pictures(page)
    assert NAIVE not in page.text


def test_days_read_as_dates(visitor: Visitor) -> None:
    start = pilots.MONDAY
    text = pilots.weekly(begins=start)
    first = (start + timedelta(weeks=pilots.START - 1)).isoformat()
    page = result(visitor, text=text, start=first)
    assert "9 Feb 2026" in page.text


def test_a_missing_week_breaks_the_line_and_is_reported(visitor: Visitor) -> None:
    lines = [line for line in pilots.weekly().splitlines() if not line.startswith("s01,5,")]
    lines = [line for line in lines if not line.startswith("s02,5,")]
    page = result(visitor, text="\n".join(lines))
    pilot_line = re.findall(r'chart__line--pilot" d="([^"]*)"', page.html)[0]
    assert pilot_line.count("M") == 2
    assert "Missing periods of sites" in page.text


def test_lists_and_the_page_of_the_hypothesis_show_per_cent(visitor: Visitor) -> None:
    page = result(visitor)
    assert "Confirmed" in page.text
    assert re.search(r"\+(19|20)\.\d%", visitor.get("/hypotheses/H-1").text)
    row = re.findall(r'aria-label="Estimate [^"]*"', visitor.get("/hypotheses").html)
    assert row and "%" in row[0]
