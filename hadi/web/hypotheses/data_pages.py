"""What the page of a test's data shows: what is attached, what waits, the check; typed counts."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for
from flask_babel import gettext as _

from hadi.config import Settings
from hadi.domain.errors import Unreadable
from hadi.domain.lifecycle import State
from hadi.domain.metric_rules import counts_refusal
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.plan import Looks, MetricKind, Plan
from hadi.models import Analysis, Hypothesis
from hadi.models.dataset import DatasetRole
from hadi.services import hypotheses, uploads
from hadi.web.hypotheses import data_panels
from hadi.web.hypotheses.data_forms import CheckForm, CountsForm, FileForm
from hadi.web.hypotheses.data_opening import Opening, opening
from hadi.web.hypotheses.data_panels import DataPanel, DatasetLine
from hadi.web.hypotheses.feed_panel import Feeds, feeds_block
from hadi.web.hypotheses.upload_lines import Remedy, Waiting, remedy_of, waiting_lines
from hadi.web.shared.language import moment, say
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True)
class AnalysisLine:
    """An analysis in a list; `is_interim`: a look on the way."""

    url: str
    verdict: str
    is_early: bool
    is_interim: bool
    when: str
    who: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPage(Page):
    """`/hypotheses/<key>/data`. `file_form` is None where this person cannot attach now; `remedy`
    is how the file that was just refused can be read after all."""

    key: str
    crumbs: tuple[Link, ...]
    url: str
    hypothesis_url: str
    lines: tuple[DatasetLine, ...]
    analyses: tuple[AnalysisLine, ...]
    waiting: tuple[Waiting, ...]
    unread_days: int  # until a file goes that nobody goes on with
    unattached_days: int  # until one goes that nobody attaches
    file_form: FileForm | None
    remedy: Remedy | None
    limit_mb: int
    counts_url: str | None
    compare_url: str | None  # of a log with receipts
    why_no_counts: str | None
    check_form: CheckForm
    run_url: str | None
    can_open_early: bool
    is_open_early: bool  # the early opening was refused: show it unfolded
    opening: Opening  # when the result opens
    why_not: str | None
    feeds: Feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsPage(Page):
    """Typed counts of the plan's one metric."""

    key: str
    crumbs: tuple[Link, ...]
    form: CountsForm
    errors: tuple[tuple[str | None, str], ...]
    url: str
    data_url: str
    metric: str
    kind: MetricKind
    refusal: str | None


def data_page(
    hypothesis: Hypothesis,
    *,
    actor: Actor,
    file_form: FileForm | None = None,
    check_form: CheckForm | None = None,
    refused: Unreadable | None = None,
) -> DataPage:
    """Everything about the data of the current test."""
    panel = data_panels.panel(hypothesis, actor)
    test = hypothesis.current_test
    plan = (test.plan if test else None) or Plan()
    stake = hypotheses.stake(hypothesis)
    settings: Settings = current_app.extensions["hadi_settings"]
    refusal = counts_refusal(plan) if panel.can_attach else None
    remedy = remedy_of(hypothesis, actor) if refused is not None and refused.remedy else None
    waiting = waiting_lines(hypothesis) if panel.can_attach else ()
    return DataPage(
        title=_("Data of %(key)s", key=hypothesis.key),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=crumbs(hypothesis),
        url=panel.url,
        hypothesis_url=url_for("hypotheses.show", key=hypothesis.key),
        lines=panel.lines,
        analyses=_analyses(hypothesis),
        waiting=tuple(each for each in waiting if remedy is None or each.remedy != remedy),
        unread_days=uploads.KEPT_FOR.days,
        unattached_days=uploads.UNATTACHED_FOR.days,
        file_form=(file_form or FileForm(formdata=None)) if panel.can_attach else None,
        remedy=remedy,
        limit_mb=settings.max_upload_mb,
        compare_url=url_for("hypotheses.reconciliations", key=hypothesis.key)
        if _can_compare(hypothesis, panel)
        else None,
        counts_url=url_for("hypotheses.counts", key=hypothesis.key)
        if panel.can_attach and refusal is None
        else None,
        why_no_counts=say(refusal) if refusal else None,
        check_form=check_form or CheckForm(formdata=None),
        run_url=panel.run_url,
        can_open_early=_is_open(hypothesis) and allows(actor, Permission.OPEN_EARLY, stake),
        is_open_early=check_form is not None,
        opening=opening(plan, is_over=_is_over(hypothesis, plan)),
        why_not=panel.why_not,
        feeds=feeds_block(hypothesis, actor),
    )


def counts_page(
    hypothesis: Hypothesis, plan: Plan, form: CountsForm, *, refusal: str | None = None
) -> CountsPage:
    """The form of typed counts."""
    metric = plan.metrics[0]
    return CountsPage(
        title=_("Type the counts"),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        form=form,
        errors=form.row_errors() + (((None, refusal),) if refusal else ()),
        url=url_for("hypotheses.counts", key=hypothesis.key),
        data_url=url_for("hypotheses.data", key=hypothesis.key),
        metric=metric.name,
        kind=metric.kind,
        refusal=refusal,
    )


def crumbs(hypothesis: Hypothesis, *more: tuple[str, str]) -> tuple[Link, ...]:
    """The way from the list to a page of this hypothesis; the page itself is not linked."""
    way = [
        Link(_("Hypotheses"), url_for("hypotheses.index")),
        Link(hypothesis.key, url_for("hypotheses.show", key=hypothesis.key)),
        *(Link(label, url_for(endpoint, key=hypothesis.key)) for label, endpoint in more),
    ]
    return tuple(way)


def _can_compare(hypothesis: Hypothesis, panel: DataPanel) -> bool:
    """Whether a comparison of a log with receipts can be asked for, or there to be seen: who only
    looks finds nothing where neither of them was brought."""
    test = hypothesis.current_test
    brought = [d.role for d in test.datasets if d.is_attached] if test else []
    is_beside = any(role is not DatasetRole.OUTCOME for role in brought)
    return is_beside or bool(panel.can_attach and brought)


def _analyses(hypothesis: Hypothesis) -> tuple[AnalysisLine, ...]:
    test = hypothesis.current_test
    return tuple(_analysis(hypothesis, a) for a in reversed(test.analyses if test else []))


def _analysis(hypothesis: Hypothesis, analysis: Analysis) -> AnalysisLine:
    return AnalysisLine(
        url=url_for("hypotheses.analysis", key=hypothesis.key, analysis_id=analysis.id),
        verdict=analysis.label,
        is_early=bool(analysis.early_reason) and analysis.is_final,
        is_interim=not analysis.is_final and analysis.verdict != "not_yet",
        when=moment(analysis.created_at),
        who=analysis.author.name if analysis.author else "HADI",
        basis=_(
            "data version %(data)s, plan version %(plan)s",
            data=analysis.dataset.version,
            plan=analysis.plan_version.number,
        ),
    )


def _is_open(hypothesis: Hypothesis) -> bool:
    """Whether the result at the planned end is still to come."""
    result = hypothesis.current_test.result if hypothesis.current_test else None
    if hypothesis.state is State.MEASURED:
        return result is not None and bool(result.early_reason)
    return hypothesis.state is State.RUNNING


def _is_over(hypothesis: Hypothesis, plan: Plan) -> bool:
    """Whether nothing is left to open: the result is there for good, or ended the test."""
    result = hypothesis.current_test.result if hypothesis.current_test else None
    return result is not None and (plan.looks is Looks.ANYTIME or not _is_open(hypothesis))
