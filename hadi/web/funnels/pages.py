"""The pages of funnels: their list, one of them, its form, and the columns of an export."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hadi.analysis.funnel import FunnelFound
from hadi.domain.errors import HadiError
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Text
from hadi.models import Funnel, FunnelDeals
from hadi.services import funnel_deals, funnels, made_datasets
from hadi.web.funnels import history
from hadi.web.funnels.forms import (
    ColumnsForm,
    DealsForm,
    DeleteForm,
    FunnelForm,
    InvoicesForm,
    UseForm,
)
from hadi.web.funnels.found import Found, between, count, found_of, share
from hadi.web.shared.data_tabs import data_tabs
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import day, moment, say
from hadi.web.shared.pages import HistoryEntry, Link, Page, Tab
from hadi.web.shared.render import chrome

MOST_COMPUTED = 12  # funnels of a list whose numbers are worked out for it


@dataclass(frozen=True, slots=True)
class FunnelLine:
    """A funnel in the list."""

    name: str
    url: str
    stages: str
    key: str
    conversion: str
    between: str
    level: str | None
    level_word: str
    deals: str
    responsible: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelsPage(Page):
    """`/data/funnels`."""

    tabs: tuple[Tab, ...]
    lines: tuple[FunnelLine, ...]
    query: str
    is_archived: bool
    is_empty: bool
    archived_url: str | None
    list_url: str
    new_url: str | None


@dataclass(frozen=True, slots=True)
class DealsLine:
    """An export of deals."""

    name: str
    said: str
    url: str
    columns_url: str | None
    remove_url: str | None
    is_current: bool
    is_mapped: bool
    version: int


@dataclass(frozen=True, slots=True)
class RemovedLine:
    """An export that was set aside."""

    name: str
    said: str
    restore_url: str
    delete_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelPage(Page):
    """`/data/funnels/<id>`."""

    crumbs: tuple[Link, ...]
    meta: tuple[str, ...]
    note: str
    is_archived: bool
    edit_url: str | None
    archive_url: str | None
    restore_url: str | None
    found: Found | None
    problem: str | None
    of: str
    deals: tuple[DealsLine, ...]
    deals_form: DealsForm | None
    deals_url: str
    limit: str
    use_form: UseForm | None
    use_url: str
    invoices_form: InvoicesForm | None
    invoices_url: str
    invoices_said: str | None
    why_no_use: str | None
    removed: tuple[RemovedLine, ...]
    delete_form: DeleteForm | None
    downloads: tuple[Downloads, ...]
    history: tuple[HistoryEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelFormPage(Page):
    """A funnel that is defined or changed."""

    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    form: FunnelForm
    is_new: bool
    is_stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsPage(Page):
    """Which column of an export holds what."""

    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    form: ColumnsForm
    notes: tuple[str, ...]
    said: str
    is_open: bool
    is_stale: bool


def funnels_page(
    found: list[Funnel], *, query: str, is_archived: bool, folder: Path, actor: Actor
) -> FunnelsPage:
    others = funnels.listing(is_archived=not is_archived, by=actor)
    lines = tuple(
        _line(funnel, folder if place < MOST_COMPUTED else None, actor)
        for place, funnel in enumerate(found)
    )
    return FunnelsPage(
        title=_("Funnels"),
        chrome=chrome(),
        tabs=data_tabs("funnels"),
        lines=lines,
        query=query,
        is_archived=is_archived,
        is_empty=not found and not query and not is_archived and not others,
        archived_url=url_for("funnels.index", shown="archived")
        if others and not is_archived
        else None,
        list_url=url_for("funnels.index"),
        new_url=url_for("funnels.new") if allows(actor, Permission.MANAGE_FUNNELS) else None,
    )


def _line(funnel: Funnel, folder: Path | None, actor: Actor) -> FunnelLine:
    spec, deals = funnel.spec, funnel_deals.newest(funnel)
    conversion = range_ = level_word = ""
    level = None
    if deals is not None and folder is not None:
        try:
            answer = funnel_deals.found(deals, folder=folder, by=actor)
        except HadiError:  # its own page says why
            answer = None
        if answer is not None:
            conversion, range_ = share(answer.key.step.conversion), between(answer.key.interval)
            light = answer.hygiene.level
            level = light.value if light else None
            level_word = say(Text(f"level_{light.value}")) if light else ""
    return FunnelLine(
        name=funnel.name,
        url=url_for("funnels.show", funnel_id=funnel.id),
        stages=" → ".join(stage.name for stage in spec.path),
        key=spec.key.name,
        conversion=conversion,
        between=range_,
        level=level,
        level_word=level_word,
        deals=_when(deals) if deals else "",
        responsible=funnel.responsible.name,
    )


def funnel_page(
    funnel: Funnel,
    shown: FunnelDeals | None,
    *,
    folder: Path,
    limit: str,
    deals_form: DealsForm | None = None,
    use_form: UseForm | None = None,
    invoices_form: InvoicesForm | None = None,
    delete_form: DeleteForm | None = None,
    actor: Actor,
) -> FunnelPage:
    """A funnel with the numbers of one export: the newest, or the one that was asked for."""
    may = allows(actor, Permission.MANAGE_FUNNELS)
    answer = problem = None
    if shown is not None and shown.is_mapped:
        try:
            answer = funnel_deals.found(shown, folder=folder, by=actor)
        except HadiError as refused:
            problem = say(refused.text)
    exports = funnel_deals.of_funnel(funnel)
    use, why_not = _use(funnel, shown, use_form, is_read=answer is not None, actor=actor)
    sees = funnels.sees_managers(funnel, by=actor)
    return FunnelPage(
        title=funnel.name,
        chrome=chrome(),
        crumbs=_crumbs(),
        meta=(
            str(_("Key stage: %(stage)s", stage=funnel.spec.key.name)),
            str(_("Responsible: %(name)s", name=funnel.responsible.name)),
        ),
        note=funnel.note,
        is_archived=funnel.is_archived,
        edit_url=_url("edit", funnel) if may and not funnel.is_archived else None,
        archive_url=_url("archive", funnel) if may and not funnel.is_archived else None,
        restore_url=_url("restore", funnel) if may and funnel.is_archived else None,
        found=found_of(answer, has_managers=sees) if answer else None,
        problem=problem,
        of=_of(shown, answer) if shown and answer else "",
        deals=tuple(_deals_line(each, shown, may and not funnel.is_archived) for each in exports),
        deals_form=(deals_form or DealsForm(formdata=None))
        if may and not funnel.is_archived
        else None,
        deals_url=_url("send_deals", funnel),
        limit=limit,
        use_form=use,
        use_url=url_for("funnels.use", funnel_id=funnel.id, deals_id=shown.id) if shown else "",
        invoices_form=(invoices_form or InvoicesForm(formdata=None))
        if answer and may and not funnel.is_archived
        else None,
        invoices_url=_lay_url(shown),
        invoices_said=_laid(shown),
        why_no_use=why_not,
        removed=tuple(_removed(each) for each in funnel_deals.removed(funnel)) if may else (),
        delete_form=(delete_form or DeleteForm(formdata=None))
        if allows(actor, Permission.DELETE_DATA)
        else None,
        downloads=_downloads(funnel, shown) if answer and shown else (),
        history=tuple(history.entry(event) for event in funnels.history(funnel, by=actor)),
    )


def _of(shown: FunnelDeals, answer: FunnelFound) -> str:
    """Which deals the numbers are of, and of when."""
    deals, told = answer.read.deals, {"file": shown.filename, "n": count(answer.read.deals)}
    if answer.as_of is None:
        said = ngettext("%(n)s deal of “%(file)s”", "%(n)s deals of “%(file)s”", deals, **told)
        return str(said)
    said = ngettext(
        "%(n)s deal of “%(file)s”, as of %(day)s", "%(n)s deals of “%(file)s”, as of %(day)s",
        deals, day=day(answer.as_of.date()), **told,
    )  # fmt: skip
    return str(said)


def _use(
    funnel: Funnel, shown: FunnelDeals | None, form: UseForm | None, *, is_read: bool, actor: Actor
) -> tuple[UseForm | None, str | None]:
    """The form that makes data of the deals, or why there is none."""
    if not is_read or shown is None or funnel.is_archived:
        return None, None
    if not shown.mapping.get("arm"):
        return None, str(_("To judge a test on these deals, say which column names its arms."))
    offered_to = made_datasets.taking(by=actor)
    if not offered_to:
        return None, str(_("No test that is running takes data of yours now."))
    form = form or UseForm(formdata=None)
    form.offer(offered_to, funnel)
    return form, None


def _lay_url(shown: FunnelDeals | None) -> str:
    if shown is None:
        return ""
    return url_for("funnels.lay_invoices", funnel_id=shown.funnel_id, deals_id=shown.id)


def _laid(shown: FunnelDeals | None) -> str | None:
    """Which file the invoices were counted in, or that they have to be counted anew."""
    if shown is None or not shown.invoices_found:
        return None
    name = shown.invoices_found["filename"]
    if shown.laid is None:
        said = _("The invoices of “%(file)s” were counted when the deals were read in another way:"
                 " send them again.", file=name)  # fmt: skip
        return str(said)
    said = _("Invoices counted in “%(file)s”.", file=name)
    if shown.laid.outside:
        n = shown.laid.outside
        more = ngettext(
            "%(num)s row is of another time than the deals and is left out.",
            "%(num)s rows are of another time than the deals and are left out.", n,
        )  # fmt: skip
        said = f"{said} {more}"
    return str(said)


def _deals_line(deals: FunnelDeals, shown: FunnelDeals | None, may: bool) -> DealsLine:
    def url(view: str) -> str:
        return url_for(f"funnels.{view}", funnel_id=deals.funnel_id, deals_id=deals.id)

    return DealsLine(
        name=deals.filename,
        said=_when(deals),
        url=url_for("funnels.show", funnel_id=deals.funnel_id, deals=deals.id),
        columns_url=url("columns") if may else None,
        remove_url=url("remove_deals") if may else None,
        is_current=shown is not None and shown.id == deals.id,
        is_mapped=deals.is_mapped,
        version=deals.version,
    )


def _removed(deals: FunnelDeals) -> RemovedLine:
    def url(view: str) -> str:
        return url_for(f"funnels.{view}", funnel_id=deals.funnel_id, deals_id=deals.id)

    return RemovedLine(deals.filename, _when(deals), url("restore_deals"), url("delete_deals"))


def _when(deals: FunnelDeals) -> str:
    told = day(deals.as_of) if deals.as_of else moment(deals.created_at)
    said = ngettext(
        "%(n)s row, %(when)s", "%(n)s rows, %(when)s", deals.rows, n=count(deals.rows), when=told
    )
    return str(said)


def _downloads(funnel: Funnel, shown: FunnelDeals) -> tuple[Downloads, ...]:
    ids = {"funnel_id": funnel.id, "deals_id": shown.id}
    return (
        offered("funnels.export_stages", _("Stages"), **ids),
        offered("funnels.export_groups", _("Managers, territories, roles, sources"), **ids),
    )


def form_page(
    form: FunnelForm, funnel: Funnel | None = None, *, is_stale: bool = False
) -> FunnelFormPage:
    return FunnelFormPage(
        title=funnel.name if funnel else _("A new funnel"),
        chrome=chrome(),
        crumbs=_crumbs()
        if funnel is None
        else (*_crumbs(), Link(funnel.name, _url("show", funnel))),
        url=_url("edit", funnel) if funnel else url_for("funnels.new"),
        cancel_url=_url("show", funnel) if funnel else url_for("funnels.index"),
        form=form,
        is_new=funnel is None,
        is_stale=is_stale,
    )


def columns_page(deals: FunnelDeals, form: ColumnsForm, *, is_stale: bool = False) -> ColumnsPage:
    funnel = deals.funnel
    is_wide = any(control.data or control.errors for control in form.wide)
    return ColumnsPage(
        title=_("What is what in these deals?"),
        chrome=chrome(),
        crumbs=(*_crumbs(), Link(funnel.name, _url("show", funnel))),
        url=url_for("funnels.columns", funnel_id=funnel.id, deals_id=deals.id),
        cancel_url=_url("show", funnel),
        form=form,
        notes=tuple(say(Text.from_json(note)) for note in deals.notes),
        said=f"{deals.filename} · {_when(deals)}",
        is_open=is_wide,
        is_stale=is_stale,
    )


def _crumbs() -> tuple[Link, ...]:
    return (Link(_("Funnels"), url_for("funnels.index")),)


def _url(view: str, funnel: Funnel) -> str:
    return url_for(f"funnels.{view}", funnel_id=funnel.id)
