"""A card is moved: by the board's script, by a card's menu, or back by Undo; all three alike."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import (
    Response,
    abort,
    get_template_attribute,
    jsonify,
    redirect,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from hadi.domain.errors import Blocked, HadiError
from hadi.domain.scaling import RolloutStatus
from hadi.models import Rollout
from hadi.services import receipts, rollout_order, rollouts
from hadi.web.scale.pages import card_of, moves_of
from hadi.web.scale.words import status_word
from hadi.web.shared.access import current_actor, now, today
from hadi.web.shared.errors import STATUS
from hadi.web.shared.language import say
from hadi.web.shared.render import tell


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """Where a card is asked to go: behind the card `after` ("": to the top, None: to the end).
    The address of an Undo carries what a form would."""

    to: RolloutStatus
    after: str | None
    version: int | None
    is_json: bool

    @classmethod
    def read(cls) -> MoveRequest:
        sent = request.values
        try:
            to = RolloutStatus(sent.get("to", ""))
        except ValueError:
            abort(400)
        after, version = sent.get("after"), sent.get("version", "")
        is_number = version.isascii() and version.isdigit() and len(version) < 10
        return cls(
            to,
            None if after is None else after[:20],
            int(version) if is_number else None,
            request.accept_mimetypes.best == "application/json",
        )

    def key(self, rollout_id: str) -> str:
        """Names this move of this version of the card: sent twice, it moves once."""
        parts = ("move", rollout_id, self.to.value, str(self.after), str(self.version))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def perform(rollout: Rollout, asked: MoveRequest) -> AnyResponse:
    """Move the card and say so. Raises Blocked, NotAllowed, Stale."""
    actor, key = current_actor(), asked.key(rollout.id)

    def act() -> dict[str, Any]:
        before, neighbour = rollout.status, rollout_order.card_before(rollout)
        moved = rollouts.move(
            rollout.id, to=asked.to, after=asked.after or None, at_end=asked.after is None,
            version=asked.version, by=actor, now=now(),
        )  # fmt: skip
        return {"before": before.value, "neighbour": neighbour, "version": moved.version}

    if asked.version is None or actor.user_id is None:
        done: Any = act()
    else:
        done, _is_first = receipts.perform(
            user_id=actor.user_id, key=key, digest=key, now=now(), act=act
        )
    before = RolloutStatus(done["before"])
    return _answer(rollout, asked, before=before, neighbour=done["neighbour"])


def refusal(error: HadiError) -> AnyResponse:
    """What the board's script is told when a move is refused."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    texts = [b.text for b in error.blockers] if isinstance(error, Blocked) else [error.text]
    answer: Response = jsonify(detail=" ".join(say(text) for text in texts))
    answer.status_code = status
    return answer


def _answer(
    rollout: Rollout, asked: MoveRequest, *, before: RolloutStatus, neighbour: str
) -> AnyResponse:
    is_moved = before is not rollout.status
    visit = _wave_to_plan(rollout) if is_moved else None
    sentence = _sentence(rollout) if is_moved else None
    undo_url = undo_url_of(rollout, before, neighbour) if is_moved else None
    if not asked.is_json or visit:  # the next page says it
        if sentence:
            tell(sentence, undo_url=undo_url)
        sentence = None
    if not asked.is_json:
        return redirect(visit or url_for("scale.index"))
    moves = {
        move.column: {"url": move.url, "reason": move.reason, "visit": move.visit_url}
        for move in moves_of(rollout)
    }
    answer: Response = jsonify(
        version=rollout.version, moves=moves, message=sentence, undo_url=undo_url, visit=visit,
        card=_drawn(rollout),
    )  # fmt: skip
    return answer


def _drawn(rollout: Rollout) -> str:
    """The card as it looks in its new column, for the script to put in the old one's place."""
    draw = get_template_attribute("_components/board_card.html", "board_card")
    return str(draw(card_of(rollout, today=today(), can_move=True), generate_csrf()))


def _sentence(rollout: Rollout) -> str:
    key, column = rollout.hypothesis.key, status_word(rollout.status)
    wave = rollouts.open_wave(rollout)
    if rollout.status is RolloutStatus.ROLLING_OUT and wave is not None:
        return str(_(
            "%(key)s is now in “%(column)s”: wave %(number)s is open.",
            key=key, column=column, number=wave.number,
        ))  # fmt: skip
    return str(_("%(key)s is now in “%(column)s”.", key=key, column=column))


def _wave_to_plan(rollout: Rollout) -> str | None:
    """Where the wave that the move has opened gets its scope and its days."""
    wave = rollouts.open_wave(rollout)
    if rollout.status is not RolloutStatus.ROLLING_OUT or wave is None or wave.scope:
        return None
    return url_for("scale.wave", rollout_id=rollout.id, number=wave.number)


def undo_url_of(rollout: Rollout, before: RolloutStatus, neighbour: str) -> str | None:
    """Where the move is taken back; None where the way back is closed, or asks for a reason."""
    if before is RolloutStatus.STOPPED or rollouts.blockers(rollout, before):
        return None
    return url_for(
        "scale.move", rollout_id=rollout.id, to=before.value, after=neighbour,
        version=rollout.version,
    )  # fmt: skip
