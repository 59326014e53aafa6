"""The form of a wave: where it goes, beside the stores of the test, and its days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from flask import request

from hadi.models import Rollout, Wave
from hadi.services.unit_register import Register
from hadi.services.wave_stores import NEAREST, Likeness, with_names
from hadi.web.scale.form_page import Answer, FormPage, answered, form_page
from hadi.web.scale.forms import WaveForm
from hadi.web.scale.stores_panel import StoreLine, StoresPanel, store_line, stores_panel
from hadi.web.shared.forms import choices
from hadi.web.shared.render import render

TEMPLATE = "scale/wave.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class WavePage(FormPage):
    """`nearest` are stores that may be ticked, by their ids; `more` how many others there are."""

    stores: StoresPanel | None
    nearest: dict[str, StoreLine]
    more: int


def wave_answer(
    rollout: Rollout,
    form: WaveForm,
    act: Callable[[], str],
    *,
    title: str,
    lead: str,
    button: str,
    wave: Wave | None = None,
) -> Answer:
    """Show the form of a wave, compare what is named in it, or do what it asks. What is ticked
    becomes part of the scope."""
    register = Register()
    likeness = Likeness(rollout, register)
    ticked = set(form.stores.data or ())
    named = [unit for unit in register.all if unit.id in ticked]
    scope = with_names(str(form.scope.data or ""), named, register)
    form.scope.data = scope
    form.stores.data = []
    nearest = likeness.nearest(scope)
    form.stores.choices = choices((each.unit.id, each.unit.name) for each in nearest[:NEAREST])
    plain = form_page(rollout, form, title=title, lead=lead, button=button)
    found = likeness.of(scope, but=wave)
    page = WavePage(
        **{part.name: getattr(plain, part.name) for part in fields(plain)},
        stores=stores_panel(found) if found.tested or found.stores else None,
        nearest={each.unit.id: store_line(each) for each in nearest[:NEAREST]},
        more=max(0, len(nearest) - NEAREST),
    )
    if form.was_sent() and request.form.get("do") == "compare":
        return render(TEMPLATE, page)
    return answered(TEMPLATE, page, act)
