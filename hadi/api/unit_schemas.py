"""What is sent and answered about units, their weeks, and where a hypothesis runs."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

from hadi.api.fields import Choice, Day, Flag, Listed, Sent, Words, described
from hadi.api.paging import PageQuery
from hadi.api.schemas import PersonOut, _day, _moment, _one_of, _text, _whole
from hadi.domain.levers import Lever
from hadi.domain.statement import LIMIT
from hadi.domain.store_likeness import TRAITS
from hadi.domain.units import SalesModel, UnitKind
from hadi.services.hypothesis_where import TECHNOLOGY_LENGTH
from hadi.services.unit_import import Does
from hadi.services.unit_list import Shown
from hadi.services.unit_reading import ALIAS_LENGTH, LENGTHS, MOST_ALIASES


def _words(name: str, about: str) -> Words:
    return Words(allow_none=True, metadata=described(about, maxLength=LENGTHS[name]))


def _people(about: str) -> fields.Raw:
    return fields.Raw(allow_none=True, metadata={"description": about, "type": "integer"})


class UnitQuery(PageQuery):
    q = Words(metadata=described("Words of its name, code, region, format, head"))
    kind = Choice(UnitKind)
    sales_model = Choice(SalesModel)
    region = Words(metadata=described("Exactly as it is written"))
    shown = Choice(Shown, about="open unless said; unready: without sales model or technology")


class UnitIn(Sent):
    """A unit. What is left out of a PATCH stays."""

    kind = Choice(UnitKind)
    code = _words("code", "By which data name it; nobody else's")
    name = _words("name", "By which people name it")
    aliases = Listed(
        Words(metadata=described("", maxLength=ALIAS_LENGTH)),
        metadata=described("How other files name it", maxItems=MOST_ALIASES),
    )
    region = _words("region", "")
    format = _words("format", "Mall, street, warehouse")
    head = _words("head", "Who leads it")
    responsible = Words(metadata=described("The one person who answers: id, e-mail or name"))
    sales_model = Choice(SalesModel, allow_none=True, about="Needed before its first test")
    technology = _words("technology", "Needed before its first test")
    parent = Words(allow_none=True, metadata=described("The territory it lies in: id or code"))


class PlaceOut(ma.Schema):
    id = _text()
    code = _text()
    name = _text()


class UnitOut(PlaceOut):
    """A store, a territory or a team."""

    kind = _one_of(UnitKind)
    aliases = fields.List(fields.String(), required=True)
    region = _text()
    format = _text()
    head = _text()
    responsible = fields.Nested(PersonOut, required=True, allow_none=True)
    sales_model = _one_of(SalesModel, allow_none=True)
    technology = _text()
    parent = fields.Nested(PlaceOut, required=True, allow_none=True)
    is_closed = fields.Boolean(required=True)
    is_ready = fields.Boolean(
        required=True, metadata={"description": "Whether a test that names it can start"}
    )
    warnings = fields.List(fields.String(), required=True)
    created_at = _moment()
    updated_at = _moment()
    version = _whole("To send as If-Match")


class WeekIn(Sent):
    """A week of a log. What is left out of a week that is there already stays."""

    week = Day(metadata=described("Any day of it; not in the future"))
    staff = _people("How many people")
    staff_new = _people("How many of them began in that week: weeks are added up")
    stock_out = Flag(metadata=described("Whether goods ran out; not false beside a `stock_note`"))
    stock_note = Words(metadata=described("Which goods", maxLength=LIMIT))
    note = Words(metadata=described("", maxLength=LIMIT))


class WeekEdit(WeekIn):
    class Meta:
        exclude = ("week",)


class WeekOut(ma.Schema):
    """A week of a log."""

    id = _text()
    week = _day()
    staff = fields.Integer(required=True, allow_none=True)
    staff_new = fields.Integer(required=True, allow_none=True)
    stock_out = fields.Boolean(required=True)
    stock_note = _text()
    note = _text()
    author = fields.Nested(PersonOut, required=True, allow_none=True)
    updated_at = _moment()
    version = _whole("To send as If-Match")


class ImportIn(Sent):
    text = Words(
        required=True,
        metadata=described("A table as text: CSV or with tabs, titles in its first line"),
    )
    responsible = Words(
        allow_none=True, metadata=described("Of new units where the list names nobody")
    )
    dry_run = Flag(metadata=described("Only say what it would do"))


class ImportedOut(ma.Schema):
    line = _whole()
    code = _text()
    name = _text()
    does = _one_of(Does)
    changes = fields.Dict(
        required=True, metadata={"description": "Parts with what they were and are"}
    )
    faults = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True,
        metadata={"description": "What is wrong, by part, in words"},
    )  # fmt: skip


class ImportOut(ma.Schema):
    """What a list does, line by line."""

    is_stored = fields.Boolean(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    unread = fields.List(fields.String(), required=True)
    lines = fields.List(fields.Nested(ImportedOut), required=True)


class WhereIn(Sent):
    """Where a hypothesis runs and what it moves. What is left out stays."""

    units = Listed(Words(), metadata=described("Ids or codes of stores, territories, teams"))
    lever = Choice(Lever, allow_none=True, about="What of revenue it moves")
    technology = Words(
        allow_none=True, metadata=described("How it sells", maxLength=TECHNOLOGY_LENGTH)
    )
    order_reason = Words(
        allow_none=True,
        metadata=described("Why a lever is tuned before those that come first", maxLength=LIMIT),
    )


class NamedOut(PlaceOut):
    is_ready = fields.Boolean(required=True)
    is_closed = fields.Boolean(required=True)


class WhereOut(ma.Schema):
    """Where a hypothesis runs and what it moves."""

    units = fields.List(fields.Nested(NamedOut), required=True)
    lever = _one_of(Lever, allow_none=True)
    technology = _text()
    order_reason = _text()
    warnings = fields.List(fields.String(), required=True)
    version = _whole("To send as If-Match; 0 before anything was said")


def known(found: Any) -> dict[str, str]:
    """A unit by its names."""
    return {"id": found.id, "code": found.code, "name": found.name}


class RolloutStoresQuery(Sent):
    scope = Words(metadata=described("Where a wave would go; the last wave's scope unless said"))


class DifferenceOut(ma.Schema):
    """What a store has that none of the test had."""

    trait = fields.String(required=True, metadata={"enum": list(TRAITS)})
    here = _text("Empty where it is not known")
    tested = fields.List(fields.String(), required=True)


class BesideOut(ma.Schema):
    """A store beside those of the test; another head alone leaves it alike."""

    id = _text()
    code = _text()
    name = _text()
    is_alike = fields.Boolean(required=True)
    differences = fields.List(fields.Nested(DifferenceOut), required=True)


class RolloutStoresOut(ma.Schema):
    """The stores that a scope names, beside those of the test as they were when it began."""

    scope = _text()
    tested = fields.List(fields.Nested(PlaceOut), required=True)
    stores = fields.List(fields.Nested(BesideOut), required=True)
    again = fields.List(
        fields.Nested(PlaceOut), required=True, metadata={"description": "Were in the test too"}
    )
    unread = fields.List(
        fields.String(), required=True, metadata={"description": "Parts that name no store"}
    )
    head = _text("Whether another head has tried it, or is going to", allow_none=True)
    nearest = fields.List(
        fields.Nested(BesideOut), required=True, metadata={"description": "Others, alike first"}
    )
    check_again = fields.List(
        fields.String(), required=True,
        metadata={"description": "What has changed in stores of the test and of the waves"},
    )  # fmt: skip
