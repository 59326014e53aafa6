"""A plan's chances in words: what is to be expected, what is missing, what would help most."""

from __future__ import annotations

import math
from dataclasses import replace

from hadi.domain.plan import Looks, MetricKind, Plan
from hadi.domain.shares import shown_share
from hadi.domain.text import Figure, FigureKind, Text
from hadi.services.planning_question import Question, is_clustered, is_relative
from hadi.stats.power import PowerAnswer

_WITH_SD = (MetricKind.MEAN, MetricKind.RATIO, MetricKind.RANK, MetricKind.QUANTILE)
_WITH_BASELINE = (MetricKind.CONVERSION, MetricKind.RATE)


def missing(plan: Plan) -> list[Text]:
    """What has to be filled in before anything can be said."""
    primary = plan.primary
    if primary is None:
        return [Text("planning_needs_metric")]
    found = []
    if plan.baseline is None and (primary.kind in _WITH_BASELINE or is_relative(primary)):
        found.append(Text("planning_needs_baseline"))
    if primary.kind in _WITH_SD and not plan.baseline_sd:
        ratio = "_ratio" if primary.kind is MetricKind.RATIO else ""
        found.append(Text(f"planning_needs_sd{ratio}"))
    if primary.kind is MetricKind.RATE and not plan.exposure:
        found.append(Text("planning_needs_exposure"))
    if is_clustered(plan) and not plan.cluster_size:
        found.append(Text("planning_needs_cluster_size"))
    if is_clustered(plan) and plan.icc is None:
        found.append(Text("planning_needs_icc"))
    if plan.expected_effect is None:
        found.append(Text("planning_needs_effect"))
    if not found and is_relative(primary) and (plan.baseline or 0.0) <= 0.0:
        found.append(Text("planning_needs_positive_baseline"))
    return found


def sentences(plan: Plan, asked: Question, found: PowerAnswer) -> list[Text]:
    """The chance of “confirmed” first, then what else a reader has to know."""
    said = [impossible] if (impossible := cannot_confirm(found)) else []
    said.append(
        Text(
            _counted("planning_confirmed", asked),
            effect=asked.effect_figure(),
            confirmed=_share(found.verdict_probabilities["confirmed"]),
            n=found.at_n_per_arm,
        )
    )
    if found.n_per_arm is not None:
        said.append(
            Text(
                _counted("planning_needed", asked),
                n=found.n_per_arm,
                effect=asked.effect_figure(),
                power=_share(plan.power),
            )
        )
    said += what_it_rests_on(asked, found)
    if plan.starts_on and plan.ends_on and not asked.counts_clusters:
        weeks = ((plan.ends_on - plan.starts_on).days + 1) / 7
        weekly = math.ceil(found.at_n_per_arm * len(asked.shares) / weeks)
        said.append(Text("planning_weekly", n=weekly))
    return said


def what_it_rests_on(asked: Question, found: PowerAnswer) -> list[Text]:
    """Clusters, looks, low power and suppositions: what a bare figure would hide."""
    said = [*_cluster_sentences(asked, found), *_look_sentences(asked, found)]
    if found.exaggeration is not None:
        said.append(
            Text("planning_exaggerates", times=Figure(FigureKind.NUMBER, found.exaggeration))
        )
    return said + _how(asked, found)


def cannot_confirm(found: PowerAnswer) -> Text | None:
    """So few clusters that no result whatever can be significant."""
    p, needed = found.smallest_p, found.clusters_to_confirm
    if p is None or p <= found.alpha:
        return None
    params: dict[str, int | Figure] = {
        "control": found.units[0],
        "treatment": min(found.units[1:]),
        "p": Figure(FigureKind.P_VALUE, p),
        "alpha": Figure(FigureKind.P_VALUE, found.alpha),
    }
    if needed is None:
        return Text("planning_impossible", **params)
    return Text("planning_impossible_below", needed=needed, **params)


