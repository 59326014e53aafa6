"""A card of twelve: what two coders share, what the score did, and whether steps were taken."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hadi.analysis.scorecard_json import as_json
from hadi.analysis.scorecards import Assessment, assess, fidelity_check
from hadi.domain.scorecards import CheckPoint, Criterion, Mark, Share, Visit, read_mark
from hadi.domain.verdict import CheckStatus

START = date(2026, 3, 1)
SEEN = CheckPoint("the shift lead", "on Fridays", "a note in the log")
CARD = [Criterion(number, f"criterion {number}") for number in range(1, 13)]
YES, NO, AWAY = Mark.MET, Mark.NOT_MET, Mark.NOT_APPLICABLE


def visits(
    scores: list[int], first: date, unit: str = "s07", of: int = 12, code: str = ""
) -> list[Visit]:
    """A visit a score: the first criteria are met."""
    return [
        Visit(
            f"{code or first.isoformat()}-{place}",
            first + timedelta(days=place),
            unit,
            {number: YES if number <= score else NO for number in range(1, of + 1)},
        )
        for place, score in enumerate(scores)
    ]


def twice(number: int, table: tuple[int, int, int, int]) -> list[Visit]:
    """Visits whose only criterion was coded by two people, so often each way."""
    pairs = [(YES, YES), (YES, NO), (NO, YES), (NO, NO)]
    return [
        Visit(f"{number}-{pair}-{each}", START + timedelta(days=40), "s07", {number: a},
              {number: b})
        for pair, ((a, b), count) in enumerate(zip(pairs, table, strict=True))
        for each in range(count)
    ]  # fmt: skip


def before_and_after() -> list[Visit]:
    return [
        *visits([6, 7, 6, 8, 7, 5], START - timedelta(days=30)),
        *visits([10, 11, 9, 10, 11, 10], START + timedelta(days=7)),
    ]


def test_twelve_visits_before_and_after() -> None:
    found = assess(CARD, before_and_after(), since=START)
    assert found.before is not None and found.change is not None
    assert found.before.share == Share(39, 72)
    assert found.since.share == Share(61, 72)
    assert found.before.share.value == pytest.approx(0.54, abs=0.005)
    assert found.since.share.value == pytest.approx(0.85, abs=0.005)
    assert found.change.p_value == pytest.approx(2 / 924)
    assert round(found.change.p_value, 4) == 0.0022
    assert str(found.text) == (
        "The score moved: 54.2% of what applied was met before, 84.7% since. Chance alone would "
        "hardly do that (p = 0.002)."
    )


def test_a_criterion_that_two_people_read_differently_is_left_out() -> None:
    coded = [*twice(3, (11, 1, 1, 7)), *twice(7, (6, 5, 5, 4))]
    # a criterion is read alike or not wherever it is asked, also after the end
    found = assess(CARD, before_and_after(), since=START, until=START, coding=coded)
    assert found.excluded == (7,) and found.since.visits == 0
    found = assess(CARD, [*before_and_after(), *coded], since=START)
    kappas = {each.number: each.agreement.kappa for each in found.coded if each.agreement}
    assert kappas[3] == pytest.approx(0.79, abs=0.005)
    assert kappas[7] == pytest.approx(-0.01, abs=0.005)
    assert found.excluded == (7,)
    assert len(found.kept) == 11 and 7 not in found.kept
    assert found.before is not None
    assert found.before.share == Share(39 - 3, 66)  # it was met in three of the six
    assert [check.code for check in found.checks] == ["criteria_excluded"]


def test_what_does_not_apply_is_no_failure() -> None:
    card = CARD[:3]
    visit = Visit("1", START, "s07", {1: YES, 2: AWAY, 3: NO})
    found = assess(card, [visit])
    assert found.since.share == Share(1, 2, 1)
    assert found.since.by_visit == (0.5,)
    nothing = assess(card, [Visit("1", START, "s07", {1: AWAY})])
    assert nothing.since.share.value is None
    assert nothing.text.code == "score_nothing_applied"


def test_fewer_than_three_visits_of_a_store_are_said() -> None:
    found = assess(CARD, [*visits([6, 7, 8], START), *visits([9, 9], START, "s12")])
    few = next(check for check in found.checks if check.code == "few_visits")
    assert "“s12”" in str(few.detail) and "s07" not in str(few.detail)
    assert [line.is_few for line in found.units] == [False, True]


def test_several_stores_are_compared_store_by_store() -> None:
    early = [visits([6, 7, 6], START - timedelta(days=30), f"s{n}") for n in range(6)]
    late = [visits([8, 9, 8], START + timedelta(days=3), f"s{n}") for n in range(6)]
    found = assess(CARD, [visit for group in (*early, *late) for visit in group], since=START)
    assert found.change is not None and found.change.by_stores
    assert found.change.n == (6, 6)
    assert found.change.p_value == found.change.smallest_p == 2 / 64
    assert found.change.estimate == pytest.approx(2 / 12)


def test_other_stores_before_than_since_are_no_change() -> None:
    found = assess(
        CARD, [*visits([6], START - timedelta(days=3), "a"), *visits([9], START, "b")], since=START
    )
    assert found.change is None and found.no_change is not None
    assert found.no_change.code == "score_no_store_twice"


def carried_out(done: int, due: int) -> Assessment:
    card = [Criterion(1, "the step", is_mandatory=True, check_point=SEEN), Criterion(2, "more")]
    seen = [
        Visit(str(n), START + timedelta(days=n), "s07", {1: YES if n < done else NO, 2: NO})
        for n in range(due)
    ]
    return assess(card, seen, since=START)


@pytest.mark.parametrize(
    ("done", "due", "status"),
    [(59, 100, CheckStatus.FAIL), (60, 100, CheckStatus.PASS), (3, 5, CheckStatus.PASS)],
)
def test_below_sixty_percent_it_was_not_carried_out(
    done: int, due: int, status: CheckStatus
) -> None:
    check = fidelity_check(carried_out(done, due), START)
    assert (check.code, check.status) == ("fidelity", status)


def test_steps_before_the_start_and_optional_ones_do_not_count() -> None:
    card = [Criterion(1, "the step", is_mandatory=True, check_point=SEEN), Criterion(2, "more")]
    early = [Visit("0", START - timedelta(days=1), "s07", {1: NO})]
    late = [Visit("1", START, "s07", {1: YES, 2: NO}), Visit("2", START, "s07", {1: AWAY})]
    found = assess(card, [*early, *late], since=START)
    assert found.fidelity.share == Share(1, 1, 1)


def test_what_is_not_known_of_the_execution_warns() -> None:
    nobody = assess([Criterion(1, "step", is_mandatory=True, check_point=SEEN)], [], since=START)
    assert fidelity_check(nobody, START).detail.code == "fidelity_no_visits"
    no_step = assess(CARD, visits([6], START), since=START)
    assert fidelity_check(no_step, START).detail.code == "fidelity_no_steps"
    away = assess(
        [Criterion(1, "step", is_mandatory=True, check_point=SEEN)],
        [Visit("1", START, "s07", {1: AWAY})],
        since=START,
    )
    assert fidelity_check(away, START).detail.code == "fidelity_nothing_applied"
    told = {fidelity_check(each, START).status for each in (nobody, no_step, away)}
    assert told == {CheckStatus.WARN}
    # Nobody can have visited what has not begun.
    ahead = fidelity_check(nobody, START, today=START - timedelta(days=1))
    assert (ahead.status, ahead.detail.code) == (CheckStatus.PASS, "fidelity_ahead")
    begun = fidelity_check(nobody, START, today=START)
    assert begun.detail.code == "fidelity_no_visits"


def test_a_mandatory_step_without_a_check_point_is_named() -> None:
    card = [Criterion(4, "limits", is_mandatory=True, check_point=CheckPoint("lead", "", "log"))]
    found = assess(card, [])
    assert "Criterion 4" in str(found.checks[-1].detail)


@pytest.mark.parametrize(
    ("written", "mark"),
    [("1", YES), (1, YES), (1.0, YES), ("да", YES), ("0", NO), (0, NO), ("nem", NO),
     ("NA", AWAY), ("n/a", AWAY), ("н/п", AWAY), (" ", None), (None, None)],
)  # fmt: skip
def test_marks_are_read_as_people_write_them(written: object, mark: Mark | None) -> None:
    assert read_mark(written) is mark


@pytest.mark.parametrize("written", ["2", "0.5", "maybe", "-"])
def test_anything_else_is_no_mark(written: str) -> None:
    with pytest.raises(ValueError):
        read_mark(written)


def test_the_numbers_for_programs() -> None:
    told = as_json(assess(CARD, before_and_after(), since=START))
    assert told["before"]["share"] == pytest.approx(39 / 72)
    assert told["change"]["by"] == "visits"
    assert told["fidelity"] == {
        "met": 0, "applied": 0, "not_applicable": 0, "share": None, "steps": 0, "visits": 6,
        "executed": None,
    }  # fmt: skip
