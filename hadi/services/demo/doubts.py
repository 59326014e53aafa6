"""The demo's tests whose data cannot be taken at their word: a table filled in at the end of the
shift, held against the receipts, and a hypothesis that was written after its data."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from hadi.domain.permissions import Actor
from hadi.ingest.limits import Limits
from hadi.models import Dataset, Hypothesis
from hadi.models.dataset import DatasetRole
from hadi.services import analyses, dataset_roles, datasets, reconciliations
from hadi.services.demo import till
from hadi.services.demo.story import Measure, Reach, Story, Study

_BEFORE = 45  # days between the data and the hypothesis that explains them


def hold_against_receipts(
    hypothesis: Hypothesis, log: Dataset, *, begins: date, folder: Path, by: Actor, now: datetime
) -> None:
    """What the steward does next: the receipts beside the log, then the check once more."""
    staged = datasets.stage(
        hypothesis.id, file=io.BytesIO(till.files(begins)[1]), filename="receipts.csv",
        folder=folder, limits=Limits(), by=by, now=now,
    )  # fmt: skip
    columns = {"receipt": "receipt", "store": "store", "at": "at", "core": "core"}
    receipts = dataset_roles.attach_as(
        staged.id, role=DatasetRole.RECEIPTS, columns=columns, folder=folder, by=by, now=now
    )
    reconciliations.run(
        hypothesis.id, log_id=log.id, receipts_id=receipts.id, folder=folder, by=by, now=now
    )
    later = now + timedelta(minutes=5)
    analyses.run(hypothesis.id, folder=folder, by=by, now=later)


def _log(random: Random, begins: date) -> list[list[object]]:
    text = till.files(begins)[0].decode("utf-8-sig")
    rows: list[list[object]] = [[*row] for row in csv.reader(io.StringIO(text), delimiter=";")]
    return rows[1:]


def _old_receipts(random: Random, begins: date) -> list[list[object]]:
    """Receipts of a month that was over before anyone thought of the hypothesis."""
    first = begins - timedelta(days=_BEFORE)
    return [
        [
            f"P{place:05d}", arm, first + timedelta(days=random.randrange(28)),
            round(random.lognormvariate(6.9, 0.5) + (60.0 if arm == "new" else 0.0), 2),
        ]
        for place in range(700)
        for arm in (("usual", "new")[place % 2],)
    ]  # fmt: skip


DOUBTS = (
    Story(
        "have every seller note each add-on in the table of the shift",
        effect="the client takes 1 more of add-ons with a cable",
        reason="who notes it thinks of it",
        reach=Reach.INSIGHT,
        age_days=46,
        lasts_days=till.DAYS,
        author="dina",
        measure=Measure("add-on amount", 1.0, 3.0, 2.0, sd=6.0),
        file="add-ons noted in the shift.csv",
        study=Study(
            plan={
                "unit": "receipt",
                "day": "entered_at",
                "metrics": [
                    {
                        "name": "add-on amount",
                        "kind": "mean",
                        "columns": ["add-on amount"],
                        "role": "primary",
                        "threshold": 1,
                        "better": "higher",
                    }
                ],
                "planned_units": 40,
            },
            head=till.LOG_HEAD,
            rows=_log,
            then=hold_against_receipts,
        ),
    ),
    Story(
        "put the dear cable at eye level",
        effect="the average receipt grows by 40",
        reason="last month the shops that had it there sold more",
        reach=Reach.MEASURED,
        age_days=38,
        lasts_days=14,
        author="tom",
        measure=Measure("receipt", 40.0, 1100.0, 60.0, sd=600.0),
        file="last month by receipt.csv",
        study=Study(
            plan={
                "day": "day",
                "starts_on": None,
                "metrics": [
                    {
                        "name": "receipt",
                        "kind": "mean",
                        "columns": ["receipt"],
                        "role": "primary",
                        "threshold": 40,
                        "better": "higher",
                    }
                ],
                "planned_units": 300,
            },
            head=("client", "group", "day", "receipt"),
            rows=_old_receipts,
        ),
    ),
)
