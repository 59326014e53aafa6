"""A test's plan: what is measured, against what, and how it will be judged.

A plan is written before the data. While it is a draft any part may be missing (the guards of
`lifecycle` say what); once locked it is hashed and never changes: an amendment is a new version.
The JSON of `Plan.as_json` is the one of `PUT /hypotheses/{id}/plan`.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from hadi.domain.economics import Declaration
from hadi.domain.errors import Invalid
from hadi.domain.numbers import is_sensible
from hadi.domain.pilot_plan import PilotPlan
from hadi.domain.season_plan import SeasonPlan
from hadi.domain.text import Text

MOST_ARMS = 20
MOST_METRICS = 20
MOST_COVARIATES = 10
MOST_SEGMENTS = 10
MOST_LOOKS = 20


class Design(StrEnum):
    SPLIT = "split"  # units are randomised
    CLUSTER = "cluster"  # whole stores, teams or sellers are
    PILOT = "pilot"  # one or a few sites get the change, the others are followed beside them
    BEFORE_AFTER = "before_after"  # one series, held against its own past


class Looks(StrEnum):
    FIXED = "fixed"  # once, at the end
    ANYTIME = "anytime"  # whenever anyone likes: a confidence sequence
    PLANNED = "planned"  # a fixed number of looks, each with its share of alpha


class Spending(StrEnum):
    """How planned looks spend alpha (Lan & DeMets 1983)."""

    OBRIEN_FLEMING = "obrien_fleming"
    POCOCK = "pocock"


class MetricKind(StrEnum):
    CONVERSION = "conversion"
    MEAN = "mean"
    RATIO = "ratio"
    RATE = "rate"
    RANK = "rank"
    QUANTILE = "quantile"

    @property
    def parts(self) -> tuple[str, ...]:
        """What each of its columns is."""
        return _PARTS.get(self, ("value",))


_PARTS = {
    MetricKind.RATIO: ("numerator", "denominator"),
    MetricKind.RATE: ("events", "exposure"),
}


class MetricRole(StrEnum):
    PRIMARY = "primary"
    GUARDRAIL = "guardrail"
    SECONDARY = "secondary"


class Better(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Threshold:
    """What the change must reach: a magnitude in the metric's units, or a fraction of control."""

    value: float
    is_relative: bool = False

    def as_json(self) -> float | str:
        return f"{self.value * 100:.12g}%" if self.is_relative else self.value

    @classmethod
    def parse(cls, written: object, name: str) -> Threshold:
        """Read `0.05`, `"0.05"` or `"5%"`; raises Invalid."""
        text = str(written).strip().replace("\u00a0", "").replace(" ", "")
        is_relative = text.endswith("%")
        try:
            value = float(text.removesuffix("%").replace(",", "."))
        except ValueError:
            value = math.nan
        if value < 0 and is_sensible(value):
            raise Invalid(Text("threshold_negative"))
        if isinstance(written, bool) or not is_sensible(value):
            raise Invalid(Text("threshold_unreadable", field=name, value=str(written)[:40]))
        return cls(value / 100 if is_relative else value, is_relative)


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of a plan. `columns` are the data's own column names."""

    name: str
    kind: MetricKind
    columns: tuple[str, ...] = ()
    role: MetricRole = MetricRole.SECONDARY
    threshold: Threshold | None = None
    better: Better | None = None
    margin: float | None = None  # guardrail: how much worse is still acceptable, metric's units
    is_proxy: bool = False
    covariates: tuple[str, ...] = ()  # columns known before the test, to take noise away
    winsor: float | None = None  # values above this quantile of all arms are cut down to it
    q: float | None = None  # of a quantile metric; None = the median

    @property
    def quantile(self) -> float:
        return 0.5 if self.q is None else self.q

    @property
    def keys(self) -> tuple[str, ...]:
        """The plan's own names for its columns: theirs, or made from the metric's."""
        parts = self.kind.parts
        if self.columns:
            return self.columns
        return (self.name,) if len(parts) == 1 else tuple(f"{self.name}: {p}" for p in parts)

    @property
    def sign(self) -> Literal[1, -1]:
        """+1 where more is better, -1 where less is."""
        return -1 if self.better is Better.LOWER else 1

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind.value,
            "columns": list(self.columns),
            "role": self.role.value,
            "threshold": self.threshold.as_json() if self.threshold else None,
            "better": self.better.value if self.better else None,
            "margin": self.margin,
            "proxy": self.is_proxy,
            "covariate": _one_or_list(self.covariates),
            "winsor": self.winsor,
            "q": self.q,
        }


