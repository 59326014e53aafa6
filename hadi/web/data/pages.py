"""Data sets as lines: the file, whose test it belongs to, how big, who brought it and when."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.quality import Level
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models.dataset import DatasetKind, DatasetRole
from hadi.services.dataset_list import DatasetRow, Datasets, Seen
from hadi.web.data.query import DataQuery
from hadi.web.data.source_pages import data_tabs
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import day, figure, say
from hadi.web.shared.lights import Light, level_word, light_of
from hadi.web.shared.pages import Column, Page, PageLinks, Tab
from hadi.web.shared.render import chrome

DIGEST_SHOWN = 10  # characters; enough to tell two files apart by eye


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class DataLine:
    """A data set. `download_url` is None where it has no file of its own."""

    name: str
    url: str
    version: int
    key: str
    hypothesis_url: str
    change: str
    language: str
    size: str
    digest: str
    whole_digest: str
    who: str
    when: str
    download_url: str | None
    light: Light | None = None  # of its quality


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPage(Page):
    """`/data`."""

    tabs: tuple[Tab, ...]
    columns: tuple[Column, ...]
    lines: tuple[DataLine, ...]
    links: PageLinks
    downloads: tuple[Downloads, ...]
    running_url: str
    query: DataQuery
    found: str
    lights: tuple[Option, ...]
    kinds: tuple[Option, ...]
    roles: tuple[Option, ...]
    list_url: str
    clear_url: str | None
    is_empty: bool  # nothing was attached yet at all, not merely nothing found


def data_page(found: Datasets, query: DataQuery, *, is_empty: bool) -> DataPage:
    list_url = url_for("data.index")
    return DataPage(
        title=_("Data"),
        chrome=chrome(),
        tabs=data_tabs("data.index"),
        columns=(
            Column(_("Data set")),
            Column(_("Quality")),
            Column(_("Hypothesis")),
            Column(_("Version"), is_figure=True, is_hidden_on_phone=True),
            Column(_("Size"), is_figure=True),
            Column(_("Digest"), is_hidden_on_phone=True),
            Column(_("Brought by"), is_hidden_on_phone=True),
            Column(_("Attached"), is_figure=True, is_hidden_on_phone=True),
        ),
        lines=tuple(_line(row) for row in found.items),
        links=_links(found, query),
        downloads=(offered("data.export", **query.parts()),),
        running_url=url_for("hypotheses.index", state="running"),
        query=query,
        found=say(Text("datasets_found", n=found.total)),
        lights=_lights(query),
        kinds=_kinds(query),
        roles=_roles(query),
        list_url=list_url,
        clear_url=list_url if query.is_narrowed else None,
        is_empty=is_empty,
    )


def _links(found: Datasets, query: DataQuery) -> PageLinks:
    first = (found.page - 1) * found.page_size + 1
    return PageLinks(
        first=first if found.total else 0,
        last=min(first + found.page_size - 1, found.total),
        total=found.total,
        previous_url=query.url(page=found.page - 1) if found.page > 1 else None,
        next_url=query.url(page=found.page + 1) if found.page < found.pages else None,
    )


def _lights(query: DataQuery) -> tuple[Option, ...]:
    levels = (seen for seen in Seen if seen is not Seen.UNSEEN)
    return (
        Option("", _("Any quality"), query.seen is None),
        *(Option(s.value, level_word(Level(s.value)), query.seen is s) for s in levels),
        Option(Seen.UNSEEN.value, _("Not looked at yet"), query.seen is Seen.UNSEEN),
    )


def _kinds(query: DataQuery) -> tuple[Option, ...]:
    words = {
        DatasetKind.FILE: _("Files"),
        DatasetKind.COUNTS: _("Typed counts"),
        DatasetKind.QUERY: _("Queries of a source"),
    }
    return (
        Option("", _("Any kind"), query.kind is None),
        *(Option(kind.value, word, query.kind is kind) for kind, word in words.items()),
    )


def _roles(query: DataQuery) -> tuple[Option, ...]:
    words = {
        DatasetRole.OUTCOME: _("What verdicts rest on"),
        DatasetRole.LOG: _("Logs written by hand"),
        DatasetRole.RECEIPTS: _("Receipts"),
    }
    return (
        Option("", _("Any use"), query.role is None),
        *(Option(role.value, word, query.role is role) for role, word in words.items()),
    )


def _line(row: DatasetRow) -> DataLine:
    dataset, hypothesis = row.dataset, row.hypothesis
    is_file = dataset.kind is DatasetKind.FILE
    name = {
        DatasetKind.FILE: dataset.filename,
        DatasetKind.QUERY: _("Query of %(name)s", name=dataset.filename),
    }.get(dataset.kind, _("Typed counts"))
    count = figure(Figure(FigureKind.COUNT, dataset.rows))
    return DataLine(
        name=name,
        url=url_for("hypotheses.dataset", key=hypothesis.key, dataset_id=dataset.id),
        version=dataset.version or 0,
        key=hypothesis.key,
        hypothesis_url=url_for("hypotheses.show", key=hypothesis.key),
        change=hypothesis.title or hypothesis.change,
        language=hypothesis.language,
        size=_("%(n)s units", n=count)
        if dataset.kind is DatasetKind.COUNTS
        else _("%(n)s rows", n=count),
        digest=dataset.digest[:DIGEST_SHOWN],
        whole_digest=dataset.digest,
        who=dataset.author.name,
        when=day(dataset.attached_at or dataset.created_at),
        download_url=url_for("hypotheses.dataset_csv", key=hypothesis.key, dataset_id=dataset.id)
        if is_file and dataset.has_content
        else None,
        light=light_of(dataset),
    )
