"""Money as the API shows it: entries of ledgers, budgets, paybacks."""

from __future__ import annotations

from dataclasses import asdict

from hadi.api.shown import Json, moment, person
from hadi.api.voice import say
from hadi.domain.money import Money
from hadi.domain.payback_sentence import sentence
from hadi.models import BudgetDecision, Cost, Test
from hadi.services import costs
from hadi.services.economics import Economics
from hadi.stats.payback import Gain, Weeks


def cost(shown: Cost, test_number: int) -> Json:
    return {
        **shown.money.as_json(),
        "id": shown.id,
        "test": test_number,
        "kind": shown.kind.value,
        "spent_on": shown.spent_on.isoformat(),
        "note": shown.note,
        "author": person(shown.author),
        "created_at": moment(shown.created_at),
        "updated_at": moment(shown.updated_at),
        "void_reason": shown.void_reason or None,
        "voided_at": moment(shown.voided_at),
        "version": shown.version,
    }


def budget(test: Test) -> Json:
    known = costs.budget(test)
    return {
        "level": known.level.value,
        "cap": _money(known.cap),
        "planned_cap": _money(costs.planned_cap(test)),
        "spent": _money(known.spent),
        "share": known.share,
        "others": [money.as_json() for money in known.others],
    }


def budget_decision(shown: BudgetDecision, test: Test) -> Json:
    return {
        "id": shown.id,
        "decision": shown.choice.value,
        "cap": None if shown.cap is None else Money(shown.cap, shown.currency).as_json(),
        "reason": shown.reason,
        "author": person(shown.author),
        "created_at": moment(shown.created_at),
        "budget": budget(test),
    }


def economics(shown: Economics, test: Test) -> Json:
    found = shown.assessment
    return {
        "payback": found.payback.value,
        "sentence": say(sentence(found)),
        "missing": [{"code": text.code, "detail": say(text)} for text in found.missing],
        "currency": found.currency,
        "declared": shown.declared.as_json(),
        "planned": shown.planned.as_json(),
        "estimated_after_result": list(shown.afterwards),
        "costs": [money.as_json() for money in found.costs],
        "margin_per_week": _ends(found.gain),
        "test_weeks": found.test_weeks,
        "earned": _ends(found.earned),
        "earned_share": _ends(found.share),
        "weeks": _ends(found.weeks),
        "limit_weeks": found.limit_weeks,
        "store": asdict(found.store) if found.store else None,
        "customer": asdict(found.customer) if found.customer else None,
        "matures_on": found.matures_on.isoformat() if found.matures_on else None,
        "budget": budget(test),
    }


def _ends(ends: Gain | Weeks | None) -> Json | None:
    return asdict(ends) if ends is not None else None


def _money(money: Money | None) -> Json | None:
    return money.as_json() if money else None
