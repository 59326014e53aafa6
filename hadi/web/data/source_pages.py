"""What the pages of connections show. Nothing here has ever held a password."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hadi.domain.text import Figure, FigureKind, Text
from hadi.ingest.engines import missing_driver
from hadi.models import Connection
from hadi.models.connection import ConnectionKind
from hadi.services import connections, source_files
from hadi.services.connections import Tested
from hadi.web.data.source_forms import SourceForm, is_optional, kind_hint, kind_word
from hadi.web.shared.data_tabs import data_tabs
from hadi.web.shared.language import figure, moment, say
from hadi.web.shared.pages import Link, Page, Tab
from hadi.web.shared.render import chrome

TABLES_SHOWN = 12
_ICONS = {
    ConnectionKind.POSTGRESQL: "database",
    ConnectionKind.MYSQL: "database",
    ConnectionKind.DUCKDB: "file-text",
    ConnectionKind.PARQUET: "table",
    ConnectionKind.SPARK: "globe",
}


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A connection in the list. `state` is "well", "ill", "untested" or "aside"."""

    name: str
    url: str
    kind: str
    icon: str
    where: str
    state: str
    status: str
    feeds: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesPage(Page):
    """`/data/sources`."""

    tabs: tuple[Tab, ...]
    lines: tuple[SourceLine, ...]
    aside: tuple[SourceLine, ...]
    new_url: str


@dataclass(frozen=True, slots=True)
class KindCard:
    """`lacks`: what has to be installed first."""

    label: str
    hint: str
    icon: str
    url: str
    lacks: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindsPage(Page):
    """What a new connection may lead to."""

    crumbs: tuple[Link, ...]
    kinds: tuple[KindCard, ...]
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPage(Page):
    """What a test of a connection found, or None before it; htmx takes it alone."""

    found: Found | None


@dataclass(frozen=True, slots=True)
class Found:
    """`problem` None: it answers."""

    problem: str | None
    sentence: str
    tables: tuple[str, ...]
    others: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage(CheckPage):
    """One connection, new or stored: `version` None is new."""

    crumbs: tuple[Link, ...]
    kind: str
    form: SourceForm
    folders: tuple[str, ...]  # below which files may be connected; empty where they are not asked
    has_named_folders: bool
    back_url: str
    lacks: str | None  # what has to be installed before it answers
    cost_help: str
    version: int | None = None
    is_aside: bool = False
    has_secret: bool = False
    has_lost_secret: bool = False
    last_test: str | None = None
    feeds: str | None = None
    test_url: str = ""
    aside_url: str = ""

    @property
    def fields(self) -> list[tuple[object, str | None, bool]]:
        """Each field of the kind, its help, and whether it may stay empty."""
        kind = self.form._kind
        return [(f, help_, is_optional(kind, f.name)) for f, help_ in self.form.named]


def sources_page(found: list[Connection]) -> SourcesPage:
    lines = [(_line(each), each.archived_at is not None) for each in found]
    return SourcesPage(
        title=_("Sources"),
        chrome=chrome(),
        tabs=data_tabs("sources"),
        lines=tuple(line for line, is_aside in lines if not is_aside),
        aside=tuple(line for line, is_aside in lines if is_aside),
        new_url=url_for("data.new_source"),
    )


def kinds_page() -> KindsPage:
    return KindsPage(
        title=_("Add a connection"),
        chrome=chrome(),
        crumbs=_crumbs(),
        kinds=tuple(
            KindCard(
                kind_word(kind),
                kind_hint(kind),
                _ICONS[kind],
                url_for("data.new_source_of", kind=kind.value),
                _lacks(kind),
            )
            for kind in ConnectionKind
        ),
        back_url=url_for("data.sources"),
    )


def new_source_page(kind: ConnectionKind, form: SourceForm) -> SourcePage:
    return SourcePage(
        title=_("New connection: %(kind)s", kind=kind_word(kind)),
        chrome=chrome(),
        crumbs=(*_crumbs(), Link(_("Add a connection"), url_for("data.new_source"))),
        kind=kind.value,
        form=form,
        folders=_folders(kind),
        has_named_folders=source_files.has_named_folders(),
        back_url=url_for("data.new_source"),
        lacks=_lacks(kind),
        cost_help=_cost_help(kind),
        found=None,
    )


