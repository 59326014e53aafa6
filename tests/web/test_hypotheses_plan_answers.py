"""“Can this test succeed?” beside the form, for clusters, several looks and simulated tests."""

from __future__ import annotations

from typing import Any

from tests.fixtures.pages import form_values
from tests.web.hypotheses_pages import Visitor, visitor
from tests.web.test_hypotheses_plan import PRIMARY

__all__ = ["visitor"]

STORES = PRIMARY | {
    "threshold": "0", "expected_effect": "6", "design": "cluster", "cluster": "store",
    "cluster_size": "40", "icc": "3",
}  # fmt: skip


def asked(visitor: Visitor, typed: dict[str, str]) -> Any:
    """The panel for what is typed into the form of a new plan."""
    key = visitor.make("idea")
    visitor.sign_in()
    data = form_values(visitor.get(f"/hypotheses/{key}/plan").form("plan-form"))
    for name, value in typed.items():
        data[name] = value
    headers = {"HX-Request": "true", "X-CSRFToken": data["csrf_token"]}
    path = f"/hypotheses/{key}/plan/answer"
    return visitor.browser.post(path, data, status=200, headers=headers)


def alarms(page: Any) -> str:
    """What is said loudest."""
    found = [part for part in page.tree.iter() if "notice--warning" in part.get("class", "")]
    return " ".join("".join(part.itertext()) for part in found)


def test_clusters_are_named_as_clusters(visitor: Visitor) -> None:
    page = asked(visitor, STORES)
    assert "Clusters needed per arm" in page.text and "Units needed per arm" not in page.text
    assert "Chance to see the effect, by clusters per arm" in page.text
    assert "design effect 2.17" in page.text and "Adams et al. 2004" in page.text
    assert not alarms(page)


def test_too_few_clusters_are_an_alarm(visitor: Visitor) -> None:
    page = asked(visitor, STORES | {"planned_units": "3"})
    assert "cannot confirm" in alarms(page)
    assert "this test cannot confirm anything" in page.text
    assert "Smallest possible p" in page.text and "0.100" in page.text
    assert "was run 4,000 times" in page.text


def test_what_a_cluster_plan_still_needs(visitor: Visitor) -> None:
    page = asked(visitor, STORES | {"icc": "", "cluster_size": ""})
    assert "Say how many units a cluster has" in page.text
    assert "Say how alike the units of one cluster are" in page.text


def test_planned_looks_say_where_the_test_ends(visitor: Visitor) -> None:
    page = asked(
        visitor,
        PRIMARY | {"threshold": "0", "expected_effect": "5", "looks": "planned", "look_count": "4"},
    )
    assert "Ends on average at" in page.text
    assert "the 4 looks would end the test" in page.text
    assert "was run 20,000 times" in page.text


def test_the_gauge_and_the_bars_show_the_same_chance_and_add_up(visitor: Visitor) -> None:
    """Rounded twice, a chance could be 88.5% in one place and 88.6% in the other."""
    from hadi.domain.plan import Plan
    from hadi.domain.text import ENGLISH
    from hadi.services.power import planning_answer
    from hadi.web.hypotheses.plan_answers import answer_of

    metric = {"name": "Paid", "kind": "conversion", "role": "primary", "better": "higher",
              "threshold": 0.02}  # fmt: skip
    for units in range(700, 1500, 25):
        plan = {"metrics": [metric], "baseline": 0.25, "expected_effect": 0.05}
        found = planning_answer(Plan.from_json(plan | {"planned_units": units}))
        with visitor.app.test_request_context():
            shown = answer_of(found)
        bars = {bar.verdict: ENGLISH.figure(bar.share) for bar in shown.bars}
        assert shown.gauge is not None and ENGLISH.figure(shown.gauge.share) == bars["confirmed"]
        assert f"a chance of {bars['confirmed']}." in shown.lead
        total = sum(float(share.rstrip("%")) for share in bars.values())
        assert f"{total:.1f}" == "100.0"
