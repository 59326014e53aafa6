"""Arms of randomised clusters: from units, from quotients, and drawn with a seed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from hadi.stats import clusters
from hadi.stats.arrays import Clusters
from hadi.stats.results import Comparison


def sums(parts: Sequence[ArrayLike]) -> Clusters:
    """One arm from the values of each cluster's units."""
    units = [np.asarray(part, dtype=float) for part in parts]
    sizes = np.array([float(values.size) for values in units])
    return Clusters(
        names=tuple(str(i) for i in range(len(units))),
        sizes=sizes,
        totals=np.array([math.fsum(values) for values in units]),
        units=sizes,
        within=np.array([((values - values.mean()) ** 2).sum() for values in units]),
    )


def quotients(sizes: ArrayLike, totals: ArrayLike) -> Clusters:
    """One arm of a ratio or a rate, thirty units a cluster."""
    denominators, numerators = np.asarray(sizes, dtype=float), np.asarray(totals, dtype=float)
    names = tuple(str(i) for i in range(denominators.size))
    return Clusters(names, denominators, numerators, np.full(denominators.size, 30.0))


def drawn(
    sizes: Iterable[float],
    seed: int,
    *,
    level: float = 10.0,
    shift: float = 0.0,
    between: float = 1.0,
) -> Clusters:
    """One arm of clusters whose units vary by 1 and whose own levels vary by `between`."""
    random = np.random.default_rng(seed)
    return sums(
        [level + shift + between * random.normal() + random.normal(size=int(n)) for n in sizes]
    )


def compare(control: Clusters, treatment: Clusters, alpha: float = 0.05) -> Comparison:
    return clusters.compare(control, treatment, alpha=alpha)
