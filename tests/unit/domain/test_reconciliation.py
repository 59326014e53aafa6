"""What a log and receipts say of each other, judged."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hadi.domain.errors import Invalid
from hadi.domain.quality import Level
from hadi.domain.reconciliation import Counts, Reconciled, Rules, judge, surely

CASE = Counts(
    entries=120, supported=52, unsupported=68, real=83, unlogged=31, timed=120, lagged=90,
    late=64, bursts=66, afterwards=94,
)  # fmt: skip


def test_the_log_filled_in_at_the_end_of_the_shift() -> None:
    found = {finding.code: finding for finding in judge(CASE, Rules())}
    support = str(found["support"].detail)
    assert "52 of 120" in support and "43.3%" in support
    assert "34.8% to 52.3%" in support
    assert "31 of 83" in str(found["unlogged"].detail)
    entered = str(found["entries"].detail)
    assert "94 of 120" in entered and "78.3%" in entered
    assert "awkward at a busy till" in entered
    assert Reconciled(CASE, Rules()).level is Level.RED


def test_nobody_is_named_or_blamed() -> None:
    said = " ".join(str(finding.detail) for finding in judge(CASE, Rules())).lower()
    assert not {"seller", "employee", "cheat", "fake", "fraud", "fault"} & set(said.split())


def test_a_few_entries_are_never_red() -> None:
    """Three of four unsupported may be bad luck: the whole interval decides."""
    few = Counts(entries=4, supported=1, unsupported=3, timed=4, afterwards=3, late=3)
    assert Reconciled(few, Rules()).level is not Level.RED


def test_a_good_log_is_green() -> None:
    good = Counts(entries=200, supported=198, unsupported=2, real=205, unlogged=7, timed=200,
                  afterwards=12, late=12)  # fmt: skip
    assert Reconciled(good, Rules()).level is Level.GREEN


def test_limits_are_settings() -> None:
    lenient = replace(Rules(), unsupported_red=0.9, after_red=0.95)
    assert Reconciled(CASE, lenient).level is Level.AMBER
    assert surely(50, 100, 0.2, 0.9) is Level.AMBER
    assert surely(0, 0, 0.2, 0.9) is Level.GREEN


def test_nothing_in_common_is_said() -> None:
    (found,) = judge(Counts(left_out=9), Rules())
    assert found.level is Level.AMBER and "share no days or stores" in str(found.detail)


def test_it_is_kept_as_json() -> None:
    kept = Reconciled(CASE, Rules())
    assert Reconciled.from_json(json.loads(json.dumps(kept.as_json()))) == kept


@pytest.mark.parametrize(
    "wrong",
    [
        {"late_minutes": 0}, {"late_minutes": "x"}, {"burst_entries": 2.5}, {"after_red": 1.5},
        {"shift_end": "25:99"}, {"colour": 1}, {"late_minutes": True},
    ],
)  # fmt: skip
def test_rules_that_cannot_be_used_are_named(wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refusal:
        Rules.from_json(wrong)
    assert list(refusal.value.fields) == list(wrong)
