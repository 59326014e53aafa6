"""Whether a plan came before its data, by the clock of the server alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from hadi.domain.post_factum import CODE, Seen, Written, check, judged_part, stands_since
from hadi.domain.verdict import CheckStatus

ZONE = ZoneInfo("Europe/Moscow")
FIRST, LAST = date(2026, 4, 1), date(2026, 5, 10)


def at(day: int, month: int = 5, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def judged(
    *, hypothesis: datetime, plan: datetime, first_plan: datetime | None = None,
    uploaded: datetime, early_rows: int = 0, is_imported: bool = False,
    days: tuple[date | None, date | None] = (FIRST, LAST),
):  # fmt: skip
    written = Written(hypothesis, plan, first_plan or plan, is_imported)
    return check(written, Seen(uploaded, *days, rows=100, early_rows=early_rows), zone=ZONE)


def test_a_plan_before_the_data_passes() -> None:
    found = judged(hypothesis=at(20, 3), plan=at(25, 3), uploaded=at(11))
    assert (found.code, found.status) == (CODE, CheckStatus.PASS)


def test_a_hypothesis_after_the_data_is_exploration() -> None:
    """Created on 14 May, of data from 1 April to 10 May."""
    found = judged(hypothesis=at(14), plan=at(14, hour=10), uploaded=at(14, hour=11))
    assert found.status is CheckStatus.FAIL
    assert found.detail.code == "after_the_hypothesis"
    assert "14 May 2026" in str(found.detail) and "exploration only" in str(found.detail)


def test_a_threshold_changed_after_the_upload_is_exploration() -> None:
    found = judged(hypothesis=at(20, 3), plan=at(15), first_plan=at(25, 3), uploaded=at(14))
    assert found.status is CheckStatus.FAIL
    assert found.detail.code == "after_upload_changed"


def test_a_plan_fixed_between_the_last_day_and_the_upload_is_too_late() -> None:
    found = judged(hypothesis=at(20, 3), plan=at(12), uploaded=at(13))
    assert found.detail.code == "after_the_plan"
    found = judged(hypothesis=at(20, 3), plan=at(12), first_plan=at(25, 3), uploaded=at(13))
    assert found.detail.code == "after_the_plan_changed"


def test_a_plan_fixed_on_the_last_day_is_only_late() -> None:
    found = judged(hypothesis=at(20, 3), plan=at(10), uploaded=at(13), early_rows=97)
    assert found.status is CheckStatus.WARN and found.detail.code == "after_the_start"
    assert "97.0%" in str(found.detail)


def test_the_day_is_that_of_the_workspace() -> None:
    """Half past ten in the evening in UTC is the next day in Moscow."""
    evening = datetime(2026, 5, 10, 22, 30, tzinfo=UTC)
    found = judged(hypothesis=at(20, 3), plan=evening, uploaded=at(13))
    assert found.status is CheckStatus.FAIL


def test_days_that_nobody_names_are_said_to_be_unknown() -> None:
    found = judged(hypothesis=at(20, 3), plan=at(25, 3), uploaded=at(11), days=(None, None))
    assert found.status is CheckStatus.WARN and found.detail.code == "after_unknown"


def test_typed_counts_have_no_days_to_name() -> None:
    found = check(
        Written(at(20, 3), at(25, 3), at(25, 3)), Seen(at(11), has_columns=False), zone=ZONE
    )
    assert found.status is CheckStatus.WARN and found.detail.code == "after_unknown_counts"


def test_what_another_server_saw_is_said() -> None:
    found = judged(hypothesis=at(20, 3), plan=at(25, 3), uploaded=at(11), is_imported=True)
    assert found.status is CheckStatus.WARN and found.detail.code == "after_imported"


def body(**changed: object) -> dict[str, object]:
    metric = {"name": "x", "kind": "mean", "role": "primary", "threshold": 0.1, "columns": ["x"]}
    return {"alpha": 0.05, "control": "A", "metrics": [metric | changed], "steward": "anna"}


def test_only_what_a_verdict_hangs_on_makes_a_plan_new() -> None:
    early, late = at(25, 3), at(15)
    same = body() | {"steward": "boris", "budget": {"amount": "1"}}
    assert stands_since([(early, body()), (late, same)]) == early
    assert stands_since([(early, body()), (late, body(columns=["y"]))]) == early
    assert stands_since([(early, body()), (late, body(threshold=0.05))]) == late
    back = [(early, body()), (at(1), body(threshold=0.05)), (late, body())]
    assert stands_since(back) == late


@pytest.mark.parametrize("field", ["alpha", "control", "split", "looks", "design"])
def test_a_changed_rule_is_a_changed_plan(field: str) -> None:
    assert judged_part(body()) != judged_part(body() | {field: "other"})
