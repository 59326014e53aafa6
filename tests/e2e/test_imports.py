"""Lists that are brought as a file, in a browser: what they would do is shown before it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e import steps

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]
BASES = "territory;active;ever bought;from;to\nThe river;181;420;2026-01-01;2026-01-31\n"
PERIODS = "month;leads;clients;purchases;revenue\n2020-01;400;100;120;5000\n"


@pytest.mark.parametrize(
    ("path", "content"),
    [("/data/levers/clients/import", BASES), ("/data/levers/periods/import", PERIODS)],
)
def test_what_a_file_would_do_is_shown_and_then_done(visit: Visit, path: str, content: str) -> None:
    page = visit("analyst", path)
    page.locator("input[type=file]").set_input_files(steps.file("list.csv", content.encode()))
    page.locator("button[value=preview]").click()
    expect(page.get_by_role("heading", name="What the list does")).to_be_visible()
    page.locator("button[value=store]").click()
    expect(page.get_by_text("1 line is stored.")).to_be_visible()
