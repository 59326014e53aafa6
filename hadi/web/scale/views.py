"""The scale-up board and the page of each roll-out."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, HadiError, NotFound
from hadi.domain.permissions import Permission, require
from hadi.domain.scaling import RolloutStatus
from hadi.domain.text import Text
from hadi.models import Rollout
from hadi.services import rollout_gain, rollout_list, rollout_order, rollouts
from hadi.services.exports import Name
from hadi.web.scale import blueprint, moves
from hadi.web.scale.form_page import Answer, answered, form_page
from hadi.web.scale.forms import MeasurementForm, NarrowForm, RepairForm, StopForm, WaveForm
from hadi.web.scale.measure_page import measure_answer
from hadi.web.scale.pages import ScalePage, scale_page
from hadi.web.scale.rollout_page import rollout_page
from hadi.web.scale.wave_page import wave_answer
from hadi.web.shared import downloads
from hadi.web.shared.access import current_actor, now, today
from hadi.web.shared.render import render, tell


@blueprint.get("")
def index() -> str:
    """The board leadership reviews."""
    return render("scale/index.html", _board())


@blueprint.get("/export.<format>")
def export(format: str) -> Response:
    """The board as a file, a row for each wave."""
    return downloads.answer(Name.ROLLOUTS, {}, format)


@blueprint.get("/<rollout_id>")
def show(rollout_id: str) -> str:
    actor = current_actor()
    rollout = rollouts.find(rollout_id, by=actor)
    events = rollout_list.history(rollout, by=actor)
    page = rollout_page(rollout, events, today=today(), actor=actor)
    return render("scale/show.html", page)


@blueprint.post("/<rollout_id>/move")
def move(rollout_id: str) -> Answer:
    """Move a card. The board's script is answered in JSON, a form by the board itself."""
    asked = moves.MoveRequest.read()
    try:
        return moves.perform(rollouts.find(rollout_id, by=current_actor()), asked)
    except HadiError as refusal:
        if asked.is_json:
            return moves.refusal(refusal)
        if isinstance(refusal, Blocked):
            return render("scale/index.html", _board(refusal)), 422
        raise


@blueprint.route("/<rollout_id>/stop", methods=["GET", "POST"])
def stop(rollout_id: str) -> Answer:
    """Stop a roll-out, with the reason."""
    rollout, form = _for_leaders(rollout_id, "move_rollout"), StopForm()

    def act() -> str:
        before, neighbour = rollout.status, rollout_order.card_before(rollout)
        stopped = rollouts.move(
            rollout.id, to=RolloutStatus.STOPPED, at_end=False, reason=str(form.reason.data or ""),
            version=form.read_version, by=current_actor(), now=now(),
        )  # fmt: skip
        undo_url = moves.undo_url_of(stopped, before, neighbour)
        tell(_("%(key)s is stopped.", key=rollout.hypothesis.key), undo_url=undo_url)
        return url_for("scale.index")

    page = form_page(
        rollout, form, title=_("Stop the roll-out of %(key)s", key=rollout.hypothesis.key),
        lead=_("Its waves and the insight stay. It can come back to the queue."),
        button=_("Stop it"),
    )  # fmt: skip
    return answered("scale/stop.html", page, act)


@blueprint.route("/<rollout_id>/waves/new", methods=["GET", "POST"])
def new_wave(rollout_id: str) -> Answer:
    """Start the next wave."""
    rollout = _for_leaders(rollout_id, "start_wave")
    waiting = rollouts.open_wave(rollout)
    number = waiting.number if waiting else len(rollout.waves) + 1
    form = WaveForm(
        scope=waiting.scope if waiting else "", starts_on=today(),
        measure_on=today() + rollouts.MEASURE_AFTER,
    )  # fmt: skip

    def act() -> str:
        rollouts.start_wave(
            rollout.id, scope=str(form.scope.data or ""), **form.days(),
            version=form.read_version, by=current_actor(),
            now=now(),
        )  # fmt: skip
        tell(_("Wave %(number)s has started.", number=number))
        return url_for("scale.show", rollout_id=rollout.id)

    return wave_answer(
        rollout, form, act, title=_("Start wave %(number)s", number=number),
        lead=_("A wave is small enough to stop, and is measured again within three months."),
        button=_("Start the wave"), wave=waiting,
    )  # fmt: skip


