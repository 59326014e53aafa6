"""A step that asks for a reason before it is taken."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from hadi.domain.lifecycle import Step
from hadi.models import Hypothesis
from hadi.web.hypotheses.forms import ReasonForm
from hadi.web.hypotheses.rows import Row, row_of
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPage(Page):
    """`/hypotheses/<key>/archive` and `/reopen`."""

    row: Row
    form: ReasonForm
    crumbs: tuple[Link, ...]
    action: str
    lead: str
    help: str
    button: str
    cancel_url: str


def step_page(hypothesis: Hypothesis, step: Step, form: ReasonForm) -> StepPage:
    title, lead, help_line, button = _words(step, hypothesis.key)
    here = url_for("hypotheses.show", key=hypothesis.key)
    return StepPage(
        title=title,
        chrome=chrome(),
        row=row_of(hypothesis),
        form=form,
        crumbs=(
            Link(gettext("Hypotheses"), url_for("hypotheses.index")),
            Link(hypothesis.key, here),
            Link(button, ""),
        ),
        action=url_for(f"hypotheses.{step.value}", key=hypothesis.key),
        lead=lead,
        help=help_line,
        button=button,
        cancel_url=here,
    )


def _words(step: Step, key: str) -> tuple[str, str, str, str]:
    if step is Step.ARCHIVE:
        return (
            gettext("Archive %(key)s", key=key),
            gettext(
                "It leaves the list and the board. Nothing is deleted; it can be brought back."
            ),
            gettext("Whoever finds it in a year will want to know why."),
            gettext("Archive"),
        )
    return (
        gettext("Reopen %(key)s", key=key),
        gettext("The decision is taken back to its result, and stays in the history."),
        gettext("What has come up since?"),
        gettext("Reopen"),
    )
