"""Which method answers for which metric, and what it leaves in the record."""

from __future__ import annotations

import numpy as np
import pytest

from hadi.domain.plan import Design, Looks, Plan
from hadi.domain.spec import parse_metrics
from hadi.stats import adjustment, clusters, lin, quantiles, ranks, rates, ratios
from hadi.stats.arrays import Clusters, Distribution
from hadi.stats.samples import CoMoments, Conversion, Events, Moments

RNG = np.random.default_rng(7)


def plan(*specs: str, **more) -> Plan:
    return Plan(variant="arm", control="A", metrics=parse_metrics(specs), **more)


def columns(n: int, plus: float, width: int) -> CoMoments:
    first = RNG.normal(10 + plus, 2, n)
    rest = [0.5 * first + RNG.normal(3, 1, n) for _ in range(width - 1)]
    return CoMoments.of(first.tolist(), *(column.tolist() for column in rest))


def stores(n: int, plus: float) -> Clusters:
    sizes = RNG.integers(5, 20, n).astype(float)
    totals = sizes * RNG.normal(5 + plus, 1, n)
    return Clusters(tuple(f"s{i}" for i in range(n)), sizes, totals, sizes, sizes * 0.5)


CASES = {
    "ratio(a,b)": (lambda: (columns(80, 0, 2), columns(80, 1, 2)), ratios.compare),
    "mean(a);covariate=b": (lambda: (columns(80, 0, 2), columns(80, 1, 2)), adjustment.cuped_mean),
    "mean(a);covariate=b,c": (lambda: (columns(80, 0, 3), columns(80, 1, 3)), lin.compare),
    "ratio(a,b);covariate=c,d": (
        lambda: (columns(80, 0, 4), columns(80, 1, 4)), adjustment.cuped_ratio,
    ),
    "rate(a,b)": (lambda: (Events(50, 40, 800.0), Events(50, 70, 810.0)), rates.compare),
    "rank(a)": (
        lambda: (Distribution.of(RNG.normal(0, 1, 60)), Distribution.of(RNG.normal(1, 1, 60))),
        ranks.compare,
    ),
    "quantile(a);q=0.75": (
        lambda: (Distribution.of(RNG.normal(0, 1, 90)), Distribution.of(RNG.normal(1, 1, 90))),
        lambda a, b, alpha: quantiles.compare(a, b, q=0.75, alpha=alpha),
    ),
}  # fmt: skip


@pytest.mark.parametrize("spec", CASES)
def test_a_kind_is_answered_by_its_method(judge, spec: str) -> None:
    make, compare = CASES[spec]
    control, treatment = make()
    answer = judge({"A": {"m": control}, "B": {"m": treatment}}, plan(f"m={spec}"))
    wanted = compare(control, treatment, alpha=0.05)
    found = answer["comparisons"][0]
    assert found["method"] == wanted.method
    assert found["p_value"] == pytest.approx(wanted.p_value)
    assert found["difference"]["low"] == pytest.approx(wanted.interval.low)
    assert found["status"] == "ok"
    assert found["parameters"].keys() == wanted.parameters.keys()


def test_values_are_those_of_the_arms(judge) -> None:
    control, treatment = (CoMoments.of([6.0, 9.0, 3.0], [2.0, 3.0, 1.0]) for _ in range(2))
    treatment = CoMoments.of([8.0, 12.0, 3.0], [2.0, 3.0, 1.5])
    found = judge({"A": {"m": control}, "B": {"m": treatment}}, plan("m=ratio(a,b)"))
    assert found["comparisons"][0]["control"] == {"n": 3, "value": pytest.approx(3.0)}
    assert found["comparisons"][0]["treatment"]["value"] == pytest.approx(23 / 6.5)
    scores = {name: {"m": Distribution.of(v)} for name, v in (("A", [1, 2, 9]), ("B", [2, 3, 4]))}
    ranked = judge(scores, plan("m=rank(a)"))["comparisons"][0]
    assert [ranked["control"]["value"], ranked["treatment"]["value"]] == [2.0, 3.0]


def test_a_ratio_over_nothing_has_no_value(judge) -> None:
    nothing = CoMoments.of([1.0, 2.0, 3.0], [0.0, 0.0, 0.0])
    found = judge({"A": {"m": nothing}, "B": {"m": nothing}}, plan("m=ratio(a,b)"))
    assert found["verdict"] == "not_estimable"
    assert found["comparisons"][0]["control"] == {"n": 3, "value": None}
    assert found["comparisons"][0]["parameters"] == {}


class TestClusters:
    def test_they_are_what_is_counted(self, judge) -> None:
        control, treatment = stores(14, 0.0), stores(15, 1.2)
        asked = plan("m=mean(a)", design=Design.CLUSTER, cluster="store")
        inside = {"A": int(control.units.sum()), "B": int(treatment.units.sum())}
        answer = judge({"A": {"m": control}, "B": {"m": treatment}}, asked, cluster_units=inside)
        wanted = clusters.compare(control, treatment, alpha=0.05)
        found = answer["comparisons"][0]
        assert found["method"] == wanted.method == "cluster_cr2_t"
        assert found["df"] == pytest.approx(wanted.df)
        assert (found["control"]["n"], found["treatment"]["n"]) == (14, 15)
        assert found["control"]["value"] == pytest.approx(control.value)
        assert answer["evidence"] == "cluster_randomised"
        assert answer["arms"][0] == {"name": "A", "units": 14, "units_in_clusters": inside["A"]}
        assert found["parameters"]["naive_p"] < found["p_value"]

    def test_three_on_three_can_confirm_nothing(self, judge) -> None:
        asked = plan("m=mean(a)", design=Design.CLUSTER, cluster="store")
        control, treatment = stores(3, 0.0), stores(3, 9.0)
        answer = judge({"A": {"m": control}, "B": {"m": treatment}}, asked)
        found = answer["comparisons"][0]
        assert found["method"] == "cluster_permutation"
        assert found["p_value"] == pytest.approx(0.1)
        assert found["parameters"]["smallest_p"] == pytest.approx(0.1)
        assert not answer["real"]
        assert answer["verdict"] != "confirmed"


@pytest.mark.parametrize("spec", ["mean(a)", "conversion(a)", "rank(a)", "ratio(a,b)"])
def test_anytime_is_wider_and_says_so(judge, spec: str) -> None:
    samples = {
        "mean(a)": (Moments.of(RNG.normal(0, 1, 200)), Moments.of(RNG.normal(0.4, 1, 200))),
        "conversion(a)": (Conversion(900, 200), Conversion(900, 250)),
        "rank(a)": (
            Distribution.of(RNG.normal(0, 1, 200)), Distribution.of(RNG.normal(0.5, 1, 200)),
        ),
        "ratio(a,b)": (columns(200, 0, 2), columns(200, 2, 2)),
    }  # fmt: skip
    arms = dict(zip("AB", ({"m": s} for s in samples[spec]), strict=True))
    once = judge(arms, plan(f"m={spec}"))["comparisons"][0]
    always = judge(arms, plan(f"m={spec}", looks=Looks.ANYTIME))["comparisons"][0]
    assert always["method"] == f"{once['method']}_anytime"
    assert always["difference"]["low"] < once["difference"]["low"]
    assert always["difference"]["high"] > once["difference"]["high"]
    assert always["p_value"] > once["p_value"]
    assert always["parameters"]["fixed_p"] == pytest.approx(once["p_value"])
    assert always["lift"]["low"] < once["lift"]["low"] if once["lift"] else True
