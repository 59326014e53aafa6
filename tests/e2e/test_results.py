"""Results of the demo as they are read: looks on the way, stores, several arms, ranks, and the
methods behind them, on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e import steps

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]


def result(visit: Visit, words: str) -> Page:
    """The newest result of the demo's hypothesis with these words, everything unfolded."""
    page = visit("analyst", f"/hypotheses?q={words}")
    page.locator(".hypothesis-list tbody a").first.click()
    page.get_by_role("link", name="How we know").click()
    expect(page.locator("h1")).to_contain_text("Result of H-")
    page.evaluate("document.querySelectorAll('main details').forEach((d) => { d.open = true })")
    return page


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("matching+clamp", "Randomised by store"),
        ("two+prices", "Is it the same for everyone?"),
        ("enquiries+on+a+tablet", "of all pairs the unit of"),
        ("before+the+van+leaves", "Look 2 of 4 planned"),
    ],
)
def test_every_kind_of_result_reads(visit: Visit, words: str, shown: str) -> None:
    page = result(visit, words)
    expect(page.locator("main")).to_contain_text(shown)
    steps.look(page)


def test_a_look_on_the_way_leads_on_to_more_data(visit: Visit) -> None:
    page = result(visit, "basket+after+two+hours")
    expect(page.locator(".verdict-card .verdict-badge")).to_contain_text("so far")
    expect(page.get_by_role("progressbar")).to_be_visible()
    steps.look(page)
    page.get_by_role("link", name="Attach newer data").click()
    expect(page.locator("h1")).to_contain_text("Data of H-")


def test_a_result_leads_to_the_section_of_its_method(visit: Visit) -> None:
    page = result(visit, "matching+clamp")
    page.get_by_role("link", name="How it is computed: Clusters").click()
    expect(page).to_have_url(re.compile("/methods#clusters$"))
    expect(page.locator("h2#clusters")).to_be_in_viewport()
    steps.look(page)
    page.get_by_role("link", name="Error rates, simulated").click()
    expect(page.locator("h1")).to_have_text("Error rates, simulated")
    steps.look(page)
    page.get_by_role("link", name="How the verdict is reached").click()
    steps.look(page)


def test_a_printed_result_carries_its_folded_parts_and_folds_them_again(visit: Visit) -> None:
    page = visit("analyst", "/hypotheses?q=two+prices")
    page.locator(".hypothesis-list tbody a").first.click()
    page.get_by_role("link", name="How we know").click()
    expect(page.locator(".sentence")).to_contain_text("two prices")
    method, reading = page.locator(".analysis-method dl"), page.locator(".readings").first
    expect(method).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(method).to_be_visible()
    expect(reading).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(method).to_be_hidden()
    expect(reading).to_be_hidden()
