"""A list of periods or of client bases that is brought: what every line would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hadi.domain.text import Text
from hadi.services.lever_import import Imported, Row
from hadi.services.unit_import import Does
from hadi.web.levers.forms import ImportForm
from hadi.web.shared.language import say
from hadi.web.shared.pages import Column, Link, Page
from hadi.web.shared.render import chrome

MOST_LINES = 200  # that are shown; faults come first
# The columns by the parts that they hold, of periods and of bases; they are named as the download
# names them, which a list is read by in every language.
HEADS = (
    ("starts_on", "ends_on", "unit", "leads", "clients", "purchases", "revenue", "currency"),
    ("territory", "starts_on", "ends_on", "active", "ever", "potential"),
)
EXAMPLE = (
    ("starts_on", "leads", "clients", "purchases", "revenue"),
    ("territory", "active", "ever"),
)
ROW = ("2026-01; 400; 100; 120; 240000", "S07; 181; 420")


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A line of the list. `does` is "add", "change", "nothing" or "fault"."""

    number: int
    label: str
    does: str
    word: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a list would do."""

    summary: str
    notes: tuple[str, ...]
    lines: tuple[ImportLine, ...]
    more: str | None
    columns: tuple[Column, ...]
    can_store: bool
    button: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage(Page):
    """A list of periods, or of client bases."""

    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    form: ImportForm
    is_of_bases: bool
    heads: str
    example: str
    preview: Preview | None


def import_page(
    form: ImportForm,
    found: Imported | None = None,
    notes: Sequence[Text] = (),
    *,
    is_of_bases: bool,
) -> ImportPage:
    here = "levers.clients" if is_of_bases else "levers.index"
    title = _("Bring client bases") if is_of_bases else _("Bring periods")
    endpoint = "levers.import_bases" if is_of_bases else "levers.import_periods"
    return ImportPage(
        title=title,
        chrome=chrome(),
        crumbs=(
            Link(_("Data"), url_for("data.index")),
            Link(_("Client bases") if is_of_bases else _("Levers"), url_for(here)),
            Link(title, ""),
        ),
        url=url_for(endpoint),
        cancel_url=url_for(here),
        form=form,
        is_of_bases=is_of_bases,
        heads=_heads(HEADS[is_of_bases]),
        example="\n".join((_heads(EXAMPLE[is_of_bases]), ROW[is_of_bases])),
        preview=_preview(found, notes) if found else None,
    )


def _heads(parts: Sequence[str]) -> str:
    return "; ".join(say(Text(f"lever_export_{part}")) for part in parts)


def _preview(found: Imported, notes: Sequence[Text]) -> Preview:
    rows = sorted(found.rows, key=lambda row: (row.does is not Does.FAULT, row.line))
    hidden = len(rows) - MOST_LINES
    new, changed = found.count(Does.ADD), found.count(Does.CHANGE)
    said = [say(note) for note in notes]
    if found.stages:
        said.append(say(Text("lever_import_stages", columns=", ".join(found.stages))))
    if found.unread:
        said.append(say(Text("lever_import_unread", columns=", ".join(found.unread))))
    return Preview(
        summary=" · ".join(_counts(found)),
        notes=tuple(said),
        lines=tuple(_line(row) for row in rows[:MOST_LINES]),
        more=ngettext("and %(num)s line more", "and %(num)s lines more", hidden)
        if hidden > 0
        else None,
        columns=(
            Column(_("Line"), is_figure=True), Column(_("What it is of")),
            Column(_("What happens")),
        ),
        can_store=not found.faults and new + changed > 0,
        button=ngettext("Store %(num)s line", "Store %(num)s lines", new + changed),
    )  # fmt: skip


def _counts(found: Imported) -> list[str]:
    n = {does: found.count(does) for does in Does}
    words = {
        Does.FAULT: ngettext("%(num)s line is wrong", "%(num)s lines are wrong", n[Does.FAULT]),
        Does.ADD: ngettext("%(num)s is new", "%(num)s are new", n[Does.ADD]),
        Does.CHANGE: ngettext("%(num)s changes", "%(num)s change", n[Does.CHANGE]),
        Does.NOTHING: ngettext("%(num)s stays", "%(num)s stay", n[Does.NOTHING]),
    }
    return [str(said) for does, said in words.items() if n[does]]


def _line(row: Row) -> ImportLine:
    words = {
        Does.ADD: _("new"),
        Does.CHANGE: _("changes"),
        Does.NOTHING: _("stays as it is"),
        Does.FAULT: _("wrong"),
    }
    details = tuple(say(text) for text in row.faults.values())
    return ImportLine(row.line, row.label, row.does.value, words[row.does], details)
