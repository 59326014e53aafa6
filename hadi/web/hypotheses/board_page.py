"""The H-A-D-I board: the lately changed hypotheses of each state. A card moves when its evidence
does, so nothing is dragged here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext

from hadi.domain.lifecycle import LETTERS, State
from hadi.domain.permissions import Actor
from hadi.domain.text import Text
from hadi.models import Hypothesis
from hadi.services.hypothesis_list import Filters
from hadi.web.hypotheses.list_page import Choice, new_url, views
from hadi.web.hypotheses.list_query import ListQuery
from hadi.web.hypotheses.rows import row_of
from hadi.web.shared.boards import Board, BoardColumn, Card
from hadi.web.shared.language import say
from hadi.web.shared.pages import Page, Tab
from hadi.web.shared.render import chrome

MOST = 20  # cards of a column; the rest is one click away, in the list


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage(Page):
    """`/hypotheses/board`."""

    board: Board
    views: tuple[Tab, ...]
    mine: Choice
    query: ListQuery
    clear_url: str | None
    board_url: str
    new_url: str | None
    is_empty: bool


def board_page(
    columns: Mapping[State, list[Hypothesis]],
    counts: Mapping[State, int],
    query: ListQuery,
    *,
    actor: Actor,
) -> BoardPage:
    return BoardPage(
        title=gettext("Hypotheses"),
        chrome=chrome(),
        board=Board(
            label=gettext("Hypotheses by state"),
            columns=tuple(
                _column(state, columns[state], counts.get(state, 0), query)
                for state in LETTERS
            ),
        ),
        views=views(query, is_board=True),
        mine=Choice("1", gettext("Mine"), query.is_mine),
        query=query,
        clear_url=ListQuery().url("hypotheses.board") if query.is_narrowed else None,
        board_url=ListQuery().url("hypotheses.board"),
        new_url=new_url(actor),
        is_empty=not any(counts.values()) and not query.is_narrowed,
    )  # fmt: skip


def board_filters(query: ListQuery, actor: Actor) -> Filters:
    """The board shows every live state whatever the list was narrowed to."""
    return ListQuery(words=query.words, is_mine=query.is_mine).filters(actor)


def _column(
    state: State, hypotheses: list[Hypothesis], count: int, query: ListQuery
) -> BoardColumn:
    return BoardColumn(
        key=state.value,
        label=say(Text(f"state_{state.value}")),
        count=count,
        cards=tuple(_card(hypothesis) for hypothesis in hypotheses),
        letter=LETTERS[state],
        hint=_hint(state),
        more_url=query.url(state=state.value) if count > len(hypotheses) else None,
    )


def _card(hypothesis: Hypothesis) -> Card:
    row = row_of(hypothesis)
    return Card(
        key=hypothesis.id,
        name=row.key,
        url=row.url,
        text=row.title or gettext("If we %(change)s", change=row.change),
        stage=row.state,
        version=hypothesis.version,
        owner=row.owner,
        owner_initials=row.owner_initials,
        verdict=row.verdict,
        figure=row.effect_words,
        alarm=row.alarm,
        when=row.when,
    )


def _hint(state: State) -> str:
    hints = {
        State.IDEA: gettext("Ideas wait here until their plan is complete."),
        State.PLANNED: gettext("Complete plans stand here, ready to start."),
        State.RUNNING: gettext("Tests under way stand here until their planned end."),
        State.MEASURED: gettext("Results wait here for an insight and a decision."),
        State.CONCLUDED: gettext("Decided, with what was learned."),
    }
    return str(hints[state])
