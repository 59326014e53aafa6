"""Records as the API shows them. Times are UTC, ISO 8601 with Z; texts of the rules are in the
language of the request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from hadi.api.authentication import actor, now
from hadi.api.voice import language, say
from hadi.domain.errors import Blocker
from hadi.domain.lifecycle import Step
from hadi.domain.permissions import Permission, allows
from hadi.domain.plan import MetricRole
from hadi.domain.plan_sense import expects_worse
from hadi.domain.statement import Statement
from hadi.domain.text import Text, render
from hadi.domain.verdict_label import Label
from hadi.models import (
    Analysis,
    Conclusion,
    Event,
    Hypothesis,
    PlanVersion,
    Rollout,
    Test,
    User,
    Wave,
)
from hadi.models.dataset import DatasetRole
from hadi.services import economics, hypotheses, narrowing, rollout_gain
from hadi.services.dataset_records import newest_versions
from hadi.services.rollout_list import promise_of
from hadi.speech import BabelSpeaker

Json = dict[str, Any]


def moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def person(user: User | None) -> Json | None:
    return {"id": user.id, "name": user.name, "email": user.email} if user else None


def member(user: User) -> Json:
    return {**(person(user) or {}), "roles": sorted(role.name for role in user.roles)}


def blocker(found: Blocker) -> Json:
    return {"code": found.code, "detail": say(found.text), "field": found.field}


# --------------------------------------------------------------------------- hypotheses
def sentence(hypothesis: Hypothesis) -> str:
    """The statement as one sentence, in the language it was written in."""
    statement = hypothesis.statement
    parts = {name: _clause(statement, name) for name in ("change", "effect", "reason")}
    code = "statement_if"
    code += "_then" if parts["effect"] else ""
    code += "_because" if parts["reason"] else ""
    said = {name: written for name, written in parts.items() if written}
    return render(Text(code, **said), BabelSpeaker(hypothesis.language))


def _clause(statement: Statement, name: str) -> str:
    written: str = getattr(statement, name)
    return " ".join(written.split()).rstrip(".")


def hypothesis(shown: Hypothesis) -> Json:
    test = shown.current_test
    return {
        "id": shown.id,
        "key": shown.key,
        "state": shown.state.value,
        "title": shown.title,
        "change": shown.change,
        "effect": shown.effect,
        "reason": shown.reason,
        "sentence": sentence(shown),
        "author": person(shown.author),
        "owner": person(shown.owner),
        "steward": person(test.steward) if test else None,
        "verdict": shown.verdict,
        "verdict_label": verdict_label(shown.verdict_label),
        "created_at": moment(shown.created_at),
        "updated_at": moment(shown.updated_at),
        "version": shown.version,
        "plan": plan(test.plan_version, shown) if test and test.plan_version else None,
        "test": _test(test) if test else None,
        "links": _links(shown),
    }


def whole_hypothesis(shown: Hypothesis) -> Json:
    """With what a list leaves out: the decision in force, and why it was put aside."""
    decided = hypotheses.conclusion_in_force(shown)
    return {
        **hypothesis(shown),
        "archive_reason": shown.archive_reason or None,
        "conclusion": decision(decided) if decided else None,
    }


def brief_hypothesis(shown: Hypothesis) -> Json:
    return {"id": shown.id, "key": shown.key, "sentence": sentence(shown)}


def _test(test: Test) -> Json:
    return {"id": test.id, "number": test.number, "started_at": moment(test.started_at)}


def _links(shown: Hypothesis) -> Json:
    here = f"/api/v1/hypotheses/{shown.id}"
    parts = ("plan", "datasets", "analyses", "costs", "economics", "events")
    return {
        "self": here,
        **{part: f"{here}/{part}" for part in parts},
        "page": f"/hypotheses/{shown.key}",
    }


# -------------------------------------------------------------------------------- plans
def plan(version: PlanVersion, of: Hypothesis) -> Json:
    """A plan; what its effect is worth only for who may see money."""
    body = version.plan.as_json()
    if not allows(actor(), Permission.VIEW_MONEY, hypotheses.stake(of)):
        body.pop("money", None)
    return {
        **body,
        "version": version.number,
        "digest": version.digest,
        "locked_at": moment(version.locked_at),
    }


def plan_answer(shown: Hypothesis, version: PlanVersion) -> Json:
    """The plan, and what keeps its test from starting (nothing, once it has)."""
    found = hypotheses.blockers(shown, Step.START) if not version.is_locked else ()
    worse = expects_worse(version.plan)
    notes = [] if worse is None else [Blocker(worse, "expected_effect")]
    return {
        **plan(version, shown),
        "state": shown.state.value,
        "blockers": [blocker(each) for each in found],
        "notes": [blocker(each) for each in notes],
    }


# ------------------------------------------------------------------------------- analyses
def analysis(
    shown: Analysis,
    test_number: int,
    *,
    newest: Mapping[tuple[str, DatasetRole], int] | None = None,
) -> Json:
    """The object of `hadi check --json`, and what it was made of. `newest`: the last versions, as
    a list has asked for them once for all of its page."""
    data = shown.dataset
    last = newest_versions([data]) if newest is None else newest
    return {
        **in_language(shown.record),
        "verdict_label": verdict_label(shown.label),
        "id": shown.id,
        "dataset_version": data.version,
        "dataset_is_current": data.version == last.get((data.test_id, data.role)),
        "plan_version": shown.plan_version.number,
        "test": test_number,
        "is_final": shown.is_final,
        "early_reason": shown.early_reason or None,
        "author": person(shown.author),
        "created_at": moment(shown.created_at),
    }


def verdict_label(label: Label | None) -> str | None:
    """The word on a verdict's badge."""
    return say(Text(f"verdict_{label.value}")) if label else None


