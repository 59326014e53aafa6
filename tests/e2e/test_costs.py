"""Money in a browser: a lead enters what a test cost, from a list too, until a leader decides."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e import steps

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]


def test_costs_grow_until_a_leader_decides(visit: Visit) -> None:
    lead = visit("lead")
    address = steps.write_idea(lead, "let the till print the name of the cable")
    lead.goto(f"{address}/plan")
    steps.fill(lead, steps.CONVERSION)  # with a budget of 100 EUR
    steps.press(lead, "Save the plan")
    lead.goto(f"{address}/costs")
    _enters(lead, "80")
    main = lead.locator("main")
    expect(main).to_contain_text("80%")
    steps.look(lead)
    _imports(lead)
    expect(main).to_contain_text("125.50")
    expect(main).to_contain_text(re.compile(r"12[56](\.5)?%"))
    leader = visit("leader")
    leader.goto("/")
    expect(leader.locator("main")).to_contain_text("let the till print the name of the cable")
    leader.goto(f"{address}/costs")
    steps.press(leader, "Decide on the budget")
    steps.look(leader)
    leader.locator('[name="choice"][value="continue"]').check()
    leader.locator("[name=cap]").fill("200")
    leader.locator("[name=reason]").fill("The cards are printed; stopping now would save nothing.")
    leader.locator("form button[type=submit].btn-primary").click()
    leader.goto(f"{address}/costs")
    expect(leader.locator("main")).to_contain_text("The cards are printed")
    expect(leader.locator("main")).to_contain_text(re.compile(r"6[23](\.8)?%"))
    lead.goto(f"{address}/costs")
    expect(main).not_to_contain_text("a leader decides")


def _enters(page: Page, amount: str) -> None:
    page.locator("#new-cost [name=amount]").fill(amount)
    page.locator("#new-cost [name=kind]").select_option("work")
    steps.press(page, "Enter the cost")
    expect(page.locator("main")).to_contain_text(re.compile(rf"{amount}\.00|€{amount}"))


def _imports(page: Page) -> None:
    """A list with a slip is mended on the page before anything is entered."""
    day = (datetime.now(UTC) - timedelta(days=1)).date()
    lines = f"{day:%d.%m.%Y}; work; 45,50; EUR; mentor\n{day:%d.%m.%Y}; wizardry; 5; EUR"
    steps.press(page, "From a list")
    steps.look(page)
    page.locator("summary", has_text="Paste lines").click()
    page.locator("[name=lines]").fill(lines)
    steps.press(page, "Look at them")
    main = page.locator("main")
    expect(main).to_contain_text("“wizardry” is nothing that money is spent on here")
    steps.look(page)
    page.locator("[name=lines]").fill(lines.splitlines()[0])
    steps.press(page, "Look again")
    expect(main).to_contain_text("1 cost to enter")
    steps.look(page)
    steps.press(page, "Enter these costs")
