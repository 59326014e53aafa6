"""The pages of a hypothesis's money: ledger, one entry, budget, what the effect is worth."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.domain.economics import Declaration
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Text
from hadi.models import BudgetDecision, Cost, Hypothesis
from hadi.services import costs, economics, hypotheses
from hadi.web.hypotheses.cost_forms import BudgetForm, CostForm, WorthForm
from hadi.web.hypotheses.data_pages import crumbs
from hadi.web.hypotheses.forms import ReasonForm
from hadi.web.hypotheses.money_panels import (
    BudgetPanel,
    PaybackPanel,
    budget_panel,
    payback_panel,
)
from hadi.web.hypotheses.worth_fields import says_customer
from hadi.web.shared.access import now
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import day, say
from hadi.web.shared.money_words import amount_words, money_words, sums_words, worth_rows
from hadi.web.shared.pages import Column, Link, Page
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True)
class CostLine:
    """An entry of the ledger."""

    id: str
    day: str
    kind: str
    note: str
    amount: str
    who: str
    test: str | None
    void_reason: str | None
    version: int
    edit_url: str | None
    void_url: str | None
    restore_url: str | None


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """What a leader decided of the budget."""

    words: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CostsPage(Page):
    """`/hypotheses/<key>/costs`. `form` is None for who may not enter costs."""

    key: str
    crumbs: tuple[Link, ...]
    url: str
    form: CostForm | None
    budget: BudgetPanel
    payback: PaybackPanel
    worth_url: str | None
    import_url: str | None
    plan_url: str
    lines: tuple[CostLine, ...]
    columns: tuple[Column, ...]
    total: str
    mixed: str | None
    decisions: tuple[DecisionLine, ...]
    downloads: tuple[Downloads, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPage(Page):
    """One entry: corrected, or struck out."""

    crumbs: tuple[Link, ...]
    url: str
    line: CostLine
    form: CostForm | ReasonForm
    cancel_url: str
    is_stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPage(Page):
    """`/hypotheses/<key>/budget`: a leader's decision."""

    crumbs: tuple[Link, ...]
    url: str
    form: BudgetForm
    budget: BudgetPanel
    currency: str
    cancel_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorthPage(Page):
    """`/hypotheses/<key>/worth`. `planned` are the parts that the locked plan says already."""

    key: str
    crumbs: tuple[Link, ...]
    url: str
    form: WorthForm
    planned: tuple[tuple[str, str], ...]
    fixed: frozenset[str]
    has_customer: bool
    is_draft: bool
    plan_url: str
    cancel_url: str
    is_stale: bool = False


def costs_page(hypothesis: Hypothesis, form: CostForm | None, *, actor: Actor) -> CostsPage:
    test = hypothesis.current_test
    assert test is not None
    can_edit = allows(actor, Permission.EDIT_COSTS, hypotheses.stake(hypothesis))
    ledger = costs.listing(hypothesis, by=actor)
    sums = economics.sums_through(test)
    return CostsPage(
        title=_("What %(key)s costs and brings", key=hypothesis.key),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=_crumbs(hypothesis),
        url=url_for("hypotheses.costs", key=hypothesis.key),
        form=form if can_edit else None,
        budget=budget_panel(hypothesis, test, actor),
        payback=payback_panel(economics.of_now(test, now=now())),
        worth_url=url_for("hypotheses.worth", key=hypothesis.key) if can_edit else None,
        import_url=url_for("hypotheses.import_costs", key=hypothesis.key) if can_edit else None,
        plan_url=url_for("hypotheses.plan", key=hypothesis.key),
        lines=tuple(cost_line(cost, hypothesis, can_edit=can_edit) for cost in ledger),
        columns=_columns(),
        total=sums_words(sums),
        mixed=say(Text("currencies_not_added", currencies=", ".join(m.currency for m in sums)))
        if len(sums) > 1
        else None,
        decisions=tuple(_decision(made) for made in costs.decisions(test)),
        downloads=(offered("hypotheses.costs_file", key=hypothesis.key),),
    )


