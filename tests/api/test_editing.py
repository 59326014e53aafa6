"""Nobody's edit is lost: ETags, and requests that arrive twice."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.world import CLEAR, INSIGHT, STATEMENT, Journey, People, plan

KEY = {"Idempotency-Key": "the-same-key"}


def problem(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    said: dict[str, Any] = response.get_json(force=True)
    assert said["code"] == code, said
    return said


# ------------------------------------------------------------------------------------ ETags
def test_edits_say_what_they_read(people: People, journey: Journey) -> None:
    made = journey.idea()
    here = f"/hypotheses/{made['id']}"
    for send in (
        lambda: people.member.patch(here, {"title": "x"}, etag=None),
        lambda: people.member.patch(here, {"title": "x"}, etag=""),
        lambda: people.member.put(f"{here}/plan", plan(people), etag=None),
    ):
        problem(send(), 428, "precondition_required")


@pytest.mark.parametrize("etag", ['"999"', "999", 'W/"999"', '"x", "y"', "nonsense", '""'])
def test_stale_edits_are_told(people: People, journey: Journey, etag: str) -> None:
    made = journey.idea()
    here = f"/hypotheses/{made['id']}"
    problem(people.member.patch(here, {"title": "x"}, etag), 412, "hypothesis_changed_meanwhile")
    stale = people.member.put(f"{here}/plan", plan(people), etag)
    problem(stale, 412, "hypothesis_changed_meanwhile")
    assert people.member.get(f"{here}/plan").status_code == 404
    for step in ("start", "archive", "restore", "reopen", "datasets", "analyses", "conclusion"):
        body = {"archive": {"reason": "x"}, "reopen": {"reason": "x"}, "datasets": {"counts": []}}
        answered = people.leader.post(
            f"{here}/{step}", body.get(step, {}), headers={"If-Match": etag}
        )
        assert answered.status_code == 412, step


def test_current_edits_pass(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.idea()['id']}"
    for place, form in enumerate(("{}", "W/{}", '"0", {}', "*")):
        etag = people.member.get(here).headers["ETag"]
        edited = people.member.patch(here, {"title": f"Title {place}"}, form.format(etag))
        assert edited.status_code == 200 and edited.headers["ETag"] != etag
        assert edited.headers["ETag"] == f'"{edited.get_json()["version"]}"'


def test_rollouts_have_versions_too(people: People, journey: Journey) -> None:
    there = f"/rollouts/{journey.scaled()['rollout']['id']}"
    problem(people.leader.patch(there, {}, etag=None), 428, "precondition_required")
    problem(people.leader.patch(there, {}, etag='"99"'), 412, "rollout_changed_meanwhile")
    stale = people.leader.post(f"{there}/waves", {}, headers={"If-Match": '"99"'})
    problem(stale, 412, "rollout_changed_meanwhile")
    assert people.leader.patch(there, {}).status_code == 200


def test_two_editors_at_once(people: People, journey: Journey) -> None:
    """Of two edits of the same version one is made and one is told."""
    here = f"/hypotheses/{journey.idea()['id']}"
    etag = people.member.get(here).headers["ETag"]
    with ThreadPoolExecutor(4) as pool:
        sent = [
            pool.submit(people.member.patch, here, {"title": f"Title {i}"}, etag) for i in range(4)
        ]
    assert sorted(each.result().status_code for each in sent) == [200, 412, 412, 412]


# ----------------------------------------------------------------------------------- repeats
def test_a_repeated_post_acts_once(people: People) -> None:
    first = people.member.post("/hypotheses", STATEMENT, headers=KEY)
    turned = dict(reversed(STATEMENT.items()))  # the order of keys is no difference
    again = people.member.post("/hypotheses", turned, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert first.headers["Location"] == again.headers["Location"]
    assert first.headers["ETag"] == again.headers["ETag"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(people.member.get("/hypotheses").get_json()) == 1


def test_the_answer_with_a_key_is_the_one_without(people: People, journey: Journey) -> None:
    """What is answered inside the receipt's transaction is what is stored after it."""
    made = journey.planned()
    here = f"/hypotheses/{made['id']}"
    started = people.member.post(f"{here}/start", headers=KEY)
    assert started.get_json() == people.member.get(here).get_json()
    assert started.headers["ETag"] == people.member.get(here).headers["ETag"]


def test_a_key_is_for_one_request(people: People) -> None:
    people.member.post("/hypotheses", STATEMENT, headers=KEY)
    other = people.member.post("/hypotheses", STATEMENT | {"title": "Other"}, headers=KEY)
    problem(other, 422, "idempotency_key_reused")
    assert people.analyst.post("/hypotheses", STATEMENT, headers=KEY).status_code == 201
    long = people.member.post("/hypotheses", STATEMENT, headers={"Idempotency-Key": "k" * 129})
    problem(long, 422, "receipt.key_long")


