"""The log in words: an event as who did what, with what changed and why.

Which sentence an event gets is decided here; its words stand in `hadi.domain.wording.events`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hadi.domain.lifecycle import State
from hadi.domain.permissions import ActorKind
from hadi.domain.text import Text
from hadi.domain.wording import WORDING
from hadi.models import Event, Hypothesis
from hadi.services.hypothesis_history import History
from hadi.web.hypotheses import plan_words
from hadi.web.shared.language import moment, say
from hadi.web.shared.pages import Change, HistoryEntry
from hadi.web.shared.render import initials

# Details that say why, in the person's own words.
NOTES = ("reason", "early_reason", "override", "note")
# What happens to a feed of the test.
FEED_VERBS = (
    "chosen", "discarded", "added", "mapped", "scheduled", "paused", "resumed", "stopped",
    "restored",
)  # fmt: skip
# Fields whose change the sentence has said already.
SAID = {"state"}


def entries(history: History, hypothesis: Hypothesis) -> tuple[HistoryEntry, ...]:
    """A page of the history in the reader's language."""
    test = hypothesis.current_test
    plan = test.plan_version.body if test and test.plan_version else {}
    return tuple(_entry(event, history, plan) for event in history.events)


def sentence_of(event: Event) -> Text:
    """What happened, as it goes on from the name of whoever did it."""
    said = _SENTENCES.get(event.verb)
    return said(event) if said else Text(f"event_{event.verb}")


def _entry(event: Event, history: History, plan: Mapping[str, Any]) -> HistoryEntry:
    who = _who(event, history)
    changes = history.changes[event.id]
    return HistoryEntry(
        at=event.at.isoformat(),
        when=moment(event.at),
        who=say(who),
        initials=initials(event.actor.name) if event.actor else "H",
        what=say(sentence_of(event)),
        changes=_plan_changes(changes, plan) if event.subject == "plan" else _changes(changes),
        note=_blockers(event) if event.verb == "refused" else _note(event),
        is_refused=event.verb == "refused",
    )


def _who(event: Event, history: History) -> Text:
    if event.actor_kind in (ActorKind.JOB, ActorKind.RESTORE):
        return Text("actor_job")
    if event.actor is None:
        return Text("actor_unknown")
    if event.actor_kind is not ActorKind.TOKEN:
        return Text("actor_person", person=event.actor.name)
    token = history.tokens.get(event.token_id or "")
    if token is None:
        return Text("actor_token_unnamed", person=event.actor.name)
    return Text("actor_token", person=event.actor.name, token=token)


def _became(event: Event) -> Text:
    before, after = event.changes.get("state", (None, None))
    if before == State.ARCHIVED:
        return Text("event_restored")
    if (before, after) == (State.CONCLUDED, State.MEASURED):
        return Text("event_reopened")
    if (before, after) == (State.CONCLUDED, State.PLANNED):
        return Text("event_planned_again")
    decision = event.details.get("decision")
    if decision:
        return Text("event_decided", decision=Text(f"decision_{decision}"))
    return Text(f"event_{event.verb}")


def _refused(event: Event) -> Text:
    codes = event.details.get("blockers", [])
    is_right = bool(codes) and all(code.startswith("not_allowed.") for code in codes)
    code = "event_refused_right" if is_right else "event_refused"
    return Text(code, step=Text(f"step_{event.details['step']}"))


def _attached(event: Event) -> Text:
    filename, version = event.details.get("filename"), event.details["version"]
    if not filename:
        return Text("event_data_typed", version=version)
    if event.details.get("role", "outcome") != "outcome":
        return Text("event_data_beside", filename=filename, version=version)
    relation = event.details.get("relation")
    code = {"correction": "event_data_corrected", "increment": "event_data_added"}.get(
        relation or "", "event_data_attached"
    )
    return Text(code, filename=filename, version=version)


