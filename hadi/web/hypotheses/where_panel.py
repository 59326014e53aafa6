"""Where a hypothesis runs and what it moves, in short: beside its plan and on its page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Text
from hadi.models import Hypothesis
from hadi.services import hypotheses, hypothesis_where, levers, units, unknown_sites
from hadi.web.shared.language import say
from hadi.web.shared.pages import Link

NAMED = 4  # units; the others are counted


@dataclass(frozen=True, slots=True)
class WherePanel:
    """`rows` are (label, value) of what was said; `warnings` what does not fit; `unlisted` names
    sites that no list knows, and `enter` leads to where they are entered."""

    url: str
    can_edit: bool
    rows: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    units: tuple[Link, ...]
    unlisted: tuple[str, ...] = ()
    enter: Link | None = None


def where_panel(hypothesis: Hypothesis, actor: Actor) -> WherePanel:
    stored, named = units.setting(hypothesis), units.where_it_runs(hypothesis)
    stake = hypotheses.stake(hypothesis)
    lever = stored.lever if stored else None
    rows = (
        (_("Where it runs"), _names([unit.name for unit in named])),
        (_("What it moves"), say(Text(f"lever_{lever.value}")) if lever else ""),
        (_("Technology"), stored.technology if stored else ""),
        (_("Why now, out of order"), stored.order_reason if stored else ""),
    )
    beside = hypothesis_where.beside_pilots(hypothesis)
    found = [*hypothesis_where.warnings(hypothesis), *levers.early(hypothesis)]
    found += [beside] if beside and hypothesis_where.can_change(hypothesis) else []
    unlisted = unknown_sites.warnings(hypothesis)
    return WherePanel(
        url=url_for("hypotheses.where", key=hypothesis.key),
        can_edit=hypothesis_where.can_change(hypothesis)
        and allows(actor, Permission.EDIT_HYPOTHESIS, stake),
        rows=tuple((str(label), value) for label, value in rows if value),
        warnings=tuple(say(text) for text in found),
        units=tuple(Link(unit.name, url_for("units.show", unit_id=unit.id)) for unit in named),
        unlisted=tuple(say(text) for text in unlisted),
        enter=entering(hypothesis, actor) if unlisted else None,
    )


def entering(hypothesis: Hypothesis, actor: Actor) -> Link:
    """Where the sites of its pilot are entered that no list knows: one on a form of its own,
    several as lines that are there already."""
    sites = unknown_sites.of(hypothesis)
    if not allows(actor, Permission.MANAGE_UNITS) or not sites.unknown:
        return Link(_("Stores and teams"), url_for("units.index"))
    if len(sites.unknown) == 1:
        (site,) = sites.unknown
        label = _("Enter “%(site)s”", site=site)
        return Link(label, url_for("units.new", site=site))
    label = _("Enter them")
    return Link(label, url_for("units.import_", pilots_of=hypothesis.key))


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:NAMED])
    more = len(names) - NAMED
    if more < 1:
        return shown
    others = ngettext("and %(num)s more", "and %(num)s more", more)
    return f"{shown} {others}"
