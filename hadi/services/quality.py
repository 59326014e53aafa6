"""The quality report of a data set: made when it is attached, kept with it, taken up by analyses.

What its rows tell is found by `hadi.ingest.quality`; what its sums tell are the validity checks of
every analysis. Whoever knows better says so, with a reason where that takes red away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from hadi.analysis.by_design import days_of_sites, validity_of_sites
from hadi.analysis.checks import validity
from hadi.db import db, let_go, lock, transaction
from hadi.domain import quality as rules
from hadi.domain.errors import Blocked, Blocker, Invalid, NotFound, Unreadable
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.plan import Plan
from hadi.domain.quality import Finding, Level, QualityReport, QualitySettings
from hadi.domain.reconciliation import LogColumns, Reconciled, Rules, when_entered
from hadi.domain.statement import cleaned
from hadi.domain.tags import ColumnTag
from hadi.domain.text import Figure, FigureKind, Text
from hadi.domain.verdict import Check
from hadi.ingest import reconciling
from hadi.ingest.period_spans import Judged
from hadi.ingest.periods import start_day
from hadi.ingest.quality import Asked, Looked, look_into
from hadi.ingest.reconciling import Sides
from hadi.ingest.report import ColumnType
from hadi.ingest.source import Summaries
from hadi.models import Dataset, Reconciliation
from hadi.models.dataset import DatasetKind, DatasetRole
from hadi.models.job import JobKind
from hadi.services import events, hypotheses, jobs, judged_days, post_factum, workspace
from hadi.services.dataset_records import (
    find,
    hypothesis_of,
    paths_of,
    require_content,
    source,
    test_of,
)
from hadi.services.plan_versions import locked_moments
from hadi.stats import proportions
from hadi.stats.errors import NotEstimable
from hadi.stats.samples import Conversion

SOON = 2_000_000  # rows: what is larger is looked at in the background
GROSS = 0.1  # of the units: arms whose missing values surely differ by more cannot be compared
_DAYS = (ColumnType.DATE, ColumnType.TIME, ColumnType.TEXT)
_STAMPS = (ColumnType.TIME, ColumnType.TEXT)


def report_of(dataset: Dataset) -> QualityReport | None:
    """The report as it is kept; None where nobody has looked yet."""
    return QualityReport.from_json(dataset.quality) if dataset.quality else None


def settings_of(dataset: Dataset) -> QualitySettings:
    return QualitySettings.from_json(dataset.quality_settings or {})


def look_soon(dataset: Dataset, *, folder: Path, by: Actor, now: datetime) -> None:
    """Look at data that were just attached: now, or in the background where they are large. What
    cannot be looked at is no reason to refuse data."""
    if dataset.rows > SOON and dataset.kind is DatasetKind.FILE:
        jobs.submit(
            JobKind.ASSESS, subject_id=dataset.id, hypothesis=hypothesis_of(dataset), by=by, now=now
        )
        return
    try:
        assess(dataset.id, folder=folder, by=by, now=now)
    except Unreadable:
        return


def assess(dataset_id: str, *, folder: Path, by: Actor, now: datetime) -> QualityReport:
    """Look at a data set and keep the report. Raises NotFound, Unreadable."""
    dataset = find(dataset_id, by=by)
    settings, rows = settings_of(dataset), dataset.rows
    asked = _asked(dataset, settings, now=now)
    plan = asked.plan if dataset.role is DatasetRole.OUTCOME else None
    is_file = dataset.kind is DatasetKind.FILE
    paths = paths_of(dataset, folder=folder) if is_file else []
    data = source(dataset, folder=folder) if plan is not None else None
    where = judged_days.asked(dataset, plan, settings, locked_on=asked.locked_on)
    entries = _entries(dataset, settings, paths, now=now)
    late, compared = tuple(_late(dataset)), _compared(dataset)
    # Looking takes as long as the data are big: no transaction is held meanwhile.
    let_go()
    found: list[Finding] = []
    days: list[date] = []
    if data is not None and plan is not None and plan.own is not None:
        found += [Finding.of_check(check) for check in validity_of_sites(data, plan)]
        days = [] if is_file else list(days_of_sites(data, plan))  # of files the rows tell
    elif data is not None and plan is not None:
        sums = data.summaries(plan)
        found += [Finding.of_check(check) for check in validity(sums, plan)]
        found += _missing_grossly(sums, plan)
        days = sorted(date.fromisoformat(day.name) for day in sums.days if day.name)
    looked = look_into(paths, asked) if is_file else Looked((), rows, *_ends(days))
    found += looked.findings
    judged = judged_days.look(where, paths=paths, source=data) if plan is not None else None
    if is_file and plan is not None and asked.day is None and judged is None:
        unknown = Text("quality_day_unknown")  # what the check of the plan's moment says, too
        found.append(Finding("day", Level.AMBER, unknown, is_check=True))
    if entries is not None:
        counts = reconciling.count(entries, _rules(settings))
        entered = when_entered(counts, _rules(settings))
        found += [entered] if entered else []
    found = _beside_receipts(found, compared)
    if settings.duplicates_are_real:
        real = Finding("duplicates", Level.GREEN, Text("quality_duplicates_real"), is_check=True)
        found = [finding if finding.code != "duplicates" else real for finding in found]
    with transaction():
        dataset = lock(Dataset, dataset_id) or _gone()
        first, last = looked.first_day, looked.last_day
        period = _period(judged) or post_factum.Period(first, last, looked.unlocked)
        found += _after_the_fact(dataset, period)
        report = rules.report_of(
            [*found, *late], settings, rows=looked.rows, first_day=first, last_day=last
        )
        kept = report.as_json() | {"early_rows": looked.unlocked} | judged_days.kept(judged)
        # Whoever changed the settings looks again; of deleted rows nothing more is said.
        if settings_of(dataset) == settings and dataset.has_content:
            dataset.quality = kept
    return report


def forget_values(dataset: Dataset) -> None:
    """Keep of the report what quotes nothing of the rows. In a transaction that has the lock."""
    report = report_of(dataset)
    if report is not None:
        dataset.quality = (dataset.quality or {}) | rules.without_values(report).as_json()


def tell_compared(dataset: Dataset) -> None:
    """Put what a comparison with receipts found into the report of a log. In a transaction."""
    report, compared = report_of(dataset), _compared(dataset)
    if report is None or compared is None:
        return
    told = rules.report_of(
        _beside_receipts(list(report.findings), compared), settings_of(dataset), rows=report.rows,
        first_day=report.first_day, last_day=report.last_day,
    )  # fmt: skip
    dataset.quality = (dataset.quality or {}) | told.as_json()


def _compared(dataset: Dataset) -> Reconciled | None:
    """The newest comparison in which these data were the log."""
    query = select(Reconciliation).where(Reconciliation.log_id == dataset.id)
    found = db.session.scalar(query.order_by(Reconciliation.created_at.desc()).limit(1))
    return Reconciled.from_json(found.result) if found is not None else None


def _beside_receipts(found: list[Finding], compared: Reconciled | None) -> list[Finding]:
    """The findings with those of a comparison, which a check of every analysis says by itself."""
    if compared is None:
        return found
    told = [replace(finding, is_check=True) for finding in compared.findings]
    codes = {finding.code for finding in told}
    return [*(finding for finding in found if finding.code not in codes), *told]


def change(
    dataset_id: str, *, settings: Mapping[str, Any], folder: Path, by: Actor, now: datetime
) -> QualityReport:
    """Say what the rows cannot, and look again. Raises Invalid with every field; a reason is
    needed where what was red no longer is. Raises Unreadable where the rows were deleted."""
    chosen = QualitySettings.from_json({**settings, "reason": cleaned(settings.get("reason"))})
    hypothesis_id = hypothesis_of(find(dataset_id, by=by)).id
    with (
        hypotheses.logging_refusals("attach_data", hypothesis_id, by=by, now=now),
        transaction(),
    ):
        hypothesis = hypotheses.locked(hypothesis_id)
        require(by, Permission.ATTACH_DATA, hypotheses.stake(hypothesis))
        dataset = find(dataset_id, by=by)
        if not dataset.is_attached:
            raise Blocked(Text("step_refused"), [Blocker(Text("quality_not_attached"), "datasets")])
        require_content(dataset)
        _require_columns(dataset, chosen)
        before = settings_of(dataset)
        _require_reason(dataset, before, chosen)
        changed = events.difference(before.as_json(), chosen.as_json())
        if changed:
            dataset.quality_settings = chosen.as_json()
            dataset.quality = None
            events.record(
                "quality_settings", subject="dataset", subject_id=dataset.id, by=by, now=now,
                hypothesis=hypothesis, changes=changed,
                details={"version": dataset.version, "reason": chosen.reason},
            )  # fmt: skip
    return assess(dataset_id, folder=folder, by=by, now=now)


def checks(dataset: Dataset, *, folder: Path, by: Actor, now: datetime) -> tuple[Check, ...]:
    """What an analysis takes from the report, which is made where it is not there yet. Outside of
    a writing transaction."""
    settings = settings_of(dataset)
    unseen = _unseen_by_some(dataset)
    report = report_of(dataset)
    if report is None or (dataset.has_content and not judged_days.is_known(dataset.quality or {})):
        report = assess(dataset.id, folder=folder, by=by, now=now)
    told = replace(report, findings=rules.seen(report.findings, unseen))
    return rules.checks_of(told, duplicates_are_real=settings.duplicates_are_real)


def _unseen_by_some(dataset: Dataset) -> frozenset[str]:
    """The columns of which an analysis, which everyone reads, names no value. Of money that the
    plan is about it tells anyway."""
    used = set(dataset.mapping.values())
    return frozenset(
        column
        for column, tag in dataset.tags.items()
        if tag == ColumnTag.PERSONAL or column not in used
    )


def _ends(days: list[date]) -> tuple[date | None, date | None]:
    """The first and the last of the days that sums are known of."""
    return (days[0], days[-1]) if days else (None, None)


def _asked(dataset: Dataset, settings: QualitySettings, *, now: datetime) -> Asked:
    test = test_of(dataset)
    plan = test.plan.bound(dataset.mapping) if test.plan else None
    is_outcome = dataset.role is DatasetRole.OUTCOME
    moments = locked_moments(test.plan_version) if test.plan_version else None
    zone = workspace.zone()
    return Asked(
        plan=plan if is_outcome else None,
        zone=zone,
        now=now,
        day=settings.day or (_day(plan) if plan and is_outcome else None) or _own_time(dataset),
        store=settings.store or _store(plan if is_outcome else None, dataset),
        locked_on=moments[1].astimezone(zone).date() if moments else None,
        since=start_day(plan) if plan is not None and is_outcome else None,
        labels=[part.filename for part in dataset.parts],
        money=frozenset(c for c, tag in dataset.tags.items() if tag == ColumnTag.MONEY),
    )


def _day(plan: Plan) -> str | None:
    """The column that the plan has for the day: of periods theirs, where that is one."""
    return plan.day or (plan.own.time if plan.own else None)


def _own_time(dataset: Dataset) -> str | None:
    """The time of a log or of receipts, as they were attached."""
    if dataset.role is DatasetRole.OUTCOME:
        return None
    mapping = dataset.mapping
    return mapping.get("at") or mapping.get("event_at") or mapping.get("entered_at")


def _store(plan: Plan | None, dataset: Dataset) -> str | None:
    if plan is not None:
        return plan.pilot.site if plan.pilot else plan.group or plan.cluster
    return dataset.mapping.get("store")


def _entries(
    dataset: Dataset, settings: QualitySettings, paths: list[Path], *, now: datetime
) -> Sides | None:
    """The table as a log, where it is known when its rows were entered."""
    of_log = dataset.mapping if dataset.role is DatasetRole.LOG else {}
    entered_at = settings.entered_at or of_log.get("entered_at")
    if not entered_at or not paths:
        return None
    columns = LogColumns(
        store=settings.store or of_log.get("store"),
        entered_at=entered_at,
        event_at=settings.event_at or of_log.get("event_at"),
        noted=of_log.get("noted"),
    )
    return Sides(paths, columns, workspace.zone(), now)


def _rules(settings: QualitySettings) -> Rules:
    return Rules(shift_end=settings.shift_end)


def _late(dataset: Dataset) -> Iterator[Finding]:
    """Rows of an increment that may be there already, as was found when they were attached."""
    for note in dataset.report.get("notes", ()):
        if note.get("code") in ("overlap_days", "overlap_units"):
            detail = Text.from_json({"code": note["code"], "params": note["params"]})
            yield Finding("late_rows", Level.AMBER, detail)


def _missing_grossly(sums: Summaries, plan: Plan) -> Iterator[Finding]:
    """The primary metric is missing for surely more units of one arm than of another: those who
    are left are no fair draw any more, however the others were."""
    primary = plan.primary
    if primary is None:
        return
    shares = [
        (Conversion(arm.units, arm.missing[primary.name]), arm.name)
        for arm in sums.arms
        if arm.units > 1 and primary.name in arm.missing
    ]
    if len(shares) < 2:
        return
    low, high = (pick(shares, key=lambda one: one[0].rate) for pick in (min, max))
    try:
        apart = proportions.compare(low[0], high[0], alpha=0.001).interval.low
    except NotEstimable:
        return
    if apart is not None and apart > GROSS:
        text = Text(
            "quality_missing_gross",
            metric=primary.name,
            low=Figure(FigureKind.SHARE, low[0].rate),
            first=low[1],
            high=Figure(FigureKind.SHARE, high[0].rate),
            second=high[1],
            limit=Figure(FigureKind.POINTS, GROSS),
        )
        figures = {"metric": primary.name, "low": low[0].rate, "high": high[0].rate}
        yield Finding("missing_gross", Level.RED, text, figures)


def _after_the_fact(dataset: Dataset, period: post_factum.Period) -> Iterator[Finding]:
    """Data that were there before the plan: every check says so, and so does the report, before
    somebody trusts its green. Where no day is known there is nothing to say yet."""
    version = test_of(dataset).plan_version
    if dataset.role is not DatasetRole.OUTCOME or period.last is None or not version:
        return
    if version.locked_at is not None:
        yield Finding.of_check(post_factum.check(hypothesis_of(dataset), version, dataset, period))


def _require_columns(dataset: Dataset, settings: QualitySettings) -> None:
    types = {c["name"]: c["type"] for c in dataset.report.get("columns", ())}
    wrong: dict[str, Text] = {}
    for name, column in settings.columns.items():
        if column not in types:
            known = ", ".join(f"“{each}”" for each in types) or "–"
            wrong[name] = Text("quality_setting_column", column=column[:80], columns=known)
        elif name == "day" and types[column] not in _DAYS:
            wrong[name] = Text("quality_setting_not_days", column=column)
        elif name in ("entered_at", "event_at") and types[column] not in _STAMPS:
            wrong[name] = Text("quality_setting_not_stamps", column=column)
    if wrong:
        raise Invalid(Text("quality_settings_invalid"), wrong)


def _require_reason(dataset: Dataset, before: QualitySettings, chosen: QualitySettings) -> None:
    """What was found red may be accepted, by someone who says why."""
    report = report_of(dataset)
    newly = set(chosen.accepted) - set(before.accepted)
    red = {f.code for f in report.findings if f.level is Level.RED} if report else set()
    is_softer = bool(newly) or (bool(red) and chosen.as_json() != before.as_json())
    if is_softer and (not chosen.reason or chosen.reason == before.reason):
        wrong = {"reason": Text("quality_needs_reason")}
        raise Invalid(Text("quality_settings_invalid"), wrong)


def _gone() -> Dataset:
    raise NotFound(Text("no_such_dataset"))


def period_of(dataset: Dataset) -> post_factum.Period:
    """The days that a verdict rests on, and how many rows are of days before the plan was fixed,
    by the report: of a pilot and of a test before and after those from the change on."""
    report, kept = report_of(dataset), dataset.quality or {}
    judged = _period(judged_days.read(kept))
    if judged is not None or report is None:
        return judged or post_factum.Period(None, None)
    return post_factum.Period(report.first_day, report.last_day, kept.get("early_rows", 0))


def _period(judged: Judged | None) -> post_factum.Period | None:
    if judged is None:
        return None
    return post_factum.Period(judged.first, judged.last, judged.early, judged.rows)
