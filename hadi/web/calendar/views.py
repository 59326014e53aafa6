"""The calendar: looked at by year, kept entry by entry, imported and handed out."""

from __future__ import annotations

import io

from flask import redirect, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, Invalid, Stale, Unreadable
from hadi.domain.permissions import Permission, require
from hadi.domain.text import Text
from hadi.models import CalendarEntry
from hadi.services import calendar, calendar_files, running_tests
from hadi.services.calendar import Filters
from hadi.services.calendar_files import Read
from hadi.services.exports import Name
from hadi.web.calendar import blueprint
from hadi.web.calendar.forms import DaysForm, ImportForm, days_values
from hadi.web.calendar.pages import calendar_page, days_page, import_page
from hadi.web.calendar.query import CalendarQuery
from hadi.web.calendar.tests_shown import spans
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor, now, today
from hadi.web.shared.language import say
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

__all__ = ["blueprint"]

Answer = str | Response | tuple[str, int]
ICS = "text/calendar"


@blueprint.get("")
def index() -> str:
    """A year of the calendar, and the tests that run in it."""
    form = DaysForm(formdata=None, data={"scope": "all"})
    form.offer()
    return _shown(form)


@blueprint.post("")
def add() -> Answer:
    """Enter days."""
    form = DaysForm()
    form.offer()
    require(current_actor(), Permission.EDIT_CALENDAR)
    if form.validate():
        try:
            return once(form, lambda: _add(form))
        except Invalid as refusal:
            form.refuse(refusal)
    return _shown(form), 422


def _add(form: DaysForm) -> str:
    entry = calendar.add(body=form.body, by=current_actor(), now=now())
    tell(_("“%(name)s” is in the calendar.", name=entry.name))
    _tell_unknown(entry)
    return _place(entry)


@blueprint.route("/<entry_id>", methods=["GET", "POST"])
def edit(entry_id: str) -> Answer:
    """Change an entry."""
    entry = calendar.find(entry_id, by=current_actor())
    require(current_actor(), Permission.EDIT_CALENDAR)
    if request.method == "GET":
        form = DaysForm(formdata=None, data=days_values(entry))
        form.offer()
        return render("calendar/entry.html", days_page(entry, form))
    form, status, is_stale = DaysForm(), 422, False
    form.offer()
    if form.validate():
        try:
            return once(form, lambda: _edit(entry, form))
        except Invalid as refusal:
            form.refuse(refusal)
        except Stale:
            entry = calendar.find(entry_id, by=current_actor())
            form.version.data, status, is_stale = str(entry.version), 409, True
    entry = calendar.find(entry_id, by=current_actor())
    return render("calendar/entry.html", days_page(entry, form, is_stale=is_stale)), status


def _edit(entry: CalendarEntry, form: DaysForm) -> str:
    edited = calendar.edit(
        entry.id, body=form.body, version=form.read_version, by=current_actor(), now=now()
    )
    tell(_("“%(name)s” is changed.", name=edited.name))
    _tell_unknown(edited)
    return _place(edited)


@blueprint.post("/<entry_id>/delete")
def delete(entry_id: str) -> Response:
    """Delete an entry; the message offers to bring it back."""
    try:
        entry = calendar.delete(entry_id, by=current_actor(), now=now())
    except Blocked:
        return redirect(url_for("calendar.index"))  # it is gone: the button was hit twice
    undo = url_for("calendar.restore", entry_id=entry.id)
    tell(_("“%(name)s” is deleted.", name=entry.name), undo_url=undo)
    return redirect(_place(entry))


@blueprint.post("/<entry_id>/restore")
def restore(entry_id: str) -> Response:
    """Bring a deleted entry back."""
    try:
        entry = calendar.restore(entry_id, by=current_actor(), now=now())
    except Blocked:
        return redirect(_place(calendar.find(entry_id, by=current_actor())))
    tell(_("“%(name)s” is in the calendar again.", name=entry.name))
    return redirect(_place(entry))


@blueprint.route("/import", methods=["GET", "POST"])
def import_() -> Answer:
    """A file or lines: first what they would do, then done."""
    require(current_actor(), Permission.EDIT_CALENDAR)
    form = ImportForm()
    form.offer()
    if request.method == "GET":
        return render("calendar/import.html", import_page(form))
    if not form.validate():
        return render("calendar/import.html", import_page(form)), 422
    try:
        read = _read(form)
        if request.form.get("do") == "import" and not form.is_sent:
            return once(form, lambda: _import(read))
    except Unreadable as refused:
        field = form.file if form.is_sent else form.lines
        field.errors = [*field.errors, say(refused.text)]
        return render("calendar/import.html", import_page(form)), 422
    except Invalid as refused:
        form.form_errors.append(say(refused.text))
    compared = calendar_files.compare(read, by=current_actor())
    status = 422 if read.faults else 200
    return render("calendar/import.html", import_page(form, read, compared)), status


def _read(form: ImportForm) -> Read:
    """The entries; those of a file are put into the field as lines, so that they can be corrected
    there and are sent with the next step."""
    by, kind = current_actor(), form.chosen_kind
    if not form.is_sent:
        return calendar_files.from_text(form.lines.data or "", kind=kind, by=by)
    file = form.file.data
    read = calendar_files.from_file(file.stream, file.filename, kind=kind, by=by, now=now())
    form.lines.data = read.lines
    return read


def _import(read: Read) -> str:
    done = calendar.take_over(read.require(), name="", by=current_actor(), now=now())
    parts = [Text("calendar_added", n=len(done.new))]
    parts += [Text("calendar_changed", n=len(done.changed))] if done.changed else []
    parts += [Text("calendar_same", n=len(done.same))] if done.same else []
    tell(", ".join(say(part) for part in parts) + ".")
    days = [*done.new, *(days for _entry, days in done.changed)]
    years = {each.starts_on.year for each in days}
    year = today().year if today().year in years or not years else min(years)
    return url_for("calendar.index", year=year)


@blueprint.get("/export.<format>")
def export(format: str) -> Response:
    """What the search finds, as a file."""
    query = CalendarQuery.read(request.args, today=today())
    if format != "ics":
        return downloads.answer(Name.CALENDAR, query.arguments(), format)
    content = calendar_files.as_ics(query.filters, by=current_actor(), now=now())
    name = f"calendar-{query.year}.ics"
    file: Response = send_file(
        io.BytesIO(content), mimetype=ICS, as_attachment=True, download_name=name
    )
    return file


def _shown(form: DaysForm) -> str:
    actor = current_actor()
    query = CalendarQuery.read(request.args, today=today())
    entries = calendar.listing(query.filters, by=actor)
    found = running_tests.between(query.first, query.last, by=actor)
    running = spans(found, last=query.last)
    is_empty = not entries and not calendar.count(Filters())
    page = calendar_page(
        query, entries, running, form, actor=actor, today=today(), is_empty=is_empty
    )
    return render("calendar/index.html", page)


def _tell_unknown(entry: CalendarEntry) -> None:
    unknown = calendar.unknown_places(entry)
    if unknown:
        places = ", ".join(f"“{place}”" for place in unknown)
        tell(say(Text("calendar_unknown_place", places=places)), "warning")


def _place(entry: CalendarEntry) -> str:
    return url_for("calendar.index", year=entry.starts_on.year)
