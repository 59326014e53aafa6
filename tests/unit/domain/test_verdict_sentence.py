"""Every verdict is one plain sentence, with its effect and interval, in words that exist."""

from __future__ import annotations

import re
from datetime import date

import pytest

from hadi.domain.evidence import EvidenceGrade, grade_of
from hadi.domain.plan import Better, Design, Metric, MetricKind, MetricRole, Threshold
from hadi.domain.text import Text
from hadi.domain.verdict import (
    Check,
    CheckStatus,
    GuardrailStatus,
    GuardrailVerdict,
    MetricVerdict,
    Verdict,
    judge_comparison,
    judge_test,
)
from hadi.domain.verdict_sentence import Progress, effect, sentence
from hadi.domain.wording import estimates, verdicts
from hadi.stats import means, proportions
from hadi.stats.results import Comparison, Interval
from hadi.stats.samples import Conversion, Moments


def metric(threshold=None, kind=MetricKind.CONVERSION, better=None):
    given = None if threshold is None else Threshold.parse(threshold, "threshold")
    return Metric("deals won", kind, ("won",), MetricRole.PRIMARY, given, better)


def said(control, treatment, threshold=None, *, several=False, guardrails=(), **more):
    comparison = proportions.compare(Conversion(*control), Conversion(*treatment), alpha=0.05)
    primary = metric(threshold)
    verdict = judge_test([], {"B": judge_comparison(comparison, primary, alpha=0.05)}, guardrails)
    text = sentence(
        verdict, metric=primary, comparison=comparison, has_several_arms=several, **more
    )
    assert Text.from_json(text.as_json()) == text
    return str(text)


CASES = [
    (
        ((1300, 325), (1300, 403), 0.05),
        (
            "It works: “deals won” changed by +6.0 pp (2.5 to 9.4). That reaches the promised"
            " 5.0 pp, though the true effect may be smaller."
        ),
    ),
    (
        ((1300, 325), (1300, 403)),
        "It works: “deals won” changed by +6.0 pp (2.5 to 9.4). Chance alone would hardly do this.",
    ),
    (
        ((1300, 325), (1300, 403), 0.02),
        (
            "It works: “deals won” changed by +6.0 pp (2.5 to 9.4). Even the cautious end of that"
            " range reaches the promised 2.0 pp."
        ),
    ),
    (
        ((1300, 325), (1300, 403), "20%"),
        (
            "It works: “deals won” changed by +24.0% (9.5% to 40.4%). That reaches the promised"
            " 20.0%, though the true effect may be smaller."
        ),
    ),
    (
        ((1300, 325), (1300, 403), 0.1),
        (
            "It works, but less than promised: “deals won” changed by +6.0 pp (2.5 to 9.4). The"
            " promised 10.0 pp is out of reach."
        ),
    ),
    (
        ((1930, 262), (1915, 279), 0.04),
        (
            "The promised effect is not there: “deals won” changed by +0.99 pp (−1.2 to 3.2). An"
            " effect of 4.0 pp is ruled out, and that is worth knowing."
        ),
    ),
    (
        ((1300, 403), (1300, 325), 0.05),
        (
            "It does harm: “deals won” changed by −6.0 pp (−9.4 to −2.5), for the worse. Chance"
            " alone would hardly do this."
        ),
    ),
]


@pytest.mark.parametrize(("arguments", "words"), CASES)
def test_what_was_found(arguments, words):
    assert said(*arguments) == words


def test_what_would_settle_it_is_said():
    open_case = ((120, 18), (124, 26))
    assert said(*open_case, 0.05, settles_at=2_300) == (
        "Not enough data: “deals won” changed by +6.0 pp (−3.8 to 15.5), and chance alone could do"
        " this. If the effect stays as it looks now, about 2,300 units per group would settle"
        " whether it reaches the promised 5.0 pp."
    )
    assert "would settle it." in said(*open_case, settles_at=660)
    assert "more units would hardly settle it." in said(*open_case)
    assert "More units of the same kind would hardly settle" in said(*open_case, 0.05)
    stores = said(*open_case, 0.05, settles_at=14, is_clustered=True)
    assert "about 14 clusters per group would settle" in stores
    real = ((1300, 325), (1300, 403), 0.07)
    assert said(*real, settles_at=9_000).startswith("There is an effect: “deals won”")
    assert "It lies so close to the promised 7.0 pp" in said(*real)


def test_the_best_of_several_arms_is_named():
    assert said((1300, 325), (1300, 403), several=True).startswith(
        "The best group is “B”. It works: “deals won”"
    )


