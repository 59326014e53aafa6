"""The end of a loop: the insight grows, a decision is taken, a winner reaches the board."""

from __future__ import annotations

import io

import pytest

from tests.fixtures.pages import form_values
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

INSIGHT = {
    "learned": "Clients decide when they see cases like theirs.",
    "holds_where": "B2B, our region.",
    "next": "Try one case instead of two.",
}


def queued(visitor: Visitor) -> list[str]:
    """The columns of everything on the scale-up board."""
    from hadi.db import db
    from hadi.models import Rollout

    with visitor.app.app_context():
        return [rollout.status.value for rollout in db.session.query(Rollout)]


def test_an_insight_grows_as_a_draft(visitor: Visitor) -> None:
    key = visitor.make("measured")
    path = f"/hypotheses/{key}/conclusion"
    visitor.sign_in()
    visitor.submit(path, {"learned": INSIGHT["learned"]}, form_id="conclusion", button="write")
    assert INSIGHT["learned"] in visitor.get(f"/hypotheses/{key}").text
    shown = form_values(visitor.get(path).form("conclusion"))
    assert shown["learned"] == INSIGHT["learned"] and shown["next"] == ""
    assert visitor.state(key) == "measured"


def test_a_decision_says_everything_that_is_missing(visitor: Visitor) -> None:
    key = visitor.make("measured")
    visitor.sign_in()
    page = visitor.submit(
        f"/hypotheses/{key}/conclusion", {}, form_id="conclusion", button="decide", status=422
    )
    for words in ("Write what we learned.", "Write where it holds", "Write what comes next.",
                  "Choose a decision", "Give the reason for the decision."):  # fmt: skip
        assert words in page.text
    assert page.by_id("learned").get("aria-invalid") == "true"
    assert visitor.state(key) == "measured" and visitor.events(key)[0][0] == "refused"


@pytest.mark.parametrize("decision", ["stop", "park", "repeat"])
def test_a_team_lead_decides_what_is_not_scaled(visitor: Visitor, decision: str) -> None:
    key = visitor.make("measured")
    visitor.sign_in()
    values = INSIGHT | {"decision": decision, "reason": "The numbers are clear."}
    path = f"/hypotheses/{key}/conclusion"
    visitor.submit(path, values, form_id="conclusion", button="decide")
    assert visitor.state(key) == ("planned" if decision == "repeat" else "concluded")
    assert queued(visitor) == []
    if decision != "repeat":
        page = visitor.get(path)
        assert "The numbers are clear." in page.text and "<form" not in page.html.split("<main")[1]
        assert page.links["Write the next hypothesis"].endswith(f"/hypotheses/new?after={key}")


def test_scaling_belongs_to_a_leader_who_knows_of_the_payback(visitor: Visitor) -> None:
    key = visitor.make("measured")
    path = f"/hypotheses/{key}/conclusion"
    values = INSIGHT | {"decision": "scale", "reason": "Worth it."}
    page = visitor.sign_in().submit(path, values, form_id="conclusion", button="decide", status=422)
    assert "The decision to scale belongs to a leader" in page.text
    assert page.by_id("decision").get("aria-describedby")
    assert "acknowledge_payback" not in page.html
    visitor.sign_in("leader")
    page = visitor.submit(path, values, form_id="conclusion", button="decide", status=422)
    assert "Nobody has assessed the payback" in page.text and queued(visitor) == []
    values |= {"acknowledge_payback": "y"}
    data = form_values(visitor.get(path).form("conclusion"), "decide")
    for name, value in values.items():
        data[name] = value
    visitor.browser.post(path, data)
    visitor.browser.post(path, data)
    assert queued(visitor) == ["queued"]
    page = visitor.get(path)
    assert "which a leader acknowledged" in page.text
    assert "See it on the scale-up board" in page.links and "Reopen the decision" in page.links


def test_gates_are_shown_and_opened_in_writing(visitor: Visitor) -> None:
    key = visitor.make("measured", metrics=[{
        "name": "Score", "kind": "conversion", "role": "primary", "threshold": 0.01,
        "better": "higher", "proxy": True,
    }])  # fmt: skip
    path = f"/hypotheses/{key}/conclusion"
    values = INSIGHT | {"decision": "scale", "reason": "Worth it.", "acknowledge_payback": "y"}
    visitor.sign_in("leader")
    assert "The primary metric is indirect" in visitor.get(path).text
    page = visitor.submit(path, values, form_id="conclusion", button="decide", status=422)
    assert page.text.count("The primary metric is indirect") >= 2
    values |= {"override": "The score is what we sell."}
    visitor.submit(path, values, form_id="conclusion", button="decide")
    assert queued(visitor) == ["queued"]
    for where in (path, f"/hypotheses/{key}"):
        assert "The score is what we sell." in visitor.get(where).text


