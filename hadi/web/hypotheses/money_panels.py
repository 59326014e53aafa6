"""A hypothesis's money as its pages show it: the budget, and whether it pays back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.charts.payback import PaybackCurve
from hadi.domain.costs import BudgetChoice, Budgeted, BudgetLevel
from hadi.domain.payback import Assessment
from hadi.domain.payback_sentence import figure_of, interval_of, sentence
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.scaling import Payback
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models import Hypothesis, Test
from hadi.services import costs, economics, hypotheses
from hadi.services.economics import Economics
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import figure, say, speaker
from hadi.web.shared.money_words import (
    Pairs,
    StoreTable,
    amount_words,
    curve_of,
    gain_words,
    money_words,
    part_word,
    store_table,
    sums_words,
)
from hadi.web.shared.typed_numbers import written_number

# What is missing and can be said on the page of the effect's worth.
_OF_WORTH = frozenset(
    f"payback_needs_{part}" for part in ("units", "value", "margin", "customer", "horizon", "limit")
)
BAR = 1.5  # of the cap: where the bar of the budget is full


@dataclass(frozen=True, slots=True)
class BudgetPanel:
    """What was spent of what may be. `share` fills the bar, of `BAR`; None: there is no cap."""

    level: str
    label: str
    spent: str
    cap: str | None
    share: float | None
    percent: str | None
    planned: str | None  # the cap of the plan, where another is in force
    others: str | None
    decision_url: str | None

    @property
    def is_red(self) -> bool:
        return self.level == BudgetLevel.OVER


@dataclass(frozen=True, slots=True)
class PaybackPanel:
    """Whether it pays back, in words and figures."""

    payback: str
    label: str
    sentence: str
    missing: tuple[str, ...]
    lacks_worth: bool
    warnings: tuple[str, ...]
    stats: Pairs
    customer: Pairs
    store: StoreTable | None
    curve: PaybackCurve | None


@dataclass(frozen=True, slots=True)
class MoneyPanel:
    """Both, on the page of the hypothesis; only for who may see money."""

    budget: BudgetPanel
    payback: PaybackPanel
    url: str


def panel(hypothesis: Hypothesis, actor: Actor) -> MoneyPanel | None:
    """The money of the current test; None for who may not see it."""
    test = hypothesis.current_test
    if test is None or not sees_money(hypothesis, actor):
        return None
    return MoneyPanel(
        budget_panel(hypothesis, test, actor),
        payback_panel(economics.of_now(test, now=now())),
        url_for("hypotheses.costs", key=hypothesis.key),
    )


def sees_money(hypothesis: Hypothesis, actor: Actor) -> bool:
    return allows(actor, Permission.VIEW_MONEY, hypotheses.stake(hypothesis))


def budget_panel(hypothesis: Hypothesis, test: Test, actor: Actor) -> BudgetPanel:
    known, planned = costs.budget(test), costs.planned_cap(test)
    share = known.share
    can_decide = planned is not None and allows(
        actor, Permission.DECIDE_BUDGET, hypotheses.stake(hypothesis)
    )
    return BudgetPanel(
        level=known.level.value,
        label=say(Text(f"budget_{known.level.value}")),
        spent=money_words(known.spent) if known.spent else sums_words(known.others),
        cap=money_words(known.cap) if known.cap else None,
        share=None if share is None else min(share, BAR),
        percent=None if share is None else _percent(share),
        planned=_of_plan(known, test),
        others=sums_words(known.others) if known.others and known.spent else None,
        decision_url=url_for("hypotheses.budget", key=hypothesis.key)
        if can_decide and known.level is not BudgetLevel.WITHIN
        else None,
    )


def payback_panel(found: Economics) -> PaybackPanel:
    assessed, declared = found.assessment, found.declared
    return PaybackPanel(
        payback=assessed.payback.value,
        label=say(Text(f"payback_{assessed.payback.value}")),
        sentence=say(sentence(assessed)),
        missing=tuple(say(text) for text in assessed.missing),
        lacks_worth=any(text.code in _OF_WORTH for text in assessed.missing),
        warnings=tuple(_warnings(found)),
        stats=tuple(_stats(assessed)),
        customer=tuple(_customer(assessed)),
        store=store_table(assessed, declared.one_off_per_store, declared.running_per_week),
        curve=curve_of(assessed),
    )


def payback_words(hypothesis: Hypothesis, test: Test) -> str:
    """The payback as the card of a verdict says it: the weeks only for who may see money."""
    found = economics.of_now(test, now=now()).assessment
    label = say(Text(f"payback_{found.payback.value}"))
    weeks = interval_of(found)
    is_told = found.payback not in (Payback.NOT_ASSESSED, Payback.TOO_EARLY)
    if weeks is None or not is_told or not sees_money(hypothesis, current_actor()):
        return label
    return str(_("%(payback)s: %(weeks)s", payback=label, weeks=say(weeks)))


def _percent(share: float) -> str:
    whole = round(share * 100)
    return str(_("%(n)s%%", n=figure(Figure(FigureKind.COUNT, whole))))


def _of_plan(known: Budgeted, test: Test) -> str | None:
    """What the plan allowed, where a leader has raised it, and how much of that is spent."""
    planned = costs.planned_cap(test)
    last = costs.last_decision(test)
    if planned is None or last is None or last.choice is not BudgetChoice.CONTINUE:
        return None
    if known.spent is None or not planned.amount:
        return None
    share = float(known.spent.amount / planned.amount)
    return str(
        _("%(share)s of the %(cap)s in the plan", share=_percent(share), cap=money_words(planned))
    )


def _warnings(found: Economics) -> Iterator[str]:
    if found.assessment.fades:
        yield say(Text("payback_fades"))
    if found.afterwards:
        parts = ", ".join(part_word(name) for name in found.afterwards)
        yield say(Text("payback_after_result", parts=parts))


def _stats(found: Assessment) -> Iterator[tuple[str, str]]:
    weeks = interval_of(found)
    if found.gain is not None:
        yield _("Margin a week"), gain_words(found.gain, found.currency)
    if found.cost is not None:
        yield _("It cost"), money_words(found.cost)
    if found.earned is not None and found.share is not None:
        earned = amount_words(found.earned.estimate, found.currency)
        is_gain = found.share.estimate >= 0  # of a loss nobody asks how much of the cost it is
        share = f" ({_percent(found.share.estimate)})" if is_gain else ""
        yield _("Earned in the test"), earned + share
    if weeks is not None:
        yield _("Pays back in"), say(weeks)
    if found.limit_weeks is not None:
        yield _("Limit"), say(figure_of(found.limit_weeks))


def _customer(found: Assessment) -> Iterator[tuple[str, str]]:
    customer = found.customer
    if customer is None:
        return
    first = amount_words(customer.first_order, found.currency, is_signed=True)
    yield _("First order, less what winning the customer costs"), first
    yield _("Lifetime value"), amount_words(customer.lifetime_value, found.currency)
    yield _("Within the horizon"), amount_words(customer.value_within, found.currency)
    if customer.ratio is not None:
        ratio = written_number(round(customer.ratio, 1), language=speaker().language)
        yield _("LTV to CAC"), ratio
