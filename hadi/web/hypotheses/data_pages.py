"""What the pages of data show: what is attached, a file being mapped, typed counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _

from hadi.config import Settings
from hadi.domain.lifecycle import State
from hadi.domain.metric_rules import counts_refusal
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.plan import Looks, MetricKind, Plan
from hadi.domain.text import Figure, FigureKind
from hadi.models import Analysis, Dataset, Hypothesis
from hadi.models.dataset import DatasetKind
from hadi.services import hypotheses
from hadi.services.dataset_rows import ArmCounts, Preview
from hadi.web.hypotheses import data_panels
from hadi.web.hypotheses.data_forms import CheckForm, CountsForm, FileForm, MappingForm
from hadi.web.hypotheses.data_opening import Opening, opening
from hadi.web.hypotheses.data_panels import DatasetLine, dataset_name, size_of
from hadi.web.hypotheses.data_report import Report, report_of
from hadi.web.hypotheses.feed_panel import Feeds, feeds_block
from hadi.web.shared.language import figure, moment, say
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
    """`/hypotheses/<key>/data`. `file_form` is None where this person cannot attach now."""

    key: str
    crumbs: tuple[Link, ...]
    url: str
    hypothesis_url: str
    lines: tuple[DatasetLine, ...]
    analyses: tuple[AnalysisLine, ...]
    file_form: FileForm | None
    limit_mb: int
    counts_url: str | None
    why_no_counts: str | None
    check_form: CheckForm
    run_url: str | None
    can_open_early: bool
    is_open_early: bool  # the early opening was refused: show it unfolded
    opening: Opening  # when the result opens
    why_not: str | None
    feeds: Feeds


@dataclass(frozen=True, slots=True)
class ArmLine:
    """An arm as the data have it; `role` is "control", "arm" or "unknown"."""

    name: str
    rows: str
    role: str
    label: str


@dataclass(frozen=True, slots=True)
class Arms:
    """The arms found in a column, and what the plan misses among them."""

    column: str
    lines: tuple[ArmLine, ...]
    others: int
    blank: str | None
    missing: tuple[str, ...]  # sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmsPage(Page):
    """The arms of a column alone, as htmx asks for them."""

    arms: Arms | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingPage(ArmsPage):
    """A file that waits to be mapped."""

    key: str
    crumbs: tuple[Link, ...]
    name: str
    form: MappingForm
    errors: tuple[tuple[str | None, str], ...]
    url: str
    arms_url: str
    discard_url: str
    preview: Preview
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetPage(Page):
    """A data set that is attached."""

    key: str
    crumbs: tuple[Link, ...]
    name: str
    version: int
    facts: tuple[tuple[str, str], ...]
    mapping: tuple[tuple[str, str], ...]
    digest: str
    csv_url: str
    preview: Preview | None
    counts: tuple[tuple[str, ...], ...]  # the first row is the head
    report: Report | None


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
) -> DataPage:
    """Everything about the data of the current test."""
    panel = data_panels.panel(hypothesis, actor)
    test = hypothesis.current_test
    plan = (test.plan if test else None) or Plan()
    stake = hypotheses.stake(hypothesis)
    settings: Settings = current_app.extensions["hadi_settings"]
    refusal = counts_refusal(plan) if panel.can_attach else None
    return DataPage(
        title=_("Data of %(key)s", key=hypothesis.key),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=crumbs(hypothesis),
        url=panel.url,
        hypothesis_url=url_for("hypotheses.show", key=hypothesis.key),
        lines=panel.lines,
        analyses=_analyses(hypothesis),
        file_form=(file_form or FileForm(formdata=None)) if panel.can_attach else None,
        limit_mb=settings.max_upload_mb,
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


def mapping_page(
    hypothesis: Hypothesis,
    dataset: Dataset,
    form: MappingForm,
    *,
    preview: Preview,
    arms: Arms | None,
    problem: str | None = None,
) -> MappingPage:
    """A file with the choice of its columns; `problem` is what its content lacks."""

    def here(endpoint: str) -> str:
        return url_for(endpoint, key=hypothesis.key, dataset_id=dataset.id)

    errors: list[tuple[str | None, str]] = [(None, problem)] if problem else []
    errors += form.loose_errors
    for _need, field in form.needs:
        errors += [(field.id, str(message)) for message in field.errors]
    return MappingPage(
        title=_("Columns of %(file)s", file=dataset.filename),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        name=dataset.filename,
        form=form,
        errors=tuple(errors),
        url=here("hypotheses.map_data"),
        arms_url=here("hypotheses.data_arms"),
        discard_url=here("hypotheses.discard_data"),
        preview=preview,
        report=report_of(dataset),
        arms=arms,
    )


def arms_of(plan: Plan, column: str, counted: ArmCounts) -> Arms:
    """The arms of a column beside those of the plan, so that a mismatch is seen at once."""
    control = (plan.control or "").strip()
    declared = [arm.strip() for arm in plan.split] if plan.split else None
    found = {name for name, _n in counted.counts}
    lines = []
    for name, n in counted.counts:
        if name == control:
            role, label = "control", _("control")
        elif declared is None or name in declared:
            role, label = "arm", _("new arm")
        else:
            role, label = "unknown", _("not in the plan")
        lines.append(ArmLine(name, _rows(n), role, label))
    missing = []
    wanted = declared or [control]
    for arm in wanted:
        if arm not in found:
            missing.append(_("The plan’s arm “%(arm)s” is not in this column.", arm=arm))
    if len(found) < 2 and not counted.others:
        missing.append(_("A comparison needs two arms; this column has fewer."))
    return Arms(
        column=column,
        lines=tuple(lines),
        others=counted.others,
        blank=_rows(counted.blank) if counted.blank else None,
        missing=tuple(missing),
    )


def arms_page(arms: Arms | None) -> ArmsPage:
    return ArmsPage(title="", chrome=chrome(), arms=arms)


def dataset_page(
    hypothesis: Hypothesis, dataset: Dataset, *, preview: Preview | None
) -> DatasetPage:
    """A data set that is attached: its digest, mapping, report and first rows."""
    assert dataset.version is not None and dataset.attached_at is not None
    is_file = dataset.kind is DatasetKind.FILE
    return DatasetPage(
        title=_("%(name)s, version %(n)s", name=dataset_name(dataset), n=dataset.version),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        name=dataset_name(dataset),
        version=dataset.version,
        facts=(
            (_("Attached by"), dataset.author.name),
            (_("On"), moment(dataset.attached_at)),
            (_("Size"), size_of(dataset)),
        ),
        mapping=tuple(dataset.mapping.items()),
        digest=dataset.digest,
        csv_url=url_for("hypotheses.dataset_csv", key=hypothesis.key, dataset_id=dataset.id),
        preview=preview,
        counts=_counts_table(dataset.counts or []),
        report=report_of(dataset) if is_file else None,
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


def _analyses(hypothesis: Hypothesis) -> tuple[AnalysisLine, ...]:
    test = hypothesis.current_test
    return tuple(_analysis(hypothesis, a) for a in reversed(test.analyses if test else []))


def _analysis(hypothesis: Hypothesis, analysis: Analysis) -> AnalysisLine:
    return AnalysisLine(
        url=url_for("hypotheses.analysis", key=hypothesis.key, analysis_id=analysis.id),
        verdict=analysis.verdict,
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


def _counts_table(counts: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    if not counts:
        return ()
    heads = {
        "arm": _("Arm"),
        "units": _("Units"),
        "successes": _("Successes"),
        "mean": _("Average"),
        "sd": _("Standard deviation"),
        "events": _("Events"),
        "exposure": _("Exposure"),
    }
    names = [name for name in heads if name in counts[0]]
    rows = [tuple(_cell(row.get(name)) for name in names) for row in counts]
    return (tuple(str(heads[name]) for name in names), *rows)


def _cell(value: object) -> str:
    if isinstance(value, int):
        return figure(Figure(FigureKind.COUNT, value))
    return figure(Figure(FigureKind.NUMBER, value)) if isinstance(value, float) else str(value)


def _rows(n: int) -> str:
    return figure(Figure(FigureKind.COUNT, n))
