"""What the page of a conclusion shows: the result, the insight, the decision and its gates."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for
from flask_babel import gettext as _

from hadi.domain import scaling
from hadi.domain.lifecycle import Insight, State
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.scaling import Payback
from hadi.domain.scorecards import FailureCause
from hadi.domain.text import Text
from hadi.domain.verdict import CheckStatus
from hadi.models import Hypothesis
from hadi.services import conclusions, hypotheses, scorecard_steps
from hadi.web.hypotheses import analysis_panels, conclusion_panels
from hadi.web.hypotheses.analysis_panels import VerdictPanel
from hadi.web.hypotheses.conclusion_forms import ConclusionForm
from hadi.web.hypotheses.conclusion_panels import InsightPanel
from hadi.web.hypotheses.data_pages import crumbs
from hadi.web.shared.access import now
from hadi.web.shared.language import say
from hadi.web.shared.pages import Change, Link, Page
from hadi.web.shared.render import chrome

# The promised effect did not come.
UNMOVED = frozenset({"refuted", "below_threshold"})


@dataclass(frozen=True, slots=True)
class Gates:
    """What stands between this result and the scale-up board. `blockers` are opened by a
    leader's written override; `is_unassessed` asks for an acknowledgement; `exploration` says that
    nothing opens them."""

    is_leader: bool
    blockers: tuple[str, ...]
    is_unassessed: bool
    not_leader: str
    exploration: str | None = None

    @property
    def is_open(self) -> bool:
        return (
            not self.blockers and not self.is_unassessed and self.is_leader and not self.exploration
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionPage(Page):
    """`/hypotheses/<key>/conclusion`. `form` is None where there is nothing to write (any more);
    `since` is what someone else wrote while the form was open."""

    key: str
    crumbs: tuple[Link, ...]
    url: str
    hypothesis_url: str
    verdict: VerdictPanel | None
    panel: InsightPanel
    form: ConclusionForm | None
    hints: dict[str, str]
    gates: Gates
    can_decide: bool
    why_not: str | None
    scale_url: str | None
    since: tuple[Change, ...] | None = None
    asks_cause: bool = False
    execution: str | None = None


def conclusion_page(
    hypothesis: Hypothesis,
    *,
    actor: Actor,
    form: ConclusionForm | None = None,
    since: tuple[Change, ...] | None = None,
) -> ConclusionPage:
    """The page in whatever state the hypothesis is."""
    panel = conclusion_panels.panel(hypothesis, actor)
    is_measured = hypothesis.state is State.MEASURED
    if form is None and is_measured and panel.can_write:
        form = _opened(hypothesis)
    gates = gates_of(hypothesis, actor)
    if form is not None:
        form.offer(
            is_exploration=gates.exploration is not None,
            needs_cause=scorecard_steps.was_not_executed(hypothesis.current_test),
        )
    asks_cause, execution = _execution(hypothesis)
    has_board = "scale.index" in current_app.view_functions
    is_scaled = panel.decision is not None and panel.decision.code == "scale"
    return ConclusionPage(
        title=_("What we learned from %(key)s", key=hypothesis.key),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=crumbs(hypothesis),
        url=panel.url,
        hypothesis_url=url_for("hypotheses.show", key=hypothesis.key),
        verdict=analysis_panels.panel(hypothesis, actor),
        panel=panel,
        form=form,
        hints=_hints(),
        gates=gates,
        can_decide=panel.can_decide,
        why_not=None if form is not None else _why_not(hypothesis),
        scale_url=url_for("scale.index") if has_board and is_scaled else None,
        since=since,
        asks_cause=asks_cause or bool(form and form.cause.data),
        execution=execution,
    )


def _execution(hypothesis: Hypothesis) -> tuple[bool, str | None]:
    """Whether a cause is asked for, and what the visits of the scorecard suggest: asked wherever a
    card watched the test and the promise was not kept."""
    test = hypothesis.current_test
    watched = scorecard_steps.execution(test)
    if watched is None or hypothesis.verdict == "confirmed":
        return False, None
    if watched is CheckStatus.FAIL:
        return True, say(Text("insight_hint_not_executed"))
    if watched is CheckStatus.PASS and hypothesis.verdict in UNMOVED:
        return True, say(Text("insight_hint_executed"))
    return True, None


def gates_of(hypothesis: Hypothesis, actor: Actor) -> Gates:
    """The gates as they stand for the result of the current test."""
    test = hypothesis.current_test
    evidence = (
        conclusions.evidence_of(test, now=now()) if test else scaling.Evidence(verdict="not_yet")
    )
    return Gates(
        is_leader=allows(actor, Permission.SCALE, hypotheses.stake(hypothesis)),
        blockers=tuple(say(blocker.text) for blocker in scaling.gates(evidence)),
        is_unassessed=evidence.payback is Payback.NOT_ASSESSED,
        not_leader=say(Text("not_allowed.conclusion.scale")),
        exploration=say(Text("scale_post_factum")) if evidence.is_post_factum else None,
    )


def changes_since(hypothesis: Hypothesis, typed: Insight) -> tuple[Change, ...]:
    """From the insight as it is stored now to what was typed."""
    test = hypothesis.current_test
    pairs = (
        (_("What we learned"), test.learned if test else "", typed.learned),
        (_("Where it holds"), test.holds_where if test else "", typed.holds_where),
        (_("What comes next"), test.next if test else "", typed.next),
        (_("Why it did not work"), _cause(test.cause if test else ""), _cause(typed.cause)),
    )
    return tuple(
        Change(label, stored or None, written or None)
        for label, stored, written in pairs
        if stored.strip() != written.strip()
    )


def _cause(cause: str) -> str:
    return say(Text(f"cause_{cause}")) if cause in tuple(FailureCause) else cause


def _opened(hypothesis: Hypothesis) -> ConclusionForm:
    test = hypothesis.current_test
    assert test is not None
    return ConclusionForm(
        formdata=None,
        data={
            "learned": test.learned,
            "holds_where": test.holds_where,
            "next": test.next,
            "cause": test.cause or _suggested(hypothesis),
            "version": str(hypothesis.version),
        },
    )


def _suggested(hypothesis: Hypothesis) -> str:
    """Carried out, and the outcome did not move: the tool seems not to work."""
    watched = scorecard_steps.execution(hypothesis.current_test)
    is_idle = watched is CheckStatus.PASS and hypothesis.verdict in UNMOVED
    return FailureCause.TOOL_FAILS.value if is_idle else ""


def _hints() -> dict[str, str]:
    """What each decision sets in motion."""
    return {
        "scale": _(
            "It joins the scale-up board and is rolled out in waves that are measured again."
        ),
        "stop": _("It ends here. What was learned stays in the library."),
        "repeat": _("A second test of the same hypothesis opens, its plan drafted from this one."),
        "park": _("Not now. It can be taken up again when its time has come."),
    }


def _why_not(hypothesis: Hypothesis) -> str | None:
    if hypothesis.state in (State.IDEA, State.PLANNED, State.RUNNING):
        return str(_("The insight is written once the result is in."))
    return None
