"""A hundred thousand tests at once, as ratios to a scalar loop of a thousand in the same run.

    python -m tests.benchmarks.stats_bench [--tests 100000] [--repeats 5]

The loop is the code that every analysis runs; a ratio of 5 says that a hundred times as many tests
take five times as long as the loop's thousand. Nothing is asserted: the machine may be busy.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

from hadi.stats import means, proportions, vectorised
from hadi.stats.samples import Conversion, Moments

LOOP = 1_000
ALPHA = 0.05


def pairs_of_means(count: int) -> list[np.ndarray]:
    """Units, mean, variance of two arms, from tens of units to tens of millions."""
    random = np.random.default_rng(42)
    arms = []
    for _ in "ab":
        n = np.floor(10 ** random.uniform(1.3, 7.5, count))
        arms += [n, random.normal(100.0, 30.0 / np.sqrt(n)), random.uniform(1.0, 900.0, count)]
    return arms


def pairs_of_shares(count: int) -> list[np.ndarray]:
    """Units and successes of two arms, where the normal test decides."""
    random = np.random.default_rng(43)
    arms = []
    for _ in "ab":
        n = np.floor(10 ** random.uniform(3.5, 7.5, count)).astype(np.int64)
        arms += [n, random.binomial(n, random.uniform(0.05, 0.5, count))]
    return arms


def loop_of_means(arms: list[np.ndarray]) -> None:
    for n0, m0, v0, n1, m1, v1 in zip(*(column[:LOOP].tolist() for column in arms), strict=True):
        control = Moments(int(n0), m0, v0 * (n0 - 1))
        means.compare(control, Moments(int(n1), m1, v1 * (n1 - 1)), alpha=ALPHA)


def loop_of_shares(arms: list[np.ndarray]) -> None:
    for n0, x0, n1, x1 in zip(*(column[:LOOP].tolist() for column in arms), strict=True):
        proportions.compare(Conversion(n0, x0), Conversion(n1, x1), alpha=ALPHA)


def seconds(work: Callable[[], object], repeats: int) -> float:
    """The median, after one turn for the modules that are loaded on the way."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args(arguments)
    mean_arms, share_arms = pairs_of_means(asked.tests), pairs_of_shares(asked.tests)
    contests: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        (
            "Welch",
            lambda: vectorised.welch(*mean_arms, alpha=ALPHA),
            lambda: loop_of_means(mean_arms),
        ),
        (
            "two shares",
            lambda: vectorised.two_proportions(*share_arms, alpha=ALPHA),
            lambda: loop_of_shares(share_arms),
        ),
    ]
    print(f"{asked.tests:,} vectorised tests beside a scalar loop of {LOOP:,}")
    print(f"{'':<28}{'x loop':>8}{'median s':>10}{'loop s':>9}")
    for name, whole, loop in contests:
        took, loop_took = seconds(whole, asked.repeats), seconds(loop, asked.repeats)
        print(f"{name:<28}{took / loop_took:>8.2f}{took:>10.3f}{loop_took:>9.3f}")


if __name__ == "__main__":
    main()
