"""Typed counts as a Source: for those who have four numbers and no file."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.plan import Design, Metric, MetricKind, Plan
from hadi.domain.text import Text
from hadi.ingest.source import ArmSummary, Summaries
from hadi.stats.samples import Conversion, Events, Moments

if TYPE_CHECKING:
    from hadi.ingest.panels import PanelTable
    from hadi.ingest.series import SeriesTable

MAX_ARMS = 100
MAX_UNITS = 10**15
_CONVERSION = ("units", "successes")
_MEAN = ("units", "mean", "sd")
_RATE = ("units", "events", "exposure")
_FIELDS = {
    MetricKind.CONVERSION: _CONVERSION,
    MetricKind.MEAN: _MEAN,
    MetricKind.RATE: _RATE,
}

_Sample: TypeAlias = Conversion | Moments | Events


@dataclass(frozen=True, slots=True)
class _Count:
    arm: str
    kind: MetricKind
    sample: _Sample
    numbers: dict[str, float]


class CountsSource:
    """Counts as they were typed, for each arm `{"arm", "units"}` with `"successes"` (conversion),
    `"mean", "sd"` (mean) or `"events", "exposure"` (rate). Raises Invalid with a sentence for the
    first entry that cannot be."""

    def __init__(self, counts: object) -> None:
        self._counts = _read(counts)

    def as_json(self) -> list[dict[str, Any]]:
        """The counts as they are stored."""
        return [{"arm": c.arm, **c.numbers} for c in self._counts]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the counts in the order of their arms."""
        ordered = sorted(self.as_json(), key=lambda count: count["arm"])
        canonical = json.dumps(ordered, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def rows(self) -> int:
        """Units in all arms."""
        return sum(count.sample.n for count in self._counts)

    def panel(self, plan: Plan) -> PanelTable:
        raise Unreadable(Text("counts_not_for_pilots"))

    def series(self, plan: Plan) -> SeriesTable:
        raise Unreadable(Text("counts_not_for_series"))

    def summaries(self, plan: Plan) -> Summaries:
        """The counts as sums. Raises Unreadable where they are not the plan's."""
        if plan.control is None:
            raise Unreadable(Text("data_no_control"))
        if len(plan.metrics) != 1:
            raise Unreadable(Text("counts_one_metric", n=len(plan.metrics)))
        metric = plan.metrics[0]
        if plan.design is Design.CLUSTER:
            raise Unreadable(Text("counts_need_file", metric=metric.name))
        _refuse_kind(metric, self._counts[0].kind)
        control = plan.control.strip()
        by_name = {count.arm: count for count in self._counts}
        if control not in by_name:
            listed = ", ".join(f"“{name}”" for name in by_name)
            raise Unreadable(Text("data_control_absent", control=control, arms=listed))
        split = {arm.strip(): share for arm, share in (plan.split or {}).items()}
        declared = split if plan.split else by_name
        # An arm that is to get nothing, and got nothing, is none.
        idle = {arm for arm, share in split.items() if not share and not _units(by_name, arm)}
        names = [control, *(arm for arm in declared if arm != control and arm not in idle)]
        unknown = [count for count in self._counts if count.arm not in declared]
        if sum(name in by_name for name in names) < 2:
            raise Unreadable(Text("data_single_arm", column="arm", arm=control))
        none = _NONE[metric.kind]
        samples = {name: by_name[name].sample if name in by_name else none for name in names}
        known = sum(sample.n for sample in samples.values())
        return Summaries(
            arms=tuple(
                ArmSummary(name, sample.n, {metric.name: sample}, {metric.name: 0})
                for name, sample in samples.items()
            ),
            rows=self.rows,
            all_units=known,
            unknown_arm_rows=self.rows - known,
            unknown_arms=tuple(count.arm for count in unknown),
        )


_NONE: dict[MetricKind, _Sample] = {
    MetricKind.CONVERSION: Conversion(0, 0),
    MetricKind.MEAN: Moments(0, 0.0, 0.0),
    MetricKind.RATE: Events(0, 0, 0.0),
}


def _refuse_kind(metric: Metric, typed: MetricKind) -> None:
    """Raises Unreadable where the counts are not the metric's, or none can be."""
    fields = _FIELDS.get(metric.kind)
    if fields is None or metric.covariates or metric.winsor is not None:
        raise Unreadable(Text("counts_need_file", metric=metric.name))
    if typed is not metric.kind:
        raise Unreadable(
            Text(
                "counts_kind", metric=metric.name, kind=metric.kind.value, fields=", ".join(fields)
            )
        )


def _units(counts: Mapping[str, _Count], arm: str) -> int:
    return counts[arm].sample.n if arm in counts else 0


def _read(counts: object) -> tuple[_Count, ...]:
    if isinstance(counts, (str, bytes, Mapping)) or not isinstance(counts, Sequence):
        raise Invalid(Text("counts_not_list"))
    if len(counts) < 2:
        raise Invalid(Text("counts_few"))
    if len(counts) > MAX_ARMS:
        raise Invalid(Text("counts_many", limit=MAX_ARMS))
    read = tuple(_count(entry, place) for place, entry in enumerate(counts, start=1))
    seen: set[str] = set()
    for count in read:
        if count.arm in seen:
            raise Invalid(Text("counts_arm_twice", arm=count.arm))
        seen.add(count.arm)
    if len({count.kind for count in read}) > 1:
        raise Invalid(Text("counts_mixed"))
    return read


def _count(entry: object, place: int) -> _Count:
    if not isinstance(entry, Mapping):
        raise Invalid(Text("counts_no_arm", place=str(place)))
    written = entry.get("arm")
    arm = str(written).strip() if isinstance(written, (str, int)) else ""
    if not arm or "\0" in arm or len(arm) > 200 or isinstance(written, bool):
        raise Invalid(Text("counts_no_arm", place=str(place)))
    fields = {key for key, value in entry.items() if key != "arm" and value not in (None, "")}
    for field in sorted(map(str, fields)):
        if not any(field in known for known in _FIELDS.values()):
            raise Invalid(Text("counts_field_unknown", arm=arm, field=field[:40]))
    units = _whole(entry.get("units"))
    if units is None:
        raise Invalid(Text("counts_units", arm=arm))
    if fields == set(_CONVERSION):
        return _conversion(arm, units, entry)
    if fields == set(_MEAN):
        return _mean(arm, units, entry)
    if fields == set(_RATE):
        return _rate(arm, units, entry)
    raise Invalid(Text("counts_mixed"))


def _conversion(arm: str, units: int, entry: Mapping[Any, Any]) -> _Count:
    successes = _whole(entry["successes"])
    if successes is None:
        raise Invalid(Text("counts_successes", arm=arm))
    if successes > units:
        raise Invalid(Text("counts_successes_above", arm=arm, successes=successes, units=units))
    numbers: dict[str, float] = {"units": units, "successes": successes}
    return _Count(arm, MetricKind.CONVERSION, Conversion(units, successes), numbers)


def _mean(arm: str, units: int, entry: Mapping[Any, Any]) -> _Count:
    mean, sd = _number(entry["mean"]), _number(entry["sd"])
    if mean is None:
        raise Invalid(Text("counts_mean", arm=arm))
    if sd is None or sd < 0:
        raise Invalid(Text("counts_sd", arm=arm))
    sample = Moments.from_sd(units, mean, sd) if units else Moments(0, 0.0, 0.0)
    return _Count(arm, MetricKind.MEAN, sample, {"units": units, "mean": mean, "sd": sd})


def _rate(arm: str, units: int, entry: Mapping[Any, Any]) -> _Count:
    """How events fall on the units is not known: their bunching cannot be told."""
    events, exposure = _whole(entry["events"]), _number(entry["exposure"])
    if events is None or (events and not units):
        raise Invalid(Text("counts_events", arm=arm))
    if exposure is None or exposure < 0 or (exposure > 0) is not (units > 0):
        raise Invalid(Text("counts_exposure", arm=arm))
    numbers = {"units": units, "events": events, "exposure": exposure}
    return _Count(arm, MetricKind.RATE, Events(units, events, exposure), numbers)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _whole(value: object) -> int | None:
    number = _number(value)
    if number is None or number != int(number) or not 0 <= number <= MAX_UNITS:
        return None
    return int(number)