def _one_or_list(names: tuple[str, ...]) -> str | list[str] | None:
    if len(names) > 1:
        return list(names)
    return names[0] if names else None


@dataclass(frozen=True, slots=True)
class Budget:
    """The most a test may cost."""

    amount: Decimal
    currency: str

    def as_json(self) -> dict[str, str]:
        return {"amount": str(self.amount), "currency": self.currency}


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one test. Units: `alpha`, `power` and shares are fractions; `planned_units` is
    per arm and counts what is randomised (clusters in a cluster design); `baseline` is the
    control's expected value in the primary metric's units (a fraction for a conversion),
    `baseline_sd` its standard deviation, `expected_effect` the difference the team expects, in the
    same units; `exposure` is what a unit of a rate is expected to be exposed to. `icc` (the share
    of the variance that lies between clusters), `cluster_size` (mean units of a cluster) and
    `cluster_cv` (standard deviation of the sizes over their mean) plan a cluster design. Of a
    pilot, `planned_units` are the periods from its start on, and `pilot` says the rest; of a test
    before and after, `season` does. The primary metric is about their `value`."""

    design: Design | None = None
    variant: str | None = None  # the column that names the arm
    control: str | None = None  # its value for the control arm
    split: Mapping[str, float] | None = None  # declared share of each arm; None = not declared
    unit: str | None = None  # the column that names the unit; None = a row is a unit
    cluster: str | None = None  # the column that names the randomised cluster
    segments: tuple[str, ...] = ()  # columns to look into, exploratory
    day: str | None = None  # the column of the day, for effects that fade
    group: str | None = None  # the column of the seller or store that served the unit
    metrics: tuple[Metric, ...] = ()
    looks: Looks = Looks.FIXED
    look_count: int | None = None  # of planned looks
    spending: Spending | None = None  # of planned looks; None = O'Brien-Fleming
    alpha: float = 0.05
    power: float = 0.8
    baseline: float | None = None
    baseline_sd: float | None = None
    expected_effect: float | None = None
    exposure: float | None = None
    icc: float | None = None
    cluster_size: float | None = None
    cluster_cv: float | None = None
    budget: Budget | None = None
    starts_on: date | None = None
    ends_on: date | None = None  # inclusive
    planned_units: int | None = None
    owner: str | None = None  # ids of people
    steward: str | None = None
    money: Declaration | None = None  # what the effect is worth; None = nothing is declared
    pilot: PilotPlan | None = None  # of that design alone
    season: SeasonPlan | None = None  # of a test before and after alone

    @property
    def primary(self) -> Metric | None:
        """The one primary metric, or None where there is none (or more than one)."""
        found = [m for m in self.metrics if m.role is MetricRole.PRIMARY]
        return found[0] if len(found) == 1 else None

    @property
    def exposure_column(self) -> str | None:
        """The column of what the primary metric's events are counted from; None for none."""
        primary = self.primary
        if primary is None or primary.kind is not MetricKind.RATE or len(primary.columns) < 2:
            return None
        return primary.columns[1]

    @property
    def own(self) -> PilotPlan | SeasonPlan | None:
        """The fields that this design has and others have not."""
        return self.pilot or self.season

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the data that the plan uses, each once."""
        named = [self.variant, self.unit, self.cluster, *self.segments, self.day, self.group]
        named += [c for m in self.metrics for c in (*m.columns, *m.covariates)]
        own = self.own
        named += own.columns if own else ()
        return tuple(dict.fromkeys(c for c in named if c))

    def as_json(self) -> dict[str, Any]:
        """The plan's fields. Those of a design that has its own come only with that design, and
        what is declared of money only where something is, so that a plan's digest does not change
        with what HADI learns."""
        return self._shared_json() | (self.own.as_json() if self.own else {})

    def _shared_json(self) -> dict[str, Any]:
        return {
            "design": self.design.value if self.design else None,
            "variant": self.variant,
            "control": self.control,
            "split": dict(self.split) if self.split else None,
            "unit": self.unit,
            "cluster": self.cluster,
            "segments": list(self.segments),
            "day": self.day,
            "group": self.group,
            "metrics": [m.as_json() for m in self.metrics],
            "looks": self.looks.value,
            "look_count": self.look_count,
            "spending": self.spending.value if self.spending else None,
            "alpha": self.alpha,
            "power": self.power,
            "baseline": self.baseline,
            "baseline_sd": self.baseline_sd,
            "expected_effect": self.expected_effect,
            "exposure": self.exposure,
            "icc": self.icc,
            "cluster_size": self.cluster_size,
            "cluster_cv": self.cluster_cv,
            "budget": self.budget.as_json() if self.budget else None,
            "starts_on": self.starts_on.isoformat() if self.starts_on else None,
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
            "planned_units": self.planned_units,
            "owner": self.owner,
            "steward": self.steward,
            **({"money": self.money.as_json()} if self.money else {}),
        }

    def digest(self) -> str:
        """SHA-256 (hex) of the canonical JSON: equal plans have equal digests."""
        canonical = json.dumps(
            self.as_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        return hashlib.sha256(canonical.encode()).hexdigest()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """Read a plan, complete or not. Raises Invalid with every unusable field at once."""
        from hadi.domain.plan_reader import PlanReader

        return PlanReader(data).read()

    def needs(self) -> tuple[Need, ...]:
        """The columns a data set has to bring, in the order people map them."""
        if self.pilot is not None:
            return _once(self._pilot_needs(self.pilot))
        if self.season is not None:
            return _once(self._season_needs(self.season))
        found = [Need(self.variant or "variant", NeedRole.VARIANT)]
        if self.design is Design.CLUSTER or self.cluster:
            found.append(Need(self.cluster or "cluster", NeedRole.CLUSTER))
        found.append(Need(self.unit or "unit", NeedRole.UNIT, is_optional=not self.unit))
        for metric in self.metrics:
            found += [
                Need(key, NeedRole.METRIC, metric.name, part)
                for key, part in zip(metric.keys, metric.kind.parts, strict=True)
            ]
            found += [Need(key, NeedRole.COVARIATE, metric.name) for key in metric.covariates]
        found += [Need(key, NeedRole.SEGMENT) for key in self.segments]
        if self.day:
            found.append(Need(self.day, NeedRole.DAY))
        if self.group:
            found.append(Need(self.group, NeedRole.GROUP))
        return _once(found)

    def _pilot_needs(self, pilot: PilotPlan) -> Iterable[Need]:
        """The site, the period and the value; then what the other metrics are about."""
        yield Need(pilot.site or "site", NeedRole.SITE)
        yield Need(pilot.time or "time", NeedRole.TIME)
        yield from self._metric_needs(pilot)
        if self.group:
            yield Need(self.group, NeedRole.GROUP)

    def _season_needs(self, season: SeasonPlan) -> Iterable[Need]:
        yield Need(season.time or "time", NeedRole.TIME)
        yield from self._metric_needs(season)

    def _metric_needs(self, own: PilotPlan | SeasonPlan) -> Iterable[Need]:
        """The value (of a ratio or a rate two columns), then what the other metrics are about."""
        primary = self.primary
        parts = primary.kind.parts if primary else ("value",)
        for key, part in zip(self._values(own), parts, strict=True):
            yield Need(key, NeedRole.METRIC, primary.name if primary else "value", part)
        for metric in self.metrics:
            if metric is not primary:
                for key, part in zip(metric.keys, metric.kind.parts, strict=True):
                    yield Need(key, NeedRole.METRIC, metric.name, part)

    def _value(self, own: PilotPlan | SeasonPlan) -> str:
        """The plan's own name for the column of values."""
        return own.value or (self.primary.keys[0] if self.primary else "value")

    def _values(self, own: PilotPlan | SeasonPlan) -> tuple[str, ...]:
        """The same of every column of the primary metric: of a ratio also what divides it."""
        return (self._value(own), *(self.primary.keys[1:] if self.primary else ()))

    def bound(self, mapping: Mapping[str, str]) -> Plan:
        """The same plan over a data set's own columns; `mapping` goes from a need's key to the
        data's column, and a key it leaves out is a column of that very name."""
        is_clustered = self.design is Design.CLUSTER or self.cluster
        if self.pilot is not None:
            time, value, metrics = self._named(self.pilot)
            pilot = replace(self.pilot, site=self.pilot.site or "site", time=time, value=value)
            named = replace(self, pilot=pilot, metrics=metrics)
            return named.renamed(lambda name: mapping.get(name, name))
        if self.season is not None:
            time, value, metrics = self._named(self.season)
            season = replace(self.season, time=time, value=value)
            named = replace(self, season=season, metrics=metrics)
            return named.renamed(lambda name: mapping.get(name, name))
        named = replace(
            self,
            variant=self.variant or "variant",
            unit=self.unit or ("unit" if "unit" in mapping else None),
            cluster=(self.cluster or "cluster") if is_clustered else None,
            metrics=tuple(replace(m, columns=m.keys) for m in self.metrics),
        )
        return named.renamed(lambda column: mapping.get(column, column))

    def _named(self, own: PilotPlan | SeasonPlan) -> tuple[str, str, tuple[Metric, ...]]:
        """The names of the period's and the value's columns, and the metrics over theirs."""
        primary, values = self.primary, self._values(own)
        metrics = (replace(m, columns=values if m is primary else m.keys) for m in self.metrics)
        return own.time or "time", values[0], tuple(metrics)

    def renamed(self, rename: Callable[[str], str]) -> Plan:
        """The same plan with every column's name put through `rename`."""

        def one(column: str | None) -> str | None:
            return rename(column) if column is not None else None

        return replace(
            self,
            variant=one(self.variant),
            unit=one(self.unit),
            cluster=one(self.cluster),
            segments=tuple(map(rename, self.segments)),
            day=one(self.day),
            group=one(self.group),
            metrics=tuple(
                replace(
                    m,
                    columns=tuple(map(rename, m.columns)),
                    covariates=tuple(map(rename, m.covariates)),
                )
                for m in self.metrics
            ),
            pilot=self.pilot.renamed(rename) if self.pilot else None,
            season=self.season.renamed(rename) if self.season else None,
        )


class NeedRole(StrEnum):
    """What a column of the data is for."""

    VARIANT = "variant"
    CLUSTER = "cluster"
    UNIT = "unit"
    METRIC = "metric"
    COVARIATE = "covariate"
    SEGMENT = "segment"
    DAY = "day"
    GROUP = "group"
    SITE = "site"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Need:
    """A column that a plan needs of the data: `key` is the plan's own name for it."""

    key: str
    role: NeedRole
    metric: str | None = None
    part: str | None = None  # of a metric of two columns: numerator, denominator, ...
    is_optional: bool = False


def _once(needs: Iterable[Need]) -> tuple[Need, ...]:
    """The needs, each key once."""
    seen: dict[str, Need] = {}
    for need in needs:
        seen.setdefault(need.key, need)
    return tuple(seen.values())
