"""A pilot in a browser: a lead plans it and asks whether it can succeed, chance draws the shops, an
analyst attaches the weeks and judges it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e import steps
from tests.factories.past_weeks import past_weeks

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]
PILOT = {
    "design": "pilot",
    "metric_name": "Revenue of a week",
    "better": "higher",
    "pilot_threshold": "8",
    "pilot_effect": "20",
    "start": "27",
    "planned_units": "8",
    "budget_amount": "100",
    "budget_currency": "EUR",
    "owner": "Irina Sokolova",
    "steward": "Peter Nagy",
}


def test_a_lead_plans_a_pilot_and_an_analyst_judges_it(visit: Visit) -> None:
    lead = visit("lead")
    address = steps.write_idea(lead, "let a mentor stand beside the sellers of one shop")
    _asks(lead, address)
    drawn = _draws(lead, address)
    lead.goto(f"{address}/plan")
    expect(lead.locator("main")).to_contain_text("are not among the stores and teams")
    _enters(visit("analyst"), address, drawn)
    lead.goto(f"{address}/plan")
    steps.press(lead, "Start the test")
    lead.goto(f"{address}/pilot")
    expect(lead.locator("main")).to_contain_text("its sites are locked")
    _judges(visit("analyst"), address, drawn)


def _asks(page: Page, address: str) -> None:
    """The form asks only what a pilot needs; past weeks say that one shop is not enough."""
    page.goto(f"{address}/plan")
    expect(page.locator("[name=treated]")).to_be_hidden()
    page.locator('[name="design"][value="pilot"]').check()
    for hidden in ("arms-0-name", "baseline", "threshold", "cluster"):
        expect(page.locator(f'[name="{hidden}"]')).to_be_hidden()
    steps.fill(page, PILOT)
    page.locator("[name=treated]").fill("s07")
    steps.look(page)
    steps.press(page, "Save the plan")
    steps.press(page, "Can this pilot succeed?")
    steps.look(page)
    page.locator("#history [name=file]").set_input_files(steps.file("past weeks.csv", past_weeks()))
    steps.press(page, "Attach the past weeks")
    main = page.locator("main")
    expect(main).to_contain_text("smallest p that chance leaves is 0.067")
    expect(main).to_contain_text("What would help most")
    steps.look(page)
    search = page.locator(".pilot-sites [data-site-search]").first
    search.fill("s12")
    expect(page.locator(".pilot-sites li").filter(has_text="s03").first).to_be_hidden()
    steps.press(page, "Take it")
    expect(main).not_to_contain_text("cannot be confirmed")


def _draws(page: Page, address: str) -> list[str]:
    """Chance takes one shop of each region; the draw can be read by everyone."""
    page.locator("[name=count]").fill("2")
    steps.press(page, "Draw the pilots")
    drawn = page.locator(".pilot-draws strong").first.inner_text().split(", ")
    assert len({int(site[1:]) % 2 for site in drawn}) == 2
    page.goto(f"{address}/history")
    expect(page.locator("main")).to_contain_text("drew the pilots by chance")
    return drawn


def _enters(page: Page, address: str, drawn: list[str]) -> None:
    """The shops that were drawn are in no list: whoever keeps it says how they sell."""
    page.goto(f"{address}/where")
    steps.press(page, "Enter them")
    lines = page.locator("[name=lines]")
    assert "sales_model,technology" in lines.input_value()
    listed = [f"{site},{site},passive,add-on selling" for site in sorted(drawn)]
    lines.fill("\n".join(["code,name,sales_model,technology", *listed]))
    steps.fill(page, {"responsible": "Irina Sokolova"})
    steps.press(page, "Look at them")
    steps.press(page, "Store 2 lines")
    page.goto(f"{address}/where")
    expect(page.locator("main")).not_to_contain_text("are not among the stores and teams")


def _judges(page: Page, address: str, drawn: list[str]) -> None:
    """The weeks after come in one file with those before; the answer stands above the pictures."""
    content = past_weeks(weeks=34, effect=0.25, treated=tuple(drawn), start=27)
    page.goto(f"{address}/data")
    page.locator("#attach [name=file]").set_input_files(steps.file("all weeks.csv", content))
    steps.press(page, "Read the file")
    steps.press(page, "Attach the data")
    steps.press(page, "Run the check")
    expect(page).to_have_url(re.compile("/analyses/"))
    card = page.locator(".verdict-card")
    expect(card).to_contain_text("Confirmed")
    expect(card).to_contain_text("Pilot with controls")
    naive = page.get_by_text("The pilot alone, after against before")
    expect(naive).to_be_hidden()
    expect(page.locator(".pilot-result svg[role=img]")).to_have_count(3)
    steps.look(page)
    page.get_by_text("What a look at the pilot alone would say").click()
    expect(naive).to_be_visible()
    page.locator(".pilot-result summary").first.click()
    expect(page.get_by_role("rowheader", name="27", exact=True).first).to_be_visible()
