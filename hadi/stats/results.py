"""What a comparison of two arms answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Parameter: TypeAlias = "float | int | str | bool | None"


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval; an unbounded end is None."""

    low: float | None
    high: float | None
    level: float  # e.g. 0.95


@dataclass(frozen=True, slots=True)
class Lift:
    """Difference divided by |control value|, a fraction, with its interval."""

    estimate: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Comparison:
    """Treatment against control, in the metric's own units (shares as fractions), not oriented.

    `p_value` is None where it underflows a float; `log10_p` then still holds it. `parameters` are
    the method's own settings and by-products, by name (theta of an adjustment, P(B > A) of a rank
    test): numbers, words or None.
    """

    n_control: int
    n_treatment: int
    control: float
    treatment: float
    estimate: float
    interval: Interval
    p_value: float | None
    log10_p: float | None
    lift: Lift | None
    method: str
    statistic: float | None = None
    df: float | None = None
    standard_error: float | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
