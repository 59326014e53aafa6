"""What a result's page shows beside its comparisons: other readings, segments, all arms at once.

A stored analysis is plain JSON; one made before these views existed simply has none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from hadi.charts.interval import IntervalChart, interval_chart
from hadi.domain.plan import Design, Looks, Metric, MetricRole, Plan
from hadi.domain.text import Figure, FigureKind, Text
from hadi.web.hypotheses.plan_words import difference_kind
from hadi.web.shared.language import figure, say
from hadi.web.shared.methods import base_of, explained_at

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """One more way to read a comparison; `url` is where its method is explained."""

    label: str
    sentence: str
    url: str | None = None


SMALL = 0.005  # of the greater of two losses: the other is next to nothing
SURE = 0.999


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """One level of a segment: who is in it, the effect there, and its adjusted p in words."""

    level: str
    n: str
    difference: str
    p: str
    note: str | None
    chart: IntervalChart | None


@dataclass(frozen=True, slots=True)
class SegmentTable:
    """One column's levels in one arm; `url` is where their comparison is explained."""

    column: str
    arm: str
    verdict: str
    url: str
    is_clustered: bool
    lines: tuple[SegmentLine, ...]


def readings(comparison: Record, metric: Metric, plan: Plan) -> tuple[Reading, ...]:
    """Everything else there is to say of one comparison."""
    if comparison["difference"]["estimate"] is None:
        return ()
    return tuple(_readings(comparison, metric, plan))


def _readings(comparison: Record, metric: Metric, plan: Plan) -> Iterator[Reading]:
    parameters = comparison.get("parameters") or {}
    yield from _margins(comparison, metric)
    yield from _of_method(comparison, parameters, metric)
    yield from _of_clusters(parameters, comparison["method"])
    if parameters.get("cap") is not None:
        cap = Text("beside_cap", cap=_number(parameters["cap"]))
        yield Reading(_("Extreme values"), say(cap), explained_at("winsor"))
    if plan.looks is Looks.ANYTIME and parameters.get("fixed_p") is not None:
        once = Text("beside_fixed_p", p=_p(parameters["fixed_p"]))
        yield Reading(_("Looks"), say(once), explained_at("anytime"))
    if comparison["role"] == MetricRole.PRIMARY and comparison["p_adjusted"] is not None:
        text = Text("beside_adjusted_p", p=_p(comparison["p_adjusted"]))
        yield Reading(_("Several arms"), say(text), explained_at("several_arms"))
    yield from _bayes(comparison, metric)


def _margins(comparison: Record, metric: Metric) -> Iterator[Reading]:
    kind = difference_kind(metric.kind)
    for key, met, unmet, with_p in (
        ("equivalence", "beside_flat", "beside_not_flat", "beside_flat_p"),
        ("non_inferiority", "beside_kept", "beside_not_kept", "beside_kept_p"),
    ):
        found = comparison.get(key)
        if not found:
            continue
        is_met = found.get("is_flat", found.get("is_met"))
        if key == "equivalence" and not is_met and not _holds_zero(comparison["difference"]):
            continue  # what surely differs needs no word that it is not the same
        if key == "non_inferiority" and _is_judged_by_margin(comparison):
            continue  # that is its answer, not one more way to read it
        text = _margin_text(found, met if is_met else unmet, with_p, kind)
        label = _("Is it flat?") if key == "equivalence" else _("Is the margin kept?")
        yield Reading(label, say(text), explained_at("equivalence"))


def margin_sentence(comparison: Record, metric: Metric) -> str | None:
    """Whether a guardrail's margin is kept; None where something else is its answer."""
    found = comparison.get("non_inferiority")
    if not found or not _is_judged_by_margin(comparison):
        return None
    code = "beside_kept" if found["is_met"] else "beside_not_kept"
    return say(_margin_text(found, code, "beside_kept_p", difference_kind(metric.kind)))


def _is_judged_by_margin(comparison: Record) -> bool:
    """Of a guardrail that surely got worse, chance is what there is to ask about."""
    is_guardrail: bool = comparison["role"] == MetricRole.GUARDRAIL
    return is_guardrail and comparison["verdict"] != "breached"


