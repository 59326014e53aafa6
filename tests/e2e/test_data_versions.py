"""Data from week to week in the browser: a question, an answer, the next file in one step, cells
pasted from a spreadsheet, a correction, and the result that says what it was computed on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.demo_people import DemoWorld

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures.servers import LiveServer

Visit = Callable[..., "Page"]
PASTE = """cells => {
  const data = new DataTransfer();
  data.setData("text/plain", cells);
  const event = { clipboardData: data, bubbles: true, cancelable: true };
  document.body.dispatchEvent(new ClipboardEvent("paste", event));
}"""


def week(number: int, rows: int = 70) -> bytes:
    """Days of April that could as well be first days of months."""
    lines = ["client;arm;bought;day"]
    lines += [
        f"{number * 1000 + i};{'AB'[i % 2]};{int(i % 7 < 2)};{3 * number - 2 + i % 3:02}/04/2026"
        for i in range(rows)
    ]
    return "\n".join(lines).encode()


@pytest.fixture
def running(shop: LiveServer) -> str:
    with shop.app.app_context():
        made = DemoWorld(shop.app).running(
            change="lay the receipts of a week aside", unit="client", day="day"
        )
        return f"/hypotheses/{made.key}"


def test_from_the_first_week_to_a_correction(visit: Visit, running: str) -> None:
    page = visit("analyst", f"{running}/data")
    page.locator("input[type=file]").set_input_files(steps.file("april.csv", week(1)))
    steps.press(page, "Read the file")
    page.wait_for_url("**/map")
    questions = page.locator("#questions")
    expect(questions).to_contain_text("a day first, or a month first?")
    steps.look(page)
    questions.get_by_label("day, month, year").check()
    questions.get_by_role("button", name="Read again so").click()
    expect(page.locator("#questions")).to_have_count(0)
    page.locator("select[name=need_2]").select_option("bought")
    steps.press(page, "Attach the data")
    expect(page.locator("#attached + ul")).to_contain_text("version 1 · 70 rows")
    steps.press(page, "Run the check")
    page.wait_for_url("**/analyses/*")
    result = page.url

    # The next week: cells pasted anywhere, and one press.
    page.goto(f"{running}/data")
    page.evaluate(PASTE, week(2).decode().replace(";", "\t"))
    expect(page.locator("[data-paste-count]")).to_have_text("Rows under the header: 70")
    steps.press(page, "Read the file")
    page.wait_for_url("**/map")
    expect(page.locator("#mapping")).to_contain_text("The columns are those of “april.csv”")
    expect(page.get_by_label("Its rows are added to version 1")).to_be_checked()
    steps.look(page)
    steps.press(page, "Attach as before")
    expect(page.locator("#attached + ul")).to_contain_text("version 2 · 140 rows")
    expect(page.locator("#attached + ul")).to_contain_text("adds rows to version 1")

    # A correction wants its reason.
    page.locator("input[type=file]").set_input_files(steps.file("right.csv", week(1, 90)))
    steps.press(page, "Read the file")
    page.wait_for_url("**/map")
    page.get_by_label("It corrects version 2, which was wrong").check()
    steps.press(page, "Attach as before")
    expect(page.locator(".error-summary")).to_contain_text("Say what was wrong")
    page.locator("input[name=reason]").fill("twenty receipts were missing")
    steps.press(page, "Attach as before")
    expect(page.locator("#attached + ul")).to_contain_text("corrects version 2")
    page.goto(result)
    expect(page.locator("main")).to_contain_text("Computed on data version 1; version 3 is newer.")

    # The same file again is the same data set, and shows where it comes from.
    page.goto(f"{running}/data")
    page.locator("input[type=file]").set_input_files(steps.file("april.csv", week(1)))
    steps.press(page, "Read the file")
    expect(page.locator("h1")).to_have_text("april.csv, version 1")
    expect(page.locator(".provenance")).to_contain_text("As sent, SHA-256")
    steps.look(page)
