"""What the visits of a scorecard say: do two coders agree, did the score move, was it carried out?

The score is a measure of steps taken. It stands beside an outcome and never in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hadi.domain.scorecards import (
    CODE,
    FIDELITY_FLOOR,
    KAPPA_FLOOR,
    VISITS_FLOOR,
    Criterion,
    Mark,
    Share,
    Visit,
)
from hadi.domain.text import Figure, FigureKind, Param, Text, day_figure
from hadi.domain.verdict import Check, CheckStatus
from hadi.stats.agreement import Agreement, cohens_kappa
from hadi.stats.errors import NotEstimable

if TYPE_CHECKING:
    from hadi.stats.results import Interval

_ORDER = (Mark.MET, Mark.NOT_MET, Mark.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Coded:
    """A criterion coded twice: `table` counts the pairs of marks of `marks`; `reason` says why
    there is no kappa, `is_excluded` that it is too low to count the criterion."""

    number: int
    pairs: int
    marks: tuple[Mark, ...]
    table: tuple[tuple[int, ...], ...]
    agreement: Agreement | None
    reason: Text | None
    is_excluded: bool


@dataclass(frozen=True, slots=True)
class Period:
    """The visits before, or since, a day: the share of what applied, pooled and by visit."""

    visits: int
    share: Share
    by_visit: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Whether chance alone could move the score so: by visits of one store, or by the stores'
    own changes where there are several. `estimate` is the shift of the share."""

    p_value: float
    smallest_p: float
    by_stores: bool
    n: tuple[int, int]  # visits before and since, or the stores twice
    estimate: float
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """A criterion before and since."""

    criterion: Criterion
    before: Share
    since: Share
    is_excluded: bool


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A store before and since; `is_few`: too few visits to say anything of it."""

    unit: str
    visits_before: int
    visits_since: int
    before: Share
    since: Share
    is_few: bool


@dataclass(frozen=True, slots=True)
class Fidelity:
    """Mandatory steps taken of those due, in the visits since the start."""

    share: Share
    steps: int
    visits: int

    @property
    def is_low(self) -> bool:
        return self.share.value is not None and self.share.value < FIDELITY_FLOOR


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that is said of a scorecard's visits."""

    coded: tuple[Coded, ...]
    kept: tuple[int, ...]
    since_day: date | None
    before: Period | None
    since: Period
    change: Change | None
    no_change: Text | None
    criteria: tuple[CriterionLine, ...]
    units: tuple[UnitLine, ...]
    fidelity: Fidelity
    checks: tuple[Check, ...]
    text: Text

    @property
    def excluded(self) -> tuple[int, ...]:
        return tuple(each.number for each in self.coded if each.is_excluded)


def assess(
    criteria: Sequence[Criterion],
    visits: Sequence[Visit],
    *,
    since: date | None = None,
    until: date | None = None,
    coding: Sequence[Visit] | None = None,
    alpha: float = 0.05,
) -> Assessment:
    """Read the visits by the card.

    Parameters
    ----------
    since : the day the change began; visits before it are the measure before. None: no halves.
    until : its last day; later visits are left out.
    coding : the visits that tell how far two coders agree; None: all of `visits`, whatever their
        day. A criterion is read alike or not wherever it is asked.
    """
    coding = visits if coding is None else coding
    coded = tuple(filter(None, (_coded(each.number, coding, alpha) for each in criteria)))
    visits = [each for each in visits if until is None or each.day <= until]
    excluded = {each.number for each in coded if each.is_excluded}
    kept = tuple(each.number for each in criteria if each.number not in excluded)
    earlier = [each for each in visits if since is not None and each.day < since]
    later = [each for each in visits if since is None or each.day >= since]
    before = _period(earlier, kept) if since is not None else None
    after = _period(later, kept)
    change, reason = _change(earlier, later, kept, alpha) if since is not None else (None, None)
    fidelity = _fidelity(criteria, later, kept)
    units = _units(earlier, later, kept, has_halves=since is not None)
    return Assessment(
        coded=coded,
        kept=kept,
        since_day=since,
        before=before,
        since=after,
        change=change,
        no_change=reason,
        criteria=tuple(_line(each, earlier, later, excluded) for each in criteria),
        units=units,
        fidelity=fidelity,
        checks=tuple(_checks(criteria, coded, units, fidelity)),
        text=_sentence(before, after, change, alpha),
    )


