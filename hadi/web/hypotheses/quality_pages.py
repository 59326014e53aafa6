"""Pages about the quality of data: its settings, a log or receipts, and both side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.quality import Level
from hadi.domain.reconciliation import Rules
from hadi.domain.text import Figure, FigureKind, Text
from hadi.ingest.reconciling import Kind, Listed
from hadi.models import Dataset, Hypothesis, Reconciliation
from hadi.models.dataset import DatasetKind, DatasetRole
from hadi.services import hypotheses, quality, reconciliations
from hadi.services.dataset_rows import Preview
from hadi.web.hypotheses.data_pages import crumbs
from hadi.web.hypotheses.data_panels import dataset_name
from hadi.web.hypotheses.quality_forms import BesideForm, QualityForm, ReconcileForm
from hadi.web.hypotheses.quality_panels import QualityPanel, line_of, quality_panel
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import figure, moment, say
from hadi.web.shared.lights import Light, level_word
from hadi.web.shared.methods import explained_at
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityPage(Page):
    """`/hypotheses/<key>/data/<id>/quality`: the report, and what a person can say to it.
    `red` are sentences of findings that could be accepted."""

    key: str
    crumbs: tuple[Link, ...]
    name: str
    url: str
    back_url: str
    form: QualityForm
    quality: QualityPanel
    red: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BesidePage(Page):
    """`/hypotheses/<key>/data/<id>/beside`: a file that is to stand beside the test's data."""

    key: str
    crumbs: tuple[Link, ...]
    name: str
    url: str
    map_url: str
    form: BesideForm
    preview: Preview


