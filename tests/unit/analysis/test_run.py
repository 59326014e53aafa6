"""From sums to a record: checks, levels, adjusted p, looks, warnings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hadi.analysis.run import analyse
from hadi.domain.errors import Invalid
from hadi.domain.plan import Plan
from hadi.domain.spec import parse_metrics
from hadi.domain.text import Text
from hadi.ingest.source import ArmSummary, Summaries, Summed
from hadi.stats.samples import Conversion, Moments

Sample = Conversion | Moments


def summaries(arms: Mapping[str, Mapping[str, Sample]], **more: Any) -> Summaries:
    """Arms whose units are those of their first sample."""
    listed = []
    for name, samples in arms.items():
        units = next(iter(samples.values())).n
        missing = {metric: units - sample.n for metric, sample in samples.items()}
        listed.append(ArmSummary(name, units, samples, missing))
    total = sum(arm.units for arm in listed)
    return Summaries(tuple(listed), **({"rows": total, "all_units": total} | more))


def plan(*specs: str, **more: Any) -> Plan:
    return Plan(variant="arm", control="A", metrics=parse_metrics(specs), **more)


def judged(found: Summaries, asked: Plan, **options: Any) -> dict[str, Any]:
    answer = analyse(Summed("0" * 64, found), asked, **options).as_json()
    json.dumps(answer, allow_nan=False)
    return answer


def two(a: int, b: int, n: int = 1000, **more: Any) -> Summaries:
    return summaries({"A": {"c": Conversion(n, a)}, "B": {"c": Conversion(n, b)}}, **more)


CONVERSION = plan("c=conversion(c)")


def check(answer: dict[str, Any], code: str) -> dict[str, Any]:
    return next(c for c in answer["checks"] if c["code"] == code)


class TestChecks:
    def test_a_sample_ratio_beyond_floats_keeps_its_logarithm(self) -> None:
        arms = {"A": {"c": Conversion(10**6, 10**5)}, "B": {"c": Conversion(2 * 10**6, 10**5)}}
        answer = judged(summaries(arms), replace(CONVERSION, split={"A": 0.5, "B": 0.5}))
        ratio = check(answer, "sample_ratio")
        assert (ratio["status"], ratio["p_value"]) == ("fail", None)
        assert ratio["log10_p"] < -10_000

    @pytest.mark.parametrize(
        ("rows", "status", "verdict"),
        [(0, "pass", "confirmed"), (10, "warn", "confirmed"), (30, "fail", "invalid")],
    )
    def test_rows_of_no_arm(self, rows: int, status: str, verdict: str) -> None:
        found = two(100, 200, rows=2000 + rows, blank_arm_rows=rows)
        answer = judged(found, CONVERSION)
        assert check(answer, "unknown_arms")["status"] == status
        assert answer["verdict"] == verdict

    @pytest.mark.parametrize(
        ("units", "status", "verdict"),
        [(0, "pass", "confirmed"), (20, "warn", "confirmed"), (30, "fail", "invalid")],
    )
    def test_units_in_both_arms(self, units: int, status: str, verdict: str) -> None:
        found = two(100, 200, mixed_units=units, all_units=2000 + units, has_units=True)
        answer = judged(found, CONVERSION)
        assert check(answer, "mixed_units")["status"] == status
        assert answer["verdict"] == verdict

    def test_without_a_declared_split_uneven_arms_only_warn(self) -> None:
        found = summaries({"A": {"c": Conversion(1000, 100)}, "B": {"c": Conversion(2000, 400)}})
        answer = judged(found, CONVERSION)
        assert check(answer, "sample_ratio")["status"] == "warn"
        assert check(answer, "sample_ratio")["p_value"] < 0.001
        assert answer["verdict"] == "confirmed"
        declared = replace(CONVERSION, split={"A": 1 / 3, "B": 2 / 3})
        assert check(judged(found, declared), "sample_ratio")["status"] == "pass"

    def test_units_where_none_were_declared(self) -> None:
        asked = replace(CONVERSION, split={"A": 1.0, "B": 0.0, "C": 1.0})
        arms = {name: {"c": Conversion(1000, 100)} for name in "ABC"}
        answer = judged(summaries(arms), asked)
        assert check(answer, "sample_ratio")["status"] == "fail"
        assert "“B” has units" in check(answer, "sample_ratio")["detail"]

    def test_a_p_too_small_for_a_float(self) -> None:
        arms = {"A": {"c": Conversion(10**7, 10)}, "B": {"c": Conversion(10**6, 10)}}
        asked = replace(CONVERSION, split={"A": 0.5, "B": 0.5})
        found = check(judged(summaries(arms), asked), "sample_ratio")
        assert (found["status"], found["p_value"]) == ("fail", None)

    @pytest.mark.parametrize(
        ("a", "b", "status"), [(0, 0, "pass"), (20, 21, "pass"), (80, 82, "warn"), (5, 40, "warn")]
    )
    def test_missing_values(self, a: int, b: int, status: str) -> None:
        found = two(100, 200)
        arms = [replace(arm, missing={"c": n}) for arm, n in zip(found.arms, (a, b), strict=True)]
        answer = judged(replace(found, arms=tuple(arms)), CONVERSION)
        assert check(answer, "missing")["status"] == status
        assert answer["verdict"] == "confirmed"

    def test_duplicates_and_blank_units_warn(self) -> None:
        answer = judged(two(100, 200, duplicate_rows=3, blank_unit_rows=2), CONVERSION)
        assert check(answer, "duplicates")["status"] == "warn"
        assert "3 rows repeat" in check(answer, "duplicates")["detail"]
        assert check(answer, "blank_units")["status"] == "warn"

    def test_details_are_kept_as_codes(self) -> None:
        for found in judged(two(100, 200), CONVERSION)["checks"]:
            assert str(Text.from_json(found["text"])) == found["detail"]


class TestLevels:
    def test_arms_share_alpha(self) -> None:
        arms = {n: {"c": Conversion(1000, k)} for n, k in (("A", 100), ("B", 128), ("C", 128))}
        answer = judged(summaries(arms), CONVERSION)
        first = answer["comparisons"][0]
        assert 0.025 < first["p_value"] < 0.05
        assert first["alpha"] == 0.025
        assert answer["verdict"] == "not_enough_data"
        pair = judged(two(100, 128), CONVERSION)
        assert pair["comparisons"][0]["alpha"] == 0.05
        assert pair["verdict"] == "confirmed"

    def test_secondary_metrics_are_adjusted_and_move_nothing(self) -> None:
        names = ["p", "s1", "s2", "s3"]
        arms = {
            "A": {n: Conversion(1000, 100) for n in names},
            "B": {n: Conversion(1000, k) for n, k in zip(names, (100, 128, 60, 101), strict=True)},
        }
        answer = judged(summaries(arms), plan(*(f"{n}=conversion({n})" for n in names)))
        primary, *rest = answer["comparisons"]
        assert primary["p_adjusted"] is None
        p = [c["p_value"] for c in rest]
        assert rest[1]["p_adjusted"] == pytest.approx(p[1] * 3)
        assert rest[0]["p_adjusted"] == pytest.approx(p[0] * 3 / 2)
        assert rest[2]["p_adjusted"] == pytest.approx(p[2])
        assert answer["verdict"] != "harmful"

    def test_an_underflowing_p_stays_unsaid(self) -> None:
        n = 10**7
        arms = {
            "A": {"c": Conversion(n, n // 10), "s": Conversion(n, n // 10)},
            "B": {"c": Conversion(n, n // 8), "s": Conversion(n, n // 8)},
        }
        answer = judged(summaries(arms), plan("c=conversion(c)", "s=conversion(s)"))
        for compared in answer["comparisons"]:
            assert compared["p_value"] is None
            assert compared["p_adjusted"] is None
            assert compared["log10_p"] < -308
            assert compared["verdict"] == "confirmed"


class TestLooks:
    def test_planned_units_must_be_reached_in_every_arm(self) -> None:
        found = summaries({"A": {"c": Conversion(1000, 100)}, "B": {"c": Conversion(999, 200)}})
        answer = judged(found, replace(CONVERSION, planned_units=1000))
        assert answer["verdict"] == "not_yet"
        assert answer["real"] is answer["clear"] is False
        assert answer["progress"] == {
            "units": 999, "arm": "B", "planned_units": 1000, "final": False, "opened_early": False,
        }  # fmt: skip
        text = json.dumps(answer["comparisons"])
        assert "0.2" not in text
        assert judged(found, replace(CONVERSION, planned_units=999))["verdict"] == "confirmed"

    def test_the_last_day_is_inclusive(self) -> None:
        asked = replace(CONVERSION, ends_on=date(2026, 2, 20))
        found = two(100, 200)
        assert judged(found, asked, today=date(2026, 2, 20))["verdict"] == "not_yet"
        assert judged(found, asked, today=date(2026, 2, 21))["verdict"] == "confirmed"
        short = replace(asked, planned_units=2000)
        answer = judged(found, short, today=date(2026, 2, 21))
        assert [w["code"] for w in answer["warnings"]] == ["ended_short"]

    def test_opened_early_is_told(self) -> None:
        asked = replace(CONVERSION, planned_units=5000)
        answer = judged(two(100, 200), asked, opened_early=True)
        assert answer["verdict"] == "confirmed"
        assert answer["progress"]["opened_early"] is True
        assert answer["progress"]["final"] is False
        assert [w["code"] for w in answer["warnings"]] == ["opened_early"]

    def test_a_failed_check_is_told_before_the_end(self) -> None:
        asked = replace(CONVERSION, planned_units=5000, split={"A": 0.2, "B": 0.8})
        answer = judged(two(100, 200), asked)
        assert answer["verdict"] == "not_yet"
        assert check(answer, "sample_ratio")["status"] == "fail"


def test_low_power_is_told() -> None:
    answer = judged(two(2, 14, n=200), replace(CONVERSION, expected_effect=0.01))
    assert answer["verdict"] == "confirmed"
    assert [w["code"] for w in answer["warnings"]] == ["low_power"]
    assert not judged(two(100, 200), replace(CONVERSION, expected_effect=0.1))["warnings"]


def test_one_unit_is_no_sample() -> None:
    found = summaries({"A": {"m": Moments(1, 1.0, 0.0)}, "B": {"m": Moments(5, 2.0, 1.0)}})
    answer = judged(found, plan("m=mean(m)"))
    assert answer["verdict"] == "not_estimable"
    assert check(answer, "small_arms")["status"] == "warn"
    assert answer["comparisons"][0]["control"] == {"n": 1, "value": 1.0}
    assert answer["comparisons"][0]["difference"]["estimate"] is None
    assert answer["comparisons"][0]["note_text"]["code"] == "control_one_unit"


def test_an_unbounded_end_names_its_side() -> None:
    found = summaries({"A": {"m": Moments(50, 1.0, 5000.0)}, "B": {"m": Moments(50, 2.0, 50.0)}})
    compared = judged(found, plan("m=mean(m)"))["comparisons"][0]
    assert compared["lift"] is None or "unbounded" in compared["lift"]
    assert "unbounded" not in compared["difference"]


def test_a_plan_without_a_primary_metric_is_refused() -> None:
    asked = replace(CONVERSION, metrics=())
    with pytest.raises(Invalid):
        analyse(Summed("", two(1, 2)), asked)


def test_the_record_names_rule_data_and_packages() -> None:
    answer = judged(two(100, 200), CONVERSION)
    assert answer["rule_version"]
    assert answer["input_digest"] == "0" * 64
    assert answer["packages"].keys() == {"hadi", "duckdb", "numpy", "scipy"}
    assert str(Text.from_json(answer["sentence_text"])) == answer["sentence"]
    assert judged(two(100, 200), CONVERSION, has_digest=False)["input_digest"] is None
