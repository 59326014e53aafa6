"""A data set that is attached: where it comes from, what it holds, what was found in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Figure, FigureKind, Text, one_stop
from hadi.models import Analysis, Dataset, Hypothesis
from hadi.models.dataset import DatasetKind, DatasetRole, Relation
from hadi.services import dataset_wide, hypotheses
from hadi.services.dataset_provenance import Origin, Provenance
from hadi.services.dataset_rows import Preview
from hadi.services.quality import settings_of
from hadi.web.hypotheses.data_access import made_words
from hadi.web.hypotheses.data_decisions import field_word, option_word
from hadi.web.hypotheses.data_forms import MappingForm, ReasonForm
from hadi.web.hypotheses.data_pages import crumbs
from hadi.web.hypotheses.data_panels import dataset_name, relation_word, size_of
from hadi.web.hypotheses.data_report import Report, report_of
from hadi.web.hypotheses.feed_panel import Asked, asked_for
from hadi.web.hypotheses.mapping_pages import TagField, tag_fields, tag_words
from hadi.web.hypotheses.quality_forms import purpose_words
from hadi.web.hypotheses.quality_panels import QualityPanel, quality_panel
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import day, figure, moment, say
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True)
class OriginLine:
    """A part: the file as it was sent, how it was read, the table it became."""

    name: str
    when: str
    received: str
    received_digest: str | None
    choices: tuple[str, ...]
    rows: str
    digest: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version that this one came from."""

    label: str
    relation: str
    url: str


