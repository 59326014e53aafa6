"""What is odd about a data set, whatever it says of the hypothesis: findings, and one light.

Green: nothing stands out. Amber: look at it; the verdict stands. Red: the data cannot carry a
verdict, and an analysis on them is invalid. What makes red is rare and justified in
docs/explanation/data-quality.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date, time
from enum import StrEnum
from typing import Any

from hadi.domain.errors import Invalid
from hadi.domain.text import Figure, FigureKind, Param, Text
from hadi.domain.verdict import Check, CheckStatus

RULES = "1"  # of the quality report; raised when a test or a threshold changes


class Level(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def gravity(self) -> int:
        return ("green", "amber", "red").index(self.value)


def worst(levels: Iterable[Level]) -> Level:
    """The worst of them; green where there is none."""
    return max(levels, key=lambda level: level.gravity, default=Level.GREEN)


_LEVELS = {
    CheckStatus.PASS: Level.GREEN,
    CheckStatus.WARN: Level.AMBER,
    CheckStatus.FAIL: Level.RED,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `detail` names what was found, where, and the way out;
    `figures` are the numbers behind it, as JSON. `is_check`: a validity check of every analysis,
    which invalidates by itself. `is_accepted`: it was red, and someone said why it is right."""

    code: str
    level: Level
    detail: Text
    figures: Mapping[str, Any] = field(default_factory=dict)
    is_check: bool = False
    is_accepted: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "level": self.level.value,
            "detail": str(self.detail),
            "text": self.detail.as_json(),
            "figures": dict(self.figures),
            "check": self.is_check,
            "accepted": self.is_accepted,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        return cls(
            data["code"],
            Level(data["level"]),
            Text.from_json(data["text"]),
            data["figures"],
            data["check"],
            data["accepted"],
        )

    @classmethod
    def of_check(cls, check: Check) -> Finding:
        """A validity check as a finding of the report."""
        figures = {} if check.p_value is None else {"p_value": check.p_value}
        return cls(check.code, _LEVELS[check.status], check.detail, figures, is_check=True)


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Everything that was looked at, the worst first. `first_day` and `last_day` are those of the
    day column; None where none is known."""

    findings: tuple[Finding, ...]
    rows: int
    first_day: date | None = None
    last_day: date | None = None

    @property
    def level(self) -> Level:
        return worst(finding.level for finding in self.findings)

    @property
    def own_level(self) -> Level:
        """Of what no validity check of an analysis says by itself."""
        return worst(f.level for f in self.findings if not f.is_check)

    def as_json(self) -> dict[str, Any]:
        return {
            "rules": RULES,
            "level": self.level.value,
            "rows": self.rows,
            "first_day": self.first_day.isoformat() if self.first_day else None,
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "findings": [finding.as_json() for finding in self.findings],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> QualityReport:
        return cls(
            tuple(Finding.from_json(finding) for finding in data["findings"]),
            data["rows"],
            date.fromisoformat(data["first_day"]) if data["first_day"] else None,
            date.fromisoformat(data["last_day"]) if data["last_day"] else None,
        )


@dataclass(frozen=True, slots=True)
class QualitySettings:
    """What a person says of a data set, that its rows cannot. `day` and `store` are columns, for
    plans that name none; `entered_at`, `event_at` and `receipt` those of a table that people fill
    in, and `shift_end` when their shift ends. `accepted` are codes of findings that are right as
    they are, and `reason` says why."""

    duplicates_are_real: bool = False
    day: str | None = None
    store: str | None = None
    entered_at: str | None = None
    event_at: str | None = None
    receipt: str | None = None
    shift_end: time | None = None
    accepted: tuple[str, ...] = ()
    reason: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """The columns that are named, by the name of the setting."""
        named = {name: getattr(self, name) for name in COLUMN_SETTINGS}
        return {name: column for name, column in named.items() if column}

    def as_json(self) -> dict[str, Any]:
        return {
            "duplicates_are_real": self.duplicates_are_real,
            **{name: getattr(self, name) for name in COLUMN_SETTINGS},
            "shift_end": self.shift_end.isoformat("minutes") if self.shift_end else None,
            "accepted": list(self.accepted),
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> QualitySettings:
        """Read settings. Raises Invalid with every field that cannot be used."""
        wrong: dict[str, Text] = {}
        for name in data.keys() - _FIELDS:
            wrong[str(name)[:80]] = Text("quality_setting_unknown", field=str(name)[:80])
        real = data.get("duplicates_are_real", False)
        if not isinstance(real, bool):
            wrong["duplicates_are_real"] = Text("quality_setting_flag", field="duplicates_are_real")
        for name in (*COLUMN_SETTINGS, "reason"):
            if not isinstance(data.get(name) or "", str):
                wrong[name] = Text("quality_setting_text", field=name)
        accepted = data.get("accepted") or []
        if not isinstance(accepted, list | tuple) or not all(isinstance(c, str) for c in accepted):
            wrong["accepted"] = Text("quality_setting_codes")
            accepted = []
        try:
            shift_end = (
                time.fromisoformat(str(data["shift_end"])) if data.get("shift_end") else None
            )
        except ValueError:
            wrong["shift_end"] = Text("quality_setting_time", field="shift_end")
            shift_end = None
        if wrong:
            raise Invalid(Text("quality_settings_invalid"), wrong)
        columns = {name: data.get(name) or None for name in COLUMN_SETTINGS}
        return cls(
            bool(real), **columns, shift_end=shift_end,
            accepted=tuple(dict.fromkeys(accepted)), reason=data.get("reason") or "",
        )  # fmt: skip


# What a finding says without quoting a row: names that the plan or the header gives, and numbers
# about rows.
_NAMES = frozenset({"column", "columns", "metric", "need", "arm", "zone", "version"})
_UNQUOTING = frozenset(
    {"column", "columns", "group_column", "metric", "rows", "share", "part", "of", "p_value"}
)
_QUOTING = frozenset({FigureKind.NUMBER, FigureKind.MONEY})

COLUMN_SETTINGS = ("day", "store", "entered_at", "event_at", "receipt")
_FIELDS = {"duplicates_are_real", *COLUMN_SETTINGS, "shift_end", "accepted", "reason"}


def report_of(findings: Iterable[Finding], settings: QualitySettings, **more: Any) -> QualityReport:
    """The report: what is accepted is amber at most, and the worst comes first."""
    weighed = [
        replace(finding, level=Level.AMBER, is_accepted=True)
        if finding.level is Level.RED and not finding.is_check and finding.code in settings.accepted
        else finding
        for finding in findings
    ]
    return QualityReport(tuple(sorted(weighed, key=lambda f: -f.level.gravity)), **more)


def seen(findings: Iterable[Finding], hidden: Set[str]) -> tuple[Finding, ...]:
    """The findings as someone reads them who may not see some columns: what is said of these names
    no value."""
    return tuple(
        replace(finding, detail=Text("finding_hidden"), figures={})
        if _columns_of(finding) & hidden
        else finding
        for finding in findings
    )


def without_values(report: QualityReport) -> QualityReport:
    """The report of rows that were deleted: its lights and reasons, with counts, shares and days,
    but nothing that was quoted of the rows."""
    told = tuple(
        replace(
            finding,
            detail=unquoted(finding.detail),
            figures={
                name: sorted(value) if name == "columns" else value  # of a column to its value
                for name, value in finding.figures.items()
                if name in _UNQUOTING
            },
        )
        for finding in report.findings
    )
    return replace(report, findings=told)


def unquoted(text: Text) -> Text:
    """The sentence without what it quotes of rows."""
    return Text(text.code, **{name: _param(name, value) for name, value in text.params.items()})


def _param(name: str, value: Param) -> Param:
    if isinstance(value, Text):
        return unquoted(value)
    quotes = value.kind in _QUOTING if isinstance(value, Figure) else isinstance(value, str)
    return "…" if quotes and name not in _NAMES else value


def _columns_of(finding: Finding) -> set[str]:
    """The columns whose values a finding may name."""
    named = {finding.figures.get(name) for name in ("column", "group_column")}
    return {name for name in named if name} | {*finding.figures.get("columns", ())}


def checks_of(report: QualityReport, *, duplicates_are_real: bool) -> tuple[Check, ...]:
    """What an analysis takes from the report: red data cannot carry a verdict. What is a check of
    every analysis stays out, but for repeated rows that are known to be real."""
    found = []
    if duplicates_are_real:
        detail = Text("quality_duplicates_real")
        found.append(Check("duplicates", CheckStatus.PASS, detail))
    own = [finding for finding in report.findings if not finding.is_check]
    if not own:
        return tuple(found)
    level = worst(finding.level for finding in own)
    heard = [finding for finding in own if finding.level is level]
    match level:
        case Level.RED:
            check = Check("data_quality", CheckStatus.FAIL, heard[0].detail)
        case Level.AMBER:
            detail = Text("quality_to_look_at", n=len(heard), first=heard[0].detail)
            check = Check("data_quality", CheckStatus.WARN, detail)
        case _:
            check = Check("data_quality", CheckStatus.PASS, Text("quality_nothing_odd"))
    return (*found, check)