def _margin_text(found: Record, code: str, with_p: str, kind: FigureKind) -> Text:
    text = Text(code, margin=Figure(kind, found["margin"]))
    if found["p_value"] is None:
        return text
    return Text(with_p, sentence=text, p=_p(found["p_value"]))


def _of_method(
    comparison: Record, parameters: Mapping[str, Any], metric: Metric
) -> Iterator[Reading]:
    share = parameters.get("superiority")
    if share is not None:
        figure_ = _share(share)
        text = Text("beside_superiority", share=figure_, arm=comparison["arm"])
        yield Reading(_("Pair by pair"), say(text), explained_at(comparison["method"]))
    saved = parameters.get("variance_reduction")
    if saved is not None and parameters.get("unadjusted_estimate") is not None:
        kind = difference_kind(metric.kind)
        text = Text(
            "beside_adjusted",
            share=_share(max(saved, 0.0)),
            plain=Figure(kind, parameters["unadjusted_estimate"], is_signed=True),
        )
        yield Reading(_("Adjusted"), say(text), explained_at(comparison["method"]))


def _of_clusters(parameters: Mapping[str, Any], method: str) -> Iterator[Reading]:
    n = parameters.get("clusters")
    if n is None:
        return
    said = [Text("beside_clusters_only", n=int(n))]
    if parameters.get("naive_p") is not None:
        said = [Text("beside_clusters", n=int(n), naive=_p(parameters["naive_p"]))]
    drawn = parameters.get("permutation_p")
    if drawn is not None and base_of(method) == "cluster_permutation":
        smallest = _p(parameters.get("smallest_p") or 0.0)
        said.append(Text("beside_permutation_few", p=_p(drawn), smallest=smallest))
    elif drawn is not None:
        said.append(Text("beside_permutation", p=_p(drawn)))
    if parameters.get("bootstrap_p") is not None:
        said.append(Text("beside_bootstrap", p=_p(parameters["bootstrap_p"])))
    if parameters.get("icc") is not None:
        said.append(Text("beside_icc", icc=_share(max(parameters["icc"], 0.0))))
    sentence = " ".join(say(text) for text in said)
    yield Reading(_("Clusters"), sentence, explained_at("cluster_cr2_t"))


def _bayes(comparison: Record, metric: Metric) -> Iterator[Reading]:
    found = comparison.get("bayes")
    if not found:
        return
    kind = difference_kind(metric.kind)
    choosing, staying = found["expected_loss"]["treatment"], found["expected_loss"]["control"]
    code = "beside_chance"
    params: dict[str, str | int | Figure | Text] = {"arm": comparison["arm"]}
    params |= {"chance": _chance(found["chance_to_win"])}
    if choosing < SMALL * staying:
        code = "beside_chance_choose"
    else:
        params["loss"] = Figure(kind, choosing)
    if staying < SMALL * choosing:
        code = "beside_chance_stay"
    else:
        params["stay"] = Figure(kind, staying)
    yield Reading(_("Bayesian view"), say(Text(code, **params)), explained_at("bayes"))
    sceptical, prior = found.get("sceptical"), found.get("prior")
    if not sceptical or not prior:
        return
    end_kind = FigureKind.BARE_POINTS if kind is FigureKind.POINTS else kind
    params = {
        "chance": _chance(sceptical["chance_to_win"]),
        "effect": Figure(kind, sceptical["mean"], is_signed=True),
        "low": Figure(end_kind, sceptical["low"]),
        "high": Figure(end_kind, sceptical["high"]),
    }
    code = "beside_sceptical_none"
    if prior["tests"]:
        code, params["n"] = "beside_sceptical", int(prior["tests"])
    yield Reading(_("With some scepticism"), say(Text(code, **params)), explained_at("bayes"))


def omnibus_reading(record: Record) -> Reading | None:
    """Whether the arms differ at all; None with two arms."""
    found = record.get("omnibus")
    if not found:
        return None
    label = _("All arms")
    if found["method"] is None:
        note = say(Text.from_json(found["note_text"]))
        return Reading(label, note, explained_at("not_estimable"))
    p = 0.0 if found["p_value"] is None else found["p_value"]
    code = "omnibus_differ" if p <= record["alpha"] else "omnibus_alike"
    return Reading(label, say(Text(code, p=_p(p))), explained_at(found["method"]))


