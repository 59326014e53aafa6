"""What was learned, as cards: the insight first, then where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.lifecycle import Decision
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Text
from hadi.domain.verdict_label import SOUGHT
from hadi.models import Conclusion
from hadi.services import narrowing, unit_changes
from hadi.services.learning_list import Learnings
from hadi.web.learnings.query import LearningQuery
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import day, say
from hadi.web.shared.pages import FilterOption, Page, PageLinks, filter_options
from hadi.web.shared.render import chrome


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
    narrowed_to: str | None
    next: str
    verdict: str
    is_early: bool
    decision: str
    author: str
    when: str
    next_url: str | None
    check_again: tuple[str, ...] = ()  # what has changed since where it was tested


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningsPage(Page):
    """`/learnings`."""

    query: LearningQuery
    cards: tuple[LearningCard, ...]
    links: PageLinks
    found: str
    decisions: tuple[FilterOption, ...]
    verdicts: tuple[FilterOption, ...]
    list_url: str
    clear_url: str | None
    downloads: tuple[Downloads, ...]
    hypotheses_url: str
    is_empty: bool  # nothing was learned yet at all, not merely nothing found


def learnings_page(
    found: Learnings, query: LearningQuery, *, is_empty: bool, actor: Actor
) -> LearningsPage:
    list_url = url_for("learnings.index")
    changed = unit_changes.of_conclusions(found.items)
    fewer = narrowing.narrowed(found.items)
    return LearningsPage(
        title=_("Learnings"),
        chrome=chrome(),
        query=query,
        cards=tuple(
            _card(each, changed.get(each.id, ()), fewer.get(each.id), actor) for each in found.items
        ),
        links=PageLinks.around(found, lambda page: query.url(page=page)),
        found=say(Text("learnings_found", n=found.total)),
        decisions=_decisions(query),
        verdicts=_verdicts(query),
        list_url=list_url,
        clear_url=list_url if query.is_narrowed else None,
        downloads=(offered("learnings.export", **query.parts()),),
        hypotheses_url=url_for("hypotheses.index", state="measured"),
        is_empty=is_empty,
    )


def _card(
    conclusion: Conclusion, changed: Sequence[Text], narrowed_to: str | None, actor: Actor
) -> LearningCard:
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
        narrowed_to=narrowed_to,
        next=conclusion.next,
        verdict=conclusion.analysis.label,
        is_early=bool(conclusion.analysis.early_reason),
        decision=say(Text(f"decision_{conclusion.decision.value}")),
        author=conclusion.author.name,
        when=day(conclusion.created_at),
        next_url=url_for("hypotheses.new", after=hypothesis.key) if can_write else None,
        check_again=tuple(say(text) for text in changed),
    )


def _decisions(query: LearningQuery) -> tuple[FilterOption, ...]:
    words = {each: say(Text(f"decision_{each.value}")) for each in Decision}
    return filter_options(_("Any decision"), words, query.decision)


def _verdicts(query: LearningQuery) -> tuple[FilterOption, ...]:
    words = {each: say(Text(f"verdict_{each.value}")) for each in SOUGHT}
    return filter_options(_("Any verdict"), words, query.verdict)
