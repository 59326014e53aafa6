"""The pages of baskets: the list with its form, the choice of columns and goods, the use in a
test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from wtforms import Field

from hadi.domain.baskets import RECEIPT_ROLES
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models import Basket, Hypothesis
from hadi.services import basket_use, baskets
from hadi.web.baskets.forms import FIRST, ChooseForm, FileForm, UseForm
from hadi.web.shared.data_tabs import data_tabs
from hadi.web.shared.language import day, figure, say
from hadi.web.shared.pages import Column, Link, Page, Tab
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A file of the list."""

    name: str
    url: str | None  # None where somebody else has to choose first
    is_open: bool  # brought, and not said yet what is core
    receipts: str
    stores: str
    attach: str
    lift: str
    who: str
    when: str
    restore_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketsPage(Page):
    """`/data/baskets`. `form` is None for who may not bring a file."""

    tabs: tuple[Tab, ...]
    lines: tuple[BasketLine, ...]
    removed: tuple[BasketLine, ...]
    columns: tuple[Column, ...]
    form: FileForm | None
    url: str


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """A category with what it is taken for."""

    place: int
    name: str
    lines: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePage(Page):
    """`/data/baskets/<id>/choose`."""

    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    form: ChooseForm
    first: tuple[Field, ...]
    others: tuple[Field, ...]
    has_others: bool
    goods: tuple[GoodsLine, ...]
    goods_columns: tuple[Column, ...]
    notes: tuple[str, ...]
    is_stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UsePage(Page):
    """`/data/baskets/<id>/use`."""

    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    form: UseForm
    has_hypotheses: bool
    has_arms: bool
    hypotheses_url: str


def baskets_page(
    lines: Sequence[Basket], removed: Sequence[Basket], form: FileForm, actor: Actor
) -> BasketsPage:
    return BasketsPage(
        title=_("Baskets"),
        chrome=chrome(),
        tabs=data_tabs("baskets"),
        lines=tuple(_line(one, can_edit=baskets.can_edit(one, actor)) for one in lines),
        removed=tuple(_line(one, can_edit=baskets.can_edit(one, actor)) for one in removed),
        columns=(
            Column(_("Receipts")),
            Column(_("Attach rate"), is_figure=True),
            Column(_("Lift of the pair"), is_figure=True),
            Column(_("Number of receipts"), is_figure=True, is_hidden_on_phone=True),
            Column(_("Stores"), is_figure=True, is_hidden_on_phone=True),
            Column(_("Brought by"), is_hidden_on_phone=True),
            Column(_("Changed"), is_figure=True, is_hidden_on_phone=True),
        ),
        form=form if baskets.can_add(actor) else None,
        url=url_for("baskets.index"),
    )


def choose_page(
    basket: Basket,
    form: ChooseForm,
    offered: Sequence[tuple[str, int]],
    goods: Mapping[str, str],
    *,
    is_stale: bool = False,
) -> ChoosePage:
    others = tuple(form[role] for role in RECEIPT_ROLES if role not in FIRST)
    return ChoosePage(
        title=_("What is what in “%(name)s”", name=basket.name),
        chrome=chrome(),
        crumbs=crumbs(basket, _("Choose")),
        url=url_for("baskets.choose", basket_id=basket.id),
        cancel_url=_home(basket),
        form=form,
        first=tuple(form[role] for role in FIRST),
        others=others,
        has_others=any(field.data or field.errors for field in others),
        goods=tuple(
            GoodsLine(place, name, count(n), goods.get(name, "added"))
            for place, (name, n) in enumerate(offered)
        ),
        goods_columns=(
            Column(_("Category")),
            Column(_("Lines"), is_figure=True),
            Column(_("It is")),
        ),
        notes=tuple(say(Text.from_json(note)) for note in basket.notes),
        is_stale=is_stale,
    )


def use_page(basket: Basket, form: UseForm, offered: Sequence[Hypothesis]) -> UsePage:
    return UsePage(
        title=_("Use “%(name)s” in a hypothesis", name=basket.name),
        chrome=chrome(),
        crumbs=crumbs(basket, _("Use")),
        url=url_for("baskets.use", basket_id=basket.id),
        cancel_url=_home(basket),
        form=form,
        has_hypotheses=bool(offered),
        has_arms=bool(basket.asked.column("arm")),
        hypotheses_url=url_for("hypotheses.index"),
    )


def crumbs(basket: Basket, here: str | None = None) -> tuple[Link, ...]:
    """The way to a page of one file; `here` where that is not the file's own."""
    way = (Link(_("Baskets"), url_for("baskets.index")),)
    if here is None:
        return (*way, Link(basket.name, url_for("baskets.show", basket_id=basket.id)))
    return (*way, Link(basket.name, _home(basket)), Link(here, ""))


def can_delete(actor: Actor) -> bool:
    return allows(actor, Permission.DELETE_DATA)


def can_use(basket: Basket, actor: Actor) -> bool:
    has_stores = bool(basket_use.stores_of(basket))
    return has_stores and basket.has_rows and not basket.is_removed and baskets.can_add(actor)


def share(value: float | None) -> str:
    return "–" if value is None else figure(Figure(FigureKind.SHARE, value))


def number(value: float | None) -> str:
    return "–" if value is None else figure(Figure(FigureKind.NUMBER, round(value, 9)))


def count(value: float | None) -> str:
    return "–" if value is None else figure(Figure(FigureKind.COUNT, round(value)))


def amount(value: float | None) -> str:
    """Money and the like: whole from a thousand on."""
    if value is None:
        return "–"
    return count(value) if abs(value) >= 1000 else number(value)


def _home(basket: Basket) -> str:
    if basket.found is None:
        return url_for("baskets.index")
    return url_for("baskets.show", basket_id=basket.id)


def _line(basket: Basket, *, can_edit: bool) -> BasketLine:
    found = basket.found or {}
    core, seen = found.get("core"), found.get("seen")
    here = "baskets.show" if found else "baskets.choose"
    return BasketLine(
        name=basket.name,
        url=url_for(here, basket_id=basket.id) if found or can_edit else None,
        is_open=not found,
        receipts=count(seen["receipts"] if seen else None),
        stores=count(seen["stores"] if seen and seen["stores"] else None),
        attach=share(core["confidence"] if core else None),
        lift=number(core["lift"] if core else None),
        who=basket.author.name,
        when=day(basket.updated_at),
        restore_url=url_for("baskets.restore", basket_id=basket.id) if can_edit else None,
    )
