"""Bad files in the browser: one sentence each, nothing stored, and the page stays usable."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.demo_people import address_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures.browser import Watch
    from tests.fixtures.servers import LiveServer

Visit = Callable[..., "Page"]


def zipped(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


BOMB = zipped(
    {
        "[Content_Types].xml": b"<x/>",
        "xl/workbook.xml": b"<x/>",
        "xl/worksheets/sheet1.xml": b"0" * 40_000_000,
    }
)
UNREADABLE = {
    "not a table": ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "not a table"),
    "empty": ("empty.csv", b"", "is empty"),
    "header only": ("header.csv", b"arm,bought\n", "no rows"),
    "NUL bytes": ("nul.csv", b"arm,bought\nA,1\nB\x00,0\n", "line 3: a NUL byte"),
    "huge cell": (
        "huge.csv",
        b"arm,note\nA,ok\nB," + b"x" * 1_000_000 + b"\n",
        "column “note”, data row 2",
    ),
    "wrong extension": ("data.xlsx", b"arm,bought\nA,1\nB,0\n", "but its content is a text"),
    "zip bomb": ("bomb.xlsx", BOMB, "zip bomb"),
}


@pytest.fixture(scope="module")
def running(shop: LiveServer) -> str:
    """The address of a hypothesis whose test runs and waits for data."""
    return address_of(shop.app, "running", "wrap the long goods at the till")


def upload(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files(steps.file(name, content))
    steps.action(page, "Read the file").click()


def test_what_cannot_be_read_is_said_in_one_sentence(
    visit: Visit, running: str, watch: Watch
) -> None:
    """One page for all of them: after each refusal the next file can be sent at once."""
    watch.expect("422 ")
    watch.expect("413 ")
    page = visit("analyst", f"{running}/data")
    for name, content, words in UNREADABLE.values():
        upload(page, name, content)
        error = page.locator(".file-drop .field__error")
        expect(error).to_contain_text(name)
        expect(error).to_contain_text(words)
        assert error.inner_text().strip().count("\n") == 0
    steps.look(page)
    upload(page, "good.csv", b"arm,bought\n" + b"A,0\nB,1\nA,1\nB,0\n" * 5)
    page.wait_for_url("**/map")
    expect(page.locator("h1")).to_have_text("What is what in this file?")
    page.goto(f"{running}/data")
    waiting = page.locator("#waiting + ul > li").filter(has_text="good.csv")
    expect(waiting).to_have_count(1)
    expect(page.locator("#attached + ul > li")).to_have_count(0)  # nothing of the bad ones
    waiting.get_by_role("link", name="Name its columns").click()
    steps.press(page, "Set the file aside")
    expect(page.get_by_text("good.csv").first).to_be_visible()
    expect(waiting).to_have_count(0)


def test_a_file_over_the_limit(
    visit: Visit,
    running: str,
    shop: LiveServer,
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch.expect("413 ")
    monkeypatch.setitem(shop.app.config, "MAX_CONTENT_LENGTH", 1024 * 1024)
    page = visit("analyst", f"{running}/data")
    upload(page, "big.csv", b"arm,bought\n" + b"A,1\n" * 500_000)
    expect(page.locator("main")).to_contain_text("A file may have 1 MB at most")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"arm,bought\nA,1\nB,many\nA,0\n", "“many” is not a number"),
        (b"arm,bought\nA,1\nA,0\nA,1\n", "single arm (“A”)"),
        (b"arm,bought\nA,1\nB,2\nA,0\n", "“2” is neither 0 nor 1"),
        (b"arm,bought\nX,1\nB,1\nX,0\n", "no arm “A”"),
    ],
    ids=["not a number", "a single arm", "not a conversion", "no control"],
)
def test_what_does_not_fit_the_plan(visit: Visit, running: str, content: bytes, words: str) -> None:
    page = visit("analyst", f"{running}/data")
    upload(page, "fit.csv", content)
    page.wait_for_url("**/map")
    steps.press(page, "Attach the data")
    expect(page.locator(".error-summary")).to_contain_text(words)
    expect(page.locator("h1")).to_have_text("What is what in this file?")
    steps.press(page, "Set the file aside")


def test_a_column_that_is_missing(visit: Visit, running: str) -> None:
    page = visit("analyst", f"{running}/data")
    upload(page, "columns.csv", b"group,amount\nA,1\nB,0\n" * 3)
    page.wait_for_url("**/map")
    page.locator("#need_0").select_option("")
    steps.press(page, "Attach the data")
    expect(page.locator(".error-summary li").first).to_be_visible()
    expect(page.locator('[aria-invalid="true"]').first).to_be_visible()
    steps.press(page, "Set the file aside")


def test_back_to_a_refused_form(visit: Visit, running: str, watch: Watch) -> None:
    """The page is there again, with what was typed, and not an error of the browser."""
    watch.expect("422 ")
    page = visit("analyst", f"{running}/data/counts")
    steps.fill(page, {"rows-0-units": "400", "rows-0-successes": "500"})
    steps.action(page, "Attach the counts").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator("main").get_by_role("link", name="Cancel").click()
    expect(page.locator("h1")).to_contain_text("Data of")
    page.go_back()
    expect(page.locator("main .notice")).to_contain_text("We kept what you typed")
    expect(page.locator('[name="rows-0-successes"]')).to_have_value("500")
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator('[name="rows-0-successes"]')).to_have_value("")


def test_what_was_chosen_stays_while_the_file_is_read_again(visit: Visit, running: str) -> None:
    page = visit("analyst", f"{running}/data")
    upload(page, "again.csv", b"who;group;paid;other\n" + b"1;A;0;1\n2;B;1;0\n" * 20)
    page.wait_for_url("**/map")
    page.locator('[name="need_2"]').select_option("other")
    page.wait_for_timeout(600)  # a draft is written once the hand rests
    page.get_by_role("button", name="Read again so").last.click()
    expect(page.locator("main .notice")).to_contain_text("We kept what you typed")
    expect(page.locator('[name="need_2"]')).to_have_value("other")
    steps.action(page, "Set the file aside").click()
