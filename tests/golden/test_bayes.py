"""The Bayesian view against values that independent libraries agree on."""

from __future__ import annotations

import math

import pytest

from hadi.stats.bayes import beta_binomial, posterior
from hadi.stats.samples import Conversion

pytestmark = pytest.mark.reference


def test_flat_normal(reference_case, matches):
    case = reference_case("bayes_gauss_flat")
    given, expected = case["input"], case["expected"]
    error = math.sqrt(given["var_a"] / given["n_a"] + given["var_b"] / given["n_b"])
    found = posterior(given["mean_b"] - given["mean_a"], error, alpha=given["alpha"])
    matches(found.mean, expected["mean"], case)
    matches([found.low, found.high], expected["ci"], case)
    matches(found.chance_to_win, expected["chance_to_win"], case)
    matches([found.loss_choose_control, found.loss_choose_treatment], expected["risk"], case)


def test_two_shares(reference_case, matches):
    case = reference_case("bayes_beta_binomial")
    given, expected = case["input"], case["expected"]
    found = beta_binomial(
        Conversion(given["n_a"], given["x_a"]),
        Conversion(given["n_b"], given["x_b"]),
        (given["prior_alpha"], given["prior_beta"]),
    )
    matches(found.chance_to_win, expected["chance_to_win"], case)
    matches(found.loss_choose_treatment, expected["loss_choose_b"], case)
    matches(found.loss_choose_control, expected["loss_choose_a"], case)
