"""The check and its result: hidden before the end, opened early in the open, then all of it."""

from __future__ import annotations

import io
import json
from typing import Any

from tests.fixtures.pages import Page, form_values
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]


def attach(visitor: Visitor, key: str, **arms: tuple[int, int]) -> None:
    from hadi.services import datasets, hypotheses

    counts = [{"arm": arm, "units": n, "successes": k} for arm, (n, k) in arms.items()]
    with visitor.app.app_context():
        found = hypotheses.find(key, by=visitor.world.actor())
        datasets.attach_counts(
            found.id, counts=counts, by=visitor.world.actor("analyst"), now=visitor.world.now
        )


def run(visitor: Visitor, key: str, form: str = "run", **values: Any) -> Page:
    answer = visitor.submit(f"/hypotheses/{key}/data", values, form_id=form)
    return visitor.get(answer.response.location)


def record_of(visitor: Visitor, page: Page) -> dict[str, Any]:
    link = next(url for text, url in page.links.items() if "JSON" in text)
    return dict(json.loads(visitor.browser.client.get(link).get_data(as_text=True)))


def test_a_result_says_its_sentence_first_and_its_method_last(visitor: Visitor) -> None:
    key = visitor.make("running")
    attach(visitor, key, A=(1300, 325), B=(1300, 403))
    page = run(visitor.sign_in("analyst"), key)
    text = page.text
    order = ("It works:", "Can the data answer the question?", "The metric that decides",
             "How these numbers were made")  # fmt: skip
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    for words in ("+6.0 pp (2.5 to 9.4)", "25.0% of 1,300 units", "Confirmed", "not assessed",
                  "Chance alone would hardly do this (p less than 0.001).", "pooled z test",
                  "Randomised test", "duckdb", "Typed counts, version 1"):  # fmt: skip
        assert words in text, words
    record = record_of(visitor, page)
    assert record["verdict"] == "confirmed" and record["comparisons"][0]["p_value"] < 0.001
    assert visitor.state(key) == "measured"
    assert "Write the insight and decide" in page.links


def test_a_result_reads_in_three_languages(visitor: Visitor) -> None:
    key = visitor.make("running")
    attach(visitor, key, A=(1300, 325), B=(1300, 403))
    visitor.sign_in("analyst")
    url = visitor.submit(f"/hypotheses/{key}/data", form_id="run").response.location
    decimals = {"en": "25.0", "ru": "25,0", "hu": "25,0"}
    for language, share in decimals.items():
        visitor.browser.get(f"/language/{language}", status=302)
        page = visitor.get(url)
        assert page.tree.get("lang") == language and share in page.text


def test_arms_that_do_not_add_up_are_invalid_whatever_they_say(visitor: Visitor) -> None:
    key = visitor.make("running", planned_units=400)
    attach(visitor, key, A=(620, 93), B=(500, 97))
    page = run(visitor.sign_in("analyst"), key)
    assert "Invalid test" in page.text and "declared shares" in page.text


def test_before_the_end_only_checks_and_progress_are_shown(visitor: Visitor) -> None:
    key = visitor.make("running", planned_units=1250)
    attach(visitor, key, A=(310, 41), B=(305, 60))
    page = run(visitor.sign_in("analyst"), key)
    assert "305 of 1,250 planned units" in page.text and "Not yet" in page.text
    for hidden in ("13.2", "19.7", "pp", "0.031", "Newcombe", "Fisher", "interval--page"):
        assert hidden not in page.html.partition("<main")[2], hidden
    record = record_of(visitor, page)
    assert record["verdict"] == "not_yet"
    assert record["comparisons"][0]["difference"]["estimate"] is None
    assert visitor.state(key) == "running"
    page = visitor.get(f"/hypotheses/{key}")
    assert "6.5 pp" not in page.text


def test_an_early_look_needs_a_reason_and_stays_on_record(visitor: Visitor) -> None:
    key = visitor.make("running", planned_units=1250)
    attach(visitor, key, A=(310, 41), B=(305, 60))
    visitor.sign_in("leader")
    page = visitor.submit(f"/hypotheses/{key}/data", {"reason": "  "}, form_id="early", status=422)
    assert "needs a written reason" in page.text
    page = run(visitor, key, "early", reason="The board meets today.")
    assert "The board meets today." in page.text and "early" in page.text
    assert "opened before the planned end" in page.text and "6.4" in page.text
    assert visitor.state(key) == "measured"
    details = next(d for verb, d in visitor.events(key) if verb == "analysed")
    assert details["early_reason"] == "The board meets today."


def test_a_team_lead_cannot_open_early(visitor: Visitor) -> None:
    key = visitor.make("running", planned_units=1250)
    attach(visitor, key, A=(310, 41), B=(305, 60))
    page = visitor.sign_in().get(f"/hypotheses/{key}/data")
    assert "Open the result early" not in page.text
    data = form_values(page.form("run")) | {"early": "1", "reason": "curious"}
    visitor.browser.post(f"/hypotheses/{key}/analyses", data, status=403)
    assert visitor.events(key)[0][1]["blockers"] == ["not_allowed.analysis.open_early"]


def test_without_data_the_check_is_refused(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    data = {"csrf_token": visitor.token()}
    page = visitor.browser.post(f"/hypotheses/{key}/analyses", data, status=422)
    assert "Attach the data first." in page.text
    assert visitor.events(key)[0][1]["blockers"] == ["needs_data"]


def test_guardrails_and_watched_metrics_stand_apart(visitor: Visitor) -> None:
    key = visitor.make(
        "running", planned_units=200, split=None, unit=None,
        metrics=[
            {"name": "Bought", "kind": "conversion", "columns": ["bought"], "role": "primary",
             "threshold": 0, "better": "higher"},
            {"name": "Returned", "kind": "conversion", "columns": ["returned"],
             "role": "guardrail", "better": "lower", "margin": 0.01},
            {"name": "Spent", "kind": "mean", "columns": ["spent"], "role": "secondary",
             "better": "higher"},
        ],
    )  # fmt: skip
    visitor.sign_in("analyst")
    lines = "".join(
        f"{'ABC'[i % 3]},{int(i % 5 < 1 + i % 3)},{int(i % 11 == 0)},{10 + i % 7 + i % 3}\n"
        for i in range(1200)
    )
    data = form_values(visitor.get(f"/hypotheses/{key}/data").form("attach"))
    data["file"] = (io.BytesIO(f"arm,bought,returned,spent\n{lines}".encode()), "three.csv")
    where = visitor.browser.post(f"/hypotheses/{key}/data", data).response.location
    visitor.submit(where, form_id="mapping", button="attach")
    page = run(visitor, key)
    for words in ("The best group is", "What must not get worse", "Returned", "Also watched",
                  "Not proven to hold", "on average", "Welch", "For each arm"):  # fmt: skip
        assert words in page.text, words
    assert page.text.count("Bought") >= 3


def test_an_older_result_says_so(visitor: Visitor) -> None:
    key = visitor.make("running", planned_units=100)
    attach(visitor, key, A=(1300, 325), B=(1300, 403))
    visitor.sign_in("analyst")
    url = visitor.submit(f"/hypotheses/{key}/data", form_id="run").response.location
    assert "There are newer data" not in visitor.get(url).text
    attach(visitor, key, A=(1400, 325), B=(1400, 403))
    assert "There are newer data" in visitor.get(url).text
