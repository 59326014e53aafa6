"""Files in pieces through the API: tus 1.0 as its clients speak it, and the work behind it."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.world import Caller, Journey, People

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

ROWS = "".join(f"{'AB'[i % 2]},{int(i % 7 < 2)},{i}\n" for i in range(400))
CONTENT = f"arm,bought,who\n{ROWS}".encode()
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


def told(**metadata: str) -> str:
    return ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in metadata.items()
    )


def begin(caller: Caller, key: str, size: int = len(CONTENT), **metadata: str) -> TestResponse:
    metadata.setdefault("filename", "till.csv")
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": told(**metadata)}
    return caller.send("POST", f"/hypotheses/{key}/uploads", headers=headers)


def piece(caller: Caller, place: str, offset: int, content: bytes, **headers: str) -> TestResponse:
    sent = {**TUS, "Content-Type": PIECE, "Upload-Offset": str(offset), **headers}
    return caller.send("PATCH", place, data=content, headers=sent)


def place_of(begun: TestResponse) -> str:
    assert begun.status_code == 201, begun.get_data(as_text=True)
    return str(begun.headers["Location"]).removeprefix("/api/v1")


def test_a_file_arrives_in_pieces_and_is_read(people: People, journey: Journey) -> None:
    key = journey.running()["key"]
    place = place_of(begin(people.analyst, key))
    answered = piece(people.analyst, place, 0, CONTENT[:700])
    assert (answered.status_code, answered.headers["Upload-Offset"]) == (204, "700")
    assert "Upload-Expires" in answered.headers
    looked = people.analyst.send("HEAD", place, headers=TUS)
    assert looked.headers["Upload-Offset"] == "700"
    assert looked.headers["Upload-Length"] == str(len(CONTENT))
    assert looked.headers["Cache-Control"] == "no-store"
    wrong = piece(people.analyst, place, 500, CONTENT[500:])
    assert (wrong.status_code, wrong.headers["Upload-Offset"]) == (409, "700")
    digest = base64.b64encode(hashlib.sha1(CONTENT[700:]).digest()).decode()
    damaged = piece(
        people.analyst, place, 700, CONTENT[701:], **{"Upload-Checksum": f"sha1 {digest}"}
    )
    assert damaged.status_code == 460
    assert damaged.get_json()["title"] == "Checksum Mismatch"
    last = piece(people.analyst, place, 700, CONTENT[700:], **{"Upload-Checksum": f"sha1 {digest}"})
    assert last.status_code == 204
    upload = people.analyst.get(place).get_json()
    assert upload["received"] == len(CONTENT)
    job = people.analyst.get(f"/jobs/{upload['job_id']}").get_json()
    assert (job["kind"], job["state"], job["progress"]) == ("read", "done", 1.0), job
    assert job["outcome"]["dataset_id"] == people.analyst.get(place).get_json()["dataset_id"]
    over = people.analyst.send("DELETE", f"/jobs/{upload['job_id']}")
    assert over.status_code == 409
    assert over.get_json()["blockers"][0]["code"] == "job_over"


def test_a_file_that_was_begun_can_be_left_out(people: People, journey: Journey) -> None:
    key = journey.running()["key"]
    place = place_of(begin(people.analyst, key))
    piece(people.analyst, place, 0, CONTENT[:700])
    assert people.analyst.send("DELETE", place, headers=TUS).status_code == 204
    assert people.analyst.send("HEAD", place, headers=TUS).status_code == 404
    assert people.analyst.get(place).status_code == 404


def test_a_client_can_ask_what_is_spoken(people: People, journey: Journey) -> None:
    answered = people.analyst.send("OPTIONS", f"/hypotheses/{journey.running()['key']}/uploads")
    assert answered.headers["Tus-Version"] == "1.0.0"
    assert answered.headers["Tus-Extension"] == "creation,termination,expiration,checksum"
    assert int(answered.headers["Tus-Max-Size"]) == 4096 * 1024 * 1024


def test_what_is_refused_is_said_at_the_beginning(people: People, journey: Journey) -> None:
    key = journey.running()["key"]

    def refusal(answered: TestResponse) -> tuple[int, Any]:
        return answered.status_code, answered.get_json()["code"]

    large = begin(people.analyst, key, 1 << 40)
    assert refusal(large) == (413, "file_too_large")
    assert "4,096 MB" in large.get_json()["detail"]
    assert refusal(begin(people.analyst, key, filename=" / ")) == (422, "upload_needs_name")
    assert refusal(begin(people.analyst, key, choices="[]")) == (422, "upload_metadata")
    assert refusal(begin(people.viewer, key))[0] == 403
    assert refusal(begin(people.analyst, journey.idea()["key"]))[0] == 409
    headers = {**TUS, "Upload-Metadata": told(filename="a.csv")}
    unsized = people.analyst.send("POST", f"/hypotheses/{key}/uploads", headers=headers)
    assert refusal(unsized) == (422, "upload_needs_size")
    other = people.analyst.send(
        "POST", f"/hypotheses/{key}/uploads", headers={"Upload-Length": "9"}
    )
    assert (other.status_code, other.headers["Tus-Version"]) == (412, "1.0.0")


def test_a_file_is_no_business_of_others(people: People, journey: Journey) -> None:
    key = journey.running()["key"]
    place = place_of(begin(people.analyst, key))
    assert people.leader.send("HEAD", place, headers=TUS).status_code == 404
    elsewhere = place.replace(place.split("/")[2], journey.idea()["id"])
    assert people.analyst.send("HEAD", elsewhere, headers=TUS).status_code == 404
    assert people.analyst.get("/jobs/nothing").status_code == 404


def test_a_large_form_is_read_and_attached_by_a_worker(
    people: People, journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hadi.api.datasets.SMALL", 1000)
    path = f"/hypotheses/{journey.running()['key']}/datasets"

    def send(content: bytes, mapping: str) -> Any:
        form = {"file": (io.BytesIO(content), "till.csv"), "mapping": mapping}
        answered = people.analyst.post(path, data=form)
        assert answered.status_code == 202, answered.get_data(as_text=True)
        place = answered.headers["Location"].removeprefix("/api/v1")
        return people.analyst.get(place).get_json()

    columns = '{"arm": "arm", "bought": "bought"}'
    job = send(CONTENT, columns)
    assert job["state"] == "done", job
    (listed,) = people.analyst.get(path).get_json()
    assert (listed["id"], listed["version"]) == (job["outcome"]["dataset_id"], 1)
    # What cannot be attached is set aside whole.
    failed = send(CONTENT.replace(b"who", b"whom"), '{"arm": "nowhere", "bought": "bought"}')
    assert failed["state"] == "failed" and "nowhere" in failed["problem"]
    assert len(people.analyst.get(path).get_json()) == 1


def test_a_check_can_be_left_to_a_worker(people: People, journey: Journey) -> None:
    hypothesis = journey.with_data()
    answered = people.analyst.post(
        f"/hypotheses/{hypothesis['key']}/analyses", headers={"Prefer": "respond-async"}
    )
    assert answered.status_code == 202
    job = people.analyst.get(answered.headers["Location"].removeprefix("/api/v1")).get_json()
    assert (job["kind"], job["state"]) == ("analyse", "done")
    analysis = job["outcome"]["analysis_id"]
    found = people.analyst.get(f"/hypotheses/{hypothesis['key']}/analyses/{analysis}")
    assert found.status_code == 200
