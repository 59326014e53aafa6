"""What the page of an analysis shows: the answer, the evidence, then the method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hadi.charts.interval import IntervalChart, interval_chart
from hadi.domain.lifecycle import State
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.plan import Design, Looks, Metric, MetricKind, MetricRole, Plan
from hadi.domain.statement import Statement
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models import Analysis, Hypothesis
from hadi.services import hypotheses
from hadi.services.dataset_records import newer_than
from hadi.web.hypotheses.analysis_beside import (
    Reading,
    SegmentTable,
    ends_of,
    look_sentence,
    margin_sentence,
    omnibus_reading,
    readings,
    segment_tables,
)
from hadi.web.hypotheses.analysis_panels import VerdictPanel, verdict_of
from hadi.web.hypotheses.check_words import check_word
from hadi.web.hypotheses.data_opening import early
from hadi.web.hypotheses.data_pages import crumbs
from hadi.web.hypotheses.data_panels import dataset_name
from hadi.web.hypotheses.pilot_result import PilotPart, pilot_part
from hadi.web.hypotheses.plan_words import (
    difference_kind,
    is_in_percent,
    metric_title,
    period,
    value_kind,
)
from hadi.web.hypotheses.season_result import SeasonPart, season_part
from hadi.web.hypotheses.unbundle_views import unbundle_url
from hadi.web.shared.language import figure, moment, say
from hadi.web.shared.methods import base_of, explained_at
from hadi.web.shared.pages import Link, Page
from hadi.web.shared.render import chrome

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ComparisonLine:
    """One treatment against the control on one metric. `chance` says p in words; `status` is a
    guardrail's, `verdict` any other metric's; `note` why there is no estimate. Where `is_adjusted`
    the difference is not that of the two values shown."""

    metric: str
    arm: str
    is_adjusted: bool
    beside: str  # what it is held against
    control: str
    treatment: str
    difference: str
    lift: str
    chance: str
    verdict: str | None
    status: str | None
    status_word: str
    note: str | None
    chart: IntervalChart | None
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class MethodLine:
    """One fact of how the numbers were made; `url` is where it is explained."""

    label: str
    value: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running test is: units of its smallest arm."""

    units: int
    planned: int | None
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class NextLink:
    """What to do after reading it."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisPage(Page):
    """`/hypotheses/<key>/analyses/<id>`. Before the end the comparisons are empty."""

    key: str
    crumbs: tuple[Link, ...]
    verdict: VerdictPanel
    statement: Statement
    early_reason: str
    early_note: str  # what the reason was given for
    who: str
    when: str
    arms: tuple[tuple[str, str], ...]
    checks: tuple[tuple[str, str, str], ...]
    primary: tuple[ComparisonLine, ...]
    guardrails: tuple[ComparisonLine, ...]
    secondary: tuple[ComparisonLine, ...]
    omnibus: Reading | None
    segments: tuple[SegmentTable, ...]
    pilot: PilotPart | None
    season: SeasonPart | None
    progress: Progress | None
    is_newer: bool  # a newer data set or analysis exists
    next: NextLink | None
    unbundle_url: str | None  # several things changed at once: each becomes a hypothesis
    method: tuple[MethodLine, ...]
    methods_url: str
    checks_url: str  # where the checks are explained
    plan_url: str
    dataset_url: str
    json_url: str


def analysis_page(hypothesis: Hypothesis, analysis: Analysis, *, actor: Actor) -> AnalysisPage:
    """The page of one stored analysis."""
    record, plan = analysis.record, analysis.plan_version.plan
    lines = _by_role(record, plan) if analysis.verdict != "not_yet" else {}
    key = hypothesis.key
    return AnalysisPage(
        title=_("Result of %(key)s", key=key),
        chrome=chrome(),
        key=key,
        crumbs=crumbs(hypothesis, (_("Data"), "hypotheses.data")),
        verdict=verdict_of(hypothesis, analysis),
        statement=hypothesis.statement,
        early_reason=analysis.early_reason,
        early_note=early(plan.looks).note,
        who=analysis.author.name if analysis.author else "HADI",
        when=moment(analysis.created_at),
        arms=tuple((arm["name"], _count(arm["units"])) for arm in record["arms"]),
        checks=tuple(
            (c["status"], check_word(c["code"]), say(Text.from_json(c["text"])))
            for c in record["checks"]
        ),
        primary=lines.get(MetricRole.PRIMARY, ()),
        guardrails=lines.get(MetricRole.GUARDRAIL, ()),
        secondary=lines.get(MetricRole.SECONDARY, ()),
        omnibus=omnibus_reading(record),
        segments=segment_tables(record, plan),
        pilot=pilot_part(record, plan),
        season=season_part(record, plan),
        progress=None if analysis.is_final else _progress(record, plan),
        is_newer=_is_newer(hypothesis, analysis),
        next=_next(hypothesis, analysis, actor=actor),
        unbundle_url=unbundle_url(hypothesis, actor) if _is_result(hypothesis, analysis) else None,
        method=tuple(_method(analysis, plan)),
        methods_url=url_for("methods.show"),
        checks_url=explained_at("quality"),
        plan_url=url_for("hypotheses.plan", key=key),
        dataset_url=url_for("hypotheses.dataset", key=key, dataset_id=analysis.dataset_id),
        json_url=url_for("hypotheses.analysis_json", key=key, analysis_id=analysis.id),
    )


def _by_role(record: Record, plan: Plan) -> dict[str, tuple[ComparisonLine, ...]]:
    metrics = {metric.name: metric for metric in plan.metrics}
    alpha = record.get("look", {}).get("boundary_alpha") or plan.alpha
    found: dict[str, list[ComparisonLine]] = {}
    for comparison in record["comparisons"]:
        name = comparison["metric"]
        beside = [c["difference"] for c in record["comparisons"] if c["metric"] == name]
        line = _line(comparison, metrics[name], plan, ends_of(beside), alpha)
        found.setdefault(comparison["role"], []).append(line)
    return {role: tuple(lines) for role, lines in found.items()}


def _line(
    comparison: Record, metric: Metric, plan: Plan, room: tuple[float, ...], alpha: float
) -> ComparisonLine:
    in_percent = is_in_percent(plan)
    kind = difference_kind(metric.kind)
    is_guardrail = comparison["role"] == MetricRole.GUARDRAIL
    status = comparison["verdict"] if is_guardrail else None
    note = comparison["note_text"]
    return ComparisonLine(
        metric=metric_title(metric),
        arm=str(_("after")) if plan.season else comparison["arm"],
        is_adjusted=base_of(comparison["method"] or "").startswith(("cuped_", "lin_")),
        beside=_held_against(plan),
        control=_sample(comparison["control"], metric, plan),
        treatment=_sample(comparison["treatment"], metric, plan),
        difference=_estimate(comparison["difference"], kind),
        lift=_estimate(comparison["lift"], FigureKind.PERCENT),
        chance=margin_sentence(comparison, metric) or _chance(comparison, alpha, plan.alpha),
        verdict=None if is_guardrail else comparison["verdict"],
        status=status,
        status_word=say(Text(f"guardrail_{status}")) if status else "",
        note=say(Text.from_json(note)) if note else None,
        chart=_chart(comparison, metric, kind, room, in_percent=in_percent),
        readings=readings(comparison, metric, plan),
    )


def _held_against(plan: Plan) -> str:
    """What the first of the two values is."""
    if plan.season is not None:
        return str(_("Expected by season and trend"))
    if plan.pilot is not None:
        return str(_("Expected without the change"))
    return str(_("Control"))


def _chart(
    comparison: Record,
    metric: Metric,
    kind: FigureKind,
    room: tuple[float, ...],
    *,
    in_percent: bool = False,
) -> IntervalChart | None:
    """On one axis with the other arms of its metric; `in_percent`: the relative difference, which
    a pilot is judged on."""
    difference = comparison["lift"] if in_percent else comparison["difference"]
    if not difference or difference["estimate"] is None:
        return None
    threshold = metric.threshold
    goal = threshold.value if threshold and (in_percent or not threshold.is_relative) else None
    if in_percent:
        kind, room = FigureKind.PERCENT, ()
    if metric.margin is not None and comparison["role"] == MetricRole.GUARDRAIL:
        goal = -metric.margin
    return interval_chart(
        difference["estimate"],
        difference["low"],
        difference["high"],
        threshold=goal,
        sign=metric.sign,
        kind=kind,
        room_for=room,
    )


def _sample(sample: Record, metric: Metric, plan: Plan) -> str:
    n = _count(sample["n"])
    is_clustered = plan.design is Design.CLUSTER
    if sample["value"] is None:
        if is_clustered:
            return str(_("no value, %(n)s clusters", n=n))
        return str(_("no value, %(n)s units", n=n))
    value = figure(Figure(value_kind(metric.kind), sample["value"]))
    if plan.season is not None:
        return str(ngettext("%(value)s on average, %(n)s period",
                            "%(value)s on average, %(n)s periods",
                            sample["n"], value=value, n=n))  # fmt: skip
    if plan.pilot is not None:
        return str(ngettext("%(value)s on average, %(n)s site", "%(value)s on average, %(n)s sites",
                            sample["n"], value=value, n=n))  # fmt: skip
    if is_clustered:
        return str(_("%(value)s in %(n)s clusters", value=value, n=n))
    if metric.kind is MetricKind.CONVERSION:
        return str(_("%(value)s of %(n)s units", value=value, n=n))
    if metric.kind is MetricKind.MEAN:
        return str(_("%(value)s on average, %(n)s units", value=value, n=n))
    return str(_("%(value)s (%(n)s units)", value=value, n=n))


def _estimate(estimate: Record | None, kind: FigureKind) -> str:
    """An estimate with its interval, or a dash."""
    if not estimate or estimate["estimate"] is None:
        return "–"
    end_kind = FigureKind.BARE_POINTS if kind is FigureKind.POINTS else kind
    ends = {
        name: Figure(end_kind, estimate[name])
        for name in ("low", "high")
        if estimate[name] is not None
    }
    code = "_".join(["effect", *ends]) if ends else "effect_open"
    return say(Text(code, effect=Figure(kind, estimate["estimate"], is_signed=True), **ends))


def _chance(comparison: Record, alpha: float, whole: float) -> str:
    """What p says, in words; of secondary metrics the adjusted one, which already allows for the
    arms. `alpha` is that of one comparison at this look, `whole` that of all looks."""
    if comparison["difference"]["estimate"] is None:
        return ""
    is_secondary = comparison["role"] == MetricRole.SECONDARY
    value = comparison["p_adjusted"] if is_secondary else comparison["p_value"]
    p = 0.0 if value is None else value
    said = Figure(FigureKind.P_VALUE, p)
    level = alpha if is_secondary else comparison["alpha"]
    if level < p <= whole:
        return say(Text("chance_could_here", p=said, level=Figure(FigureKind.P_VALUE, level)))
    if p <= level and _touches_nothing(comparison["difference"]):
        return say(Text("chance_disputed", p=said))
    return say(Text("chance_hardly" if p <= level else "chance_could", p=said))


def _touches_nothing(difference: Record) -> bool:
    """Whether the interval holds no effect at all."""
    low, high = difference["low"], difference["high"]
    return (low is None or low <= 0.0) and (high is None or high >= 0.0)


def _progress(record: Record, plan: Plan) -> Progress:
    progress = record["progress"]
    planned = progress["planned_units"]
    is_clustered = plan.design is Design.CLUSTER
    if plan.own is not None:
        return _pilot_progress(progress, plan)
    label = _("Units in the smallest arm (“%(arm)s”)", arm=progress["arm"])
    if is_clustered:
        label = _("Clusters in the smallest arm (“%(arm)s”)", arm=progress["arm"])
    when = period(plan)
    if planned:
        n, planned_n = _count(progress["units"]), _count(planned)
        note = _("%(n)s of %(planned)s planned units", n=n, planned=planned_n)
        if is_clustered:
            note = _("%(n)s of %(planned)s planned clusters", n=n, planned=planned_n)
        note = f"{note}; {when}" if when else str(note)
    else:
        note = when
    return Progress(min(progress["units"], planned or 0), planned, str(label), note)


def _pilot_progress(progress: Record, plan: Plan) -> Progress:
    """Of a pilot, the periods since its start."""
    planned, when = progress["planned_units"], period(plan)
    note = when
    if planned:
        n, of = _count(progress["units"]), _count(planned)
        counted = _("%(n)s of %(planned)s planned periods", n=n, planned=of)
        note = f"{counted}; {when}" if when else str(counted)
    label = str(_("Periods since the change began"))
    return Progress(min(progress["units"], planned or 0), planned, label, note)


def _is_newer(hypothesis: Hypothesis, analysis: Analysis) -> bool:
    """Whether this is no longer the last word on its test."""
    test = next((test for test in hypothesis.tests if test.id == analysis.test_id), None)
    if test is None or not test.analyses:
        return False
    return newer_than(analysis.dataset) is not None or test.analyses[-1].id != analysis.id


def _is_result(hypothesis: Hypothesis, analysis: Analysis) -> bool:
    test = hypothesis.current_test
    return test is not None and test.result_id == analysis.id


def _next(hypothesis: Hypothesis, analysis: Analysis, *, actor: Actor) -> NextLink | None:
    """From the final result of the current test on to the insight; before it, on to more data.
    From what is no longer the last word it does not go on."""
    if hypothesis.current_test_id != analysis.test_id or _is_newer(hypothesis, analysis):
        return None
    stake = hypotheses.stake(hypothesis)
    is_measured = hypothesis.state is State.MEASURED and analysis.is_final
    if is_measured and allows(actor, Permission.WRITE_INSIGHT, stake):
        url = url_for("hypotheses.conclusion", key=hypothesis.key)
        return NextLink(_("Write the insight and decide"), url, "lightbulb")
    is_running = hypothesis.state is State.RUNNING and not analysis.is_final
    if is_running and allows(actor, Permission.ATTACH_DATA, stake):
        url = url_for("hypotheses.data", key=hypothesis.key)
        return NextLink(_("Attach newer data"), url, "paperclip")
    return None


def _method(analysis: Analysis, plan: Plan) -> Iterator[MethodLine]:
    """How the numbers were made, down to the versions of the packages."""
    record = analysis.record
    compared = [c for c in record["comparisons"] if c["method"]]
    methods = dict.fromkeys((c["metric"], base_of(c["method"])) for c in compared)
    is_at_every_look = any(c["method"] != base_of(c["method"]) for c in compared)
    is_one = len({method for _metric, method in methods}) == 1
    for metric, method in list(methods)[: 1 if is_one else None]:
        label = _("Method") if is_one else _("Method, %(metric)s", metric=metric)
        how = Text(f"method_{method}")
        if is_at_every_look:
            how = Text("method_at_every_look", method=how)
        yield MethodLine(label, say(how), explained_at(method))
    omnibus = record.get("omnibus")
    if omnibus and omnibus["method"]:
        said = say(Text(f"method_{omnibus['method']}"))
        yield MethodLine(_("All arms"), said, explained_at(omnibus["method"]))
    alpha = figure(Figure(FigureKind.SHARE, record["alpha"]))
    yield MethodLine(_("Risk of a false alarm"), alpha)
    kind = record.get("look", {}).get("kind", "fixed")
    levels = {c["alpha"] for c in record["comparisons"]} - {record["alpha"]}
    if levels:
        level = figure(Figure(FigureKind.SHARE, levels.pop()))
        yield MethodLine(_level_word(kind, len(record["arms"])), level, explained_at(kind))
    yield MethodLine(_("Looks at the result"), look_sentence(record), explained_at(kind))
    version = analysis.plan_version
    yield MethodLine(_("Plan"), _version(version.number, version.digest))
    dataset = analysis.dataset
    named = f"{dataset_name(dataset)}, {_version(dataset.version, dataset.digest)}"
    yield MethodLine(_("Data"), named)
    yield MethodLine(_("Fingerprint of the input"), record["input_digest"] or "")
    yield MethodLine(_("Version of the rule"), record["rule_version"])
    packages = ", ".join(f"{name} {version}" for name, version in record["packages"].items())
    yield MethodLine(_("Packages"), packages)


def _level_word(kind: str, arms: int) -> str:
    if kind != Looks.PLANNED:
        return str(_("For each arm"))
    return str(_("At this look, for each arm") if arms > 2 else _("At this look"))


def _version(number: int | None, digest: str | None) -> str:
    return str(_("version %(n)s, %(digest)s", n=number, digest=(digest or "")[:16]))


def _count(n: int) -> str:
    return figure(Figure(FigureKind.COUNT, n))
