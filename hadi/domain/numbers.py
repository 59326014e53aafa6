"""Numbers as they are sent: finite, and of a size that makes sense."""

from __future__ import annotations

import math

from hadi.domain.text import Text

MOST = 1e15  # a larger number is a slip of the keyboard, and overflows what is computed from it
LEAST = 1e-12  # so is a smaller one that is not zero


def is_sensible(number: float) -> bool:
    """Whether a number is of a size that anyone plans with: zero, or from `LEAST` to `MOST`."""
    return number == 0 or LEAST <= abs(number) <= MOST


def finite(
    value: object,
    name: str,
    wrong: dict[str, Text],
    *,
    low: float | None = None,
    high: float | None = None,
) -> float | None:
    """`value` as a float of a sensible size from `low` (inclusive) to `high` (exclusive); what
    is not one is noted in `wrong` under `name` and read as None."""
    try:
        number = float(str(value).replace(",", ".")) if not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        wrong[name] = Text("field_not_a_number", field=name)
        return None
    if low == 0 and high is None and number < 0:
        wrong[name] = Text("field_below_zero", field=name)
        return None
    is_outside = (low is not None and number < low) or (high is not None and number >= high)
    if is_outside and low is not None and high is not None:
        range_ = {"low": f"{low:g}", "high": f"{high:g}"}
        wrong[name] = Text("field_from_and_below", field=name, **range_)
        return None
    if is_outside or not is_sensible(number):
        wrong[name] = Text("field_out_of_range", field=name)
        return None
    return number
