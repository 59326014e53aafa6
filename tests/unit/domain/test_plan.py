"""Reading and writing plans: what is refused, what is kept, what is hashed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hadi.domain.errors import Invalid
from hadi.domain.plan import NeedRole, Plan, Threshold

BODY: dict[str, Any] = {
    "design": "split",
    "variant": "arm",
    "control": "A",
    "split": {"A": 1, "B": 1},
    "metrics": [
        {"name": "paid", "kind": "conversion", "columns": ["paid"], "role": "primary",
         "threshold": "5%", "better": "higher"},
        {"name": "spend", "kind": "mean", "columns": ["spend"]},
    ],
    "budget": {"amount": "20000", "currency": "rub"},
    "planned_units": 100,
    "ends_on": "2026-02-20",
}  # fmt: skip


def test_a_plan_reads_back_what_it_writes() -> None:
    plan = Plan.from_json(BODY)
    assert Plan.from_json(plan.as_json()) == plan
    assert plan.split == {"A": 0.5, "B": 0.5}
    assert plan.budget is not None
    assert plan.budget.currency == "RUB"
    assert plan.primary is not None
    assert plan.primary.threshold == Threshold(0.05, is_relative=True)


def test_the_digest_tells_plans_apart_and_ignores_the_order_of_fields() -> None:
    plan = Plan.from_json(BODY)
    assert plan.digest() == Plan.from_json(dict(reversed(list(BODY.items())))).digest()
    assert plan.digest() != Plan.from_json(BODY | {"alpha": 0.1}).digest()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"alpha": "a lot"}, "alpha"),
        ({"alpha": 0.7}, "alpha"),
        ({"alpha": 0}, "alpha"),
        ({"alpha": float("nan")}, "alpha"),
        ({"planned_units": 10.5}, "planned_units"),
        ({"planned_units": -1}, "planned_units"),
        ({"ends_on": "20.02.2026"}, "ends_on"),
        ({"starts_on": "2026-03-01"}, "ends_on"),
        ({"design": "wish"}, "design"),
        ({"split": {"A": 1}}, "split"),
        ({"split": ["A", "B"]}, "split"),
        ({"budget": {"amount": "NaN", "currency": "EUR"}}, "budget.amount"),
        ({"budget": {"amount": 5, "currency": "EURO"}}, "budget.currency"),
        ({"variant": "a\0b"}, "variant"),
        ({"variant": 7}, "variant"),
        ({"metrics": "paid"}, "metrics"),
        ({"metrics": [{"name": "paid"}]}, "metrics.0.kind"),
        ({"metrics": [{"kind": "mean"}]}, "metrics.0.name"),
        ({"metrics": [{"name": "m", "kind": "mean", "threshold": "many"}]}, "metrics.0.threshold"),
        ({"metrics": [{"name": "m", "kind": "mean", "threshold": -1}]}, "metrics.0.threshold"),
        ({"metrics": BODY["metrics"] * 2}, "metrics"),
        ({"hash": "x"}, "hash"),
    ],
)
def test_what_cannot_be_used_is_named(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        Plan.from_json(BODY | change)
    assert list(refused.value.fields) == [field]
    assert str(refused.value.fields[field])


def test_every_unusable_field_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        Plan.from_json(BODY | {"alpha": "x", "power": "y", "design": "z"})
    assert set(refused.value.fields) == {"alpha", "power", "design"}
    assert str(refused.value) == "3 fields of the plan need another look."


def test_the_needs_of_a_plan_name_its_columns() -> None:
    needs = Plan.from_json(BODY).needs()
    assert [(n.key, n.role, n.is_optional) for n in needs] == [
        ("arm", NeedRole.VARIANT, False),
        ("unit", NeedRole.UNIT, True),
        ("paid", NeedRole.METRIC, False),
        ("spend", NeedRole.METRIC, False),
    ]


def test_binding_renames_the_columns_and_nothing_else() -> None:
    plan = Plan.from_json(BODY)
    bound = plan.bound({"arm": "группа", "unit": "client id", "paid": "оплата"})
    assert (bound.variant, bound.unit) == ("группа", "client id")
    assert [m.columns for m in bound.metrics] == [("оплата",), ("spend",)]
    assert plan.bound({}).unit is None


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(Plan.__dataclass_fields__)), JSON))
def test_any_json_is_read_or_refused_in_words(body: dict[str, Any]) -> None:
    plan, faults = Plan(), {}
    try:
        plan = Plan.from_json(body)
    except Invalid as refused:
        faults = refused.fields
    assert all(str(text) for text in faults.values())
    assert Plan.from_json(plan.as_json()) == plan


PILOT = {
    "design": "pilot",
    "site": "store",
    "time": "week",
    "value": "sales",
    "treated": ["s07", "s12"],
    "start": 1,
    "metrics": [
        {"name": "Sales", "kind": "mean", "role": "primary", "threshold": "8%", "better": "higher"}
    ],
}


def test_a_pilots_own_fields_stand_among_those_of_the_plan() -> None:
    plan = Plan.from_json(PILOT)
    assert plan.pilot is not None
    assert plan.pilot.treated == ("s07", "s12")
    written = plan.as_json()
    assert written["start"] == "1"
    assert (written["method"], written["scale"], written["decide"]) == ("did", "log", "placebo")
    assert Plan.from_json(written) == plan


def test_other_plans_do_not_change_with_the_pilot() -> None:
    assert "treated" not in Plan.from_json({"design": "split"}).as_json()
    with pytest.raises(Invalid) as refused:
        Plan.from_json({"design": "split", "treated": ["s07"]})
    assert set(refused.value.fields) == {"treated"}


def test_a_pilot_needs_the_site_the_period_and_the_value() -> None:
    plan = Plan.from_json(PILOT)
    assert [(need.key, need.role.value) for need in plan.needs()] == [
        ("store", "site"),
        ("week", "time"),
        ("sales", "metric"),
    ]
    bound = plan.bound({"store": "Магазин", "sales": "Выручка"})
    assert bound.pilot is not None
    assert (bound.pilot.site, bound.pilot.time, bound.pilot.value) == ("Магазин", "week", "Выручка")
    assert bound.metrics[0].columns == ("Выручка",)


def test_a_pilot_whose_metric_names_the_column_takes_it() -> None:
    written = PILOT | {"value": None, "metrics": [PILOT["metrics"][0] | {"columns": ["turnover"]}]}
    plan = Plan.from_json(written)
    assert plan.needs()[2].key == "turnover"
    assert plan.bound({}).pilot.value == "turnover"


def test_a_pilot_is_about_averages() -> None:
    with pytest.raises(Invalid) as refused:
        Plan.from_json(PILOT | {"metrics": [{"name": "Share", "kind": "conversion"}]})
    assert set(refused.value.fields) == {"metrics.0.kind"}
