"""Every refusal is a problem in words; nothing a client sends is our fault."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import TestResponse

from tests.api.world import CLEAR, INSIGHT, STATEMENT, Journey, People, plan

if TYPE_CHECKING:
    from flask import Flask


def said(response: TestResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    problem: dict[str, Any] = response.get_json(force=True)
    return problem


def codes(response: TestResponse) -> list[str]:
    return [blocker["code"] for blocker in said(response, 409)["blockers"]]


# --------------------------------------------------------------------------------- requests
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/hypotheses/", 404),
        ("GET", "/hypotheses/H-999", 404),
        ("GET", "/hypotheses/%00", 404),
        ("GET", "/hypotheses/%ED%A0%80", 404),
        ("GET", "/hypotheses/" + "9" * 400, 404),
        ("GET", "/hypotheses/H-1/datasets/%00", 404),
        ("GET", "/rollouts/%00", 404),
        ("GET", "/rollouts/unknown", 404),
        ("POST", "/rollouts/unknown/waves/" + "1" * 5000 + "/measurements", 404),
        ("DELETE", "/hypotheses", 405),
        ("TRACE", "/hypotheses", 405),
        ("PUT", "/rollouts", 405),
    ],
)
def test_addresses(people: People, method: str, path: str, status: int) -> None:
    body = {"held": True} if "measurements" in path else None
    answered = people.admin.send(method, path, body)
    said(answered, status)
    if status == 405:
        assert "GET" in answered.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed_json"),
        (b"\xff\xfe", 400, "malformed_json"),
        (b"{'change': 1}", 400, "malformed_json"),
        (b'{"change": ' + b"1" * 5000 + b"}", 400, "malformed_json"),
        (b"[" * 100_000, 400, "malformed_json"),
        (b"", 422, "api.invalid"),
        (b"{}", 422, "api.invalid"),
        (b"null", 422, "api.invalid"),
        (b"[]", 422, "api.invalid"),
        (b'"text"', 422, "api.invalid"),
        (b'{"change": NaN}', 422, "api.invalid"),
        (b'{"change": 1e999}', 422, "api.invalid"),
        (b'{"change": "a\\u0000b"}', 422, "api.invalid"),
        (b'{"change": "\\ud800"}', 422, "api.invalid"),
        (b'{"ch\\u0000ange": "x"}', 422, "api.invalid"),
        (b'{"change": "x", "a": ' + b"[" * 40 + b"]" * 40 + b"}", 422, "api.invalid"),
        (b'{"change": 7}', 422, "api.invalid"),
        (b'{"change": ["x"]}', 422, "api.invalid"),
        (b'{"change": null}', 422, "api.invalid"),
        (b'{"change": "x", "effect": {"a": 1}}', 422, "api.invalid"),
        (b'{"change": "   "}', 422, "hypothesis_invalid"),
        (json.dumps({"change": "x" * 1001}).encode(), 422, "hypothesis_invalid"),
        (b'{"change": "' + b"x" * 1_100_000 + b'"}', 413, "too_large"),
    ],
    ids=range(23),
)
def test_bodies(people: People, body: bytes, status: int, code: str) -> None:
    headers = {"Content-Type": "application/json"}
    answered = people.member.send("POST", "/hypotheses", body, headers=headers)
    assert said(answered, status)["code"] == code
    keyed = people.member.send(
        "POST", "/hypotheses", body, headers={**headers, "Idempotency-Key": "k"}
    )
    assert keyed.status_code == status
    assert people.member.get("/hypotheses").get_json() == []


def test_unknown_fields_are_named(people: People) -> None:
    answered = people.member.post("/hypotheses", STATEMENT | {"efect": "x", "owner": "y"})
    assert said(answered, 422)["fields"].keys() == {"efect", "owner"}
    deep = people.member.post(
        "/hypotheses/H-1/conclusion", {"insight": {"lerned": "x"}, "decision": "win"}
    )
    assert said(deep, 422)["fields"].keys() == {"insight.lerned", "decision"}


@pytest.mark.parametrize("mimetype", ["text/plain", "application/x-www-form-urlencoded", "a/b"])
def test_only_json(people: People, mimetype: str) -> None:
    headers = {"Content-Type": mimetype}
    answered = people.member.send("POST", "/hypotheses", "change=x", headers=headers)
    assert said(answered, 415)["code"] == "not_json"


@pytest.mark.parametrize(
    ("language", "thousand"),
    [("ru", "1\u00a0000"), ("hu-HU,hu;q=0.9", "1\u00a0000"), ("en", "1,000"), ("xx", "1,000"),
     (";;q=x", "1,000")],
)  # fmt: skip
def test_in_the_language_asked_for(people: People, language: str, thousand: str) -> None:
    headers = {"Accept-Language": language}
    answered = people.member.post("/hypotheses", {"change": "x" * 1001}, headers=headers)
    assert thousand in said(answered, 422)["fields"]["change"]


def test_our_own_faults_are_problems_too(app: Flask, people: People, monkeypatch: Any) -> None:
    from hadi.services import hypothesis_list

    monkeypatch.setattr(hypothesis_list, "listing", lambda **_: 1 / 0)
    client = app.test_client()
    headers = {"Authorization": f"Bearer {people.admin.token}"}
    answered = client.get("/api/v1/hypotheses", headers=headers)
    assert answered.mimetype == "application/problem+json"
    problem = said(answered, 500)
    assert problem["code"] == "unexpected" and "ZeroDivision" not in answered.text


# ------------------------------------------------------------------------------------- plans
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"desing": "split"}, "desing"),
        ({"design": "guess"}, "design"),
        ({"design": ["split"]}, "design"),
        ({"alpha": "many"}, "alpha"),
        ({"alpha": True}, "alpha"),
        ({"alpha": 10**400}, "alpha"),
        ({"planned_units": 1.5}, "planned_units"),
        ({"planned_units": 10**30}, "planned_units"),
        ({"planned_units": -1}, "planned_units"),
        ({"starts_on": "tomorrow"}, "starts_on"),
        ({"starts_on": 20260101}, "starts_on"),
        ({"starts_on": "2026-02-02", "ends_on": "2026-02-01"}, "ends_on"),
        ({"budget": {"amount": "much", "currency": "EUR"}}, "budget.amount"),
        ({"budget": {"amount": 1, "currency": "€"}}, "budget.currency"),
        ({"budget": "500 EUR"}, "budget"),
        ({"split": {"A": 1}}, "split"),
        ({"split": {"A": 1e308, "B": 1e308}}, "split"),
        ({"split": [0.5, 0.5]}, "split"),
        ({"split": {f"arm {n}": 1 for n in range(21)}}, "split"),
        ({"split": {"A": 1, "x" * 201: 1}}, "split"),
        ({"split": {"A": 1, " A ": 1, "B": 1}}, "split"),
        ({"split": {"A": 1, " ": 1}}, "split"),
        ({"expected_effect": 1e-300}, "expected_effect"),
        ({"baseline": 1e308}, "baseline"),
        ({"alpha": 1e-300}, "alpha"),
        ({"metrics": [{"name": "x", "kind": "mean", "threshold": "1e99%"}]}, "metrics.0.threshold"),
        ({"metrics": [{"name": f"m{n}", "kind": "mean"} for n in range(21)]}, "metrics"),
        ({"metrics": [{"name": "x", "kind": "mean", "columns": ["y" * 201]}]}, "metrics.0.columns"),
        ({"control": "x" * 201}, "control"),
        ({"owner": "nobody@example.com"}, "owner"),
        ({"steward": 7}, "steward"),
        ({"metrics": {"name": "x"}}, "metrics"),
        ({"metrics": ["x"]}, "metrics.0"),
        ({"metrics": [{"name": "x"}]}, "metrics.0.kind"),
        ({"metrics": [{"name": "x", "kind": "magic"}]}, "metrics.0.kind"),
        ({"metrics": [{"name": "x", "kind": "mean", "threshold": "lots"}]}, "metrics.0.threshold"),
        ({"metrics": [{"name": "x", "kind": "mean", "threshold": -1}]}, "metrics.0.threshold"),
        ({"metrics": [{"name": "x", "kind": "mean", "thresold": 1}]}, "metrics.0.thresold"),
        ({"metrics": [{"name": "x", "kind": "rank", "covariate": "y"}]}, "metrics.0.covariate"),
        ({"metrics": [{"name": "x", "kind": "mean", "proxy": "no"}]}, "metrics.0.proxy"),
        ({"metrics": [{"name": "x", "kind": "mean", "columns": [1]}]}, "metrics.0.columns"),
        ({"reason": 7}, "reason"),
    ],
)  # fmt: skip
def test_plans_that_cannot_be(
    people: People, journey: Journey, change: dict[str, Any], field: str
) -> None:
    here = f"/hypotheses/{journey.idea()['id']}/plan"
    answered = people.member.put(here, plan(people) | change)
    assert field in said(answered, 422)["fields"], answered.text
    assert people.member.get(here).status_code == 404


def test_an_empty_body_empties_no_plan(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.planned()['id']}/plan"
    answered = people.member.send("PUT", here, headers={"If-Match": "*"})
    assert said(answered, 400)["code"] == "body_missing"
    assert people.member.get(here).get_json()["state"] == "planned"


# ----------------------------------------------------------------------------------- the way
def test_no_step_can_be_skipped(people: People, journey: Journey) -> None:
    admin = people.admin
    idea = f"/hypotheses/{journey.idea(effect='', reason='')['id']}"
    assert codes(admin.post(f"{idea}/start"))[:2] == [
        "statement_needs_effect", "statement_needs_reason",
    ]  # fmt: skip
    assert codes(admin.post(f"{idea}/datasets", {"counts": CLEAR})) == ["needs_running"]
    assert codes(admin.post(f"{idea}/analyses")) == [
        "wrong_state.measure", "plan_not_locked", "needs_data",
    ]  # fmt: skip
    assert codes(admin.post(f"{idea}/conclusion", {"decision": "stop"})) == [
        "wrong_state.conclude", "needs_final_analysis", "needs_decision_reason", "needs_learned",
        "needs_holds_where", "needs_next",
    ]  # fmt: skip
    assert codes(admin.post(f"{idea}/reopen", {"reason": "x"})) == ["wrong_state.reopen"]
    assert codes(admin.post(f"{idea}/archive", {})) == ["needs_reason"]
    assert codes(admin.post(f"{idea}/restore")) == ["wrong_state.restore"]
    assert people.member.get(idea).get_json()["state"] == "idea"


def test_once_it_runs(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.running()['id']}"
    assert codes(people.member.post(f"{here}/start")) == ["wrong_state.start"]
    assert codes(people.member.patch(here, {"change": "do something else"})) == ["statement_fixed"]
    assert people.member.patch(here, {"title": "Warranty"}).status_code == 200
    assert codes(people.analyst.post(f"{here}/analyses")) == ["needs_data"]
    people.analyst.post(f"{here}/datasets", {"counts": CLEAR})
    late = people.member.put(f"{here}/plan", plan(people, alpha=0.1) | {"reason": "x"})
    assert codes(late) == ["plan_has_data"]


def test_the_gates_of_scaling(people: People, journey: Journey) -> None:
    weak = [CLEAR[0], {"arm": "B", "units": 2000, "successes": 201}]
    here = f"/hypotheses/{journey.measured(weak)['id']}/conclusion"
    body = {"decision": "scale", "reason": "x", "insight": INSIGHT}
    assert codes(people.leader.post(here, body)) == ["scale_not_confirmed"]
    refused = people.leader.post(here, body | {"acknowledge_payback": False})
    assert codes(refused) == ["scale_payback_unacknowledged", "scale_not_confirmed"]
    problem = said(people.analyst.post(here, body), 403)
    assert [blocker["code"] for blocker in problem["blockers"]] == [
        "not_allowed.conclusion.scale", "scale_payback_unacknowledged", "scale_not_confirmed",
    ]  # fmt: skip
    written = people.leader.post(here, body | {"override": "Strategic"})
    assert written.status_code == 201 and written.get_json()["override"] == "Strategic"


def test_rollouts_follow_their_own_rules(people: People, journey: Journey) -> None:
    leader = people.leader
    there = f"/rollouts/{journey.scaled()['rollout']['id']}"
    assert codes(leader.patch(there, {"status": "verified"})) == ["rollout_no_such_move"]
    assert codes(leader.patch(there, {"status": "stopped"})) == ["stop_needs_reason"]
    assert said(leader.patch(there, {"status": "done"}), 422)["fields"].keys() == {"status"}
    wave = {"scope": "x", "starts_on": "2026-01-01"}
    late = leader.post(f"{there}/waves", wave | {"measure_on": "2026-12-31"})
    assert said(late, 422)["fields"].keys() == {"measure_on"}
    for_ever = leader.post(f"{there}/waves", {"scope": "x", "starts_on": "9999-12-31"})
    assert for_ever.status_code == 422
    odd = leader.post(f"{there}/waves", wave | {"measure_on": "soon"})
    assert said(odd, 422)["fields"].keys() == {"measure_on"}
    assert leader.post(f"{there}/waves", wave).status_code == 201
    assert codes(leader.post(f"{there}/waves", wave)) == ["wave_needs_measurement"]
    for body in ({}, {"held": "yes"}, {"held": True, "effect": "big"}, {"held": 1}):
        assert said(leader.post(f"{there}/waves/1/measurements", body), 422)["fields"]
    said(leader.post(f"{there}/waves/2/measurements", {"held": True}), 404)
    said(leader.post(f"{there}/waves/one/measurements", {"held": True}), 404)
    assert leader.post(f"{there}/waves/1/measurements", {"held": False}).status_code == 201
    assert codes(leader.post(f"{there}/waves/1/measurements", {"held": True})) == [
        "wave_measured_already"
    ]


# ------------------------------------------------------------------------------------- data
def send(people: People, here: str, content: bytes, name: str = "d.csv", **form: str) -> Any:
    return people.analyst.post(here, data={"file": (io.BytesIO(content), name), **form})


GOOD = b"arm,bought\n" + b"A,0\nB,1\nA,1\nB,0\n" * 20


def test_files_that_cannot_be(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.running()['id']}/datasets"
    for content, name in [
        (b"", "d.csv"), (b"arm,bought\n", "d.csv"), (b"\x89PNG\r\n\x1a\n\0\0\0", "d.csv"),
        (GOOD, "d.exe"), (GOOD, "d.xlsx"), (b"arm,bought\nA,0\0\n", "d.csv"),
    ]:  # fmt: skip
        problem = said(send(people, here, content, name), 422)
        assert problem["detail"].endswith("."), problem
    long_cell = GOOD + b"A," + b"9" * 1_000_000 + b"\n"
    assert "bought" in said(send(people, here, long_cell), 413)["detail"]
    for form, field in [
        ({"mapping": '{"bought": "sold"}'}, "bought"),
        ({"mapping": "[]"}, "mapping"),
        ({"mapping": '{"bought": 7}'}, "mapping"),
        ({"maping": "{}"}, "maping"),
    ]:
        assert field in said(send(people, here, GOOD, **form), 422)["fields"]
    assert said(send(people, here, GOOD, mapping="{"), 400)["code"] == "malformed_json"
    assert "file" in said(people.analyst.post(here, data={"mapping": "{}"}, headers={
        "Content-Type": "multipart/form-data; boundary=x"}), 422)["fields"]  # fmt: skip
    assert said(people.analyst.post(here, data="x"), 415)["code"] == "not_json_or_form"
    assert people.analyst.get(here).get_json() == []
    assert send(people, here, GOOD, "../../\x01etc/d.csv").get_json()["filename"] == "d.csv"


def test_parts_of_a_form_without_a_name(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.running()['id']}/datasets"
    head = b"--x\r\nContent-Disposition: form-data"
    body = head + b"\r\n\r\nb\r\n" + head + b'; name="a"\r\n\r\nb\r\n--x--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Idempotency-Key": "nameless"}
    assert set(said(people.analyst.post(here, data=body, headers=headers), 422)["fields"]) >= {"a"}


def test_a_file_over_the_limit(app: Flask, people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.running()['id']}/datasets"
    app.config["MAX_CONTENT_LENGTH"] = 10_000
    said(send(people, here, GOOD * 500), 413)


def test_data_that_do_not_answer_the_plan(app: Flask, people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.running()['id']}"
    for content in (b"arm,bought\nA,yes please\nB,2\n", b"arm,bought\nA,1\nA,0\n"):
        refused = send(people, f"{here}/datasets", content)
        assert "arm" in said(refused, 422)["detail"] or "bought" in said(refused, 422)["detail"]
    assert people.analyst.get(f"{here}/datasets").get_json() == []
    assert not any((app.extensions["hadi_settings"].data_dir / "datasets").iterdir())


@pytest.mark.parametrize(
    "counts",
    [
        None, "x", [], [1, 2], [{}], CLEAR[:1], [CLEAR[0], CLEAR[0]],
        [CLEAR[0], {"arm": "B", "units": 10}],
        [CLEAR[0], {"arm": "B", "units": 10, "successes": 11}],
        [CLEAR[0], {"arm": "B", "units": 10, "mean": 1, "sd": 1}],
        [CLEAR[0], {"arm": "B", "units": 1e300, "successes": 1}],
        [CLEAR[0], {"arm": "B", "units": 10**400, "successes": 1}],
        [CLEAR[0], {"arm": "B", "units": -1, "successes": 0}],
        [CLEAR[0], {"arm": ["B"], "units": 10, "successes": 0}],
        [CLEAR[0], {"arm": "B", "units": 10, "successes": 1, "extra": 1}],
        [{"arm": "C", "units": 9, "successes": 1}, {"arm": "D", "units": 9, "successes": 1}],
    ],
    ids=range(16),
)  # fmt: skip
def test_counts_that_cannot_be(people: People, journey: Journey, counts: Any) -> None:
    here = f"/hypotheses/{journey.running()['id']}/datasets"
    said(people.analyst.post(here, {"counts": counts}), 422)
    assert people.analyst.get(here).get_json() == []
