"""The list of hypotheses: what the page shows of a listing and of the address it came from."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from hadi.domain.lifecycle import State
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Text
from hadi.domain.verdict_label import SOUGHT
from hadi.services import users
from hadi.services.hypothesis_list import Listing, Order
from hadi.web.hypotheses.list_query import ListQuery
from hadi.web.hypotheses.rows import Row, rows_of
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import say
from hadi.web.shared.pages import Page, PageLinks, Tab
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a filter."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """What the search found: the states with their counts, the rows, where one is in them."""

    states: tuple[Tab, ...]
    rows: tuple[Row, ...]
    links: PageLinks
    downloads: tuple[Downloads, ...]
    sentence: str  # how many were found, for those who hear the page


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(Page):
    """`/hypotheses`."""

    query: ListQuery
    results: Results
    verdicts: tuple[Choice, ...]
    owners: tuple[Choice, ...]
    orders: tuple[Choice, ...]
    views: tuple[Tab, ...]
    list_url: str
    clear_url: str | None
    new_url: str | None
    is_empty: bool  # no hypothesis at all, not merely none found


def list_page(listing: Listing, query: ListQuery, *, actor: Actor) -> ListPage:
    everything = sum(listing.by_state.values())
    return ListPage(
        title=gettext("Hypotheses"),
        chrome=chrome(),
        query=query,
        results=results(listing, query),
        verdicts=_verdicts(query),
        owners=_owners(query),
        orders=_orders(query),
        views=views(query, is_board=False),
        list_url=query.url(state=None, q=None, verdict=None, owner=None, mine=None, sort=None),
        clear_url=query.url(q=None, verdict=None, owner=None, mine=None)
        if query.is_narrowed
        else None,
        new_url=new_url(actor),
        is_empty=everything == 0 and not query.is_narrowed,
    )


def results(listing: Listing, query: ListQuery) -> Results:
    return Results(
        states=_states(listing, query),
        rows=rows_of(listing.items),
        links=PageLinks.around(listing, lambda page: query.url(page=page)),
        downloads=(
            offered("hypotheses.export", gettext("These hypotheses"), **query.parts()),
            offered("hypotheses.all_analyses", gettext("All results, number by number")),
        ),
        sentence=say(Text("hypotheses_found", n=listing.total)),
    )


def views(query: ListQuery, *, is_board: bool) -> tuple[Tab, ...]:
    """The same hypotheses as a list and as a board."""
    return (
        Tab(gettext("List"), query.url(), not is_board),
        Tab(gettext("Board"), query.url("hypotheses.board", state=None, sort=None), is_board),
    )


def new_url(actor: Actor) -> str | None:
    """Where an idea is captured, for those who may."""
    if not allows(actor, Permission.CREATE_HYPOTHESIS):
        return None
    return ListQuery().url("hypotheses.new")


def _states(listing: Listing, query: ListQuery) -> tuple[Tab, ...]:
    live = sum(n for state, n in listing.by_state.items() if state is not State.ARCHIVED)
    tabs = [Tab(gettext("All"), query.url(state=None), query.state is None, live)]
    for state in State:
        count = listing.by_state.get(state, 0)
        if count or query.state is state or state is not State.ARCHIVED:
            label = say(Text(f"state_{state.value}"))
            tabs.append(Tab(label, query.url(state=state.value), query.state is state, count))
    return tuple(tabs)


def _verdicts(query: ListQuery) -> tuple[Choice, ...]:
    return (
        Choice("", gettext("Any verdict"), query.verdict is None),
        *(Choice(v.value, say(Text(f"verdict_{v.value}")), query.verdict is v) for v in SOUGHT),
    )  # fmt: skip


def _owners(query: ListQuery) -> tuple[Choice, ...]:
    return (
        Choice("", gettext("Any owner"), not query.owner_id),
        *(
            Choice(person.id, person.name, person.id == query.owner_id)
            for person in users.everyone()
        ),
    )


def _orders(query: ListQuery) -> tuple[Choice, ...]:
    labels = {
        Order.UPDATED: gettext("Last changed first"),
        Order.NEWEST: gettext("Newest first"),
        Order.OLDEST: gettext("Oldest first"),
        Order.NUMBER: gettext("By key"),
    }
    return tuple(Choice(o.value, label, query.order is o) for o, label in labels.items())
