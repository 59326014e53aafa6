"""Student's t by the standard library, beside SciPy's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

from hadi.stats import student


@pytest.mark.parametrize("df", [0.7, 1.0, 2.0, 3.9, 12.5, 40.0, 41.0, 333.0, 9999.5])
def test_the_tail_is_scipys(df: float) -> None:
    for t in np.geomspace(1e-4, 60.0, 60):
        expected = 2.0 * float(special.stdtr(df, -t))
        if expected > 1e-300:
            assert math.exp(student.log_tail(float(t), df)) == pytest.approx(expected, rel=1e-11)
    assert student.log_tail(0.0, df) == 0.0


def test_the_tail_falls_across_the_border_of_its_two_fractions() -> None:
    for df in (3.0, 50.0, 4e5):
        border = math.sqrt(1.5 * df / (0.5 * df + 1.0))
        near = [student.log_tail(border * (1.0 + k * 1e-7), df) for k in range(-5, 6)]
        assert near == sorted(near, reverse=True)


@pytest.mark.parametrize("df", [0.7, 1.0, 2.0, 3.9, 12.5, 40.0, 333.0, 9999.5, 9e5])
def test_the_quantile_inverts_the_tail(df: float) -> None:
    for alpha in (0.999, 0.5, 0.05, 1e-3, 1e-9, 1e-40):
        t = student.quantile(alpha, df)
        assert student.log_tail(t, df) == pytest.approx(math.log(alpha), rel=1e-10)


def test_the_quantiles_of_closed_form() -> None:
    for alpha in (0.9, 0.1, 0.01, 1e-6):
        one = math.tan(0.5 * math.pi * (1.0 - alpha))
        two = (1.0 - alpha) * math.sqrt(2.0 / (alpha * (2.0 - alpha)))
        assert student.quantile(alpha, 1.0) == pytest.approx(one, rel=1e-9)
        assert student.quantile(alpha, 2.0) == pytest.approx(two, rel=1e-12)
