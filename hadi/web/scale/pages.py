"""The board as leadership reviews it: a card for each winner, and where each may go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.errors import Blocked
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.scaling import RolloutStatus
from hadi.domain.text import Text
from hadi.models import Rollout
from hadi.services import economics, rollout_gain, rollouts, wave_stores
from hadi.services.rollout_gain import Sum
from hadi.services.rollout_list import BoardContent, Promise, Stakes, promise_of
from hadi.web.scale.words import (
    effect_words,
    next_measurement,
    promise_chart,
    promise_words,
    status_word,
)
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.boards import Board, BoardColumn, Card, Move
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import say
from hadi.web.shared.money_words import gain_words
from hadi.web.shared.pages import Page
from hadi.web.shared.render import chrome, initials

LONG = 110  # characters of a sentence on a card


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalePage(Page):
    """`/scale`. `refusal` says what stood in the way of a move sent without scripts."""

    board: Board
    stakes: str
    is_empty: bool
    can_move: bool
    hypotheses_url: str
    downloads: tuple[Downloads, ...]
    refusal: str | None = None
    causes: tuple[tuple[None, str], ...] = ()


def scale_page(
    content: BoardContent,
    stakes: Stakes,
    gains: Sequence[Sum],
    *,
    today: date,
    actor: Actor,
    refusal: Blocked | None = None,
) -> ScalePage:
    can_move = allows(actor, Permission.MOVE_ROLLOUT)
    stores = wave_stores.on_cards(card for cards in content.columns.values() for card in cards)
    return ScalePage(
        title=_("Scale-up"),
        chrome=chrome(),
        board=Board(
            label=_("Winners by how far they are rolled out"),
            columns=tuple(
                _column(status, content, stores, today=today, can_move=can_move)
                for status in RolloutStatus
            ),
            is_sorted=can_move,
        ),
        stakes=stakes_words(stakes, gains),
        is_empty=not any(content.counts.values()),
        can_move=can_move,
        hypotheses_url=url_for("hypotheses.index", state="measured"),
        downloads=(offered("scale.export"),),
        refusal=say(refusal.text) if refusal else None,
        causes=tuple((None, say(b.text)) for b in refusal.blockers) if refusal else (),
    )  # fmt: skip


def stakes_words(stakes: Stakes, gains: Sequence[Sum] = ()) -> str:
    """What the board adds up to, in one honest line: no money that nobody has assessed."""
    parts = [Text("board_winners", n=stakes.winners)]
    if stakes.waiting:
        parts.append(Text("board_waiting", n=stakes.waiting))
    if stakes.overdue:
        parts.append(Text("board_overdue", n=stakes.overdue))
    if stakes.unassessed:
        parts.append(Text("board_unassessed", n=stakes.unassessed))
    for brought in gains:
        gain = gain_words(brought.gain, brought.currency)
        parts.append(Text("board_gain", n=brought.winners, gain=gain))
    return " ".join(say(part) for part in parts)


def moves_of(rollout: Rollout) -> tuple[Move, ...]:
    """Where a card may go, in the order of the columns, and why not elsewhere."""
    return tuple(_move(rollout, to) for to in RolloutStatus)


def _move(rollout: Rollout, to: RolloutStatus) -> Move:
    label = status_word(to)
    here = url_for("scale.move", rollout_id=rollout.id)
    if to is rollout.status:
        return Move(column=to.value, label=label, url=here, is_here=True)
    found = rollouts.blockers(rollout, to)
    if found:
        return Move(column=to.value, label=label, reason=" ".join(say(b.text) for b in found))
    if rollouts.is_for_a_reason(rollout, to):
        page = "scale.stop" if to is RolloutStatus.STOPPED else "scale.repair"
        asks = url_for(page, rollout_id=rollout.id)
        return Move(column=to.value, label=label, visit_url=asks)
    return Move(column=to.value, label=label, url=here)


def _column(
    status: RolloutStatus,
    content: BoardContent,
    stores: Mapping[str, Text],
    *,
    today: date,
    can_move: bool,
) -> BoardColumn:
    cards, count = content.columns[status], content.counts.get(status, 0)
    return BoardColumn(
        key=status.value,
        label=status_word(status),
        count=count,
        cards=tuple(
            card_of(rollout, today=today, can_move=can_move, stores=stores) for rollout in cards
        ),
        hint=_hint(status),
        more_url=url_for("scale.index", all=status.value) if count > len(cards) else None,
    )


def card_of(
    rollout: Rollout, *, today: date, can_move: bool, stores: Mapping[str, Text] | None = None
) -> Card:
    """A card; `stores` says of the roll-outs, by their ids, where a wave differs from the test."""
    if stores is None:
        stores = wave_stores.on_cards([rollout])
    hypothesis, promise = rollout.hypothesis, promise_of(rollout)
    due = next_measurement(rollout, today)
    brought = _gain(rollout)
    verdict = rollout.conclusion.analysis.label
    return Card(
        key=rollout.id,
        name=hypothesis.key,
        url=url_for("scale.show", rollout_id=rollout.id),
        text=short_sentence(rollout),
        stage=hypothesis.state.value,
        version=rollout.version,
        owner=rollout.owner.name if rollout.owner else None,
        owner_initials=initials(rollout.owner.name) if rollout.owner else None,
        # What was confirmed needs no badge here; what was not says so.
        verdict=verdict if verdict != "confirmed" else None,
        figure=promise_words(promise) if promise else None,
        figure_label=promise.metric.name if promise else None,
        chart=promise_chart(promise) if promise else None,
        money=brought[1] if brought else None,
        money_label=brought[0] if brought else None,
        badges=(say(Text(f"payback_{economics.payback_now(rollout, now=now()).value}")),),
        note=_remarks(rollout, promise, stores.get(rollout.id)),
        when=due[0] if due else None,
        is_late=bool(due and due[1]),
        moves=moves_of(rollout) if can_move else (),
    )


def _gain(rollout: Rollout) -> tuple[str, str] | None:
    """The margin a week, by the test or by the last wave; None for who may not see money."""
    weekly = rollout_gain.seen(rollout, by=current_actor())
    if weekly is None:
        return None
    label = _("margin a week, measured again") if weekly.is_measured_again else _("margin a week")
    return str(label), gain_words(weekly.gain, weekly.currency)


def short_sentence(rollout: Rollout) -> str:
    """The hypothesis in a line or two: its title, or what we would change."""
    hypothesis = rollout.hypothesis
    if hypothesis.title:
        return str(hypothesis.title)
    change = hypothesis.change
    if len(change) > LONG:
        change = change[:LONG].rsplit(" ", 1)[0] + "…"
    return str(_("If we %(change)s", change=change))


def _remarks(rollout: Rollout, promise: Promise | None, stores: Text | None) -> str | None:
    """What must not be overlooked: where it goes, what came of the promise, and what a leader took
    on."""
    conclusion, said = rollout.conclusion, [say(stores)] if stores else []
    measured = [wave for wave in rollout.waves if wave.effect is not None]
    if measured and promise:
        last = measured[-1]
        effect = effect_words(promise, last.effect or 0.0, last.low, last.high)
        said.append(
            _("Wave %(number)s measured again: %(effect)s.", number=last.number, effect=effect)
        )
    if rollout.stop_reason:
        said.append(_("Stopped: %(reason)s", reason=rollout.stop_reason))
    if conclusion.is_payback_acknowledged:
        said.append(_("Acknowledged by %(person)s.", person=conclusion.author.name))
    if conclusion.override:
        said.append(
            _(
                "Override by %(person)s: %(reason)s",
                person=conclusion.author.name, reason=conclusion.override,
            )
        )  # fmt: skip
    return " ".join(said) or None


def _hint(status: RolloutStatus) -> str:
    match status:
        case RolloutStatus.QUEUED:
            return str(_("Winners wait here until there is room for their first wave."))
        case RolloutStatus.ROLLING_OUT:
            return str(_("Winners stand here while a wave runs and until it is measured again."))
        case RolloutStatus.VERIFIED:
            return str(_("Measured again, and the effect held."))
        case RolloutStatus.DID_NOT_HOLD:
            return str(_("Measured again, and the effect was not there. Worth knowing why."))
        case RolloutStatus.STOPPED:
            return str(_("Stopped with a reason. They can come back to the queue."))
