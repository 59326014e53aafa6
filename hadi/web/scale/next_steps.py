"""What comes next for a winner: the one primary action, and the other ways out."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.permissions import Permission
from hadi.domain.scaling import RolloutStatus
from hadi.domain.text import Text
from hadi.models import Rollout
from hadi.services import rollouts
from hadi.web.shared.language import say


@dataclass(frozen=True, slots=True)
class Way:
    """A step: a page to go to, or (`to`) a move that is posted to `url`."""

    label: str
    url: str
    icon: str
    to: str | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """`sentence` says what the roll-out waits for. Whoever may not act reads who may."""

    sentence: str
    primary: Way | None = None
    others: tuple[Way, ...] = ()
    why_not: str | None = None


def next_step(rollout: Rollout, *, can_move: bool) -> NextStep:
    step = _step(rollout)
    if can_move:
        return step
    return NextStep(step.sentence, why_not=say(Text(f"not_allowed.{Permission.MOVE_ROLLOUT}")))


def _step(rollout: Rollout) -> NextStep:
    if rollouts.waits_for_choice(rollout):
        return _choice(rollout)
    match rollout.status:
        case RolloutStatus.QUEUED:
            return NextStep(
                _("It waits for its first wave: a few places, not all of them.")
                if not rollout.waves
                else _("It waits in the queue for its next wave."),
                _next_wave(rollout),
                (_stop(rollout),),
            )
        case RolloutStatus.ROLLING_OUT:
            return _of_rolling(rollout)
        case RolloutStatus.VERIFIED:
            return NextStep(
                _("It was measured again, and the effect held."),
                _move(rollout, RolloutStatus.ROLLING_OUT, _("Roll it out further"), "arrow-right"),
            )
        case RolloutStatus.DID_NOT_HOLD:
            return _choice(rollout)
        case RolloutStatus.STOPPED:
            return NextStep(
                _("It is stopped. The insight stays."),
                _move(rollout, RolloutStatus.QUEUED, _("Back to the queue"), "undo-2"),
            )


def _of_rolling(rollout: Rollout) -> NextStep:
    wave = rollouts.open_wave(rollout)
    if wave is not None and not wave.scope:
        return NextStep(
            _("Wave %(number)s is open. Say where it goes.", number=wave.number),
            Way(_("Plan the wave"), _wave_url(rollout, wave.number), "pencil"),
            (_stop(rollout),),
        )
    if wave is not None:
        measure = url_for("scale.measure", rollout_id=rollout.id, number=wave.number)
        return NextStep(
            _("Wave %(number)s has to be measured again before the next one.", number=wave.number),
            Way(_("Record the measurement"), measure, "ruler"),
            (Way(_("Change the wave"), _wave_url(rollout, wave.number), "pencil"), _stop(rollout)),
        )
    return NextStep(
        _("The last wave held: the promise is verified there."),
        _move(rollout, RolloutStatus.VERIFIED, _("Mark as verified"), "circle-check"),
        (_next_wave(rollout), _stop(rollout)),
    )


def _choice(rollout: Rollout) -> NextStep:
    """After a wave that did not hold no other starts until a leader has chosen."""
    number = rollout.waves[-1].number
    return NextStep(
        _(
            "Wave %(number)s did not hold. No further wave starts until you choose: what was not "
            "copied?", number=number,
        ),
        Way(
            _("Repair it and measure again"), url_for("scale.repair", rollout_id=rollout.id),
            "arrow-right",
        ),
        (
            Way(
                _("Narrow where it holds"), url_for("scale.narrow", rollout_id=rollout.id),
                "target",
            ),
            _stop(rollout),
        ),
    )  # fmt: skip


def _next_wave(rollout: Rollout) -> Way:
    wave = rollouts.open_wave(rollout)
    number = wave.number if wave else len(rollout.waves) + 1
    url = url_for("scale.new_wave", rollout_id=rollout.id)
    return Way(_("Start wave %(number)s", number=number), url, "play")


def _move(rollout: Rollout, to: RolloutStatus, label: str, icon: str) -> Way:
    return Way(label, url_for("scale.move", rollout_id=rollout.id), icon, to.value)


def _stop(rollout: Rollout) -> Way:
    return Way(_("Stop it"), url_for("scale.stop", rollout_id=rollout.id), "circle-slash")


def _wave_url(rollout: Rollout, number: int) -> str:
    return url_for("scale.wave", rollout_id=rollout.id, number=number)
