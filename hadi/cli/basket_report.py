"""What `hadi basket` prints for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hadi.analysis.basket_arms import Compared, Measured
from hadi.analysis.baskets import Basket
from hadi.domain.plan import MetricRole
from hadi.domain.text import ENGLISH, Figure, FigureKind, Text
from hadi.domain.verdict import CheckStatus
from hadi.stats.baskets import Ranged

_MARKS = {CheckStatus.PASS: "ok", CheckStatus.WARN: "warn", CheckStatus.FAIL: "FAIL"}
_SHARES = frozenset({"attach_rate", "addon_returns"})
_MOST_RULES = 12


def report(answer: Basket, notes: Sequence[Text] = ()) -> str:
    """The whole report as text."""
    return "\n".join(_lines(answer, notes))


def _lines(answer: Basket, notes: Sequence[Text]) -> Iterator[str]:
    yield str(answer.text)
    yield ""
    seen = answer.receipts.seen
    money = f", amounts in {seen.currency}" if seen.currency else ""
    yield f"Receipts   {seen.receipts:,} of {seen.stores:,} stores, {seen.rows:,} lines{money}"
    for name, found in answer.measures.items():
        yield f"  {Text(f'basket_measure_{name}')!s:<40} {_ranged(name, found)}"
    if answer.core is not None:
        rule = answer.core.rule
        yield (
            f"Core       support {_share(rule.support)}, confidence {_share(rule.confidence)}, "
            f"lift {rule.lift:.2f}"
            + (f"; without core {_share(rule.elsewhere)}" if rule.elsewhere is not None else "")
        )
    for one in answer.arms:
        yield from _arm(one)
    yield from _rules(answer)
    yield "Checks"
    for check in answer.checks:
        yield f"  {_MARKS[check.status]:<5} {check.code:<16} {check.detail}"
    for note in notes:
        yield f"Note   {note}"


def _arm(one: Compared) -> Iterator[str]:
    yield ""
    yield f"{one.verdict.verdict.value.replace('_', ' ').upper()}  {one.treatment}: {one.text}"
    for measured in one.measured:
        role = f"guardrail {measured.status}" if measured.role is MetricRole.GUARDRAIL else ""
        name = str(Text(f"basket_measure_{measured.name}"))
        yield f"  {name:<28} {_difference(measured)}  {role}".rstrip()
    attach = one.attach
    if attach.permutation is not None:
        placebo = attach.permutation
        how = "of all" if placebo.is_exact else "of drawn"
        yield f"  Placebo p {placebo.p_value:.3f} {how} {placebo.assignments:,} choices of stores"
    if one.naive is not None and attach.pooled is not None:
        pooled = Figure(FigureKind.POINTS, attach.pooled, is_signed=True)
        p = ENGLISH.figure(Figure(FigureKind.P_VALUE, one.naive.p_value or 0.0))
        yield f"  All receipts together {ENGLISH.figure(pooled)}; as if each were evidence p {p}"


def _difference(one: Measured) -> str:
    if one.comparison is None:
        return str(one.reason)
    kind = FigureKind.POINTS if one.is_share else FigureKind.NUMBER
    end = FigureKind.BARE_POINTS if one.is_share else FigureKind.NUMBER
    interval = one.comparison.interval
    low, high = (
        "?" if x is None else ENGLISH.figure(Figure(end, x)) for x in (interval.low, interval.high)
    )
    value = ENGLISH.figure(Figure(kind, one.comparison.estimate, is_signed=True))
    p = ENGLISH.figure(Figure(FigureKind.P_VALUE, one.comparison.p_value or 0.0))
    return f"{value} [{low}, {high}]  p {p}"


def _rules(answer: Basket) -> Iterator[str]:
    yield ""
    yield f"Rules      {len(answer.rules)}, from {answer.spec.least} receipts with both"
    for one in answer.rules[:_MOST_RULES]:
        ends = ""
        if one.lift.low is not None and one.lift.high is not None:
            ends = f" [{one.lift.low:.2f}, {one.lift.high:.2f}]"
        yield (
            f"  {one.a} → {one.b}: support {_share(one.rule.support)}, confidence "
            f"{_share(one.rule.confidence)}, lift {one.rule.lift:.2f}{ends}"
        )


def _ranged(name: str, found: Ranged) -> str:
    def written(value: float) -> str:
        return (
            _share(value) if name in _SHARES else ENGLISH.figure(Figure(FigureKind.NUMBER, value))
        )

    if found.low is None or found.high is None:
        return written(found.value)
    return f"{written(found.value)} [{written(found.low)}, {written(found.high)}]"


def _share(value: float) -> str:
    return ENGLISH.figure(Figure(FigureKind.SHARE, value))
