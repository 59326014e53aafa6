"""A large file from a real browser: in pieces, over a line that drops, and gone on with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.demo_people import address_of

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.fixtures.browser import Watch
    from tests.fixtures.servers import LiveServer

PIECE = 8 * 1024 * 1024
ROWS = 320_000  # somewhat more than a piece


def test_a_large_file_goes_on_after_the_line_dropped(
    shop: LiveServer, visit: Callable[..., Page], watch: Watch, tmp_path: Path
) -> None:
    file = tmp_path / "till.csv"
    rows = "".join(f"client {i:012},{'usual' if i % 2 else 'new'},0\n" for i in range(ROWS))
    file.write_text(f"client,group,bought\n{rows}")
    assert PIECE < file.stat().st_size < 2 * PIECE
    watch.expect("ERR_")
    where = address_of(shop.app, "running", "ask every client at the till")
    page = visit("analyst", f"{where}/data")
    page.set_input_files("input[type=file]", file)
    sent: list[str] = []

    def drop(route: Route) -> None:
        """The line is gone for the second piece."""
        sent.append(route.request.headers["upload-offset"])
        if len(sent) == 2:
            page.context.set_offline(True)
            route.abort("connectionfailed")
        else:
            route.continue_()

    page.route(
        lambda address: "/uploads/" in address and "/batch/" not in address,
        lambda route: drop(route) if route.request.method == "PATCH" else route.continue_(),
    )
    page.locator("#attach button[type=submit]").first.click()
    page.get_by_text("The connection dropped.").wait_for()
    page.context.set_offline(False)
    page.wait_for_url("**/map", timeout=60_000)
    assert sent == ["0", str(PIECE), str(PIECE)]
    assert "till.csv" in page.locator("main").inner_text()