@dataclass(frozen=True, slots=True)
class FoundLine:
    """An analysis that rests on the data."""

    url: str
    verdict: str
    when: str
    is_interim: bool
    is_early: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetPage(Page):
    """`/hypotheses/<key>/data/<id>`. `gone` says that the rows were deleted, `newer` that another
    version stands in its place now."""

    key: str
    crumbs: tuple[Link, ...]
    name: str
    version: int
    facts: tuple[tuple[str, str], ...]
    mapping: tuple[tuple[str, str], ...]
    is_beside: bool  # a log or receipts, of which the plan says nothing
    tags: tuple[tuple[str, str], ...]
    digest: str
    downloads: tuple[Downloads, ...]
    remap_url: str | None
    delete_url: str | None
    gone: str | None
    newer: Link | None
    hidden: tuple[str, ...]
    preview: Preview | None
    counts: tuple[tuple[str, ...], ...]  # the first row is the head
    report: Report | None
    quality: QualityPanel
    asked: Asked | None
    made: str | None  # what its rows were worked out from, where they were
    origins: tuple[OriginLine, ...]
    versions: tuple[VersionLine, ...]
    analyses: tuple[FoundLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletePage(Page):
    """`/hypotheses/<key>/data/<id>/delete`: what goes, what stays, and why."""

    crumbs: tuple[Link, ...]
    name: str
    rows: str
    form: ReasonForm
    url: str
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemapPage(Page):
    """`/hypotheses/<key>/data/<id>/columns`: attached data under other columns, as a version."""

    crumbs: tuple[Link, ...]
    name: str
    form: MappingForm
    reason: ReasonForm
    errors: tuple[tuple[str | None, str], ...]
    tags: tuple[TagField, ...]
    tag_words: tuple[tuple[str, str], ...]
    url: str
    back_url: str


def dataset_page(
    hypothesis: Hypothesis,
    dataset: Dataset,
    *,
    preview: Preview | None,
    provenance: Provenance,
    hidden: frozenset[str],
    actor: Actor,
) -> DatasetPage:
    """A data set that is attached: its digest, mapping, report and first rows, of the columns that
    `actor` may see."""
    assert dataset.version is not None and dataset.attached_at is not None

    def here(endpoint: str, named: Dataset = dataset) -> str:
        return url_for(endpoint, key=hypothesis.key, dataset_id=named.id)

    stake = hypotheses.stake(hypothesis)
    is_file, has_rows = dataset.kind is DatasetKind.FILE, dataset.has_content
    can_attach = allows(actor, Permission.ATTACH_DATA, stake) and is_file and has_rows
    can_delete = allows(actor, Permission.DELETE_DATA) and has_rows
    newest = provenance.newest
    return DatasetPage(
        title=_("%(name)s, version %(n)s", name=dataset_name(dataset), n=dataset.version),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        name=dataset_name(dataset),
        version=dataset.version,
        facts=_facts(dataset),
        mapping=_mapping(dataset),
        is_beside=dataset.role is not DatasetRole.OUTCOME,
        tags=tuple((name, say(Text(f"tag_{tag}"))) for name, tag in sorted(dataset.tags.items())),
        digest=dataset.digest,
        downloads=(
            offered("hypotheses.dataset_rows", key=hypothesis.key, dataset_id=dataset.id),
        )
        if has_rows and dataset.kind is not DatasetKind.QUERY
        else (),
        remap_url=here("hypotheses.remap_data") if can_attach else None,
        delete_url=here("hypotheses.delete_data") if can_delete else None,
        gone=_gone(dataset, provenance),
        newer=Link(_newer(dataset, newest), here("hypotheses.dataset", newest)) if newest else None,
        hidden=tuple(sorted(hidden)),
        preview=preview,
        counts=_counts_table(dataset.counts or []),
        report=report_of(dataset, hidden=hidden) if is_file else None,
        quality=quality_panel(hypothesis, dataset, actor),
        asked=asked_for(hypothesis, dataset),
        made=made_words(dataset),
        origins=tuple(_origin(origin) for origin in provenance.origins),
        versions=tuple(
            VersionLine(
                _("Version %(n)s", n=each.version), relation_word(each),
                here("hypotheses.dataset", each),
            )
            for each in provenance.versions
        ),
        analyses=tuple(_found(hypothesis, analysis) for analysis in provenance.analyses),
    )  # fmt: skip


def delete_page(hypothesis: Hypothesis, dataset: Dataset, form: ReasonForm) -> DeletePage:
    """What is asked before rows are deleted."""
    return DeletePage(
        title=_("Delete the rows of version %(n)s", n=dataset.version),
        chrome=chrome(),
        crumbs=crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        name=dataset_name(dataset),
        rows=size_of(dataset),
        form=form,
        url=url_for("hypotheses.delete_data", key=hypothesis.key, dataset_id=dataset.id),
        back_url=url_for("hypotheses.dataset", key=hypothesis.key, dataset_id=dataset.id),
    )


def remap_page(
    hypothesis: Hypothesis,
    dataset: Dataset,
    form: MappingForm,
    reason: ReasonForm,
    tags: Mapping[str, str],
    *,
    problem: str | None = None,
) -> RemapPage:
    """The columns of attached data, to be named anew in the open."""
    errors: list[tuple[str | None, str]] = [(None, problem)] if problem else []
    errors += [*form.loose_errors, *reason.loose_errors]
    for asked in (*(field for _need, field in form.needs), reason.reason):
        errors += [(asked.id, str(message)) for message in asked.errors]
    return RemapPage(
        title=_("Name the columns of version %(n)s anew", n=dataset.version),
        chrome=chrome(),
        crumbs=crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        name=dataset_name(dataset),
        form=form,
        reason=reason,
        errors=tuple(errors),
        tags=tag_fields(dataset, tags),
        tag_words=tag_words(),
        url=url_for("hypotheses.remap_data", key=hypothesis.key, dataset_id=dataset.id),
        back_url=url_for("hypotheses.dataset", key=hypothesis.key, dataset_id=dataset.id),
    )


def _facts(dataset: Dataset) -> tuple[tuple[str, str], ...]:
    facts = [
        (_("Attached by"), dataset.author.name),
        (_("On"), moment(dataset.attached_at or dataset.created_at)),
        (_("Size"), size_of(dataset)),
        (_("To the data before"), relation_word(dataset)),
    ]
    if dataset.reason:
        facts.append((_("Why"), dataset.reason))
    return tuple(facts)


def _mapping(dataset: Dataset) -> tuple[tuple[str, str], ...]:
    """What each column is for: by the plan's names, or by what a log and receipts are asked for."""
    if dataset.role is not DatasetRole.OUTCOME:
        words = purpose_words()
        return tuple((words.get(name, name), each) for name, each in dataset.mapping.items())
    day_column = settings_of(dataset).day
    named = ((_("The day of a row"), day_column),) if day_column else ()
    return (*mapping_lines(dataset.mapping), *named)


def mapping_lines(mapping: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The plan's names with the columns of the data, or with what stands for all of them."""
    columns = ((key, dataset_wide.shown(each)) for key, each in mapping.items())
    return tuple((key, say(one) if isinstance(one, Text) else one) for key, one in columns)


def _gone(dataset: Dataset, provenance: Provenance) -> str | None:
    if dataset.deleted_at is None:
        return None
    when = day(dataset.deleted_at)
    sentence = one_stop(
        _(
            "The rows were deleted on %(day)s. What was found in them, where they came from and"
            " their fingerprints stay.",
            day=when,
        ),
        [when],
    )
    event = provenance.deletion
    if event is None:
        return sentence
    who = event.actor.name if event.actor else "HADI"
    reason = event.details.get("reason", "")
    return " ".join([sentence, _("%(who)s: “%(reason)s”", who=who, reason=reason)])


def _newer(dataset: Dataset, newest: Dataset) -> str:
    if newest.relation is Relation.CORRECTION and newest.previous_id == dataset.id:
        return str(_("Version %(n)s corrects this one.", n=newest.version))
    return str(_("Version %(n)s is newer: checks rest on it.", n=newest.version))


def _origin(origin: Origin) -> OriginLine:
    size = origin.received_bytes
    return OriginLine(
        name=origin.filename,
        when=moment(origin.at),
        received=_("%(n)s bytes", n=_count(size)) if size is not None else "",
        received_digest=origin.received_digest,
        choices=tuple(_choices(origin.choices)),
        rows=ngettext("%(n)s row", "%(n)s rows", origin.rows, n=_count(origin.rows)),
        digest=origin.digest,
        is_new=origin.is_new,
    )


def _choices(chosen: Mapping[str, Any]) -> list[str]:
    """What a person decided of the reading."""
    said = [
        f"{field_word(name)}: {option_word(name, str(value))}"
        for name, value in chosen.items()
        if name != "columns"
    ]
    for column, own in chosen.get("columns", {}).items():
        said += [
            f"{column}, {field_word(name)}: {option_word(name, _written(value))}"
            for name, value in own.items()
        ]
    return said


def _written(value: Any) -> str:
    """A choice as text; of several values what each became."""
    if isinstance(value, Mapping):
        return ", ".join(f"{old} → {new}" for old, new in value.items())
    return str(value)


def _found(hypothesis: Hypothesis, analysis: Analysis) -> FoundLine:
    return FoundLine(
        url=url_for("hypotheses.analysis", key=hypothesis.key, analysis_id=analysis.id),
        verdict=analysis.label,
        when=moment(analysis.created_at),
        is_interim=not analysis.is_final and analysis.verdict != "not_yet",
        is_early=bool(analysis.early_reason) and analysis.is_final,
    )


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


def _count(n: int) -> str:
    return figure(Figure(FigureKind.COUNT, n))
