"""The page of one roll-out: what was promised, what each wave brought, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from hadi.charts.interval import IntervalChart
from hadi.domain.payback_sentence import sentence
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.scaling import RolloutStatus
from hadi.domain.text import Text
from hadi.models import Event, Rollout, Wave
from hadi.services import economics, hypotheses, narrowing, unit_changes
from hadi.services.economics import Economics
from hadi.services.rollout_list import Promise, promise_of
from hadi.services.unit_register import Register
from hadi.services.wave_stores import Likeness
from hadi.web.scale import history
from hadi.web.scale.next_steps import NextStep, next_step
from hadi.web.scale.stores_panel import StoresPanel, stores_panel
from hadi.web.scale.words import (
    chart,
    effect_words,
    next_measurement,
    promise_chart,
    promise_words,
    remark,
    status_word,
    values_of,
    whole_words,
)
from hadi.web.shared.access import now
from hadi.web.shared.language import day, say
from hadi.web.shared.money_words import StoreTable, store_table
from hadi.web.shared.pages import HistoryEntry, Link, Page
from hadi.web.shared.render import chrome, initials


@dataclass(frozen=True, slots=True)
class WaveRow:
    """A wave: where, when, what it brought. `held` is None until it was measured."""

    name: str
    scope: str
    dates: str
    held: bool | None
    effect: str | None = None
    chart: IntervalChart | None = None
    remark: str | None = None  # what stands against it, or that nothing is known yet
    note: str = ""
    edit_url: str | None = None
    is_late: bool = False
    check_again: tuple[str, ...] = ()
    stores: StoresPanel | None = None
    stores_label: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision that put it on the board, with the insight it was taken with."""

    verdict: str
    sentence: str
    is_early: bool
    learned: str
    holds_where: str
    narrowed_to: str | None
    next: str
    reason: str
    override: str
    is_unassessed: bool
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """What the test promised; `whole` where that is only what is left of what it measured."""

    metric: str
    words: str
    whole: str | None
    chart: IntervalChart


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """Whether it pays back, and what a store of the roll-out costs and brings."""

    sentence: str
    missing: tuple[str, ...]
    store: StoreTable | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutPage(Page):
    """`/scale/<id>`."""

    key: str
    change: str
    effect: str
    reason: str
    hypothesis_url: str
    crumbs: tuple[Link, ...]
    status: str
    status_label: str
    owner: str | None
    owner_initials: str | None
    dates: tuple[str, ...]
    payback: str
    money: MoneyRow | None  # None for who may not see it
    stop_reason: str
    version: int
    next: NextStep | None
    promise: PromiseRow | None
    waves: tuple[WaveRow, ...]
    tested: StoresPanel | None  # where the test ran, before the first wave
    check_again: tuple[str, ...]  # what has changed where the test ran
    decided: Decided
    history: tuple[HistoryEntry, ...]


def rollout_page(
    rollout: Rollout, events: Sequence[Event], *, today: date, actor: Actor
) -> RolloutPage:
    hypothesis, promise = rollout.hypothesis, promise_of(rollout)
    can_move = allows(actor, Permission.MOVE_ROLLOUT)
    owner = rollout.owner
    found = economics.of_conclusion(rollout.conclusion, now=now())
    sees_money = allows(actor, Permission.VIEW_MONEY, hypotheses.stake(hypothesis))
    register = Register()
    likeness = Likeness(rollout, register)
    changed = unit_changes.of_waves(rollout, register)
    again = unit_changes.of_conclusions([rollout.conclusion]).get(rollout.conclusion_id, [])
    return RolloutPage(
        title=_("Roll-out of %(key)s", key=hypothesis.key),
        chrome=chrome(),
        key=hypothesis.key,
        change=hypothesis.change,
        effect=hypothesis.effect,
        reason=hypothesis.reason,
        hypothesis_url=url_for("hypotheses.show", key=hypothesis.key),
        crumbs=(Link(_("Scale-up"), url_for("scale.index")), Link(hypothesis.key, "")),
        status=rollout.status.value,
        status_label=status_word(rollout.status),
        owner=owner.name if owner else None,
        owner_initials=initials(owner.name) if owner else None,
        dates=_dates(rollout, today),
        payback=say(Text(f"payback_{found.assessment.payback.value}")),
        money=_money(rollout, found) if sees_money else None,
        stop_reason=rollout.stop_reason,
        version=rollout.version,
        next=next_step(rollout, can_move=can_move),
        promise=_promise_row(promise, rollout),
        waves=tuple(
            replace(
                _wave_row(wave, promise, rollout, today=today, can_move=can_move),
                check_again=tuple(say(text) for text in changed.get(wave.number, ())),
                **_beside_test(wave, likeness),
            )
            for wave in rollout.waves
        ),
        tested=stores_panel(likeness.of("")) if likeness.tested and not rollout.waves else None,
        check_again=tuple(say(text) for text in again),
        decided=_decided(rollout),
        history=history.entries(events),
    )  # fmt: skip


