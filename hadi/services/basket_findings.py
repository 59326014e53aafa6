"""What rows that were made from receipts bring along: one seller who carries the gain, a department
that pays for it. Said once the test is over, for it tells that there is a gain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from hadi.domain.plan import MetricKind, Plan
from hadi.domain.text import Text
from hadi.domain.verdict import Check, CheckStatus
from hadi.models import Basket, Dataset
from hadi.services.made_datasets import MadeFrom, origin_of

# Of the checks of receipts, those that a test's verdict has to know, and what they are called
# there: its own checks of the same name look at its own rows.
_CARRIED = {
    "concentration": "basket_seller",
    "cannibalisation": "basket_departments",
    "unnamed": "basket_unnamed",
}
_OF_THE_RESULT = frozenset({"basket_seller", "basket_departments"})


def brought(basket: Basket) -> list[dict[str, Any]]:
    """The checks that a data set keeps of the receipts it was made from; nobody is named."""
    found: Mapping[str, Any] = basket.found or {}
    return [
        {"code": _CARRIED[one["code"]], "status": one["status"], "text": one["text"]}
        for one in found.get("checks", ())
        if one["code"] in _CARRIED
    ]


def checks(dataset: Dataset, plan: Plan, today: date) -> Iterable[Check]:
    """The checks of the receipts that a data set was made from; none of another."""
    origin = origin_of(dataset)
    if origin is None or origin.kind is not MadeFrom.BASKET:
        return ()
    is_over = plan.ends_on is None or plan.ends_on < today
    carried = tuple(
        Check(found["code"], CheckStatus(found["status"]), Text.from_json(found["text"]))
        for found in origin.found.get("checks", ())
        if is_over or found["code"] not in _OF_THE_RESULT
    )
    primary = plan.primary
    if primary is None or primary.kind is not MetricKind.RATIO:
        return carried
    # Whoever comes from the page of baskets has read another number there.
    return (*carried, Check("basket_rate", CheckStatus.PASS, Text("basket_rate_of_receipts")))
