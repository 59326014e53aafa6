"""A log that people keep against the receipts that the till keeps: what they say of each other.

A log is written by those whose work it measures, often in a hurry and afterwards. Nobody is named
here: what is judged is whether the log can carry a verdict, and why it may be awkward to keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import time
from typing import Any

from hadi.domain.errors import Invalid
from hadi.domain.quality import Finding, Level, worst
from hadi.domain.text import Figure, FigureKind, Text
from hadi.stats.shares import wilson

ENOUGH = 20  # of fewer nothing is ever red
LOG_COLUMNS = ("receipt", "store", "item", "entered_at", "event_at", "noted")
RECEIPT_COLUMNS = ("receipt", "store", "item", "at", "core")


@dataclass(frozen=True, slots=True)
class LogColumns:
    """Which columns of the log say what; those it does not have are None. With `noted` a row counts
    as an entry only where something stands there that is not none: not 0, no or empty."""

    receipt: str | None = None
    store: str | None = None
    item: str | None = None
    entered_at: str | None = None
    event_at: str | None = None
    noted: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptColumns:
    """Which columns of the receipts say what. With `core` a receipt holds an add-on when it has a
    line of the core and another one; without it every line is one."""

    receipt: str | None = None
    store: str | None = None
    item: str | None = None
    at: str | None = None
    core: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """From where on entries are late, in bursts, or too many to rely on. Shares are of entries; a
    limit is passed when the whole interval of the share lies beyond it."""

    late_minutes: int = 60
    burst_entries: int = 5
    burst_minutes: int = 2
    shift_minutes: int = 60  # before the end of the shift a burst counts
    shift_end: time | None = None  # None: the last receipt of the day
    after_amber: float = 0.2  # late or in bursts
    after_red: float = 0.5
    unsupported_amber: float = 0.05
    unsupported_red: float = 0.2
    unlogged_amber: float = 0.1
    unlogged_red: float = 0.5

    def as_json(self) -> dict[str, Any]:
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        found["shift_end"] = self.shift_end.isoformat("minutes") if self.shift_end else None
        return found

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rules:
        """Read rules; what is left out has its default. Raises Invalid."""
        wrong: dict[str, Text] = {}
        found: dict[str, Any] = {}
        known = {f.name: f for f in fields(cls)}
        for name, value in data.items():
            if name not in known:
                wrong[str(name)[:80]] = Text("quality_setting_unknown", field=str(name)[:80])
            elif name == "shift_end":
                try:
                    found[name] = time.fromisoformat(str(value)) if value else None
                except ValueError:
                    wrong[name] = Text("quality_setting_time", field=name)
            elif value is not None and (refusal := _refused(name, value)) is not None:
                wrong[name] = refusal
            elif value is not None:
                found[name] = value
        if wrong:
            raise Invalid(Text("quality_settings_invalid"), wrong)
        return cls(**found)


def _refused(name: str, value: object) -> Text | None:
    is_share = name.endswith(("_amber", "_red"))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Text("rule_not_number", field=name)
    if is_share and not 0.0 <= value <= 1.0:
        return Text("rule_not_share", field=name)
    if not is_share and not (isinstance(value, int) and 1 <= value <= 10_000):
        return Text("rule_not_whole", field=name)
    return None


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted. `entries` = `supported` + `unsupported` + `duplicate`; of the unsupported
    `unnamed` name no receipt, `unknown` one that is not there, and the rest one without an add-on.
    `real` = `supported` + `unlogged`. `left_out` entries and `lines_left_out` lie where the other
    side has no data. Of the `timed` entries `late` ones came long after their receipt, `bursts`
    many at once near the end of a shift; `afterwards` are either. `lagged` have both moments."""

    entries: int = 0
    supported: int = 0
    unsupported: int = 0
    duplicate: int = 0
    unnamed: int = 0
    unknown: int = 0
    real: int = 0
    unlogged: int = 0
    left_out: int = 0
    lines_left_out: int = 0
    timed: int = 0
    lagged: int = 0
    late: int = 0
    bursts: int = 0
    afterwards: int = 0
    median_lag: float | None = None  # minutes

    def as_json(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Counts:
        return cls(**{f.name: data.get(f.name, f.default) for f in fields(cls)})


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The counts, judged by the rules."""

    counts: Counts
    rules: Rules

    @property
    def findings(self) -> tuple[Finding, ...]:
        return judge(self.counts, self.rules)

    @property
    def level(self) -> Level:
        return worst(finding.level for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        return {
            "counts": self.counts.as_json(),
            "rules": self.rules.as_json(),
            "level": self.level.value,
            "findings": [finding.as_json() for finding in self.findings],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reconciled:
        return cls(Counts.from_json(data["counts"]), Rules.from_json(data["rules"]))


def judge(counts: Counts, rules: Rules) -> tuple[Finding, ...]:
    """Support by the receipts, add-ons nobody logged, and when the entries were made."""
    found = []
    if counts.entries:
        found.append(_support(counts, rules))
    if counts.real:
        found.append(_unlogged(counts, rules))
    if counts.duplicate:
        text = Text("reconciled_duplicate", n=counts.duplicate)
        found.append(Finding("log_duplicates", Level.AMBER, text))
    if (entered := when_entered(counts, rules)) is not None:
        found.append(entered)
    if not found:
        found.append(Finding("support", Level.AMBER, Text("reconciled_nothing")))
    return tuple(found)


def _support(counts: Counts, rules: Rules) -> Finding:
    """What the receipts bear out. The limits are on what they do not."""
    n = counts.entries
    wrong = counts.unsupported
    level = surely(wrong, n, rules.unsupported_amber, rules.unsupported_red)
    text = Text(
        "reconciled_support", n=n, supported=counts.supported, **_share(counts.supported, n)
    )
    return Finding("support", level, text, {"part": counts.supported, "of": n})


def _unlogged(counts: Counts, rules: Rules) -> Finding:
    level = surely(counts.unlogged, counts.real, rules.unlogged_amber, rules.unlogged_red)
    if not counts.unlogged:
        return Finding("unlogged", level, Text("reconciled_all_logged", real=counts.real))
    text = Text(
        "reconciled_unlogged", n=counts.unlogged, real=counts.real,
        **_share(counts.unlogged, counts.real),
    )  # fmt: skip
    return Finding("unlogged", level, text, {"part": counts.unlogged, "of": counts.real})


def when_entered(counts: Counts, rules: Rules) -> Finding | None:
    """Whether entries were made when it happened; None where no column says when."""
    n = counts.timed
    if not n:
        return None
    level = surely(counts.afterwards, n, rules.after_amber, rules.after_red)
    code = "entries_afterwards" if level is not Level.GREEN else "entries_in_time"
    text = Text(
        code, n=n, afterwards=counts.afterwards, late=counts.late, minutes=rules.late_minutes,
        bursts=counts.bursts, **_share(counts.afterwards, n),
    )  # fmt: skip
    figures = {
        "part": counts.afterwards, "of": n, "late": counts.late, "bursts": counts.bursts,
        "median_lag_minutes": counts.median_lag,
    }  # fmt: skip
    return Finding("entries", level, text, figures)


def surely(part: int, whole: int, amber: float, red: float) -> Level:
    """Beyond a limit only where the whole 95 % interval is; red only of more than a handful."""
    if not whole:
        return Level.GREEN
    low = wilson(part, whole).low
    assert low is not None
    if low > red and whole >= ENOUGH:
        return Level.RED
    return Level.AMBER if low > amber else Level.GREEN


def _share(part: int, whole: int) -> dict[str, Figure]:
    """A share and the ends of its 95 % interval."""
    interval = wilson(part, whole)
    assert interval.low is not None and interval.high is not None
    return {
        "share": Figure(FigureKind.SHARE, part / whole),
        "low": Figure(FigureKind.SHARE, interval.low),
        "high": Figure(FigureKind.SHARE, interval.high),
    }
