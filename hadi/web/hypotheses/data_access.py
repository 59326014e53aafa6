"""What every view of data needs: the folders, the data set an address names, who may attach."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

from hadi.config import Settings
from hadi.domain.errors import NotFound
from hadi.domain.permissions import Permission, require
from hadi.domain.plan import Plan
from hadi.domain.tags import hidden
from hadi.domain.text import Text
from hadi.ingest.limits import Limits
from hadi.models import Dataset, Hypothesis, Test
from hadi.services import datasets, hypotheses
from hadi.services.made_datasets import origin_of
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say


def settings() -> Settings:
    found: Settings = current_app.extensions["hadi_settings"]
    return found


def folder() -> Path:
    """Where attached files are kept."""
    return settings().data_dir / "datasets"


def incoming() -> Path:
    """Where files lie as they were sent."""
    return settings().data_dir / "incoming"


def limits() -> Limits:
    return Limits(max_bytes=settings().max_upload_bytes)


def found_data(key: str, dataset_id: str) -> tuple[Hypothesis, Dataset]:
    """The data set of this hypothesis, attached or not. Raises NotFound."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    found = datasets.find(dataset_id[:40], by=actor)
    if found.test_id not in {test.id for test in hypothesis.tests}:
        raise NotFound(Text("no_such_dataset"))
    return hypothesis, found


def require_attaching(hypothesis: Hypothesis) -> None:
    """What waits to be attached is for those who may attach it; a refusal is logged."""
    actor = current_actor()
    with hypotheses.logging_refusals("attach_data", hypothesis.id, by=actor, now=now()):
        require(actor, Permission.ATTACH_DATA, hypotheses.stake(hypothesis))


def hidden_columns(hypothesis: Hypothesis, dataset: Dataset) -> frozenset[str]:
    """The columns that this person may not see."""
    return hidden(dataset.tags, current_actor(), hypotheses.stake(hypothesis))


def plan_of(hypothesis: Hypothesis) -> Plan:
    test: Test | None = hypothesis.current_test
    return (test.plan if test else None) or Plan()


def known_words(dataset: Dataset, filename: str) -> str:
    """That the same file is attached already, and what to do where a later version stands."""
    newest, version = datasets.newest(dataset.test_id, dataset.role), str(dataset.version)
    if newest is None or newest.id == dataset.id:
        return say(Text("dataset_known", file=filename, version=version))
    later = str(newest.version)
    return say(Text("dataset_known_older", file=filename, version=version, newest=later))


def made_words(dataset: Dataset) -> str | None:
    """What its rows were worked out from, where nobody sent them as they are."""
    origin = origin_of(dataset)
    return say(origin.text) if origin else None


def columns_of(dataset: Dataset) -> list[str]:
    return [column["name"] for column in dataset.report["columns"]]
