"""One demo workspace for all journeys of a worker, and people who are signed in to it.

Starting a server and signing in cost more than most journeys: both happen once. A test that
changes what others count on takes `live_server` instead, a workspace of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.fixtures.servers import LiveServer, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, StorageState


@pytest.fixture(scope="session")
def shop(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The demo workspace, served until this worker's last test is over."""
    data_dir = tmp_path_factory.mktemp("shop") / "data"
    shutil.copytree(demo_data, data_dir)
    with serving(data_dir) as server:
        yield server


@pytest.fixture(scope="session")
def signed_in(browser: Browser, shop: LiveServer) -> Callable[[str], StorageState]:
    """The cookies of an account of the demo; each signs in once."""
    kept: dict[str, StorageState] = {}

    def cookies_of(account: str) -> StorageState:
        if account not in kept:
            context = browser.new_context()
            # While other workers start, the first page may take its time.
            context.set_default_timeout(60_000)
            shop.sign_in(context.new_page(), account)
            kept[account] = context.storage_state()
            context.close()
        return kept[account]

    return cookies_of


@pytest.fixture
def visit(
    new_page: Callable[..., Page], shop: LiveServer, signed_in: Callable[[str], StorageState]
) -> Callable[..., Page]:
    """Opens a page as somebody: `visit("leader", "/scale", width=390)`. Addresses that start with
    a slash are the demo's."""

    def open_as(account: str, path: str = "/", **options: Any) -> Page:
        options.setdefault("reduced_motion", "reduce")
        page = new_page(base_url=shop.url, storage_state=signed_in(account), **options)
        page.set_default_timeout(20_000)
        page.goto(path)
        return page

    return open_as
