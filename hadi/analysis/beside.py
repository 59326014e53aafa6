"""What stands beside a comparison and never instead of it: is it flat, is the margin kept, what
would a Bayesian say, do the arms differ at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hadi.analysis.looks import Look
from hadi.domain.plan import Looks, Metric, MetricRole
from hadi.stats.results import Comparison, Interval

if TYPE_CHECKING:
    from hadi.ingest.source import Sample
    from hadi.stats.bayes import Posterior, Prior


@dataclass(frozen=True, slots=True)
class Margin:
    """A margin held against an effect, in the metric's units: `p_value` is that of the one-sided
    tests (None: not asked at this kind of look, or too small for a float), `is_met` whether the
    interval says so."""

    margin: float
    p_value: float | None
    is_met: bool


@dataclass(frozen=True, slots=True)
class BayesView:
    """Two posteriors of the difference: from the data alone, and with the sceptical prior that
    the workspace's own past tests make (None without them)."""

    flat: Posterior
    sceptical: Posterior | None = None
    prior: Prior | None = None  # on the lift's scale

    def as_json(self) -> dict[str, Any]:
        prior = self.prior
        return _posterior_json(self.flat) | {
            "sceptical": _posterior_json(self.sceptical) if self.sceptical else None,
            "prior": {"mean": prior.mean, "sd": prior.sd, "tests": prior.n} if prior else None,
        }


def equivalence(metric: Metric, result: Comparison, look: Look) -> Margin | None:
    """Is the effect surely smaller than the threshold either way: flat, and well measured? None
    without a threshold above zero."""
    if metric.role is MetricRole.GUARDRAIL or metric.threshold is None:
        return None
    size = metric.threshold.value
    if metric.threshold.is_relative:
        size *= abs(result.control)
    if size <= 0.0:
        return None
    is_flat = _lies_within(result.interval, -size, size)
    if look.kind is not Looks.FIXED or not result.standard_error:
        return Margin(size, None, is_flat)
    from hadi.stats.equivalence import tost

    return Margin(size, tost(result, low=-size, high=size).p_value, is_flat)


def non_inferiority(metric: Metric, result: Comparison, look: Look) -> Margin | None:
    """Is a guardrail surely not worse by its margin? None without a margin."""
    if metric.role is not MetricRole.GUARDRAIL or metric.margin is None:
        return None
    low, high = result.interval.low, result.interval.high
    end = low if metric.sign > 0 else (None if high is None else -high)
    is_met = end is not None and end > -metric.margin
    if look.kind is not Looks.FIXED or not result.standard_error:
        return Margin(metric.margin, None, is_met)
    from hadi.stats.equivalence import non_inferiority as test

    return Margin(metric.margin, test(result, margin=metric.margin, sign=metric.sign), is_met)


def bayes_view(
    metric: Metric, result: Comparison, *, alpha: float, prior: Prior | None
) -> BayesView | None:
    """The posteriors; None where the method has no standard error."""
    if not result.standard_error:
        return None
    from hadi.stats import bayes

    flat = bayes.posterior(
        result.estimate, result.standard_error, prior=None, alpha=alpha, sign=metric.sign
    )
    size = abs(result.control)
    if prior is None or result.lift is None or size == 0.0:
        return BayesView(flat)
    scaled = bayes.Prior(prior.mean * size, prior.sd * size, prior.n)
    sceptical = bayes.posterior(
        result.estimate, result.standard_error, prior=scaled, alpha=alpha, sign=metric.sign
    )
    return BayesView(flat, sceptical, prior)


def _posterior_json(posterior: Posterior) -> dict[str, Any]:
    return {
        "mean": posterior.mean,
        "low": posterior.low,
        "high": posterior.high,
        "chance_to_win": posterior.chance_to_win,
        "expected_loss": {
            "control": posterior.loss_choose_control,
            "treatment": posterior.loss_choose_treatment,
        },
    }


def _lies_within(interval: Interval, low: float, high: float) -> bool:
    if interval.low is None or interval.high is None:
        return False
    return interval.low > low and interval.high < high


def arms_differ(
    metric: Metric, samples: Mapping[str, Sample], *, alpha: float, look: Look
) -> dict[str, Any] | None:
    """The omnibus test of the primary metric over three arms or more, as JSON; None with two.

    Its p holds for one look, so it has none on the way of a test that is looked at again.
    """
    if len(samples) < 3:
        return None
    from hadi.analysis.estimates import omnibus_of
    from hadi.domain.text import Text
    from hadi.stats.errors import NotEstimable

    empty = {"method": None, "statistic": None, "df": None, "df_within": None}
    empty |= {"p_value": None, "log10_p": None}
    try:
        if look.is_repeated:
            raise NotEstimable("omnibus_one_look")
        found = omnibus_of(metric, list(samples.values()), alpha=alpha)
    except NotEstimable as unknown:
        note = Text(unknown.code, **{k: str(v) for k, v in unknown.params.items()})
        return {"metric": metric.name, **empty, "note_text": note.as_json(), "note": str(note)}
    return {
        "metric": metric.name,
        "method": found.method,
        "statistic": found.statistic,
        "df": found.df,
        "df_within": found.df_within,
        "p_value": found.p_value,
        "log10_p": found.log10_p,
        "note_text": None,
        "note": None,
    }
