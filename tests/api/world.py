"""The API as its clients meet it: a token for each role, JSON in and out, and the journey."""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

ROLES = ("member", "analyst", "leader", "admin", "viewer")


class Caller:
    """A client with one person's token."""

    def __init__(self, app: Flask, token: str, user_id: str = "", email: str = "") -> None:
        self.app, self.token, self.user_id, self.email = app, token, user_id, email

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        if body is not None:
            options["data"] = body if isinstance(body, (str, bytes)) else json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        if isinstance(options.get("data"), dict):
            # Encoded here: the test client leaves the temporary file of a large form open.
            options["data"], sent["Content-Type"] = multipart(options["data"])
        response = self.app.test_client(use_cookies=False).open(
            "/api/v1" + path, method=method, headers=sent, **options
        )
        looked_at(response)
        return response

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.send("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.send("POST", path, body, **options)

    def put(self, path: str, body: Any, etag: str | None = "*", **options: Any) -> TestResponse:
        return self.send("PUT", path, body, headers=_match(etag), **options)

    def patch(self, path: str, body: Any, etag: str | None = "*", **options: Any) -> TestResponse:
        return self.send("PATCH", path, body, headers=_match(etag), **options)


def multipart(form: Mapping[str, Any]) -> tuple[bytes, str]:
    """A form as it is sent, each time with another boundary; a file is (stream, name)."""
    boundary = secrets.token_hex(12)
    parts: list[bytes] = []
    for name, value in form.items():
        content, filename = value if isinstance(value, tuple) else (io.BytesIO(value.encode()), "")
        named = f'; filename="{filename}"' if filename else ""
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
        parts += [head.encode(), content.read(), b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def _match(etag: str | None) -> dict[str, str]:
    return {} if etag is None else {"If-Match": etag}


def looked_at(response: TestResponse) -> None:
    """What holds of every answer: JSON, no fault of ours, no cookie, problems as promised."""
    assert response.status_code < 500, response.get_data(as_text=True)
    assert "Set-Cookie" not in response.headers
    if not response.get_data():  # to HEAD, or of an upload: everything is in the headers
        return
    if response.status_code >= 400:
        assert response.mimetype == "application/problem+json"
        problem = response.get_json(force=True)
        # A file that can be read after all says under which choices.
        assert problem.keys() - {"remedy"} == {
            "type", "title", "status", "code", "detail", "blockers", "fields",
        }  # fmt: skip
        assert problem["status"] == response.status_code
        assert problem["detail"] and "%(" not in problem["detail"]
        for blocker in problem["blockers"]:
            assert blocker.keys() == {"code", "detail", "field"}
    else:
        assert response.mimetype == "application/json"
        response.get_json()


class Made(dict[str, Caller]):
    """People by their role, made when they are first asked for."""

    def __init__(self, make: Callable[[str], Caller]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, role: str) -> Caller:
        self[role] = self.make(role)
        return self[role]


class People:
    """One person for each role, with a token that may write; there from when a test first names
    them, since five of them take longer to make than most tests."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.by_role = Made(self.add)

    def __getattr__(self, role: str) -> Caller:
        if role not in ROLES:
            raise AttributeError(role)
        return self.by_role[role]

    def add(
        self, role: str, email: str = "", scopes: tuple[str, ...] = ("read", "write")
    ) -> Caller:
        from hadi.domain.permissions import JOB
        from hadi.services import tokens, users

        email = email or f"{role}@example.com"
        now = datetime.now(UTC)
        with self.app.app_context():
            user = users.find(email) or users.add(
                email=email, name=f"The {role}", roles=[role], by=JOB, now=now
            )
            made = tokens.create(
                user_id=user.id, name="tests", scopes=scopes, days=7, by=JOB, now=now
            )
            return Caller(self.app, made.plain, user.id, user.email)


# ------------------------------------------------------------------------------- the journey
STATEMENT = {
    "change": "offer an extended warranty at the till",
    "effect": "more customers buy one",
    "reason": "they are asked at the right moment",
}


def plan(people: People, **changes: Any) -> dict[str, Any]:
    """A plan that can start, by typed counts as well as by a file."""
    return {
        "design": "split",
        "variant": "arm",
        "control": "A",
        "split": {"A": 0.5, "B": 0.5},
        "metrics": [
            {
                "name": "bought", "kind": "conversion", "columns": ["bought"], "role": "primary",
                "threshold": 0.01, "better": "higher",
            }
        ],
        "budget": {"amount": "500", "currency": "EUR"},
        "planned_units": 1000,
        "owner": people.member.email,
        "steward": people.analyst.user_id,
    } | changes  # fmt: skip


CLEAR = [
    {"arm": "A", "units": 2000, "successes": 200},
    {"arm": "B", "units": 2000, "successes": 320},
]
INSIGHT = {"learned": "Asking works", "holds_where": "City stores", "next": "Try accessories"}


class Journey:
    """A hypothesis, brought as far as a test needs it."""

    def __init__(self, people: People) -> None:
        self.people = people

    def idea(self, **parts: Any) -> dict[str, Any]:
        made = self.people.member.post("/hypotheses", STATEMENT | parts)
        assert made.status_code == 201, made.text
        return made.get_json()

    def planned(self, **changes: Any) -> dict[str, Any]:
        made = self.idea()
        put = self.people.member.put(f"/hypotheses/{made['id']}/plan", plan(self.people, **changes))
        assert put.status_code == 200 and put.get_json()["state"] == "planned", put.text
        return self.read(made)

    def running(self, **changes: Any) -> dict[str, Any]:
        made = self.planned(**changes)
        started = self.people.member.post(f"/hypotheses/{made['id']}/start")
        assert started.status_code == 200, started.text
        return started.get_json()

    def with_data(self, counts: Any = CLEAR, **changes: Any) -> dict[str, Any]:
        made = self.running(**changes)
        sent = self.people.analyst.post(f"/hypotheses/{made['id']}/datasets", {"counts": counts})
        assert sent.status_code == 201, sent.text
        return self.read(made)

    def measured(self, counts: Any = CLEAR, **changes: Any) -> dict[str, Any]:
        made = self.with_data(counts, **changes)
        ran = self.people.analyst.post(f"/hypotheses/{made['id']}/analyses")
        assert ran.status_code == 201, ran.text
        return self.read(made)

    def scaled(self) -> dict[str, Any]:
        made = self.measured()
        decided = self.people.leader.post(
            f"/hypotheses/{made['id']}/conclusion",
            {"decision": "scale", "reason": "It works", "insight": INSIGHT},
        )
        assert decided.status_code == 201, decided.text
        return decided.get_json()

    def read(self, made: Mapping[str, Any]) -> dict[str, Any]:
        return self.people.member.get(f"/hypotheses/{made['id']}").get_json()
