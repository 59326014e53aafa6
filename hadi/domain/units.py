"""Where a business sells: kinds of units, the ways they sell, and technologies that go with each.

A passive unit serves the people who come by themselves; an active one goes and finds them. A
technology of the other model does not fit: whoever waits behind a counter makes no cold calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hadi.domain.folding import folded


class UnitKind(StrEnum):
    STORE = "store"
    TERRITORY = "territory"
    TEAM = "team"


class SalesModel(StrEnum):
    PASSIVE = "passive"
    ACTIVE = "active"


class Technology(StrEnum):
    """The ways of selling whose model is known. Anything else may be written, and is taken as
    fitting both."""

    COLD_CALLS = "cold_calls"
    FIELD_VISITS = "field_visits"
    CLIENT_BASE = "client_base"
    TENDERS = "tenders"
    ADD_ON = "add_on"
    CONSULTING = "consulting"
    SELF_SERVICE = "self_service"
    INCOMING_CALLS = "incoming_calls"


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as the rules see it: where a test runs, and how is sold there."""

    name: str
    model: SalesModel | None = None
    technology: str = ""
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """The models a technology goes with, and how people write it: beginnings of words in the
    languages they write in; between two bars all must occur."""

    models: frozenset[SalesModel]
    written: str

    def is_meant(self, text: str) -> bool:
        """Whether the folded `text` is one of its ways of being written."""
        ways = (folded(way).split() for way in self.written.split("|"))
        return any(all(beginning in text for beginning in way) for way in ways)


_ACTIVE = frozenset({SalesModel.ACTIVE})
_PASSIVE = frozenset({SalesModel.PASSIVE})
_BOTH = frozenset(SalesModel)

# The first that is meant counts.
TECHNOLOGIES: Mapping[Technology, Known] = {
    Technology.COLD_CALLS: Known(_ACTIVE, "cold call | холодн звон | hideg hív"),
    Technology.FIELD_VISITS: Known(
        _ACTIVE, "field visit | visits to client | выезд | визит | terepi | ügyféllátogat"
    ),
    Technology.TENDERS: Known(_ACTIVE, "tender | тендер | közbeszerz"),
    Technology.CLIENT_BASE: Known(
        _ACTIVE, "client base | account manag | обзвон | работ клиентск баз | ügyfélkör"
    ),
    Technology.INCOMING_CALLS: Known(_PASSIVE, "incoming call | inbound | входящ | bejövő"),
    Technology.SELF_SERVICE: Known(
        _PASSIVE, "self service | self-service | самообслуж | önkiszolg"
    ),
    Technology.ADD_ON: Known(
        _BOTH, "add-on | cross sell | cross-sell | доп прода | кросс | keresztért | kiegészítő"
    ),
    Technology.CONSULTING: Known(_BOTH, "consult | advis | консульт | tanácsad"),
}


def recognised(written: str) -> Technology | None:
    """The known technology that is meant, by its key or by the words people use for it."""
    text = folded(written)
    if not text:
        return None
    for technology, known in TECHNOLOGIES.items():
        if text == technology.value or known.is_meant(text):
            return technology
    return None


def fits(written: str, model: SalesModel | None) -> bool:
    """Whether a technology goes with a model. What is unknown of either does not stand against
    it."""
    technology = recognised(written)
    return technology is None or model is None or model in TECHNOLOGIES[technology].models


def unfit(technology: str, places: Iterable[Place]) -> dict[SalesModel, list[str]]:
    """The places that sell in a way that the technology does not go with, by their way."""
    found: dict[SalesModel, list[str]] = {}
    for place in places:
        if place.model is not None and not fits(technology, place.model):
            found.setdefault(place.model, []).append(place.name)
    return found
