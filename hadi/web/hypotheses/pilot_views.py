"""Can this pilot succeed? Past weeks of all sites are attached, and the plan asked about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, Invalid, Stale, TooLarge, Unreadable
from hadi.domain.text import Text
from hadi.models import Hypothesis
from hadi.services import hypotheses, pilot_choices, pilots
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.data_access import folder
from hadi.web.hypotheses.data_views import pasted_files, shown_name, stream_of
from hadi.web.hypotheses.pilot_forms import ApplyForm, ColumnsForm, DrawForm, HistoryForm
from hadi.web.hypotheses.pilot_pages import pilot_page
from hadi.web.hypotheses.repeats import once_when_done
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.once import once
from hadi.web.shared.render import render, tell

Answer = str | Response | tuple[str, int]
_SEED_LENGTH = 10


@blueprint.get("/<key>/pilot")
def pilot(key: str) -> str:
    return _show(hypotheses.find(key, by=current_actor()))


@blueprint.post("/<key>/pilot/history")
def keep_history(key: str) -> Answer:
    """Past weeks: a file, pasted cells, or an earlier data set."""
    hypothesis = _planning(key)
    form = HistoryForm()
    status = 422
    if form.validate():
        try:
            return once_when_done(form, lambda: _keep(hypothesis, form))
        except Unreadable as refusal:
            field = form.pasted if form.pasted.data and not form.file.data else form.file
            field.errors = [*field.errors, say(refusal.text)]
            status = 413 if isinstance(refusal, TooLarge) else 422
        except Invalid as refusal:
            form.refuse(refusal)
    return _show(hypotheses.find(key, by=current_actor()), history_form=form), status


@blueprint.post("/<key>/pilot/columns")
def map_history(key: str) -> Answer:
    """What the columns of the past weeks are."""
    hypothesis = _planning(key)
    form = ColumnsForm()
    if form.validate():
        try:
            return once(form, lambda: _map(hypothesis, form))
        except Invalid as refusal:
            form.refuse(refusal)
        except Unreadable as refusal:
            form.form_errors.append(say(refusal.text))
    return _show(hypotheses.find(key, by=current_actor()), columns_form=form), 422


@blueprint.post("/<key>/pilot/history/remove")
def remove_history(key: str) -> Answer:
    hypothesis = _planning(key)

    def act() -> str:
        pilots.remove(hypothesis.id, folder=folder(), by=current_actor(), now=now())
        tell(_("The past weeks are taken away."))
        return url_for("hypotheses.pilot", key=hypothesis.key)

    return once(ApplyForm(), act)


@blueprint.post("/<key>/pilot/take")
def take_for_pilot(key: str) -> Answer:
    """One change of the plan, as the page suggests it or as sites were ticked."""
    hypothesis = _planning(key)
    form = ApplyForm()
    return _apply(hypothesis, form, lambda: _take(hypothesis, form))


@blueprint.post("/<key>/pilot/draw")
def draw_pilots(key: str) -> Answer:
    """Chance chooses the pilots."""
    hypothesis = _planning(key)
    form = DrawForm()
    form.validate()
    if form.count.errors:
        return _show(hypothesis, draw_form=form), 422
    return _apply(hypothesis, form, lambda: _draw(hypothesis, form), draw_form=form)


def _planning(key: str) -> Hypothesis:
    """The hypothesis, whose test is still being planned by this person."""
    hypothesis = hypotheses.find(key, by=current_actor())
    pilots.require_draft(hypothesis, by=current_actor(), now=now())
    return hypothesis


def _apply(
    hypothesis: Hypothesis, form: Any, act: Callable[[], str], *, draw_form: DrawForm | None = None
) -> Answer:
    """What is refused is said on the page it was asked from."""
    key = hypothesis.key
    try:
        return once(form, act)
    except Invalid as refusal:
        if draw_form is not None:
            draw_form.refuse(refusal)
            return _show(hypotheses.find(key, by=current_actor()), draw_form=draw_form), 422
        problem = " ".join(say(text) for text in refusal.fields.values()) or say(refusal.text)
    except Stale as refusal:
        problem = say(refusal.text)
        return _show(hypotheses.find(key, by=current_actor()), problem=problem), 409
    except Blocked as refusal:
        problem = " ".join(say(blocker.text) for blocker in refusal.blockers)
    return _show(hypotheses.find(key, by=current_actor()), problem=problem), 422


def _keep(hypothesis: Hypothesis, form: HistoryForm) -> str:
    common: dict[str, Any] = {"folder": folder(), "by": current_actor(), "now": now()}
    sent = form.file.data
    files = pasted_files(str(form.pasted.data or ""))
    if sent and sent.filename:
        pilots.keep_file(
            hypothesis.id, file=stream_of(sent), filename=shown_name(sent.filename), **common
        )
    elif files:
        pilots.keep_file(hypothesis.id, file=files[0].stream, filename=files[0].filename, **common)
    elif form.dataset.data:
        pilots.keep_dataset(hypothesis.id, dataset_id=form.dataset.data[:40], **common)
    else:
        raise Unreadable(Text("history_needs_file"))
    tell(_("The past weeks are attached. They are for planning; no verdict rests on them."))
    return url_for("hypotheses.pilot", key=hypothesis.key)


def _map(hypothesis: Hypothesis, form: ColumnsForm) -> str:
    pilots.choose_columns(
        hypothesis.id, site=form.site.data or "", time=form.time.data or "",
        value=form.value.data or "", divisor=form.divisor.data or "",
        stratum=form.stratum.data or "", is_wide=bool(form.is_wide.data), folder=folder(),
        by=current_actor(), now=now(),
    )  # fmt: skip
    return url_for("hypotheses.pilot", key=hypothesis.key)


def _take(hypothesis: Hypothesis, form: ApplyForm) -> str:
    change: dict[str, Any] = {}
    if form.part.data in ("treated", "controls"):
        change[form.part.data] = list(form[form.part.data].data or ())
    if form.periods.data and form.periods.data.isdecimal():
        change["planned_units"] = int(form.periods.data)
    if form.alpha.data:
        change["alpha"] = _fraction(form.alpha.data)
    if form.decide.data:
        change["decide"] = form.decide.data
    if change:
        pilot_choices.take(
            hypothesis.id, change=change, version=form.read_version, by=current_actor(), now=now()
        )
        tell(_("The plan is changed. What this test can see stands above."))
    return url_for("hypotheses.pilot", key=hypothesis.key)


def _draw(hypothesis: Hypothesis, form: DrawForm) -> str:
    seed = (form.seed.data or "").strip()
    if seed and not (seed.isdecimal() and seed.isascii() and len(seed) <= _SEED_LENGTH):
        refusal = Text("history_seed")
        raise Invalid(refusal, {"seed": refusal})
    drawn = pilot_choices.draw(
        hypothesis.id, candidates=form.candidates.data or (), count=int(form.count.value or 0),
        seed=int(seed) if seed else None, folder=folder(), version=form.read_version,
        by=current_actor(), now=now(),
    )  # fmt: skip
    tell(_("Chance chose: %(sites)s. The draw is in the history.", sites=", ".join(drawn)))
    return url_for("hypotheses.pilot", key=hypothesis.key)


def _fraction(written: str) -> float | str:
    """A number for the rules to judge; what is none goes to them as it is."""
    try:
        return float(written[:20])
    except ValueError:
        return written[:20]


def _show(hypothesis: Hypothesis, **forms: Any) -> str:
    page = pilot_page(hypothesis, actor=current_actor(), **forms)
    return render("hypotheses/pilot.html", page)
