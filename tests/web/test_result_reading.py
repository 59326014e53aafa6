"""A result read on its own: its sentence, which quantile, what was adjusted, what was ended."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.web.hypotheses_pages import Visitor, visitor
from tests.web.test_hypotheses_result_views import PLANNED, SPENT, attach, counted, run

__all__ = ["visitor"]

ANYTIME = {"looks": "anytime", "planned_units": 4000}
QUANTILE = {"name": "Spent", "kind": "quantile", "q": 0.9, "columns": ["spent"],
            "role": "primary", "threshold": 2, "better": "higher"}  # fmt: skip


def rows_of(seed: int) -> list[str]:
    random = Random(seed)
    rows = []
    for place in range(600):
        before = random.gauss(50, 9)
        spent = before + 5 * (place % 2) + random.gauss(0, 4)
        rows.append(f"{'AB'[place % 2]},{spent:.2f},{before:.2f}")
    return rows


def test_a_result_repeats_the_sentence_it_answers(visitor: Visitor) -> None:
    key = visitor.make("running", change="greet within ten seconds")
    visitor.sign_in("analyst")
    counted(visitor, key, A=(1300, 325), B=(1300, 403))
    page = run(visitor, key)
    assert page.text.index("greet within ten seconds") < page.text.index("It works:")


def test_a_quantile_says_which_it_is(visitor: Visitor) -> None:
    key = visitor.make("running", metrics=[QUANTILE], planned_units=300, split=None, unit=None)
    visitor.sign_in("analyst")
    attach(visitor, key, "arm,spent,before", rows_of(5))
    page = run(visitor, key)
    assert page.text.count("Spent, 90% quantile") >= 2
    assert "Spent, 90% quantile" in visitor.get(f"/hypotheses/{key}").text


@pytest.mark.parametrize("covariate", [None, "before"])
def test_an_adjusted_difference_is_called_so(visitor: Visitor, covariate: str | None) -> None:
    metric = SPENT | ({"covariate": covariate} if covariate else {})
    key = visitor.make("running", metrics=[metric], planned_units=300, split=None, unit=None)
    visitor.sign_in("analyst")
    attach(visitor, key, "arm,spent,before", rows_of(5))
    text = run(visitor, key).text
    assert ("Difference, adjusted" in text) is bool(covariate)
    assert ("Relative, adjusted" in text) is bool(covariate)


def test_a_confidence_sequence_is_named_as_the_method(visitor: Visitor) -> None:
    key = visitor.make("running", **ANYTIME)
    visitor.sign_in("analyst")
    counted(visitor, key, A=(900, 90), B=(900, 105))
    text = run(visitor, key).text
    assert "pooled z test; interval and p as a confidence sequence" in text


def test_one_look_at_the_end_is_no_sequence(visitor: Visitor) -> None:
    key = visitor.make("running")
    visitor.sign_in("analyst")
    counted(visitor, key, A=(1300, 325), B=(1300, 403))
    assert "confidence sequence" not in run(visitor, key).text


@pytest.mark.parametrize(
    ("plan", "question", "unsaid", "told", "note"),
    [
        (
            {"planned_units": 1250},
            "Why must it be opened before the end?",
            "Opening the result before the planned end needs a written reason.",
            "The result was opened before the planned end",
            "Opened before the planned end:",
        ),
        (
            ANYTIME,
            "Why does the test end here?",
            "Ending the test before its planned end needs a written reason.",
            "The test was ended before its planned end",
            "Ended before the planned end:",
        ),
        (
            PLANNED,
            "Why look off the schedule?",
            "A look off the schedule needs a written reason.",
            "The look off the schedule was taken",
            "Looked off the schedule:",
        ),
    ],
)
def test_the_reason_is_asked_for_what_is_done(
    visitor: Visitor, plan: dict[str, Any], question: str, unsaid: str, told: str, note: str
) -> None:
    key = visitor.make("running", **plan)
    visitor.sign_in("leader")
    counted(visitor, key, A=(310, 41), B=(305, 60))
    assert question in visitor.get(f"/hypotheses/{key}/data").text
    page = visitor.submit(f"/hypotheses/{key}/data", {"reason": " "}, form_id="early", status=422)
    assert unsaid in page.text
    reason = {"reason": "The board meets today."}
    answer = visitor.submit(f"/hypotheses/{key}/data", reason, form_id="early")
    text = visitor.get(answer.response.location).text
    assert told in text and f"{note} The board meets today." in text


@pytest.mark.parametrize("plan", [{"planned_units": 800}, ANYTIME])
def test_after_the_answer_nothing_is_said_to_open(visitor: Visitor, plan: dict[str, Any]) -> None:
    key = visitor.make("running", **plan)
    visitor.sign_in("analyst")
    counted(visitor, key, A=(900, 90), B=(900, 190))
    said = ("may be opened at any moment", "The result opens")
    assert any(words in visitor.get(f"/hypotheses/{key}/data").text for words in said)
    run(visitor, key)
    assert visitor.state(key) == "measured"
    assert not any(words in visitor.get(f"/hypotheses/{key}/data").text for words in said)


def test_a_guardrail_with_a_margin_is_answered_by_it(visitor: Visitor) -> None:
    guard = {"name": "Stay", "kind": "mean", "columns": ["stay"], "role": "guardrail",
             "margin": 2, "better": "higher"}  # fmt: skip
    key = visitor.make("running", metrics=[SPENT, guard], planned_units=300, split=None, unit=None)
    visitor.sign_in("analyst")
    random = Random(2)
    attach(
        visitor,
        key,
        "arm,spent,stay",
        [f"{line.rpartition(',')[0]},{random.gauss(30, 3):.2f}" for line in rows_of(5)],
    )
    page = run(visitor, key)
    guards = page.text.partition("What must not get worse")[2].partition("How these numbers")[0]
    assert "Proven to hold" in guards and "Surely not worse by 2.00." in guards
    assert "Chance alone could" not in guards and "Is the margin kept?" not in guards
    drawn = page.html.partition('id="guardrails"')[2]
    assert "threshold −2.00" in drawn
