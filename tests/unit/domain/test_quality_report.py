"""The report of a data set: its light, what is accepted, what an analysis takes from it."""

from __future__ import annotations

import json
from datetime import date, time

import pytest

from hadi.domain.errors import Invalid
from hadi.domain.quality import (
    Finding,
    Level,
    QualityReport,
    QualitySettings,
    checks_of,
    report_of,
    worst,
)
from hadi.domain.text import Text
from hadi.domain.verdict import Check, CheckStatus

FINE = Finding("heaping", Level.GREEN, Text("quality_heaping_none"))
ODD = Finding("constant", Level.AMBER, Text("quality_constant_none"), {"columns": ["a"]})
BAD = Finding("future", Level.RED, Text("quality_impossible_none"))


def test_the_worst_finding_is_the_light() -> None:
    assert worst([]) is Level.GREEN
    assert report_of([FINE, ODD], QualitySettings(), rows=3).level is Level.AMBER
    report = report_of([FINE, ODD, BAD], QualitySettings(), rows=3)
    assert report.level is Level.RED and report.findings[0] is BAD


def test_it_is_kept_as_json() -> None:
    report = report_of(
        [FINE, BAD],
        QualitySettings(),
        rows=3,
        first_day=date(2026, 3, 1),
        last_day=date(2026, 3, 2),
    )
    assert QualityReport.from_json(json.loads(json.dumps(report.as_json()))) == report


def test_what_is_accepted_is_amber_and_says_so() -> None:
    report = report_of([BAD, FINE], QualitySettings(accepted=("future",)), rows=3)
    assert report.level is Level.AMBER and report.findings[0].is_accepted
    check = Finding.of_check(Check("sample_ratio", CheckStatus.FAIL, Text("quality_heaping_none")))
    report = report_of([check], QualitySettings(accepted=("sample_ratio",)), rows=3)
    assert report.level is Level.RED, "a validity check cannot be waved through"


@pytest.mark.parametrize(
    ("findings", "status", "code"),
    [
        ([FINE], CheckStatus.PASS, "quality_nothing_odd"),
        ([FINE, ODD], CheckStatus.WARN, "quality_to_look_at"),
        ([FINE, ODD, BAD], CheckStatus.FAIL, "quality_impossible_none"),
    ],
)
def test_an_analysis_takes_the_worst(
    findings: list[Finding], status: CheckStatus, code: str
) -> None:
    report = report_of(findings, QualitySettings(), rows=3)
    (check,) = checks_of(report, duplicates_are_real=False)
    assert (check.code, check.status, check.detail.code) == ("data_quality", status, code)


def test_a_validity_check_is_not_said_twice() -> None:
    check = Finding.of_check(Check("sample_ratio", CheckStatus.FAIL, Text("quality_heaping_none")))
    report = report_of([check], QualitySettings(), rows=3)
    assert checks_of(report, duplicates_are_real=False) == ()
    (real,) = checks_of(report, duplicates_are_real=True)
    assert (real.code, real.status) == ("duplicates", CheckStatus.PASS)


def test_settings_are_read_and_written() -> None:
    settings = QualitySettings.from_json(
        {"duplicates_are_real": True, "day": "d", "shift_end": "21:00", "accepted": ["future"]}
    )
    assert settings.shift_end == time(21) and settings.columns == {"day": "d"}
    assert QualitySettings.from_json(settings.as_json()) == settings
    assert QualitySettings.from_json({}) == QualitySettings()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("duplicates_are_real", "yes"), ("day", 3), ("shift_end", "late"), ("accepted", "future"),
        ("accepted", [1]), ("colour", "red"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_used_are_named(field: str, value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        QualitySettings.from_json({field: value})
    assert list(refusal.value.fields) == [field]