@blueprint.route("/<rollout_id>/waves/<int:number>", methods=["GET", "POST"])
def wave(rollout_id: str, number: int) -> Answer:
    """Say where a wave goes and when it is measured again, while it is not measured yet."""
    rollout = _for_leaders(rollout_id, "plan_wave")
    planned = rollouts.wave_of(rollout, number)
    if planned.has_held is not None and request.method == "GET":
        return redirect(url_for("scale.show", rollout_id=rollout.id))
    form = WaveForm(obj=planned)

    def act() -> str:
        rollouts.plan_wave(
            rollout.id, number, scope=str(form.scope.data or ""), **form.days(),
            version=form.read_version, by=current_actor(),
            now=now(),
        )  # fmt: skip
        tell(_("Wave %(number)s is planned.", number=number))
        return url_for("scale.show", rollout_id=rollout.id)

    return wave_answer(
        rollout, form, act, title=_("Wave %(number)s", number=number),
        lead=_("A wave is small enough to stop, and is measured again within three months."),
        button=_("Save the wave"), wave=planned,
    )  # fmt: skip


@blueprint.route("/<rollout_id>/waves/<int:number>/measure", methods=["GET", "POST"])
def measure(rollout_id: str, number: int) -> Answer:
    """Record what measuring a wave again showed."""
    rollout = _for_leaders(rollout_id, "measure_wave")
    measured = rollouts.wave_of(rollout, number)
    if measured.has_held is not None and request.method == "GET":
        return redirect(url_for("scale.show", rollout_id=rollout.id))
    form = MeasurementForm()

    def act(typed: dict[str, Any]) -> str:
        done = rollouts.measure(
            rollout.id, number, has_held=form.has_held, **typed,
            note=str(form.note.data or ""),
            version=form.read_version, by=current_actor(), now=now(),
        )  # fmt: skip
        tell(
            _("The measurement of wave %(number)s is recorded.", number=number)
            if done.has_held
            else _("The measurement is recorded: wave %(number)s did not hold.", number=number)
        )
        return url_for("scale.show", rollout_id=rollout.id)

    return measure_answer(
        rollout, form, act, title=_("Measure wave %(number)s again", number=number),
        lead=measured.scope, button=_("Record the measurement"),
    )  # fmt: skip


@blueprint.route("/<rollout_id>/repair", methods=["GET", "POST"])
def repair(rollout_id: str) -> Answer:
    """Go on after a wave that did not hold, when something is mended."""
    rollout, form = _for_choice(rollout_id), RepairForm()
    page = form_page(
        rollout, form, title=_("Repair %(key)s and measure again", key=rollout.hypothesis.key),
        lead=_("The next wave opens. What the last one showed stays."),
        button=_("Open the next wave"),
    )  # fmt: skip
    return answered("scale/repair.html", page, lambda: _go_on(rollout, form))


@blueprint.route("/<rollout_id>/narrow", methods=["GET", "POST"])
def narrow(rollout_id: str) -> Answer:
    """Go on after a wave that did not hold, in fewer places."""
    rollout, form = _for_choice(rollout_id), NarrowForm()
    page = form_page(
        rollout, form, title=_("Narrow where %(key)s holds", key=rollout.hypothesis.key),
        lead=_("The confirmation stays as it was. The insight is said to hold in fewer places."),
        button=_("Narrow it and open the next wave"),
    )  # fmt: skip
    return answered("scale/narrow.html", page, lambda: _go_on(rollout, form))


def _go_on(rollout: Rollout, form: RepairForm | NarrowForm) -> str:
    narrow_to = str(form.narrow_to.data or "") if isinstance(form, NarrowForm) else ""
    rollouts.move(
        rollout.id, to=RolloutStatus.ROLLING_OUT, reason=str(form.reason.data or ""),
        narrow_to=narrow_to, version=form.read_version, by=current_actor(), now=now(),
    )  # fmt: skip
    number = len(rollout.waves)
    tell(_("Wave %(number)s is open. Say where it goes.", number=number))
    return url_for("scale.wave", rollout_id=rollout.id, number=number)


def _for_choice(rollout_id: str) -> Rollout:
    """The roll-out whose last wave did not hold. Raises NotFound for another one that is only
    read."""
    rollout = _for_leaders(rollout_id, "move_rollout")
    if request.method == "GET" and not rollouts.waits_for_choice(rollout):
        raise NotFound(Text("no_wave_that_failed"))
    return rollout


def _board(refusal: Blocked | None = None) -> ScalePage:
    actor = current_actor()
    written = request.args.get("all", "")
    whole = RolloutStatus(written) if written in set(RolloutStatus) else None
    content = rollout_list.board(whole=whole, by=actor)
    stakes = rollout_list.stakes(today=today(), by=actor)
    gains = rollout_gain.board_sums(by=actor)
    return scale_page(content, stakes, gains, today=today(), actor=actor, refusal=refusal)


def _for_leaders(rollout_id: str, step: str) -> Rollout:
    """The roll-out, for those who may change it; an attempt of others is logged."""
    actor = current_actor()
    if request.method == "POST":
        return rollouts.demand(rollout_id, step, by=actor, now=now())
    rollout = rollouts.find(rollout_id, by=actor)
    require(actor, Permission.MOVE_ROLLOUT)
    return rollout