def help_most(asked: Question, found: PowerAnswer, *, is_planned: bool) -> Text | None:
    """The one change that would lift the chance of “confirmed” most; None where the answer is
    about the needed size, and that is enough."""
    is_enough = asked.meets(found.verdict_probabilities["confirmed"])
    if is_enough and not is_planned:
        return None
    if is_enough:
        fewer = asked.units_for(found, most=found.at_n_per_arm)
        if fewer is not None and fewer < 0.8 * found.at_n_per_arm:
            return Text(_counted("planning_help_smaller", asked), n=fewer)
        return Text("planning_help_none")
    if asked.size <= asked.threshold:
        return Text("planning_help_stronger_change")
    units = asked.units_for(found)
    is_far = units is None or units > 2 * found.at_n_per_arm
    if is_far and (lower := asked.lower_threshold(found)) is not None:
        return Text(
            "planning_help_lower_threshold",
            threshold=Figure(asked.kind, lower[0]),
            effect=asked.effect_figure(),
            share=_share(lower[1]),
        )
    if asked.looks is Looks.ANYTIME:
        planned = replace(asked, looks=Looks.PLANNED, look_count=4, spending=None)
        if (share := planned.confirmed(found.at_n_per_arm)) >= asked.power:
            return Text("planning_help_planned_looks", share=_share(share))
    if len(asked.shares) > 2 and (fewer_arms := asked.one_new_arm(found)) >= asked.power:
        return Text("planning_help_fewer_arms", share=_share(fewer_arms))
    if units is None:
        return Text("planning_help_stronger_change")
    if asked.counts_clusters:
        return _more_clusters(asked, found, units)
    return _more(asked, units, asked.confirmed(units))


def _more(asked: Question, n: int, share: float) -> Text:
    return Text(_counted("planning_help_more_units", asked), n=n, share=_share(share))


def _more_clusters(asked: Question, found: PowerAnswer, clusters: int) -> Text:
    """More clusters, and what more units in each would do instead: mostly little."""
    share, other = asked.confirmed(clusters), asked.larger_clusters(found)
    code = "planning_help_clusters_or_units"
    if other < asked.power:
        code = "planning_help_clusters_not_units"
    return Text(code, n=clusters, share=_share(share), other=_share(other))


def _cluster_sentences(asked: Question, found: PowerAnswer) -> list[Text]:
    if asked.cluster_size is None or found.design_effect is None:
        return []
    units = found.at_n_per_arm * asked.cluster_size
    said = [
        Text(
            "planning_design_effect",
            n=found.at_n_per_arm,
            units=round(units),
            worth=round(units / found.design_effect),
            times=Figure(FigureKind.NUMBER, found.design_effect),
        ),
        Text("planning_icc_help"),
    ]
    if found.smallest_p is not None and found.smallest_p <= found.alpha:
        said.append(Text("planning_permutation", p=Figure(FigureKind.P_VALUE, found.smallest_p)))
    return said


def _look_sentences(asked: Question, found: PowerAnswer) -> list[Text]:
    if found.expected_units is None:
        return []
    if asked.looks is Looks.ANYTIME:
        return [Text(_counted("planning_anytime", asked), n=found.expected_units)]
    looks = asked.look_count or 2
    return [Text(_counted("planning_expected_units", asked), n=found.expected_units, looks=looks)]


def _how(asked: Question, found: PowerAnswer) -> list[Text]:
    """What the figures rest on, where that is more than the numbers typed in."""
    said = []
    if asked.metric is MetricKind.QUANTILE:
        shape = "lognormal" if asked.is_lognormal else "normal"
        said.append(Text(f"planning_shape_{shape}"))
    if asked.metric is MetricKind.RANK:
        said.append(Text("planning_shape_normal"))
    if found.draws is not None and found.simulation_error is not None:
        error = Figure(FigureKind.POINTS, found.simulation_error)
        said.append(Text("planning_simulated", draws=found.draws, error=error))
    return said


def _counted(code: str, asked: Question) -> str:
    return f"{code}_clusters" if asked.counts_clusters else code


def _share(value: float) -> Figure:
    return Figure(FigureKind.SHARE, shown_share(value))
