"""The verdict of a test before and after as one sentence: never more than a hint."""

from __future__ import annotations

from datetime import date

from hadi.domain import verdict_sentence
from hadi.domain.plan import Metric
from hadi.domain.text import Text
from hadi.domain.verdict import TestVerdict, Verdict
from hadi.domain.verdict_sentence import Progress, effect, threshold_figure
from hadi.stats.results import Comparison


def sentence(
    verdict: TestVerdict,
    *,
    metric: Metric,
    comparison: Comparison | None,
    explained: Text | None,
    explains_all: bool,
    periods: int,
    planned: int | None,
    ends_on: date | None,
) -> Text:
    """The sentence. `explained` says how much of the measured change the season accounts for,
    `explains_all` that it is all of it; None where no months were compared."""
    if verdict.verdict is Verdict.NOT_YET and verdict.failed_check is None and planned:
        return Text("sentence_season_not_yet", periods=periods, planned=planned)
    if verdict.verdict in (Verdict.NOT_YET, Verdict.INVALID):
        progress = Progress(ends_on=ends_on)
        return verdict_sentence.sentence(verdict, metric=metric, progress=progress)
    judged = verdict.metric_verdict
    is_hurt = judged is not None and judged.guardrail is not None
    if explained is not None and explains_all and not is_hurt and not (judged and judged.is_real):
        return Text("sentence_season_all", metric=metric.name, what=explained)
    if judged is None or comparison is None or judged.verdict is Verdict.NOT_ESTIMABLE:
        reason = judged.reason if judged and judged.reason else Text("nothing_to_compare")
        if explained is None:
            return Text("sentence_not_estimable", metric=metric.name, reason=reason)
        return Text("sentence_season_no_range", metric=metric.name, what=explained, reason=reason)
    return _judged(verdict, metric, comparison)


def _judged(verdict: TestVerdict, metric: Metric, comparison: Comparison) -> Text:
    judged = verdict.metric_verdict
    assert judged is not None
    promised = threshold_figure(metric)
    on_lift = judged.is_on_lift or promised is None
    change = effect(comparison, metric, is_on_lift=on_lift)
    if judged.guardrail is not None:
        return Text(
            "sentence_harmful_guardrail",
            metric=metric.name, effect=change, guardrail=judged.guardrail.metric,
        )  # fmt: skip
    code = f"sentence_season_{judged.verdict.value}"
    is_open = judged.verdict is Verdict.NOT_ENOUGH_DATA and judged.is_real
    if is_open:
        code += "_real"
    has_promise = judged.verdict in (Verdict.BELOW_THRESHOLD, Verdict.REFUTED) or is_open
    if promised is not None and has_promise:
        return Text(code, metric=metric.name, effect=change, threshold=promised)
    return Text(code, metric=metric.name, effect=change)
