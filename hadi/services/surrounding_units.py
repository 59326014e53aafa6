"""What the weeks of the stores say of a test: new people, and goods that ran out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select

from hadi.db import db
from hadi.domain.overlaps import ALIKE, MOST_NEW, new_share
from hadi.domain.text import Figure, FigureKind, Text
from hadi.domain.verdict import Check, CheckStatus
from hadi.models import UnitWeek
from hadi.services.surrounding_days import arm_text, named
from hadi.services.surrounding_ground import Days, Ground


def checks(ground: Ground) -> Iterator[Check]:
    """Staff and stock of the stores in the weeks of the test."""
    if db.session.scalar(select(UnitWeek.id).limit(1)) is None:
        return  # before the data are read
    weeks = _weeks(ground.after) if ground.after is not None else {}
    if not weeks:
        return
    ids = {store.unit.id for store in ground.stores if store.unit is not None}
    known = {unit_id: weeks[unit_id] for unit_id in sorted(ids & weeks.keys())}
    if known:
        yield from _staff(ground, known)
        yield from _stock(ground, known)


def _weeks(after: Days) -> dict[str, list[UnitWeek]]:
    """The weeks that lie in the test, by unit."""
    query = (
        select(UnitWeek)
        .where(UnitWeek.week > after.first - timedelta(days=7), UnitWeek.week <= after.last)
        .order_by(UnitWeek.unit_id, UnitWeek.week)
    )
    found: dict[str, list[UnitWeek]] = {}
    for week in db.session.scalars(query):
        found.setdefault(week.unit_id, []).append(week)
    return found


def _staff(ground: Ground, weeks: Mapping[str, Sequence[UnitWeek]]) -> Iterator[Check]:
    """Whether the people of a store changed so much that it is another one."""
    shares: dict[str, float] = {}
    for unit_id, each in weeks.items():
        share = new_share((week.staff, week.staff_new) for week in each)
        if share is not None:
            shares[unit_id] = share
    if not shares:
        return
    names = _names(ground)
    over = sorted((unit_id for unit_id in shares if shares[unit_id] > MOST_NEW),
                  key=lambda unit_id: -shares[unit_id])  # fmt: skip
    most = Figure(FigureKind.SHARE, max(shares.values()))
    limit = Figure(FigureKind.SHARE, MOST_NEW)
    if not over:
        yield Check("staff", CheckStatus.PASS, Text("staff_stayed", share=most, limit=limit))
        return
    if shares[over[0]] >= 1:
        yield Check("staff", CheckStatus.WARN, _replaced(names[over[0]], weeks[over[0]]))
        over = [unit_id for unit_id in over if shares[unit_id] < 1]
        if not over:
            return
        most = Figure(FigureKind.SHARE, shares[over[0]])
    stores = named([names[unit_id] for unit_id in over])
    text = Text("staff_changed", stores=stores, share=most, limit=limit, n=len(over))
    yield Check("staff", CheckStatus.WARN, text)


def _replaced(store: str, weeks: Sequence[UnitWeek]) -> Text:
    """That as many people began as work there: a share of them would say nothing."""
    known = [
        (week.staff, week.staff_new)
        for week in weeks
        if week.staff is not None and week.staff_new is not None
    ]
    return Text(
        "staff_replaced", stores=store, began=sum(new for _staff, new in known), weeks=len(known),
        staff=round(sum(staff for staff, _new in known) / len(known)),
    )  # fmt: skip


def _stock(ground: Ground, weeks: Mapping[str, Sequence[UnitWeek]]) -> Iterator[Check]:
    """Whether goods ran out in one arm more than in another; without arms, at all."""
    out = {unit_id: [week for week in each if week.stock_out] for unit_id, each in weeks.items()}
    empty = {unit_id for unit_id, each in out.items() if each}
    if not empty:
        return
    names = _names(ground)
    notes = sorted({week.stock_note for each in out.values() for week in each if week.stock_note})
    goods = f" ({', '.join(notes)[:120]})" if notes else ""
    shares = {}
    for arm, stores in ground.arms.items():
        of_arm = [weeks[s.unit.id] for s in stores if s.unit is not None and s.unit.id in weeks]
        all_weeks = [week for each in of_arm for week in each]
        if all_weeks:
            shares[arm] = sum(week.stock_out for week in all_weeks) / len(all_weeks)
    listed = named([names[unit_id] for unit_id in sorted(empty, key=lambda u: names[u])])
    if len(shares) < 2:
        count = sum(map(len, out.values()))
        text = Text("stock_ran_out", stores=listed, n=count, goods=goods)
        yield Check("stock", CheckStatus.WARN, text)
        return
    most, least = max(shares, key=lambda a: shares[a]), min(shares, key=lambda a: shares[a])
    params = {
        "stores": listed, "goods": goods, "most": arm_text(most), "least": arm_text(least),
        "most_share": Figure(FigureKind.SHARE, shares[most]),
        "least_share": Figure(FigureKind.SHARE, shares[least]),
        "limit": Figure(FigureKind.POINTS, ALIKE),
    }  # fmt: skip
    is_uneven = shares[most] - shares[least] > ALIKE
    code = "stock_uneven_beyond" if is_uneven else "stock_alike_within"
    yield Check("stock", CheckStatus.WARN if is_uneven else CheckStatus.PASS, Text(code, **params))


def _names(ground: Ground) -> dict[str, str]:
    return {store.unit.id: store.unit.name for store in ground.stores if store.unit is not None}
