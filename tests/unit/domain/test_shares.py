"""Shares of one whole as they are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.domain.shares import adding_up, shown_share


def test_shown_shares_add_up_and_the_one_that_stands_elsewhere_is_rounded_once() -> None:
    shares = {"confirmed": 0.88548, "below": 0.08746, "unsure": 0.02706}
    assert adding_up(shares, kept="confirmed") == {
        "confirmed": 0.885, "below": 0.088, "unsure": 0.027,
    }  # fmt: skip


def test_a_small_share_keeps_its_digits() -> None:
    shares = {"confirmed": 0.002468, "below": 0.75, "unsure": 0.247532}
    assert adding_up(shares, kept="confirmed")["confirmed"] == 0.0025 == shown_share(0.002468)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=5).filter(lambda parts: sum(parts) > 0.1))
def test_any_shares_are_shown_near_themselves(parts: list[float]) -> None:
    shares = {str(place): part / sum(parts) for place, part in enumerate(parts)}
    shown = adding_up(shares, kept="0")
    assert shown["0"] == shown_share(shares["0"])
    assert all(abs(shown[name] - shares[name]) <= 0.002 for name in shares)
    if sum(share >= 0.01 for name, share in shares.items() if name != "0"):
        assert sum(shown.values()) == pytest.approx(1, abs=0.00051)
