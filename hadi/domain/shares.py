"""Shares of one whole as they are shown: rounded once, and adding up as displayed."""

from __future__ import annotations

from collections.abc import Mapping

_TENTH = 1000  # steps of a tenth of a percent in the whole
_SMALL = 0.01  # below it a share is shown with two decimals


def shown_share(share: float) -> float:
    """A share as exact as it is shown: to a tenth of a percent, a small one to a hundredth."""
    return round(share, 3 if share >= _SMALL else 4)


def adding_up(shares: Mapping[str, float], *, kept: str) -> dict[str, float]:
    """Fractions of one whole, each as exact as it is shown. `kept` stands elsewhere too and is
    merely rounded; the others share the rest by largest remainder."""
    shown = {name: shown_share(share) for name, share in shares.items()}
    others = [name for name, share in shares.items() if share >= _SMALL and name != kept]
    rest = 1.0 - sum(share for name, share in shown.items() if name not in others)
    steps = {name: int(shares[name] * _TENTH) for name in others}
    missing = round(rest * _TENTH) - sum(steps.values())
    by_remainder = sorted(others, key=lambda name: steps[name] - shares[name] * _TENTH)
    for name in by_remainder[: max(missing, 0)]:
        steps[name] += 1
    for name in by_remainder[len(others) + min(missing, 0) :]:
        steps[name] -= 1
    return shown | {name: step / _TENTH for name, step in steps.items()}
