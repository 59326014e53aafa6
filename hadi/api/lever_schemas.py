"""What is sent and answered about levers and client bases."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from hadi.api.fields import Choice, Day, Flag, Sent, Words, described
from hadi.api.paging import PageQuery
from hadi.api.schemas import PersonOut, _day, _moment, _one_of, _text, _whole
from hadi.api.unit_schemas import PlaceOut
from hadi.domain.client_bases import BaseDefinition
from hadi.domain.levers import Lever
from hadi.domain.statement import LIMIT
from hadi.services.unit_import import Does

MOST_TEXT = 2_000_000


def _count(about: str) -> fields.Raw:
    return fields.Raw(allow_none=True, metadata={"description": about, "type": "integer"})


def _exact(about: str) -> fields.Raw:
    return fields.Raw(
        allow_none=True, metadata={"description": about, "type": ["number", "string"]}
    )


def _share(about: str) -> fields.Float:
    return fields.Float(required=True, allow_none=True, metadata={"description": about})


def _unit() -> Words:
    return Words(allow_none=True, metadata=described("Its id or code; without: the whole business"))


class UnitQuery(Sent):
    unit = Words(metadata=described("Its id or code; without: the whole business"))


class BoardQuery(UnitQuery):
    before = Words(metadata=described("Id of the earlier period; the one before the last"))
    after = Words(metadata=described("Id of the later period; the last one unless said"))


class PeriodsQuery(PageQuery):
    unit = Words(metadata=described("Its id or code; without: the whole business"))


class LeverPeriodIn(Sent):
    """A period with the counts behind its revenue. What is left out of a PATCH stays."""

    unit = _unit()
    starts_on = Words(allow_none=True, metadata=described("A day, or a month: 2026-03"))
    ends_on = Words(allow_none=True, metadata=described("Included; left out: of the same month"))
    leads = _count("Who came or asked")
    stages = fields.Raw(
        allow_none=True,
        metadata={
            "description": "Between leads and clients, in order: {name, count} each",
            "type": "array",
            "items": {"type": "object"},
        },
    )
    clients = _count("Different clients who bought")
    purchases = _count("Their purchases")
    revenue = _exact("Zero or more; as text it stays exact")
    currency = Words(allow_none=True, metadata=described("ISO 4217, such as EUR"))
    note = Words(allow_none=True, metadata=described("", maxLength=LIMIT))


class LeverStruckIn(Sent):
    reason = Words(allow_none=True, metadata=described("Why", maxLength=LIMIT))


class LeverStageOut(ma.Schema):
    name = _text()
    count = fields.Integer(required=True)


class LeverEntryOut(ma.Schema):
    """What every entry has."""

    id = _text()
    unit = fields.Nested(PlaceOut, required=True, allow_none=True)
    starts_on = _day()
    ends_on = _day()
    note = _text()
    author = fields.Nested(PersonOut, required=True, allow_none=True)
    created_at = _moment()
    updated_at = _moment()
    void_reason = _text("Why it is struck out", allow_none=True)
    voided_at = _moment(allow_none=True)
    version = _whole("To send as If-Match")


class LeverPeriodOut(LeverEntryOut):
    """A period; revenue and check are null for those who may not see money."""

    leads = fields.Integer(required=True)
    stages = fields.List(fields.Nested(LeverStageOut), required=True)
    clients = fields.Integer(required=True)
    purchases = fields.Integer(required=True)
    revenue = _text("A decimal number", allow_none=True)
    currency = _text()
    conversion = _share("From lead to client")
    check = _share("Revenue of a purchase")
    frequency = _share("Purchases of a client")


class LeverTargetsIn(Sent):
    """All targets: a lever that is left out has none."""

    inflow = _exact("Leads a week")
    conversion = _exact("From lead to client, a fraction")
    check = _exact("Revenue of a purchase")
    currency = Words(allow_none=True, metadata=described("Of the check"))
    frequency = _exact("Purchases of a client in a period")


class LeverTargetsOut(ma.Schema):
    """The targets of a unit; the check is null for those who may not see money."""

    unit = fields.Nested(PlaceOut, required=True, allow_none=True)
    inflow = _text("A decimal number", allow_none=True)
    conversion = _text("A decimal number", allow_none=True)
    check = _text("A decimal number", allow_none=True)
    currency = _text(allow_none=True)
    frequency = _text("A decimal number", allow_none=True)
    version = _whole("To send as If-Match; 0 before any was set")


class LeverStandingOut(ma.Schema):
    """Where a lever stands."""

    lever = _one_of(Lever)
    order = _text("1, 2, 3a or 3b")
    now = _share("Of the inflow: leads a week")
    target = _share("What it is to reach")
    share = _share("Of the target")


class LeverPartOut(ma.Schema):
    """What a lever, or a stage of the conversion, brought."""

    lever = _one_of(Lever)
    stage = _text("Of the conversion: into which stage", allow_none=True)
    amount = _text("A decimal number")


class LeverChangeOut(ma.Schema):
    """A change of revenue, taken apart; the amounts add up to it exactly."""

    before = _text("Id of the earlier period")
    after = _text("Id of the later period")
    total = _text("A decimal number", allow_none=True)
    currency = _text(allow_none=True)
    levers = fields.List(fields.Nested(LeverPartOut), required=True)
    parts = fields.List(fields.Nested(LeverPartOut), required=True)
    notes = fields.List(fields.String(), required=True)


class LeverMeasuredOut(ma.Schema):
    """The difference of the deciding comparison, with its interval."""

    metric = _text()
    estimate = fields.Float(required=True)
    low = _share("null: open")
    high = _share("null: open")


class LeverMovedOut(ma.Schema):
    """A hypothesis on its lever."""

    key = _text()
    lever = _one_of(Lever)
    verdict = _text(allow_none=True)
    effect = fields.Nested(LeverMeasuredOut, required=True, allow_none=True)
    early = fields.List(
        fields.String(), required=True,
        metadata={"description": "Where levers before its own fall short"},
    )  # fmt: skip
    order_reason = _text("Why it is tuned all the same", allow_none=True)


class LeversOut(ma.Schema):
    """The levers of a unit, or of the whole."""

    unit = fields.Nested(PlaceOut, required=True, allow_none=True)
    period = _text("Id of the last period", allow_none=True)
    levers = fields.List(fields.Nested(LeverStandingOut), required=True)
    next = _one_of(Lever, allow_none=True)
    change = fields.Nested(LeverChangeOut, required=True, allow_none=True)
    hypotheses = fields.List(fields.Nested(LeverMovedOut), required=True)


class ImportIn(Sent):
    text = Words(required=True, metadata=described("Lines as they are pasted", maxLength=MOST_TEXT))
    dry_run = Flag(metadata=described("Only say what it would do"))


class PeriodsImportIn(ImportIn):
    unit = Words(allow_none=True, metadata=described("Where no column says so"))
    currency = Words(allow_none=True, metadata=described("Where no column says so"))


class BasesImportIn(ImportIn):
    starts_on = Day(allow_none=True, metadata=described("Where no column says so"))
    ends_on = Day(allow_none=True, metadata=described("Where no column says so"))


class ClientCountIn(Sent):
    text = Words(
        required=True,
        metadata=described("Rows of client, day and territory, with heads", maxLength=MOST_TEXT),
    )
    starts_on = Day(metadata=described("Of the period"))
    ends_on = Day(metadata=described("Of the period, included"))
    client = Words(allow_none=True, metadata=described("Its column, where its name is another"))
    day = Words(allow_none=True, metadata=described("Its column, where its name is another"))
    territory = Words(allow_none=True, metadata=described("Its column, where its name is another"))


class CountedTerritoryOut(ma.Schema):
    """A territory; its name is empty where the rows name none."""

    territory = _text()
    active = fields.Integer(required=True)
    ever = fields.Integer(required=True)
    potential = fields.Integer(required=True, allow_none=True)


class ClientCountOut(ma.Schema):
    """What was counted. Nothing is stored: send `text` to be imported."""

    territories = fields.List(fields.Nested(CountedTerritoryOut), required=True)
    notes = fields.List(fields.String(), required=True)
    text = _text("As an import takes it")


class LeverImportRowOut(ma.Schema):
    line = fields.Integer(required=True)
    label = _text()
    does = _one_of(Does)
    faults = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class LeverImportOut(ma.Schema):
    """What a list does, or has done."""

    is_stored = fields.Boolean(required=True)
    rows = fields.List(fields.Nested(LeverImportRowOut), required=True)
    stages = fields.List(fields.String(), required=True)
    unread = fields.List(fields.String(), required=True)


class BaseQuery(PageQuery):
    starts_on = Day(metadata=described("Of the period; the last one unless said"))
    ends_on = Day(metadata=described("Of the period; the last one unless said"))


class ClientBaseIn(Sent):
    """A territory's client base. What is left out of a PATCH stays."""

    territory = Words(allow_none=True, metadata=described("", maxLength=120))
    unit = Words(allow_none=True, metadata=described("Which unit it is: id or code"))
    starts_on = Words(allow_none=True, metadata=described("A day, or a month: 2026-03"))
    ends_on = Words(allow_none=True, metadata=described("Included"))
    active = _count("Bought in the period")
    ever = _count("Ever bought, until its last day")
    potential = _count("Could buy")
    note = Words(allow_none=True, metadata=described("", maxLength=LIMIT))


class ClientBaseOut(LeverEntryOut):
    """A territory's client base, with the whole one by the definition in force."""

    territory = _text()
    active = fields.Integer(required=True)
    ever = fields.Integer(required=True, allow_none=True)
    potential = fields.Integer(required=True, allow_none=True)
    whole = fields.Integer(required=True, allow_none=True)
    ratio = _share("Active of the whole")


class BaseDefinitionIn(Sent):
    definition = Choice(BaseDefinition, about="Whom the whole base counts")


class BaseDefinitionOut(ma.Schema):
    """The setting, and the sum of the last period by it."""

    definition = _one_of(BaseDefinition)
    active = fields.Integer(required=True)
    whole = fields.Integer(required=True)
    ratio = _share("Active of the whole")
    not_known = _whole("Territories whose whole base is not known by it: not in the sum")
    version = _whole("To send as If-Match")