def _analysed(event: Event) -> Text:
    code = "event_analysed_early" if event.details.get("early_reason") else "event_analysed"
    return Text(code, verdict=Text(f"verdict_{_badge(event)}"))


def _badge(event: Event) -> str:
    """The verdict as its badge says it; what is older than labels kept the verdict alone."""
    details = event.details
    return str(details.get("label") or details["verdict"])


def _wave_measured(event: Event) -> Text:
    has_held = event.details.get("has_held")
    if has_held is None:
        return Text("event_wave_measured", wave=event.details["wave"])
    return Text(
        "event_wave_held" if has_held else "event_wave_did_not_hold", wave=event.details["wave"]
    )


def _with(*names: str) -> Callable[[Event], Text]:
    """A sentence that takes those details as they are."""
    return lambda event: Text(
        f"event_{event.verb}", **{name: event.details.get(name) or "" for name in names}
    )


_SENTENCES: Mapping[str, Callable[[Event], Text]] = {
    **{f"became_{state.value}": _became for state in State},
    "refused": _refused,
    "data_attached": _attached,
    "data_uploaded": _with("filename"),
    "data_read_again": _with("filename"),
    "data_discarded": _with("filename"),
    "data_deleted": _with("version"),
    **{f"feed_{done}": _with("source") for done in FEED_VERBS},
    **{f"pilot_history_{done}": _with("filename") for done in ("kept", "mapped", "removed")},
    "pilots_drawn": _with("sites", "seed"),
    "funnel_deals_used": _with("name", "filename"),
    "analysed": _analysed,
    "plan_amended": _with("version"),
    "test_opened": _with("number"),
    "unbundled": _with("drafted"),
    "quality_settings": _with("version"),
    "data_reconciled": _with("log_version", "receipts_version"),
    "metric_switched": _with("version", "log_version"),
    "wave_started": _with("wave"),
    "wave_planned": _with("wave"),
    "rollout_narrowed": _with("wave"),
    "wave_measured": _wave_measured,
}


def _changes(changes: Mapping[str, Any]) -> tuple[Change, ...]:
    return tuple(
        Change(_label(name), _value(name, before), _value(name, after))
        for name, (before, after) in changes.items()
        if name not in SAID and (before or after)
    )


def _plan_changes(changes: Mapping[str, Any], plan: Mapping[str, Any]) -> tuple[Change, ...]:
    """The diff of a plan. How a number reads may depend on a part that did not change: those are
    taken from the plan as it is now."""
    before = {name: pair[0] for name, pair in changes.items()}
    after = {name: pair[1] for name, pair in changes.items()}
    return plan_words.changes_between({**plan, **before}, {**plan, **after})


def _label(name: str) -> str:
    codes = (f"label_{name}", f"worth_{name}")
    return next((say(Text(code)) for code in codes if code in WORDING), name)


def _value(name: str, value: Any) -> str | None:
    if value in (None, ""):
        return None
    if isinstance(value, bool):
        return say(Text("value_yes" if value else "value_no"))
    if isinstance(value, list):
        return ", ".join(_finding(str(each)) for each in value)
    codes = {"status": "rollout_{}", "kind": "cost_{}", "lever": "lever_{}", "cause": "cause_{}"}
    code = codes.get(name, "").format(value)
    return say(Text(code)) if code in WORDING and code else str(value)


def _finding(code: str) -> str:
    """What a finding of the quality report looks at."""
    return say(Text(f"finding_{code}")) if f"finding_{code}" in WORDING else code


def _note(event: Event) -> str | None:
    written = [str(event.details[name]) for name in NOTES if event.details.get(name)]
    return " – ".join(written) or None


def _blockers(event: Event) -> str | None:
    """What stood in the way, as far as it reads without its circumstances."""
    codes = [code for code in event.details.get("blockers", []) if code in WORDING]
    whole = [code for code in codes if "%(" not in str(WORDING[code])]
    return " ".join(say(Text(code)) for code in whole) or None
