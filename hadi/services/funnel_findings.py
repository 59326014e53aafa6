"""What rows that were made from deals bring along: too many open deals or an untidy CRM forbid a
verdict on them, wherever it is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from hadi.domain.text import Text
from hadi.domain.verdict import Check, CheckStatus
from hadi.models import Dataset
from hadi.services.made_datasets import MadeFrom, origin_of


def checks(dataset: Dataset) -> Iterable[Check]:
    """The checks of the funnel that a data set was made by; none of another."""
    origin = origin_of(dataset)
    if origin is None or origin.kind is not MadeFrom.FUNNEL:
        return ()
    return tuple(
        Check(found["code"], CheckStatus(found["status"]), Text.from_json(found["text"]))
        for found in origin.found.get("checks", ())
    )
