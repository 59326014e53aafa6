"""The quality of a result: what could carry it besides the change. These warn, and never
invalidate.

They look at values, not only at units, so they are made when the result may be seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any

from hadi.analysis.comparisons import Compared
from hadi.analysis.estimates import estimate
from hadi.analysis.looks import Look
from hadi.domain.plan import Looks, Metric, MetricKind, Plan
from hadi.domain.text import Figure, FigureKind, Text
from hadi.domain.verdict import Check, CheckStatus
from hadi.ingest.source import ArmSummary, Slice, Summaries
from hadi.stats.errors import NotEstimable
from hadi.stats.results import Comparison
from hadi.stats.samples import CoMoments

if TYPE_CHECKING:
    from hadi.ingest.source import Sample

FAR_SHARE = 0.1  # of an arm's total, in the hands of far-out units
LARGEST_SHARE = 0.05  # of an arm's total, one unit's alone
IMBALANCE_ALPHA = 0.01
HALF = 0.5  # of the effect: one group that carries as much carries it
DISPERSION = 1.5  # variance over mean of events per exposure; Poisson has 1
# Ranks and quantiles have no sums by day or by seller.
_SUMMED = (MetricKind.CONVERSION, MetricKind.MEAN, MetricKind.RATIO, MetricKind.RATE)
FIXED = Look(Looks.FIXED, is_open=True, is_final=True)


def quality(
    summaries: Summaries, plan: Plan, compared: Sequence[Compared], deciding: Compared | None
) -> tuple[Check, ...]:
    """Every quality check that the data allow; `deciding` is the primary metric in the arm that
    the verdict speaks of."""
    return tuple(_quality(summaries, plan, compared, deciding))


def _quality(
    summaries: Summaries, plan: Plan, compared: Sequence[Compared], deciding: Compared | None
) -> Iterator[Check]:
    if summaries.outliers:
        yield _outliers(summaries)
    yield from _pre_period(summaries, plan)
    yield from _overdispersion(compared)
    yield from _giant_cluster(compared)
    if deciding is None or deciding.result is None:
        return
    place = next(i for i, arm in enumerate(summaries.arms) if arm.name == deciding.arm)
    if plan.group and plan.primary and plan.primary.kind in _SUMMED:
        yield from _concentration(summaries.groups, deciding, place)
    if plan.day and plan.primary and plan.primary.kind in _SUMMED:
        yield from _novelty(summaries.days, deciding, place)
    if summaries.clusters is not None:
        yield from _clusters(summaries, deciding, place)


def _outliers(summaries: Summaries) -> Check:
    """The arm and metric where the fewest units hold the most."""
    found = [
        (metric, arm, far)
        for metric, by_arm in summaries.outliers.items()
        for arm, far in zip(summaries.arms, by_arm, strict=True)
        if arm.samples[metric].n
    ]
    if not found:
        return Check("outliers", CheckStatus.PASS, Text("check_outliers_pass"))
    metric, arm, far = max(found, key=lambda item: item[2].largest_share)
    n = _units(summaries, arm, metric)
    if far.largest_share > max(LARGEST_SHARE, 10.0 / n):
        detail = Text(
            "check_outliers_largest",
            metric=metric,
            arm=arm.name,
            largest=Figure(FigureKind.NUMBER, far.largest),
            share=Figure(FigureKind.SHARE, far.largest_share),
        )
        return Check("outliers", CheckStatus.WARN, detail)
    fenced = [item for item in found if item[2].fence is not None and item[2].units]
    if not fenced:
        return Check("outliers", CheckStatus.PASS, Text("check_outliers_pass"))
    metric, arm, far = max(fenced, key=lambda item: item[2].share_of_total)
    share_of_units = far.units / _units(summaries, arm, metric)
    detail = Text(
        "check_outliers_far",
        metric=metric,
        arm=arm.name,
        n=far.units,
        units=Figure(FigureKind.SHARE, share_of_units),
        share=Figure(FigureKind.SHARE, far.share_of_total),
    )
    is_much = far.share_of_total > FAR_SHARE and share_of_units < FAR_SHARE / 5
    return Check("outliers", CheckStatus.WARN if is_much else CheckStatus.PASS, detail)


def _units(summaries: Summaries, arm: ArmSummary, metric: str) -> int:
    """Single units, whatever was drawn: an extreme value is one unit's."""
    return summaries.cluster_units.get(arm.name, arm.samples[metric].n)


