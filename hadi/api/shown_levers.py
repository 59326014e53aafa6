"""Levers and client bases as the API shows them."""

from __future__ import annotations

from typing import Any

from hadi.api.shown import Json, moment, person
from hadi.api.voice import say
from hadi.domain.client_bases import share
from hadi.domain.levers import Lever
from hadi.models import ClientBase, LeverPeriod, LeverTarget, Unit
from hadi.services import client_bases, lever_targets
from hadi.services.lever_import import Imported
from hadi.services.levers import Board, Compared, Moved


def period(shown: LeverPeriod, *, sees_money: bool) -> Json:
    counted = shown.turnover
    found = {lever: counted.value(lever) for lever in Lever}
    factors = {lever: None if value is None else float(value) for lever, value in found.items()}
    return {
        **_entry(shown),
        "leads": shown.leads,
        "stages": [{"name": name, "count": count} for name, count in counted.stages],
        "clients": shown.clients,
        "purchases": shown.purchases,
        "revenue": str(shown.revenue) if sees_money else None,
        "currency": shown.currency,
        "conversion": factors[Lever.CONVERSION],
        "check": factors[Lever.CHECK] if sees_money else None,
        "frequency": factors[Lever.FREQUENCY],
    }


def targets(unit: Unit | None, shown: LeverTarget | None, *, sees_money: bool) -> Json:
    body = dict(shown.body) if shown else {}
    if not sees_money:
        body.pop(Lever.CHECK.value, None)
    return {
        "unit": place(unit),
        **{lever.value: body.get(lever.value) for lever in Lever},
        "currency": (shown.currency or None) if shown and sees_money else None,
        "version": shown.version if shown else 0,
    }


def board(shown: Board) -> Json:
    hidden = () if shown.sees_money else (Lever.CHECK,)
    goals = lever_targets.values(shown.target)
    return {
        "unit": place(shown.unit),
        "period": shown.latest.id if shown.latest else None,
        "levers": [
            {
                "lever": each.lever.value,
                "order": each.lever.order,
                "now": None if each.lever in hidden else _number(each.now),
                "target": None if each.lever in hidden else _number(goals.get(each.lever)),
                "share": None if each.lever in hidden else _number(each.share),
            }
            for each in shown.standings
        ],
        "next": shown.next.lever.value if shown.next else None,
        "change": _compared(shown.compared)
        if shown.compared is not None and shown.sees_money
        else None,
        "hypotheses": [_moved(each) for each in shown.moved],
    }


def base(shown: ClientBase) -> Json:
    held = share(shown.counts, client_bases.definition())
    return {
        **_entry(shown),
        "territory": shown.territory,
        "active": shown.active,
        "ever": shown.ever,
        "potential": shown.potential,
        "whole": held.whole if held else None,
        "ratio": held.ratio if held else None,
    }


def imported(done: Imported, *, is_stored: bool) -> Json:
    return {
        "is_stored": is_stored,
        "rows": [
            {
                "line": row.line,
                "label": row.label,
                "does": row.does.value,
                "faults": {name: say(text) for name, text in row.faults.items()},
            }
            for row in done.rows
        ],
        "stages": list(done.stages),
        "unread": list(done.unread),
    }


def place(unit: Unit | None) -> Json | None:
    return {"id": unit.id, "code": unit.code, "name": unit.name} if unit else None


def _entry(shown: LeverPeriod | ClientBase) -> Json:
    return {
        "id": shown.id,
        "unit": place(shown.unit),
        "starts_on": shown.starts_on.isoformat(),
        "ends_on": shown.ends_on.isoformat(),
        "note": shown.note,
        "author": person(shown.author),
        "created_at": moment(shown.created_at),
        "updated_at": moment(shown.updated_at),
        "void_reason": shown.void_reason or None,
        "voided_at": moment(shown.voided_at),
        "version": shown.version,
    }


def _compared(shown: Compared) -> Json:
    change = shown.change
    problems = [shown.problem] if shown.problem else []
    return {
        "before": shown.before.id,
        "after": shown.after.id,
        "total": str(change.total) if change else None,
        "currency": shown.after.currency if change else None,
        "levers": [
            {"lever": lever.value, "stage": None, "amount": str(amount)}
            for lever, amount in change.by_lever.items()
        ]
        if change
        else [],
        "parts": [
            {"lever": part.lever.value, "stage": part.name or None, "amount": str(part.amount)}
            for part in change.parts
        ]
        if change
        else [],
        "notes": [say(text) for text in (*problems, *shown.notes)],
    }


def _moved(shown: Moved) -> Json:
    assert shown.setting.lever is not None
    return {
        "key": shown.hypothesis.key,
        "lever": shown.setting.lever.value,
        "verdict": shown.result.verdict if shown.result else None,
        "effect": _effect(shown),
        "early": [say(text) for text in shown.early],
        "order_reason": shown.setting.order_reason or None,
    }


def _effect(shown: Moved) -> Json | None:
    """The estimate of the arm that the verdict speaks of."""
    record = shown.result.record if shown.result else {}
    found = [each for each in record.get("comparisons", ()) if each["role"] == "primary"]
    named = [each for each in found if each["arm"] == record.get("arm")]
    comparison = next(iter(named or found), None)
    difference = comparison["difference"] if comparison else None
    if not difference or difference.get("estimate") is None:
        return None
    ends = {name: difference[name] for name in ("estimate", "low", "high")}
    return {"metric": comparison["metric"], **ends} if comparison else None


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
