"""A pilot in every place: no page, list or download stumbles over a record that has no arms."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.factories import pilots
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]


def made(visitor: Visitor, stage: str, **changed: Any) -> tuple[str, str]:
    """A pilot at that stage: its key, and the id of its analysis where it has one."""
    with visitor.app.app_context():
        hypothesis = getattr(pilots, stage)(visitor.world, **changed)
        test = hypothesis.current_test
        assert test is not None
        return str(hypothesis.key), test.analyses[-1].id if test.analyses else ""


@pytest.mark.parametrize("method", ["did", "synthetic_demeaned"])
def test_a_measured_pilot_is_shown_wherever_results_are(visitor: Visitor, method: str) -> None:
    key, analysis = made(visitor, "measured", method=method)
    visitor.sign_in("analyst")
    here = f"/hypotheses/{key}"
    for path in (
        here, f"{here}/analyses/{analysis}", f"{here}/plan", f"{here}/data", f"{here}/history",
        f"{here}/conclusion", "/", "/hypotheses", "/hypotheses/board", "/learnings", "/data",
        "/scale",
    ):  # fmt: skip
        visitor.get(path)
    dataset = next(
        href
        for href in visitor.get(f"{here}/data").links.values()
        if href.startswith(f"{here}/data/")
    )
    visitor.get(dataset)


def test_a_scaled_pilot_is_on_the_board_with_its_promise(visitor: Visitor) -> None:
    key, _analysis = made(visitor, "concluded")
    visitor.sign_in("leader")
    board = visitor.get("/scale")
    assert key in board.text
    address = next(a for a in board.links.values() if re.fullmatch("/scale/[0-9a-f]{20}", a))
    assert "Weekly sales" in visitor.get(address).text


def test_a_running_pilot_tells_no_effect(visitor: Visitor) -> None:
    key, analysis = made(visitor, "measured", planned_units=12)
    visitor.sign_in("analyst")
    page = visitor.get(f"/hypotheses/{key}/analyses/{analysis}")
    assert "still running" in page.text
    assert visitor.get(f"/hypotheses/{key}").status == 200
