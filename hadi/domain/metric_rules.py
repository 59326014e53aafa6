"""What a metric of each kind can take: one list for the form, the API and the command line."""

from __future__ import annotations

from hadi.domain.plan import Design, Metric, MetricKind, Plan
from hadi.domain.text import Text

ADJUSTABLE = (MetricKind.MEAN, MetricKind.RATIO)
CLUSTERABLE = (MetricKind.CONVERSION, MetricKind.MEAN, MetricKind.RATIO, MetricKind.RATE)
PILOTABLE = (MetricKind.MEAN, MetricKind.RATIO)
SERIAL = (MetricKind.MEAN, MetricKind.RATE)
COUNTABLE = (MetricKind.CONVERSION, MetricKind.MEAN, MetricKind.RATE)


def metric_faults(metric: Metric) -> dict[str, Text]:
    """What is wrong with a metric by itself, by field."""
    wrong: dict[str, Text] = {}
    parts, kind = metric.kind.parts, metric.kind
    if metric.columns and len(metric.columns) != len(parts):
        if len(parts) == 1:
            wrong["columns"] = Text("metric_one_column", name=metric.name)
        else:
            first, second = parts
            wrong["columns"] = Text(
                "metric_two_columns",
                name=metric.name,
                first=Text(f"part_{first}"),
                second=Text(f"part_{second}"),
            )
    if metric.covariates and kind not in ADJUSTABLE:
        wrong["covariate"] = Text("metric_no_covariate", name=metric.name)
    elif kind is MetricKind.RATIO and len(metric.covariates) > 2:
        wrong["covariate"] = Text("metric_two_covariates", name=metric.name)
    elif set(metric.covariates) & set(metric.columns):
        wrong["covariate"] = Text("metric_own_covariate", name=metric.name)
    if metric.winsor is not None:
        if kind not in ADJUSTABLE:
            wrong["winsor"] = Text("metric_no_winsor", name=metric.name)
        elif not 0.5 < metric.winsor < 1.0:
            wrong["winsor"] = Text("metric_winsor_range", name=metric.name)
    if metric.q is not None:
        if kind is not MetricKind.QUANTILE:
            wrong["q"] = Text("metric_no_q", name=metric.name)
        elif not 0.0 < metric.q < 1.0:
            wrong["q"] = Text("metric_q_range", name=metric.name)
    return wrong


def design_faults(metric: Metric, design: Design | None) -> dict[str, Text]:
    """What is wrong with a metric under a design, by field."""
    wrong: dict[str, Text] = {}
    if design is Design.CLUSTER:
        if metric.kind not in CLUSTERABLE:
            wrong["kind"] = Text("cluster_no_kind", name=metric.name)
        if metric.covariates:
            wrong["covariate"] = Text("cluster_no_covariate", name=metric.name)
    if design is Design.PILOT:
        if metric.kind not in PILOTABLE:
            wrong["kind"] = Text("pilot_no_kind", name=metric.name)
        if metric.covariates or metric.winsor is not None:
            wrong["covariate"] = Text("pilot_no_options", name=metric.name)
    if design is Design.BEFORE_AFTER:
        if metric.kind not in SERIAL:
            wrong["kind"] = Text("season_no_kind", name=metric.name)
        if metric.covariates or metric.winsor is not None:
            wrong["covariate"] = Text("season_no_options", name=metric.name)
    return wrong


def counts_refusal(plan: Plan) -> Text | None:
    """Why typed counts cannot answer a plan; None where they can."""
    if plan.design is Design.PILOT:
        return Text("counts_not_for_pilots")
    if plan.design is Design.BEFORE_AFTER:
        return Text("counts_not_for_series")
    if len(plan.metrics) != 1:
        return Text("counts_not_for_metric")
    metric = plan.metrics[0]
    if metric.kind not in COUNTABLE:
        return Text("counts_not_for_kind", name=metric.name)
    if plan.design is Design.CLUSTER:
        return Text("counts_not_for_clusters")
    if metric.covariates or metric.winsor is not None:
        return Text("counts_not_for_options", name=metric.name)
    return None
