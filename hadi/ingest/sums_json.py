"""Sums as text and back, exactly: the snapshot of what a team's own database answered.

A database has no file to keep beside a verdict. What was computed from it is small and says
everything the verdict rests on, so that is kept, under the SHA-256 of its own text: the same sums
always give the same text. Numbers are written as Python writes them, which loses no digit.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hadi.domain.errors import Unreadable
from hadi.domain.text import Text
from hadi.ingest.source import ArmSummary, Outliers, Sample, Slice, Summaries, Summed
from hadi.stats.samples import CoMoments, Conversion, Events, Moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hadi.stats.arrays import Clusters

FORMAT = 1  # of the text; a newer one is refused


def write(summaries: Summaries) -> str:
    """The sums as the text that is kept."""
    return json.dumps(
        to_json(summaries), ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def read(text: str) -> Summaries:
    """The sums of such a text. Raises Unreadable for any other."""
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise ValueError(data["format"])
        return from_json(data)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Unreadable(Text("sums_unreadable")) from error


def digest(summaries: Summaries) -> str:
    """SHA-256 (hex) of the text: equal sums have equal digests."""
    return hashlib.sha256(write(summaries).encode()).hexdigest()


def summed(text: str) -> Summed:
    """A kept text as a Source. Raises Unreadable."""
    return Summed(hashlib.sha256(text.encode()).hexdigest(), read(text))


def to_json(summaries: Summaries) -> dict[str, Any]:
    """The sums as JSON; mappings are lists of pairs, since their order is the plan's."""
    s = summaries
    return {
        "format": FORMAT,
        "arms": [_arm(arm) for arm in s.arms],
        "rows": s.rows,
        "all_units": s.all_units,
        "blank_arm_rows": s.blank_arm_rows,
        "unknown_arm_rows": s.unknown_arm_rows,
        "unknown_arms": list(s.unknown_arms),
        "mixed_units": s.mixed_units,
        "duplicate_rows": s.duplicate_rows,
        "blank_unit_rows": s.blank_unit_rows,
        "has_units": s.has_units,
        "caps": [[name, _number(cap)] for name, cap in s.caps.items()],
        "segments": [[name, _slices(parts)] for name, parts in s.segments.items()],
        "days": _slices(s.days),
        "groups": _slices(s.groups),
        "outliers": [
            [name, [_outliers(one) for one in by_arm]] for name, by_arm in s.outliers.items()
        ],
        "clusters": None if s.clusters is None else [_sample(one) for one in s.clusters],
        "cluster_units": [[name, n] for name, n in s.cluster_units.items()],
    }


def from_json(data: Mapping[str, Any]) -> Summaries:
    """The sums of what `to_json` gave. Raises ValueError, KeyError or TypeError for anything
    else."""
    clusters = data["clusters"]
    return Summaries(
        arms=tuple(_read_arm(arm) for arm in data["arms"]),
        rows=int(data["rows"]),
        all_units=int(data["all_units"]),
        blank_arm_rows=int(data["blank_arm_rows"]),
        unknown_arm_rows=int(data["unknown_arm_rows"]),
        unknown_arms=tuple(str(name) for name in data["unknown_arms"]),
        mixed_units=int(data["mixed_units"]),
        duplicate_rows=None if data["duplicate_rows"] is None else int(data["duplicate_rows"]),
        blank_unit_rows=int(data["blank_unit_rows"]),
        has_units=bool(data["has_units"]),
        caps={str(name): float(cap) for name, cap in data["caps"]},
        segments={str(name): _read_slices(parts) for name, parts in data["segments"]},
        days=_read_slices(data["days"]),
        groups=_read_slices(data["groups"]),
        outliers={
            str(name): tuple(_read_outliers(one) for one in by_arm)
            for name, by_arm in data["outliers"]
        },
        clusters=None if clusters is None else tuple(_read_clusters(one) for one in clusters),
        cluster_units={str(name): int(n) for name, n in data["cluster_units"]},
    )


def _number(value: float) -> float | str:
    """A float as JSON has it: what JSON has no sign for in words, minus nothing as nothing."""
    return float(value) + 0.0 if math.isfinite(value) else repr(float(value))


def _numbers(values: Sequence[float] | NDArray[Any]) -> list[float | str]:
    return [_number(value) for value in values]


