"""Does a change work alike in every segment, or only in some?

Looking at segments one by one finds a "significant" one in any data; the question with an honest
answer is whether they differ from one another by more than chance.
"""

from __future__ import annotations

from collections.abc import Sequence

from hadi.stats import omnibus
from hadi.stats.omnibus import Omnibus


def interaction(
    estimates: Sequence[float], errors: Sequence[float], dfs: Sequence[float] | None = None
) -> Omnibus:
    """Test whether the effect is the same in all segments.

    Parameters
    ----------
    estimates : sequence of float
        The effect in each segment, in the metric's units; segments share no unit.
    errors : sequence of float
        Their standard errors (not squared), > 0.
    dfs : sequence of float, optional
        Degrees of freedom of each error, infinite where it has none of its own. Give them where
        segments are small: without, the chi-square finds differences too often.

    Returns
    -------
    Omnibus
        Cochran's Q over the segments (1937, JRSS Supplement 4; Gail & Simon 1985, Biometrics 41,
        eq. 2.1), with `dfs` as Welch's F; ``method`` is ``segments_cochran_q`` or
        ``segments_welch_f``.

    Raises
    ------
    NotEstimable
        ``nothing_to_compare`` (under two segments), ``no_variation`` (an error of 0) or
        ``numbers_too_large``.
    """
    squares = [error * error for error in errors]
    is_finite = dfs is not None and any(df != float("inf") for df in dfs)
    method = "segments_welch_f" if is_finite else "segments_cochran_q"
    return omnibus.estimates(estimates, squares, dfs if is_finite else None, method=method)
