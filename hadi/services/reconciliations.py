"""A log laid beside receipts: found once, kept, and what follows for the test's verdict.

Where the receipts bear out too little of a log that a check rests on, the check goes over to the
receipts if they answer the plan; otherwise it is invalid and says what to attach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select

from hadi.analysis.by_design import require_answer
from hadi.db import db, let_go, new_id, transaction
from hadi.domain.errors import HadiError, Invalid, NotFound
from hadi.domain.permissions import Actor, Permission, Stake, require
from hadi.domain.plan import NeedRole
from hadi.domain.quality import Level, unquoted
from hadi.domain.reconciliation import (
    LOG_COLUMNS,
    RECEIPT_COLUMNS,
    LogColumns,
    ReceiptColumns,
    Reconciled,
    Rules,
)
from hadi.domain.tags import hidden
from hadi.domain.text import Text
from hadi.domain.verdict import Check, CheckStatus
from hadi.ingest import reconciling
from hadi.ingest.reconciling import Kind, Listed, Sides
from hadi.ingest.tables import TableSource
from hadi.models import Dataset, Hypothesis, Reconciliation, Test
from hadi.models.dataset import DatasetKind, DatasetRole
from hadi.models.job import JobKind
from hadi.services import dataset_roles, events, hypotheses, jobs, workspace
from hadi.services.dataset_mapping import checked_mapping
from hadi.services.dataset_records import find as find_dataset
from hadi.services.dataset_records import paths_of, require_content, test_of
from hadi.services.quality import settings_of, tell_compared

SHOWN = 20  # rows of each kind
LARGE = 2_000_000  # rows of both sides: more are compared in the background


def find(reconciliation_id: str, *, by: Actor) -> Reconciliation:
    """The comparison with that id. Raises NotFound."""
    require(by, Permission.VIEW)
    found = db.session.get(Reconciliation, reconciliation_id)
    if found is None:
        raise NotFound(Text("no_such_reconciliation"))
    return found


def of_test(test_id: str) -> list[Reconciliation]:
    """Those of a test, the newest first."""
    query = select(Reconciliation).where(Reconciliation.test_id == test_id)
    return list(
        db.session.scalars(query.order_by(Reconciliation.created_at.desc(), Reconciliation.id))
    )


def datasets_of(test_id: str) -> list[Dataset]:
    """Every data set of a test."""
    return list(db.session.scalars(select(Dataset).where(Dataset.test_id == test_id)))


def read(reconciliation: Reconciliation) -> Reconciled:
    return Reconciled.from_json(reconciliation.result)


def forget_values(dataset: Dataset) -> None:
    """Keep of the comparisons of these data what quotes nothing of their rows: the counts stay. In
    a transaction."""
    query = select(Reconciliation).where(
        or_(Reconciliation.log_id == dataset.id, Reconciliation.receipts_id == dataset.id)
    )
    for made in db.session.scalars(query):
        if why := made.result.get("not_switched"):
            kept = unquoted(Text.from_json(why))
            made.result = made.result | {"not_switched": kept.as_json()}


def is_large(log_id: str, receipts_id: str, *, by: Actor) -> bool:
    """Whether comparing takes longer than a request."""
    return sum(find_dataset(each, by=by).rows for each in (log_id, receipts_id)) > LARGE


def run_later(
    hypothesis_id: str,
    *,
    log_id: str,
    receipts_id: str,
    mapping: Mapping[str, Mapping[str, str]],
    settings: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> str:
    """Compare them in the background; the id of the job. Refuses what can be refused at once."""
    _pair(hypothesis_id, log_id, receipts_id, mapping, by=by)
    Rules.from_json(settings)
    arguments = {
        "log_id": log_id, "receipts_id": receipts_id,
        "mapping": {side: dict(columns) for side, columns in mapping.items()},
        "settings": dict(settings),
    }  # fmt: skip
    hypothesis = db.session.get(Hypothesis, hypothesis_id)
    return jobs.submit(
        JobKind.RECONCILE, subject_id=hypothesis_id, arguments=arguments, hypothesis=hypothesis,
        by=by, now=now,
    ).id  # fmt: skip


def run(
    hypothesis_id: str,
    *,
    log_id: str,
    receipts_id: str,
    mapping: Mapping[str, Mapping[str, str]] | None = None,
    settings: Mapping[str, Any] | None = None,
    folder: Path,
    by: Actor,
    now: datetime,
) -> Reconciliation:
    """Compare a log with receipts and keep what was found. `mapping` has the columns of the `log`
    and of the `receipts`, those they were attached with unless said. Raises NotAllowed, Invalid,
    NotFound, Unreadable."""
    rules = Rules.from_json(settings or {})
    with hypotheses.logging_refusals("attach_data", hypothesis_id, by=by, now=now):
        log, receipts, chosen = _pair(hypothesis_id, log_id, receipts_id, mapping or {}, by=by)
        sides = _sides(log, receipts, chosen, folder=folder, now=now)
        made = _begun(log, receipts, by=by, now=now)
    if made is None:
        let_go()
        reconciled = Reconciled(reconciling.count(sides, rules), rules)
        made = _store(hypothesis_id, log_id, receipts_id, chosen, reconciled, by=by, now=now)
    is_open = not made.result.keys() & {"switched_to", "not_switched"}
    if is_open and made.level == Level.RED and _carries_the_check(log_id, by=by):
        _switch(made.id, folder=folder, by=by, now=now)
    return made


def _begun(log: Dataset, receipts: Dataset, *, by: Actor, now: datetime) -> Reconciliation | None:
    """What an earlier attempt at the same job has stored: a job is of one moment."""
    query = select(Reconciliation).where(
        Reconciliation.log_id == log.id, Reconciliation.receipts_id == receipts.id,
        Reconciliation.author_id == by.user_id, Reconciliation.created_at == now,
    )  # fmt: skip
    found: Reconciliation | None = db.session.scalar(query.limit(1))
    return found


def _store(
    hypothesis_id: str,
    log_id: str,
    receipts_id: str,
    chosen: Mapping[str, Any],
    reconciled: Reconciled,
    *,
    by: Actor,
    now: datetime,
) -> Reconciliation:
    with transaction():
        hypothesis = hypotheses.locked(hypothesis_id)
        log, receipts = (find_dataset(each, by=by) for each in (log_id, receipts_id))
        made = Reconciliation(
            id=new_id(), test_id=log.test_id, log_id=log.id, receipts_id=receipts.id,
            mapping=dict(chosen), result=reconciled.as_json(), level=reconciled.level.value,
            author_id=by.user_id, created_at=now,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        events.record(
            "data_reconciled", subject="reconciliation", subject_id=made.id, by=by, now=now,
            hypothesis=hypothesis,
            details={"level": made.level, "log_version": log.version,
                     "receipts_version": receipts.version},
        )  # fmt: skip
        tell_compared(log)
        hypothesis.updated_at = now
    return made


def checks(dataset: Dataset) -> tuple[Check, ...]:
    """What an analysis of these data takes from the comparisons of their test: a log that the
    receipts do not bear out cannot carry a verdict, nor can a later version of it that nobody has
    compared yet."""
    latest: dict[str, Reconciliation] = {}
    for each in reversed(of_test(dataset.test_id)):
        latest[each.log_id] = each
    for place, version in enumerate(_versions(dataset)):
        found = latest.get(version.id)
        if found is None:
            continue
        if found.level != Level.RED:
            return ()
        if place:
            text = Text("reconciled_log_again")
        else:
            text = Text("reconciled_log_red", first=read(found).findings[0].detail)
        return (Check("log_support", CheckStatus.FAIL, text),)
    return ()


def _versions(dataset: Dataset) -> Iterator[Dataset]:
    """The data set, then those that it corrects or adds to. Receipts that took a log's place are
    not a version of it."""
    seen: Dataset | None = dataset
    while seen is not None:
        yield seen
        is_own = seen.relation.value != "whole" and not _is_switched(seen)
        seen = db.session.get(Dataset, seen.previous_id) if is_own and seen.previous_id else None


def _is_switched(dataset: Dataset) -> bool:
    """Whether a comparison put these data in the place of a log."""
    return switched_from(dataset) is not None


def switched_from(dataset: Dataset) -> Reconciliation | None:
    """The comparison after which these data became what the check rests on."""
    for each in of_test(dataset.test_id):
        if each.result.get("switched_to") == dataset.id:
            return each
    return None


def of_log(dataset: Dataset) -> Reconciliation | None:
    """The newest comparison in which these data were the log."""
    return next((each for each in of_test(dataset.test_id) if each.log_id == dataset.id), None)


def listed(
    reconciliation: Reconciliation,
    kinds: Sequence[Kind],
    *,
    folder: Path,
    by: Actor,
    stake: Stake,
    now: datetime,
) -> dict[Kind, Listed]:
    """The first rows of each kind, without the columns that `by` may not see; compared once for
    all of them."""
    if not kinds:
        return {}
    sides, rules = _again(reconciliation, folder=folder, now=now)
    unseen = {kind: _unseen(reconciliation, kind, by=by, stake=stake) for kind in kinds}
    return reconciling.listed(sides, rules, unseen, most=SHOWN)


def streamed(
    reconciliation: Reconciliation,
    kind: Kind,
    *,
    folder: Path,
    by: Actor,
    stake: Stake,
    now: datetime,
) -> Iterator[Sequence[Sequence[str | None]]]:
    """All rows of a kind, the names of the columns first."""
    sides, rules = _again(reconciliation, folder=folder, now=now)
    unseen = _unseen(reconciliation, kind, by=by, stake=stake)
    return reconciling.streamed(sides, rules, kind, hidden=unseen)


def _again(reconciliation: Reconciliation, *, folder: Path, now: datetime) -> tuple[Sides, Rules]:
    log, receipts = reconciliation.log, reconciliation.receipts
    sides = _sides(log, receipts, reconciliation.mapping, folder=folder, now=now)
    return sides, read(reconciliation).rules


def _unseen(
    reconciliation: Reconciliation, kind: Kind, *, by: Actor, stake: Stake
) -> frozenset[str]:
    """The columns of the rows of a kind that are hidden from `by`."""
    side = reconciliation.receipts if kind is Kind.UNLOGGED else reconciliation.log
    return hidden(side.tags, by, stake)


def _pair(
    hypothesis_id: str,
    log_id: str,
    receipts_id: str,
    mapping: Mapping[str, Mapping[str, str]],
    *,
    by: Actor,
) -> tuple[Dataset, Dataset, dict[str, dict[str, str]]]:
    """Both data sets of one test, and their columns. Raises Invalid, NotFound, NotAllowed."""
    hypothesis = db.session.get(Hypothesis, hypothesis_id)
    if hypothesis is None:
        raise NotFound(Text("no_such_hypothesis", key=hypothesis_id[:40]))
    require(by, Permission.ATTACH_DATA, hypotheses.stake(hypothesis))
    tests = {test.id for test in hypothesis.tests}
    log, receipts = (find_dataset(each, by=by) for each in (log_id, receipts_id))
    for dataset in (log, receipts):
        if dataset.test_id not in tests or not dataset.is_attached:
            raise NotFound(Text("no_such_dataset"))
        if dataset.kind is not DatasetKind.FILE:
            raise Invalid(Text("reconciling_not_files"))
        require_content(dataset)
    if log.test_id != receipts.test_id:
        raise NotFound(Text("no_such_dataset"))
    if log.digest == receipts.digest:
        raise Invalid(Text("reconciling_same"))
    chosen = {
        "log": checked_columns(
            log, mapping.get("log") or _known(log, DatasetRole.LOG), LOG_COLUMNS
        ),
        "receipts": checked_columns(
            receipts, mapping.get("receipts") or _known(receipts, DatasetRole.RECEIPTS),
            RECEIPT_COLUMNS,
        ),
    }  # fmt: skip
    return log, receipts, chosen


def _known(dataset: Dataset, role: DatasetRole) -> dict[str, str]:
    """The columns it was attached with for that purpose; of the data of the test, those that were
    named since, and those that are called what they are for."""
    if dataset.role is role:
        return dict(dataset.mapping)
    named = settings_of(dataset).columns
    return dataset_roles.suggested(dataset.report, role) | named


def checked_columns(
    dataset: Dataset, columns: Mapping[str, Any], known: Sequence[str]
) -> dict[str, str]:
    """The columns of a log or of receipts by what they are for; what is for something else is left
    out. Raises Invalid naming every column that is not there."""
    names = {column["name"] for column in dataset.report["columns"]}
    wrong: dict[str, Text] = {}
    found: dict[str, str] = {}
    if not isinstance(columns, Mapping):
        raise Invalid(
            Text("quality_settings_invalid"), {"mapping": Text("api.not_object", field="mapping")}
        )
    for role in known:
        column = columns.get(role)
        if not column:
            continue
        if not isinstance(column, str) or column not in names:
            listed_names = ", ".join(f"“{name}”" for name in names)
            wrong[role] = Text(
                "quality_setting_column", column=str(column)[:80], columns=listed_names
            )
        found[role] = column
    if wrong:
        raise Invalid(Text("quality_settings_invalid"), wrong)
    return found


def _sides(
    log: Dataset,
    receipts: Dataset,
    mapping: Mapping[str, Mapping[str, str]],
    *,
    folder: Path,
    now: datetime,
) -> Sides:
    require_content(log)
    require_content(receipts)
    return Sides(
        log=paths_of(log, folder=folder),
        log_columns=LogColumns(**mapping["log"]),
        zone=workspace.zone(),
        now=now,
        receipts=paths_of(receipts, folder=folder),
        receipt_columns=ReceiptColumns(**mapping["receipts"]),
    )


def _carries_the_check(log_id: str, *, by: Actor) -> bool:
    """Whether the check rests on the log as it stands now."""
    log = find_dataset(log_id, by=by)
    if log.role is not DatasetRole.OUTCOME:
        return False
    query = select(Dataset.id).where(
        Dataset.test_id == log.test_id, Dataset.version > log.version,
        Dataset.role == DatasetRole.OUTCOME,
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is None


def _switch(reconciliation_id: str, *, folder: Path, by: Actor, now: datetime) -> None:
    """Let the check rest on the receipts, where they answer the plan; say why where they do not."""
    made = find(reconciliation_id, by=by)
    receipts, test = made.receipts, test_of(made.receipts)
    assert test.plan is not None
    try:
        names = [column["name"] for column in receipts.report["columns"]]
        purposes = made.mapping["receipts"]
        wanted = {**_as_in_plan(receipts, purposes, test), **_as_in_log(made.log, names)}
        mapping = checked_mapping(test.plan, names, wanted)
        paths = paths_of(receipts, folder=folder)
        let_go()
        require_answer(TableSource(paths), test.plan.bound(mapping))
    except HadiError as refusal:
        text = Text("reconciliation_not_switched", reason=refusal.text)
        with transaction():
            made = find(reconciliation_id, by=by)
            made.result = made.result | {"not_switched": text.as_json()}
        return
    with transaction():
        made = find(reconciliation_id, by=by)
        hypothesis = hypotheses.locked(test_of(made.log).hypothesis_id)
        version = dataset_roles.in_place_of(
            made.log, made.receipts, mapping=mapping, hypothesis=hypothesis, by=by, now=now
        )
        made.result = made.result | {"switched_to": version.id}
        events.record(
            "metric_switched", subject="dataset", subject_id=version.id, by=by, now=now,
            hypothesis=hypothesis,
            details={"version": version.version, "log_version": made.log.version},
        )  # fmt: skip


def _as_in_log(log: Dataset, names: Sequence[str]) -> dict[str, str]:
    """The log's own columns for the plan, where the receipts have them by the same names."""
    return {need: column for need, column in log.mapping.items() if column in names}


_OF_RECEIPTS = {NeedRole.DAY: "at", NeedRole.GROUP: "store"}


def _as_in_plan(receipts: Dataset, names: Mapping[str, str], test: Test) -> dict[str, str]:
    """The columns of the receipts for the plan, where they were attached with them: the day of a
    receipt is that of its time."""
    assert test.plan is not None
    found: dict[str, str] = {}
    for need in test.plan.needs():
        purpose = _OF_RECEIPTS.get(need.role, need.key)
        column = names.get(purpose) or receipts.mapping.get(need.key)
        if column:
            found[need.key] = column
    return found
