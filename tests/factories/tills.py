"""The demo's log and receipts attached to a test: its log as the data, its receipts beside them."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from hadi.models import Dataset, Hypothesis

BEGINS = date(2026, 2, 3)  # the day after the world's own
LOG = {"receipt": "receipt", "store": "store", "entered_at": "entered_at"}
RECEIPTS = {"receipt": "receipt", "store": "store", "at": "at", "core": "core"}


def running(world: World, **plan: Any) -> Hypothesis:
    """A test of what an add-on brings, planned before the month of the till."""
    return world.running(
        "say what goes with the cable", variant="group", control="usual", unit="receipt",
        split={"usual": 0.5, "new": 0.5}, baseline=None, planned_units=20,
        metrics=[{
            "name": "Add-on", "kind": "mean", "columns": ["add-on amount"], "role": "primary",
            "threshold": 0.5, "better": "higher",
        }],
        **plan,
    )  # fmt: skip


def staged(world: World, hypothesis: Hypothesis, name: str, content: bytes) -> Dataset:
    from hadi.ingest.limits import Limits
    from hadi.services import datasets

    return datasets.stage(
        hypothesis.id, file=io.BytesIO(content), filename=name, folder=folder_of(world),
        limits=Limits(), by=world.actor("analyst"), now=world.later(),
    )  # fmt: skip


def with_log(world: World, hypothesis: Hypothesis) -> Dataset:
    """The log, as the data that the check rests on."""
    from hadi.services import datasets
    from hadi.services.demo import till

    world.later(days=30)
    dataset = staged(world, hypothesis, "log.csv", till.files(BEGINS)[0])
    return datasets.attach(
        dataset.id, mapping={}, folder=folder_of(world), by=world.actor("analyst"),
        now=world.later(),
    )  # fmt: skip


def with_receipts(
    world: World, hypothesis: Hypothesis, content: bytes | None = None, **more: Any
) -> Dataset:
    """The receipts, beside the data."""
    from hadi.models.dataset import DatasetRole
    from hadi.services import dataset_roles
    from hadi.services.demo import till

    dataset = staged(world, hypothesis, "receipts.csv", content or till.files(BEGINS)[1])
    return dataset_roles.attach_as(
        dataset.id, role=DatasetRole.RECEIPTS, columns=RECEIPTS, folder=folder_of(world),
        by=world.actor("analyst"), now=world.later(), **more,
    )  # fmt: skip


def folder_of(world: World) -> Path:
    found: Path = world.app.extensions["hadi_settings"].data_dir / "datasets"
    return found
