"""Steps taken from the page of a hypothesis: what each role may do, what is refused and logged."""

from __future__ import annotations

import pytest

from tests.fixtures.pages import form_values
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]


def test_starting_locks_the_plan(visitor: Visitor) -> None:
    key = visitor.make("planned")
    visitor.sign_in().submit(f"/hypotheses/{key}", form_id="next-step")
    assert visitor.state(key) == "running"
    page = visitor.get(f"/hypotheses/{key}")
    assert "its plan is locked" in page.text and "Plan version 1" in page.text


def test_a_start_pressed_twice_starts_once(visitor: Visitor) -> None:
    key = visitor.make("planned")
    visitor.sign_in()
    data = form_values(visitor.get(f"/hypotheses/{key}").form("next-step"))
    visitor.browser.post(f"/hypotheses/{key}/start", data)
    visitor.browser.post(f"/hypotheses/{key}/start", data, status=409)
    assert [verb for verb, _ in visitor.events(key)].count("became_running") == 1


def test_an_idea_cannot_start_and_every_blocker_is_said(visitor: Visitor) -> None:
    key = visitor.make("idea")
    data = {"csrf_token": visitor.sign_in().token()}
    page = visitor.browser.post(f"/hypotheses/{key}/start", data, status=422)
    for words in ("Say why it should work", "Name one owner.", "Set a budget cap"):
        assert words in page.text
    verb, details = visitor.events(key)[0]
    assert verb == "refused" and details["step"] == "start" and len(details["blockers"]) > 5


def test_archiving_asks_why_and_can_be_undone(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in()
    page = visitor.submit(f"/hypotheses/{key}/archive", {"reason": "  "}, status=422)
    assert "Give a reason." in page.text
    visitor.submit(f"/hypotheses/{key}/archive", {"reason": "told twice"})
    assert visitor.state(key) == "archived"
    page = visitor.get("/hypotheses")
    (undo,) = [f for f in page.tree.iter("form") if f.get("action", "").endswith("/restore")]
    visitor.browser.post(undo.get("action", ""), form_values(undo))
    assert visitor.state(key) == "running"


def test_an_archived_hypothesis_is_not_archived_again(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in().submit(f"/hypotheses/{key}/archive", {"reason": "told twice"})
    page = visitor.get(f"/hypotheses/{key}/archive", status=422)
    assert "This hypothesis is archived already." in page.text


def test_reopening_takes_a_leader_and_a_reason(visitor: Visitor) -> None:
    key = visitor.make("concluded")
    visitor.sign_in("leader")
    visitor.submit(f"/hypotheses/{key}/reopen", {"reason": ""}, status=422)
    visitor.submit(f"/hypotheses/{key}/reopen", {"reason": "new data came"})
    assert visitor.state(key) == "measured"
    page = visitor.get(f"/hypotheses/{key}")
    assert "Oleg Smirnov reopened the decision" in page.text and "new data came" in page.text


def test_repeating_opens_the_next_test(visitor: Visitor) -> None:
    key = visitor.make("concluded")
    visitor.sign_in().submit(f"/hypotheses/{key}", form_id="do-repeat")
    assert visitor.state(key) == "planned"
    page = visitor.get(f"/hypotheses/{key}")
    assert "Test 2 is open" in page.text and "Test 1" in page.links


@pytest.mark.parametrize(
    ("role", "stage", "step", "is_allowed"),
    [
        ("member", "planned", "start", True),
        ("leader", "planned", "start", True),
        ("analyst", "planned", "start", True),
        ("viewer", "planned", "start", False),
        ("member", "idea", "archive", True),
        ("leader", "idea", "archive", True),
        ("analyst", "idea", "archive", False),
        ("viewer", "idea", "archive", False),
        ("leader", "concluded", "reopen", True),
        ("member", "concluded", "reopen", False),
        ("analyst", "concluded", "reopen", False),
        ("viewer", "concluded", "reopen", False),
        ("member", "concluded", "repeat", True),
        ("viewer", "concluded", "repeat", False),
    ],
)
def test_who_may_do_what(
    visitor: Visitor, role: str, stage: str, step: str, is_allowed: bool
) -> None:
    key = visitor.make(stage)
    before = visitor.state(key)
    visitor.sign_in(role)
    page = visitor.get(f"/hypotheses/{key}")
    address = f"/hypotheses/{key}/{step}"
    offered = {a.get("href") for a in page.tree.iter("a")}
    offered |= {form.get("action") for form in page.tree.iter("form")}
    assert (address in offered) is is_allowed
    data = {"csrf_token": visitor.token("/hypotheses"), "reason": "because"}
    refused = visitor.browser.post(address, data, status=302 if is_allowed else 403)
    if not is_allowed:
        assert visitor.state(key) == before
        assert visitor.events(key)[0][0] == "refused"
        assert "can " in refused.text
        assert "which others decide" in visitor.get(f"/hypotheses/{key}").text


@pytest.mark.parametrize("step", ["archive", "reopen"])
def test_a_page_that_asks_for_a_reason_is_closed_to_others(visitor: Visitor, step: str) -> None:
    key = visitor.make("concluded")
    visitor.sign_in("viewer").get(f"/hypotheses/{key}/{step}", status=403)


def test_a_stale_step_changes_nothing(visitor: Visitor) -> None:
    key = visitor.make("planned")
    visitor.sign_in()
    data = form_values(visitor.get(f"/hypotheses/{key}").form("next-step"))
    visitor.submit(f"/hypotheses/{key}/edit", {"title": "The cable"})
    page = visitor.browser.post(f"/hypotheses/{key}/start", data, status=409)
    assert "Someone changed H-1" in page.text
    assert visitor.state(key) == "planned"


@pytest.mark.parametrize("step", ["start", "archive", "restore", "reopen", "repeat"])
def test_steps_of_an_unknown_hypothesis(visitor: Visitor, step: str) -> None:
    data = {"csrf_token": visitor.sign_in().token()}
    visitor.browser.post(f"/hypotheses/H-99/{step}", data, status=404)
