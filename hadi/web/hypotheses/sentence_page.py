"""Writing a hypothesis: the form, what is still missing, what was tried before, what someone else
changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from hadi.domain.lifecycle import State
from hadi.domain.text import Text
from hadi.models import Hypothesis
from hadi.services.hypotheses import PARTS
from hadi.web.hypotheses.forms import SentenceForm
from hadi.web.hypotheses.rows import Row, row_of, rows_of
from hadi.web.shared.language import moment, say
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """A part that someone else changed: its name, what is stored now, what was typed here."""

    field: str
    label: str
    stored: str
    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentencePage(Page):
    """`/hypotheses/new` and `/hypotheses/<key>/edit`."""

    form: SentenceForm
    action: str
    crumbs: tuple[Link, ...]
    hints: tuple[tuple[str, str], ...]
    similar: tuple[Row, ...]
    similar_url: str
    draft: str
    lead: str = ""
    previous: Row | None = None
    cancel_url: str
    is_new: bool = True
    fixed: Row | None = None  # the sentence, where only its title can change
    fixed_why: str = ""
    meanwhile: tuple[Meanwhile, ...] = ()
    changed_at: str = ""


def new_page(
    form: SentenceForm, *, previous: Hypothesis | None, similar: list[Hypothesis]
) -> SentencePage:
    title = gettext("New hypothesis")
    index = url_for("hypotheses.index")
    return SentencePage(
        title=title,
        chrome=chrome(),
        form=form,
        action=url_for("hypotheses.new"),
        crumbs=(Link(gettext("Hypotheses"), index), Link(title, "")),
        hints=hints(),
        similar=rows_of(similar),
        similar_url=url_for("hypotheses.similar"),
        draft=f"hypothesis-after-{previous.key}" if previous else "hypothesis-new",
        lead=gettext("The change alone is enough to save it; the rest can follow."),
        previous=row_of(previous) if previous else None,
        cancel_url=url_for("hypotheses.show", key=previous.key) if previous else index,
    )


def edit_page(
    form: SentenceForm, hypothesis: Hypothesis, *, meanwhile: tuple[Meanwhile, ...] = ()
) -> SentencePage:
    here = url_for("hypotheses.show", key=hypothesis.key)
    is_fixed = hypothesis.state not in (State.IDEA, State.PLANNED)
    state = Text(f"state_{hypothesis.state.value}")
    return SentencePage(
        title=gettext("Edit %(key)s", key=hypothesis.key),
        chrome=chrome(),
        form=form,
        action=url_for("hypotheses.edit", key=hypothesis.key),
        crumbs=(
            Link(gettext("Hypotheses"), url_for("hypotheses.index")),
            Link(hypothesis.key, here),
            Link(gettext("Edit"), ""),
        ),
        hints=hints(),
        similar=(),
        similar_url=url_for("hypotheses.similar", besides=hypothesis.key),
        draft=f"hypothesis-{hypothesis.id}-{hypothesis.version}",
        cancel_url=here,
        is_new=False,
        fixed=row_of(hypothesis) if is_fixed else None,
        fixed_why=say(Text("statement_fixed", state=state)) if is_fixed else "",
        meanwhile=meanwhile,
        changed_at=moment(hypothesis.updated_at),
    )


def hints() -> tuple[tuple[str, str], ...]:
    """What makes an idea testable, asked for kindly and in the order people think."""
    return (
        ("change", gettext("Start with the change: one thing, so that you know what worked.")),
        (
            "effect",
            gettext("Which number should move, and by how much? “Add-on sales rise by a fifth.”"),
        ),
        (
            "reason",
            gettext("Why should it work? A reason makes even a refuted idea worth something."),
        ),
    )


def meanwhile_of(hypothesis: Hypothesis, typed: Mapping[str, str]) -> tuple[Meanwhile, ...]:
    """The parts that read differently now from what was typed."""
    return tuple(
        Meanwhile(name, say(Text(f"label_{name}")), getattr(hypothesis, name), typed[name])
        for name in PARTS
        if name in typed and typed[name].strip() != getattr(hypothesis, name)
    )
