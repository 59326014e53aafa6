"""What winners bring a week: as the test promised, or as the last wave measured it again.

The promise is kept with the card when its payback is judged, so that the board adds up without
reading every analysis; what a wave found is turned into money by the same factor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from hadi.db import db
from hadi.domain.money import NO_CURRENCY
from hadi.domain.payback import Assessment
from hadi.domain.permissions import Actor, Permission, Stake, allows, require
from hadi.domain.scaling import RolloutStatus
from hadi.models import Rollout
from hadi.services.rollout_list import promise_of
from hadi.stats.payback import Gain, together

# Where a winner still counts: one that did not hold, or was stopped, brings nothing.
STANDING = (RolloutStatus.QUEUED, RolloutStatus.ROLLING_OUT, RolloutStatus.VERIFIED)


@dataclass(frozen=True, slots=True)
class WeeklyGain:
    """Margin a week. `is_measured_again`: by the last wave, not by the test."""

    gain: Gain
    currency: str
    is_measured_again: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """What several winners bring together, in one currency."""

    gain: Gain
    currency: str
    winners: int


def keep(rollout: Rollout, found: Assessment) -> None:
    """Write what the test promised a week onto the card. Inside a transaction."""
    told = _told(rollout, found)
    if told != rollout.gain:
        rollout.gain = told


def of(rollout: Rollout) -> WeeklyGain | None:
    """What a winner brings a week; None where nobody has said what its effect is worth."""
    told: Mapping[str, Any] | None = rollout.gain
    if told is None:
        return None
    measured = [wave for wave in rollout.waves if wave.effect is not None]
    if measured and told["of_effect"] is not None:
        last = measured[-1]
        again = Gain(float(last.effect or 0.0), last.low, last.high).times(told["of_effect"])
        return WeeklyGain(again, told["currency"], is_measured_again=True)
    return WeeklyGain(Gain(told["estimate"], told["low"], told["high"]), told["currency"])


def seen(rollout: Rollout, *, by: Actor) -> WeeklyGain | None:
    """The same; None for those who may not see its money as well."""
    hypothesis = rollout.hypothesis
    # Without the steward, who stands with the test: a board does not load each card's.
    stake = Stake(hypothesis.author_id, hypothesis.owner_id)
    return of(rollout) if allows(by, Permission.VIEW_MONEY, stake) else None


def board_sums(*, by: Actor) -> tuple[Sum, ...]:
    """What the winners of the board bring together; nothing for those who may not see money."""
    require(by, Permission.VIEW)
    if not allows(by, Permission.VIEW_MONEY):
        return ()
    return sums(db.session.scalars(select(Rollout).where(Rollout.status.in_(STANDING))))


def sums(rollouts: Iterable[Rollout]) -> tuple[Sum, ...]:
    """What those bring together that still stand, a sum for each currency: nothing is converted."""
    by_currency: dict[str, list[Gain]] = defaultdict(list)
    for rollout in rollouts:
        weekly = of(rollout) if rollout.status in STANDING else None
        if weekly is not None:
            by_currency[weekly.currency].append(weekly.gain)
    return tuple(
        Sum(together(gains), currency, len(gains))
        for currency, gains in sorted(by_currency.items())
    )


def _told(rollout: Rollout, found: Assessment) -> dict[str, Any] | None:
    gain, promise = found.gain, promise_of(rollout)
    if gain is None:
        return None
    return {
        "currency": found.currency or NO_CURRENCY,
        "estimate": gain.estimate,
        "low": gain.low,
        "high": gain.high,
        # The margin a week of one unit of the metric's effect, in which waves are measured.
        "of_effect": gain.estimate / promise.estimate if promise and promise.estimate else None,
    }
