"""What pages show of the quality of data: a light with its word, the findings, what follows."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.quality import Finding, Level, QualityReport, seen
from hadi.domain.tags import hidden
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models import Dataset, Hypothesis
from hadi.models.dataset import DatasetKind, DatasetRole
from hadi.models.job import JobKind
from hadi.services import hypotheses, jobs, quality, reconciliations
from hadi.web.shared.language import day, figure, say
from hadi.web.shared.lights import Light, light_of
from hadi.web.shared.methods import explained_at
from hadi.web.shared.pages import Link

STATUS = {Level.GREEN: "pass", Level.AMBER: "warn", Level.RED: "fail"}


@dataclass(frozen=True, slots=True)
class QualityPanel:
    """The report on the page of a data set. `lines` are (status, what was looked at, sentence) as
    the checks of an analysis are shown; what was fine stands in `fine`. `banners` say what a
    comparison with the receipts led to."""

    light: Light | None
    is_looking: bool
    lines: tuple[tuple[str, str, str], ...]
    fine: tuple[tuple[str, str, str], ...]
    facts: tuple[tuple[str, str], ...]
    banners: tuple[str, ...]
    reason: str  # why what is red was accepted
    settings_url: str | None
    compare: Link | None
    explained_url: str


def quality_panel(hypothesis: Hypothesis, dataset: Dataset, actor: Actor) -> QualityPanel:
    """Everything that is known of a data set's quality."""
    report = quality.report_of(dataset)
    key, stake = hypothesis.key, hypotheses.stake(hypothesis)
    may_change = allows(actor, Permission.ATTACH_DATA, stake) and dataset.is_attached
    unseen = hidden(dataset.tags, actor, stake)
    findings = seen(report.findings, unseen) if report else ()
    return QualityPanel(
        light=light_of(dataset),
        is_looking=report is None and bool(jobs.active(JobKind.ASSESS, dataset.id)),
        lines=tuple(line_of(f) for f in findings if f.level is not Level.GREEN),
        fine=tuple(line_of(f) for f in findings if f.level is Level.GREEN),
        facts=_facts(report),
        banners=tuple(banners(dataset)),
        reason=quality.settings_of(dataset).reason,
        settings_url=url_for("hypotheses.quality", key=key, dataset_id=dataset.id)
        if may_change and dataset.has_content
        else None,
        compare=_compare(hypothesis, dataset, may_change),
        explained_url=explained_at("data_quality"),
    )


def line_of(finding: Finding) -> tuple[str, str, str]:
    """A finding as a row of checks."""
    name = say(Text(f"finding_{finding.code}"))
    detail = say(finding.detail)
    if finding.is_accepted:
        detail = say(Text("finding_accepted", detail=finding.detail))
    return STATUS[finding.level], name, detail


def banners(dataset: Dataset) -> list[str]:
    """What comparisons with the receipts led to, for this data set."""
    found = []
    switched = reconciliations.switched_from(dataset)
    if switched is not None:
        log = switched.log.version or 0
        found.append(say(Text("banner_switched_here", version=str(log))))
    as_log = reconciliations.of_log(dataset)
    if as_log is not None and as_log.level == Level.RED:
        found.append(say(Text("banner_log_red", when=day(as_log.created_at))))
    return found


def _facts(report: QualityReport | None) -> tuple[tuple[str, str], ...]:
    if report is None:
        return ()
    facts = [(_("Rows looked at"), figure(Figure(FigureKind.COUNT, report.rows)))]
    if report.first_day and report.last_day:
        days = _("%(first)s to %(last)s", first=day(report.first_day), last=day(report.last_day))
        facts.append((_("Days"), str(days)))
    return tuple((str(label), value) for label, value in facts)


def _compare(hypothesis: Hypothesis, dataset: Dataset, may_change: bool) -> Link | None:
    """To the comparison of this log or these receipts."""
    done = next(
        (
            each
            for each in reconciliations.of_test(dataset.test_id)
            if dataset.id in (each.log_id, each.receipts_id)
        ),
        None,
    )
    if done is not None:
        url = url_for("hypotheses.reconciliation", key=hypothesis.key, reconciliation_id=done.id)
        return Link(_("See it beside the other table"), url)
    is_beside = dataset.role in (DatasetRole.LOG, DatasetRole.RECEIPTS)
    if is_beside and may_change and dataset.kind is DatasetKind.FILE:
        return Link(
            _("Compare the log with the receipts"),
            url_for("hypotheses.reconciliations", key=hypothesis.key),
        )
    return None
