"""The levers of revenue of a unit or of the whole: where each stands against its target, what a
change of revenue came from, which hypotheses move which, and what is tuned too early."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.db import db
from hadi.domain.levers import Lever
from hadi.domain.lifecycle import State
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.domain.tuning import Standing, early_text, next_lever, standings, tuned_early
from hadi.domain.turnover import ALIKE, Change, NotComparable, change, leads_per_week
from hadi.models import Analysis, Hypothesis, HypothesisSetting, LeverPeriod, LeverTarget, Unit
from hadi.models.unit import hypothesis_unit
from hadi.services import lever_periods, lever_targets, units


@dataclass(frozen=True, slots=True)
class Moved:
    """A hypothesis on its lever, with the result it has, and what it is tuned before."""

    hypothesis: Hypothesis
    setting: HypothesisSetting
    result: Analysis | None
    early: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """Two periods, and what the change between them came from; `problem` where that cannot be
    said."""

    before: LeverPeriod
    after: LeverPeriod
    change: Change | None
    problem: Text | None
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """All about the levers of a unit (None: the whole)."""

    unit: Unit | None
    periods: tuple[LeverPeriod, ...]
    target: LeverTarget | None
    standings: tuple[Standing, ...]
    next: Standing | None
    compared: Compared | None
    moved: tuple[Moved, ...]
    sees_money: bool

    @property
    def latest(self) -> LeverPeriod | None:
        return self.periods[0] if self.periods else None


def board(unit: Unit | None, *, before: str = "", after: str = "", by: Actor) -> Board:
    """The levers of a unit. `before` and `after` name the periods to compare; the last two unless
    said. Raises NotAllowed."""
    require(by, Permission.VIEW)
    periods = lever_periods.listing(unit, by=by)
    target = lever_targets.of(unit)
    found = standing_of(periods[0] if periods else None, target)
    return Board(
        unit=unit,
        periods=tuple(periods),
        target=target,
        standings=found,
        next=next_lever(found),
        compared=_compared(periods, before, after),
        moved=on_levers(unit),
        sees_money=lever_periods.sees_money(unit, by),
    )


def standing_of(period: LeverPeriod | None, target: LeverTarget | None) -> tuple[Standing, ...]:
    """Where the levers stand by a period. A check is held against a target in its own currency
    only: nothing is converted."""
    now: dict[Lever, Fraction | None] = {}
    targets = lever_targets.values(target)
    if period is not None:
        counted = period.turnover
        now = {lever: counted.value(lever) for lever in Lever}
        now[Lever.INFLOW] = leads_per_week(counted, period.starts_on, period.ends_on)
        if target is not None and target.currency != period.currency:
            targets.pop(Lever.CHECK, None)
    return standings(now, targets)


def on_levers(unit: Unit | None) -> tuple[Moved, ...]:
    """The hypotheses that say which lever they move: those that name the unit, or all."""
    query = (
        select(HypothesisSetting)
        .join(Hypothesis, Hypothesis.id == HypothesisSetting.hypothesis_id)
        .where(HypothesisSetting.lever.is_not(None), Hypothesis.state != State.ARCHIVED)
        .options(joinedload(HypothesisSetting.hypothesis))
        .order_by(Hypothesis.number.desc())
    )
    if unit is not None:
        named = select(hypothesis_unit.c.hypothesis_id).where(hypothesis_unit.c.unit_id == unit.id)
        query = query.where(Hypothesis.id.in_(named))
    settings = list(db.session.scalars(query))
    early = _early([setting.hypothesis for setting in settings], settings)
    return tuple(
        Moved(each.hypothesis, each, _result(each.hypothesis), early.get(each.hypothesis_id, ()))
        for each in settings
    )


def early(hypothesis: Hypothesis) -> tuple[Text, ...]:
    """A sentence for each unit in which the hypothesis tunes its lever before its turn. Nothing
    where it names no unit and the whole has no numbers."""
    setting = units.setting(hypothesis)
    return _early([hypothesis], [setting] if setting else []).get(hypothesis.id, ())


def needs_reason(hypothesis: Hypothesis) -> tuple[Text, ...]:
    """What is tuned before its turn without a word of why."""
    setting = units.setting(hypothesis)
    if setting is None or setting.order_reason.strip():
        return ()
    return early(hypothesis)


def _early(
    found: Sequence[Hypothesis], settings: Iterable[HypothesisSetting]
) -> dict[str, tuple[Text, ...]]:
    levers = {each.hypothesis_id: each.lever for each in settings if each.lever}
    late = [each.id for each in found if each.id in levers and levers[each.id].step > 2]
    if not late:
        return {}
    named = units.of_hypotheses(late)
    ids = sorted({unit.id for units_of in named.values() for unit in units_of})
    periods, targets = lever_periods.latest(ids), lever_targets.of_units(ids)
    stand = {place: standing_of(periods.get(place), targets.get(place)) for place in ids}
    whole: tuple[Standing, ...] | None = None
    said: dict[str, tuple[Text, ...]] = {}
    for key in late:
        lever = levers[key]
        sentences = []
        for unit in named.get(key, []):
            short = tuned_early(lever, stand[unit.id])
            if short:
                sentences.append(early_text(lever, short, unit.name))
        if key not in named:
            whole = whole if whole is not None else _whole()
            short = tuned_early(lever, whole)
            if short:
                sentences.append(early_text(lever, short, Text("levers_of_whole")))
        if sentences:
            said[key] = tuple(sentences)
    return said


def _whole() -> tuple[Standing, ...]:
    query = (
        select(LeverPeriod)
        .where(LeverPeriod.unit_id.is_(None), LeverPeriod.voided_at.is_(None))
        .order_by(LeverPeriod.ends_on.desc(), LeverPeriod.starts_on.desc(), LeverPeriod.id)
        .limit(1)
    )
    return standing_of(db.session.scalar(query), lever_targets.of(None))


def _result(hypothesis: Hypothesis) -> Analysis | None:
    """The last final result of any of its tests."""
    for test in reversed(hypothesis.tests):
        if test.result is not None:
            return test.result
    return None


def _compared(periods: Sequence[LeverPeriod], before: str, after: str) -> Compared | None:
    by_id = {period.id: period for period in periods}
    later = by_id.get(after) or (periods[0] if periods else None)
    if later is None:
        return None
    others = [each for each in periods if each.id != later.id]
    earlier = by_id.get(before) if before != later.id else None
    if earlier is None:
        past = [each for each in others if each.ends_on < later.starts_on]
        earlier = next(iter(past or others), None)
    if earlier is None:
        return None
    return compare(earlier, later)


def compare(earlier: LeverPeriod, later: LeverPeriod) -> Compared:
    """What the change from one period to another came from."""
    if earlier.currency != later.currency:
        named = ", ".join(sorted({earlier.currency, later.currency}))
        problem = Text("levers_in_several_currencies", currencies=named)
        return Compared(earlier, later, None, problem, ())
    old, new = earlier.turnover, later.turnover
    notes = [*old.oddities(), *new.oddities()]
    lengths = [(each.ends_on - each.starts_on).days + 1 for each in (earlier, later)]
    if max(lengths) > min(lengths) * (1 + ALIKE):
        notes.append(Text("periods_of_other_length", before=lengths[0], after=lengths[1]))
    if [name for name, _ in old.stages] != [name for name, _ in new.stages]:
        notes.append(Text("periods_of_other_stages"))
    try:
        return Compared(earlier, later, change(old, new), None, tuple(notes))
    except NotComparable as refused:
        return Compared(earlier, later, None, refused.text, tuple(notes))
