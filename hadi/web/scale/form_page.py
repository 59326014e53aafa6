"""The pages of the forms of a roll-out: one question each, with what one needs to answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, Invalid, Stale
from hadi.models import Rollout
from hadi.services.rollout_list import promise_of
from hadi.web.scale.words import promise_words
from hadi.web.shared.errors import Typed, stale_page
from hadi.web.shared.forms import Form
from hadi.web.shared.language import say
from hadi.web.shared.once import once
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome, render

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage(Page):
    """Stopping, a wave, a measurement, what follows from one that failed."""

    form: Form
    lead: str
    button: str
    change: str
    promise: str | None
    metric: str
    crumbs: tuple[Link, ...]
    cancel_url: str


def form_page(rollout: Rollout, form: Form, *, title: str, lead: str, button: str) -> FormPage:
    promise, here = promise_of(rollout), url_for("scale.show", rollout_id=rollout.id)
    primary = rollout.conclusion.analysis.plan_version.plan.primary
    if not form.was_sent():
        form.version.data = str(rollout.version)
    return FormPage(
        title=title,
        chrome=chrome(),
        form=form,
        lead=lead,
        button=button,
        change=rollout.hypothesis.change,
        promise=promise_words(promise) if promise else None,
        metric=primary.name if primary else "",
        crumbs=(
            Link(_("Scale-up"), url_for("scale.index")),
            Link(rollout.hypothesis.key, here),
            Link(title, ""),
        ),
        cancel_url=here,
    )


def answered(template: str, page: FormPage, act: Callable[[], str]) -> Answer:
    """Show the form; sent and in order, do what it asks once and go where `act` says. What is
    refused stands at its field, with everything that was typed."""
    form = page.form
    if not form.was_sent():
        return render(template, page)
    try:
        if form.validate():
            return once(form, act)
    except Stale as stale:
        typed = [
            Typed(str(field.label.text), str(field.data))
            for field in form
            if field.data and field.name not in ("once", "version", "csrf_token")
        ]
        return stale_page(fields=typed, edit_url=page.cancel_url, sentence=say(stale.text))
    except Invalid as refusal:
        form.refuse(refusal)
    except Blocked as refusal:
        if not {blocker.field for blocker in refusal.blockers} <= set(form.data):
            raise
        form.refuse(refusal)
    return render(template, page), 422