# Where a record keeps a sentence, and where the code and parameters it was made of.
_SENTENCES = {"sentence": "sentence_text", "detail": "text", "note": "note_text"}


def in_language(record: Mapping[str, Any]) -> Json:
    """A stored record with its sentences in the language of the request; it keeps them in
    English, as the command line says them."""
    if language() == "en":
        return dict(record)
    translated: Json = {}
    for name, value in record.items():
        if isinstance(value, Mapping):
            has_sentence = "note_text" in value or "sentence_text" in value
            translated[name] = in_language(value) if has_sentence else dict(value)
        elif isinstance(value, list):
            translated[name] = [in_language(v) if isinstance(v, Mapping) else v for v in value]
        else:
            translated[name] = value
    for name, source in _SENTENCES.items():
        text = record.get(source) or record.get("text")
        if text is None and "params" in record:  # a note of a parse report is its own text
            text = record
        if record.get(name) and text:
            translated[name] = say(Text.from_json(text))
    return translated


# ---------------------------------------------------------------------------- decisions
def decision(shown: Conclusion) -> Json:
    return {
        "id": shown.id,
        "decision": shown.decision.value,
        "reason": shown.reason,
        "insight": {
            "learned": shown.learned,
            "holds_where": shown.holds_where,
            "next": shown.next,
            **({"cause": shown.cause} if shown.cause else {}),
        },
        "override": shown.override or None,
        "acknowledge_payback": shown.is_payback_acknowledged,
        "analysis_id": shown.analysis_id,
        "author": person(shown.author),
        "created_at": moment(shown.created_at),
    }


def conclusion(shown: Conclusion, queued: Rollout | None) -> Json:
    return {
        **decision(shown),
        "rollout": brief_rollout(queued) if queued else None,
        "hypothesis": hypothesis(shown.hypothesis),
    }


# ---------------------------------------------------------------------------- roll-outs
def brief_rollout(shown: Rollout) -> Json:
    payback = economics.payback_now(shown, now=now())
    return {"id": shown.id, "status": shown.status.value, "payback": payback.value}


def rollout(shown: Rollout) -> Json:
    return {
        **brief_rollout(shown),
        "version": shown.version,
        "position": shown.position,
        "owner": person(shown.owner),
        "hypothesis": brief_hypothesis(shown.hypothesis),
        "margin_per_week": _margin(shown),
        "promised": _promised(shown),
        "narrowed_to": narrowing.of(shown.conclusion),
        "waves": [wave(each) for each in shown.waves],
        "next_measurement": shown.measure_on.isoformat() if shown.measure_on else None,
        "stop_reason": shown.stop_reason or None,
        "created_at": moment(shown.created_at),
        "updated_at": moment(shown.updated_at),
    }


def _margin(shown: Rollout) -> Json | None:
    """What it brings a week; None for who may not see money too."""
    weekly = rollout_gain.seen(shown, by=actor())
    if weekly is None:
        return None
    told = {"currency": weekly.currency, "is_measured_again": weekly.is_measured_again}
    return asdict(weekly.gain) | told


def wave(shown: Wave) -> Json:
    measured = shown.has_held is not None
    return {
        "number": shown.number,
        "scope": shown.scope,
        "starts_on": shown.starts_on.isoformat(),
        "measure_on": shown.measure_on.isoformat(),
        "measurement": {
            "held": shown.has_held,
            "effect": shown.effect,
            "low": shown.low,
            "high": shown.high,
            "note": shown.note,
            "measured_at": moment(shown.measured_at),
        }
        if measured
        else None,
    }


def wave_answer(shown: Wave) -> Json:
    return {**wave(shown), "rollout": rollout(shown.rollout)}


def _promised(shown: Rollout) -> Json | None:
    """What the deciding comparison found: the primary metric in the arm the verdict names."""
    record = shown.conclusion.analysis.record
    found = [c for c in record["comparisons"] if c["role"] == MetricRole.PRIMARY]
    named = [c for c in found if c["arm"] == record["arm"]] or found
    if not named:
        return None
    deciding, promise = named[0], promise_of(shown)
    ends = {name: getattr(promise, name, None) for name in ("estimate", "low", "high", "unit")}
    return {
        "metric": deciding["metric"], "arm": deciding["arm"], **ends,
        "over_all": promise.whole if promise else None, "lift": deciding["lift"],
    }  # fmt: skip


# ------------------------------------------------------------------------------- history
def event(shown: Event, changes: Mapping[str, Any]) -> Json:
    return {
        "id": shown.id,
        "at": moment(shown.at),
        "actor": {
            "kind": shown.actor_kind.value,
            "id": shown.actor_id,
            "name": shown.actor.name if shown.actor else None,
            "token_id": shown.token_id,
        },
        "verb": shown.verb,
        "subject": shown.subject,
        "subject_id": shown.subject_id,
        "changes": dict(changes),
        "details": dict(shown.details),
    }