def _floats(values: Sequence[Any]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _arm(arm: ArmSummary) -> dict[str, Any]:
    return {
        "name": arm.name,
        "units": arm.units,
        "samples": [[name, _sample(sample)] for name, sample in arm.samples.items()],
        "missing": [[name, n] for name, n in arm.missing.items()],
    }


def _read_arm(data: Mapping[str, Any]) -> ArmSummary:
    return ArmSummary(
        name=str(data["name"]),
        units=int(data["units"]),
        samples={str(name): _read_sample(sample) for name, sample in data["samples"]},
        missing={str(name): int(n) for name, n in data["missing"]},
    )


def _slices(slices: Sequence[Slice]) -> list[Any]:
    return [[part.name, [_arm(arm) for arm in part.arms]] for part in slices]


def _read_slices(data: Sequence[Any]) -> tuple[Slice, ...]:
    return tuple(Slice(str(name), tuple(_read_arm(arm) for arm in arms)) for name, arms in data)


def _outliers(one: Outliers) -> list[Any]:
    return [
        one.units,
        _number(one.share_of_total),
        None if one.fence is None else _number(one.fence),
        _number(one.largest),
        _number(one.largest_share),
    ]


def _read_outliers(data: Sequence[Any]) -> Outliers:
    units, share, fence, largest, largest_share = data
    return Outliers(
        units=int(units),
        share_of_total=float(share),
        fence=None if fence is None else float(fence),
        largest=float(largest),
        largest_share=float(largest_share),
    )


def _sample(sample: Sample) -> dict[str, Any]:
    match sample:
        case Conversion():
            return {"kind": "conversion", "n": sample.n, "successes": sample.successes}
        case Moments():
            numbers = _numbers((sample.mean, sample.m2, sample.rest))
            return {"kind": "moments", "n": sample.n, "numbers": numbers}
        case CoMoments():
            return {
                "kind": "comoments",
                "n": sample.n,
                "means": _numbers(sample.means),
                "comoments": [_numbers(row) for row in sample.comoments],
                "rests": _numbers(sample.rests),
            }
        case Events():
            return {
                "kind": "events",
                "n": sample.n,
                "events": sample.events,
                "exposure": _number(sample.exposure),
                "by_unit": None if sample.by_unit is None else _sample(sample.by_unit),
            }
        case _:
            return _arrays(sample)


def _arrays(sample: Any) -> dict[str, Any]:
    """The samples that keep arrays."""
    from hadi.stats.arrays import Clusters, Distribution

    if isinstance(sample, Distribution):
        return {
            "kind": "distribution",
            "values": _numbers(sample.values),
            "counts": sample.counts.tolist(),
        }
    if not isinstance(sample, Clusters):
        raise TypeError(f"no sample: {type(sample).__name__}")
    return {
        "kind": "clusters",
        "names": list(sample.names),
        "sizes": _numbers(sample.sizes),
        "totals": _numbers(sample.totals),
        "units": _numbers(sample.units),
        "within": None if sample.within is None else _numbers(sample.within),
    }


def _read_sample(data: Mapping[str, Any]) -> Sample:
    match data["kind"]:
        case "conversion":
            return Conversion(int(data["n"]), int(data["successes"]))
        case "moments":
            mean, m2, rest = _floats(data["numbers"])
            return Moments(int(data["n"]), mean, m2, rest)
        case "comoments":
            return _read_comoments(data)
        case "events":
            by_unit = data["by_unit"]
            return Events(
                int(data["n"]),
                int(data["events"]),
                float(data["exposure"]),
                None if by_unit is None else _read_comoments(by_unit),
            )
        case "distribution":
            import numpy as np

            from hadi.stats.arrays import Distribution

            return Distribution(
                np.array(_floats(data["values"]), dtype=np.float64),
                np.array(data["counts"], dtype=np.int64),
            )
        case "clusters":
            return _read_clusters(data)
        case other:
            raise ValueError(other)


def _read_comoments(data: Mapping[str, Any]) -> CoMoments:
    return CoMoments(
        int(data["n"]),
        _floats(data["means"]),
        tuple(_floats(row) for row in data["comoments"]),
        _floats(data["rests"]),
    )


def _read_clusters(data: Mapping[str, Any]) -> Clusters:
    import numpy as np

    from hadi.stats.arrays import Clusters

    def array(name: str) -> NDArray[Any]:
        return np.array(_floats(data[name]), dtype=np.float64)

    return Clusters(
        names=tuple(str(name) for name in data["names"]),
        sizes=array("sizes"),
        totals=array("totals"),
        units=array("units"),
        within=None if data["within"] is None else array("within"),
    )
