"""Takes the pictures of the documentation: `python3 dev.py screenshots [folder]`.

One for each place, of the demo workspace, at 1280 pixels; the phone and the dark theme once.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.fixtures.chromium import launch, prepare_driver
from tests.fixtures.servers import LiveServer, make_demo, serving

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
# name, who looks, where: a path, or a path and the link to follow on it
PLACES = (
    ("today", "lead", "/"),
    ("hypotheses", "lead", "/hypotheses"),
    ("scale", "leader", "/scale"),
    ("learnings", "lead", "/learnings"),
)
LOOKS = (
    ("", {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}),
    ("-dark", {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}),
    ("-phone", {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}),
)


def take(browser: Browser, server: LiveServer, folder: Path) -> None:
    """Every place in every look; the pictures are named place-look.png."""
    folder.mkdir(parents=True, exist_ok=True)
    for look, options in LOOKS:
        for account in sorted({account for _, account, _ in PLACES}):
            context = browser.new_context(
                **options, device_scale_factor=2, reduced_motion="reduce", locale="en-GB"
            )
            page = context.new_page()
            server.sign_in(page, account)
            for name, who, path in PLACES:
                if who == account:
                    page.goto(server.url + path, wait_until="networkidle")
                    page.screenshot(path=folder / f"{name}{look}.png")
            context.close()


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    prepare_driver()
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        data_dir = Path(temporary) / "demo"
        data_dir.mkdir()
        make_demo(data_dir)
        browser = launch(playwright)
        with serving(data_dir) as server:
            take(browser, server, folder)
        browser.close()


if __name__ == "__main__":
    main()
