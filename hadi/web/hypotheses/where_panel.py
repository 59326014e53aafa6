"""Where a hypothesis runs and what it moves, in short: beside its plan and on its page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Text
from hadi.models import Hypothesis
from hadi.services import hypotheses, hypothesis_where, levers, units
from hadi.web.shared.language import say
from hadi.web.shared.pages import Link

NAMED = 4  # units; the others are counted


@dataclass(frozen=True, slots=True)
class WherePanel:
    """`rows` are (label, value) of what was said; `warnings` what does not fit."""

    url: str
    can_edit: bool
    rows: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    units: tuple[Link, ...]


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
    return WherePanel(
        url=url_for("hypotheses.where", key=hypothesis.key),
        can_edit=hypothesis_where.can_change(hypothesis)
        and allows(actor, Permission.EDIT_HYPOTHESIS, stake),
        rows=tuple((str(label), value) for label, value in rows if value),
        warnings=tuple(say(text) for text in found),
        units=tuple(Link(unit.name, url_for("units.show", unit_id=unit.id)) for unit in named),
    )


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:NAMED])
    more = len(names) - NAMED
    if more < 1:
        return shown
    others = ngettext("and %(num)s more", "and %(num)s more", more)
    return f"{shown} {others}"
