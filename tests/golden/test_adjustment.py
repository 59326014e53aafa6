"""Adjusted means and ratios against values that independent libraries agree on."""

from __future__ import annotations

import numpy as np
import pytest

from hadi.stats import adjustment, lin
from hadi.stats.samples import CoMoments

pytestmark = pytest.mark.reference


def _arms(case):
    given = case["input"]
    return [CoMoments.of(given[f"y_{arm}"], given[f"x_{arm}"]) for arm in "ab"]


def test_cuped(reference_case, matches):
    case = reference_case("cuped_abs")
    found = adjustment.cuped_mean(*_arms(case), alpha=0.05)
    assert found.method == "cuped_welch_t"
    matches(found.parameters["theta"], case["expected"]["theta"], case)
    matches(found.estimate, case["expected"]["diff"], case)
    matches(found.standard_error, case["expected"]["se"], case)
    matches([found.interval.low, found.interval.high], case["expected"]["ci"], case)
    matches(found.p_value, case["expected"]["p_value"], case)


def test_a_constant_covariate_is_the_plain_test(reference_case, matches):
    case = reference_case("edge_cuped_const_covariate")
    given = case["input"]
    arms = [CoMoments.of(given[arm], [3.0] * len(given[arm])) for arm in ("y_a", "y_b")]
    found = adjustment.cuped_mean(*arms, alpha=0.05)
    assert found.method == "welch_t"
    assert found.parameters["theta"] == case["expected"]["theta"]
    matches(found.estimate, case["expected"]["diff"], case)
    matches(found.p_value, case["expected"]["p_value"], case)


def test_cuped_of_a_ratio(reference_case, matches):
    case = reference_case("cuped_ratio")
    names = ("num_post", "den_post", "num_pre", "den_pre")
    arms = [CoMoments.of(*(case["input"][arm][name] for name in names)) for arm in "ab"]
    found = adjustment.cuped_ratio(*arms, alpha=0.05)
    assert found.method == "cuped_delta_t"
    matches(found.estimate, case["expected"]["diff"], case)
    matches(found.standard_error, case["expected"]["se"], case)
    matches(found.p_value, case["expected"]["p_value"], case)


@pytest.mark.parametrize("form", ["hc2", "hc3"])
def test_lin(reference_case, matches, form):
    case = reference_case("lin_ancova")
    given = {name: np.array(values) for name, values in case["input"].items()}
    found = lin.of_values(
        given["y_a"],
        given["x_a"][:, None],
        given["y_b"],
        given["x_b"][:, None],
        alpha=0.05,
        form=form,
    )
    assert found.method == "lin_t"
    assert found.parameters["error_form"] == form
    matches(found.estimate, case["expected"]["lin_est"], case)
    matches(found.standard_error, case["expected"][f"lin_se_{form}"], case)


def test_lin_of_sums_alone(reference_case, matches):
    case = reference_case("lin_ancova")
    found = lin.compare(*_arms(case), alpha=0.05)
    matches(found.estimate, case["expected"]["lin_est"], case)
    assert found.standard_error == pytest.approx(case["expected"]["lin_se_hc2"], rel=0.02)
