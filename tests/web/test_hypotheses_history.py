"""The history in words: every verb that the services log, whoever did it, what changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

SERVICES = Path(__file__).resolve().parents[2] / "hadi" / "services"


def verbs() -> Iterator[str]:
    """Every verb that a service writes to the log."""
    for path in SERVICES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in {"record", "_record", "_log"}:
                yield from _words_of(node.args[0])


def _words_of(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _words_of(node.body)
        yield from _words_of(node.orelse)


def test_every_verb_has_words() -> None:
    from hadi.domain.lifecycle import State, Step
    from hadi.domain.wording import WORDING

    found = set(verbs()) | {f"became_{state.value}" for state in State}
    assert {"created", "plan_amended", "plan_saved", "refused", "rollout_moved"} <= found
    for words in ("event", "activity"):  # in a hypothesis's history, and in the log of everything
        assert sorted(verb for verb in found if f"{words}_{verb}" not in WORDING) == []
    assert [step for step in Step if f"step_{step.value}" not in WORDING] == []


def test_the_whole_way_reads_in_words(visitor: Visitor) -> None:
    key = visitor.make("concluded", decision="scale")
    page = visitor.sign_in().get(f"/hypotheses/{key}/history")
    for words in (
        "Mira Petrova captured the idea",
        "Mira Petrova worked on the plan",
        "Mira Petrova completed the plan: it can start",
        "Mira Petrova started the test: the plan is locked",
        "Dániel Kiss attached typed counts as data, version 1",
        "Dániel Kiss ran the check: Confirmed",
        "Dániel Kiss got the final result",
        "Oleg Smirnov wrote the insight",
        "Oleg Smirnov decided: Scale",
        "Oleg Smirnov put it on the scale-up board",
        "the numbers are clear",
    ):
        assert words in page.text, words


def test_the_plan_changes_under_its_human_names(visitor: Visitor) -> None:
    from hadi.services import hypotheses, plans

    key = visitor.make("running")
    with visitor.app.app_context():
        found = hypotheses.find(key, by=visitor.world.actor())
        body = visitor.world.plan(planned_units=1500, steward=visitor.world.ids["member"])
        plans.save(
            found.id, body=body, version=found.version, reason="the till was slow",
            by=visitor.world.actor(), now=visitor.world.later(),
        )  # fmt: skip
    page = visitor.sign_in().get(f"/hypotheses/{key}/history")
    assert "changed the plan in the open, as version 2" in page.text
    assert "the till was slow" in page.text
    assert "Planned units per arm before: 1,000 now: 1,500" in page.text
    assert "Data steward before: Dániel Kiss now: Mira Petrova" in page.text


def test_a_token_is_named_beside_its_person(visitor: Visitor) -> None:
    from dataclasses import replace

    from hadi.domain.permissions import ActorKind
    from hadi.models import ApiToken
    from hadi.services import hypotheses, tokens

    with visitor.app.app_context():
        now = visitor.world.later()
        from hadi.db import db

        actor = visitor.world.actor()
        tokens.create(name="night job", scopes=["read", "write"], days=30, by=actor, now=now)
        token_id = db.session.query(ApiToken.id).scalar()
        by = replace(actor, kind=ActorKind.TOKEN, token_id=token_id)
        hypotheses.create(change="greet first", by=by, now=now + timedelta(minutes=1))
    page = visitor.sign_in().get("/hypotheses/H-1/history")
    assert "Mira Petrova, with the token “night job” captured the idea" in page.text


def test_a_long_history_is_paged(visitor: Visitor) -> None:
    from hadi.services import hypotheses

    key = visitor.make("idea")
    with visitor.app.app_context():
        for n in range(45):
            found = hypotheses.find(key, by=visitor.world.actor())
            hypotheses.edit(
                found.id, changes={"effect": f"sales rise by {n}"}, version=found.version,
                by=visitor.world.actor(), now=visitor.world.later(),
            )  # fmt: skip
    visitor.sign_in()
    page = visitor.get(f"/hypotheses/{key}/history")
    assert "46 entries" in page.text and "captured the idea" not in page.text
    older = visitor.get(page.links["Older"])
    assert "captured the idea" in older.text and "Older" not in older.links
    assert older.links["Newest"] == f"/hypotheses/{key}/history"
    for odd in ("x", "-1", "9" * 40):
        assert "46 entries" in visitor.get(f"/hypotheses/{key}/history?before={odd}").text
