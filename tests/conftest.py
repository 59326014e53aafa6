"""What every test shares: the fixtures, and the rule that required things are not skipped."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

pytest_plugins = [
    "tests.fixtures.garbage",
    "tests.fixtures.reference",
    "tests.fixtures.postgres",
    "tests.fixtures.database",
    "tests.fixtures.pages",
    "tests.fixtures.browser",
    "tests.fixtures.servers",
    "tests.fixtures.sail",
    "tests.fixtures.mariadb",
]

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in tests/e2e needs a browser: no test there has to say so."""
    for item in items:
        if item.path.is_relative_to(HERE / "e2e"):
            item.add_marker("e2e")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skip of a required test into a failure; tell fixtures how the test went."""
    report = yield
    is_required = (
        item.get_closest_marker("reference") and os.environ.get("HADI_REQUIRE_REFERENCE") == "1"
    )
    if report.skipped and is_required:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: a reference test may not be skipped here ({reason})"
    if report.failed:
        item.has_failed = True  # type: ignore[attr-defined]
    return report
