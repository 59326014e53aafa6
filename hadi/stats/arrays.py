"""Samples that keep arrays, for the tests that sums cannot serve: ranks, quantiles, clusters.

Apart from `samples`, so that a check which needs sums only starts without NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """Every value of one arm: distinct `values` in ascending order (float64) and how many units
    have each (`counts`, int64, all >= 1). Exact, and small where values repeat."""

    values: NDArray[np.float64]
    counts: NDArray[np.int64]

    @property
    def n(self) -> int:
        return int(self.counts.sum())

    @classmethod
    def of(cls, values: Iterable[float]) -> Distribution:
        """From the values in any order; none may be NaN."""
        given = np.asarray(list(values), dtype=np.float64)
        distinct, counts = np.unique(given, return_counts=True)
        return cls(distinct, counts.astype(np.int64))

    def __add__(self, other: Distribution) -> Distribution:
        """Merge two parts of one arm."""
        values, places = np.unique(np.concatenate((self.values, other.values)), return_inverse=True)
        counts = np.zeros(values.size, dtype=np.int64)
        np.add.at(counts, places, np.concatenate((self.counts, other.counts)))
        return Distribution(values, counts)


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """One arm of a cluster-randomised test: an entry per cluster (a store, a seller).

    `sizes` is what a total is divided by: units in the cluster, or the denominator's sum of a
    ratio or the exposure of a rate; > 0. `totals` is the sum of the values (the numerator's, the
    events). The arm's value is sum(totals) / sum(sizes). `within` is the sum of squared deviations
    from the cluster's own mean, None where units have no single value (ratio, rate). `units` counts
    the units of each cluster. All float64 and of one length; `names` likewise.
    """

    names: tuple[str, ...]
    sizes: NDArray[np.float64]
    totals: NDArray[np.float64]
    units: NDArray[np.float64]
    within: NDArray[np.float64] | None = None

    @property
    def n(self) -> int:
        """How many clusters: the units that were randomised."""
        return len(self.names)

    @property
    def value(self) -> float:
        return float(self.totals.sum() / self.sizes.sum()) if self.n else float("nan")

    @property
    def means(self) -> NDArray[np.float64]:
        return self.totals / self.sizes

    def __add__(self, other: Clusters) -> Clusters:
        """Merge two parts of one arm with no cluster in common."""
        within = None
        if self.within is not None and other.within is not None:
            within = np.concatenate((self.within, other.within))
        return Clusters(
            self.names + other.names,
            np.concatenate((self.sizes, other.sizes)),
            np.concatenate((self.totals, other.totals)),
            np.concatenate((self.units, other.units)),
            within,
        )
