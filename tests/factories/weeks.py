"""Files that come week by week, as a till would write them, and the verbs that attach them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from hadi.models import Dataset, Hypothesis

HEAD = "client;arm;bought;day"
PLAN: dict[str, Any] = {"unit": "client", "day": "day"}


def week(number: int, *, head: str = HEAD, rows: int = 60, extra: str = "") -> bytes:
    """The rows of a week: its own clients, both arms, its own days."""
    first = date(2026, 2, 2) + timedelta(weeks=number - 1)
    lines = [
        f"{number * 1000 + i};{'AB'[i % 2]};{int(i % 7 < 2)};{first + timedelta(days=i % 7)}{extra}"
        for i in range(rows)
    ]
    return "\n".join([head, *lines, ""]).encode()


def staged(
    world: World, hypothesis: Hypothesis, folder: Path, content: bytes, name: str = "week.csv",
    **options: Any,
) -> Dataset:  # fmt: skip
    from hadi.ingest.limits import Limits
    from hadi.services import datasets

    return datasets.stage(
        hypothesis.id, file=io.BytesIO(content), filename=name, folder=folder, limits=Limits(),
        by=world.actor("analyst"), now=world.later(), **options,
    )  # fmt: skip


def attached(
    world: World,
    dataset: Dataset,
    folder: Path,
    mapping: Mapping[str, str] | None = None,
    **options: Any,
) -> Dataset:
    from hadi.services import datasets

    return datasets.attach(
        dataset.id, mapping=mapping, folder=folder, by=world.actor("analyst"), now=world.later(),
        **options,
    )  # fmt: skip
