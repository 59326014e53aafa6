"""What was learned, as cards: the insight first, then where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.lifecycle import Decision
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Text
from hadi.models import Conclusion
from hadi.services.learning_list import Learnings
from hadi.web.learnings.query import VERDICTS, LearningQuery
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import day, say
from hadi.web.shared.pages import Page, PageLinks
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class LearningCard:
    """One insight."""

    key: str
    url: str
    change: str
    effect: str
    reason: str
    language: str
    learned: str
    holds_where: str
    next: str
    verdict: str
    is_early: bool
    decision: str
    author: str
    when: str
    next_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningsPage(Page):
    """`/learnings`."""

    query: LearningQuery
    cards: tuple[LearningCard, ...]
    links: PageLinks
    found: str
    decisions: tuple[Option, ...]
    verdicts: tuple[Option, ...]
    list_url: str
    clear_url: str | None
    downloads: tuple[Downloads, ...]
    hypotheses_url: str
    is_empty: bool  # nothing was learned yet at all, not merely nothing found


def learnings_page(
    found: Learnings, query: LearningQuery, *, is_empty: bool, actor: Actor
) -> LearningsPage:
    list_url = url_for("learnings.index")
    return LearningsPage(
        title=_("Learnings"),
        chrome=chrome(),
        query=query,
        cards=tuple(_card(conclusion, actor) for conclusion in found.items),
        links=_links(found, query),
        found=say(Text("learnings_found", n=found.total)),
        decisions=_decisions(query),
        verdicts=_verdicts(query),
        list_url=list_url,
        clear_url=list_url if query.is_narrowed else None,
        downloads=(offered("learnings.export", **query.parts()),),
        hypotheses_url=url_for("hypotheses.index", state="measured"),
        is_empty=is_empty,
    )


def _card(conclusion: Conclusion, actor: Actor) -> LearningCard:
    hypothesis = conclusion.hypothesis
    can_write = allows(actor, Permission.CREATE_HYPOTHESIS)
    return LearningCard(
        key=hypothesis.key,
        url=url_for("hypotheses.show", key=hypothesis.key),
        change=hypothesis.change,
        effect=hypothesis.effect,
        reason=hypothesis.reason,
        language=hypothesis.language,
        learned=conclusion.learned,
        holds_where=conclusion.holds_where,
        next=conclusion.next,
        verdict=conclusion.analysis.verdict,
        is_early=bool(conclusion.analysis.early_reason),
        decision=say(Text(f"decision_{conclusion.decision.value}")),
        author=conclusion.author.name,
        when=day(conclusion.created_at),
        next_url=url_for("hypotheses.new", after=hypothesis.key) if can_write else None,
    )


def _links(found: Learnings, query: LearningQuery) -> PageLinks:
    first = (found.page - 1) * found.page_size + 1
    return PageLinks(
        first=first if found.total else 0,
        last=min(first + found.page_size - 1, found.total),
        total=found.total,
        previous_url=query.url(page=found.page - 1) if found.page > 1 else None,
        next_url=query.url(page=found.page + 1) if found.page < found.pages else None,
    )


def _decisions(query: LearningQuery) -> tuple[Option, ...]:
    return (
        Option("", _("Any decision"), query.decision is None),
        *(Option(d.value, say(Text(f"decision_{d.value}")), query.decision is d) for d in Decision),
    )


def _verdicts(query: LearningQuery) -> tuple[Option, ...]:
    return (
        Option("", _("Any verdict"), query.verdict is None),
        *(Option(v.value, say(Text(f"verdict_{v.value}")), query.verdict is v) for v in VERDICTS),
    )
