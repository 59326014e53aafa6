"""Takes the pictures of the documentation: `python3 dev.py screenshots [folder]`.

One for each place, of the demo workspace at one fixed moment, so that a picture changes only when
its page does. 1280 pixels wide; the phone and the dark theme once.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from unittest.mock import patch

from playwright.sync_api import Browser, Page, sync_playwright

from tests.fixtures.chromium import launch, prepare_driver
from tests.fixtures.servers import PASSWORD, LiveServer, serving

if TYPE_CHECKING:
    from flask import Flask

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
NOW = datetime(2026, 3, 3, 9, 40, tzinfo=UTC)
LARGEST = 200_000


@dataclass(frozen=True)
class Picture:
    """`path` is an address, or words of the hypothesis whose page (and part of it) is shown."""

    name: str
    account: str
    path: str
    of: str = ""
    height: int = 900
    width: int = 1280
    is_dark: bool = False
    at: str = ""  # the id of what stands at the top of the picture
    link: str = ""  # what is followed from there


WINNER = "train sellers beside a mentor"
PLANNED = "show the total for a ready-made distribution box"
PILOT = "open one shop an hour earlier"
TWO_PILOTS = "put a tablet with fitting plans"
PICTURES = (
    Picture("today", "lead", "/"),
    Picture("hypotheses", "lead", "/hypotheses?state=concluded"),
    Picture("hypothesis", "leader", "", of=WINNER, height=1060),
    Picture("plan", "lead", "/plan", of=PLANNED, height=1000),
    Picture("analysis", "leader", "/analyses", of=WINNER, height=1000),
    Picture("pilot-chances", "lead", "/pilot", of=PILOT, height=1000),
    Picture("pilot-result", "leader", "/analyses", of=TWO_PILOTS, at="pilot"),
    Picture("scale", "leader", "/scale"),
    Picture("learnings", "lead", "/learnings"),
    Picture("data", "analyst", "/data"),
    Picture("funnel", "analyst", "/data/funnels", link="Sales to building firms", height=1000),
    Picture("calendar", "lead", "/data/calendar"),
    Picture("levers", "leader", "/data/levers", height=1000),
    Picture("basket", "analyst", "/data/baskets", link="Rails with breakers", height=1000),
    Picture("settings", "admin", "/settings/people"),
    Picture("account", "analyst", "/account"),
    Picture("phone", "leader", "", of=WINNER, width=390, height=844),
    Picture("dark", "leader", "", of=WINNER, is_dark=True),
)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    prepare_driver()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        browser = launch(playwright)
        with workspace(Path(temporary)) as server:
            for picture in PICTURES:
                sys.stdout.write(take(browser, server, picture, folder) + "\n")
                sys.stdout.flush()
        browser.close()


@contextmanager
def workspace(data_dir: Path) -> Iterator[LiveServer]:
    """The demo as it is at NOW, served with its clock stopped there."""
    with serving(data_dir) as server:
        server.app.config["CLOCK"] = lambda: NOW
        fill(server.app, data_dir)
        yield server


def fill(app: Flask, data_dir: Path) -> None:
    """The demo workspace; its ids, which the hash of a plan holds, are the same every time."""
    from hadi.cli.application import bring_to_head
    from hadi.services import demo

    random = Random(1)
    with (
        app.app_context(),
        patch("hadi.db.secrets.token_hex", lambda size: random.randbytes(size).hex()),
    ):
        bring_to_head(app)
        demo.fill(password=PASSWORD, folder=data_dir / "datasets", now=NOW)


def take(browser: Browser, server: LiveServer, picture: Picture, folder: Path) -> str:
    """Take one picture; answers with its name and size."""
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.is_dark else "light",
        # A phone's letters are finer: as many pixels as make the picture as sharp as the others.
        device_scale_factor=2 if picture.width < 600 else 1,
        reduced_motion="reduce",
        locale="en-GB",
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    server.sign_in(page, picture.account)
    open_page(page, picture)
    file = folder / f"{picture.name}.png"
    content = page.screenshot(animations="disabled", caret="hide")
    context.close()
    assert len(content) <= LARGEST, f"{file.name} has {len(content)} bytes, more than {LARGEST}"
    file.write_bytes(content)
    return f"{file.name}: {len(content) // 1000} kB"


def open_page(page: Page, picture: Picture) -> None:
    """Go to what the picture shows, and wait until it stands still."""
    if not picture.of:
        page.goto(picture.path, wait_until="networkidle")
        if picture.link:
            page.locator("main").get_by_role("link", name=picture.link).first.click()
            page.wait_for_load_state("networkidle")
            page.mouse.move(0, 0)
        return
    page.goto(f"/hypotheses?q={picture.of.replace(' ', '+')}")
    page.locator("#results tbody a").first.click()
    page.wait_for_url("**/hypotheses/H-*")
    if picture.path == "/analyses":
        page.goto(f"{page.url}/data")
        page.locator(".check-runs a").first.click()
        page.wait_for_url("**/analyses/*")
    elif picture.path:
        page.goto(page.url + picture.path)
    if picture.at:
        page.locator(f"#{picture.at}").evaluate(
            "e => scrollBy(0, e.getBoundingClientRect().top - 90)"
        )
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
