"""The form of a plan for every kind of metric, design and way to look: typed, stored, shown."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.pages import form_values
from tests.web.hypotheses_pages import Visitor, visitor
from tests.web.test_hypotheses_plan import PRIMARY, save, stored

__all__ = ["visitor"]

MEASURED = PRIMARY | {"baseline": "40", "baseline_sd": "12"}
KINDS: dict[str, tuple[dict[str, str], dict[str, Any], str]] = {
    # kind: what is typed, what of the metric is stored, what the reader sees
    "conversion": (
        {"metric_column": "bought"},
        {"columns": ["bought"], "threshold": 0.05},
        "share of units",
    ),
    "mean": (
        {"metric_column": "spend", "metric_covariate": "spend before", "metric_winsor": "99.9"},
        {"columns": ["spend"], "covariate": "spend before", "winsor": 0.999},
        "average per unit",
    ),
    "ratio": (
        {"metric_column": "revenue", "metric_column2": "receipts",
         "metric_covariate": "revenue_before, receipts_before"},
        {"columns": ["revenue", "receipts"], "covariate": ["revenue_before", "receipts_before"]},
        "one sum over another",
    ),
    "rate": (
        {"metric_column": "sales", "metric_column2": "hours", "exposure": "37.5"},
        {"columns": ["sales", "hours"], "threshold": 5.0},
        "events per exposure",
    ),
    "rank": ({"metric_column": "score"}, {"columns": ["score"]}, "typical value, by ranks"),
    "quantile": (
        {"metric_column": "minutes", "metric_q": "90"},
        {"columns": ["minutes"], "q": 0.9},
        "90% quantile",
    ),
}  # fmt: skip
WHOLE: dict[str, Any] = {
    "metrics": [
        {"name": "Revenue per receipt", "kind": "ratio", "columns": ["revenue, net", "receipts"],
         "role": "primary", "threshold": "2%", "better": "higher",
         "covariate": ["before", 'the "old", net'], "winsor": 0.9995},
        {"name": "Returns", "kind": "rate", "columns": ["returns", "parcels"],
         "role": "guardrail", "better": "lower", "margin": 0.01},
        {"name": "Share back", "kind": "conversion", "columns": ["back"], "role": "guardrail",
         "better": "lower", "margin": 0.02},
        {"name": "Slow tenth", "kind": "quantile", "columns": ["minutes"], "role": "secondary",
         "better": "lower", "q": 0.925},
        {"name": "Spend", "kind": "mean", "columns": ["spend"], "role": "secondary",
         "better": "higher", "covariate": "spend_before", "winsor": 0.99},
        {"name": "Score", "kind": "rank", "columns": ["score"], "role": "secondary"},
    ],
    "baseline": 40.5, "baseline_sd": 12.25, "expected_effect": 1.5, "looks": "anytime",
    "cluster": "shop", "segments": ["region", "format, old"], "day": "date", "group": "seller",
}  # fmt: skip
CLUSTERED: dict[str, Any] = {
    "design": "cluster", "cluster": "store", "cluster_size": 412.5, "cluster_cv": 0.6, "icc": 0.035,
    "looks": "planned", "look_count": 4, "spending": "pocock", "planned_units": 24,
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_typed_stored_and_shown(visitor: Visitor, kind: str) -> None:
    typed, expected, words = KINDS[kind]
    key = visitor.make("idea")
    visitor.sign_in()
    save(visitor, key, MEASURED | {"metric_kind": kind} | typed)
    body = stored(visitor, key)
    metric = body["metrics"][0]
    assert metric["kind"] == kind and {name: metric[name] for name in expected} == expected
    assert body["exposure"] == (37.5 if kind == "rate" else None)
    assert body["baseline_sd"] == (None if kind in ("conversion", "rate") else 12.0)
    shown = form_values(visitor.get(f"/hypotheses/{key}/plan").form("plan-form"))
    assert {name: shown[name] for name in typed} == typed and shown["metric_kind"] == kind
    page = visitor.sign_in("viewer").get(f"/hypotheses/{key}/plan")
    assert words in page.text and ", ".join(metric["columns"]) in page.text


def test_clusters_and_planned_looks_are_typed_stored_and_shown(visitor: Visitor) -> None:
    key = visitor.make("planned")
    visitor.sign_in()
    typed = {
        "design": "cluster", "cluster": "store", "cluster_size": "400", "cluster_cv": "60",
        "icc": "3.5", "looks": "planned", "look_count": "4", "spending": "pocock",
        "planned_units": "24", "segments": "region, format", "day": "date", "group": "seller",
    }  # fmt: skip
    save(visitor, key, typed)
    body = stored(visitor, key)
    assert (body["design"], body["cluster"], body["cluster_size"]) == ("cluster", "store", 400.0)
    assert (body["cluster_cv"], body["icc"]) == (0.6, 0.035)
    assert (body["looks"], body["look_count"], body["spending"]) == ("planned", 4, "pocock")
    assert (body["segments"], body["day"], body["group"]) == (
        ["region", "format"],
        "date",
        "seller",
    )
    shown = form_values(visitor.get(f"/hypotheses/{key}/plan").form("plan-form"))
    assert {name: shown[name] for name in typed} == typed
    page = visitor.sign_in("viewer").get(f"/hypotheses/{key}/plan")
    for words in ("Whole stores, teams or sellers are drawn", "Planned clusters per arm",
                  "At 4 planned looks. Equally strict each time (Pocock)", "3.5%", "60.0%",
                  "region, format", "seller"):  # fmt: skip
        assert words in page.text, words
    page = visitor.get(f"/hypotheses/{key}")
    assert "Planned clusters per arm" in page.text


@pytest.mark.parametrize("parts", [WHOLE, CLUSTERED], ids=["split", "cluster"])
def test_saving_what_is_shown_changes_nothing(visitor: Visitor, parts: dict[str, Any]) -> None:
    key = visitor.make("planned", **parts)
    before = stored(visitor, key)
    for language in ("en", "ru", "hu"):
        visitor.sign_in().browser.get(f"/language/{language}", status=302)
        save(visitor, key, {})
        assert stored(visitor, key) == before


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"metric_kind": "ratio", "metric_column": "revenue"}, "takes two columns"),
        ({"metric_kind": "ratio", "metric_column2": "receipts"}, "takes two columns"),
        ({"metric_kind": "ratio", "metric_covariate": "a, b, c"}, "the earlier denominator"),
        ({"metric_kind": "mean", "metric_column": "x", "metric_covariate": "x"}, "own covariate"),
        ({"metric_kind": "mean", "metric_winsor": "40"}, "between 50 and 100"),
        ({"metric_kind": "mean", "metric_winsor": "all"}, "Write a number"),
        ({"metric_kind": "quantile", "metric_q": "100"}, "between 0 and 100"),
        ({"metric_kind": "rate", "exposure": "0"}, "has to be above 0."),
        ({"metric_kind": "rank", "design": "cluster"}, "where whole clusters are drawn"),
        ({"design": "cluster", "icc": "200"}, "between 0 and 100"),
        ({"design": "cluster", "cluster_size": "-3"}, "“Units of a cluster, on average”"),
        ({"looks": "planned", "look_count": "1"}, "2 or more"),
        ({"looks": "planned", "look_count": "2.5"}, "Write a whole number."),
        ({"segments": ", ".join(f"c{i}" for i in range(11))}, "“Segments” is a list"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_kept(
    visitor: Visitor, values: dict[str, str], sentence: str
) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    page = save(visitor, key, MEASURED | values, status=422)
    assert sentence in page.text
    shown = form_values(page.form("plan-form"))
    assert {name: shown[name] for name in values} == values
    marked = {element.get("id") for element in page.tree.iter()
              if element.get("aria-invalid") == "true"}  # fmt: skip
    if "design" not in values or "icc" in values:  # cards are marked as a group
        assert marked, page.text


def test_everything_that_is_wrong_is_said_at_once(visitor: Visitor) -> None:
    """What the form finds and what the rules find; a field has one sentence."""
    key = visitor.make("idea")
    visitor.sign_in()
    values = {
        "metric_kind": "ratio", "metric_column": "revenue", "metric_winsor": "30",
        "segments": ", ".join(f"c{i}" for i in range(11)), "planned_units": "1.5",
    }  # fmt: skip
    page = save(visitor, key, MEASURED | values, status=422)
    for name in ("metric_column2", "metric_winsor", "segments", "planned_units"):
        assert page.by_id(name).get("aria-invalid") == "true", name
    assert "winsor is a share" not in page.text and "takes a whole number" not in page.text


def test_what_is_hidden_is_neither_read_nor_complained_about(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    hidden = {
        "metric_kind": "conversion", "metric_column2": "other", "metric_covariate": "before",
        "metric_winsor": "huge", "metric_q": "-1", "baseline_sd": "x", "exposure": "y",
        "icc": "very", "cluster_size": "0", "look_count": "1",
    }  # fmt: skip
    save(visitor, key, PRIMARY | {"metric_column": "bought"} | hidden)
    body = stored(visitor, key)
    metric = body["metrics"][0]
    assert metric["columns"] == ["bought"]
    assert (metric["covariate"], metric["winsor"], metric["q"]) == (None, None, None)
    names = ("baseline_sd", "exposure", "icc", "cluster_size", "look_count", "spending")
    assert [body[name] for name in names] == [None] * 6


def test_a_row_takes_two_columns_and_its_options(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    path = f"/hypotheses/{key}/plan"
    page = visitor.submit(path, PRIMARY, form_id="plan-form", button="add:metrics", status=200)
    data = form_values(page.form("plan-form"), "save")
    data["metrics-0-name"], data["metrics-0-kind"], data["metrics-0-better"] = "R", "ratio", "lower"
    data["metrics-0-column"], data["metrics-0-margin"] = "sum", "3"
    page = visitor.browser.post(path, data, status=422)
    assert page.by_id("metrics-0-column2").get("aria-invalid") == "true"
    assert "first the numerator, then the denominator" in page.text
    data["metrics-0-column2"], data["metrics-0-covariate"] = "count", "sum_before"
    data["metrics-0-winsor"] = "99,5"
    visitor.browser.post(path, data)
    metric = stored(visitor, key)["metrics"][1]
    assert (metric["columns"], metric["covariate"]) == (["sum", "count"], "sum_before")
    assert (metric["winsor"], metric["margin"], metric["role"]) == (0.995, 3.0, "guardrail")
    text = visitor.sign_in("viewer").get(path).text
    assert "columns sum, count, adjusted by sum_before, highest values cut at 99.5%" in text


def test_the_answer_knows_a_metric_whose_columns_are_half_named(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    data = form_values(visitor.get(f"/hypotheses/{key}/plan").form("plan-form"))
    for name, typed in (MEASURED | {"metric_kind": "ratio", "metric_column": "revenue"}).items():
        data[name] = typed
    headers = {"HX-Request": "true", "X-CSRFToken": data["csrf_token"]}
    answer = visitor.browser.post(
        f"/hypotheses/{key}/plan/answer", data, status=200, headers=headers
    )
    assert "Choose the primary metric" not in answer.text


def test_a_change_of_the_plan_is_said_in_words(visitor: Visitor) -> None:
    key = visitor.make("running", **CLUSTERED)
    visitor.sign_in()
    values = {
        "icc": "5", "look_count": "3", "segments": "region", "planned_units": "30",
        "reason": "More stores joined.",
    }  # fmt: skip
    visitor.submit(f"/hypotheses/{key}/plan/amend", values, form_id="plan-form", button="save")
    for page in (visitor.get(f"/hypotheses/{key}/plan"), visitor.get(f"/hypotheses/{key}/history")):
        for words in ("Likeness within a cluster", "3.5%", "5.0%", "At 3 planned looks",
                      "Looked into, to explore", "region", "Planned clusters per arm"):  # fmt: skip
            assert words in page.text, words


def test_planned_looks_say_what_they_need(visitor: Visitor) -> None:
    key = visitor.make("planned")
    visitor.sign_in()
    save(visitor, key, {"looks": "planned", "planned_units": ""})
    page = visitor.get(f"/hypotheses/{key}/plan")
    assert "planned looks are shares of them" in page.text
    assert "Say how many looks are planned." in page.text
    assert f"/hypotheses/{key}/plan#look_count" in page.html


@pytest.mark.parametrize(("size", "written"), [(50.0, "50"), (12.5, "12.5")])
def test_whole_units_of_a_cluster_are_written_whole(
    visitor: Visitor, size: float, written: str
) -> None:
    key = visitor.make("planned", design="cluster", cluster="store", cluster_size=size)
    page = visitor.sign_in("viewer").get(f"/hypotheses/{key}/plan")
    assert f"Units of a cluster {written} " in page.text
