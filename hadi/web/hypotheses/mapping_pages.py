"""A file that was read and waits: what is asked of it, what its columns are for, and what it is to
the data before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.tags import ColumnTag
from hadi.domain.text import Text
from hadi.models import Dataset, Hypothesis
from hadi.services.dataset_memory import Recall
from hadi.services.dataset_rows import Preview
from hadi.web.hypotheses.arms_block import Arms, ArmsPage
from hadi.web.hypotheses.data_access import made_words
from hadi.web.hypotheses.data_forms import MappingForm, TermsForm
from hadi.web.hypotheses.data_pages import crumbs
from hadi.web.hypotheses.data_report import Report, report_of
from hadi.web.shared.language import say
from hadi.web.shared.pages import Link
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True)
class TagField:
    """A column, and what it holds that not everyone may see."""

    name: str
    column: str
    tag: str


@dataclass(frozen=True, slots=True)
class Before:
    """The data before this file: `changes` are what is different in it. With `is_same` it can be
    attached as they were, without naming a column."""

    name: str
    version: int
    url: str
    is_same: bool
    changes: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingPage(ArmsPage):
    """`/hypotheses/<key>/data/<id>/map`. `terms` is None where no data came before."""

    key: str
    crumbs: tuple[Link, ...]
    name: str
    made: str | None  # what the rows were worked out from, where they were
    form: MappingForm
    terms: TermsForm | None
    before: Before | None
    is_open: bool  # the columns stand unfolded, although they could be as before
    errors: tuple[tuple[str | None, str], ...]
    url: str
    arms_url: str
    discard_url: str
    beside_url: str
    reread_url: str | None  # None where the file as it was sent is not kept
    bad_rows_url: str
    tags: tuple[TagField, ...]
    tag_words: tuple[tuple[str, str], ...]
    preview: Preview
    preview_of: str  # the digest of what is shown
    report: Report


def mapping_page(
    hypothesis: Hypothesis,
    dataset: Dataset,
    form: MappingForm,
    *,
    terms: TermsForm | None,
    before: Before | None,
    tags: Mapping[str, str],
    preview: Preview,
    arms: Arms | None,
    can_reread: bool,
    problem: str | None = None,
) -> MappingPage:
    """A file with the choice of its columns; `problem` is what its content lacks."""

    def here(endpoint: str) -> str:
        return url_for(endpoint, key=hypothesis.key, dataset_id=dataset.id)

    errors: list[tuple[str | None, str]] = [(None, problem)] if problem else []
    errors += form.loose_errors
    for _need, field in form.needs:
        errors += [(field.id, str(message)) for message in field.errors]
    if (day := form.day_field) is not None:
        errors += [(day.id, str(message)) for message in day.errors]
    for asked in (terms.relation, terms.reason) if terms else ():
        errors += [(asked.id, str(message)) for message in asked.errors]
    return MappingPage(
        title=_("Columns of %(file)s", file=dataset.filename),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        name=dataset.filename,
        made=made_words(dataset),
        form=form,
        terms=terms,
        before=before,
        is_open=before is None or not before.is_same or bool(errors or (arms and arms.is_open)),
        errors=tuple(errors),
        url=here("hypotheses.map_data"),
        arms_url=here("hypotheses.data_arms"),
        discard_url=here("hypotheses.discard_data"),
        beside_url=here("hypotheses.beside"),
        reread_url=here("hypotheses.reread_data") if can_reread else None,
        bad_rows_url=here("hypotheses.bad_rows"),
        tags=tag_fields(dataset, tags),
        tag_words=tag_words(),
        preview=preview,
        preview_of=dataset.digest,
        report=report_of(dataset, can_change=True),
        arms=arms,
    )


def before_of(hypothesis: Hypothesis, known: Recall, warnings: tuple[Text, ...]) -> Before:
    """The data before, as the page of a new file shows them."""
    previous = known.previous
    return Before(
        name=previous.filename,
        version=previous.version or 0,
        url=url_for("hypotheses.dataset", key=hypothesis.key, dataset_id=previous.id),
        is_same=known.is_same,
        changes=tuple(say(change.text) for change in known.changes),
        warnings=tuple(say(warning) for warning in warnings),
    )


def tag_fields(dataset: Dataset, tags: Mapping[str, str]) -> tuple[TagField, ...]:
    """A field for each column of a data set."""
    names = [column["name"] for column in dataset.report["columns"]]
    return tuple(
        TagField(f"tag_{place}", name, tags.get(name, "")) for place, name in enumerate(names)
    )


def tag_words() -> tuple[tuple[str, str], ...]:
    """What a column can be tagged as."""
    return (
        ("", _("everyone may see it")),
        *((tag.value, say(Text(f"tag_{tag.value}"))) for tag in ColumnTag),
    )


def sent_tags(dataset: Dataset, sent: Mapping[str, str]) -> dict[str, str]:
    """The tags as the form was sent with them."""
    fields = tag_fields(dataset, {})
    return {each.column: sent[each.name] for each in fields if sent.get(each.name)}
