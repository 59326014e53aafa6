"""The record of a pilot's analysis: that of every analysis, and what a pilot has beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hadi.analysis.pilot_checks import Laid
from hadi.analysis.pilot_fading import Left
from hadi.analysis.pilot_found import Found, Series
from hadi.analysis.record import RecordBeside
from hadi.domain.pilot_plan import PilotPlan

if TYPE_CHECKING:
    from hadi.stats.pilot import Raw

NO_EFFECT: dict[str, Any] = {"estimate": None, "low": None, "high": None, "p_value": None}


@dataclass(frozen=True, slots=True, eq=False)
class PilotRecord(RecordBeside):
    """`base` holds the verdict, checks, comparisons and warnings, as for every test. `found` is
    None where there is no estimate; `raw` are the pilots' and the controls' raw changes; `left` is
    what remains of an effect that fades."""

    pilot: PilotPlan
    laid: Laid
    found: Found | None
    raw: tuple[Raw, Raw] | None
    smallest_p: float | None
    assignments: int | None
    left: Left | None = None

    def as_json(self) -> dict[str, Any]:
        """The object of `hadi pilot --json`: fractions on the log scale, else the value's units.
        None means "none"; no NaN, no infinity."""
        is_shown = self.base.is_shown
        found = self.found if is_shown else None
        raw = self.raw if is_shown else None
        panel = self.laid.any
        return self.base.as_json() | {
            "design": "pilot",
            "method": self.pilot.method.value,
            "scale": self.pilot.scale.value,
            "decide": self.pilot.decide.value,
            "components": list(self.pilot.components),
            "effect": _effect(found),
            "lately": _lately(self.left) if found else None,
            "placebo": self._placebo(found),
            "naive": {
                "estimate": raw[0].estimate if raw else None,
                "p_value": raw[0].p_value if raw else None,
            },
            "controls": {"estimate": raw[1].estimate if raw else None},
            "weights": dict(found.weights) if found else {},
            "parameters": dict(found.parameters) if found else {},
            "sites": {
                "treated": [panel.sites[row] for row in panel.treated],
                "controls": [panel.sites[row] for row in panel.controls],
                "idle": list(self.laid.idle),
            },
            "start": self.laid.start,
            "periods": {"before": panel.pre.shape[1], "after": panel.post.shape[1]},
            "series": series_json(found.series, self.laid) if found else None,
        }

    def _placebo(self, found: Found | None) -> dict[str, Any]:
        """What the placebo test says; what it could say at best may always be seen."""
        placebo = found.placebo if found else None
        return {
            "p_value": placebo.p_value if placebo else None,
            "assignments": placebo.assignments if placebo else self.assignments,
            "exact": placebo.is_exact if placebo else None,
            "smallest_attainable": placebo.smallest_attainable if placebo else self.smallest_p,
            "seed": placebo.seed if placebo else None,
        }


def _effect(found: Found | None) -> dict[str, Any]:
    if found is None:
        return dict(NO_EFFECT)
    low, high = finite(found.low), finite(found.high)
    data: dict[str, Any] = {
        "estimate": found.estimate,
        "low": low,
        "high": high,
        "p_value": finite(found.p_value),
        "log10_p": finite(found.log10_p),
        "df": finite(found.df),
        "standard_error": finite(found.standard_error),
    }
    if low is None or high is None:
        ends = {(True, False): "low", (False, True): "high", (True, True): "both"}
        data["unbounded"] = ends[low is None, high is None]
    return data


def _lately(left: Left | None) -> dict[str, Any] | None:
    """The effect of the later half of the time, where it fades."""
    if left is None:
        return None
    return {"estimate": left.estimate, "low": finite(left.low), "high": finite(left.high)}


def series_json(series: Series, laid: Laid) -> dict[str, Any]:
    """The lines of the charts; a period without a number has None."""
    return {
        "times": list(laid.table.periods.labels),
        "first_post": laid.first_post,
        "actual": numbers(series.actual),
        "counterfactual": numbers(series.counterfactual),
        "low": numbers(series.low),
        "high": numbers(series.high),
        "gaps": numbers(series.gaps),
        "others": {site: numbers(gaps) for site, gaps in series.others.items()},
        "kind": laid.table.periods.kind,
    }


def numbers(values: Iterable[float]) -> list[float | None]:
    """The numbers as JSON has them."""
    return [finite(float(value)) for value in values]


def finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
