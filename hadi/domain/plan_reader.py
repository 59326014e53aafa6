"""Reads the JSON of a plan field by field, collecting what is wrong instead of stopping at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from hadi.domain.economics import Declaration
from hadi.domain.errors import Invalid
from hadi.domain.metric_rules import design_faults, metric_faults
from hadi.domain.months import is_impossible_day, no_day, read_span, read_when
from hadi.domain.numbers import finite
from hadi.domain.pilot_plan import (
    MOST_COMPONENTS,
    MOST_SITES,
    Decide,
    Method,
    PilotPlan,
    Scale,
)
from hadi.domain.plan import (
    MOST_ARMS,
    MOST_COVARIATES,
    MOST_LOOKS,
    MOST_METRICS,
    MOST_SEGMENTS,
    Better,
    Budget,
    Design,
    Looks,
    Metric,
    MetricKind,
    MetricRole,
    Plan,
    Spending,
    Threshold,
)
from hadi.domain.season_plan import FIELDS as SEASON_FIELDS
from hadi.domain.season_plan import KeptSeason, SeasonMethod, SeasonPlan
from hadi.domain.text import Text

_E = TypeVar("_E", bound=StrEnum)


@dataclass(slots=True)
class PlanReader:
    """The JSON, and what is wrong with it so far, by field."""

    data: Mapping[str, Any]
    wrong: dict[str, Text] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)  # in the JSON, of the metrics that were read

    def read(self) -> Plan:
        design = self.choice("design", Design)
        known = set(Plan.__dataclass_fields__) - {"pilot", "season"}
        if design is Design.PILOT:
            known |= set(PilotPlan.__dataclass_fields__)
        if design is Design.BEFORE_AFTER:
            known |= set(SEASON_FIELDS)
        for name in self.data:
            if name not in known:
                self.wrong[name] = Text("field_unknown", field=name)
        plan = Plan(
            design=design,
            variant=self.word("variant"),
            control=self.word("control"),
            split=self.split(),
            unit=self.word("unit"),
            cluster=self.word("cluster"),
            segments=self.words("segments", MOST_SEGMENTS),
            day=self.word("day"),
            group=self.word("group"),
            metrics=self.metrics(),
            looks=self.choice("looks", Looks) or Looks.FIXED,
            look_count=self.look_count(),
            spending=self.choice("spending", Spending),
            alpha=self.fraction("alpha", 0.05, below=0.5),
            power=self.fraction("power", 0.8, below=1),
            baseline=self.number("baseline"),
            baseline_sd=self.number("baseline_sd", low=0),
            expected_effect=self.number("expected_effect"),
            exposure=self.positive("exposure"),
            icc=self.number("icc", low=0, high=1),
            cluster_size=self.positive("cluster_size"),
            cluster_cv=self.number("cluster_cv", low=0),
            budget=self.budget(),
            starts_on=self.day("starts_on"),
            ends_on=self.day("ends_on"),
            planned_units=self.count("planned_units"),
            owner=self.word("owner"),
            steward=self.word("steward"),
            money=self.money(),
            pilot=self.pilot() if design is Design.PILOT else None,
            season=self.season() if design is Design.BEFORE_AFTER else None,
        )
        if plan.starts_on and plan.ends_on and plan.ends_on < plan.starts_on:
            self.wrong["ends_on"] = Text("end_before_start")
        for place, metric in zip(self.places, plan.metrics, strict=True):
            for name, text in design_faults(metric, plan.design).items():
                self.wrong.setdefault(f"metrics.{place}.{name}", text)
        if self.wrong:
            raise Invalid(Text("plan_invalid", n=len(self.wrong)), self.wrong)
        return plan

    def pilot(self) -> PilotPlan:
        """The fields of a pilot, which stand among those of the plan."""
        start = self.label("start")
        if start and is_impossible_day(start):
            self.wrong["start"] = Text("day_impossible", value=start[:60])
        return PilotPlan(
            site=self.word("site"),
            time=self.word("time"),
            value=self.word("value"),
            treated=self.sites("treated"),
            controls=self.sites("controls"),
            start=start,
            method=self.choice("method", Method) or Method.DID,
            scale=self.choice("scale", Scale) or Scale.LOG,
            decide=self.choice("decide", Decide) or Decide.PLACEBO,
            components=self.words("components", MOST_COMPONENTS),
        )

    def season(self) -> SeasonPlan:
        """The fields of a test before and after, which stand among those of the plan."""
        start, before = self.label("start"), self.label("before")
        if start and read_when(start) is None:
            self.wrong["start"] = Text("season_start_unreadable", value=start[:60])
        if before:
            try:
                read_span(before, "before")
            except Invalid as error:
                self.wrong["before"] = error.text
        return SeasonPlan(
            time=self.word("time"),
            value=self.word("value"),
            start=start,
            before=before,
            method=self.choice("method", SeasonMethod) or SeasonMethod.COEFFICIENTS,
            is_counts=self.data.get("counts") is True,
            profile=self.profile(),
        )

    def profile(self) -> KeptSeason | None:
        """Coefficients that were kept; None where the series' own are taken."""
        value = self.data.get("profile")
        if not value:
            return None
        try:
            return KeptSeason.from_json(value)
        except Invalid as error:
            self.wrong["profile"] = error.text
            return None

    def label(self, name: str) -> str | None:
        """A short text, or a whole number that stands for one: sites and weeks have numbers."""
        value = self.data.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self.word(name)

    def sites(self, name: str) -> tuple[str, ...]:
        """A list of sites, each once."""
        value = self.data.get(name)
        if value in (None, "", []):
            return ()
        listed = [value] if isinstance(value, (str, int)) else value
        if not isinstance(listed, (list, tuple)) or len(listed) > MOST_SITES:
            self.wrong[name] = Text("field_sites", field=name, limit=MOST_SITES)
            return ()
        inner = PlanReader({str(i): site for i, site in enumerate(listed)})
        found = [inner.label(key) for key in inner.data]
        if inner.wrong:
            self.wrong[name] = Text("field_not_short_text", field=name, limit=200)
        return tuple(dict.fromkeys(site for site in found if site))

    def money(self) -> Declaration | None:
        """What the effect is worth; None where nothing is said of it."""
        value = self.data.get("money")
        if not value:
            return None
        if not isinstance(value, Mapping):
            self.wrong["money"] = Text("economics_unreadable")
            return None
        try:
            return Declaration.from_json(value, "money.") or None
        except Invalid as error:
            self.wrong.update(error.fields)
            return None

    def word(self, name: str, limit: int = 200) -> str | None:
        value = self.data.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if not isinstance(value, str) or len(value) > limit or "\0" in value:
            self.wrong[name] = Text("field_not_short_text", field=name, limit=limit)
            return None
        return value.strip()

    def words(self, name: str, most: int) -> tuple[str, ...]:
        """A list of short texts, or one alone."""
        value = self.data.get(name)
        if value in (None, "", []):
            return ()
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, (list, tuple)) or len(listed) > most:
            self.wrong[name] = Text("field_list", field=name, limit=most)
            return ()
        inner = PlanReader({str(i): word for i, word in enumerate(listed)})
        found = [inner.word(key) for key in inner.data]
        if inner.wrong:
            self.wrong[name] = Text("field_not_short_text", field=name, limit=200)
        return tuple(dict.fromkeys(word for word in found if word))

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
        return self.between(name, 0, below) or default

    def positive(self, name: str) -> float | None:
        value = self.number(name, low=0)
        if value == 0:
            self.wrong[name] = Text("field_not_positive", field=name)
        return value or None

    def between(self, name: str, low: float, high: float) -> float | None:
        """A number above `low` and below `high`."""
        value = self.number(name)
        if value is None or low < value < high:
            return value
        self.wrong[name] = Text(
            "field_above_and_below", field=name, low=f"{low:g}", high=f"{high:g}"
        )
        return None

    def look_count(self) -> int | None:
        count = self.count("look_count")
        if count is not None and not 2 <= count <= MOST_LOOKS:
            self.wrong["look_count"] = Text("look_count_range", limit=MOST_LOOKS)
            return None
        return count

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
            self.wrong[name] = no_day(value, Text("field_not_a_date", field=name))
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
        self.places = [place for place, m in enumerate(read) if m]
        return tuple(m for m in read if m)

    def metric(self, item: object, path: str) -> Metric | None:
        if not isinstance(item, Mapping):
            self.wrong[path] = Text("metrics_unreadable")
            return None
        inner = PlanReader(item)
        name = inner.word("name", limit=80)
        if name is None:
            inner.wrong.setdefault("name", Text("field_required", field="name"))
        kind = inner.choice("kind", MetricKind)
        if kind is None:
            inner.wrong.setdefault("kind", Text("field_required", field="kind"))
        columns = inner.columns()
        threshold = None
        if item.get("threshold") not in (None, ""):
            try:
                threshold = Threshold.parse(item["threshold"], "threshold")
            except Invalid as error:
                inner.wrong["threshold"] = error.text
        role = inner.choice("role", MetricRole) or MetricRole.SECONDARY
        better = inner.choice("better", Better)
        margin = inner.number("margin", low=0)
        winsor, q = inner.between("winsor", 0.5, 1), inner.between("q", 0, 1)
        covariates = inner.words("covariate", MOST_COVARIATES)
        metric = None
        if name is not None and kind is not None:
            metric = Metric(
                name, kind, columns, role, threshold, better, margin, bool(item.get("proxy")),
                covariates, winsor, q,
            )  # fmt: skip
            for key, text in metric_faults(metric).items():
                inner.wrong.setdefault(key, text)
        for key, text in inner.wrong.items():
            self.wrong[f"{path}.{key}"] = text
        return metric

    def columns(self) -> tuple[str, ...]:
        value = self.data.get("columns") or []
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(
            isinstance(c, str) and len(c) <= 200 for c in listed
        ):
            self.wrong["columns"] = Text("field_not_short_text", field="columns", limit=200)
            return ()
        return tuple(c.strip() for c in listed if c.strip())
