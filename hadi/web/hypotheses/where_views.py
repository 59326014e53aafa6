"""Where a hypothesis runs and what it moves: said beside the plan, and read by everybody."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked, Invalid, Stale
from hadi.domain.folding import folded
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.statement import Statement
from hadi.domain.text import Text
from hadi.domain.units import Technology
from hadi.models import Hypothesis, Unit
from hadi.services import hypotheses, hypothesis_where, units
from hadi.web.hypotheses import blueprint
from hadi.web.hypotheses.data_pages import crumbs
from hadi.web.hypotheses.where_forms import WhereForm, where_values
from hadi.web.hypotheses.where_panel import WherePanel, where_panel
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.once import once
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome, render, tell

Answer = str | Response | tuple[str, int]
TEMPLATE = "hypotheses/where.html"


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit that can be ticked: what is said of it, and whether a test could start there."""

    id: str
    about: str
    state: str  # "", "unready" or "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WherePage(Page):
    """`/hypotheses/<key>/where`. `form` is None where nothing can be said by this person."""

    key: str
    statement: Statement
    language: str
    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    panel: WherePanel
    form: WhereForm | None
    choices: dict[str, Choice]
    technologies: tuple[str, ...]
    units_url: str
    planned: str | None = None  # sites that the plan names already
    is_stale: bool = False


@blueprint.get("/<key>/where")
def where(key: str) -> str:
    """The form for those who may say it, else what was said."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    form = WhereForm(formdata=None, data=where_values(hypothesis))
    return render(TEMPLATE, _page(hypothesis, form, actor=actor))


@blueprint.post("/<key>/where")
def say_where(key: str) -> Answer:
    """Say where it runs and what it moves."""
    actor = current_actor()
    hypothesis = hypotheses.find(key, by=actor)
    with hypotheses.logging_refusals("say_where", hypothesis.id, by=actor, now=now()):
        require(actor, Permission.EDIT_HYPOTHESIS, hypotheses.stake(hypothesis))
    form, status, is_stale = WhereForm(), 422, False
    form.offer(hypothesis)
    if form.validate():
        try:
            return once(form, lambda: _say(hypothesis, form))
        except (Invalid, Blocked) as refusal:
            form.refuse(refusal, {"units": "pasted"} if isinstance(refusal, Invalid) else None)
        except Stale:
            status, is_stale = 409, True
    hypothesis = hypotheses.find(key, by=actor)
    if is_stale:
        form.version.data = str(hypothesis_where.version_of(hypothesis))
    return render(TEMPLATE, _page(hypothesis, form, actor=actor, is_stale=is_stale)), status


def _say(hypothesis: Hypothesis, form: WhereForm) -> str:
    key = hypothesis.key
    hypothesis_where.say(
        hypothesis.id, body=form.body, version=form.read_version, by=current_actor(), now=now()
    )
    tell(_("Where it runs and what it moves is said."))
    return url_for("hypotheses.where", key=key)


def _page(
    hypothesis: Hypothesis, form: WhereForm, *, actor: Actor, is_stale: bool = False
) -> WherePage:
    panel = where_panel(hypothesis, actor)
    form.offer(hypothesis)
    return WherePage(
        title=_("Where %(key)s runs and what it moves", key=hypothesis.key),
        chrome=chrome(),
        key=hypothesis.key,
        statement=hypothesis.statement,
        language=hypothesis.language,
        crumbs=crumbs(hypothesis),
        url=url_for("hypotheses.where", key=hypothesis.key),
        cancel_url=url_for("hypotheses.show", key=hypothesis.key),
        panel=panel,
        form=form if panel.can_edit else None,
        choices={unit.id: _choice(unit) for unit in form.shown},
        technologies=tuple(say(Text(f"technology_{each.value}")) for each in Technology),
        units_url=url_for("units.index"),
        planned=_planned(hypothesis),
        is_stale=is_stale,
    )


def _planned(hypothesis: Hypothesis) -> str | None:
    named = {unit.id for unit in units.of_hypothesis(hypothesis)}
    more = [unit.name for unit in units.where_it_runs(hypothesis) if unit.id not in named]
    return ", ".join(more) or None


def _choice(unit: Unit) -> Choice:
    model = say(Text(f"sales_model_{unit.sales_model.value}_short")) if unit.sales_model else ""
    code = "" if folded(unit.code) == folded(unit.name) else unit.code
    about = ", ".join(part for part in (code, unit.region, unit.format, model) if part)
    return Choice(
        unit.id, about, "closed" if unit.is_closed else "" if unit.is_ready else "unready"
    )
