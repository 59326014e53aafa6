"""A test's plan: what is measured, against what, and how it will be judged.

A plan is written before the data. While it is a draft any part may be missing (the guards of
`lifecycle` say what); once locked it is hashed and never changes: an amendment is a new version.
The JSON of `Plan.as_json` is the one of `PUT /hypotheses/{id}/plan`.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from hadi.domain.errors import Invalid
from hadi.domain.numbers import finite, is_sensible
from hadi.domain.text import Text

MOST_ARMS = 20
MOST_METRICS = 20


class Design(StrEnum):
    SPLIT = "split"


class Looks(StrEnum):
    FIXED = "fixed"


class MetricKind(StrEnum):
    CONVERSION = "conversion"
    MEAN = "mean"


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
        if isinstance(written, bool) or value < 0 or not is_sensible(value):
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

    @property
    def sign(self) -> int:
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
        }


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
    per arm; `baseline` is the control's expected value in the primary metric's units (a fraction
    for a conversion), `baseline_sd` its standard deviation, `expected_effect` the difference the
    team expects, in the same units."""

    design: Design | None = None
    variant: str | None = None  # the column that names the arm
    control: str | None = None  # its value for the control arm
    split: Mapping[str, float] | None = None  # declared share of each arm; None = not declared
    unit: str | None = None  # the column that names the randomised unit; None = a row is a unit
    metrics: tuple[Metric, ...] = ()
    looks: Looks = Looks.FIXED
    alpha: float = 0.05
    power: float = 0.8
    baseline: float | None = None
    baseline_sd: float | None = None
    expected_effect: float | None = None
    budget: Budget | None = None
    starts_on: date | None = None
    ends_on: date | None = None  # inclusive
    planned_units: int | None = None
    owner: str | None = None  # ids of people
    steward: str | None = None

    @property
    def primary(self) -> Metric | None:
        """The one primary metric, or None where there is none (or more than one)."""
        found = [m for m in self.metrics if m.role is MetricRole.PRIMARY]
        return found[0] if len(found) == 1 else None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the data that the plan uses, each once."""
        named = [self.variant, self.unit, *(c for m in self.metrics for c in m.columns)]
        return tuple(dict.fromkeys(c for c in named if c))

    def as_json(self) -> dict[str, Any]:
        return {
            "design": self.design.value if self.design else None,
            "variant": self.variant,
            "control": self.control,
            "split": dict(self.split) if self.split else None,
            "unit": self.unit,
            "metrics": [m.as_json() for m in self.metrics],
            "looks": self.looks.value,
            "alpha": self.alpha,
            "power": self.power,
            "baseline": self.baseline,
            "baseline_sd": self.baseline_sd,
            "expected_effect": self.expected_effect,
            "budget": self.budget.as_json() if self.budget else None,
            "starts_on": self.starts_on.isoformat() if self.starts_on else None,
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
            "planned_units": self.planned_units,
            "owner": self.owner,
            "steward": self.steward,
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
        return _PlanReader(data).read()

    def needs(self) -> tuple[Need, ...]:
        """The columns a data set has to bring, in the order people map them."""
        found = [Need(self.variant or "variant", NeedRole.VARIANT)]
        found.append(Need(self.unit or "unit", NeedRole.UNIT, is_optional=not self.unit))
        for metric in self.metrics:
            key = metric.columns[0] if metric.columns else metric.name
            found.append(Need(key, NeedRole.METRIC, metric.name))
        return tuple(found)

    def bound(self, mapping: Mapping[str, str]) -> Plan:
        """The same plan over a data set's own columns; `mapping` goes from a need's key to the
        data's column, and a key it leaves out is a column of that very name."""
        return replace(
            self,
            variant=mapping.get(self.variant or "variant", self.variant or "variant"),
            unit=mapping.get(self.unit or "unit", self.unit),
            metrics=tuple(
                replace(m, columns=tuple(mapping.get(c, c) for c in m.columns or (m.name,)))
                for m in self.metrics
            ),
        )


class NeedRole(StrEnum):
    """What a column of the data is for."""

    VARIANT = "variant"
    UNIT = "unit"
    METRIC = "metric"


@dataclass(frozen=True, slots=True)
class Need:
    """A column that a plan needs of the data: `key` is the plan's own name for it."""

    key: str
    role: NeedRole
    metric: str | None = None
    is_optional: bool = False


_E = TypeVar("_E", bound=StrEnum)


