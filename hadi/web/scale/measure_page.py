"""The form of a measurement: what was promised and in which unit, what was measured, and what
follows from it, said before it is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from flask import request
from flask_babel import gettext as _

from hadi.domain.errors import Invalid
from hadi.domain.remeasurement import Realised
from hadi.domain.text import FigureKind
from hadi.models import Rollout
from hadi.services.rollout_list import Promise, promise_of
from hadi.services.rollouts import realised_of
from hadi.web.scale.form_page import Answer, FormPage, answered, form_page
from hadi.web.scale.forms import MeasurementForm
from hadi.web.scale.words import follows_words, whole_words
from hadi.web.shared.render import render

TEMPLATE = "scale/measure.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurePage(FormPage):
    """`unit` stands in the boxes of effects, `units` says it in words; `whole` is what the test
    measured where less than that is promised; `follows` what the numbers typed so far say."""

    unit: str | None
    units: str
    whole: str | None
    follows: str | None


def measure_answer(
    rollout: Rollout,
    form: MeasurementForm,
    act: Callable[[dict[str, Any]], str],
    *,
    title: str,
    lead: str,
    button: str,
) -> Answer:
    """Show the form, say what follows from what is typed, or give it to `act`."""
    promise = promise_of(rollout)
    is_fraction = promise is not None and promise.kind is not FigureKind.NUMBER
    plain = form_page(rollout, form, title=title, lead=lead, button=button)
    asks = form.was_sent() and request.form.get("do") == "see"
    is_readable = form.was_sent() and (form.validate() if asks else True)
    page = MeasurePage(
        **{part.name: getattr(plain, part.name) for part in fields(plain)},
        unit=_unit(promise),
        units=_units(promise, plain.metric),
        whole=whole_words(promise) if promise else None,
        follows=_follows(rollout, form, is_fraction=is_fraction) if is_readable else None,
    )
    if asks:
        return render(TEMPLATE, page)
    return answered(TEMPLATE, page, lambda: act(form.measured(is_fraction=is_fraction)))


def _follows(rollout: Rollout, form: MeasurementForm, *, is_fraction: bool) -> str | None:
    """What follows from what is typed; None where that cannot be used, or says nothing."""
    typed = form.measured(is_fraction=is_fraction)
    stores = typed.pop("stores")
    try:
        found = realised_of(rollout, Realised(**typed), stores)
    except Invalid:
        return None
    return follows_words(promise_of(rollout), found)


def _unit(promise: Promise | None) -> str | None:
    match promise.kind if promise else None:
        case FigureKind.PERCENT:
            return "%"
        case FigureKind.POINTS:
            return str(_("points"))
    return None


def _units(promise: Promise | None, metric: str) -> str:
    match promise.kind if promise else None:
        case FigureKind.PERCENT:
            told = _("In percent of what the stores would have had without the change.")
        case FigureKind.POINTS:
            told = _("In percentage points.")
        case _:
            told = _("In the units of “%(metric)s”.", metric=metric)
    return str(told)
