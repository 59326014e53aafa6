"""A file of receipt lines, answered: what is added to the core of a sale, which goods go together,
who passes sales on, and what a change of it did.

Behind `hadi basket`, the page of baskets and the API.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from hadi.analysis import basket_arms, basket_gains, basket_rules
from hadi.analysis.basket_arms import Compared
from hadi.analysis.basket_gains import Gains
from hadi.analysis.basket_rules import Found
from hadi.domain.baskets import BasketSpec
from hadi.domain.text import Figure, FigureKind, Text, quoted
from hadi.domain.verdict import Check, CheckStatus
from hadi.ingest import receipts as counting
from hadi.ingest.receipts import Receipts
from hadi.stats import baskets
from hadi.stats.baskets import Ranged
from hadi.stats.errors import NotEstimable

FEW_IN_ARM = 4  # stores; below it even the best result of all is one that chance often brings


@dataclass(frozen=True, slots=True)
class Basket:
    """`core` is core and periphery as one rule (None: one of them is in no receipt); `measures` the
    figures of the whole file by name."""

    receipts: Receipts
    spec: BasketSpec
    core: Found | None
    measures: dict[str, Ranged]
    rules: tuple[Found, ...]
    arms: tuple[Compared, ...]
    gains: Gains | None
    checks: tuple[Check, ...]

    @property
    def text(self) -> Text:
        """The answer in one sentence."""
        if self.arms:
            return max(self.arms, key=lambda one: one.verdict.is_real).text
        if self.core is None:
            return Text("basket_nothing_added")
        elsewhere = self.core.rule.elsewhere
        params = {
            "attach": Figure(FigureKind.SHARE, self.core.rule.confidence),
            "lift": Figure(FigureKind.NUMBER, self.core.rule.lift),
        }
        if elsewhere is None:
            return Text("basket_attach_all", attach=params["attach"])
        return Text("basket_attach", elsewhere=Figure(FigureKind.SHARE, elsewhere), **params)

    def as_json(self) -> dict[str, Any]:
        """The object of `hadi basket --json`."""
        seen = self.receipts.seen
        return {
            "sentence": str(self.text),
            "sentence_text": self.text.as_json(),
            "seen": {name: _plain(value) for name, value in asdict(seen).items()},
            "core": _rule_json(self.core) if self.core else None,
            "measures": [_ranged_json(name, one) for name, one in self.measures.items()],
            "goods": [asdict(one) for one in self.receipts.goods],
            "rules": [_rule_json(one) for one in self.rules],
            "stores": [sums_json(one) for one in self.receipts.stores],
            "weeks": [sums_json(one) for one in self.receipts.weeks],
            "people": [asdict(one) for one in self.receipts.people],
            "departments": [asdict(one) for one in self.receipts.departments],
            "arms": [basket_arms.as_json(one) for one in self.arms],
            "gains": self.gains.as_json() if self.gains else None,
            "ranges_over": self.receipts.blocks,
            "checks": [check_json(check) for check in self.checks],
        }


def basket(paths: Sequence[Path], spec: BasketSpec) -> Basket:
    """The answer of a file. Raises Unreadable with one sentence."""
    receipts = counting.count(paths, spec)
    gained = basket_gains.gains(receipts, spec)
    arms = basket_arms.compare(receipts.stores, spec)
    checks = (
        *_checks(receipts, spec), *basket_arms.checks(arms), *basket_gains.checks(gained)
    )  # fmt: skip
    return Basket(
        receipts,
        spec,
        basket_rules.core_rule(receipts, spec.alpha),
        dict(_measures(receipts, spec.alpha)),
        basket_rules.rules(receipts, spec.alpha),
        arms,
        gained,
        checks,
    )


def check_json(check: Check) -> dict[str, Any]:
    return {
        "code": check.code,
        "status": check.status.value,
        "detail": str(check.detail),
        "text": check.detail.as_json(),
    }


def sums_json(one: counting.Sums) -> dict[str, Any]:
    """The sums of a store or a week, with their quotients."""
    told = {name: _plain(value) for name, value in asdict(one).items()}
    return told | {
        "attach_rate": one.both / one.core if one.core else None,
        "units_per_receipt": one.units / one.receipts,
        "average_check": one.amount / one.receipts if one.amount is not None else None,
    }


# (name, numerator, denominator, is a share)
_FIGURES = (
    ("attach_rate", "both", "core", True),
    ("units_per_receipt", "units", "receipts", False),
    ("average_check", "amount", "receipts", False),
    ("addon_check", "addon_amount", "receipts", False),
    ("margin_per_receipt", "margin", "receipts", False),
    ("addon_margin_per_core", "addon_margin", "core", False),
    ("addon_returns", "addon_returned", "addon_lines", True),
)


def _measures(receipts: Receipts, alpha: float) -> Iterator[tuple[str, Ranged]]:
    """The figures of the whole file; those that it has the columns for."""
    blocks = basket_rules.block_sums(receipts)
    for name, top, bottom, is_share in _FIGURES:
        whole = getattr(receipts.whole, top), getattr(receipts.whole, bottom)
        if whole[0] is None or not whole[1]:
            continue
        value = float(whole[0]) / float(whole[1])
        arrays = [
            np.array([float(getattr(one, part) or 0.0) for one in blocks]) for part in (top, bottom)
        ]
        try:
            quotient = baskets.share if is_share else baskets.mean
            found = quotient(arrays[0], arrays[1], alpha=alpha)
        except NotEstimable:
            found = Ranged(value)
        yield name, Ranged(value, found.low, found.high)


def _checks(receipts: Receipts, spec: BasketSpec) -> Iterator[Check]:
    seen = receipts.seen
    if seen.unnamed:
        yield Check("unnamed", CheckStatus.WARN, Text("basket_unnamed", n=seen.unnamed))
    if seen.returns:
        yield Check("returns", CheckStatus.PASS, Text("basket_returns", n=seen.returns))
    if seen.mixed_stores:
        yield Check("mixed_units", CheckStatus.WARN, Text("basket_mixed", n=seen.mixed_stores))
    blocks = basket_rules.block_sums(receipts)
    if receipts.blocks:
        text = Text(f"basket_ranges_{receipts.blocks}", n=len(blocks))
        yield Check("ranges", CheckStatus.PASS, text)
    else:
        yield Check("ranges", CheckStatus.WARN, Text("basket_ranges_none"))
    if spec.column("arm"):
        yield _arms_check(receipts, spec)
        yield Check("no_plan", CheckStatus.WARN, Text("basket_no_plan"))
    elif spec.since is not None:
        yield Check("no_control", CheckStatus.WARN, Text("basket_no_control"))


def _arms_check(receipts: Receipts, spec: BasketSpec) -> Check:
    """Whether there are arms to compare, and enough stores in them."""
    sizes: dict[str, int] = {}
    for one in receipts.stores:
        if one.arm is not None:
            sizes[one.arm] = sizes.get(one.arm, 0) + 1
    if spec.control not in sizes or len(sizes) < 2:
        arms = quoted(sorted(sizes)) if sizes else "–"
        return Check("arms", CheckStatus.WARN, Text("basket_no_arms", arms=arms))
    if min(sizes.values()) < FEW_IN_ARM:
        return Check("arms", CheckStatus.WARN, Text("basket_few_stores", n=min(sizes.values())))
    return Check("arms", CheckStatus.PASS, Text("basket_stores_are_units", n=sum(sizes.values())))


def _rule_json(one: Found) -> dict[str, Any]:
    return {
        "a": one.a,
        "b": one.b,
        "receipts": one.rule.n,
        "with_a": one.rule.n_a,
        "with_b": one.rule.n_b,
        "with_both": one.rule.n_both,
        "support": one.rule.support,
        "confidence": one.rule.confidence,
        "confidence_low": one.confidence.low,
        "confidence_high": one.confidence.high,
        "lift": one.rule.lift,
        "lift_low": one.lift.low,
        "lift_high": one.lift.high,
        "elsewhere": one.rule.elsewhere,
        "p_adjusted": one.p_adjusted,
        "sure": one.is_sure,
    }


def _ranged_json(name: str, one: Ranged) -> dict[str, Any]:
    return {"name": name, "value": one.value, "low": one.low, "high": one.high}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
