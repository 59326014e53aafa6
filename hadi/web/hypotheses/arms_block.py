"""The arms that a column holds beside those of the plan, so that a mismatch is seen at once."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from hadi.domain.plan import Plan
from hadi.domain.text import Figure, FigureKind
from hadi.services.dataset_rows import ArmCounts
from hadi.web.shared.language import figure
from hadi.web.shared.pages import Page
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True)
class ArmLine:
    """An arm as the data have it; `role` is "control", "arm" or "unknown"."""

    name: str
    rows: str
    role: str
    label: str


@dataclass(frozen=True, slots=True)
class Arms:
    """The arms found in a column, and what the plan misses among them."""

    column: str
    lines: tuple[ArmLine, ...]
    others: int
    blank: str | None
    missing: tuple[str, ...]  # sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmsPage(Page):
    """The arms of a column alone, as htmx asks for them."""

    arms: Arms | None


def arms_of(plan: Plan, column: str, counted: ArmCounts) -> Arms:
    """The arms of a column beside those of the plan, so that a mismatch is seen at once."""
    control = (plan.control or "").strip()
    declared = [arm.strip() for arm in plan.split] if plan.split else None
    found = {name for name, _n in counted.counts}
    lines = []
    for name, n in counted.counts:
        if name == control:
            role, label = "control", _("control")
        elif declared is None or name in declared:
            role, label = "arm", _("new arm")
        else:
            role, label = "unknown", _("not in the plan")
        lines.append(ArmLine(name, _rows(n), role, label))
    missing = []
    wanted = declared or [control]
    for arm in wanted:
        if arm not in found:
            missing.append(_("The plan’s arm “%(arm)s” is not in this column.", arm=arm))
    if len(found) < 2 and not counted.others:
        missing.append(_("A comparison needs two arms; this column has fewer."))
    return Arms(
        column=column,
        lines=tuple(lines),
        others=counted.others,
        blank=_rows(counted.blank) if counted.blank else None,
        missing=tuple(missing),
    )


def arms_page(arms: Arms | None) -> ArmsPage:
    return ArmsPage(title="", chrome=chrome(), arms=arms)


def _rows(n: int) -> str:
    return figure(Figure(FigureKind.COUNT, n))
