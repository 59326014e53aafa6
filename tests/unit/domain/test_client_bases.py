"""The active base against the whole one, by each of three meanings of "whole"."""

from __future__ import annotations

import pytest

from hadi.domain.client_bases import Base, BaseDefinition, share, total

TERRITORIES = (Base(181, ever=420), Base(262, ever=310), Base(118, ever=655))


def test_the_printed_territories() -> None:
    found = [share(base, BaseDefinition.EVER_BOUGHT) for base in TERRITORIES]
    assert [round(each.ratio, 2) for each in found if each and each.ratio] == [0.43, 0.85, 0.18]
    together, unknown = total(found)
    assert (together.active, together.whole, unknown) == (561, 1385, 0)
    assert together.ratio == pytest.approx(0.41, abs=0.005)


def test_one_to_one_means_something_else_each_time() -> None:
    base = Base(active=50, ever=50, potential=100)
    ratios = {d: found.ratio for d in BaseDefinition if (found := share(base, d))}
    assert ratios == {
        BaseDefinition.EVER_BOUGHT: 1.0,  # all who ever bought are active
        BaseDefinition.ALL_POTENTIAL: 0.5,
        BaseDefinition.WITHOUT_ACTIVE: 1.0,  # half of all who could buy are active
    }


def test_what_is_not_known_is_no_zero() -> None:
    found = share(Base(active=50, ever=80), BaseDefinition.ALL_POTENTIAL)
    assert found is None
    together, unknown = total([found, share(Base(10, potential=20), BaseDefinition.ALL_POTENTIAL)])
    assert (together.active, together.whole, unknown) == (10, 20, 1)


def test_no_whole_base_has_no_ratio() -> None:
    found = share(Base(0, ever=0), BaseDefinition.EVER_BOUGHT)
    assert found is not None and found.ratio is None
