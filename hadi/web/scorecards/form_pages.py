"""The pages on which something of a scorecard is written: the card, a criterion, a visit."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from wtforms import Field

from hadi.domain.scorecards import FIDELITY_FLOOR
from hadi.models import Scorecard, ScorecardCriterion, ScorecardVisit
from hadi.services import units
from hadi.web.scorecards.card_page import crumbs, percent
from hadi.web.scorecards.forms import CardForm, CriterionForm, ReasonForm, VisitForm
from hadi.web.shared.language import day
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFormPage(Page):
    """A card that is made or renamed."""

    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    form: CardForm
    is_new: bool
    is_stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionPage(Page):
    """A criterion that is added or changed."""

    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    retire_url: str | None
    form: CriterionForm
    has_marks: bool
    floor: str
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A criterion on the form of a visit: its fields, and what each answer means."""

    number: int
    name: str
    definition: str
    met: str
    not_met: str
    not_applicable: str
    field: Field
    second: Field


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPage(Page):
    """A visit that is entered, read or corrected; `form` is None where it is only read."""

    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    void_url: str | None
    restore_url: str | None
    void_reason: str | None
    form: VisitForm
    can_write: bool
    asked: tuple[Asked, ...]
    units: tuple[str, ...]
    is_stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidPage(Page):
    """A visit that is struck out."""

    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    form: ReasonForm


def card_form_page(
    form: CardForm, card: Scorecard | None = None, *, is_stale: bool = False
) -> CardFormPage:
    index = url_for("scorecards.index")
    return CardFormPage(
        title=_("Rename %(name)s", name=card.name) if card else _("A new scorecard"),
        chrome=chrome(),
        crumbs=crumbs(card),
        url=_url("edit", card) if card else url_for("scorecards.new"),
        cancel_url=_url("show", card) if card else index,
        form=form,
        is_new=card is None,
        is_stale=is_stale,
    )


def criterion_page(
    form: CriterionForm,
    card: Scorecard,
    found: ScorecardCriterion | None = None,
    *,
    has_marks: bool = False,
    is_stale: bool = False,
) -> CriterionPage:
    def url(endpoint: str) -> str:
        number = found.number if found else 0
        return url_for(f"scorecards.{endpoint}", card_id=card.id, number=number)

    title = _("Criterion %(number)s", number=found.number) if found else _("A new criterion")
    return CriterionPage(
        title=title,
        chrome=chrome(),
        crumbs=crumbs(card),
        url=url("criterion") if found else _url("add_criterion", card),
        cancel_url=_url("show", card),
        retire_url=url("retire") if found else None,
        form=form,
        has_marks=has_marks,
        floor=percent(FIDELITY_FLOOR),
        is_stale=is_stale,
    )


def visit_page(
    form: VisitForm,
    card: Scorecard,
    visit: ScorecardVisit | None = None,
    *,
    can_write: bool = True,
    can_void: bool = False,
    is_stale: bool = False,
) -> VisitPage:
    def url(endpoint: str) -> str | None:
        if visit is None or not can_void:
            return None
        return url_for(f"scorecards.{endpoint}", card_id=card.id, visit_id=visit.id)

    is_void = visit is not None and visit.is_void
    title = _("Visit of %(day)s", day=day(visit.visited_on)) if visit else _("Enter a visit")
    return VisitPage(
        title=title,
        chrome=chrome(),
        crumbs=crumbs(card),
        url=url_for("scorecards.visit", card_id=card.id, visit_id=visit.id)
        if visit
        else _url("add_visit", card),
        cancel_url=_url("show", card),
        void_url=url("void_visit") if not is_void else None,
        restore_url=url("restore_visit") if is_void else None,
        void_reason=visit.void_reason if visit is not None and is_void else None,
        form=form,
        can_write=can_write,
        asked=tuple(
            Asked(
                each.number, each.name, each.definition, each.met, each.not_met,
                each.not_applicable, form[f"mark_{each.number}"], form[f"second_{each.number}"],
            )
            for each in card.asked
        ),
        units=tuple(unit.code for unit in units.everyone()),
        is_stale=is_stale,
    )  # fmt: skip


def void_page(form: ReasonForm, card: Scorecard, visit: ScorecardVisit) -> VoidPage:
    here = url_for("scorecards.visit", card_id=card.id, visit_id=visit.id)
    return VoidPage(
        title=_("Strike out the visit of %(day)s", day=day(visit.visited_on)),
        chrome=chrome(),
        crumbs=crumbs(card),
        url=url_for("scorecards.void_visit", card_id=card.id, visit_id=visit.id),
        cancel_url=here,
        form=form,
    )


def _url(endpoint: str, card: Scorecard) -> str:
    return url_for(f"scorecards.{endpoint}", card_id=card.id)