def source_page(
    connection: Connection, form: SourceForm, *, tested: Tested | None = None
) -> SourcePage:
    feeds = connections.feeds_of(connection.id)
    return SourcePage(
        title=connection.name,
        chrome=chrome(),
        crumbs=_crumbs(),
        kind=connection.kind.value,
        form=form,
        folders=_folders(connection.kind),
        has_named_folders=source_files.has_named_folders(),
        back_url=url_for("data.sources"),
        lacks=_lacks(connection.kind),
        cost_help=_cost_help(connection.kind),
        version=connection.version,
        is_aside=connection.archived_at is not None,
        has_secret=connection.secret is not None,
        has_lost_secret=connections.has_lost_secret(connection),
        last_test=_last_test(connection),
        feeds=_feeds(feeds) if feeds else None,
        test_url=url_for("data.test_source", source_id=connection.id),
        aside_url=url_for(
            "data.restore_source" if connection.archived_at else "data.archive_source",
            source_id=connection.id,
        ),
        found=found_of(tested) if tested else None,
    )


def check_page(tested: Tested) -> CheckPage:
    return CheckPage(title="", chrome=chrome(), found=found_of(tested))


def found_of(tested: Tested) -> Found:
    """What a test found, in words."""
    seconds = figure(Figure(FigureKind.NUMBER, max(tested.seconds, 0.01)))
    if tested.problem is not None:
        return Found(
            say(tested.problem), _("It took %(seconds)s seconds to find out.", seconds=seconds),
            (), None,
        )  # fmt: skip
    n = len(tested.tables)
    others = n - TABLES_SHOWN
    return Found(
        None,
        _(
            "It answers: %(engine)s, %(tables)s in reach, in %(seconds)s seconds.",
            engine=tested.engine, tables=say(Text("feed_tables", n=n)), seconds=seconds,
        ),
        tested.tables[:TABLES_SHOWN],
        ngettext("and %(num)d other", "and %(num)d others", others) if others > 0 else None,
    )  # fmt: skip


def _line(connection: Connection) -> SourceLine:
    feeds = connections.feeds_of(connection.id)
    state, status = _status(connection)
    return SourceLine(
        name=connection.name,
        url=url_for("data.source", source_id=connection.id),
        kind=kind_word(connection.kind),
        icon=_ICONS[connection.kind],
        where=_where(connection),
        state=state,
        status=status,
        feeds=_feeds(feeds) if feeds else None,
    )


def _status(connection: Connection) -> tuple[str, str]:
    if connection.archived_at is not None:
        return "aside", _("put aside on %(when)s", when=moment(connection.archived_at))
    if connections.has_lost_secret(connection):
        return "ill", _("The password has to be typed again.")
    if connection.tested_at is None:
        return "untested", _("not tested yet")
    if connection.problem is not None:
        return "ill", say(Text.from_json(connection.problem))
    return "well", _("answered on %(when)s", when=moment(connection.tested_at))


def _where(connection: Connection) -> str:
    settings = connection.settings
    if "path" in settings:
        return str(settings["path"])
    where = f"{settings['host']}:{settings['port']}"
    return f"{where}/{settings['database']}" if settings.get("database") else where


def _last_test(connection: Connection) -> str | None:
    if connection.tested_at is None:
        return None
    when = moment(connection.tested_at)
    if connection.problem is None:
        return str(_("Last tested on %(when)s: it answered.", when=when))
    problem = say(Text.from_json(connection.problem))
    return str(_("Last tested on %(when)s: %(problem)s", when=when, problem=problem))


def _feeds(n: int) -> str:
    return str(ngettext("%(num)d feed asks it", "%(num)d feeds ask it", n))


def _folders(kind: ConnectionKind) -> tuple[str, ...]:
    if kind not in (ConnectionKind.DUCKDB, ConnectionKind.PARQUET):
        return ()
    return tuple(str(folder.absolute()) for folder in source_files.allowed())


def _lacks(kind: ConnectionKind) -> str | None:
    """What has to be installed before such a database can be asked, in a sentence."""
    missing = missing_driver(kind.value)
    return say(missing) if missing else None


def _cost_help(kind: ConnectionKind) -> str:
    if kind is ConnectionKind.MYSQL:
        return str(_("A question for which the server expects to read more is not asked."))
    return str(_("A question that PostgreSQL expects to cost more is not asked."))


def _crumbs() -> tuple[Link, ...]:
    return (Link(_("Data"), url_for("data.index")), Link(_("Sources"), url_for("data.sources")))
