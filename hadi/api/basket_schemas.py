"""What is sent of baskets, and what is answered."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

from hadi.api.fields import Bare, Choice, Listed, Sent, Words, described
from hadi.api.paging import PageQuery
from hadi.api.schemas import PersonOut
from hadi.domain.baskets import RECEIPT_ROLES
from hadi.services.basket_use import GRAINS
from hadi.services.table_files import Format

_NUMBER = {"type": ["number", "string"]}


def _number(about: str) -> Bare:
    return Bare(allow_none=True, metadata={"description": about, **_NUMBER})


class BasketIn(Sent):
    """How receipts are read. What is left out stays."""

    name = Words(allow_none=True, metadata=described("", maxLength=200))
    columns = fields.Dict(
        keys=fields.String(), values=fields.String(allow_none=True),
        metadata=described(f"What a column is for, to its name: {', '.join(RECEIPT_ROLES)}"),
    )  # fmt: skip
    core = Listed(Words(), metadata=described("Categories that are the core"))
    periphery = Listed(
        Words(), metadata=described("Categories that are added; empty: all that is not core")
    )
    goal = _number("Share of who closed the sale, per cent; with the assist it makes 100")
    assist = _number("Share of who passed it on, per cent")
    since = Words(allow_none=True, metadata=described("The day of a change: before against after"))
    control = Words(allow_none=True, metadata=described("The arm that was left as it was"))
    threshold = _number("What the attach rate has to gain, in percentage points")
    least = _number("Receipts with both from which a rule is listed; 30 unless said")
    alpha = _number("Error level; 0.05 unless said")


class BasketRulesQuery(PageQuery):
    q = Words(metadata=described("Words of either side"))


class BasketFileQuery(Sent):
    format = Choice(Format, about="csv unless said")


class BasketUseIn(Sent):
    hypothesis = Words(required=True, metadata=described("Its key or id"))
    grain = Words(allow_none=True, metadata=described("week unless said", enum=[*GRAINS, None]))
    treated = Listed(
        Words(), metadata=described("Stores that got the change, where the receipts do not say")
    )
    mapping = fields.Dict(
        keys=fields.String(), values=fields.String(),
        metadata=described("The plan's name of a column to the one here; as the data before"),
    )  # fmt: skip
    reason = Words(allow_none=True, metadata=described("Of other columns than before"))


class BasketDeleteIn(Sent):
    reason = Words(required=True, metadata=described("Why", minLength=1, maxLength=2000))


class BasketOut(ma.Schema):
    """A file of receipt lines. `found` is the object of `hadi basket --json`, without what this
    person may not see (null, and named in `hidden`); rules have an address of their own."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    filename = fields.String(required=True)
    rows = fields.Integer(required=True)
    columns = fields.List(fields.Dict(), required=True)
    spec = fields.Dict(required=True)
    found = fields.Dict(required=True, allow_none=True)
    author = fields.Nested(PersonOut, required=True)
    created_at = fields.String(required=True, metadata={"format": "date-time"})
    updated_at = fields.String(required=True, metadata={"format": "date-time"})
    removed_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    deleted_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    version = fields.Integer(required=True)


class BasketRuleOut(ma.Schema):
    """Who buys `a` also buys `b`. Ranges are over stores, null where there are too few."""

    a = fields.String(required=True)
    b = fields.String(required=True)
    receipts = fields.Integer(required=True)
    with_a = fields.Integer(required=True)
    with_b = fields.Integer(required=True)
    with_both = fields.Integer(required=True)
    support = fields.Float(required=True)
    confidence = fields.Float(required=True)
    confidence_low = fields.Float(required=True, allow_none=True)
    confidence_high = fields.Float(required=True, allow_none=True)
    elsewhere = fields.Float(required=True, allow_none=True)
    lift = fields.Float(required=True)
    lift_low = fields.Float(required=True, allow_none=True)
    lift_high = fields.Float(required=True, allow_none=True)
    p_adjusted = fields.Float(required=True, allow_none=True)
    sure = fields.Boolean(required=True)


BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "description": "A row for each line of a receipt; up to 64 MB",
                        "type": "string", "contentMediaType": "application/octet-stream",
                    },
                    "name": {"description": "The file's own unless said", "type": "string"},
                    "spec": {
                        "description": "JSON object, as PATCH takes it; columns are guessed",
                        "type": "string",
                    },
                },
            }
        }
    },
}  # fmt: skip
