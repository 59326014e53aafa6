"""What a column holds that not everyone may see: named when the columns are mapped."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from hadi.domain.permissions import NO_STAKE, Actor, Permission, Stake, allows


class ColumnTag(StrEnum):
    MONEY = "money"
    MARGIN = "margin"
    PERSONAL = "personal"


SEEN_WITH: Mapping[ColumnTag, Permission] = {
    ColumnTag.MONEY: Permission.VIEW_MONEY,
    ColumnTag.MARGIN: Permission.VIEW_MONEY,
    ColumnTag.PERSONAL: Permission.VIEW_PERSONAL,
}


def hidden(tags: Mapping[str, str], actor: Actor, stake: Stake = NO_STAKE) -> frozenset[str]:
    """The columns of a data set that `actor` may not see; `tags` are a column's name to its tag."""
    return frozenset(
        column
        for column, tag in tags.items()
        if not allows(actor, SEEN_WITH[ColumnTag(tag)], stake)
    )
