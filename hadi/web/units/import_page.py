"""A list of units that is brought: what every line would do, or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hadi.domain.text import Text
from hadi.services.unit_import import Does, Imported, Row
from hadi.web.shared.language import say
from hadi.web.shared.pages import Column, Link, Page
from hadi.web.shared.render import chrome
from hadi.web.units.forms import ImportForm

MOST_LINES = 200  # that are shown; faults come first


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A line of the list. `does` is "add", "change", "nothing" or "fault"."""

    number: int
    code: str
    name: str
    does: str
    word: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a list would do."""

    summary: str
    lines: tuple[ImportLine, ...]
    more: str | None
    columns: tuple[Column, ...]
    unread: str | None
    can_store: bool
    button: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage(Page):
    """`/data/units/import`."""

    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    form: ImportForm
    preview: Preview | None


def import_page(form: ImportForm, found: Imported | None = None) -> ImportPage:
    return ImportPage(
        title=_("Bring a list"),
        chrome=chrome(),
        crumbs=(
            Link(str(_("Data")), url_for("data.index")),
            Link(str(_("Stores and teams")), url_for("units.index")),
        ),
        url=url_for("units.import_"),
        cancel_url=url_for("units.index"),
        form=form,
        preview=_preview(found) if found else None,
    )


def _preview(found: Imported) -> Preview:
    rows = sorted(found.rows, key=lambda row: (row.does is not Does.FAULT, row.line))
    hidden = len(rows) - MOST_LINES
    new, changed = found.count(Does.ADD), found.count(Does.CHANGE)
    return Preview(
        summary=" · ".join(_counts(found)),
        lines=tuple(_line(row) for row in rows[:MOST_LINES]),
        more=str(ngettext("and %(num)s line more", "and %(num)s lines more", hidden))
        if hidden > 0
        else None,
        columns=(
            Column(_("Line"), is_figure=True),
            Column(_("Code")),
            Column(_("Its name"), is_hidden_on_phone=True),
            Column(_("What happens")),
        ),
        unread=say(Text("unit_import_columns_unread", columns=", ".join(found.unread)))
        if found.unread
        else None,
        can_store=not found.faults and new + changed > 0,
        button=str(ngettext("Store %(num)s line", "Store %(num)s lines", new + changed)),
    )


def _counts(found: Imported) -> list[str]:
    wrong, new = found.count(Does.FAULT), found.count(Does.ADD)
    changed, same = found.count(Does.CHANGE), found.count(Does.NOTHING)
    told = (
        (wrong, ngettext("%(num)s line is wrong", "%(num)s lines are wrong", wrong)),
        (new, ngettext("%(num)s is new", "%(num)s are new", new)),
        (changed, ngettext("%(num)s changes", "%(num)s change", changed)),
        (same, ngettext("%(num)s stays as it is", "%(num)s stay as they are", same)),
    )
    return [str(words) for count, words in told if count]


def _line(row: Row) -> ImportLine:
    words = {
        Does.ADD: _("new"),
        Does.CHANGE: _("changes"),
        Does.NOTHING: _("stays as it is"),
        Does.FAULT: _("wrong"),
    }
    details = [say(text) for text in row.faults.values()]
    if row.does is Does.CHANGE:
        details = [
            f"{say(Text(f'unit_column_{name}'))}: {before or '–'} → {after or '–'}"
            for name, (before, after) in row.changes.items()
        ]
    return ImportLine(
        row.line, row.code, row.name, row.does.value, str(words[row.does]), tuple(details)
    )