@dataclass(slots=True)
class _PlanReader:
    """Reads plan JSON field by field, collecting what is wrong instead of stopping at it."""

    data: Mapping[str, Any]
    wrong: dict[str, Text] = field(default_factory=dict)

    def read(self) -> Plan:
        known = set(Plan.__dataclass_fields__)
        for name in self.data:
            if name not in known:
                self.wrong[name] = Text("field_unknown", field=name)
        plan = Plan(
            design=self.choice("design", Design),
            variant=self.word("variant"),
            control=self.word("control"),
            split=self.split(),
            unit=self.word("unit"),
            metrics=self.metrics(),
            looks=self.choice("looks", Looks) or Looks.FIXED,
            alpha=self.fraction("alpha", 0.05, below=0.5),
            power=self.fraction("power", 0.8, below=1),
            baseline=self.number("baseline"),
            baseline_sd=self.number("baseline_sd", low=0),
            expected_effect=self.number("expected_effect"),
            budget=self.budget(),
            starts_on=self.day("starts_on"),
            ends_on=self.day("ends_on"),
            planned_units=self.count("planned_units"),
            owner=self.word("owner"),
            steward=self.word("steward"),
        )
        if plan.starts_on and plan.ends_on and plan.ends_on < plan.starts_on:
            self.wrong["ends_on"] = Text("end_before_start")
        if self.wrong:
            raise Invalid(Text("plan_invalid", n=len(self.wrong)), self.wrong)
        return plan

    def word(self, name: str, limit: int = 200) -> str | None:
        value = self.data.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if not isinstance(value, str) or len(value) > limit or "\0" in value:
            self.wrong[name] = Text("field_not_short_text", field=name, limit=limit)
            return None
        return value.strip()

    def choice(self, name: str, kind: type[_E]) -> _E | None:
        value = self.data.get(name)
        if value in (None, ""):
            return None
        try:
            return kind(value)
        except ValueError:
            options = ", ".join(kind)
            self.wrong[name] = Text("field_not_a_choice", field=name, options=options)
            return None

    def number(
        self, name: str, low: float | None = None, high: float | None = None
    ) -> float | None:
        value = self.data.get(name)
        if value in (None, ""):
            return None
        return finite(value, name, self.wrong, low=low, high=high)

    def fraction(self, name: str, default: float, *, below: float) -> float:
        value = self.number(name, low=0, high=below)
        if value == 0:
            self.wrong[name] = Text("field_out_of_range", field=name)
        return value or default

    def count(self, name: str) -> int | None:
        value = self.number(name, low=0)
        if value is None:
            return None
        if value != int(value) or value > 1e15:
            self.wrong[name] = Text("field_not_whole", field=name)
            return None
        return int(value)

    def day(self, name: str) -> date | None:
        value = self.data.get(name)
        if value in (None, ""):
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.wrong[name] = Text("field_not_a_date", field=name)
            return None

    def split(self) -> Mapping[str, float] | None:
        value = self.data.get("split")
        if not value:
            return None
        if not isinstance(value, Mapping):
            self.wrong["split"] = Text("split_unreadable")
            return None
        shares: dict[str, float] = {}
        if len(value) > MOST_ARMS:
            self.wrong["split"] = Text("split_many", limit=MOST_ARMS)
            return None
        names = {str(arm).strip() for arm in value}
        if len(names) < len(value) or "" in names:
            self.wrong["split"] = Text("split_unreadable")
            return None
        if max(map(len, names)) > 200:
            self.wrong["split"] = Text("field_not_short_text", field="split", limit=200)
            return None
        for arm, share in value.items():
            number = finite(share, f"split.{arm}", self.wrong, low=0)
            if number is not None:
                shares[str(arm)] = number
        total = sum(shares.values())
        if len(shares) < 2 or total <= 0:
            self.wrong.setdefault("split", Text("split_needs_two"))
            return None
        return {arm: share / total for arm, share in shares.items()}

    def budget(self) -> Budget | None:
        value = self.data.get("budget")
        if not value:
            return None
        if not isinstance(value, Mapping):
            self.wrong["budget"] = Text("budget_unreadable")
            return None
        try:
            amount = Decimal(str(value.get("amount")).replace(",", "."))
        except InvalidOperation:
            amount = Decimal("NaN")
        currency = str(value.get("currency") or "").strip().upper()
        if not amount.is_finite() or amount < 0 or amount > Decimal("1e15"):
            self.wrong["budget.amount"] = Text("budget_unreadable")
        if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
            self.wrong["budget.currency"] = Text("currency_unreadable")
        if {"budget.amount", "budget.currency"} & self.wrong.keys():
            return None
        return Budget(amount.quantize(Decimal("0.01")), currency)

    def metrics(self) -> tuple[Metric, ...]:
        value = self.data.get("metrics") or []
        if not isinstance(value, list):
            self.wrong["metrics"] = Text("metrics_unreadable")
            return ()
        if len(value) > MOST_METRICS:
            self.wrong["metrics"] = Text("metrics_many", limit=MOST_METRICS)
            return ()
        read = [self.metric(item, f"metrics.{i}") for i, item in enumerate(value)]
        names = [m.name for m in read if m]
        for name in {n for n in names if names.count(n) > 1}:
            self.wrong["metrics"] = Text("metric_named_twice", name=name)
        if sum(m.role is MetricRole.PRIMARY for m in read if m) > 1:
            self.wrong["metrics"] = Text("two_primary_metrics")
        return tuple(m for m in read if m)

    def metric(self, item: object, path: str) -> Metric | None:
        if not isinstance(item, Mapping):
            self.wrong[path] = Text("metrics_unreadable")
            return None
        inner = _PlanReader(item)
        name = inner.word("name", limit=80)
        if name is None:
            inner.wrong.setdefault("name", Text("field_required", field="name"))
        kind = inner.choice("kind", MetricKind)
        if kind is None:
            inner.wrong.setdefault("kind", Text("field_required", field="kind"))
        columns = item.get("columns") or []
        if isinstance(columns, str):
            columns = [columns]
        if not isinstance(columns, list) or not all(
            isinstance(c, str) and len(c) <= 200 for c in columns
        ):
            inner.wrong["columns"] = Text("field_not_short_text", field="columns", limit=200)
            columns = []
        if len(columns) > 1:
            inner.wrong["columns"] = Text("metric_one_column", name=name or "")
        threshold = None
        if item.get("threshold") not in (None, ""):
            try:
                threshold = Threshold.parse(item["threshold"], "threshold")
            except Invalid as error:
                inner.wrong["threshold"] = error.text
        role = inner.choice("role", MetricRole) or MetricRole.SECONDARY
        better = inner.choice("better", Better)
        margin = inner.number("margin", low=0)
        for key, text in inner.wrong.items():
            self.wrong[f"{path}.{key}"] = text
        if name is None or kind is None:
            return None
        return Metric(
            name, kind, tuple(c.strip() for c in columns if c.strip()), role,
            threshold, better, margin, bool(item.get("proxy")),
        )  # fmt: skip
