"""The work in the background, as administrators see it."""

from __future__ import annotations

import pytest

from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]


def ask(visitor: Visitor, role: str = "analyst") -> str:
    """A check that is asked for; the id of its job."""
    from hadi.services import hypotheses, long_checks

    key = visitor.make("with_data")
    with visitor.app.app_context():
        actor = visitor.world.actor(role)
        found = hypotheses.find(key, by=actor)
        return long_checks.ask(found.id, by=actor, now=visitor.world.later()).id


def test_what_was_done_is_listed(visitor: Visitor) -> None:
    visitor.sign_in("admin")
    assert "Nothing yet" in visitor.get("/settings/work").text
    ask(visitor)
    page = visitor.get("/settings/work")
    for words in ("Running the check", "H-1", "Dániel Kiss", "done"):
        assert words in page.text


def test_work_that_nobody_does_is_told_and_can_be_stopped(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hadi.queue.Queue.send", lambda self, job_id: None)
    visitor.sign_in("admin")
    ask(visitor)
    visitor.world.later(minutes=10)
    page = visitor.get("/settings/work")
    assert "no worker is alive" in page.text and "waiting" in page.text
    stopping = next(
        form for form in page.tree.iter("form") if form.get("action", "").endswith("/stop")
    )
    token = {"csrf_token": visitor.token("/settings/work")}
    visitor.browser.post(stopping.get("action", ""), token)
    page = visitor.get("/settings/work")
    assert "stopped" in page.text and "no worker" not in page.text


def test_what_did_not_succeed_is_begun_anew(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hadi.services import jobs

    visitor.sign_in("admin")
    with monkeypatch.context() as broken:
        broken.setattr("hadi.services.analyses.analyse", _break)
        ask(visitor)
    page = visitor.get("/settings/work")
    assert "Something broke on our side" in page.text
    with visitor.app.app_context():
        (job,) = jobs.recent(by=visitor.world.actor("admin"))
        again = f"/settings/work/{job.id}/again"
    visitor.browser.post(again, {"csrf_token": visitor.token("/settings/work")})
    assert "done" in visitor.get("/settings/work").text


def _break(*arguments: object, **named: object) -> None:
    raise ZeroDivisionError("a fault of ours")


def test_it_is_for_administrators(visitor: Visitor) -> None:
    visitor.sign_in("analyst")
    visitor.get("/settings/work", status=403)