def _pre_period(summaries: Summaries, plan: Plan) -> Iterator[Check]:
    """Did the arms differ before anything was changed? A fair draw makes that rare, however many
    covariates and arms are looked at."""
    from hadi.stats import means

    found: list[tuple[str, str, Comparison]] = []
    for metric in plan.metrics:
        for place, name in enumerate(metric.covariates, start=len(metric.kind.parts)):
            for arm in summaries.arms[1:]:
                before, after = (a.samples[metric.name] for a in (summaries.arms[0], arm))
                if not isinstance(before, CoMoments) or not isinstance(after, CoMoments):
                    continue
                try:
                    result = means.compare(
                        before.marginal(place), after.marginal(place), alpha=IMBALANCE_ALPHA
                    )
                except NotEstimable:
                    continue
                found.append((name, arm.name, result))
    if found:
        covariate, treatment, worst = min(found, key=lambda item: item[2].log10_p or 0.0)
        asked = len({(name, arm) for name, arm, _ in found})
        yield _pre_period_check(covariate, treatment, worst, IMBALANCE_ALPHA / asked)


def _pre_period_check(covariate: str, arm: str, result: Comparison, alpha: float) -> Check:
    p = result.p_value or 0.0
    is_uneven = p < alpha
    detail = Text(
        "check_pre_period_warn" if is_uneven else "check_pre_period_pass",
        covariate=covariate,
        arm=arm,
        control=Figure(FigureKind.NUMBER, result.control),
        treatment=Figure(FigureKind.NUMBER, result.treatment),
        p=Figure(FigureKind.P_VALUE, p),
    )
    status = CheckStatus.WARN if is_uneven else CheckStatus.PASS
    return Check("pre_period", status, detail, result.p_value, result.log10_p)


def _overdispersion(compared: Sequence[Compared]) -> Iterator[Check]:
    """Events that come in bunches make a Poisson rate look surer than it is."""
    found: list[tuple[float, Check]] = []
    for one in compared:
        parameters = one.result.parameters if one.result else {}
        dispersion, robust = parameters.get("dispersion"), parameters.get("robust_p")
        if one.metric.kind is not MetricKind.RATE or not isinstance(dispersion, float):
            continue
        is_bunched = dispersion > DISPERSION
        detail = Text(
            "check_overdispersion_warn" if is_bunched else "check_overdispersion_pass",
            metric=one.metric.name,
            arm=one.arm,
            dispersion=Figure(FigureKind.NUMBER, dispersion),
            p=Figure(FigureKind.P_VALUE, robust if isinstance(robust, float) else 0.0),
        )
        status = CheckStatus.WARN if is_bunched else CheckStatus.PASS
        p_value = robust if isinstance(robust, float) else None
        found.append((dispersion, Check("overdispersion", status, detail, p_value)))
    if found:
        yield max(found, key=lambda item: item[0])[1]


def _giant_cluster(compared: Sequence[Compared]) -> Iterator[Check]:
    """One cluster that is more than half of its arm: the interval is then too narrow."""
    for one in compared:
        share = one.result.parameters.get("largest_share") if one.result else None
        if isinstance(share, float) and share > HALF:
            figure = Figure(FigureKind.SHARE, share)
            text = Text("check_clusters_giant", share=figure, metric=one.metric.name, arm=one.arm)
            yield Check("clusters", CheckStatus.WARN, text)
            return


def _concentration(groups: tuple[Slice, ...], deciding: Compared, place: int) -> Iterator[Check]:
    """One seller or store that carries the effect: what is left of it without each. Of an effect
    that cannot be told from zero the share of anyone is noise, thousands of percent of it."""
    result, metric = deciding.result, deciding.metric
    assert result is not None
    if result.p_value is not None and result.p_value > deciding.alpha:
        text = Text("check_concentration_no_effect", metric=metric.name)
        yield Check("concentration", CheckStatus.PASS, text)
        return
    found = [
        (1.0 - rest.estimate / result.estimate, part.name, rest)
        for part, rest in _left_out(groups, metric, place, deciding.alpha)
        if result.estimate != 0.0
    ]
    if len(found) < 3:
        text = Text("check_concentration_unseen", metric=metric.name)
        yield Check("concentration", CheckStatus.PASS, text)
        return
    share, name, rest = max(found, key=lambda item: item[0])
    is_carried = share > HALF
    detail = Text(
        "check_concentration_warn" if is_carried else "check_concentration_pass",
        group=name or "–",
        metric=metric.name,
        share=Figure(FigureKind.SHARE, max(share, 0.0)),
        rest=Figure(_difference_kind(metric), rest.estimate, is_signed=True),
    )
    yield Check("concentration", CheckStatus.WARN if is_carried else CheckStatus.PASS, detail)


