"""What a person does in the browser, as verbs: the journeys read like the tutorial.

Fields are found by the names they are sent under, buttons by their words: a button that is called
something else is another button to whoever reads the documentation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.fixtures.browser import assert_accessible

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Locator, Page, ViewportSize

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
CHANGE = "hand every visitor a card with the cable they asked about"
EFFECT = "the average receipt grows by 3"
REASON = "people forget the name of the cable before they reach the shelf"

# Plans that pass: what is not about the test at hand is the same everywhere.
COMMON = {
    "better": "higher",
    "arms-0-name": "usual",
    "arms-1-name": "new",
    "arms-0-share": "50",
    "arms-1-share": "50",
    "budget_amount": "100",
    "budget_currency": "EUR",
    "owner": "Irina Sokolova",
    "steward": "Peter Nagy",
}
CONVERSION = {
    **COMMON,
    "metric_name": "add-on",
    "metric_kind": "conversion",
    "baseline": "14",
    "threshold": "4",
    "expected_effect": "6",
    "planned_units": "1500",
}
MEAN = {
    **COMMON,
    "metric_name": "receipt",
    "metric_kind": "mean",
    "baseline": "52",
    "baseline_sd": "18",
    "threshold": "3",
    "expected_effect": "6",
    "planned_units": "900",
}
COUNTS = {
    "rows-0-arm": "usual",
    "rows-0-units": "1500",
    "rows-0-successes": "180",
    "rows-1-arm": "new",
    "rows-1-units": "1500",
    "rows-1-successes": "330",
}
INSIGHT = {
    "learned": "A card in the hand brings the forgotten part to the till.",
    "holds_where": "City stores in winter; not tried in the villages.",
    "next": "Print the card in the language of the visitor.",
}


def look(page: Page) -> None:
    """What everybody needs of the page they are on: it reads on a desk in light and on a phone in
    the dark, without axe finding anything grave and without scrolling sideways."""
    expect(page.locator("h1")).to_have_count(1)
    assert_accessible(page)
    assert_fits(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    assert_accessible(page)
    assert_fits(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)


def assert_fits(page: Page) -> None:
    """Nothing makes the page wider than the window."""
    width, room = page.evaluate(
        "() => { const e = document.documentElement; return [e.scrollWidth, e.clientWidth] }"
    )
    assert width <= room, f"{page.url} is {width} px wide in a window of {room}: {_widest(page)}"


def _widest(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
             .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
             .slice(0, 8).map((e) => `${e.tagName}.${e.getAttribute("class")}`)"""
    )
    return found


def fill(page: Page, values: Mapping[str, str]) -> None:
    """Fill the fields of the page by their names, whatever kind they are."""
    for name, value in values.items():
        field = page.locator(f'main [name="{name}"]')
        kind = field.first.evaluate("(e) => e.type")
        if kind == "radio":
            page.locator(f'main [name="{name}"][value="{value}"]').check()
        elif kind == "select-one":
            option = field.locator("option").filter(has_text=re.compile(f"^{re.escape(value)}$"))
            field.select_option(option.get_attribute("value"))
        else:
            field.fill(value)


def press(page: Page, words: str) -> None:
    """Press the button or the link of the page's content that says so, and wait for the page it
    leads to."""
    with page.expect_navigation():
        action(page, words).first.click()


def action(page: Page, words: str) -> Locator:
    """The button or link of the content with these words: the primary one where a part of the
    page repeats it."""
    main = page.locator("main")
    return main.get_by_role("button", name=words, exact=True).or_(
        main.get_by_role("link", name=words, exact=True)
    )


def write_idea(page: Page, change: str, effect: str = EFFECT, reason: str = REASON) -> str:
    """Write a hypothesis and save it; returns its address."""
    page.goto("/hypotheses/new")
    fill(page, {"change": change, "effect": effect, "reason": reason})
    press(page, "Save the idea")
    return path_of(page)


def plan(page: Page, address: str, values: Mapping[str, str]) -> None:
    """Fill in a whole plan and save it."""
    page.goto(f"{address}/plan")
    fill(page, values)
    press(page, "Save the plan")


def path_of(page: Page) -> str:
    """The address of the page without its host."""
    return re.sub(r"^https?://[^/]+", "", page.url).partition("?")[0].partition("#")[0]


def file(name: str, content: bytes) -> FilePayload:
    """A file to choose on a page."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def receipts(units: int, *, effect: float = 6.0, seed: int = 7) -> bytes:
    """A CSV as a till in Budapest or Moscow writes it: semicolons, decimal commas, a byte order
    mark; one row a client."""
    random = Random(seed)
    lines = ["client;group;receipt;remark"]
    for place in range(2 * units):
        arm = ("usual", "new")[place % 2]
        value = max(0.5, random.gauss(52 + (effect if arm == "new" else 0), 18))
        amount = f"{value:.2f}".replace(".", ",")
        lines.append(f"C{place:05d};{arm};{amount};nothing to add")
    return "\n".join(lines).encode("utf-8-sig")
