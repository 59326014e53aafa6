"""Data sets that were worked out from deals or receipts, as the API attaches and shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response

from hadi.api import shown_data
from hadi.api.answers import answer, settle
from hadi.api.authentication import actor, now
from hadi.api.datasets import folder, incoming
from hadi.db import db
from hadi.domain.errors import HadiError
from hadi.domain.tags import hidden
from hadi.models import Dataset, Hypothesis, Test
from hadi.services import datasets, hypotheses


def attached(staged: Dataset, body: Mapping[str, Any], *, since: datetime) -> Dataset:
    """The staged rows as data of the test, unless they are that already. Where they cannot be, what
    was staged from `since` on is discarded. Raises what attaching does."""
    if staged.is_attached:
        return staged
    is_mine = staged.created_at >= since
    try:
        return datasets.attach(
            staged.id, mapping=body.get("mapping") or {}, reason=body.get("reason") or "",
            folder=folder(), incoming=incoming(), by=actor(), now=now(),
        )  # fmt: skip
    except HadiError:
        if is_mine:
            datasets.discard(staged.id, folder=folder(), incoming=incoming(), by=actor(), now=now())
        raise


def created(hypothesis: Hypothesis, dataset: Dataset) -> Response:
    """The answer (201) with the data set and its address, once it is stored."""
    settle()
    number = db.session.get_one(Test, dataset.test_id).number
    unseen = hidden(dataset.tags, actor(), hypotheses.stake(hypothesis))
    where = f"/hypotheses/{hypothesis.id}/datasets/{dataset.id}"
    told = shown_data.dataset(dataset, number, hidden=unseen)
    return answer(told, HTTPStatus.CREATED, location=where)