def test_a_stale_insight_keeps_what_was_typed(visitor: Visitor) -> None:
    key = visitor.make("measured")
    path = f"/hypotheses/{key}/conclusion"
    visitor.sign_in()
    data = form_values(visitor.get(path).form("conclusion"), "write")
    visitor.world.later()
    visitor.submit(path, {"learned": "Theirs."}, form_id="conclusion", button="write")
    data["learned"] = "Mine."
    page = visitor.browser.post(path, data, status=409)
    assert "Theirs." in page.text and "Mine." in page.text
    visitor.browser.post(path, form_values(page.form("conclusion"), "write"))
    assert form_values(visitor.get(path).form("conclusion"))["learned"] == "Mine."


def test_before_the_result_there_is_nothing_to_conclude(visitor: Visitor) -> None:
    key = visitor.make("running")
    path = f"/hypotheses/{key}/conclusion"
    assert "once the result is in" in visitor.sign_in().get(path).text
    values = INSIGHT | {"decision": "stop", "reason": "x", "do": "decide"}
    data = values | {"csrf_token": visitor.token(), "version": "99", "once": "a"}
    visitor.browser.post(path, data, status=409)
    with visitor.app.app_context():
        from hadi.services import hypotheses

        data["version"] = str(hypotheses.find(key, by=visitor.world.actor()).version)
    page = visitor.browser.post(path, data, status=422)
    assert "A decision follows a final result" in page.text
    assert "There is no final result yet." in page.text


def test_a_viewer_reads_and_is_refused_and_that_is_logged(visitor: Visitor) -> None:
    key = visitor.make("measured")
    path = f"/hypotheses/{key}/conclusion"
    page = visitor.sign_in("viewer").get(path)
    assert "Record the decision" not in page.text
    for do, code in (("write", "insight.write"), ("decide", "conclusion.record")):
        data = {"csrf_token": visitor.token(path), "do": do, "learned": "x"}
        visitor.browser.post(path, data, status=403)
        verb, details = visitor.events(key)[0]
        assert (verb, details["blockers"]) == ("refused", [f"not_allowed.{code}"])


def test_the_whole_way_from_an_idea_to_the_board(visitor: Visitor) -> None:
    visitor.sign_in()
    visitor.submit("/hypotheses/new", {
        "change": "we send a concrete offer and two cases",
        "effect": "the share of deals that move on rises by 5 points",
        "reason": "the client sees how it applies to them",
    })  # fmt: skip
    key = "H-1"
    visitor.submit(f"/hypotheses/{key}/plan", {
        "metric_name": "Moved on", "baseline": "25", "better": "higher", "threshold": "5",
        "expected_effect": "6", "arms-0-name": "control", "arms-1-name": "offer",
        "planned_units": "1300", "owner": visitor.world.ids["member"],
        "steward": visitor.world.ids["analyst"], "budget_amount": "20000",
        "budget_currency": "RUB", "unit": "deal_id", "variant": "group",
    }, form_id="plan-form", button="save")  # fmt: skip
    assert visitor.state(key) == "planned"
    page = visitor.get(f"/hypotheses/{key}/plan")
    (start,) = [f for f in page.tree.iter("form") if f.get("action", "").endswith("/start")]
    visitor.browser.post(start.get("action", ""), form_values(start))

    visitor.sign_in("analyst")
    lines = [f"{i};control;{int(i < 325)}" for i in range(1300)]
    lines += [f"{9000 + i};offer;{int(i < 403)}" for i in range(1300)]
    content = "\n".join(["deal_id;group;Moved on", *lines]).encode("cp1251")
    data = form_values(visitor.get(f"/hypotheses/{key}/data").form("attach"))
    data["file"] = (io.BytesIO(content), "crm.csv")
    where = visitor.browser.post(f"/hypotheses/{key}/data", data).response.location
    visitor.submit(where, form_id="mapping", button="attach")
    where = visitor.submit(f"/hypotheses/{key}/data", form_id="run").response.location
    assert "+6.0 pp (2.5 to 9.4)" in visitor.get(where).text
    path = f"/hypotheses/{key}/conclusion"
    visitor.submit(path, INSIGHT, form_id="conclusion", button="write")

    visitor.sign_in("leader")
    values = {"decision": "scale", "reason": "Worth it.", "acknowledge_payback": "y"}
    visitor.submit(path, values, form_id="conclusion", button="decide")
    assert visitor.state(key) == "concluded" and queued(visitor) == ["queued"]
    page = visitor.get(f"/hypotheses/{key}")
    for words in ("Scale", "Worth it.", INSIGHT["learned"], "crm.csv", "Moved on"):
        assert words in page.text
