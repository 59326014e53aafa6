"""A metric as it is written on the command line, read into the plan's Metric.

name=kind(column[,column])[;role=...][;threshold=0.01|5%][;margin=...][;better=lower]
[;covariate=column[,column]][;winsor=0.999][;q=0.9]
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import replace

from hadi.domain.errors import Invalid
from hadi.domain.metric_rules import metric_faults
from hadi.domain.plan import MOST_COVARIATES, Better, Metric, MetricKind, MetricRole, Threshold
from hadi.domain.text import Text

KINDS = tuple(MetricKind)
OPTIONS = ("role", "threshold", "margin", "better", "covariate", "winsor", "q")

# The name has no "="; a column's name may hold anything, brackets too, so it ends at the last
# bracket that options (or nothing) follow.
_SPEC = re.compile(
    r"\s*(?P<name>[^=]+?)\s*=\s*(?P<kind>\w+)\s*\((?P<columns>.*)\)\s*"
    r"(?P<options>(?:;\s*\w+\s*=[^;]*)*);?\s*",
    re.DOTALL,
)


def parse_metrics(specs: Sequence[str]) -> tuple[Metric, ...]:
    """The metrics of a plan: the first is primary, the rest secondary, unless a role says
    otherwise. Raises Invalid."""
    read = [_parse(spec) for spec in specs]
    names = [metric.name for metric, _ in read]
    for name in names:
        if names.count(name) > 1:
            raise Invalid(Text("spec_named_twice", name=name))
    said = [metric for metric, has_role in read if has_role and metric.role is MetricRole.PRIMARY]
    if len(said) > 1:
        raise Invalid(Text("spec_two_primary", first=said[0].name, second=said[1].name))
    metrics = [metric for metric, _ in read]
    if not said:
        if read[0][1]:
            raise Invalid(Text("spec_no_primary"))
        metrics[0] = replace(metrics[0], role=MetricRole.PRIMARY)
    return tuple(metrics)


def parse_split(written: str) -> dict[str, float]:
    """`A=0.5,B=0.5` as shares that add to 1; parts (`A=1,B=3`) are turned into shares."""
    shares: dict[str, float] = {}
    for part in written.split(","):
        arm, equals, share = part.rpartition("=")
        arm = arm.strip()
        value = _number(share)
        if not equals or not arm or arm in shares or value is None or value < 0:
            raise Invalid(Text("spec_split", split=written[:80]))
        shares[arm] = value
    total = sum(shares.values())
    if len(shares) < 2 or not 0 < total < math.inf:
        raise Invalid(Text("spec_split", split=written[:80]))
    return {arm: share / total for arm, share in shares.items()}


def _parse(spec: str) -> tuple[Metric, bool]:
    """One metric, and whether it said its role."""
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise Invalid(Text("spec_unreadable", spec=spec[:80]))
    name, kind = match["name"], match["kind"].lower()
    if kind not in KINDS:
        raise Invalid(Text("spec_kind_unknown", kind=kind[:40], kinds=", ".join(KINDS)))
    options = _options(match["options"], name)
    columns = _columns(match["columns"], MetricKind(kind))
    if not columns:
        raise Invalid(Text("spec_columns", metric=name))
    role = _role(options.get("role"), name)
    margin = _margin(options.get("margin"), name)
    if margin is not None and role is not MetricRole.GUARDRAIL:
        raise Invalid(Text("spec_margin_role", metric=name))
    threshold = options.get("threshold")
    metric = Metric(
        name=name,
        kind=MetricKind(kind),
        columns=columns,
        role=role or MetricRole.SECONDARY,
        threshold=Threshold.parse(threshold, "threshold") if threshold is not None else None,
        better=_better(options.get("better"), name),
        margin=margin,
        covariates=_listed(options.get("covariate", ""))[:MOST_COVARIATES],
        winsor=_share(options, "winsor", name),
        q=_share(options, "q", name),
    )
    for fault in metric_faults(metric).values():
        raise Invalid(fault)
    return metric, role is not None


def _columns(written: str, kind: MetricKind) -> tuple[str, ...]:
    """One column, whatever is in its name; or two with a comma between them (a name that holds
    a comma stands in double quotes then)."""
    if len(kind.parts) == 1:
        return (written.strip(),) if written.strip() else ()
    return _listed(written)


def _listed(written: str) -> tuple[str, ...]:
    cells = next(csv.reader([written], skipinitialspace=True), [])
    return tuple(cell.strip() for cell in cells if cell.strip())


def _share(options: dict[str, str], key: str, metric: str) -> float | None:
    if key not in options:
        return None
    number = _number(options[key])
    if number is None:
        raise Invalid(Text("spec_share", metric=metric, option=key, value=options[key][:40]))
    return number


def _options(written: str, metric: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in written.split(";"))):
        key, _, value = part.partition("=")
        key = key.strip().lower()
        if key not in OPTIONS:
            raise Invalid(Text("spec_option_unknown", option=key[:40], options=", ".join(OPTIONS)))
        if key in options:
            raise Invalid(Text("spec_option_twice", metric=metric, option=key))
        options[key] = value.strip()
    return options


def _role(value: str | None, metric: str) -> MetricRole | None:
    if value is None:
        return None
    try:
        return MetricRole(value.lower())
    except ValueError:
        raise Invalid(Text("spec_role", metric=metric, value=value[:40])) from None


def _better(value: str | None, metric: str) -> Better | None:
    if value is None:
        return None
    try:
        return Better(value.lower())
    except ValueError:
        raise Invalid(Text("spec_better", metric=metric, value=value[:40])) from None


def _margin(value: str | None, metric: str) -> float | None:
    if value is None:
        return None
    number = _number(value)
    if number is None or number < 0:
        raise Invalid(Text("spec_margin", metric=metric, value=value[:40]))
    return number


def _number(value: str) -> float | None:
    try:
        number = float(value.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
