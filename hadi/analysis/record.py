"""The record of one analysis: immutable, complete, and readable in every language."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hadi.analysis.comparisons import Compared
from hadi.domain.evidence import EvidenceGrade
from hadi.domain.plan import Plan
from hadi.domain.text import Text
from hadi.domain.verdict import Check, TestVerdict, Verdict
from hadi.stats.results import Interval
from hadi.stats.samples import Conversion, Moments


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the data are: units of the smallest arm against those planned for each."""

    units: int
    arm: str
    planned_units: int | None
    is_final: bool
    opened_early: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "units": self.units,
            "arm": self.arm,
            "planned_units": self.planned_units,
            "final": self.is_final,
            "opened_early": self.opened_early,
        }


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that travels with the verdict."""

    code: str
    text: Text

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "sentence": str(self.text), "text": self.text.as_json()}


@dataclass(frozen=True, slots=True)
class AnalysisRecord:
    """What was found, by which rule, from which data. `text` is the verdict's sentence."""

    plan: Plan
    verdict: TestVerdict
    text: Text
    evidence: EvidenceGrade
    checks: tuple[Check, ...]
    units: tuple[tuple[str, int], ...]  # (arm, units), the control first
    comparisons: tuple[Compared, ...]
    progress: Progress
    rule_version: str
    input_digest: str | None
    warnings: tuple[Warned, ...] = ()
    packages: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_shown(self) -> bool:
        """Whether estimates may be seen: not before the planned end."""
        return self.verdict.verdict is not Verdict.NOT_YET

    def as_json(self) -> dict[str, Any]:
        """The object of `hadi check --json`. None means "none"; no NaN, no infinity."""
        return {
            "verdict": self.verdict.verdict.value,
            "real": self.verdict.is_real,
            "clear": self.verdict.is_clear,
            "arm": self.verdict.arm,
            "sentence": str(self.text),
            "sentence_text": self.text.as_json(),
            "evidence": self.evidence.value,
            "alpha": self.plan.alpha,
            "looks": self.plan.looks.value,
            "checks": [_check_json(check) for check in self.checks],
            "arms": [{"name": name, "units": units} for name, units in self.units],
            "comparisons": [_compared_json(c, self.is_shown) for c in self.comparisons],
            "warnings": [warning.as_json() for warning in self.warnings],
            "progress": self.progress.as_json(),
            "rule_version": self.rule_version,
            "input_digest": self.input_digest,
            "packages": dict(self.packages),
        }


def _check_json(check: Check) -> dict[str, Any]:
    return {
        "code": check.code,
        "status": check.status.value,
        "p_value": _finite(check.p_value),
        "log10_p": _finite(check.log10_p),
        "detail": str(check.detail),
        "text": check.detail.as_json(),
    }


def _compared_json(compared: Compared, is_shown: bool) -> dict[str, Any]:
    metric, result = compared.metric, compared.result
    note = compared.reason
    if compared.judged is not None and compared.judged.reason is not None:
        note = compared.judged.reason
    if not is_shown:
        result, note = None, Text("comparison_not_yet")
    lift = result.lift if result else None
    return {
        "metric": metric.name,
        "kind": metric.kind.value,
        "role": metric.role.value,
        "arm": compared.arm,
        "verdict": compared.verdict if is_shown else Verdict.NOT_YET.value,
        "control": _sample_json(compared.control_sample, is_shown),
        "treatment": _sample_json(compared.treatment_sample, is_shown),
        "difference": (
            _estimate_json(result.estimate, result.interval)
            if result
            else {"estimate": None, "low": None, "high": None}
        ),
        "lift": _estimate_json(lift.estimate, lift.interval) if lift else None,
        "p_value": _finite(result.p_value) if result else None,
        "log10_p": _finite(result.log10_p) if result else None,
        "p_adjusted": _finite(compared.p_adjusted) if is_shown else None,
        "alpha": compared.alpha,
        "method": result.method if result else None,
        "statistic": _finite(result.statistic) if result else None,
        "df": _finite(result.df) if result else None,
        "standard_error": _finite(result.standard_error) if result else None,
        "status": "ok" if result else "not_estimable",
        "note": str(note) if note else None,
        "note_text": note.as_json() if note else None,
        "better": metric.better.value if metric.better else None,
        "threshold": metric.threshold.as_json() if metric.threshold else None,
        "margin": metric.margin,
    }


def _sample_json(sample: Conversion | Moments, is_shown: bool) -> dict[str, Any]:
    if not is_shown or sample.n == 0:
        return {"n": sample.n, "value": None}
    value = sample.rate if isinstance(sample, Conversion) else sample.mean
    return {"n": sample.n, "value": _finite(value)}


def _estimate_json(estimate: float, interval: Interval) -> dict[str, Any]:
    low, high = _finite(interval.low), _finite(interval.high)
    data: dict[str, Any] = {"estimate": _finite(estimate), "low": low, "high": high}
    if low is None or high is None:
        open_ends = {(True, False): "low", (False, True): "high", (True, True): "both"}
        data["unbounded"] = open_ends[low is None, high is None]
    return data


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