@dataclass(frozen=True, slots=True)
class ReconciliationLine:
    """A comparison in a list."""

    url: str
    light: Light
    basis: str
    when: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationsPage(Page):
    """`/hypotheses/<key>/reconciliations`. `form` is None where there is nothing to compare."""

    key: str
    crumbs: tuple[Link, ...]
    url: str
    data_url: str
    form: ReconcileForm | None
    defaults: Rules
    why_not: str | None
    lines: tuple[ReconciliationLine, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of one kind; `count` of all of them, as it is written."""

    kind: str
    title: str
    count: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    downloads: tuple[Downloads, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationPage(Page):
    """`/hypotheses/<key>/reconciliations/<id>`."""

    key: str
    crumbs: tuple[Link, ...]
    when: str
    who: str
    light: Light
    lines: tuple[tuple[str, str, str], ...]
    stats: tuple[tuple[str, str], ...]
    outcome: str | None  # what followed for the check
    outcome_url: str | None
    notes: tuple[str, ...]
    lists: tuple[Rows, ...]
    basis: tuple[tuple[str, str], ...]
    explained_url: str


def quality_page(
    hypothesis: Hypothesis, dataset: Dataset, form: QualityForm, *, actor: Actor
) -> QualityPage:
    panel = quality_panel(hypothesis, dataset, actor)
    report = quality.report_of(dataset)
    red = [f for f in report.findings if f.level is Level.RED and not f.is_check] if report else []
    return QualityPage(
        title=_("Quality of %(name)s", name=dataset_name(dataset)),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=_dataset_crumbs(hypothesis, dataset),
        name=dataset_name(dataset),
        url=url_for("hypotheses.quality", key=hypothesis.key, dataset_id=dataset.id),
        back_url=url_for("hypotheses.dataset", key=hypothesis.key, dataset_id=dataset.id),
        form=form,
        quality=replace(panel, settings_url=None),  # this is that page
        red=tuple(say(finding.detail) for finding in red),
    )


def beside_page(
    hypothesis: Hypothesis, dataset: Dataset, form: BesideForm, *, preview: Preview
) -> BesidePage:
    key, dataset_id = hypothesis.key, dataset.id
    return BesidePage(
        title=_("%(file)s beside the data", file=dataset.filename),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        name=dataset.filename,
        url=url_for("hypotheses.beside", key=key, dataset_id=dataset_id),
        map_url=url_for("hypotheses.map_data", key=key, dataset_id=dataset_id),
        form=form,
        preview=preview,
    )


def role_words() -> list[tuple[str, str]]:
    """What data beside the outcomes can be."""
    return [
        (DatasetRole.LOG.value, _("A table that people fill in by hand")),
        (DatasetRole.RECEIPTS.value, _("Receipts or deals, as the till or the CRM recorded them")),
    ]


def comparable(hypothesis: Hypothesis) -> tuple[list[Dataset], list[Dataset]]:
    """The attached files of the current test that may be the log, and those that may be the
    receipts, the likeliest and newest first."""
    test = hypothesis.current_test
    files = [
        each
        for each in (test.datasets if test else ())
        if each.is_attached and each.has_content and each.kind is DatasetKind.FILE
    ]
    files.sort(key=lambda each: -(each.version or 0))

    def first(role: DatasetRole, other: DatasetRole) -> list[Dataset]:
        fitting = [each for each in files if each.role is not other]
        return sorted(fitting, key=lambda each: each.role is not role)

    return (
        first(DatasetRole.LOG, DatasetRole.RECEIPTS),
        first(DatasetRole.RECEIPTS, DatasetRole.LOG),
    )


def named(dataset: Dataset) -> str:
    """A data set in a choice."""
    return str(_("%(name)s, version %(n)s", name=dataset_name(dataset), n=dataset.version))


def reconciliations_page(
    hypothesis: Hypothesis, form: ReconcileForm | None, *, actor: Actor
) -> ReconciliationsPage:
    test = hypothesis.current_test
    may = allows(actor, Permission.ATTACH_DATA, hypotheses.stake(hypothesis))
    why_not = None
    if form is None and may:
        why_not = _(
            "Attach both first: the table that is filled in by hand, and the receipts of the same "
            "days. Upload each file and choose “It stands beside the data”."
        )
    return ReconciliationsPage(
        title=_("Log and receipts"),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        url=url_for("hypotheses.reconciliations", key=hypothesis.key),
        data_url=url_for("hypotheses.data", key=hypothesis.key),
        form=form if may else None,
        defaults=Rules(),
        why_not=why_not,
        lines=tuple(
            _line(hypothesis, each) for each in (reconciliations.of_test(test.id) if test else ())
        ),
    )


def _line(hypothesis: Hypothesis, made: Reconciliation) -> ReconciliationLine:
    level = Level(made.level)
    return ReconciliationLine(
        url=url_for("hypotheses.reconciliation", key=hypothesis.key, reconciliation_id=made.id),
        light=Light(level.value, level_word(level)),
        basis=_basis(made),
        when=moment(made.created_at),
        who=made.author.name,
    )


def _basis(made: Reconciliation) -> str:
    return str(_("%(log)s and %(receipts)s", log=named(made.log), receipts=named(made.receipts)))


def reconciliation_page(
    hypothesis: Hypothesis, made: Reconciliation, lists: Sequence[tuple[Kind, Listed]]
) -> ReconciliationPage:
    """One comparison: the answer first, the rows below."""
    reconciled = reconciliations.read(made)
    counts, level = reconciled.counts, Level(made.level)
    switched = made.result.get("switched_to")
    refused = made.result.get("not_switched")
    notes = [
        say(Text(code, n=n))
        for code, n in (
            ("reconciled_left_out", counts.left_out),
            ("reconciled_lines_left_out", counts.lines_left_out),
        )
        if n
    ]
    return ReconciliationPage(
        title=_("Log beside receipts"),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=(
            *crumbs(hypothesis, (_("Data"), "hypotheses.data")),
            Link(
                _("Log and receipts"),
                url_for("hypotheses.reconciliations", key=hypothesis.key),
            ),
        ),
        when=moment(made.created_at),
        who=made.author.name,
        light=Light(level.value, level_word(level)),
        lines=tuple(line_of(finding) for finding in reconciled.findings),
        stats=_stats(made),
        outcome=_outcome(made),
        outcome_url=url_for("hypotheses.dataset", key=hypothesis.key, dataset_id=switched)
        if switched
        else (url_for("hypotheses.data", key=hypothesis.key) if refused else None),
        notes=tuple(notes),
        lists=tuple(_rows(hypothesis, made, kind, found) for kind, found in lists),
        basis=((_("Log"), named(made.log)), (_("Receipts"), named(made.receipts))),
        explained_url=explained_at("log_support"),
    )


def _outcome(made: Reconciliation) -> str | None:
    """What followed for the check."""
    if made.result.get("not_switched"):
        return say(Text.from_json(made.result["not_switched"]))
    switched = made.result.get("switched_to")
    if switched is None:
        return None
    version = next(
        (d.version for d in reconciliations.datasets_of(made.test_id) if d.id == switched), None
    )
    return say(Text("reconciliation_switched", version=str(version or "")))


def _stats(made: Reconciliation) -> tuple[tuple[str, str], ...]:
    counts = reconciliations.read(made).counts
    return (
        (_("Entries in the log"), _count(counts.entries)),
        (_("borne out by receipts"), _count(counts.supported)),
        (_("without a line in the receipts"), _count(counts.unsupported)),
        (_("logged twice"), _count(counts.duplicate)),
        (_("sold and not logged"), _count(counts.unlogged)),
    )


def _rows(hypothesis: Hypothesis, made: Reconciliation, kind: Kind, found: Listed) -> Rows:
    counts = reconciliations.read(made).counts
    titles = {
        Kind.SUPPORTED: (_("Borne out by receipts"), counts.supported),
        Kind.UNSUPPORTED: (_("In the log, without a line in the receipts"), counts.unsupported),
        Kind.DUPLICATE: (_("Logged twice"), counts.duplicate),
        Kind.UNLOGGED: (_("In the receipts, not in the log"), counts.unlogged),
        Kind.AFTERWARDS: (_("Entered afterwards"), counts.afterwards),
    }
    title, n = titles[kind]
    return Rows(
        kind=kind.value,
        title=title,
        count=_count(n),
        columns=found.columns,
        rows=found.rows,
        downloads=(
            offered(
                "hypotheses.reconciliation_file", key=hypothesis.key, reconciliation_id=made.id,
                kind=kind.value,
            ),
        ),
    )  # fmt: skip


def _count(n: int) -> str:
    return figure(Figure(FigureKind.COUNT, n))


def _dataset_crumbs(hypothesis: Hypothesis, dataset: Dataset) -> tuple[Link, ...]:
    url = url_for("hypotheses.dataset", key=hypothesis.key, dataset_id=dataset.id)
    return (
        *crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        Link(dataset_name(dataset), url),
    )
