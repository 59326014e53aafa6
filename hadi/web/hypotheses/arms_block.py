"""The arms that a column holds beside those of the plan, so that a mismatch is seen at once; a
value that is an arm under another name is said to be it, and read so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _

from hadi.domain.plan import Plan
from hadi.domain.text import Figure, FigureKind
from hadi.models import Dataset
from hadi.services.dataset_arms import arms_of as arms_of_plan
from hadi.services.dataset_rows import ArmCounts
from hadi.web.shared.language import figure
from hadi.web.shared.pages import Page
from hadi.web.shared.render import chrome

COLUMN, OF = "arms_column", "arms_of"  # what the selects are about: a column, of that digest
_WHOLE_NAME = 200  # longer values are shown shortened, so they cannot be named


@dataclass(frozen=True, slots=True)
class ArmField:
    """The select that says which arm a value is; `arm` is chosen, empty for none."""

    name: str
    value: str
    arm: str


@dataclass(frozen=True, slots=True)
class ArmLine:
    """An arm as the data have it; `role` is "control", "arm" or "unknown"."""

    name: str
    rows: str
    role: str
    label: str
    field: ArmField | None = None


@dataclass(frozen=True, slots=True)
class Renaming:
    """What is known of the values of a column that are arms under other names: how it is read now,
    how the data before were, and what was just sent. `of` is the digest of what is shown."""

    of: str
    read: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, str] = field(default_factory=dict)
    is_possible: bool = True  # the file as it was sent is still there


@dataclass(frozen=True, slots=True)
class Arms:
    """The arms found in a column, and what the plan misses among them. `read` are the values that
    are read as one of `options`, the plan's arms."""

    column: str
    lines: tuple[ArmLine, ...]
    others: int
    blank: str | None
    missing: tuple[str, ...]  # sentences
    of: str
    options: tuple[str, ...]
    read: tuple[ArmField, ...]

    @property
    def fields(self) -> tuple[ArmField, ...]:
        """What can be said of its values."""
        return (*self.read, *(line.field for line in self.lines if line.field))

    @property
    def is_open(self) -> bool:
        """Whether a value waits to be named."""
        return any(line.field for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmsPage(Page):
    """The arms of a column alone, as htmx asks for them."""

    arms: Arms | None


def arms_of(plan: Plan, column: str, counted: ArmCounts, renaming: Renaming) -> Arms:
    """The arms of a column beside those of the plan, so that a mismatch is seen at once."""
    control = (plan.control or "").strip()
    declared = [arm.strip() for arm in plan.split] if plan.split else None
    found = {name for name, _n in counted.counts}
    lines = []
    for place, (name, n) in enumerate(counted.counts):
        if name == control:
            role, label = "control", _("control")
        elif declared is None or name in declared:
            role, label = "arm", _("new arm")
        else:
            role, label = "unknown", _("not in the plan")
        # Without declared shares any value may be an arm; the control alone is known by name.
        is_open = role == "unknown" or (declared is None and control not in found)
        asked = _field(f"arm_{place}", name, renaming) if is_open else None
        lines.append(ArmLine(name, _rows(n), role, label, asked))
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
        of=renaming.of,
        options=arms_of_plan(plan),
        read=tuple(
            ArmField(f"arm_read_{place}", value, renaming.sent.get(f"arm_read_{place}", arm))
            for place, (value, arm) in enumerate(renaming.read.items())
            if renaming.is_possible
        ),
    )


def renaming_of(
    dataset: Dataset,
    column: str,
    *,
    read: Mapping[str, str],
    before: Mapping[str, str],
    sent: Mapping[str, str],
    is_possible: bool,
) -> Renaming:
    """What is known of a column's other names; what was `sent` of other rows is passed over."""
    is_of_these = (sent.get(COLUMN), sent.get(OF)) == (column, dataset.digest)
    return Renaming(dataset.digest, read, before, sent if is_of_these else {}, is_possible)


def sent_arms(arms: Arms, sent: Mapping[str, str]) -> dict[str, str]:
    """Which value is to be read as which arm, as the form was sent with it."""
    return {each.value: sent[each.name] for each in arms.fields if sent.get(each.name)}


def _field(name: str, value: str, renaming: Renaming) -> ArmField | None:
    if not renaming.is_possible or len(value) >= _WHOLE_NAME:
        return None
    return ArmField(name, value, renaming.sent.get(name, renaming.before.get(value, "")))


def arms_page(arms: Arms | None) -> ArmsPage:
    return ArmsPage(title="", chrome=chrome(), arms=arms)


def _rows(n: int) -> str:
    return figure(Figure(FigureKind.COUNT, n))