def test_a_refusal_can_be_mended_under_the_same_key(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.idea()['id']}"
    assert people.member.post(f"{here}/start", headers=KEY).status_code == 409
    people.member.put(f"{here}/plan", plan(people))
    assert people.member.post(f"{here}/start", headers=KEY).status_code == 200
    again = people.member.post(f"{here}/start", headers=KEY)
    assert again.status_code == 200 and again.get_json()["state"] == "running"


def test_refused_steps_are_logged_with_a_key_too(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.idea()['id']}"
    for headers in ({}, KEY):
        assert people.viewer.post(f"{here}/start", headers=headers).status_code == 403
    events = people.member.get(f"{here}/events").get_json()
    assert [event["verb"] for event in events] == ["refused", "refused", "created"]
    assert events[0]["details"]["blockers"] == ["not_allowed.test.start"]


def form(content: bytes) -> dict[str, Any]:
    return {"data": {"file": (io.BytesIO(content), "data.csv")}, "headers": KEY}


def test_a_file_sent_twice_is_attached_once(people: People, journey: Journey) -> None:
    here = f"/hypotheses/{journey.running()['id']}/datasets"
    content = b"arm,bought\n" + b"A,0\nB,1\nA,1\nB,0\n" * 50
    first = people.analyst.post(here, **form(content))
    again = people.analyst.post(here, **form(content))  # with another boundary
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert first.data == again.data
    other = people.analyst.post(here, **form(content + b"A,1\n"))
    problem(other, 422, "idempotency_key_reused")
    assert len(people.analyst.get(here).get_json()) == 1


def test_every_step_can_be_repeated(people: People, journey: Journey) -> None:
    made = journey.with_data()
    here = f"/hypotheses/{made['id']}"
    decision = {"decision": "scale", "reason": "It works", "insight": INSIGHT}
    for path, body in (("analyses", {}), ("conclusion", decision), ("archive", {"reason": "x"})):
        first, again = (
            people.leader.post(f"{here}/{path}", body, headers={"Idempotency-Key": path})
            for _ in range(2)
        )
        assert first.status_code in (200, 201), first.text
        assert (first.status_code, first.data) == (again.status_code, again.data)
    assert len(people.leader.get(f"{here}/analyses").get_json()) == 1
    [rollout] = people.leader.get("/rollouts").get_json()
    there = f"/rollouts/{rollout['id']}/waves"
    for path, body in ((there, {"scope": "All"}), (f"{there}/1/measurements", {"held": True})):
        first, again = (
            people.leader.post(path, body, headers={"Idempotency-Key": path[-20:]})
            for _ in range(2)
        )
        assert first.status_code == 201, first.text
        assert (first.status_code, first.data) == (again.status_code, again.data)


def test_the_same_post_from_many_threads(people: People, journey: Journey) -> None:
    """A double click, a retry that overtakes: one hypothesis, one start, one answer."""
    made = journey.planned()
    for path, body in (("/hypotheses", STATEMENT), (f"/hypotheses/{made['id']}/start", {})):
        with ThreadPoolExecutor(6) as pool:
            sent = [
                pool.submit(people.member.post, path, body, headers={"Idempotency-Key": path[-30:]})
                for _ in range(6)
            ]
        answers = [each.result() for each in sent]
        assert len({each.status_code for each in answers}) == 1, [each.text for each in answers]
        assert len({each.data for each in answers}) == 1
    assert len(people.member.get("/hypotheses").get_json()) == 2
    events = people.member.get(f"/hypotheses/{made['id']}/events").get_json()
    assert [event["verb"] for event in events].count("became_running") == 1


@pytest.mark.parametrize("is_keyed", [False, True])
def test_one_of_many_starts(people: People, journey: Journey, is_keyed: bool) -> None:
    """Different requests for the same step: one takes it, the others are told."""
    here = f"/hypotheses/{journey.planned()['id']}"
    with ThreadPoolExecutor(4) as pool:
        sent = [
            pool.submit(
                people.member.post, f"{here}/start",
                headers={"Idempotency-Key": str(i)} if is_keyed else {},
            )
            for i in range(4)
        ]  # fmt: skip
    assert sorted(each.result().status_code for each in sent) == [200, 409, 409, 409]
    events = people.member.get(f"{here}/events").get_json()
    assert [event["verb"] for event in events].count("refused") == 3


def test_counts_from_many_threads_get_versions_of_their_own(
    people: People, journey: Journey
) -> None:
    here = f"/hypotheses/{journey.running()['id']}/datasets"
    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(people.analyst.post, here, {"counts": CLEAR}) for _ in range(4)]
    versions = sorted(each.result().get_json()["version"] for each in sent)
    assert versions == [1, 2, 3, 4]
