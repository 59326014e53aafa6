"""Lists a page at a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func

from hadi.api.answers import Page
from hadi.api.fields import Sent, Whole
from hadi.db import db

PAGE_SIZE = 50
LARGEST_PAGE = 200
LAST_PAGE = 10**9


class PageQuery(Sent):
    """Which page. Pages count from 1; a page beyond the last is empty."""

    page = Whole(low=1, high=LAST_PAGE, load_default=1)
    page_size = Whole(low=1, high=LARGEST_PAGE, load_default=PAGE_SIZE)


def paged(query: Select[Any], asked: dict[str, Any]) -> Page:
    """The page of a query's records."""
    number, size = asked["page"], asked["page_size"]
    counted = query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    total = db.session.scalar(counted) or 0
    if (number - 1) * size >= total:
        return Page([], total, number, size)
    found = db.session.scalars(query.limit(size).offset((number - 1) * size))
    return Page(list(found.unique()), total, number, size)


def sliced(items: list[Any], asked: dict[str, Any]) -> Page:
    """The page of a list that is small enough to be held whole."""
    first = (asked["page"] - 1) * asked["page_size"]
    return Page(
        items[first : first + asked["page_size"]], len(items), asked["page"], asked["page_size"]
    )
