"""What a board shows: columns, their cards, and for each card where it may go and why not.

The same values feed the mouse, the keyboard and the plain forms, so that all three refuse the
same moves in the same words.
"""

from __future__ import annotations

from dataclasses import dataclass

from hadi.charts.interval import IntervalChart


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A column a card might go to: posted to `url`, or refused with `reason` in words.

    Where the step needs more than a click (a form, a file) `visit_url` leads to it instead.
    `is_here` is the card's own column: there it is put into another order.
    """

    column: str
    label: str
    url: str | None = None
    reason: str | None = None
    visit_url: str | None = None
    is_here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card. `stage` fills the mark; `figure` and `when` are its one number and one date,
    `badges` short remarks that stay in sight. Without `moves` it has no handle."""

    key: str
    name: str  # "H-12"
    url: str
    text: str
    stage: str
    version: int
    owner: str | None = None
    owner_initials: str | None = None
    verdict: str | None = None
    figure: str | None = None
    figure_label: str | None = None
    money: str | None = None  # what it brings, for who may see money
    money_label: str | None = None
    when: str | None = None
    note: str | None = None
    chart: IntervalChart | None = None
    badges: tuple[str, ...] = ()
    alarm: str | None = None  # what makes the card a red one
    is_late: bool = False  # `when` is over, as its words say too
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardColumn:
    """`count` is of all cards; `cards` may be the first of them, the rest behind `more_url`."""

    key: str
    label: str
    count: int
    cards: tuple[Card, ...] = ()
    letter: str | None = None  # "H", "A", "D" or "I" lends its hue
    hint: str = ""  # what belongs here; shown while the column is empty
    more_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A board and its name, for those who do not see it. `is_sorted`: people put the cards of a
    column in their order; its moves are posted with `after`, the card before ("": the first)."""

    label: str
    columns: tuple[BoardColumn, ...]
    is_sorted: bool = False
