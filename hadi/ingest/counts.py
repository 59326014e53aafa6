"""Typed counts as a Source: for those who have four numbers and no file."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.plan import MetricKind, Plan
from hadi.domain.text import Text
from hadi.ingest.source import ArmSummary, Summaries
from hadi.stats.samples import Conversion, Moments

MAX_ARMS = 100
MAX_UNITS = 10**15
_CONVERSION = ("units", "successes")
_MEAN = ("units", "mean", "sd")


@dataclass(frozen=True, slots=True)
class _Count:
    arm: str
    sample: Conversion | Moments
    numbers: dict[str, float]


class CountsSource:
    """Counts as they were typed: `{"arm", "units", "successes"}` or `{"arm", "units", "mean",
    "sd"}` for each arm. Raises Invalid with a sentence for each entry that cannot be."""

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

    def summaries(self, plan: Plan) -> Summaries:
        """The counts as sums. Raises Unreadable where they are not the plan's."""
        if plan.control is None:
            raise Unreadable(Text("data_no_control"))
        if len(plan.metrics) != 1:
            raise Unreadable(Text("counts_one_metric", n=len(plan.metrics)))
        metric = plan.metrics[0]
        is_conversion = metric.kind is MetricKind.CONVERSION
        if is_conversion != isinstance(self._counts[0].sample, Conversion):
            fields = "units, successes" if is_conversion else "units, mean, sd"
            raise Unreadable(
                Text("counts_kind", metric=metric.name, kind=metric.kind.value, fields=fields)
            )
        control = plan.control.strip()
        by_name = {count.arm: count for count in self._counts}
        if control not in by_name:
            listed = ", ".join(f"“{name}”" for name in by_name)
            raise Unreadable(Text("data_control_absent", control=control, arms=listed))
        split = {arm.strip(): share for arm, share in (plan.split or {}).items()}
        declared = split if plan.split else by_name
        # An arm that is to get nothing, and got nothing, is none.
        none = {arm for arm, share in split.items() if not share and not _units(by_name, arm)}
        names = [control, *(arm for arm in declared if arm != control and arm not in none)]
        unknown = [count for count in self._counts if count.arm not in declared]
        if sum(name in by_name for name in names) < 2:
            raise Unreadable(Text("data_single_arm", column="arm", arm=control))
        empty = Conversion(0, 0) if is_conversion else Moments(0, 0.0, 0.0)
        samples = {name: by_name[name].sample if name in by_name else empty for name in names}
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
    if len({type(count.sample) for count in read}) > 1:
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
        if field not in {*_CONVERSION, *_MEAN}:
            raise Invalid(Text("counts_field_unknown", arm=arm, field=field[:40]))
    units = _whole(entry.get("units"))
    if units is None:
        raise Invalid(Text("counts_units", arm=arm))
    if fields == set(_CONVERSION):
        successes = _whole(entry["successes"])
        if successes is None:
            raise Invalid(Text("counts_successes", arm=arm))
        if successes > units:
            raise Invalid(Text("counts_successes_above", arm=arm, successes=successes, units=units))
        return _Count(arm, Conversion(units, successes), {"units": units, "successes": successes})
    if fields != set(_MEAN):
        raise Invalid(Text("counts_mixed"))
    mean, sd = _number(entry["mean"]), _number(entry["sd"])
    if mean is None:
        raise Invalid(Text("counts_mean", arm=arm))
    if sd is None or sd < 0:
        raise Invalid(Text("counts_sd", arm=arm))
    sample = Moments.from_sd(units, mean, sd) if units else Moments(0, 0.0, 0.0)
    return _Count(arm, sample, {"units": units, "mean": mean, "sd": sd})


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