def test_a_breached_guardrail_is_named():
    breach = GuardrailVerdict("returns", "B", GuardrailStatus.BREACHED)
    assert said((1300, 325), (1300, 403), 0.05, guardrails=[breach]) == (
        "It does harm: “returns”, which had to be protected, got worse. “deals won” itself changed"
        " by +6.0 pp (2.5 to 9.4)."
    )


def test_means_are_said_in_their_own_units():
    comparison = means.compare(
        Moments.from_sd(500, 420.0, 80.0), Moments.from_sd(500, 400.0, 80.0), alpha=0.05
    )
    primary = metric(5, MetricKind.MEAN, Better.LOWER)
    verdict = judge_test([], {"B": judge_comparison(comparison, primary, alpha=0.05)})
    assert str(sentence(verdict, metric=primary, comparison=comparison)).startswith(
        "It works: “deals won” changed by −20.0 (−29.9 to −10.1)."
    )


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.01, None, "+6.0 pp (1.0 or more)"),
        (None, 0.09, "+6.0 pp (9.0 or less)"),
        (None, None, "+6.0 pp (range unknown)"),
        (0.01, 0.09, "+6.0 pp (1.0 to 9.0)"),
    ],
)
def test_unbounded_intervals(low, high, words):
    comparison = Comparison(
        9, 9, 0.2, 0.26, 0.06, Interval(low, high, 0.95), 0.01, -2.0, None, "newcombe_fisher"
    )
    assert str(effect(comparison, metric())) == words


@pytest.mark.parametrize(
    ("code", "beginning"),
    [
        ("sample_ratio", "This test cannot be judged: its groups are not the size"),
        ("mixed_units", "This test cannot be judged: too many units were in more than one group."),
        ("unknown_arms", "This test cannot be judged: too many rows belong to no known group."),
        ("post_factum", "This test cannot be judged. There are no units"),
    ],
)
def test_an_invalid_test_says_by_which_check(code, beginning):
    failed = Check(code, CheckStatus.FAIL, Text("ratio_no_units"), 0.0003)
    text = str(sentence(judge_test([failed], {}), metric=metric()))
    assert text.startswith(beginning)
    assert text.endswith("There are no units to check the split by.")


def test_no_estimate_says_why():
    unknown = MetricVerdict(Verdict.NOT_ESTIMABLE, reason=Text("treatment_one_unit"))
    text = str(sentence(judge_test([], {"B": unknown}), metric=metric()))
    assert text.startswith("There is no estimate for “deals won”. The changed group has one unit")
    nothing = str(sentence(judge_test([], {}), metric=metric()))
    assert nothing.endswith("There is no second group to compare with.")


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress(), "The test is still running. Its result opens at the planned end"),
        (Progress(120, 1251), "still running: 120 of the planned 1,251 units per group are in."),
        (Progress(ends_on=date(2026, 2, 20)), "The test is still running until 20 February 2026."),
        (Progress(120, 1251, date(2026, 2, 20)), "until 20 February 2026: 120 of the planned"),
        (Progress(120, 600, next_look=0.25), "are in. The next look is due at 25.0% of them."),
        (Progress(next_look=0.25), "Its result opens at the planned end"),
    ],
)
def test_not_yet_says_how_far(progress, words):
    verdict = judge_test([], {}, is_final=False)
    assert words in str(sentence(verdict, metric=metric(), progress=progress))


def test_not_yet_does_not_hide_a_failed_check():
    failed = Check("sample_ratio", CheckStatus.FAIL, Text("ratio_no_units"), 0.0003)
    verdict = judge_test([failed], {}, is_final=False)
    assert "already fail a check" in str(sentence(verdict, metric=metric(), progress=Progress(1)))


JARGON = re.compile(r"\bp\s*[=<≤]|p-value|signific|confidence|null|alpha|\bSRM\b", re.IGNORECASE)


@pytest.mark.parametrize("code", [*verdicts.WORDING, *estimates.WORDING])
def test_no_unlabelled_jargon(code):
    wording = {**verdicts.WORDING, **estimates.WORDING}[code]
    for template in wording if isinstance(wording, tuple) else (wording,):
        assert not JARGON.search(template)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_name(verdict):
    assert str(Text(f"verdict_{verdict.value}"))


@pytest.mark.parametrize("grade", EvidenceGrade)
def test_every_grade_has_a_name(grade):
    assert str(Text(f"evidence_{grade.value}"))


def test_grades_of_evidence():
    assert [grade.strength for grade in EvidenceGrade] == [4, 3, 2, 1]
    assert grade_of(Design.SPLIT) is EvidenceGrade.RANDOMISED
    promotable = {design for design in Design if grade_of(design).is_promotable}
    assert promotable == set(Design) - {Design.BEFORE_AFTER}
    assert not EvidenceGrade.BEFORE_AFTER.is_promotable