def segment_tables(record: Record, plan: Plan) -> tuple[SegmentTable, ...]:
    """The primary metric by segment, column by column and arm by arm."""
    metrics = {metric.name: metric for metric in plan.metrics}
    return tuple(
        SegmentTable(
            column=found["column"],
            arm=found["arm"],
            verdict=_interaction(found, record["alpha"]),
            url=explained_at("segments"),
            is_clustered=plan.design is Design.CLUSTER,
            lines=_segment_lines(found["levels"], metrics[found["metric"]]),
        )
        for found in record.get("segments", ())
    )


def look_sentence(record: Record) -> str:
    """When the result was looked at, and what that allows for."""
    look = record.get("look")
    if not look or look["kind"] == Looks.FIXED:
        return say(Text("look_fixed"))
    if look["kind"] == Looks.ANYTIME:
        return say(Text("look_anytime"))
    params: dict[str, int | Figure] = {"fraction": _share(look["fraction"] or 0.0)}
    if look["opened_early"]:
        return say(Text("look_planned_early", **params))
    params |= {"number": min(look["number"], look["count"]), "count": look["count"]}
    due = look.get("next_due")
    if due is None or record["closing"]:
        return say(Text("look_planned", **params))
    code = "look_planned_next" if look["open"] else "look_planned_waits"
    return say(Text(code, **params, next=_share(due)))


def settling_words(record: Record) -> str | None:
    """How long until an open question would be settled; None where that is not known."""
    found = record.get("settling")
    if not found or found["weeks"] is None:
        return None
    return say(Text("settling_weeks", n=found["weeks"]))


def ends_of(estimates: Iterable[Record]) -> tuple[float, ...]:
    """Every number of several intervals that one axis has to hold."""
    found = (one[name] for one in estimates for name in ("estimate", "low", "high"))
    return tuple(value for value in found if value is not None)


def _interaction(found: Record, alpha: float) -> str:
    tested = found["interaction"]
    if not tested:
        return say(Text("segments_untested"))
    p = 0.0 if tested["p_adjusted"] is None else tested["p_adjusted"]
    return say(Text("segments_differ" if p <= alpha else "segments_alike", p=_p(p)))


def _segment_lines(levels: Sequence[Record], metric: Metric) -> tuple[SegmentLine, ...]:
    room = ends_of(levels)
    return tuple(_segment_line(level, metric, room) for level in levels)


def _segment_line(level: Record, metric: Metric, room: tuple[float, ...]) -> SegmentLine:
    kind = difference_kind(metric.kind)
    n = figure(Figure(FigureKind.COUNT, level["n_control"] + level["n_treatment"]))
    name = level["level"] or str(_("(blank)"))
    if level["estimate"] is None:
        note = say(Text.from_json(level["note_text"])) if level["note_text"] else ""
        return SegmentLine(name, n, "–", "", note, None)
    end_kind = FigureKind.BARE_POINTS if kind is FigureKind.POINTS else kind
    ends = {end: Figure(end_kind, level[end]) for end in ("low", "high") if level[end] is not None}
    code = "_".join(["effect", *ends]) if ends else "effect_open"
    effect = Text(code, effect=Figure(kind, level["estimate"], is_signed=True), **ends)
    chart = interval_chart(
        level["estimate"], level["low"], level["high"], sign=metric.sign, kind=kind, room_for=room
    )
    return SegmentLine(name, n, say(effect), figure(_p(level["p_adjusted"] or 0.0)), None, chart)


def _holds_zero(interval: Record) -> bool:
    low, high = interval["low"], interval["high"]
    return (low is None or low <= 0.0) and (high is None or high >= 0.0)


def _chance(value: float) -> Figure | Text:
    """A chance that never reads as a certainty."""
    if value > SURE:
        return Text("beside_over", share=_share(SURE))
    if value < 1.0 - SURE:
        return Text("beside_under", share=_share(1.0 - SURE))
    return _share(value)


def _share(value: float) -> Figure:
    return Figure(FigureKind.SHARE, value)


def _number(value: float) -> Figure:
    return Figure(FigureKind.NUMBER, value)


def _p(value: float) -> Figure:
    return Figure(FigureKind.P_VALUE, value)
