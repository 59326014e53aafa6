"""Weeks of stores before any change, as a file that people attach: they grow alike, and each has
its own luck."""

from __future__ import annotations

import math
from collections.abc import Mapping

SITES, WEEKS = 15, 26


def past_weeks(
    *,
    sites: int = SITES,
    weeks: int = WEEKS,
    effect: float = 0.0,
    treated: tuple[str, ...] = (),
    start: int | None = None,
    missing: Mapping[str, int] | None = None,
) -> bytes:
    """A CSV of week, store, region and revenue; from `start` on the treated have `effect` more."""
    lines = ["week,store,region,revenue"]
    for week in range(1, weeks + 1):
        for number in range(1, sites + 1):
            site = f"s{number:02d}"
            if (missing or {}).get(site) == week:
                continue
            noise = 0.05 * math.sin(12.9898 * number + 78.233 * week * (1 + number / 7))
            value = (200 + 40 * number) * (1 + 0.004 * week) * math.exp(noise)
            if start is not None and week >= start and site in treated:
                value *= 1 + effect
            region = "north" if number % 2 else "south"
            lines.append(f"{week},{site},{region},{value:.2f}")
    return "\n".join(lines).encode()
