"""Who gets in, and what each role and scope may do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.api.world import CLEAR, INSIGHT, ROLES, STATEMENT, Journey, People, plan

if TYPE_CHECKING:
    from flask import Flask


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer hadi_wrong", "Basic YTpi", "hadi_wrong",
               "Bearer \u00e9\u00ff", "Bearer " + "x" * 5000],
)  # fmt: skip
def test_no_token_no_entry(app: Flask, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = app.test_client().get("/api/v1/hypotheses", headers=headers)
    assert response.status_code == 401
    assert response.mimetype == "application/problem+json"
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.get_json(force=True)["code"] == "unauthorized"


def test_a_session_does_not_open_the_api(app: Flask, people: People) -> None:
    from hadi.db import db
    from hadi.models import User

    client = app.test_client()
    with app.app_context(), client.session_transaction() as session:
        user = db.session.get_one(User, people.admin.user_id)
        session["_user_id"] = user.fs_uniquifier
        session["_fresh"] = True
    assert client.get("/api/v1/me").status_code == 401


def test_tokens_end(app: Flask, people: People) -> None:
    from hadi.domain.permissions import JOB
    from hadi.services import tokens, users

    caller = people.analyst
    app.config["CLOCK"] = lambda: datetime.now(UTC) + timedelta(days=8)
    assert caller.get("/me").status_code == 401
    app.config["CLOCK"] = None
    token_id = caller.get("/me").get_json()["token"]["id"]
    with app.app_context():
        tokens.revoke(token_id=token_id, by=JOB, now=datetime.now(UTC))
    assert caller.get("/me").status_code == 401
    with app.app_context():
        user = users.get(people.leader.user_id)
        users.set_active(
            user_id=user.id, is_active=False, version=user.version, by=JOB, now=datetime.now(UTC)
        )
    assert people.leader.get("/me").status_code == 401


def test_a_reading_token_reads(people: People, journey: Journey) -> None:
    made = journey.idea()
    reader = people.add("admin", "reader@example.com", ("read",))
    assert reader.get(f"/hypotheses/{made['id']}").status_code == 200
    refused = reader.post("/hypotheses", STATEMENT)
    assert refused.status_code == 403
    assert refused.get_json(force=True)["code"] == "not_allowed.hypothesis.create"


def test_too_many_requests(app: Flask, people: People) -> None:
    app.config["API_RATE_LIMIT"] = "3 per minute"
    caller = people.add("viewer", "hasty@example.com")
    answers = [caller.get("/me") for _ in range(5)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert answers[-1].get_json(force=True)["code"] == "too_many_requests"


# Who may do what to a hypothesis of the member's: everyone else is refused with 403.
MATRIX = {
    ("POST", "/hypotheses"): {"member", "analyst", "leader", "admin"},
    ("PATCH", "/hypotheses/{id}"): {"member", "analyst", "leader", "admin"},
    ("PUT", "/hypotheses/{id}/plan"): {"member", "analyst", "leader", "admin"},
    ("POST", "/hypotheses/{id}/start"): {"member", "analyst", "leader", "admin"},
    ("POST", "/hypotheses/{id}/datasets"): {"member", "analyst", "admin"},
    ("POST", "/hypotheses/{id}/analyses"): {"member", "analyst", "leader", "admin"},
    ("POST", "/hypotheses/{id}/analyses early"): {"analyst", "leader", "admin"},
    ("POST", "/hypotheses/{id}/conclusion"): {"member", "analyst", "leader", "admin"},
    ("POST", "/hypotheses/{id}/conclusion scale"): {"leader", "admin"},
    ("POST", "/hypotheses/{id}/archive"): {"member", "leader", "admin"},
    ("POST", "/hypotheses/{id}/restore"): {"member", "leader", "admin"},
    ("POST", "/hypotheses/{id}/reopen"): {"leader", "admin"},
    ("PATCH", "/rollouts/{rollout}"): {"leader", "admin"},
    ("POST", "/rollouts/{rollout}/waves"): {"leader", "admin"},
    ("POST", "/rollouts/{rollout}/waves/1/measurements"): {"leader", "admin"},
}
READABLE = (
    "/hypotheses", "/hypotheses/{id}", "/hypotheses/{id}/plan", "/hypotheses/{id}/datasets",
    "/hypotheses/{id}/analyses", "/hypotheses/{id}/events", "/rollouts", "/rollouts/{rollout}",
    "/me", "/people",
)  # fmt: skip


def test_who_may_do_what(people: People, journey: Journey) -> None:
    decided = journey.scaled()
    names = {"id": decided["hypothesis"]["id"], "rollout": decided["rollout"]["id"]}
    bodies = {
        "POST /hypotheses": STATEMENT,
        "PUT /hypotheses/{id}/plan": plan(people),
        "POST /hypotheses/{id}/datasets": {"counts": CLEAR},
        "POST /hypotheses/{id}/analyses early": {"open_early": "now"},
        "POST /hypotheses/{id}/conclusion": {"decision": "stop", "reason": "x", "insight": INSIGHT},
        "POST /hypotheses/{id}/conclusion scale": {"decision": "scale", "reason": "x"},
        "POST /rollouts/{rollout}/waves/1/measurements": {"held": True},
        "PATCH /hypotheses/{id}": {"title": "A title"},
        "PATCH /rollouts/{rollout}": {"status": "queued"},
    }
    for (method, path), allowed in MATRIX.items():
        for role in ROLES:
            answered = people.by_role[role].send(
                method, path.split()[0].format(**names), bodies.get(f"{method} {path}", {}),
                headers={"If-Match": "*"} if method in ("PATCH", "PUT") else {},
            )  # fmt: skip
            is_refused = answered.status_code == 403
            assert is_refused is (role not in allowed), (role, method, path, answered.text)
    for path in READABLE:
        for role in ROLES:
            assert people.by_role[role].get(path.format(**names)).status_code == 200


def test_only_those_concerned(people: People, journey: Journey) -> None:
    """Another team's lead reads a hypothesis and does not change it."""
    made = journey.running()
    other = people.add("member", "other@example.com")
    here = f"/hypotheses/{made['id']}"
    assert other.get(here).status_code == 200
    assert other.patch(here, {"title": "Mine"}).status_code == 403
    assert other.post(f"{here}/datasets", {"counts": CLEAR}).status_code == 403
