"""When a result may be seen, at which level, and what it closes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hadi.domain.plan import Looks, Plan, Spending
from hadi.domain.spec import parse_metrics
from hadi.stats.group_sequential import nominal_alpha
from hadi.stats.samples import Conversion

PLAN = Plan(
    variant="arm", control="A", metrics=parse_metrics(["c=conversion(c)"]), planned_units=1000
)
PLANNED = replace(PLAN, looks=Looks.PLANNED, look_count=4)
ANYTIME = replace(PLAN, looks=Looks.ANYTIME)


def arms(n: int, a: int, b: int):
    return {"A": {"c": Conversion(n, a)}, "B": {"c": Conversion(n, b)}}


class TestPlanned:
    def test_before_the_first_look_nothing_is_shown(self, judge) -> None:
        answer = judge(arms(200, 20, 60), PLANNED)
        assert answer["verdict"] == "not_yet"
        assert answer["comparisons"][0]["difference"]["estimate"] is None
        assert answer["look"]["open"] is False
        assert answer["look"]["next_due"] == 0.25
        assert answer["sentence"].endswith("The next look is due at 25.0% of them.")
        assert answer["closing"] is False

    @pytest.mark.parametrize("spending", list(Spending))
    def test_a_look_takes_its_share_of_alpha(self, judge, spending: Spending) -> None:
        asked = replace(PLANNED, spending=spending)
        answer = judge(arms(500, 50, 56), asked, ask={"earlier": [0.25]})
        level = nominal_alpha([0.25, 0.5], alpha=0.05, spending=spending.value)
        found = answer["comparisons"][0]
        assert found["alpha"] == pytest.approx(level)
        assert answer["look"]["boundary_alpha"] == pytest.approx(level)
        assert found["parameters"]["look_alpha"] == pytest.approx(level)
        assert answer["look"]["number"] == 2
        assert answer["look"]["earlier"] == [0.25]
        assert answer["look"]["next_due"] == 0.75
        assert answer["closing"] is False
        assert [w["code"] for w in answer["warnings"]] == ["interim"]

    def test_a_look_that_answers_closes_the_test(self, judge) -> None:
        answer = judge(arms(500, 50, 110), PLANNED)
        assert answer["verdict"] == "confirmed"
        assert answer["progress"]["final"] is False
        assert answer["closing"] is True
        assert [w["code"] for w in answer["warnings"]] == ["ended_at_look"]

    def test_a_nearly_significant_look_is_not_real_yet(self, judge) -> None:
        fixed = judge(arms(500, 50, 70), replace(PLAN, planned_units=500))
        early = judge(arms(500, 50, 70), PLANNED)
        assert 0.04 < fixed["comparisons"][0]["p_value"] < 0.06
        assert early["comparisons"][0]["alpha"] < 0.01
        assert not early["real"]

    def test_between_two_looks_nothing_new_is_shown(self, judge) -> None:
        answer = judge(arms(300, 30, 60), PLANNED, ask={"earlier": [0.25]})
        assert answer["verdict"] == "not_yet"
        again = judge(arms(250, 25, 30), PLANNED, ask={"earlier": [0.25]})
        assert again["look"]["open"]
        assert again["look"]["number"] == 1

    def test_off_the_schedule_it_is_opened_with_a_reason_and_told(self, judge) -> None:
        answer = judge(arms(300, 30, 40), PLANNED, ask={"earlier": [0.25], "opened_early": True})
        assert answer["look"]["opened_early"]
        assert "off_schedule" in [w["code"] for w in answer["warnings"]]
        assert answer["closing"] is False
        level = nominal_alpha([0.25, 0.3], alpha=0.05, spending="obrien_fleming")
        assert answer["comparisons"][0]["alpha"] == pytest.approx(level)

    def test_off_the_schedule_an_answer_closes_as_at_any_look(self, judge) -> None:
        asked = {"earlier": [0.25], "opened_early": True}
        assert judge(arms(300, 30, 90), PLANNED, ask=asked)["closing"] is True

    def test_a_look_off_the_schedule_takes_none_of_it(self, judge) -> None:
        due = judge(arms(260, 26, 30), PLANNED, ask={"earlier": [0.15]})
        assert due["look"]["open"] and due["look"]["number"] == 1
        due = judge(arms(505, 50, 55), PLANNED, ask={"earlier": [0.26, 0.35]})
        assert due["look"]["open"] and due["look"]["number"] == 2
        assert due["look"]["next_due"] == 0.75

    def test_a_late_first_look_is_that_of_its_mark(self, judge) -> None:
        first = judge(arms(505, 50, 55), PLANNED)
        assert (first["look"]["number"], first["look"]["next_due"]) == (2, 0.75)
        assert judge(arms(700, 70, 75), PLANNED, ask={"earlier": [0.505]})["verdict"] == "not_yet"
        last = judge(arms(1000, 100, 110), PLANNED, ask={"earlier": [0.505]})
        assert (last["look"]["number"], last["look"]["next_due"]) == (4, None)

    def test_data_that_lost_units_are_judged_as_the_last_look_was(self, judge) -> None:
        answer = judge(arms(350, 35, 40), PLANNED, ask={"earlier": [0.5, 0.75]})
        level = nominal_alpha([0.5, 0.75], alpha=0.05, spending="obrien_fleming")
        assert answer["look"]["open"]
        assert answer["comparisons"][0]["alpha"] == pytest.approx(level)

    def test_the_end_spends_what_is_left_though_units_are_short(self, judge) -> None:
        answer = judge(arms(800, 80, 100), PLANNED, ask={"earlier": [0.5], "is_final": True})
        level = nominal_alpha([0.5, 1.0], alpha=0.05, spending="obrien_fleming")
        assert answer["comparisons"][0]["alpha"] == pytest.approx(level)
        assert answer["closing"] is True
        assert "ended_short" in [w["code"] for w in answer["warnings"]]


class TestAnytime:
    def test_every_look_is_shown_and_only_an_answer_closes(self, judge) -> None:
        open_ = judge(arms(300, 30, 40), ANYTIME)
        assert open_["verdict"] == "not_enough_data"
        assert open_["look"]["open"]
        assert open_["closing"] is False
        assert "interim" in [w["code"] for w in open_["warnings"]]
        clear = judge(arms(600, 60, 160), ANYTIME)
        assert clear["verdict"] == "confirmed"
        assert clear["closing"] is True

    def test_a_reason_ends_it_before_its_end(self, judge) -> None:
        answer = judge(arms(300, 30, 40), ANYTIME, ask={"opened_early": True})
        assert answer["verdict"] == "not_enough_data"
        assert answer["closing"] is True
        assert [w["code"] for w in answer["warnings"]] == ["ended_early"]

    def test_the_end_closes_whatever_is_found(self, judge) -> None:
        answer = judge(arms(1000, 100, 110), ANYTIME)
        assert answer["progress"]["final"]
        assert answer["closing"] is True
        assert not answer["warnings"]

    def test_it_is_tuned_to_the_planned_units(self, judge) -> None:
        tuned = judge(arms(1000, 100, 150), ANYTIME)
        assert tuned["comparisons"][0]["parameters"]["tuning"] == 1000
        loose = judge(arms(1000, 100, 150), replace(ANYTIME, planned_units=None))
        assert loose["comparisons"][0]["parameters"]["tuning"] == 5000

    def test_the_sample_ratio_may_be_read_at_every_look(self, judge) -> None:
        uneven = {"A": {"c": Conversion(1000, 100)}, "B": {"c": Conversion(1130, 110)}}
        declared = {"A": 0.5, "B": 0.5}
        checks = {
            looks: next(
                c for c in judge(uneven, replace(PLAN, looks=looks, split=declared))["checks"]
                if c["code"] == "sample_ratio"
            )
            for looks in (Looks.FIXED, Looks.ANYTIME)
        }  # fmt: skip
        assert checks[Looks.FIXED]["p_value"] < 0.01
        assert checks[Looks.ANYTIME]["p_value"] > checks[Looks.FIXED]["p_value"]


def test_a_fixed_test_opened_early_closes_and_is_told(judge) -> None:
    answer = judge(arms(500, 50, 110), PLAN, ask={"opened_early": True})
    assert answer["closing"] is True
    assert [w["code"] for w in answer["warnings"]] == ["opened_early"]
    assert judge(arms(500, 50, 110), PLAN)["closing"] is False