def cost_page(
    hypothesis: Hypothesis, cost: Cost, form: CostForm, *, is_stale: bool = False
) -> CostPage:
    return CostPage(
        title=_("Correct a cost"),
        chrome=chrome(),
        crumbs=(*_crumbs(hypothesis), Link(_("Correct"), "")),
        url=url_for("hypotheses.cost", key=hypothesis.key, cost_id=cost.id),
        line=cost_line(cost, hypothesis, can_edit=False),
        form=form,
        cancel_url=url_for("hypotheses.costs", key=hypothesis.key),
        is_stale=is_stale,
    )


def void_page(hypothesis: Hypothesis, cost: Cost, form: ReasonForm) -> CostPage:
    return CostPage(
        title=_("Strike a cost out"),
        chrome=chrome(),
        crumbs=(*_crumbs(hypothesis), Link(_("Strike out"), "")),
        url=url_for("hypotheses.void_cost", key=hypothesis.key, cost_id=cost.id),
        line=cost_line(cost, hypothesis, can_edit=False),
        form=form,
        cancel_url=url_for("hypotheses.costs", key=hypothesis.key),
    )


def budget_page(hypothesis: Hypothesis, form: BudgetForm, *, actor: Actor) -> BudgetPage:
    test = hypothesis.current_test
    assert test is not None
    planned = costs.planned_cap(test)
    return BudgetPage(
        title=_("Does %(key)s go on?", key=hypothesis.key),
        chrome=chrome(),
        crumbs=(*_crumbs(hypothesis), Link(_("Budget"), "")),
        url=url_for("hypotheses.budget", key=hypothesis.key),
        form=form,
        budget=budget_panel(hypothesis, test, actor),
        currency=planned.currency if planned else "",
        cancel_url=url_for("hypotheses.costs", key=hypothesis.key),
    )


def worth_page(hypothesis: Hypothesis, form: WorthForm, *, is_stale: bool = False) -> WorthPage:
    test = hypothesis.current_test
    assert test is not None
    plan = test.plan
    planned = economics.planned_of(plan) if plan else Declaration()
    told = planned.as_json()
    version = test.plan_version
    return WorthPage(
        title=_("What is the effect worth?"),
        chrome=chrome(),
        key=hypothesis.key,
        crumbs=(*_crumbs(hypothesis), Link(_("What the effect is worth"), "")),
        url=url_for("hypotheses.worth", key=hypothesis.key),
        form=form,
        planned=worth_rows(planned),
        fixed=frozenset(told.keys() - {"currency"}),
        has_customer=says_customer(form),
        is_draft=not (version and version.is_locked),
        plan_url=url_for("hypotheses.plan", key=hypothesis.key),
        cancel_url=url_for("hypotheses.costs", key=hypothesis.key),
        is_stale=is_stale,
    )


def cost_line(cost: Cost, hypothesis: Hypothesis, *, can_edit: bool) -> CostLine:
    def url(endpoint: str) -> str:
        return url_for(endpoint, key=hypothesis.key, cost_id=cost.id)

    tests = hypothesis.tests
    number = next((test.number for test in tests if test.id == cost.test_id), 1)
    is_open = can_edit and not cost.is_void
    return CostLine(
        id=cost.id,
        day=day(cost.spent_on),
        kind=say(Text(f"cost_{cost.kind.value}")),
        note=cost.note,
        amount=money_words(cost.money),
        who=cost.author.name,
        test=str(_("Test %(number)s", number=number)) if len(tests) > 1 else None,
        void_reason=cost.void_reason if cost.is_void else None,
        version=cost.version,
        edit_url=url("hypotheses.cost") if is_open else None,
        void_url=url("hypotheses.void_cost") if is_open else None,
        restore_url=url("hypotheses.restore_cost") if can_edit and cost.is_void else None,
    )


def _crumbs(hypothesis: Hypothesis) -> tuple[Link, ...]:
    here = url_for("hypotheses.costs", key=hypothesis.key)
    return (*crumbs(hypothesis), Link(str(_("Costs and payback")), here))


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("Spent on")),
        Column(_("What for")),
        Column(_("Entered by"), is_hidden_on_phone=True),
        Column(_("Amount"), is_figure=True),
        Column(""),
    )


def _decision(made: BudgetDecision) -> DecisionLine:
    words = say(Text(f"budget_{made.choice.value}"))
    if made.cap is not None:
        words = f"{words}: {amount_words(made.cap, made.currency)}"
    who = _("%(person)s, %(day)s", person=made.author.name, day=day(made.created_at))
    return DecisionLine(words, str(who), made.reason)
