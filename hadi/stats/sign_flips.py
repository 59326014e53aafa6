"""Changes of a handful of stores, each measured before and after: could they go either way?

Visits of one store are alike, so the store is the unit. Had nothing changed, the change of every
store could as well have had the other sign; the mean change is ranked among those of all signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MOST_ENUMERATED = 16  # stores: 65,536 ways
DRAWS = 20_000
SEED = 20_080_102
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class SignFlips:
    """`p_value` two-sided; `smallest_p` the least that any changes of so many stores could give."""

    p_value: float
    smallest_p: float
    is_exact: bool


def sign_flips(changes: Sequence[float]) -> SignFlips:
    """Rank |mean change| among those of all ways to give the changes signs.

    Parameters
    ----------
    changes : one or more finite numbers

    Returns
    -------
    SignFlips
        Fisher's (1935, The Design of Experiments, section 21) randomisation test of pairs, ties to
        1e-9 included and the real signs counted: all 2 ** n ways for up to 16 stores, beyond that
        20,000 drawn with a fixed seed and p = (1 + b) / (1 + B) (Phipson & Smyth 2010, Statistical
        Applications in Genetics and Molecular Biology 9, Article 39).
    """
    values = np.asarray(changes, dtype=np.float64)
    count = values.size
    seen = abs(float(values.sum()))
    least = seen * (1.0 - _TIE) - _TIE * float(np.abs(values).max()) * 1e-3
    if count <= MOST_ENUMERATED:
        ways = 2**count
        places = (np.arange(ways)[:, None] >> np.arange(count)[None, :]) & 1
        sums = np.abs((1.0 - 2.0 * places) @ values)
        return SignFlips(float((sums >= least).mean()), min(2.0 / ways, 1.0), True)
    random = np.random.default_rng(SEED)
    signs = random.integers(0, 2, size=(DRAWS, count)) * 2.0 - 1.0
    extreme = int((np.abs(signs @ values) >= least).sum())
    return SignFlips((1 + extreme) / (1 + DRAWS), 1 / (1 + DRAWS), False)
