"""What scaling asks for: the gates between a measured hypothesis and the scale-up board."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hadi.domain.errors import Blocker
from hadi.domain.text import Text


class Payback(StrEnum):
    """The economic axis of a verdict."""

    PAID_BACK = "paid_back"
    WILL_PAY_BACK = "will_pay_back"
    MAY_PAY_BACK = "may_pay_back"
    DOES_NOT_PAY_BACK = "does_not_pay_back"
    TOO_EARLY = "too_early"
    NOT_ASSESSED = "not_assessed"


class RolloutStatus(StrEnum):
    """Columns of the scale-up board, in order."""

    QUEUED = "queued"
    ROLLING_OUT = "rolling_out"
    VERIFIED = "verified"
    DID_NOT_HOLD = "did_not_hold"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a result when someone wants to scale it."""

    verdict: str  # of the latest final analysis
    label: str = ""  # as its badge says it, where that is another word
    is_proxy: bool = False
    guardrails: tuple[tuple[str, str], ...] = ()  # (name, ok | proven | unproven | breached)
    is_post_factum: bool = False
    is_promotable_grade: bool = True
    payback: Payback = Payback.NOT_ASSESSED
    left: Text | None = None  # of an effect that fades


def gates(evidence: Evidence) -> tuple[Blocker, ...]:
    """The gates that the evidence does not pass; a leader's written override opens them."""
    return tuple(_gates(evidence))


def _gates(evidence: Evidence) -> Iterable[Blocker]:
    if evidence.verdict != "confirmed":
        word = Text(f"verdict_{evidence.label or evidence.verdict}")
        yield Blocker(Text("scale_not_confirmed", verdict=word), "override")
    if evidence.is_proxy:
        yield Blocker(Text("scale_proxy"), "override")
    for name, status in evidence.guardrails:
        if status in ("breached", "unproven"):
            yield Blocker(Text(f"scale_guardrail_{status}", name=name), "override")
    if not evidence.is_promotable_grade:
        yield Blocker(Text("scale_weak_evidence"), "override")
    if evidence.left is not None:
        yield Blocker(Text("scale_fading", left=evidence.left), "override")
    if evidence.payback in (Payback.DOES_NOT_PAY_BACK, Payback.MAY_PAY_BACK, Payback.TOO_EARLY):
        yield Blocker(Text(f"scale_{evidence.payback.value}"), "override")


def blockers(
    evidence: Evidence, *, is_leader: bool, is_payback_acknowledged: bool, override: str
) -> tuple[Blocker, ...]:
    """What stands in the way of a decision to scale."""
    found: list[Blocker] = []
    if not is_leader:
        found.append(Blocker(Text("not_allowed.conclusion.scale"), "decision"))
    if evidence.payback is Payback.NOT_ASSESSED and not is_payback_acknowledged:
        found.append(Blocker(Text("scale_payback_unacknowledged"), "acknowledge_payback"))
    if evidence.is_post_factum:  # nothing written opens that: new data do
        found.append(Blocker(Text("scale_post_factum"), "decision"))
    if not override:
        found.extend(gates(evidence))
    return tuple(found)


ROLLOUT_MOVES: dict[RolloutStatus, tuple[RolloutStatus, ...]] = {
    RolloutStatus.QUEUED: (RolloutStatus.ROLLING_OUT, RolloutStatus.STOPPED),
    RolloutStatus.ROLLING_OUT: (
        RolloutStatus.QUEUED,
        RolloutStatus.VERIFIED,
        RolloutStatus.DID_NOT_HOLD,
        RolloutStatus.STOPPED,
    ),
    RolloutStatus.VERIFIED: (RolloutStatus.ROLLING_OUT, RolloutStatus.DID_NOT_HOLD),
    RolloutStatus.DID_NOT_HOLD: (RolloutStatus.ROLLING_OUT, RolloutStatus.STOPPED),
    RolloutStatus.STOPPED: (RolloutStatus.QUEUED,),
}


def move_blockers(
    source: RolloutStatus, to: RolloutStatus, measurements: Sequence[bool | None]
) -> tuple[Blocker, ...]:
    """What stands in the way of moving a roll-out; `measurements` says of each wave whether the
    effect held (None: not measured). Rolling out after a wave that did not hold asks for a reason
    too: see `asks_why`."""
    if source is to:
        return ()
    if to not in ROLLOUT_MOVES[source]:
        return (
            Blocker(
                Text(
                    "rollout_no_such_move",
                    source=Text(f"rollout_{source.value}"),
                    to=Text(f"rollout_{to.value}"),
                ),
                "status",
            ),
        )
    held = measurements[-1] if measurements else None
    if to is RolloutStatus.VERIFIED and held is not True:
        return (Blocker(Text("rollout_needs_held"), "measurement"),)
    if to is RolloutStatus.DID_NOT_HOLD and held is not False:
        return (Blocker(Text("rollout_needs_not_held"), "measurement"),)
    if to is RolloutStatus.QUEUED and source is RolloutStatus.ROLLING_OUT and held is not None:
        return (Blocker(Text("rollout_wave_measured"), "status"),)
    return ()


def asks_why(to: RolloutStatus, measurements: Sequence[bool | None]) -> bool:
    """Whether rolling out goes on after a wave that did not hold: what is different from now on
    has to be said, and nothing else opens the next wave."""
    return to is RolloutStatus.ROLLING_OUT and has_failed(measurements)


def has_failed(measurements: Sequence[bool | None]) -> bool:
    """Whether the last wave did not hold, and nobody has chosen yet what follows from it."""
    return bool(measurements) and measurements[-1] is False
