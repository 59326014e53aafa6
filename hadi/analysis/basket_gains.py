"""Who brings a gain, and who pays for it: one seller who carries it, one department that loses what
another wins."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hadi.domain.baskets import BasketSpec
from hadi.domain.text import Figure, FigureKind, Text
from hadi.domain.verdict import Check, CheckStatus
from hadi.ingest.receipts import Credited, Receipts
from hadi.stats.concentration import Concentration, concentration, gains_of
from hadi.stats.errors import NotEstimable

BEFORE, AFTER = "before", "after"
EATEN = 0.5  # of what some departments win: from here on the others pay for it


@dataclass(frozen=True, slots=True)
class Change:
    """What a department earned in a week, before and after."""

    name: str
    then: float
    now: float

    @property
    def change(self) -> float:
        return self.now - self.then


@dataclass(frozen=True, slots=True)
class Gains:
    """`carried` is who brings most of the gain, in `unit` ("amount" or "lines", of a week or of the
    whole treatment); `departments` what each of them earned."""

    spans: tuple[str, str]
    carried: Concentration | None
    unit: str
    departments: tuple[Change, ...]

    @property
    def eaten(self) -> float | None:
        """What the losing departments lost, as a share of what the others won."""
        won = math.fsum(one.change for one in self.departments if one.change > 0)
        lost = -math.fsum(one.change for one in self.departments if one.change < 0)
        return lost / won if won > 0 else None

    def as_json(self) -> dict[str, Any]:
        carried = self.carried
        return {
            "spans": list(self.spans),
            "unit": self.unit,
            "carried": {
                "name": carried.name, "own": carried.own, "share": carried.share,
                "total": carried.total, "left": carried.left,
            } if carried else None,
            "departments": [
                {"name": one.name, "then": one.then, "now": one.now, "change": one.change}
                for one in self.departments
            ],
            "eaten": self.eaten,
        }  # fmt: skip


def gains(receipts: Receipts, spec: BasketSpec) -> Gains | None:
    """What changed between the two spans; None where there are no two."""
    spans = _spans(receipts, spec)
    if spans is None:
        return None
    has_money = all(one.addon_amount is not None or not one.lines for one in receipts.people)
    unit = "amount" if has_money else "lines"
    return Gains(
        spans, _carried(receipts, spans, unit), unit,
        tuple(_departments(receipts, spans)),
    )  # fmt: skip


def checks(found: Gains | None) -> tuple[Check, ...]:
    """What has to be known of a gain, without anybody's name."""
    if found is None:
        return ()
    told = []
    if found.carried is not None:
        told.append(_carried_check(found.carried))
    eaten = found.eaten
    if eaten is not None and len(found.departments) > 1:
        is_eaten = eaten >= EATEN
        code = "basket_eaten" if is_eaten else "basket_not_eaten"
        told.append(
            Check(
                "cannibalisation",
                CheckStatus.WARN if is_eaten else CheckStatus.PASS,
                Text(code, share=Figure(FigureKind.SHARE, eaten)),
            )
        )
    return tuple(told)


def _carried_check(carried: Concentration) -> Check:
    share = Figure(FigureKind.SHARE, max(carried.share, 0.0))
    if carried.share > 1.0:
        return Check("concentration", CheckStatus.WARN, Text("basket_one_seller_all"))
    if carried.is_carried:
        return Check("concentration", CheckStatus.WARN, Text("basket_one_seller", share=share))
    return Check("concentration", CheckStatus.PASS, Text("basket_many_sellers", share=share))


def _spans(receipts: Receipts, spec: BasketSpec) -> tuple[str, str] | None:
    if not spec.column("arm"):
        known = receipts.span_weeks.keys()
        return (BEFORE, AFTER) if {BEFORE, AFTER} <= known else None
    arms = sorted({one.arm for one in receipts.stores if one.arm is not None} - {spec.control})
    is_known = any(one.arm == spec.control for one in receipts.stores)
    return (spec.control, arms[0]) if len(arms) == 1 and is_known else None


def _carried(receipts: Receipts, spans: tuple[str, str], unit: str) -> Concentration | None:
    """Leaves out one seller after another."""
    then, now = (_values(receipts.people, span, unit) for span in spans)
    if spans == (BEFORE, AFTER):
        weeks = receipts.span_weeks
        own = gains_of(
            {name: value / weeks[BEFORE] for name, value in then.items()},
            {name: value / weeks[AFTER] for name, value in now.items()},
        )
    else:
        own = _beyond(receipts.people, spans, then, now)
    own.pop("", None)  # lines of nobody are nobody's gain
    try:
        return concentration(own)
    except NotEstimable:
        return None


def _beyond(
    people: Sequence[Credited],
    spans: tuple[str, str],
    then: Mapping[str, float],
    now: Mapping[str, float],
) -> dict[str, float]:
    """What each seller of the treatment sold beyond what the control's receipts with core bring."""
    core = {span: {p.name: p.core for p in people if p.span == span} for span in spans}
    usual = sum(core[spans[0]].values())
    if not usual:
        return {}
    rate = math.fsum(then.values()) / usual
    return {name: value - rate * core[spans[1]].get(name, 0) for name, value in now.items()}


def _values(people: Sequence[Credited], span: str, unit: str) -> dict[str, float]:
    return {
        one.name: float((one.addon_amount if unit == "amount" else one.lines) or 0.0)
        for one in people
        if one.span == span
    }


def _departments(receipts: Receipts, spans: tuple[str, str]) -> list[Change]:
    """What every department is credited with; nothing where no margin is known. Departments of
    stores that stand side by side differ as the stores do: there the margin of a receipt, judged
    by store, says whether the whole lost."""
    if spans != (BEFORE, AFTER):
        return []
    if any(one.margin is None for one in receipts.departments if one.span in spans):
        return []
    sizes = [receipts.span_weeks.get(span, 0.0) for span in spans]
    if not all(sizes):
        return []
    names = sorted({one.name for one in receipts.departments if one.span in spans})
    value = {(one.name, one.span): one.margin or 0.0 for one in receipts.departments}
    then, now = zip(spans, sizes, strict=True)
    return [
        Change(name, *(value.get((name, span), 0.0) / size for span, size in (then, now)))
        for name in names
    ]
