"""The verdict of a hypothesis as its page shows it: sentence, picture, evidence, payback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from hadi.charts.interval import IntervalChart
from hadi.domain.permissions import Actor
from hadi.domain.plan import Plan
from hadi.domain.text import Text
from hadi.models import Analysis, Hypothesis, Test
from hadi.services.conclusions import is_post_factum
from hadi.services.dataset_records import computed_on
from hadi.web.hypotheses.analysis_beside import settling_words
from hadi.web.hypotheses.money_panels import payback_words
from hadi.web.hypotheses.plan_words import metric_title
from hadi.web.shared.intervals import deciding_comparison, interval_of
from hadi.web.shared.language import day, say


@dataclass(frozen=True, slots=True)
class VerdictPanel:
    """One stored analysis, read. `chart` is None where nothing is estimated (yet); `is_interim`: a
    look on the way, after which the test goes on. `test` says which test it belongs to, where a
    hypothesis has several."""

    verdict: str
    sentence: str
    url: str
    is_early: bool
    is_final: bool
    is_interim: bool = False
    evidence: str | None = None
    chart: IntervalChart | None = None
    metric: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    test: str | None = None
    when: str = ""


def panel(hypothesis: Hypothesis, actor: Actor) -> VerdictPanel | None:
    """The result of the current test, else its newest analysis; None where there is none."""
    test = hypothesis.current_test
    if test is None:
        return None
    analysis = test.result or (test.analyses[-1] if test.analyses else None)
    return verdict_of(hypothesis, analysis) if analysis else None


def earlier(hypothesis: Hypothesis) -> tuple[VerdictPanel, ...]:
    """The results of the tests before the current one, newest first."""
    past = [test for test in hypothesis.tests if test.id != hypothesis.current_test_id]
    return tuple(
        verdict_of(hypothesis, test.result, test=test) for test in reversed(past) if test.result
    )


def verdict_of(
    hypothesis: Hypothesis, analysis: Analysis, *, test: Test | None = None
) -> VerdictPanel:
    """A stored analysis as a panel."""
    record = analysis.record
    plan = analysis.plan_version.plan
    comparison = deciding_comparison(record)
    is_shown = analysis.verdict != "not_yet"
    has_payback = analysis.is_final and analysis.verdict not in ("invalid", "not_estimable")
    payback = _payback(hypothesis, analysis) if has_payback else None
    return VerdictPanel(
        verdict=analysis.label,
        sentence=sentence_of(analysis),
        url=url_for("hypotheses.analysis", key=hypothesis.key, analysis_id=analysis.id),
        is_early=bool(analysis.early_reason) and analysis.is_final,
        is_final=analysis.is_final,
        is_interim=is_shown and not analysis.is_final,
        evidence=record["evidence"] if is_shown else None,
        chart=interval_of(record, plan),
        metric=_title(comparison["metric"], plan) if comparison else None,
        facts=tuple(_facts(record, payback, is_exploration=is_post_factum(analysis))),
        warnings=(*_basis(analysis), *warnings_of(analysis)),
        test=_("Test %(number)s", number=test.number) if test else None,
        when=day(analysis.created_at),
    )


def _payback(hypothesis: Hypothesis, analysis: Analysis) -> str | None:
    """The second axis, of the result that counts."""
    of = next((test for test in hypothesis.tests if test.result_id == analysis.id), None)
    return payback_words(hypothesis, of) if of else None


def _title(name: str, plan: Plan) -> str:
    metric = next((metric for metric in plan.metrics if metric.name == name), None)
    return metric_title(metric) if metric else name


def _facts(
    record: Mapping[str, Any], payback: str | None, *, is_exploration: bool
) -> Iterator[tuple[str, str]]:
    if is_exploration:
        yield _("What it is worth"), say(Text("after_the_fact_badge"))
    settling = settling_words(record)
    if settling:
        yield _("To settle it, at the pace so far"), settling
    if payback is not None:
        yield _("Payback"), payback


def sentence_of(analysis: Analysis) -> str:
    """The verdict's sentence in the reader's language."""
    return say(Text.from_json(analysis.record["sentence_text"]))


def _basis(analysis: Analysis) -> Iterator[str]:
    """Which version of the data it rests on, where another stands in its place by now."""
    note = computed_on(analysis.dataset)
    if note is not None:
        yield say(note)


def warnings_of(analysis: Analysis) -> tuple[str, ...]:
    """What travels with the verdict, in the reader's language."""
    return tuple(say(Text.from_json(warning["text"])) for warning in analysis.record["warnings"])
