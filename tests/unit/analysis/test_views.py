"""What stands beside the verdict: margins, Bayes, all arms, segments, quality."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hadi.domain.plan import Looks, Plan
from hadi.domain.spec import parse_metrics
from hadi.ingest.source import Outliers, Slice
from hadi.stats import equivalence, means, omnibus
from hadi.stats.arrays import Clusters, Distribution
from hadi.stats.bayes import Prior
from hadi.stats.samples import CoMoments, Conversion, Events, Moments
from tests.unit.analysis.conftest import arms_of

RNG = np.random.default_rng(11)


def plan(*specs: str, **more) -> Plan:
    return Plan(variant="arm", control="A", metrics=parse_metrics(specs), **more)


def two(a, b, name: str = "m"):
    return {"A": {name: a}, "B": {name: b}}


def check(answer, code: str):
    return next((c for c in answer["checks"] if c["code"] == code), None)


BIG = two(Conversion(100_000, 10_000), Conversion(100_000, 10_050), "c")
SMALL = two(Conversion(100, 10), Conversion(100, 11), "c")


class TestMargins:
    def test_flat_and_well_measured_is_told_apart_from_too_little(self, judge) -> None:
        asked = plan("c=conversion(c);threshold=0.02")
        flat, open_ = judge(BIG, asked), judge(SMALL, asked)
        assert flat["verdict"] == "refuted"
        assert flat["comparisons"][0]["equivalence"]["is_flat"]
        assert flat["sentence_text"]["code"] == "sentence_refuted_flat"
        assert open_["verdict"] == "not_enough_data"
        assert not open_["comparisons"][0]["equivalence"]["is_flat"]

    def test_the_p_is_that_of_two_one_sided_tests(self, judge) -> None:
        before, after = Moments.from_sd(400, 25.0, 6.0), Moments.from_sd(420, 25.2, 6.3)
        found = judge(two(before, after), plan("m=mean(m);threshold=1"))["comparisons"][0]
        result = means.compare(before, after, alpha=0.05)
        wanted = equivalence.tost(result, low=-1.0, high=1.0).p_value
        assert found["equivalence"]["p_value"] == pytest.approx(wanted)
        relative = judge(two(before, after), plan("m=mean(m);threshold=4%"))["comparisons"][0]
        assert relative["equivalence"]["margin"] == pytest.approx(1.0)

    def test_without_a_threshold_there_is_nothing_to_be_flat_against(self, judge) -> None:
        assert judge(SMALL, plan("c=conversion(c)"))["comparisons"][0]["equivalence"] is None

    @pytest.mark.parametrize(("margin", "is_met"), [(0.01, True), (0.001, False)])
    def test_a_guardrail_is_kept_or_not(self, judge, margin: float, is_met: bool) -> None:
        arms = {
            name: {"c": Conversion(100_000, 10_000), "g": Conversion(100_000, n)}
            for name, n in (("A", 5_000), ("B", 5_010))
        }
        spec = f"g=conversion(g);role=guardrail;better=lower;margin={margin}"
        found = judge(arms, plan("c=conversion(c);role=primary", spec))["comparisons"][1]
        assert found["non_inferiority"]["is_met"] is is_met
        assert (found["verdict"] == "proven") is is_met
        assert found["equivalence"] is None

    def test_other_looks_are_judged_by_their_interval_alone(self, judge) -> None:
        asked = plan("c=conversion(c);threshold=0.02", looks=Looks.ANYTIME)
        found = judge(BIG, asked)["comparisons"][0]["equivalence"]
        assert found == {"margin": 0.02, "p_value": None, "is_flat": True}


class TestBayes:
    def test_it_stands_beside_and_turns_with_what_is_better(self, judge) -> None:
        more = judge(SMALL, plan("c=conversion(c)"))["comparisons"][0]["bayes"]
        less = judge(SMALL, plan("c=conversion(c);better=lower"))["comparisons"][0]["bayes"]
        assert 0.5 < more["chance_to_win"] < 0.7
        assert less["chance_to_win"] == pytest.approx(1 - more["chance_to_win"])
        assert less["expected_loss"]["control"] == pytest.approx(more["expected_loss"]["treatment"])
        assert more["sceptical"] is None

    def test_past_tests_draw_an_effect_towards_nothing(self, judge) -> None:
        arms = two(Conversion(1000, 100), Conversion(1000, 140), "c")
        prior = Prior(0.0, 0.05, 12)
        found = judge(arms, plan("c=conversion(c)"), ask={"prior": prior})["comparisons"][0]
        view = found["bayes"]
        assert view["prior"] == {"mean": 0.0, "sd": 0.05, "tests": 12}
        assert 0 < view["sceptical"]["mean"] < view["mean"] / 4
        assert view["sceptical"]["chance_to_win"] < view["chance_to_win"]
        without = judge(arms, plan("c=conversion(c)"))
        assert without["verdict"] == "confirmed"


class TestSeveralArms:
    def test_all_arms_are_tested_together_and_one_by_one(self, judge) -> None:
        counts = {"A": 200, "B": 250, "C": 230}
        arms = {name: {"c": Conversion(2000, n)} for name, n in counts.items()}
        answer = judge(arms, plan("c=conversion(c)"))
        wanted = omnibus.conversions([Conversion(2000, n) for n in counts.values()])
        assert answer["omnibus"]["p_value"] == pytest.approx(wanted.p_value)
        assert answer["omnibus"]["df"] == 2
        first, second = answer["comparisons"]
        assert first["p_adjusted"] == pytest.approx(2 * first["p_value"])
        assert second["p_adjusted"] == pytest.approx(second["p_value"])
        assert judge(SMALL, plan("c=conversion(c)"))["omnibus"] is None

    def test_a_ratio_is_tested_by_the_values_of_its_arms(self, judge) -> None:
        arms = {
            name: {"r": CoMoments.of((d * rate + RNG.normal(0, 1, 200)).tolist(), d.tolist())}
            for name, rate in (("A", 2.0), ("B", 2.0), ("C", 2.6))
            for d in [RNG.integers(1, 6, 200).astype(float)]
        }
        answer = judge(arms, plan("r=ratio(a,b)"))
        assert answer["omnibus"]["method"] == "omnibus_wald"
        assert answer["omnibus"]["p_value"] < 0.001

    def test_all_arms_together_are_asked_at_the_last_look_only(self, judge) -> None:
        arms = {
            name: {"c": Conversion(2000, n)} for name, n in zip("ABC", (200, 260, 230), strict=True)
        }
        for more in ({}, {"planned_units": 3000}):
            found = judge(arms, plan("c=conversion(c)", looks=Looks.ANYTIME, **more))["omnibus"]
            assert found["p_value"] is None
            assert found["note_text"]["code"] == "omnibus_one_look"
        last = judge(arms, plan("c=conversion(c)", looks=Looks.ANYTIME, planned_units=2000))
        assert last["omnibus"]["p_value"] < 0.05

    def test_arms_without_variation_have_no_omnibus_and_say_why(self, judge) -> None:
        arms = {name: {"c": Conversion(100, 0)} for name in "ABC"}
        found = judge(arms, plan("c=conversion(c)"))["omnibus"]
        assert found["p_value"] is None
        assert found["note"]


class TestSegments:
    def segments(self, **levels):
        return {
            "region": tuple(Slice(name, arms_of(two(*arms, "c"))) for name, arms in levels.items())
        }

    def test_levels_are_adjusted_and_compared(self, judge) -> None:
        asked = plan("c=conversion(c)", segments=("region",))
        answer = judge(
            two(Conversion(2000, 200), Conversion(2000, 300), "c"), asked,
            segments=self.segments(
                north=(Conversion(1000, 100), Conversion(1000, 210)),
                south=(Conversion(1000, 100), Conversion(1000, 90)),
            ),
        )  # fmt: skip
        (found,) = answer["segments"]
        assert found["exploratory"] is True
        assert found["interaction"]["p_value"] < 0.001
        north, south = found["levels"]
        assert north["estimate"] == pytest.approx(0.11)
        assert north["p_adjusted"] == pytest.approx(2 * north["p_value"])
        assert south["p_adjusted"] == pytest.approx(south["p_value"])
        assert answer["verdict"] == "confirmed"

    def test_a_level_without_units_says_so(self, judge) -> None:
        asked = plan("c=conversion(c)", segments=("region",))
        answer = judge(
            SMALL, asked,
            segments=self.segments(
                north=(Conversion(100, 10), Conversion(100, 11)),
                south=(Conversion(0, 0), Conversion(3, 1)),
            ),
        )  # fmt: skip
        (found,) = answer["segments"]
        assert found["levels"][1]["estimate"] is None
        assert "no units" in found["levels"][1]["note"]
        assert found["interaction"] is None

    def test_a_p_too_small_for_a_float_stays_unsaid(self, judge) -> None:
        asked = plan("c=conversion(c)", segments=("region",))
        sure = (Conversion(100_000, 1_000), Conversion(100_000, 50_000))
        opposite = tuple(reversed(sure))
        answer = judge(
            two(*(sum(pair[1:], pair[0]) for pair in zip(sure, opposite, strict=True)), "c"), asked,
            segments=self.segments(north=sure, south=opposite),
        )  # fmt: skip
        (found,) = answer["segments"]
        for part in (*found["levels"], found["interaction"]):
            assert part["p_value"] is None
            assert part["p_adjusted"] is None

    def test_before_the_end_nobody_sees_them(self, judge) -> None:
        asked = plan("c=conversion(c)", segments=("region",), planned_units=500)
        half = (Conversion(100, 10), Conversion(100, 11))
        answer = judge(SMALL, asked, segments=self.segments(north=half))
        assert answer["verdict"] == "not_yet"
        assert answer["segments"] == []


class TestQuality:
    def test_one_seller_who_carries_the_effect(self, judge) -> None:
        def seller(name: str, plus: float) -> Slice:
            before = Moments.of(RNG.normal(10, 1, 40))
            return Slice(name, arms_of(two(before, Moments.of(RNG.normal(10 + plus, 1, 40)))))

        groups = (seller("Ann", 0.0), seller("Bob", 6.0), *(seller(n, 0.1) for n in "CDEF"))
        parts = [[g.arms[i].samples["m"] for g in groups] for i in (0, 1)]
        whole = [sum(own[1:], own[0]) for own in parts]
        answer = judge(two(*whole), plan("m=mean(m)", group="seller"), groups=groups)
        found = check(answer, "concentration")
        assert found["status"] == "warn"
        assert "“Bob” carries" in found["detail"]
        assert answer["verdict"] == "confirmed"

    def test_nobody_carries_an_effect_that_is_none(self, judge) -> None:
        def seller(name: str, plus: float) -> Slice:
            return Slice(
                name, arms_of(two(Moments.from_sd(40, 10, 1), Moments.from_sd(40, 10 + plus, 1)))
            )

        groups = tuple(
            seller(n, p) for n, p in zip("ABCDE", (0.1, -0.1, 0.05, 0, -0.04), strict=True)
        )
        parts = [[g.arms[i].samples["m"] for g in groups] for i in (0, 1)]
        whole = [sum(own[1:], own[0]) for own in parts]
        answer = judge(two(*whole), plan("m=mean(m)", group="seller"), groups=groups)
        found = check(answer, "concentration")
        assert (found["status"], found["text"]["code"]) == ("pass", "check_concentration_no_effect")

    def test_an_effect_that_fades(self, judge) -> None:
        def day(place: int, plus: float) -> Slice:
            arms = two(Moments.from_sd(400, 10, 2), Moments.from_sd(400, 10 + plus, 2))
            return Slice(f"2026-03-{place + 1:02d}", arms_of(arms))

        whole = two(Moments.from_sd(8000, 10, 2), Moments.from_sd(8000, 10.5, 2))
        fading = tuple(day(i, 1.0 - 0.05 * i) for i in range(20))
        steady = tuple(day(i, 0.5) for i in range(20))
        asked = plan("m=mean(m)", day="day")
        assert check(judge(whole, asked, days=fading), "novelty")["status"] == "warn"
        assert check(judge(whole, asked, days=steady), "novelty")["status"] == "pass"
        found = check(judge(whole, asked, days=steady[:2]), "novelty")
        assert (found["status"], found["text"]["code"]) == ("pass", "check_novelty_unseen")

    def test_a_day_of_few_units_alike_by_chance_is_not_a_trend(self, judge) -> None:
        def day(place: int, n: int, plus: float, sd: float) -> Slice:
            arms = two(Moments.from_sd(n, 10, sd), Moments.from_sd(n, 10 + plus, sd))
            return Slice(f"2026-03-{place + 1:02d}", arms_of(arms))

        days = (*(day(i, 40, 0.5, 2.0) for i in range(9)), day(9, 2, -0.4, 0.01))
        whole = two(Moments.from_sd(400, 10, 2), Moments.from_sd(400, 10.5, 2))
        found = check(judge(whole, plan("m=mean(m)", day="day"), days=days), "novelty")
        assert found["status"] == "pass"

    def test_a_week_without_data_is_seven_days_long(self, judge) -> None:
        def day(place: int, plus: float) -> Slice:
            arms = two(Moments.from_sd(400, 10, 2), Moments.from_sd(400, 10 + plus, 2))
            return Slice(f"2026-03-{place:02d}", arms_of(arms))

        days = tuple(day(place, 1.5 - 0.1 * place) for place in (1, 2, 3, 10, 11))
        whole = two(Moments.from_sd(2000, 10, 2), Moments.from_sd(2000, 11, 2))
        found = check(judge(whole, plan("m=mean(m)", day="day"), days=days), "novelty")
        assert found["status"] == "warn"
        assert "−0.1" in found["detail"]

    def test_one_unit_that_holds_a_tenth_of_everything(self, judge) -> None:
        arms = two(Moments.from_sd(1000, 10, 2), Moments.from_sd(1000, 11, 2))
        far = Outliers(1, 0.1, 30.0, 1100.0, 0.1)
        near = Outliers(0, 0.0, 30.0, 18.0, 0.002)
        answer = judge(arms, plan("m=mean(m)"), outliers={"m": (near, far)})
        assert check(answer, "outliers")["status"] == "warn"
        assert "“B” one unit" in check(answer, "outliers")["detail"]
        answer = judge(arms, plan("m=mean(m)"), outliers={"m": (near, near)})
        assert check(answer, "outliers")["status"] == "pass"

    def test_arms_that_differed_before(self, judge) -> None:
        def arm(plus: float) -> CoMoments:
            before = RNG.normal(5 + plus, 1, 300)
            return CoMoments.of((before + RNG.normal(0, 1, 300)).tolist(), before.tolist())

        asked = plan("m=mean(a);covariate=x")
        assert check(judge(two(arm(0), arm(0.6)), asked), "pre_period")["status"] == "warn"

    def test_many_covariates_are_many_chances_to_differ(self, judge) -> None:
        def arm(plus: float) -> CoMoments:  # 2.8 standard errors apart: p 0.005
            table = np.diag([399.0] * 6).tolist()
            return CoMoments(400, (5.0, plus, 0.0, 0.0, 0.0, 0.0), tuple(map(tuple, table)))

        answer = judge(two(arm(0), arm(0.2)), plan("m=mean(m);covariate=a,b,c,d,e"))
        found = check(answer, "pre_period")
        assert 0.002 < found["p_value"] < 0.01
        assert found["status"] == "pass"

    def test_events_in_bunches(self, judge) -> None:
        def arm(factor: float) -> Events:
            seen = [float(factor * 10 * (i % 10 == 0)) for i in range(200)]
            return Events(200, int(sum(seen)), 200.0, CoMoments.of(seen, [1.0] * 200))

        answer = judge(two(arm(1), arm(2)), plan("m=rate(a,b)"))
        found = check(answer, "overdispersion")
        assert found["status"] == "warn"
        assert found["p_value"] > answer["comparisons"][0]["p_value"]

    def test_stores_that_each_lie_in_one_arm(self, judge) -> None:
        def stores(plus: float) -> Clusters:
            sizes = np.full(6, 100.0)
            own = RNG.normal(5 + plus, 1, 6)
            return Clusters(tuple("abcdef"), sizes, sizes * own, sizes, sizes * 1.0)

        arms = two(Moments.from_sd(600, 5, 1), Moments.from_sd(600, 5.4, 1))
        asked = plan("m=mean(m)", cluster="store")
        answer = judge(arms, asked, clusters=(stores(0), stores(0.4)))
        found = check(answer, "clusters")
        assert found["status"] == "warn"
        assert found["p_value"] > 0.05
        assert "choose the cluster design" in found["detail"]
        assert answer["verdict"] == "confirmed"

    def test_nothing_of_it_before_the_end(self, judge) -> None:
        far = (Outliers(1, 0.1, 30.0, 1100.0, 0.1),) * 2
        arms = two(Moments.from_sd(100, 10, 2), Moments.from_sd(100, 11, 2))
        asked = replace(plan("m=mean(m)"), planned_units=1000)
        assert check(judge(arms, asked, outliers={"m": far}), "outliers") is None


def test_a_test_and_an_interval_that_disagree_say_so(judge) -> None:
    """Scores with many ties: the rank test is sure, the shift's interval still touches zero."""
    values = np.arange(1, 11)
    before = np.repeat(values, [10, 12, 14, 22, 30, 40, 32, 22, 12, 6])
    after = np.repeat(values, [6, 8, 10, 18, 28, 42, 38, 28, 14, 8])
    arms = two(Distribution.of(before), Distribution.of(after))
    answer = judge(arms, plan("m=rank(m);threshold=0.5"))
    found = answer["comparisons"][0]
    assert found["p_value"] <= 0.05 and found["difference"]["low"] == 0.0
    assert answer["verdict"] == "not_enough_data"
    assert answer["sentence_text"]["code"] == "sentence_disputed"
    settles = answer["settling"]["units_per_arm"]
    assert settles is None or settles > 200


def test_what_comes_after_a_result_is_told(judge) -> None:
    answer = judge(BIG, plan("c=conversion(c)"), ask={"has_result": True})
    assert "after_result" in [w["code"] for w in answer["warnings"]]