def _left_out(
    groups: tuple[Slice, ...], metric: Metric, place: int, alpha: float
) -> Iterator[tuple[Slice, Comparison]]:
    """Each group with the comparison of all others; sums from both ends, so that it takes as
    many mergers as groups."""
    pairs = [(g.arms[0].samples[metric.name], g.arms[place].samples[metric.name]) for g in groups]
    before: list[Any] = [None]
    for pair in pairs[:-1]:
        before.append(_merged(before[-1], pair))
    after: Any = None
    rests: list[Any] = []
    for pair, first in zip(reversed(pairs), reversed(before), strict=True):
        rests.append(_merged(first, after))
        after = _merged(pair, after)
    for part, rest in zip(groups, reversed(rests), strict=True):
        try:
            yield part, estimate(metric, rest[0], rest[1], alpha=alpha, look=FIXED)
        except NotEstimable:
            continue


def _merged(
    left: tuple[Sample, Sample] | None, right: tuple[Sample, Sample] | None
) -> tuple[Any, Any] | None:
    if left is None or right is None:
        return left or right
    pairs: Any = zip(left, right, strict=True)
    control, treatment = (reduce(lambda a, b: a + b, pair) for pair in pairs)
    return control, treatment


def _novelty(days: tuple[Slice, ...], deciding: Compared, place: int) -> Iterator[Check]:
    """Does the effect fade from day to day, as what is merely new does?"""
    from hadi.stats.trends import pooled_variances, weighted_slope

    metric = deciding.metric
    places: list[float] = []
    daily: list[Comparison] = []
    for day in days:
        control, treatment = (day.arms[i].samples[metric.name] for i in (0, place))
        try:
            result = estimate(metric, control, treatment, alpha=deciding.alpha, look=FIXED)
        except NotEstimable:
            continue
        if result.standard_error:
            places.append(float(date.fromisoformat(day.name).toordinal()))
            daily.append(result)
    if len(daily) < 3:
        text = Text("check_novelty_unseen", metric=metric.name)
        yield Check("novelty", CheckStatus.PASS, text)
        return
    squares = [(one.standard_error or 0.0) ** 2 for one in daily]
    variances = pooled_variances(squares, [(one.n_control, one.n_treatment) for one in daily])
    trend = weighted_slope(places, [one.estimate for one in daily], variances)
    p = trend.p_value or 0.0
    assert deciding.result is not None
    is_fading = p < 0.05 and trend.slope * deciding.result.estimate < 0.0
    code = "check_novelty_warn" if is_fading else "check_novelty_pass"
    detail = Text(
        code,
        metric=metric.name,
        slope=Figure(_difference_kind(metric), trend.slope, is_signed=True),
        n=len(daily),
        p=Figure(FigureKind.P_VALUE, p),
    )
    status = CheckStatus.WARN if is_fading else CheckStatus.PASS
    yield Check("novelty", status, detail, trend.p_value, trend.log10_p)


def _clusters(summaries: Summaries, deciding: Compared, place: int) -> Iterator[Check]:
    """A test of single units whose stores each lie in one arm: stores may be what was drawn, and
    then units are not the evidence they look like."""
    from hadi.stats import clusters

    assert summaries.clusters is not None and deciding.result is not None
    control, treatment = summaries.clusters[0], summaries.clusters[place]
    naive = Figure(FigureKind.P_VALUE, deciding.result.p_value or 0.0)
    try:
        result = clusters.compare(control, treatment, alpha=deciding.alpha)
    except NotEstimable:
        detail = Text("check_clusters_few", n=control.n + treatment.n, naive=naive)
        yield Check("clusters", CheckStatus.WARN, detail)
        return
    is_alike = all(p is None or p < 0.001 for p in (result.p_value, deciding.result.p_value))
    if is_alike:
        detail = Text("check_clusters_alike", n=control.n + treatment.n)
        yield Check("clusters", CheckStatus.WARN, detail, result.p_value, result.log10_p)
        return
    detail = Text(
        "check_clusters_warn",
        n=control.n + treatment.n,
        naive=naive,
        p=Figure(FigureKind.P_VALUE, result.p_value or 0.0),
    )
    yield Check("clusters", CheckStatus.WARN, detail, result.p_value, result.log10_p)


def _difference_kind(metric: Metric) -> FigureKind:
    return FigureKind.POINTS if metric.kind is MetricKind.CONVERSION else FigureKind.NUMBER
