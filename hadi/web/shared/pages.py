"""What every page is given: one `page` variable, made of plain frozen values.

Each place derives its own page from `Page` and adds what it shows. The chrome is what stands
around it: the places, the person, the languages. Nothing here reads the request; `render` fills
the chrome in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol, TypeVar

V = TypeVar("V", bound=StrEnum)

FlashKind = Literal["success", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the product, as the navigation shows it. `icon` names one of the sprite."""

    key: str
    label: str
    url: str
    is_current: bool = False
    icon: str = "circle"


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language one can switch to, named in itself ("Magyar")."""

    code: str
    name: str
    url: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person the page is shown to."""

    name: str
    initials: str
    role_label: str
    account_url: str
    logout_url: str  # posted to, with the CSRF token


@dataclass(frozen=True, slots=True)
class Flash:
    """A sentence about what just happened. `undo_url` is posted to, with the CSRF token."""

    text: str
    kind: FlashKind = "info"
    undo_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """What stands around a page. `theme` is "light", "dark" or "auto" (the system's)."""

    places: tuple[Place, ...] = ()
    user: SignedIn | None = None
    languages: tuple[LanguageChoice, ...] = ()
    language: str = "en"
    theme: str = "auto"
    asset: Callable[[str], str]  # logical name -> address of the built file
    csrf_token: str = ""
    flashes: tuple[Flash, ...] = ()
    home_url: str = "/"
    search_url: str | None = None  # asked with ?q=
    search_query: str = ""
    new_url: str | None = None  # where the `n` key leads
    workspace: str = ""
    is_answer: bool = False  # to a form that was sent; its address has a page of its own, too

    @property
    def current_language(self) -> LanguageChoice | None:
        return next((choice for choice in self.languages if choice.is_current), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The base of every page's values. `title` is shown as "title – HADI"."""

    title: str
    chrome: Chrome = field(repr=False)


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One of a row of views of the same thing. `count` stands beside the label."""

    label: str
    url: str
    is_current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that blocks the primary action, and where it is mended."""

    text: str
    url: str | None = None
    action: str | None = None  # the words of the link: "Add the owner"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `sort_url` makes its head a link, `sorted` is "asc" or "desc"."""

    label: str
    is_figure: bool = False
    sort_url: str | None = None
    sorted: str | None = None
    is_hidden_on_phone: bool = False


class Paged(Protocol):
    """One page of a list, as the services give it; `page` counts from 1."""

    @property
    def total(self) -> int: ...
    @property
    def page(self) -> int: ...
    @property
    def page_size(self) -> int: ...
    @property
    def pages(self) -> int: ...


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Where one is in a long list. `first` and `last` count rows from 1."""

    first: int
    last: int
    total: int
    previous_url: str | None = None
    next_url: str | None = None

    @classmethod
    def around(cls, found: Paged, url_of: Callable[[int], str]) -> PageLinks:
        """The links around a page; `url_of` gives the address of a page by its number."""
        first = (found.page - 1) * found.page_size + 1
        return cls(
            first=first if found.total else 0,
            last=min(first + found.page_size - 1, found.total),
            total=found.total,
            previous_url=url_of(found.page - 1) if found.page > 1 else None,
            next_url=url_of(found.page + 1) if found.page < found.pages else None,
        )


@dataclass(frozen=True, slots=True)
class FilterOption:
    """A choice of a filter; the empty value is no filter."""

    value: str
    label: str
    is_chosen: bool


def filter_options(
    everything: str, words: Mapping[V, str], chosen: V | None
) -> tuple[FilterOption, ...]:
    """The choices of a filter: no filter, called `everything`, and each value with its word."""
    return (
        FilterOption("", everything, chosen is None),
        *(FilterOption(value.value, word, chosen is value) for value, word in words.items()),
    )


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after; None where there was, or is, nothing."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Who did what, when. `at` is the ISO instant, `when` its words."""

    at: str
    when: str
    who: str
    initials: str
    what: str
    changes: tuple[Change, ...] = ()
    note: str | None = None
    is_refused: bool = False
