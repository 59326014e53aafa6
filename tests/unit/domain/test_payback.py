"""The second axis: what is judged how, what is missing, and what is said."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hadi.domain.costs import BudgetLevel, budgeted
from hadi.domain.economics import Declaration
from hadi.domain.errors import Invalid
from hadi.domain.money import Money, refuse_to_add, totals
from hadi.domain.payback import Assessment, assess
from hadi.domain.payback_sentence import figure_of, interval_of, sentence
from hadi.domain.plan import Plan
from hadi.domain.scaling import Payback
from hadi.domain.weekly_effect import weekly_effect, weeks_per_period

TODAY = date(2026, 3, 2)
LEDGER = (Money(Decimal("41000"), "RUB"),)
DECLARED: dict[str, Any] = {
    "currency": "RUB", "value_per_unit": "1", "margin": 0.32, "units_per_week": 1,
    "payback_limit_weeks": 26, "one_off_per_store": "25000", "running_per_week": 900,
}  # fmt: skip
VOUCHER: dict[str, Any] = {
    "currency": "HUF", "basket": "8000", "margin": 0.25, "purchases_per_year": 3.2, "years": 2.5,
    "acquisition_cost": "2900", "horizon_weeks": 52, "payback_limit_weeks": 104,
    "units_per_week": 100,
}  # fmt: skip


def record(
    estimate: float, low: float | None, high: float | None, **changes: Any
) -> dict[str, Any]:
    """The record of an analysis, as far as money looks at it."""
    comparison = {
        "role": "primary", "arm": "B", "metric": "revenue", "kind": "mean", "better": "higher",
        "difference": {"estimate": estimate, "low": low, "high": high},
    }  # fmt: skip
    return {"verdict": "confirmed", "arm": "B", "comparisons": [comparison | changes]}


def assessed(
    declared: dict[str, Any] | None = None,
    effect: tuple[float, float, float] = (6800, 1900, 11700),
    costs: tuple[Money, ...] = LEDGER,
    *,
    weeks: float | None = 8,
    matures_on: date | None = None,
    **changes: Any,
) -> Assessment:
    said = Declaration.from_json(DECLARED if declared is None else declared)
    return assess(
        said, weekly_effect(record(*effect, **changes), said), costs,
        test_weeks=weeks, matures_on=matures_on, today=TODAY,
    )  # fmt: skip


def test_significant_over_budget_and_slow() -> None:
    """The worked example: it will pay back, but that is not proven."""
    found = assessed()
    assert found.payback is Payback.MAY_PAY_BACK and not found.missing
    assert found.earned is not None and found.earned.estimate == pytest.approx(17_408)
    assert found.share is not None and round(found.share.estimate, 2) == 0.42
    assert str(interval_of(found)) == "18.8 weeks (11.0 to 67.4)"
    assert str(sentence(found)) == (
        "It will pay back, but that is not proven: in 18.8 weeks by the estimate, at the lower "
        "end of the effect: 67.4 weeks. The limit is 26 weeks."
    )
    store = found.store
    assert store is not None and (store.estimate.net, store.low.net) == pytest.approx((1276, -292))
    assert store.low.weeks is None and round(store.half.weeks or 0) == 133


@pytest.mark.parametrize(
    ("limit", "weeks", "expected"),
    [
        (70, 8, Payback.WILL_PAY_BACK),
        (70, 20, Payback.PAID_BACK),
        (26, 20, Payback.MAY_PAY_BACK),  # earned by the estimate, not proven within the limit
        (18, 8, Payback.DOES_NOT_PAY_BACK),
    ],
)
def test_the_whole_interval_is_held_against_the_limit(
    limit: int, weeks: float, expected: Payback
) -> None:
    assert assessed(DECLARED | {"payback_limit_weeks": limit}, weeks=weeks).payback is expected


def test_an_interval_that_holds_zero_is_never_proven() -> None:
    found = assessed(effect=(6800, -10, 11700))
    assert found.payback is Payback.MAY_PAY_BACK
    assert "never" in str(sentence(found))
    assert assessed(effect=(-5, -10, 11700)).payback is Payback.DOES_NOT_PAY_BACK


def test_a_harm_never_pays_back() -> None:
    found = assessed(effect=(-95, -150, -39))
    assert found.payback is Payback.DOES_NOT_PAY_BACK
    assert str(sentence(found)).startswith("It never pays back")


def test_where_less_is_better_less_is_a_gain() -> None:
    found = assessed(effect=(-6800, -11700, -1900), better="lower")
    assert str(interval_of(found)) == "18.8 weeks (11.0 to 67.4)"


@pytest.mark.parametrize(
    ("without", "code"),
    [
        ("value_per_unit", "payback_needs_value"),
        ("margin", "payback_needs_margin"),
        ("units_per_week", "payback_needs_units"),
        ("payback_limit_weeks", "payback_needs_limit"),
    ],
)
def test_what_is_missing_is_named(without: str, code: str) -> None:
    found = assessed({name: value for name, value in DECLARED.items() if name != without})
    assert found.payback is Payback.NOT_ASSESSED
    assert [text.code for text in found.missing] == [code]


def test_costs_of_two_currencies_have_no_sum() -> None:
    mixed = totals([*LEDGER, Money(Decimal("12.50"), "EUR"), Money(Decimal("0.50"), "EUR")])
    assert [str(m.figure.value) for m in mixed] == ["13.00", "41000"]
    found = assessed(costs=mixed)
    assert found.payback is Payback.NOT_ASSESSED
    assert found.cost is None
    assert str(found.missing[0]) == str(refuse_to_add(mixed))
    assert "EUR, RUB" in str(refuse_to_add(mixed))


def test_costs_and_worth_are_not_converted() -> None:
    found = assessed(DECLARED | {"currency": "EUR"})
    assert [text.code for text in found.missing] == ["payback_two_currencies"]
    assert found.weeks is None


def test_no_costs_and_no_result_are_missing() -> None:
    assert [t.code for t in assessed(costs=()).missing] == ["payback_needs_costs"]
    said = Declaration.from_json(DECLARED)
    none = weekly_effect(record(1, 0, 2) | {"verdict": "invalid"}, said)
    assert none.gain is None and none.missing[0].code == "payback_needs_result"


@pytest.mark.parametrize("kind", ["rank", "quantile"])
def test_ranks_and_quantiles_are_no_money(kind: str) -> None:
    found = assessed(kind=kind)
    assert [t.code for t in found.missing] == ["payback_not_a_sum"]


def test_a_first_order_at_a_loss_waits_for_its_horizon() -> None:
    """A voucher: judged on the first orders it would be refuted."""
    ledger = (Money(Decimal("100000"), "HUF"),)
    effect = (0.1, 0.06, 0.14)
    early = assessed(VOUCHER, effect, ledger, matures_on=date(2027, 3, 1))
    assert early.payback is Payback.TOO_EARLY
    assert early.customer is not None and early.customer.first_order == pytest.approx(-900)
    assert early.customer.ratio is not None and round(early.customer.ratio, 1) == 5.5
    assert "1 March 2027" in str(sentence(early))
    late = assessed(VOUCHER, effect, ledger, matures_on=TODAY)
    assert late.payback is Payback.PAID_BACK


def test_a_declared_horizon_keeps_from_refuting_too_early() -> None:
    soon = date(2026, 6, 1)
    assert assessed(matures_on=soon).payback is Payback.TOO_EARLY
    proven = assessed(DECLARED | {"payback_limit_weeks": 70}, matures_on=soon)
    assert proven.payback is Payback.WILL_PAY_BACK


def test_a_lifetime_value_needs_all_its_parts() -> None:
    found = assessed({"currency": "HUF", "basket": "8000", "units_per_week": 3})
    assert [t.code for t in found.missing] == [
        "payback_needs_customer", "payback_needs_horizon", "payback_needs_limit",
        "payback_two_currencies",
    ]  # fmt: skip


def test_a_pilot_is_worth_its_effect_on_what_would_have_been() -> None:
    pilot = {
        "verdict": "confirmed", "effect": {"estimate": 0.1, "low": 0.02, "high": 0.18},
        "sites": {"treated": ["s07", "s12"], "controls": ["s01"]}, "scale": "log",
        "series": {"counterfactual": [1.0, 1.0, 1000.0, None, 1400.0], "first_post": 2},
    }  # fmt: skip
    found = weekly_effect(pilot, Declaration())
    assert found.gain is not None
    assert (found.gain.estimate, found.gain.low, found.gain.high) == pytest.approx((240, 48, 432))
    assert (found.weeks, found.stores) == (3.0, 2)
    less = record(0, 0, 0, better="lower")["comparisons"]
    linear = weekly_effect(pilot | {"scale": "linear", "comparisons": less}, Declaration())
    assert linear.gain is not None and linear.gain.estimate == pytest.approx(-0.2)
    bare = weekly_effect({k: v for k, v in pilot.items() if k != "series"}, Declaration())
    assert [t.code for t in bare.missing] == ["payback_needs_level"]


def test_of_an_effect_that_fades_a_week_is_worth_what_is_left() -> None:
    """Weekly effects of 31 28 24 19 15 11 8 6 percent: 17.75 over all, 10 in the later half."""
    pilot = {
        "verdict": "confirmed", "effect": {"estimate": 0.1775, "low": 0.17, "high": 0.185},
        "lately": {"estimate": 0.10, "low": 0.09, "high": 0.11}, "scale": "log",
        "sites": {"treated": ["s07"], "controls": ["s01"]},
        "series": {"counterfactual": [900.0, *[1000.0] * 8], "first_post": 1},
    }  # fmt: skip
    said = Declaration.from_json(
        {"currency": "RUB", "value_per_unit": "1", "margin": 0.5, "payback_limit_weeks": 26}
    )
    effect = weekly_effect(pilot, said)
    found = assess(
        said, effect, [Money(Decimal("700"), "RUB")], test_weeks=effect.weeks, matures_on=None,
        today=TODAY,
    )  # fmt: skip
    assert found.gain is not None and found.earned is not None and found.weeks is not None
    assert (found.gain.estimate, found.gain.low, found.gain.high) == pytest.approx((50, 45, 55))
    assert found.earned.estimate == pytest.approx(0.1775 * 1000 * 0.5 * 8)  # the test had it all
    assert found.weeks.estimate == pytest.approx(14)
    assert found.payback is Payback.PAID_BACK and found.fades
    older = pilot | {
        "lately": None,
        "warnings": [{"code": "fading", "text": {"params": {"lately": {"value": 0.1}}}}],
    }
    left = weekly_effect(older, said).gain
    assert left is not None and (left.estimate, left.low) == (pytest.approx(100), None)
    steady = weekly_effect(pilot | {"lately": None}, said)
    assert steady.in_test is None and steady.gain is not None
    assert steady.gain.estimate == pytest.approx(177.5)


def test_a_pilot_of_a_ratio_is_worth_its_effect_times_the_units_of_a_week() -> None:
    """An average receipt of 1,200 that grows by a tenth, on 50 receipts a week."""
    pilot = {
        "verdict": "confirmed", "effect": {"estimate": 0.1, "low": 0.02, "high": 0.18},
        "sites": {"treated": ["s07", "s12"], "controls": ["s01"]}, "scale": "log",
        "series": {"counterfactual": [1.0, 1.0, 1000.0, None, 1400.0], "first_post": 2},
        "comparisons": [
            {"metric": "Receipt", "kind": "ratio", "role": "primary", "arm": "s07, s12"}
        ],
    }  # fmt: skip
    asked = weekly_effect(pilot, Declaration())
    assert [t.code for t in asked.missing] == ["payback_needs_units"]
    found = weekly_effect(pilot, Declaration(units_per_week=50.0, stores=2))
    assert found.gain is not None
    assert (found.gain.estimate, found.gain.low) == pytest.approx((6000, 1200))
    assert (found.weeks, found.stores) == (3.0, 2)


@pytest.mark.parametrize(
    ("times", "period"),
    [([], 52.1775 / 12), (["2026-02", "2026-03"], 52.1775 / 12), (["2026-02-02", "2026-02-09"], 1)],
)
def test_a_series_before_and_after_is_of_periods(times: list[str], period: float) -> None:
    told = record(120, -12, 240, treatment={"n": 3}) | {
        "design": "before_after", "season": {"times": times},
    }  # fmt: skip
    found = weekly_effect(told, Declaration())
    assert found.gain is not None and found.weeks == pytest.approx(3 * period)
    assert found.gain.estimate == pytest.approx(120 / period)
    assert found.gain.low == pytest.approx(-12 / period)


@pytest.mark.parametrize(
    ("kind", "times", "weeks"),
    [
        ("number", ["1", "2", "3"], 1),
        ("day", ["2026-01-05", "2026-01-12", "2026-01-19"], 1),
        ("day", ["2026-01-05", "2026-01-06", "2026-01-08"], 1.5 / 7),
        ("part", ["2026-W05", "2026-W06"], 1),
        ("part", ["202605", "202630"], 1),
        ("part", ["2026-05", "2026-06"], 52.1775 / 12),
        ("part", ["Q1 2026", "Q2 2026"], 52.1775 / 4),
    ],
)
def test_a_period_of_a_pilot_has_its_weeks(kind: str, times: list[str], weeks: float) -> None:
    assert weeks_per_period({"kind": kind, "times": times}) == pytest.approx(weeks)


def test_a_store_gets_its_part_of_the_effect() -> None:
    found = assessed(DECLARED | {"stores": 2})
    assert found.store is not None and found.store.estimate.net == pytest.approx(1088 - 900)


# ---------------------------------------------------------------------------- declarations
def test_only_what_is_declared_is_written() -> None:
    assert Declaration().as_json() == {}
    assert Declaration.from_json({"currency": "eur"}).as_json() == {}
    said = Declaration.from_json(DECLARED)
    assert said.as_json()["one_off_per_store"] == "25000.00"
    assert Declaration.from_json(said.as_json()) == said


def test_the_plan_holds_and_the_estimate_fills_in() -> None:
    plan = Declaration.from_json({"currency": "RUB", "value_per_unit": 1, "margin": 0.3})
    whole = plan.over(Declaration.from_json(DECLARED))
    assert (whole.margin, whole.payback_limit_weeks) == (0.3, 26)
    voucher = plan.over(Declaration.from_json(VOUCHER))
    assert voucher.value_per_unit == 1 and not voucher.is_of_customers
    assert Declaration.from_json(VOUCHER).over(plan).value_per_unit is None


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"margin": 1.2}, "margin"),
        ({"margin": 0}, "margin"),
        ({"value_per_unit": "-3", "currency": "EUR"}, "value_per_unit"),
        ({"value_per_unit": "NaN", "currency": "EUR"}, "value_per_unit"),
        ({"value_per_unit": "3"}, "currency"),
        ({"currency": "rubles"}, "currency"),
        ({"stores": 1.5}, "stores"),
        ({"years": 21}, "years"),
        ({"payback_limit_weeks": "soon"}, "payback_limit_weeks"),
        ({"colour": 1}, "colour"),
        ({"value_per_unit": 1, "basket": 2, "currency": "EUR"}, "value_per_unit"),
    ],
)
def test_a_declaration_names_what_is_unusable(said: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Declaration.from_json(said)
    assert list(refusal.value.fields) == [field]


# ---------------------------------------------------------------------------------- budgets
def test_a_ledger_of_137_percent() -> None:
    found = budgeted(Money(Decimal("30000"), "RUB"), LEDGER)
    assert found.share is not None and round(found.share * 100) == 137
    assert found.level is BudgetLevel.OVER and found.needs_decision


@pytest.mark.parametrize(
    ("spent", "level"),
    [
        ("0", BudgetLevel.WITHIN),
        ("29999.99", BudgetLevel.WITHIN),
        ("30000", BudgetLevel.REACHED),
        ("35999.99", BudgetLevel.REACHED),
        ("36000", BudgetLevel.OVER),
    ],
)
def test_the_alert_is_at_100_and_the_decision_at_120(spent: str, level: BudgetLevel) -> None:
    cap = Money(Decimal("30000"), "RUB")
    assert budgeted(cap, [Money(Decimal(spent), "RUB")]).level is level


def test_other_currencies_are_told_beside_the_share() -> None:
    found = budgeted(Money(Decimal("100"), "EUR"), totals([*LEDGER, Money(Decimal(50), "EUR")]))
    assert found.share == 0.5 and found.others == LEDGER
    assert budgeted(None, LEDGER).share is None
    free = budgeted(Money(Decimal(0), "EUR"), [Money(Decimal(1), "EUR")])
    assert free.share is None and free.level is BudgetLevel.OVER
    assert budgeted(None, LEDGER, is_stopped=True).level is BudgetLevel.STOPPED


# ------------------------------------------------------------------------------ in the plan
def test_a_plan_that_says_nothing_of_money_keeps_its_digest() -> None:
    bare = Plan.from_json({"design": "split"})
    assert "money" not in bare.as_json()
    assert Plan.from_json({"design": "split", "money": {}}).digest() == bare.digest()
    assert Plan.from_json({"design": "split", "money": {"currency": "EUR"}}) == bare
    said = Plan.from_json({"design": "split", "money": DECLARED})
    assert said.digest() != bare.digest() and Plan.from_json(said.as_json()) == said


@pytest.mark.parametrize(
    ("money", "field"), [("much", "money"), ({"margin": 7}, "money.margin"), ([1], "money")]
)
def test_a_plan_names_what_is_unusable_of_its_money(money: Any, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Plan.from_json({"money": money})
    assert list(refusal.value.fields) == [field]


def test_nobody_wants_a_payback_to_the_minute() -> None:
    assert str(figure_of(0.0037)) == "less than a day"
    assert str(figure_of(0.5)) == "0.500 weeks"
    assert str(figure_of(None)) == "never"