def fidelity_check(assessment: Assessment, since: date, *, today: date | None = None) -> Check:
    """Whether the change was carried out at all: below the floor the test says nothing of it.
    `today` is asked where the change may not have begun yet."""
    found = assessment.fidelity
    day = day_figure(since)
    if not found.steps:
        return Check(CODE, CheckStatus.WARN, Text("fidelity_no_steps"))
    if not found.visits and today is not None and since > today:
        return Check(CODE, CheckStatus.PASS, Text("fidelity_ahead", day=day))
    if not found.visits:
        return Check(CODE, CheckStatus.WARN, Text("fidelity_no_visits", day=day))
    value = found.share.value
    if value is None:
        return Check(CODE, CheckStatus.WARN, Text("fidelity_nothing_applied", n=found.visits))
    told: dict[str, Param] = {
        "share": _share(value), "done": found.share.met, "due": found.share.applied,
        "n": found.visits,
    }  # fmt: skip
    if found.is_low:
        floor = _share(FIDELITY_FLOOR)
        return Check(CODE, CheckStatus.FAIL, Text("fidelity_low", floor=floor, **told))
    return Check(CODE, CheckStatus.PASS, Text("fidelity_high", **told))


def mark_share(visit: Visit, kept: Iterable[int]) -> Share:
    """A visit's own score."""
    return Share.of(visit.marks[number] for number in kept if number in visit.marks)


def _coded(number: int, visits: Sequence[Visit], alpha: float) -> Coded | None:
    """The agreement on a criterion; None where nobody coded it twice."""
    pairs = [
        (visit.marks[number], visit.second[number])
        for visit in visits
        if number in visit.marks and number in visit.second
    ]
    if not pairs:
        return None
    used = tuple(mark for mark in _ORDER if any(mark in pair for pair in pairs))
    table = tuple(tuple(pairs.count((a, b)) for b in used) for a in used)
    try:
        agreement = cohens_kappa(table, alpha=alpha)
    except NotEstimable as unknown:
        return Coded(number, len(pairs), used, table, None, Text(unknown.code), False)
    is_excluded = agreement.kappa < KAPPA_FLOOR
    return Coded(number, len(pairs), used, table, agreement, None, is_excluded)


def _period(visits: Sequence[Visit], kept: Sequence[int]) -> Period:
    shares = [mark_share(visit, kept) for visit in visits]
    by_visit = tuple(each.value for each in shares if each.value is not None)
    return Period(len(visits), sum(shares, Share()), by_visit)


def _change(
    earlier: Sequence[Visit], later: Sequence[Visit], kept: Sequence[int], alpha: float
) -> tuple[Change | None, Text | None]:
    """Of visits where there is one store, of stores where there are several; or why of nothing."""
    if not earlier or not later:
        return None, Text("score_one_side")
    if len({visit.unit for visit in (*earlier, *later)}) > 1:
        return _change_of_stores(earlier, later, kept)
    from hadi.stats.arrays import Distribution
    from hadi.stats.ranks import compare

    first, second = _period(earlier, kept).by_visit, _period(later, kept).by_visit
    try:
        found = compare(Distribution.of(first), Distribution.of(second), alpha=alpha)
    except NotEstimable:
        return None, Text("score_no_test")
    smallest = found.parameters["smallest_p"]
    return Change(
        p_value=found.p_value or 0.0,
        smallest_p=float(smallest or 0.0),
        by_stores=False,
        n=(len(first), len(second)),
        estimate=found.estimate,
        interval=found.interval,
    ), None


def _change_of_stores(
    earlier: Sequence[Visit], later: Sequence[Visit], kept: Sequence[int]
) -> tuple[Change | None, Text | None]:
    from hadi.stats.sign_flips import sign_flips

    first, second = _by_unit(earlier, kept), _by_unit(later, kept)
    changes = [second[unit] - first[unit] for unit in first if unit in second]
    if not changes:
        return None, Text("score_no_store_twice")
    found = sign_flips(changes)
    n = len(changes)
    return Change(found.p_value, found.smallest_p, True, (n, n), sum(changes) / n), None


