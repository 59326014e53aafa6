"""What answers about money look like, for the OpenAPI document; `shown_money` makes them."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from hadi.api.schemas import PersonOut, _day, _moment, _one_of, _text, _whole
from hadi.domain.costs import BudgetChoice, BudgetLevel, CostKind
from hadi.domain.scaling import Payback


def _amount() -> fields.String:
    return fields.String(required=True, metadata={"description": "A decimal number"})


class MoneyOut(ma.Schema):
    """An amount in its currency."""

    amount = _amount()
    currency = _text("ISO 4217")


class CostOut(MoneyOut):
    """An entry of a ledger. Struck out, it no longer counts."""

    id = _text()
    test = _whole("Number of the test it belongs to")
    kind = _one_of(CostKind)
    spent_on = _day()
    note = _text()
    author = fields.Nested(PersonOut, required=True, allow_none=True)
    created_at = _moment()
    updated_at = _moment()
    void_reason = _text("Why it is struck out", allow_none=True)
    voided_at = _moment(allow_none=True)
    version = _whole("To send as If-Match")


class BudgetOut(ma.Schema):
    """A test's costs against its cap."""

    level = _one_of(BudgetLevel)
    cap = fields.Nested(MoneyOut, required=True, allow_none=True)
    planned_cap = fields.Nested(MoneyOut, required=True, allow_none=True)
    spent = fields.Nested(MoneyOut, required=True, allow_none=True)
    share = fields.Float(
        required=True, allow_none=True, metadata={"description": "Spent of the cap: 1.37 is 137%"}
    )
    others = fields.List(
        fields.Nested(MoneyOut), required=True,
        metadata={"description": "Sums in other currencies: nothing is converted or added"},
    )  # fmt: skip


class BudgetDecisionOut(ma.Schema):
    """A leader's decision on a budget, and how the test stands to it now."""

    id = _text()
    decision = _one_of(BudgetChoice)
    cap = fields.Nested(MoneyOut, required=True, allow_none=True)
    reason = _text()
    author = fields.Nested(PersonOut, required=True, allow_none=True)
    created_at = _moment()
    budget = fields.Nested(BudgetOut, required=True)


class EndsOut(ma.Schema):
    """An estimate with its interval; null is an end that is open."""

    estimate = fields.Float(required=True)
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)


class WeeksOut(ma.Schema):
    """Weeks until the costs are earned, by the estimate and at both ends; null is never."""

    estimate = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)


class CaseOut(ma.Schema):
    """What a store leaves a week, and in how many weeks it pays back; null is never."""

    net = fields.Float(required=True, allow_none=True)
    weeks = fields.Float(required=True, allow_none=True)


class StoreOut(ma.Schema):
    estimate = fields.Nested(CaseOut, required=True)
    low = fields.Nested(CaseOut, required=True)
    half = fields.Nested(CaseOut, required=True)


class CustomerOut(ma.Schema):
    first_order = fields.Float(required=True)
    lifetime_value = fields.Float(required=True)
    value_within = fields.Float(
        required=True, metadata={"description": "Of the lifetime value, within the horizon"}
    )
    ratio = fields.Float(required=True, allow_none=True, metadata={"description": "LTV to CAC"})
    weeks = fields.Float(required=True, allow_none=True)


class MissingOut(ma.Schema):
    code = _text()
    detail = _text("In the language of Accept-Language")


def _nested(schema: type[ma.Schema]) -> fields.Nested:
    return fields.Nested(schema, required=True, allow_none=True)


class EconomicsOut(ma.Schema):
    """What a result is worth against what it cost. Gains are margin, in `currency`."""

    payback = _one_of(Payback)
    sentence = _text()
    missing = fields.List(fields.Nested(MissingOut), required=True)
    currency = _text(allow_none=True)
    declared = fields.Dict(
        required=True, metadata={"description": "What is known: the plan's, then the estimate's"}
    )
    planned = fields.Dict(required=True, metadata={"description": "What the plan declared"})
    estimated_after_result = fields.List(fields.String(), required=True)
    costs = fields.List(fields.Nested(MoneyOut), required=True)
    margin_per_week = _nested(EndsOut)
    test_weeks = fields.Float(required=True, allow_none=True)
    earned = _nested(EndsOut)
    earned_share = _nested(EndsOut)
    weeks = _nested(WeeksOut)
    limit_weeks = fields.Float(required=True, allow_none=True)
    store = _nested(StoreOut)
    customer = _nested(CustomerOut)
    matures_on = _day(allow_none=True)
    budget = fields.Nested(BudgetOut, required=True)
