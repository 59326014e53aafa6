"""Rows that were worked out from an uploaded file (deals of a funnel, receipts of a basket) become
the data of a test by the ordinary way: they are staged like a file that somebody sent, mapped on
the page of columns and attached as a version. What they were worked out from stays with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.db import db
from hadi.domain.lifecycle import State
from hadi.domain.permissions import Actor, Permission, allows, require
from hadi.domain.text import Text
from hadi.ingest.limits import Limits
from hadi.models import Dataset, Hypothesis, Test
from hadi.services import dataset_reading, hypotheses

MOST_OFFERED = 200


class MadeFrom(StrEnum):
    """What the rows of a data set were worked out from."""

    FUNNEL = "funnel"
    BASKET = "basket"


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that rows were worked out from and how. `spec` says what was chosen and `found`
    what was seen on the way (plain JSON, nothing personal: everybody who sees the data set sees
    it); `text` is the sentence that a person reads."""

    kind: MadeFrom
    filename: str  # of the file, as the person named it
    digest: str  # SHA-256 of its table
    rows: int  # of the file
    text: Text
    spec: Mapping[str, Any] = field(default_factory=dict)
    found: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "filename": self.filename,
            "digest": self.digest,
            "rows": self.rows,
            "spec": dict(self.spec),
            "found": dict(self.found),
            "text": self.text.as_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Origin:
        return cls(
            kind=MadeFrom(data["kind"]), filename=data["filename"], digest=data["digest"],
            rows=data["rows"], text=Text.from_json(data["text"]), spec=data["spec"],
            found=data["found"],
        )  # fmt: skip


def origin_of(dataset: Dataset) -> Origin | None:
    """What a data set was worked out from; None of a file that was sent as it is."""
    return Origin.from_json(dataset.origin) if dataset.origin else None


def taking(*, by: Actor) -> list[Hypothesis]:
    """The hypotheses whose test takes data of this person now, the lately changed first."""
    require(by, Permission.VIEW)
    query = (
        select(Hypothesis)
        .outerjoin(Test, Hypothesis.current_test_id == Test.id)
        .where(Hypothesis.state.in_((State.RUNNING, State.MEASURED)))
        .options(joinedload(Hypothesis.current_test))
        .order_by(Hypothesis.updated_at.desc(), Hypothesis.id)
    )
    found = (
        each
        for each in db.session.scalars(query)
        if allows(by, Permission.ATTACH_DATA, hypotheses.stake(each))
    )
    return [each for each, _place in zip(found, range(MOST_OFFERED), strict=False)]


def stage(
    hypothesis_id: str,
    *,
    file: BinaryIO,
    filename: str,
    origin: Origin,
    folder: Path,
    incoming: Path | None = None,
    limits: Limits,
    by: Actor,
    now: datetime,
) -> Dataset:
    """Keep worked-out rows (a CSV or Parquet file, as `filename` says) for the current test of a
    hypothesis; they count once they are mapped and attached. The same rows again are the data set
    that they became. Raises what every upload raises: NotAllowed, Blocked, TooLarge, Unreadable."""
    return dataset_reading.stage(
        hypothesis_id, file=file, filename=filename, origin=origin.as_json(), folder=folder,
        incoming=incoming, limits=limits, keep_refused=False, by=by, now=now,
    )  # fmt: skip
