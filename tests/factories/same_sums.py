"""Whether two sources said the same: counts exactly, sums to the ninth digit.

A sum of values on both sides of zero may be nearly nothing itself; what is compared then is the
digits beside the size of what was summed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hadi.ingest.source import ArmSummary, Outliers, Sample, Slice, Summaries
from hadi.stats.arrays import Clusters, Distribution
from hadi.stats.samples import CoMoments, Conversion, Events, Moments

REL = 1e-9


def same(found: Summaries, expected: Summaries) -> None:
    """Assert that they say the same."""
    for name in (
        "rows", "all_units", "blank_arm_rows", "unknown_arm_rows", "unknown_arms", "mixed_units",
        "duplicate_rows", "blank_unit_rows", "has_units",
    ):  # fmt: skip
        assert getattr(found, name) == getattr(expected, name), name
    assert dict(found.cluster_units) == dict(expected.cluster_units)
    _same_numbers(found.caps, expected.caps)
    _same_arms(found.arms, expected.arms, "all")
    assert list(found.segments) == list(expected.segments)
    for column, parts in expected.segments.items():
        _same_slices(found.segments[column], parts, column)
    _same_slices(found.days, expected.days, "days")
    _same_slices(found.groups, expected.groups, "groups")
    assert list(found.outliers) == list(expected.outliers)
    for metric, by_arm in expected.outliers.items():
        for one, other in zip(found.outliers[metric], by_arm, strict=True):
            _same_outliers(one, other)
    assert (found.clusters is None) == (expected.clusters is None)
    for one, other in zip(found.clusters or (), expected.clusters or (), strict=True):
        _same_clusters(one, other)


def _same_slices(found: Sequence[Slice], expected: Sequence[Slice], where: str) -> None:
    assert [part.name for part in found] == [part.name for part in expected], where
    for one, other in zip(found, expected, strict=True):
        _same_arms(one.arms, other.arms, f"{where} {one.name}")


def _same_arms(found: Sequence[ArmSummary], expected: Sequence[ArmSummary], where: str) -> None:
    assert [a.name for a in found] == [a.name for a in expected], where
    for one, other in zip(found, expected, strict=True):
        assert one.units == other.units, (where, one.name)
        assert dict(one.missing) == dict(other.missing), (where, one.name)
        assert list(one.samples) == list(other.samples)
        for metric, sample in other.samples.items():
            _same_samples(one.samples[metric], sample, f"{where} {one.name} {metric}")


def _same_samples(found: Sample, expected: Sample, where: str) -> None:
    assert type(found) is type(expected), where
    match expected:
        case Conversion():
            assert found == expected, where
        case Moments():
            assert isinstance(found, Moments)
            _same_comoments(_one(found), _one(expected), where)
        case CoMoments():
            assert isinstance(found, CoMoments)
            _same_comoments(found, expected, where)
        case Events():
            assert isinstance(found, Events)
            assert (found.n, found.events) == (expected.n, expected.events), where
            _near(found.exposure, expected.exposure, 0.0, where)
            assert (found.by_unit is None) == (expected.by_unit is None)
            if found.by_unit is not None and expected.by_unit is not None:
                _same_comoments(found.by_unit, expected.by_unit, where)
        case Distribution():
            assert isinstance(found, Distribution)
            assert found.counts.tolist() == expected.counts.tolist(), where
            assert found.values.tolist() == expected.values.tolist(), where
        case _:
            assert isinstance(found, Clusters)
            _same_clusters(found, expected, where)


def _one(sample: Moments) -> CoMoments:
    return CoMoments(sample.n, (sample.mean,), ((sample.m2,),), (sample.rest,))


def _same_comoments(found: CoMoments, expected: CoMoments, where: str) -> None:
    assert found.n == expected.n, where
    assert found.width == expected.width, where
    sizes = [math.sqrt(expected.comoments[i][i]) for i in range(expected.width)]
    for i in range(expected.width):
        assert (found.comoments[i][i] == 0.0) == (expected.comoments[i][i] == 0.0), where
        spread = sizes[i] / math.sqrt(expected.n) if expected.n else 0.0
        gap = found.marginal(i).gap_to(expected.marginal(i))
        assert abs(gap) <= REL * max(abs(expected.means[i]), spread), where
        for k in range(expected.width):
            _near(found.comoments[i][k], expected.comoments[i][k], sizes[i] * sizes[k], where)


def _same_clusters(found: Clusters, expected: Clusters, where: str = "") -> None:
    assert found.names == expected.names, where
    assert found.units.tolist() == expected.units.tolist(), where
    spread = float(np.abs(expected.totals).max(initial=0.0))
    np.testing.assert_allclose(found.totals, expected.totals, rtol=REL, atol=REL * spread)
    np.testing.assert_allclose(found.sizes, expected.sizes, rtol=REL)
    assert (found.within is None) == (expected.within is None), where
    if found.within is not None and expected.within is not None:
        # A cluster of equal values far from zero: the square of its values' last digits.
        size = (np.abs(expected.totals / expected.units) * 1e-12) ** 2 * expected.units
        gap = np.abs(found.within - expected.within)
        assert (gap <= REL * expected.within + size).all(), where


def _same_outliers(found: Outliers, expected: Outliers) -> None:
    assert found.units == expected.units
    assert (found.fence is None) == (expected.fence is None)
    for name in ("share_of_total", "fence", "largest", "largest_share"):
        _near(getattr(found, name) or 0.0, getattr(expected, name) or 0.0, 0.0, name)


def _same_numbers(found: Mapping[str, float], expected: Mapping[str, float]) -> None:
    assert list(found) == list(expected)
    for name, value in expected.items():
        _near(found[name], value, 0.0, name)


def _near(found: float, expected: float, size: float, where: Any) -> None:
    assert abs(found - expected) <= REL * max(abs(expected), size), (where, found, expected)
