"""Pilots judged as a record: verdicts, methods, traps, and what is not told before the end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from hadi.analysis.pilot import analyse_pilot
from hadi.domain.plan import Plan
from hadi.domain.text import Text
from hadi.ingest.panels import Groups, Paneled, PanelTable
from hadi.ingest.periods import periods_of

SITES, BEFORE, AFTER = 24, 16, 8


def plan(**changes: Any) -> Plan:
    metric = {
        "name": "Sales", "kind": "mean", "role": "primary", "threshold": "5%", "better": "higher",
    }  # fmt: skip
    written = {
        "design": "pilot", "site": "store", "time": "week", "value": "sales",
        "treated": ["s1", "s2"], "start": str(BEFORE + 1),
    }  # fmt: skip
    metrics = [metric | changes.pop("metric", {}), *changes.pop("more", [])]
    return Plan.from_json(written | {"metrics": metrics} | changes).bound({})


def values(
    *, effect: float | Sequence[float] = 0.0, pilots: int = 2, growth: float = 0.002, seed: int = 5
) -> Any:
    """Stores of unlike size that grow alike; an effect for the pilots, by week where it is a
    list."""
    random = np.random.default_rng(seed)
    weeks = np.arange(BEFORE + AFTER)
    logs = random.normal(6.0, 0.3, (SITES, 1)) + growth * weeks
    logs = logs + random.normal(0.0, 0.02, (SITES, weeks.size))
    logs[:pilots, BEFORE:] += np.log1p(np.asarray(effect))
    return np.exp(logs)


def table(found: Any, **more: Any) -> PanelTable:
    sites = tuple(f"s{number + 1}" for number in range(found.shape[0]))
    times = periods_of([str(week + 1) for week in range(found.shape[1])])
    panels = {"Sales": found} | more.pop("others", {})
    return PanelTable(sites, times, panels, found.size, **more)


def judge(known: PanelTable, asked: Plan, **more: Any) -> dict[str, Any]:
    answer = analyse_pilot(Paneled("0" * 64, known), asked, **more).as_json()
    json.dumps(answer, allow_nan=False)
    return answer


def warned(answer: dict[str, Any]) -> set[str]:
    return {warning["code"] for warning in answer["warnings"]}


def checked(answer: dict[str, Any]) -> dict[str, str]:
    return {check["code"]: check["status"] for check in answer["checks"]}


METHODS = ("did", "synthetic", "synthetic_demeaned", "synthetic_did", "augmented")


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_a_large_effect(method: str) -> None:
    answer = judge(table(values(effect=0.25)), plan(method=method))
    assert answer["method"] == method
    assert answer["effect"]["estimate"] == pytest.approx(0.25, abs=0.04)
    if method != "augmented":  # it fits many a placebo better than the pilots themselves
        assert answer["verdict"] == "confirmed"
        assert answer["effect"]["low"] > 0.05
    assert answer["comparisons"][0]["method"] == f"pilot_{method}"
    assert sum(answer["weights"].values()) == pytest.approx(1.0, abs=0.05)
    lift = answer["comparisons"][0]["lift"]["estimate"]
    assert lift == pytest.approx(answer["effect"]["estimate"])


@pytest.mark.parametrize("method", METHODS)
def test_without_an_effect_nothing_is_confirmed(method: str) -> None:
    answer = judge(table(values()), plan(method=method))
    assert answer["verdict"] in ("not_enough_data", "refuted")
    assert abs(answer["effect"]["estimate"]) < 0.03


@pytest.mark.parametrize("method", METHODS)
def test_without_an_interval_nothing_is_confirmed(method: str) -> None:
    """One pilot and eight controls: the placebo test cannot reach 0.05, a mix has no interval."""
    controls = [f"s{number}" for number in range(3, 11)]
    asked = plan(method=method, treated=["s1"], controls=controls)
    answer = judge(table(values(effect=0.3)), asked)
    assert answer["placebo"]["smallest_attainable"] == pytest.approx(1 / 9)
    assert checked(answer)["smallest_p"] == "warn"
    assert (answer["verdict"], answer["real"]) == ("not_enough_data", False)
    if method != "did":
        assert answer["effect"]["unbounded"] == "both"
        assert "No interval" in answer["sentence"]


def test_less_is_better_where_the_plan_says_so() -> None:
    answer = judge(table(values(effect=-0.2)), plan(metric={"better": "lower"}))
    assert answer["verdict"] == "confirmed"
    worse = judge(table(values(effect=0.2)), plan(metric={"better": "lower"}))
    assert worse["verdict"] == "harmful"


def test_a_promise_that_was_out_of_reach_is_refuted() -> None:
    answer = judge(table(values(effect=0.0)), plan(metric={"threshold": "20%"}))
    assert answer["verdict"] == "refuted"


def test_a_threshold_without_a_sign_is_a_fraction_on_the_log_scale() -> None:
    found = table(values(effect=0.12))
    relative = judge(found, plan(metric={"threshold": "20%"}))
    plain = judge(found, plan(metric={"threshold": 0.2}))
    assert relative["verdict"] == plain["verdict"] == "below_threshold"
    assert relative["sentence"] == plain["sentence"]


def test_a_relative_threshold_on_the_linear_scale_is_one_of_what_would_have_been() -> None:
    found = table(values(effect=0.12))
    answer = judge(found, plan(scale="linear", metric={"threshold": "20%"}))
    assert answer["verdict"] in ("below_threshold", "not_enough_data")
    units = judge(found, plan(scale="linear", metric={"threshold": 10}))
    assert units["verdict"] == "confirmed"
    assert units["effect"]["estimate"] > 20


def test_a_guardrail_that_broke_is_harm() -> None:
    returns = values(effect=0.4, seed=9)
    guardrail = {
        "name": "Returns", "kind": "mean", "columns": ["returns"], "role": "guardrail",
        "better": "lower",
    }  # fmt: skip
    found = table(values(effect=0.25), others={"Returns": returns})
    answer = judge(found, plan(more=[guardrail]))
    assert answer["verdict"] == "harmful"
    assert "“Returns”" in answer["sentence"]
    margin = judge(found, plan(more=[guardrail | {"margin": 0.8}]))
    assert margin["verdict"] == "confirmed"


def test_secondary_metrics_are_adjusted_and_never_decide() -> None:
    more = [{"name": "Visits", "kind": "mean", "columns": ["visits"]}]
    found = table(values(effect=0.25), others={"Visits": values(effect=-0.3, seed=3)})
    answer = judge(found, plan(more=more))
    assert answer["verdict"] == "confirmed"
    assert answer["comparisons"][1]["p_adjusted"] is not None


def test_zeros_on_the_log_scale_have_no_estimate() -> None:
    found = values(effect=0.2)
    found[5, 3] = 0.0
    answer = judge(table(found), plan())
    assert answer["verdict"] == "not_estimable"
    assert "--scale linear" in answer["sentence"]
    assert answer["effect"]["estimate"] is None
    assert judge(table(found), plan(scale="linear"))["verdict"] == "confirmed"


def test_a_control_without_a_past_is_left_out_and_named() -> None:
    found = values(effect=0.2)
    found[7, :BEFORE] = np.nan
    found[8, 3:5] = np.nan
    answer = judge(table(found), plan())
    assert checked(answer)["left_out"] == "warn"
    assert checked(answer)["missing_periods"] == "warn"
    assert "s8" not in answer["weights"] and "s9" in answer["weights"]
    mix = judge(table(found), plan(method="synthetic_demeaned"))
    assert checked(mix)["mix_left_out"] == "warn"
    assert mix["verdict"] == "confirmed"


def test_before_the_end_nothing_of_the_effect_is_told() -> None:
    answer = judge(table(values(effect=[0.4, 0.3, 0.2, 0.1, 0.1, 0, 0, 0])), plan(planned_units=9))
    assert answer["verdict"] == "not_yet"
    assert answer["effect"]["estimate"] is None and answer["series"] is None
    assert answer["naive"]["estimate"] is None and answer["controls"]["estimate"] is None
    assert warned(answer) == set()


def test_the_line_of_what_would_have_been_is_the_effect() -> None:
    answer = judge(table(values(effect=0.2)), plan())
    series = answer["series"]
    ratio = np.log(np.array(series["actual"]) / np.array(series["counterfactual"]))
    after = ratio[BEFORE:].mean() - ratio[:BEFORE].mean()
    assert np.expm1(after) == pytest.approx(answer["effect"]["estimate"], abs=1e-9)
    assert np.mean(np.log1p(series["gaps"][BEFORE:])) == pytest.approx(after, abs=1e-9)
    inside = [
        low <= expected <= high
        for low, expected, high in zip(
            series["low"], series["counterfactual"], series["high"], strict=True
        )
    ]
    assert all(inside)


# --- Traps


def test_growth_everywhere_is_said() -> None:
    answer = judge(table(values(growth=0.02)), plan(metric={"threshold": "1%"}))
    assert "common_trend" in warned(answer)
    assert answer["sentence_text"]["code"] == "sentence_pilot_neighbours_grew"


def test_a_fading_effect_leads_with_what_is_left() -> None:
    weekly = [0.31, 0.28, 0.24, 0.19, 0.15, 0.11, 0.08, 0.06]
    answer = judge(table(values(effect=weekly)), plan())
    assert answer["verdict"] == "confirmed"
    assert "fading" in warned(answer)
    said = answer["sentence_text"]
    assert said["code"] == "sentence_pilot_fades"
    left = answer["lately"]
    assert left["estimate"] == pytest.approx(0.10, abs=0.02)
    assert left["low"] < left["estimate"] < left["high"] < answer["effect"]["estimate"]
    told = Text.from_json(said).params["lately"].params
    assert (told["effect"].value, told["low"].value) == (left["estimate"], left["low"])
    warning = next(w["text"]["params"] for w in answer["warnings"] if w["code"] == "fading")
    assert warning["lately"]["value"] == left["estimate"]
    assert warning["mean"]["value"] == answer["effect"]["estimate"]
    steady = judge(table(values(effect=0.17)), plan())
    assert "fading" not in warned(steady) and steady["lately"] is None


def test_what_is_left_is_the_same_method_over_the_later_half() -> None:
    weekly = [0.31, 0.28, 0.24, 0.19, 0.15, 0.11, 0.08, 0.06]
    found = values(effect=weekly)
    answer = judge(table(found), plan())
    kept = np.delete(found, np.s_[BEFORE : BEFORE + AFTER // 2], axis=1)
    later = judge(table(kept), plan())
    for part in ("estimate", "low", "high"):
        assert answer["lately"][part] == pytest.approx(later["effect"][part], rel=1e-12)


def test_the_worst_site_of_a_short_past_gets_better_by_itself() -> None:
    random = np.random.default_rng(1)
    equal = np.exp(6.0 + random.normal(0.0, 0.05, (15, 12)))
    worst = int(equal[:, :4].mean(axis=1).argmin())
    equal[[0, worst]] = equal[[worst, 0]]
    answer = judge(table(equal), plan(treated=["s1"], start="5"))
    assert "rebound" in warned(answer)
    text = next(w["text"] for w in answer["warnings"] if w["code"] == "rebound")
    assert text["params"]["place"]["value"] == 15
    assert text["params"]["expected"]["value"] > 0.02
    drawn = judge(table(equal), plan(treated=["s8"], start="5"))
    assert "rebound" not in warned(drawn)


def test_a_store_that_is_always_small_is_no_rebound() -> None:
    found = values(pilots=1)
    found[0] *= 0.3
    assert "rebound" not in warned(judge(table(found), plan(treated=["s1"])))


def test_one_seller_who_carries_it_is_named() -> None:
    found = values(effect=0.25, growth=0.0)
    total = found[:2].sum(axis=0)
    shares = np.array([0.4, 0.3, 0.3])[:, np.newaxis] * total[:BEFORE].mean()
    sold = np.repeat(shares, BEFORE + AFTER, axis=1)
    sold[0, BEFORE:] += total[BEFORE:] - total[:BEFORE].mean()
    groups = Groups(("Anna", "Boris", "Vera"), sold)
    answer = judge(table(found, groups=groups), plan(group="seller"))
    assert "carried" in warned(answer)
    text = next(w["sentence"] for w in answer["warnings"] if w["code"] == "carried")
    assert "“Anna”" in text
    even = Groups(groups.names, np.array([0.4, 0.3, 0.3])[:, np.newaxis] * total)
    assert "carried" not in warned(judge(table(found, groups=even), plan(group="seller")))


def test_a_bundle_stays_on_the_verdict() -> None:
    answer = judge(table(values(effect=0.2)), plan(components=["training", "mentor", "bonus"]))
    assert "bundle" in warned(answer)
    text = next(w["sentence"] for w in answer["warnings"] if w["code"] == "bundle")
    assert "“mentor”" in text


def test_a_mix_that_fits_badly_says_so() -> None:
    found = values(effect=0.2, pilots=1)
    found[0, :BEFORE] *= np.exp(0.5 * np.sin(np.arange(BEFORE)))
    answer = judge(table(found), plan(method="synthetic", treated=["s1"]))
    assert checked(answer)["pre_fit"] == "warn"


# --- What would settle it


@pytest.mark.parametrize(
    ("effect", "seed", "code"),
    [(0.008, 2, "pilot_settles_pilots"), (0.004, 2, "pilot_settles_never")],
)
def test_an_open_pilot_says_what_would_settle_it(effect: float, seed: int, code: str) -> None:
    found = table(values(effect=effect, pilots=1, seed=seed))
    answer = judge(found, plan(treated=["s1"], metric={"threshold": "2%"}))
    assert answer["verdict"] == "not_enough_data"
    assert answer["sentence_text"]["params"]["settles"]["text"]["code"] == code


def test_a_lucky_pilot_is_said_to_exaggerate() -> None:
    """A pilot made to see 1 % that saw 6 % saw mostly luck."""
    found = values(effect=0.06)
    answer = judge(table(found), plan(metric={"threshold": "1%"}))
    assert answer["verdict"] == "confirmed"
    assert "low_power" in warned(answer)
    strong = judge(table(values(effect=0.2)), plan(metric={"threshold": "10%"}))
    assert "low_power" not in warned(strong)


def test_two_tests_that_disagree_are_said_to() -> None:
    """Every other choice of pilots moved less, but sites differ so that t is not sure."""
    random = np.random.default_rng(2)
    found = np.exp(6.0 + random.normal(0.0, 0.001, (SITES, BEFORE + AFTER)))
    found[2:, BEFORE:] *= np.where(np.arange(SITES - 2) % 2, 1.05, 0.95)[:, np.newaxis]
    found[0, BEFORE:] *= 1.06
    answer = judge(table(found), plan(treated=["s1"], metric={"threshold": "1%"}, alpha=0.1))
    assert answer["placebo"]["p_value"] <= 0.1 < answer["effect"]["p_value"]
    assert answer["verdict"] == "not_enough_data" and answer["real"] is False
    assert answer["sentence_text"]["code"] == "sentence_disputed"
