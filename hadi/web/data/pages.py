"""Data sets as lines: the file, whose test it belongs to, how big, who brought it and when."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hadi.domain.quality import Level
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models.dataset import DatasetKind, DatasetRole
from hadi.services.dataset_list import DatasetRow, Datasets, Seen
from hadi.web.data.query import DataQuery
from hadi.web.shared.data_tabs import data_tabs
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import day, figure, say
from hadi.web.shared.lights import Light, level_word, light_of
from hadi.web.shared.pages import Column, FilterOption, Page, PageLinks, Tab, filter_options
from hadi.web.shared.render import chrome

DIGEST_SHOWN = 10  # characters; enough to tell two files apart by eye


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
    lights: tuple[FilterOption, ...]
    kinds: tuple[FilterOption, ...]
    roles: tuple[FilterOption, ...]
    list_url: str
    clear_url: str | None
    is_empty: bool  # nothing was attached yet at all, not merely nothing found


def data_page(found: Datasets, query: DataQuery, *, is_empty: bool) -> DataPage:
    list_url = url_for("data.index")
    return DataPage(
        title=_("Data"),
        chrome=chrome(),
        tabs=data_tabs("datasets"),
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
        links=PageLinks.around(found, lambda page: query.url(page=page)),
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


def _lights(query: DataQuery) -> tuple[FilterOption, ...]:
    words = {
        seen: level_word(Level(seen.value)) if seen is not Seen.UNSEEN else _("Not looked at yet")
        for seen in Seen
    }
    return filter_options(_("Any quality"), words, query.seen)


def _kinds(query: DataQuery) -> tuple[FilterOption, ...]:
    words = {
        DatasetKind.FILE: _("Files"),
        DatasetKind.COUNTS: _("Typed counts"),
        DatasetKind.QUERY: _("Queries of a source"),
    }
    return filter_options(_("Any kind"), words, query.kind)


def _roles(query: DataQuery) -> tuple[FilterOption, ...]:
    words = {
        DatasetRole.OUTCOME: _("What verdicts rest on"),
        DatasetRole.LOG: _("Logs written by hand"),
        DatasetRole.RECEIPTS: _("Receipts"),
    }
    return filter_options(_("Any use"), words, query.role)


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
        else ngettext("%(n)s row", "%(n)s rows", dataset.rows, n=count),
        digest=dataset.digest[:DIGEST_SHOWN],
        whole_digest=dataset.digest,
        who=dataset.author.name,
        when=day(dataset.attached_at or dataset.created_at),
        download_url=url_for("hypotheses.dataset_csv", key=hypothesis.key, dataset_id=dataset.id)
        if is_file and dataset.has_content
        else None,
        light=light_of(dataset),
    )
