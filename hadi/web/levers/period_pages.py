"""The pages that change something of levers: a period, targets, an import, a strike-out."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.models import LeverPeriod, Unit
from hadi.web.levers.forms import PeriodForm, StruckForm, TargetsForm
from hadi.web.levers.pages import counts_words, span_words
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodPage(Page):
    """A period, entered or corrected."""

    crumbs: tuple[Link, ...]
    url: str
    form: PeriodForm
    lead: str
    action: str
    cancel_url: str
    is_stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsPage(Page):
    """What the levers of a unit are to reach."""

    crumbs: tuple[Link, ...]
    url: str
    form: TargetsForm
    where: str
    cancel_url: str
    is_stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StruckPage(Page):
    """An entry that is struck out with a reason."""

    crumbs: tuple[Link, ...]
    url: str
    form: StruckForm
    lead: str
    cancel_url: str


def board_url(unit_id: str | None) -> str:
    return url_for("levers.index", unit=unit_id or None)


def crumbs(label: str, unit_id: str | None = None) -> tuple[Link, ...]:
    return (
        Link(_("Data"), url_for("data.index")),
        Link(_("Levers"), board_url(unit_id)),
        Link(label, ""),
    )


def period_page(
    form: PeriodForm, period: LeverPeriod | None = None, *, is_stale: bool = False
) -> PeriodPage:
    title = _("Enter a period") if period is None else _("Correct a period")
    unit_id = period.unit_id if period else form.unit.data
    return PeriodPage(
        title=title,
        chrome=chrome(),
        crumbs=crumbs(title, unit_id),
        url=url_for("levers.period", period_id=period.id)
        if period
        else url_for("levers.new_period"),
        form=form,
        lead=_(
            "Counts, not percentages: the conversions, the average check and the frequency follow "
            "from them."
        )
        if period is None
        else _("What it was before stays in the log."),
        action=_("Enter the period") if period is None else _("Save"),
        cancel_url=board_url(unit_id),
        is_stale=is_stale,
    )  # fmt: skip


def targets_page(form: TargetsForm, unit: Unit | None, *, is_stale: bool = False) -> TargetsPage:
    named = unit.id if unit else None
    return TargetsPage(
        title=_("Targets of the levers"),
        chrome=chrome(),
        crumbs=crumbs(_("Targets"), named),
        url=url_for("levers.targets", unit=named),
        form=form,
        where=unit.name if unit else _("The whole business"),
        cancel_url=board_url(named),
        is_stale=is_stale,
    )


def void_page(period: LeverPeriod, form: StruckForm) -> StruckPage:
    span = span_words(period.starts_on, period.ends_on)
    return StruckPage(
        title=_("Strike a period out"),
        chrome=chrome(),
        crumbs=crumbs(_("Strike out"), period.unit_id),
        url=url_for("levers.void_period", period_id=period.id),
        form=form,
        lead=_(
            "%(period)s: %(counts)s. It no longer counts, stays with your reason, and can be "
            "taken back.",
            period=span, counts=counts_words(period),
        ),
        cancel_url=board_url(period.unit_id),
    )  # fmt: skip
