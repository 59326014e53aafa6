"""Stores and teams in a browser: entered, logged, found, named by a hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.demo_people import address_of
from tests.fixtures.browser import assert_accessible

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures.servers import LiveServer

Visit = Callable[..., "Page"]


@pytest.mark.parametrize("path", ["", "/shop%2007", "/shop%2024", "/shop%2007/edit", "/import"])
def test_the_pages_of_stores_read(visit: Visit, path: str) -> None:
    steps.look(visit("analyst", f"/data/units{path}"))


def test_a_store_is_entered_logged_found_and_ticked(visit: Visit, shop: LiveServer) -> None:
    address = address_of(shop.app, "idea", "put a bench before the counter of the new shop")
    page = visit("analyst", "/data/units/new")
    page.locator("[name=code]").fill("shop 31")
    page.locator("[name=name]").fill("The new shop")
    page.locator("[name=responsible]").select_option(label="Peter Nagy")
    page.get_by_role("button", name="Enter it").click()
    expect(page.locator("h1")).to_have_text("The new shop")
    expect(page.get_by_text("How it sells is not chosen yet")).to_be_visible()
    page.locator("[name=staff]").fill("8")
    page.get_by_role("button", name="Put it into the log").click()
    expect(page.get_by_role("cell", name="8", exact=True)).to_be_visible()
    expect(page.locator("[name=staff]")).to_have_value("")  # what is stored is no draft any more
    page.locator("[name=staff]").fill("9")
    page.wait_for_function("() => Object.keys(localStorage).some((k) => k.includes('/data/units'))")
    here = page.url
    page.goto("/data/units/shop%2007")
    expect(page.locator("[name=staff]")).to_have_value("")  # nor is it one of another store
    page.goto(here)
    expect(page.locator("[name=staff]")).to_have_value("9")
    page.get_by_role("button", name="Discard it").click()
    page.get_by_role("button", name="Take the week of").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("cell", name="8", exact=True)).to_be_visible()
    page.goto("/data/units")
    page.get_by_role("searchbox", name="Search by name").fill("new shop")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    page.goto(f"{address}/where")
    page.get_by_role("checkbox", name="The new shop").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("checkbox", name="The new shop")).to_be_checked()
    assert_accessible(page)
    expect(page.get_by_text("not chosen how it sells").first).to_be_visible()
