"""Visits of a file, or pasted: first what they hold and what is wrong, then stored."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO, cast

from flask import current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from hadi.config import Settings
from hadi.domain.errors import Blocked, Invalid, Unreadable
from hadi.domain.permissions import Permission, require
from hadi.domain.statement import cleaned
from hadi.domain.text import Text
from hadi.ingest.limits import Limits
from hadi.ingest.visits import VisitFile, Visits, as_lines
from hadi.models import Scorecard
from hadi.services import scorecard_visits, scorecards
from hadi.web.scorecards import blueprint
from hadi.web.scorecards.card_page import crumbs
from hadi.web.scorecards.forms import ImportForm
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import day, say
from hadi.web.shared.once import once
from hadi.web.shared.pages import Column, Link, Page
from hadi.web.shared.render import chrome, render, tell

Answer = str | Response | tuple[str, int]
REFUSED = 422
MOST_BYTES = 8_000_000
MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file holds: in a line, visit by visit, and what is wrong."""

    summary: str
    faults: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: tuple[tuple[str, str, str, str], ...]
    more: str | None
    button: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPage(Page):
    """`/data/scorecards/<id>/import`."""

    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    form: ImportForm
    preview: Preview | None
    has_columns: bool


@blueprint.route("/<card_id>/import", methods=["GET", "POST"])
def import_(card_id: str) -> Answer:
    """A file or pasted lines; looked at, then stored."""
    require(current_actor(), Permission.EDIT_SCORECARDS)
    card = scorecards.find(card_id, by=current_actor())
    form = ImportForm()
    form.offer()
    if request.method == "GET":
        return render("scorecards/import.html", _page(form, card))
    if not form.validate():
        return render("scorecards/import.html", _page(form, card)), REFUSED
    chosen = form.chosen if not form.is_sent else {}
    file: VisitFile | None = None
    found: Visits | None = None
    try:
        file, found = _read(form, card, chosen)
        if request.form.get("do") == "store" and not found.faulty:
            read = found
            return once(form, lambda: _store(card, read, form.named.data))
    except Unreadable as refused:
        field = form.file if form.is_sent else form.lines
        field.errors = [*field.errors, say(refused.text)]
    except (Invalid, Blocked) as refused:
        form.refuse(refused)
    if file is not None:
        form.offer(file)
    page = _page(form, scorecards.find(card_id, by=current_actor()), found, file)
    is_fine = found is not None and not found.faulty and not form.errors
    return render("scorecards/import.html", page), 200 if is_fine else REFUSED


def _read(form: ImportForm, card: Scorecard, chosen: dict[str, str]) -> tuple[VisitFile, Visits]:
    """What was sent. A file's rows are put into the field as lines: they can be mended there, and
    are sent with the next step. Raises Unreadable."""
    if form.is_sent:
        stream: BinaryIO = form.file.data.stream
        name = str(form.file.data.filename)
    else:
        stream = io.BytesIO((form.lines.data or "").encode())
        name = f"{say(Text('visits_pasted'))}.csv"
    file, found = scorecard_visits.read_file(
        card, file=stream, filename=name, chosen=chosen, limits=_limits(), by=current_actor(),
        now=now(),
    )  # fmt: skip
    if form.is_sent:
        form.lines.data, form.named.data = as_lines(file), name[-200:]
    return file, found


def _store(card: Scorecard, found: Visits, named: str | None) -> str:
    card_id, filename = card.id, cleaned(named or "") or say(Text("visits_pasted"))
    done = scorecard_visits.import_visits(
        card_id, found, filename=filename, by=current_actor(), now=now()
    )
    count = done.added + done.updated
    tell(ngettext("%(num)s visit is stored.", "%(num)s visits are stored.", count))
    return url_for("scorecards.show", card_id=card_id)


def _page(
    form: ImportForm,
    card: Scorecard,
    found: Visits | None = None,
    file: VisitFile | None = None,
) -> ImportPage:
    return ImportPage(
        title=_("Bring visits"),
        chrome=chrome(),
        crumbs=crumbs(card),
        url=url_for("scorecards.import_", card_id=card.id),
        cancel_url=url_for("scorecards.show", card_id=card.id),
        form=form,
        preview=_preview(found) if found else None,
        has_columns=file is not None,
    )


def _preview(found: Visits) -> Preview:
    count = len(found.visits)
    marks = sum(len(each.marks) + len(each.second) for each in found.visits)
    told = [
        str(ngettext("%(num)s visit", "%(num)s visits", count)),
        str(ngettext("%(num)s mark", "%(num)s marks", marks)),
    ]
    if found.faulty:
        told.insert(
            0, str(ngettext("%(num)s row is wrong", "%(num)s rows are wrong", found.faulty))
        )
    if found.known:
        told.append(
            str(ngettext(
                "%(num)s of them is stored already: the marks given here replace its own",
                "%(num)s of them are stored already: the marks given here replace their own",
                found.known,
            ))
        )  # fmt: skip
    hidden = count - MOST_SHOWN
    return Preview(
        summary=" · ".join(told),
        faults=tuple(say(fault) for fault in found.faults),
        columns=(
            Column(_("Visit")),
            Column(_("Day")),
            Column(_("Store"), is_hidden_on_phone=True),
            Column(_("Marks"), is_figure=True),
        ),
        lines=tuple(
            (each.code, day(each.day), each.unit, str(len(each.marks) + len(each.second)))
            for each in found.visits[:MOST_SHOWN]
        ),
        more=str(ngettext("and %(num)s visit more", "and %(num)s visits more", hidden))
        if hidden > 0
        else None,
        button=None
        if found.faulty or not count
        else str(ngettext("Store %(num)s visit", "Store %(num)s visits", count)),
    )


def _limits() -> Limits:
    settings = cast("Settings", current_app.extensions["hadi_settings"])
    return Limits(max_bytes=min(MOST_BYTES, settings.max_upload_bytes or MOST_BYTES))
