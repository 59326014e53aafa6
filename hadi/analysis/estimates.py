"""The one place that knows which method answers for which metric, design and kind of look."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hadi.analysis.looks import Look
from hadi.domain.plan import Looks, Metric, MetricKind
from hadi.stats.errors import NotEstimable
from hadi.stats.results import Comparison
from hadi.stats.samples import CoMoments, Conversion, Events, Moments

if TYPE_CHECKING:
    from hadi.ingest.source import Sample
    from hadi.stats.omnibus import Omnibus


def estimate(
    metric: Metric, control: Sample, treatment: Sample, *, alpha: float, look: Look
) -> Comparison:
    """Compare two arms on one metric at the level that this look allows.

    Raises NotEstimable.
    """
    compare = _comparer(metric, control, treatment)
    found = compare(alpha)
    if look.kind is not Looks.ANYTIME:
        return found
    from hadi.stats import sequential

    units = found.n_control + found.n_treatment
    wide = sequential.equivalent_alpha(units, alpha=alpha, tuning=look.tuning)
    return sequential.always_valid(found, alpha=alpha, tuning=look.tuning, widened=compare(wide))


def value_of(metric: Metric, sample: Sample) -> float | None:
    """An arm's own value in the metric's units; None where it has none."""
    if sample.n == 0:
        return None
    if isinstance(sample, Conversion | Events):
        value = sample.rate
    elif isinstance(sample, Moments):
        value = sample.mean
    elif isinstance(sample, CoMoments):
        value = sample.means[0]
        if metric.kind is MetricKind.RATIO:
            value = value / sample.means[1] if sample.means[1] else math.nan
    else:
        value = _value_of_arrays(metric, sample)
    return value if math.isfinite(value) else None


def omnibus_of(metric: Metric, samples: Sequence[Sample], *, alpha: float) -> Omnibus:
    """Whether the arms differ at all, control first: the method of its kind, or Wald's from the
    comparisons of the arms. Raises NotEstimable."""
    from hadi.stats import omnibus
    from hadi.stats.arrays import Distribution

    conversions = [s for s in samples if isinstance(s, Conversion)]
    if len(conversions) == len(samples):
        return omnibus.conversions(conversions)
    moments = [s for s in samples if isinstance(s, Moments)]
    if len(moments) == len(samples):
        return omnibus.means(moments)
    distributions = [s for s in samples if isinstance(s, Distribution)]
    if len(distributions) == len(samples) and metric.kind is MetricKind.RANK:
        return omnibus.ranks(distributions)
    control, *treatments = samples
    found = [_comparer(metric, control, treatment)(alpha) for treatment in treatments]
    beside = _comparer(metric, treatments[0], treatments[1])(alpha)
    squares = [_square(comparison) for comparison in found]
    # Each squared error is the control's and the treatment's own; that of two treatments tells
    # the control's part.
    own = 0.5 * (squares[0] + squares[1] - _square(beside))
    own = min(max(own, 0.0), min(squares))
    return omnibus.estimates(
        [0.0, *(comparison.estimate for comparison in found)],
        [own, *(square - own for square in squares)],
    )


def _square(comparison: Comparison) -> float:
    if not comparison.standard_error:
        raise NotEstimable("no_variation")
    return comparison.standard_error**2


def _comparer(metric: Metric, control: Sample, treatment: Sample) -> Callable[[float], Comparison]:
    if isinstance(control, Conversion) and isinstance(treatment, Conversion):
        from hadi.stats import proportions

        shares = (control, treatment)
        return lambda alpha: proportions.compare(*shares, alpha=alpha)
    if isinstance(control, Moments) and isinstance(treatment, Moments):
        from hadi.stats import means

        averages = (control, treatment)
        return lambda alpha: means.compare(*averages, alpha=alpha)
    if isinstance(control, CoMoments) and isinstance(treatment, CoMoments):
        return _comparer_of_columns(metric, control, treatment)
    if isinstance(control, Events) and isinstance(treatment, Events):
        from hadi.stats import rates

        events = (control, treatment)
        return lambda alpha: rates.compare(*events, alpha=alpha)
    return _comparer_of_arrays(metric, control, treatment)


def _comparer_of_columns(
    metric: Metric, control: CoMoments, treatment: CoMoments
) -> Callable[[float], Comparison]:
    if metric.kind is MetricKind.RATIO and not metric.covariates:
        from hadi.stats import ratios

        return lambda alpha: ratios.compare(control, treatment, alpha=alpha)
    from hadi.stats import adjustment

    if metric.kind is MetricKind.RATIO:
        return lambda alpha: adjustment.cuped_ratio(control, treatment, alpha=alpha)
    if len(metric.covariates) == 1:
        return lambda alpha: adjustment.cuped_mean(control, treatment, alpha=alpha)
    from hadi.stats import lin

    return lambda alpha: lin.compare(control, treatment, alpha=alpha)


def _comparer_of_arrays(
    metric: Metric, control: Sample, treatment: Sample
) -> Callable[[float], Comparison]:
    from hadi.stats.arrays import Clusters, Distribution

    if isinstance(control, Clusters) and isinstance(treatment, Clusters):
        from hadi.stats import clusters

        stores = (control, treatment)
        return lambda alpha: clusters.compare(*stores, alpha=alpha)
    assert isinstance(control, Distribution) and isinstance(treatment, Distribution)
    values = (control, treatment)
    if metric.kind is MetricKind.QUANTILE:
        from hadi.stats import quantiles

        return lambda alpha: quantiles.compare(*values, q=metric.quantile, alpha=alpha)
    from hadi.stats import ranks

    return lambda alpha: ranks.compare(*values, alpha=alpha)


def _value_of_arrays(metric: Metric, sample: Sample) -> float:
    from hadi.stats.arrays import Clusters, Distribution

    if isinstance(sample, Clusters):
        return sample.value
    assert isinstance(sample, Distribution)
    from hadi.stats.quantiles import quantile

    return quantile(sample, metric.quantile)