def _beside_test(wave: Wave, likeness: Likeness) -> dict[str, Any]:
    """The stores of a wave beside those of the test, where either is known."""
    found = likeness.of(wave.scope, but=wave)
    if not wave.scope or not (found.stores or found.again or found.tested):
        return {}
    panel = stores_panel(found)
    label = panel.summary or panel.again or str(_("Which stores are these?"))
    return {"stores": replace(panel, summary=None), "stores_label": label}


def _money(rollout: Rollout, found: Economics) -> MoneyRow:
    declared = found.declared
    return MoneyRow(
        sentence=say(sentence(found.assessment)),
        missing=tuple(say(text) for text in found.assessment.missing),
        store=store_table(found.assessment, declared.one_off_per_store, declared.running_per_week),
        url=url_for("hypotheses.costs", key=rollout.hypothesis.key),
    )


def _dates(rollout: Rollout, today: date) -> tuple[str, ...]:
    dates = [_("on the board since %(day)s", day=day(rollout.created_at))]
    due = next_measurement(rollout, today)
    if due is not None:
        dates.append(due[0])
    return tuple(dates)


def _promise_row(promise: Promise | None, rollout: Rollout) -> PromiseRow | None:
    if promise is None:
        return None
    picture = promise_chart(promise, room_for=values_of(promise, rollout.waves))
    return PromiseRow(promise.metric.name, promise_words(promise), whole_words(promise), picture)


def _wave_row(
    wave: Wave, promise: Promise | None, rollout: Rollout, *, today: date, can_move: bool
) -> WaveRow:
    is_drawn, room = wave.effect is not None, values_of(promise, rollout.waves)
    effect = wave.effect or 0.0
    is_open = wave.has_held is None
    return WaveRow(
        name=_("Wave %(number)s", number=wave.number),
        scope=wave.scope,
        dates=_wave_dates(wave),
        held=wave.has_held,
        effect=effect_words(promise, effect, wave.low, wave.high) if promise and is_drawn else None,
        chart=chart(promise, effect, wave.low, wave.high, room_for=room)
        if promise and is_drawn
        else None,
        remark=remark(promise, wave),
        note=wave.note,
        edit_url=url_for("scale.wave", rollout_id=rollout.id, number=wave.number)
        if is_open and can_move
        else None,
        is_late=is_open and rollout.status is RolloutStatus.ROLLING_OUT and wave.measure_on < today,
    )


def _wave_dates(wave: Wave) -> str:
    begun = day(wave.starts_on)
    if wave.measured_at is not None:
        return str(_("%(start)s, measured %(day)s", start=begun, day=day(wave.measured_at)))
    return str(_("%(start)s, to be measured %(day)s", start=begun, day=day(wave.measure_on)))


def _decided(rollout: Rollout) -> Decided:
    conclusion = rollout.conclusion
    analysis = conclusion.analysis
    return Decided(
        verdict=analysis.label,
        sentence=say(Text.from_json(analysis.record["sentence_text"])),
        is_early=bool(analysis.early_reason),
        learned=conclusion.learned,
        holds_where=conclusion.holds_where,
        narrowed_to=narrowing.narrowed([conclusion]).get(conclusion.id),
        next=conclusion.next,
        reason=conclusion.reason,
        override=conclusion.override,
        is_unassessed=conclusion.is_payback_acknowledged,
        who=conclusion.author.name,
        when=day(conclusion.created_at),
    )
