"""The log of a unit: what happened there, week by week."""

from __future__ import annotations

from datetime import date

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Invalid, NotFound, Stale
from hadi.domain.permissions import Permission, require
from hadi.domain.text import Text
from hadi.models import Unit, UnitWeek
from hadi.services import unit_weeks, units
from hadi.services.exports import Name
from hadi.services.unit_weeks import monday
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor, now, today
from hadi.web.shared.language import day
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell
from hadi.web.units import blueprint
from hadi.web.units.forms import WeekForm, week_values
from hadi.web.units.unit_pages import unit_page, week_page

Answer = str | Response | tuple[str, int]


def blank() -> WeekForm:
    """The form of this week."""
    return WeekForm(formdata=None, data={"week": monday(today())})


@blueprint.get("/weeks.<format>")
def weeks_of_all(format: str) -> Response:
    """The logs of every unit as a file."""
    return downloads.answer(Name.UNIT_WEEKS, {}, format)


@blueprint.get("/<unit_id>/weeks.<format>")
def weeks(unit_id: str, format: str) -> Response:
    """The log of a unit as a file."""
    unit = units.find(unit_id, by=current_actor())
    return downloads.answer(Name.UNIT_WEEKS, {"unit": unit.id}, format)


@blueprint.post("/<unit_id>")
def write_week(unit_id: str) -> Answer:
    """Enter what happened in a week."""
    unit, form = _logged(unit_id), WeekForm()
    if form.validate():
        try:
            return once(form, lambda: _write(unit, form))
        except Invalid as refusal:
            form.refuse(refusal)
    unit = units.find(unit_id, by=current_actor())
    return render("units/show.html", unit_page(unit, form, actor=current_actor())), 422


def _write(unit: Unit, form: WeekForm) -> str:
    unit_id = unit.id
    entry = unit_weeks.write(unit_id, body=form.filled, by=current_actor(), now=now())
    tell(_("The week of %(day)s is in the log.", day=day(entry.week)))
    return url_for("units.show", unit_id=unit_id)


@blueprint.route("/<unit_id>/weeks/<week_id>", methods=["GET", "POST"])
def week(unit_id: str, week_id: str) -> Answer:
    """Correct a week."""
    unit = _logged(unit_id)
    entry = unit_weeks.find(week_id, unit, by=current_actor())
    if request.method == "GET":
        form = WeekForm(formdata=None, data=week_values(entry))
        return render("units/week.html", week_page(unit, entry, form))
    form, status, is_stale = WeekForm(), 422, False
    if form.validate():
        try:
            return once(form, lambda: _edit(unit, entry, form))
        except Invalid as refusal:
            form.refuse(refusal)
        except Stale:
            status, is_stale = 409, True
    unit = units.find(unit_id, by=current_actor())
    entry = unit_weeks.find(week_id, unit, by=current_actor())
    if is_stale:
        form.version.data = str(entry.version)
    return render("units/week.html", week_page(unit, entry, form, is_stale=is_stale)), status


def _edit(unit: Unit, entry: UnitWeek, form: WeekForm) -> str:
    unit_id, when = unit.id, entry.week
    unit_weeks.edit(
        unit_id, entry.id, body=form.corrected(entry), version=form.read_version,
        by=current_actor(), now=now(),
    )  # fmt: skip
    tell(_("The week of %(day)s is corrected.", day=day(when)))
    return url_for("units.show", unit_id=unit_id)


@blueprint.post("/<unit_id>/weeks/<week_id>/remove")
def remove_week(unit_id: str, week_id: str) -> Response:
    """Take a week out of the log; the message offers to have it back."""
    unit = _logged(unit_id)
    here = url_for("units.show", unit_id=unit.id)
    try:
        taken = unit_weeks.remove(unit.id, week_id, by=current_actor(), now=now())
    except NotFound:
        return redirect(here)  # it is gone: the button was hit twice
    undo = url_for("units.restore_week", unit_id=unit_id, week=taken.isoformat())
    tell(_("The week of %(day)s is out of the log.", day=day(taken)), undo_url=undo)
    return redirect(here)


@blueprint.post("/<unit_id>/weeks/<week>/restore")
def restore_week(unit_id: str, week: str) -> Response:
    """Have a week back that was taken out."""
    unit = _logged(unit_id)
    try:
        when = date.fromisoformat(week)
    except ValueError:
        raise NotFound(Text("no_such_unit_week")) from None
    unit_weeks.restore(unit.id, when, by=current_actor(), now=now())
    tell(_("The week of %(day)s is in the log again.", day=day(when)))
    return redirect(url_for("units.show", unit_id=unit_id))


def _logged(unit_id: str) -> Unit:
    """The unit, for whoever may keep its log: told before anything typed is looked at."""
    unit = units.find(unit_id, by=current_actor())
    require(current_actor(), Permission.LOG_UNITS, units.stake(unit))
    return unit