def _by_unit(visits: Sequence[Visit], kept: Sequence[int]) -> dict[str, float]:
    """The mean of the visits of each store."""
    found: dict[str, list[float]] = {}
    for visit in visits:
        value = mark_share(visit, kept).value
        if value is not None and visit.unit:
            found.setdefault(visit.unit, []).append(value)
    return {unit: sum(values) / len(values) for unit, values in found.items()}


def _line(
    criterion: Criterion, earlier: Sequence[Visit], later: Sequence[Visit], excluded: set[int]
) -> CriterionLine:
    number = criterion.number

    def share(visits: Sequence[Visit]) -> Share:
        return Share.of(visit.marks[number] for visit in visits if number in visit.marks)

    return CriterionLine(criterion, share(earlier), share(later), number in excluded)


def _units(
    earlier: Sequence[Visit], later: Sequence[Visit], kept: Sequence[int], *, has_halves: bool
) -> tuple[UnitLine, ...]:
    names = sorted({visit.unit for visit in (*earlier, *later)})
    lines = []
    for name in names:
        first = [visit for visit in earlier if visit.unit == name]
        second = [visit for visit in later if visit.unit == name]
        counts = (len(first), len(second)) if has_halves else (len(second),)
        lines.append(
            UnitLine(
                unit=name,
                visits_before=len(first),
                visits_since=len(second),
                before=_period(first, kept).share,
                since=_period(second, kept).share,
                is_few=any(0 < count < VISITS_FLOOR for count in counts),
            )
        )
    return tuple(lines)


def _fidelity(
    criteria: Sequence[Criterion], later: Sequence[Visit], kept: Sequence[int]
) -> Fidelity:
    due = [each.number for each in criteria if each.is_mandatory and each.number in kept]
    share = sum((mark_share(visit, due) for visit in later), Share())
    return Fidelity(share, len(due), len(later))


def _checks(
    criteria: Sequence[Criterion],
    coded: Sequence[Coded],
    units: Sequence[UnitLine],
    fidelity: Fidelity,
) -> Iterable[Check]:
    low = [each.number for each in coded if each.is_excluded]
    if low:
        told = Text("criteria_excluded", n=len(low), numbers=listed(low))
        yield Check("criteria_excluded", CheckStatus.WARN, told)
    elif not coded:
        yield Check("agreement", CheckStatus.WARN, Text("agreement_unseen"))
    else:
        yield Check("agreement", CheckStatus.PASS, Text("agreement_good", n=len(coded)))
    few = [each.unit for each in units if each.is_few]
    if few:
        told = Text("few_visits", n=len(few), least=VISITS_FLOOR, units=_named(few))
        yield Check("few_visits", CheckStatus.WARN, told)
    unseen = [
        each.number for each in criteria if each.is_mandatory and not each.check_point.is_complete
    ]
    if unseen:
        told = Text("steps_need_check_points", n=len(unseen), numbers=listed(unseen))
        yield Check("check_points", CheckStatus.WARN, told)


def _sentence(before: Period | None, after: Period, change: Change | None, alpha: float) -> Text:
    if not after.visits and (before is None or not before.visits):
        return Text("score_no_visits")
    then = None if before is None else before.share.value
    now = after.share.value
    if then is None or now is None:
        known = now if now is not None else then
        if known is None:
            return Text("score_nothing_applied")
        visits = after.visits if now is not None else (before.visits if before else 0)
        return Text("score_one_period", share=_share(known), n=visits)
    told: dict[str, Param] = {"before": _share(then), "since": _share(now)}
    if change is None:
        return Text("score_moved_untested", **told)
    told["p"] = Figure(FigureKind.P_VALUE, change.p_value)
    if change.p_value <= alpha:
        return Text("score_moved", **told)
    return Text("score_could_be_chance", **told)


def listed(numbers: Iterable[int]) -> str:
    """Numbers of criteria, as in “3, 7”."""
    return ", ".join(str(number) for number in numbers)


def _named(units: Sequence[str], most: int = 5) -> str:
    named = ", ".join(f"“{unit}”" if unit else "–" for unit in units[:most])
    return f"{named}, …" if len(units) > most else named


def _share(value: float) -> Figure:
    return Figure(FigureKind.SHARE, value)
