"""Every part of a plan through the API: written, read back as it was, refused by its own name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.world import Journey, People, plan

RATIO: dict[str, Any] = {
    "name": "Revenue per receipt", "kind": "ratio", "columns": ["revenue", "receipts"],
    "role": "primary", "threshold": "2%", "better": "higher", "margin": None, "proxy": False,
    "covariate": ["revenue_before", "receipts_before"], "winsor": 0.999, "q": None,
}  # fmt: skip
RATE: dict[str, Any] = {
    "name": "Returns per parcel", "kind": "rate", "columns": ["returns", "parcels"],
    "role": "guardrail", "threshold": None, "better": "lower", "margin": 0.01, "proxy": False,
    "covariate": None, "winsor": None, "q": None,
}  # fmt: skip
MEAN: dict[str, Any] = {
    "name": "Spend", "kind": "mean", "columns": [], "role": "secondary", "threshold": None,
    "better": "higher", "margin": None, "proxy": False, "covariate": "spend_before",
    "winsor": None, "q": None,
}  # fmt: skip
SLOWEST: dict[str, Any] = {
    "name": "Slowest tenth", "kind": "quantile", "columns": ["minutes"], "role": "secondary",
    "threshold": None, "better": "lower", "margin": None, "proxy": False, "covariate": None,
    "winsor": None, "q": 0.9,
}  # fmt: skip
SCORE = SLOWEST | {"name": "Score", "kind": "rank", "columns": ["score"], "q": None}

SPLIT = {
    "metrics": [RATIO, RATE, MEAN, SLOWEST, SCORE],
    "looks": "anytime",
    "segments": ["region", "format, old"],
    "day": "date",
    "group": "seller",
    "baseline": 40.0,
    "baseline_sd": 12.0,
    "exposure": 3.5,
}
CLUSTER = {
    "design": "cluster",
    "cluster": "store",
    "metrics": [RATIO | {"covariate": None}, RATE],
    "looks": "planned",
    "look_count": 4,
    "spending": "pocock",
    "icc": 0.05,
    "cluster_size": 400.0,
    "cluster_cv": 0.6,
}


@pytest.mark.parametrize("parts", [SPLIT, CLUSTER], ids=["split", "cluster"])
def test_every_part_is_read_back_as_it_was_written(
    people: People, journey: Journey, parts: dict[str, Any]
) -> None:
    here = f"/hypotheses/{journey.planned(**parts)['id']}"
    read = people.member.get(f"{here}/plan").get_json()
    assert {name: read[name] for name in parts} == parts
    # What was read can be sent back, and then nothing has changed.
    digest = people.member.post(f"{here}/start").get_json()["plan"]["digest"]
    again = people.member.put(f"{here}/plan", read | {"reason": "none"})
    assert again.status_code == 200 and again.get_json()["digest"] == digest


def test_one_covariate_may_be_a_word_or_a_list(people: People, journey: Journey) -> None:
    for written in ("before", ["before"]):
        made = journey.planned(metrics=[MEAN | {"role": "primary", "threshold": 0,
                                                "covariate": written}])  # fmt: skip
        assert made["plan"]["metrics"][0]["covariate"] == "before"


@pytest.mark.parametrize(
    ("parts", "field", "sentence"),
    [
        ({"design": "matrix"}, "design", "split, cluster"),
        ({"looks": "hourly"}, "looks", "fixed, anytime, planned"),
        ({"look_count": 1}, "look_count", "2 or more"),
        ({"look_count": 21}, "look_count", "at most 20"),
        ({"look_count": 2.5}, "look_count", "whole number"),
        ({"spending": "all"}, "spending", "obrien_fleming"),
        ({"icc": 1.2}, "icc", "has to be 0 or more, and below 1"),
        ({"cluster_size": 0}, "cluster_size", "has to be above 0"),
        ({"cluster_cv": -1}, "cluster_cv", "cannot be below 0"),
        ({"exposure": "none"}, "exposure", "takes a number"),
        ({"segments": {"a": 1}}, "segments", "list of column names"),
        ({"segments": [f"c{i}" for i in range(11)]}, "segments", "at most 10"),
        ({"segments": ["x" * 201]}, "segments", "at most 200"),
        ({"day": 5}, "day", "text"),
        ({"metrics": [RATIO | {"columns": ["one"]}]}, "metrics.0.columns", "takes two columns"),
        ({"metrics": [MEAN | {"columns": ["a", "b"]}]}, "metrics.0.columns", "one column"),
        ({"metrics": [SCORE | {"covariate": "x"}]}, "metrics.0.covariate", "only a mean"),
        ({"metrics": [MEAN | {"covariate": 7}]}, "metrics.0.covariate", "list of column names"),
        ({"metrics": [MEAN | {"winsor": 0.4}]}, "metrics.0.winsor", "above 0.5"),
        ({"metrics": [MEAN | {"q": 0.5}]}, "metrics.0.q", "only a quantile"),
        ({"metrics": [SLOWEST | {"q": 1}]}, "metrics.0.q", "above 0 and below 1"),
        ({"design": "cluster", "metrics": [SCORE]}, "metrics.0.kind", "whole clusters"),
        ({"design": "cluster", "metrics": [{"kind": "mean"}, SCORE]}, "metrics.1.kind", "clusters"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_its_field(
    people: People, journey: Journey, parts: dict[str, Any], field: str, sentence: str
) -> None:
    here = f"/hypotheses/{journey.idea()['id']}"
    refused = people.member.put(f"{here}/plan", plan(people, **parts))
    assert refused.status_code == 422
    assert sentence in refused.get_json(force=True)["fields"][field]


def test_planned_looks_need_their_number_and_the_units(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.idea()['id']}"
    body = plan(people, looks="planned", planned_units=None, ends_on="2026-12-01")
    put = people.member.put(f"{here}/plan", body).get_json()
    assert [blocker["field"] for blocker in put["blockers"]] == ["planned_units", "look_count"]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"metrics": [SCORE | {"role": "primary", "threshold": 0}]}, "needs a file"),
        ({"metrics": [MEAN | {"role": "primary", "threshold": 0}]}, "takes a file"),
        ({"design": "cluster"}, "that takes a file"),
    ],
)
def test_typed_counts_say_when_they_cannot_answer(
    people: People, journey: Journey, parts: dict[str, Any], sentence: str
) -> None:
    here = f"/hypotheses/{journey.running(**parts)['id']}/datasets"
    counts = [{"arm": arm, "units": 10, "successes": 1} for arm in "AB"]
    refused = people.analyst.post(here, {"counts": counts})
    assert refused.status_code == 422 and sentence in refused.get_json(force=True)["detail"]


def test_the_document_names_every_part(app: Any) -> None:
    """The plan as it is stored and the plan as it is described are the same."""
    from hadi.domain.pilot_plan import PilotPlan
    from hadi.domain.plan import Metric, MetricKind, Plan
    from hadi.domain.season_plan import FIELDS

    document = app.test_client().get("/api/v1/openapi.json").get_json()
    schemas = document["components"]["schemas"]
    parts = set(Plan().as_json())
    # Those that a plan has only with a design of its own, or where money is spoken of.
    own = {"money", *PilotPlan.__dataclass_fields__, *FIELDS}
    described = set(schemas["PlanIn"]["properties"])
    assert parts | {"reason", "money"} <= described <= parts | {"reason"} | own
    assert described >= set(PilotPlan.__dataclass_fields__)
    assert parts <= set(schemas["PlanOut"]["properties"])
    metric = schemas["PlanIn"]["properties"]["metrics"]["items"]["properties"]
    assert set(metric) == set(Metric("x", MetricKind.MEAN).as_json())
    assert metric["kind"]["enum"] == [kind.value for kind in MetricKind]


def test_an_effect_against_the_direction_is_noted_and_stops_nothing(
    people: People, journey: Journey
) -> None:
    here = f"/hypotheses/{journey.idea()['id']}/plan"
    body = plan(people, baseline=0.25, expected_effect=-0.02)
    put = people.member.put(here, body).get_json()
    assert [note["code"] for note in put["notes"]] == ["planning_expects_worse_higher"]
    assert put["notes"][0]["field"] == "expected_effect" and put["blockers"] == []
    assert people.member.put(here, put | {"expected_effect": 0.02}).get_json()["notes"] == []
