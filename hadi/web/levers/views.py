"""Levers of revenue: the board, its periods and its targets."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.permissions import Permission, require
from hadi.models import LeverPeriod, Unit
from hadi.services import lever_periods, lever_targets, levers, units, workspace
from hadi.services.exports import Name
from hadi.web.levers import blueprint
from hadi.web.levers.client_views import clients
from hadi.web.levers.entry_views import Answer, saved, struck, taken_back
from hadi.web.levers.forms import (
    PeriodForm,
    TargetsForm,
    period_values,
    target_values,
)
from hadi.web.levers.import_views import import_periods
from hadi.web.levers.pages import levers_page
from hadi.web.levers.period_pages import board_url, period_page, targets_page, void_page
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.render import render, tell

# The views of the other modules attach to the blueprint as these two are imported.
__all__ = ["blueprint", "clients", "import_periods"]


@blueprint.get("")
def index() -> str:
    """The levers of the whole, or of the unit that the address names."""
    actor, unit = current_actor(), named_unit()
    board = levers.board(
        unit, before=request.args.get("before", ""), after=request.args.get("after", ""), by=actor
    )
    listed = lever_periods.listing(unit, has_struck=True, by=actor)
    page = levers_page(board, listed, units.everyone(), actor=actor)
    return render("levers/index.html", page)


@blueprint.get("/periods.<format>")
def periods_file(format: str) -> Response:
    """The periods as a file."""
    unit = request.args.get("unit") or None
    return downloads.answer(Name.LEVER_PERIODS, {"unit": unit}, format)


@blueprint.route("/periods/new", methods=["GET", "POST"])
def new_period() -> Answer:
    """Enter a period."""
    lever_periods.require_any(current_actor())
    offered = lever_periods.editable(current_actor())
    if request.method == "GET":
        unit = named_unit()
        if unit is None and unit not in offered:
            unit = offered[0]  # theirs: of the whole they may enter nothing
        require(current_actor(), Permission.EDIT_LEVERS, lever_periods.stake(unit))
        form = PeriodForm(formdata=None, data=_blank(unit))
        form.offer(offered)
        return render("levers/period.html", period_page(form))
    form = PeriodForm()
    form.offer(offered)
    return saved(
        form, lambda: _add(form), lambda _is_stale: render("levers/period.html", period_page(form))
    )


def _add(form: PeriodForm) -> str:
    made = lever_periods.add(body=form.body, by=current_actor(), now=now())
    tell(_("The period is entered."))
    return board_url(made.unit_id)


@blueprint.route("/periods/<period_id>", methods=["GET", "POST"])
def period(period_id: str) -> Answer:
    """Correct a period."""
    found = _editable(period_id)
    if found.is_void:
        return redirect(board_url(found.unit_id))
    if request.method == "GET":
        form = PeriodForm(formdata=None, data=period_values(found))
        form.offer(_places(found))
        return render("levers/period.html", period_page(form, found))
    form = PeriodForm()
    form.offer(_places(found))

    def page(is_stale: bool) -> str:
        return render("levers/period.html", period_page(form, found, is_stale=is_stale))

    def version() -> int:
        return _editable(period_id).version

    return saved(form, lambda: _edit(found, form), page, version=version)


def _edit(found: LeverPeriod, form: PeriodForm) -> str:
    edited = lever_periods.edit(
        found.id, body=form.body, version=form.read_version, by=current_actor(), now=now()
    )
    tell(_("The period is corrected."))
    return board_url(edited.unit_id)


@blueprint.route("/periods/<period_id>/void", methods=["GET", "POST"])
def void_period(period_id: str) -> Answer:
    """Strike a period out, with a reason; the message offers to take that back."""
    found = _editable(period_id)
    return struck(lambda form: void_page(found, form), lambda reason: _void(found, reason))


def _void(found: LeverPeriod, reason: str) -> str:
    where, period_id = found.unit_id, found.id
    lever_periods.void(period_id, reason=reason, by=current_actor(), now=now())
    undo = url_for("levers.restore_period", period_id=period_id)
    tell(_("The period is struck out."), undo_url=undo)
    return board_url(where)


@blueprint.post("/periods/<period_id>/restore")
def restore_period(period_id: str) -> Response:
    """Count a period again that was struck out."""
    found = _editable(period_id)
    return taken_back(
        (lambda: lever_periods.restore(found.id, by=current_actor(), now=now()))
        if found.is_void
        else None,
        where=board_url(found.unit_id), said=_("The period counts again."),
        twice=_("These days were entered anew meanwhile: strike that entry out first."),
    )  # fmt: skip


@blueprint.route("/targets", methods=["GET", "POST"])
def targets() -> Answer:
    """What the levers of a unit are to reach."""
    unit = named_unit()
    require(current_actor(), Permission.EDIT_LEVERS, lever_periods.stake(unit))
    if request.method == "GET":
        values = target_values(lever_targets.of(unit), currency=workspace.current().currency)
        form = TargetsForm(formdata=None, data=values)
        return render("levers/targets.html", targets_page(form, unit))
    form = TargetsForm()

    def page(is_stale: bool) -> str:
        return render("levers/targets.html", targets_page(form, unit, is_stale=is_stale))

    def version() -> int:
        stored = lever_targets.of(unit)
        return stored.version if stored else 0

    return saved(form, lambda: _set(form, unit), page, version=version)


def _set(form: TargetsForm, unit: Unit | None) -> str:
    where = unit.id if unit else None
    # A form that was opened before anything was set has version 0, which is what is expected then.
    lever_targets.save(
        unit, body=form.body, version=form.read_version, by=current_actor(), now=now()
    )
    tell(_("The targets are set."))
    return board_url(where)


def named_unit() -> Unit | None:
    """The unit that the address names; None for the whole. Raises NotFound."""
    asked = request.args.get("unit", "")
    return units.find(asked, by=current_actor()) if asked else None


def _editable(period_id: str) -> LeverPeriod:
    """The period, for who may change it: who may not is told so before typing. Raises NotFound,
    NotAllowed."""
    found = lever_periods.find(period_id, by=current_actor())
    require(current_actor(), Permission.EDIT_LEVERS, lever_periods.stake(found.unit))
    return found


def _places(found: LeverPeriod) -> list[Unit | None]:
    """Where a period may be put: its own unit, even a closed one, and those that are open."""
    offered = lever_periods.editable(current_actor())
    return offered if found.unit in offered else [found.unit, *offered]


def _blank(unit: Unit | None) -> dict[str, str]:
    """The stages and the currency of the last period, so that only counts are typed."""
    past = lever_periods.listing(unit, by=current_actor())
    stages = "\n".join(f"{name}: " for name, _count in past[0].stages) if past else ""
    currency = past[0].currency if past else workspace.current().currency
    return {"unit": unit.id if unit else "", "stages": stages, "currency": currency}
