"""`hadi payback`: whether an effect pays back, from typed numbers and without a server."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import click

from hadi.domain.economics import MOST_WEEKS, Declaration
from hadi.domain.errors import Invalid
from hadi.domain.money import NO_CURRENCY, Money, amount_figure, read_currency
from hadi.domain.numbers import is_sensible
from hadi.domain.payback import Assessment, assess
from hadi.domain.payback_sentence import figure_of, sentence
from hadi.domain.text import ENGLISH, Text
from hadi.domain.weekly_effect import WeeklyEffect
from hadi.stats.payback import Case, Gain


@click.command()
@click.option("--effect", type=float, required=True, help="Gained in a week, before the margin.")
@click.option("--low", type=float, help="Lower end of its interval; open unless given.")
@click.option("--high", type=float, help="Upper end of its interval; open unless given.")
@click.option("--margin", type=float, default=1.0, show_default=True, help="The part that stays.")
@click.option("--cost", type=float, required=True, help="What the test cost.")
@click.option("--weeks", type=float, help="How long the test lasted.")
@click.option("--limit", type=float, required=True, help="It has to be back within so many weeks.")
@click.option("--one-off", type=float, help="What a store of the roll-out costs once.")
@click.option("--running", type=float, default=0.0, help="What it costs every week.")
@click.option("--currency", metavar="CODE", help="That of all amounts, such as EUR.")
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
def payback(is_json: bool, **given: Any) -> None:
    """Does it pay back? All amounts are in one currency: name it, and it stands beside each.

    The exit code is 2 where the numbers cannot be used.
    """
    found = _assessed(given)
    told = str(sentence(found))
    if is_json:
        click.echo(json.dumps(_as_json(found, told), ensure_ascii=False, allow_nan=False))
        return
    click.echo(f"{found.payback.value.replace('_', ' ').upper()}  {told}")
    for line in _lines(found):
        click.echo(line)


def _assessed(given: dict[str, Any]) -> Assessment:
    """Judge the numbers. Raises Invalid."""
    low, high = given["low"], given["high"]
    ends = (given["effect"] if low is None else low, given["effect"] if high is None else high)
    is_usable = all(map(is_sensible, (given["effect"], *ends)))
    if not is_usable or not ends[0] <= given["effect"] <= ends[1]:
        raise Invalid(Text("payback_ends"))
    if given["weeks"] is not None and not 0 < given["weeks"] <= MOST_WEEKS:
        raise Invalid(
            Text("option_range", option="--weeks", range=f"above 0 and at most {MOST_WEEKS}")
        )
    declared = _declared(given)
    if not (0 <= given["cost"] <= 1e13 and is_sensible(given["cost"])):
        raise Invalid(Text("option_refused", option="--cost", reason=Text("amount_unreadable")))
    spent = Money(Decimal(str(given["cost"])), declared.currency or NO_CURRENCY)
    effect = WeeklyEffect(Gain(given["effect"], low, high))
    return assess(
        declared, effect, [spent], test_weeks=given["weeks"], matures_on=None, today=date.min
    )


_OPTIONS = {
    "currency": "--currency",
    "margin": "--margin",
    "payback_limit_weeks": "--limit",
    "one_off_per_store": "--one-off",
    "running_per_week": "--running",
}


def _declared(given: dict[str, Any]) -> Declaration:
    """What the options declare. Raises Invalid, naming the option that is to be mended."""
    wrong: dict[str, Text] = {}
    currency = given["currency"] and read_currency(given["currency"], "currency", wrong)
    try:
        if wrong:
            raise Invalid(Text("economics_invalid", n=len(wrong)), wrong)
        return Declaration.from_json(
            {
                "currency": currency or NO_CURRENCY, "value_per_unit": 1, "margin": given["margin"],
                "payback_limit_weeks": given["limit"], "one_off_per_store": given["one_off"],
                "running_per_week": given["running"],
            }
        )  # fmt: skip
    except Invalid as refusal:
        name, text = next(iter(refusal.fields.items()))
        option = _OPTIONS[name]
        if "field" in text.params:
            raise Invalid(Text(text.code, **{**text.params, "field": option})) from None
        raise Invalid(Text("option_refused", option=option, reason=text)) from None


def _as_json(found: Assessment, told: str) -> dict[str, Any]:
    return {
        "payback": found.payback.value,
        "sentence": told,
        "currency": None if found.currency == NO_CURRENCY else found.currency,
        "margin_per_week": asdict(found.gain) if found.gain else None,
        "earned": asdict(found.earned) if found.earned else None,
        "earned_share": asdict(found.share) if found.share else None,
        "weeks": asdict(found.weeks) if found.weeks else None,
        "limit_weeks": found.limit_weeks,
        "store": asdict(found.store) if found.store else None,
    }


def _lines(found: Assessment) -> list[str]:
    lines = []
    if found.earned is not None and found.share is not None:
        share = f"{found.share.estimate * 100:.0f}%"
        earned = amount_figure(found.earned.estimate, found.currency or NO_CURRENCY)
        lines.append(f"Earned in the test   {ENGLISH.figure(earned)} ({share} of its cost)")
    if found.weeks is not None:
        ends = (found.weeks.estimate, found.weeks.low, found.weeks.high)
        middle, soonest, latest = (str(figure_of(end)) for end in ends)
        lines.append(f"Time to pay back     {middle} [{soonest}; {latest}]")
    if found.store is not None:
        named = (("estimate", found.store.estimate), ("lower end", found.store.low))
        for name, case in (*named, ("half effect", found.store.half)):
            lines.append(f"A store, {name:<11} {_case(case, found.currency)}")
    return lines


def _case(case: Case, currency: str | None) -> str:
    if case.net is None:
        return f"open, {figure_of(case.weeks)}"
    net = ENGLISH.figure(amount_figure(case.net, currency or NO_CURRENCY))
    return f"{net} a week, {figure_of(case.weeks)}"
