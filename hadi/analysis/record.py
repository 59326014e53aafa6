"""The record of one analysis: immutable, complete, and readable in every language."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hadi import __version__
from hadi.analysis.beside import Margin
from hadi.analysis.comparisons import Compared
from hadi.analysis.estimates import value_of
from hadi.analysis.looks import Look
from hadi.analysis.segments import Segmented
from hadi.analysis.settling import Settling
from hadi.domain.evidence import EvidenceGrade
from hadi.domain.plan import Looks, Metric, Plan
from hadi.domain.text import Text
from hadi.domain.verdict import DECISIVE, Check, TestVerdict, Verdict
from hadi.stats.results import Interval, Parameter

if TYPE_CHECKING:
    from hadi.ingest.source import Sample


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
    look: Look
    rule_version: str
    input_digest: str | None
    warnings: tuple[Warned, ...] = ()
    packages: Mapping[str, str] = field(default_factory=dict)
    omnibus: Mapping[str, Any] | None = None
    segments: tuple[Segmented, ...] = ()
    caps: Mapping[str, float] = field(default_factory=dict)
    cluster_units: Mapping[str, int] = field(default_factory=dict)
    settling: Settling | None = None

    @property
    def is_shown(self) -> bool:
        """Whether estimates may be seen: not before the planned end."""
        return self.verdict.verdict is not Verdict.NOT_YET

    @property
    def is_closing(self) -> bool:
        """Whether this result may end the test: the end is reached, someone ended it early for a
        reason, or a look on the way, which its interval allows for, has answered. A look off the
        schedule is a look on the way."""
        ends_early = self.look.opened_early and self.look.kind is not Looks.PLANNED
        if self.progress.is_final or ends_early:
            return self.is_shown
        return self.is_shown and self.verdict.verdict in DECISIVE

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
            "arms": [self._arm_json(name, units) for name, units in self.units],
            "comparisons": [_compared_json(c, self) for c in self.comparisons],
            "omnibus": dict(self.omnibus) if self.omnibus and self.is_shown else None,
            "segments": [s.as_json() for s in self.segments] if self.is_shown else [],
            "look": self.look.as_json() | {"boundary_alpha": self._boundary_alpha()},
            "closing": self.is_closing,
            "settling": self.settling.as_json() if self.settling else None,
            "warnings": [warning.as_json() for warning in self.warnings],
            "progress": self.progress.as_json(),
            "rule_version": self.rule_version,
            "input_digest": self.input_digest,
            "packages": dict(self.packages),
        }

    def _boundary_alpha(self) -> float | None:
        """What one comparison is held against at this look; None where it may not be seen."""
        return self.look.level(self.plan.alpha, 1) if self.look.is_open else None

    def _arm_json(self, name: str, units: int) -> dict[str, Any]:
        arm: dict[str, Any] = {"name": name, "units": units}
        if name in self.cluster_units:
            arm["units_in_clusters"] = self.cluster_units[name]
        return arm


@dataclass(frozen=True, slots=True)
class RecordBeside:
    """What a design says beside `base`, the record of every test."""

    base: AnalysisRecord

    @property
    def verdict(self) -> TestVerdict:
        return self.base.verdict

    @property
    def text(self) -> Text:
        return self.base.text

    @property
    def look(self) -> Look:
        return self.base.look

    @property
    def is_closing(self) -> bool:
        return self.base.is_closing


def _check_json(check: Check) -> dict[str, Any]:
    return {
        "code": check.code,
        "status": check.status.value,
        "p_value": _finite(check.p_value),
        "log10_p": _finite(check.log10_p),
        "detail": str(check.detail),
        "text": check.detail.as_json(),
    }


def _compared_json(compared: Compared, record: AnalysisRecord) -> dict[str, Any]:
    metric, result, is_shown = compared.metric, compared.result, record.is_shown
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
        "control": _sample_json(metric, compared.control_sample, is_shown),
        "treatment": _sample_json(metric, compared.treatment_sample, is_shown),
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
        "parameters": _parameters(compared, record) if result else {},
        "equivalence": _margin_json(compared.equivalence, "is_flat") if result else None,
        "non_inferiority": _margin_json(compared.non_inferiority, "is_met") if result else None,
        "bayes": compared.bayes.as_json() if compared.bayes and result else None,
    }


def _parameters(compared: Compared, record: AnalysisRecord) -> dict[str, Parameter]:
    """The method's own, and what was done to the values before it; finite or None."""
    result, metric = compared.result, compared.metric
    assert result is not None
    found: dict[str, Parameter] = {
        name: _finite(value) if isinstance(value, float) else value
        for name, value in result.parameters.items()
    }
    if metric.name in record.caps:
        found |= {"winsor": metric.winsor, "cap": _finite(record.caps[metric.name])}
    if record.look.kind is Looks.PLANNED:
        found["look_alpha"] = compared.alpha
    return found


def _margin_json(margin: Margin | None, word: str) -> dict[str, Any] | None:
    if margin is None:
        return None
    p_value = _finite(margin.p_value)
    return {"margin": margin.margin, "p_value": p_value, word: margin.is_met}


def _sample_json(metric: Metric, sample: Sample, is_shown: bool) -> dict[str, Any]:
    return {"n": sample.n, "value": value_of(metric, sample) if is_shown else None}


def _estimate_json(estimate: float, interval: Interval) -> dict[str, Any]:
    low, high = _finite(interval.low), _finite(interval.high)
    data: dict[str, Any] = {"estimate": _finite(estimate), "low": low, "high": high}
    if low is None or high is None:
        open_ends = {(True, False): "low", (False, True): "high", (True, True): "both"}
        data["unbounded"] = open_ends[low is None, high is None]
    return data


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def packages() -> dict[str, str]:
    """The versions behind the numbers. Asked of the metadata: nothing is imported for it."""
    from importlib.metadata import version

    return {"hadi": __version__} | {name: version(name) for name in ("duckdb", "numpy", "scipy")}
