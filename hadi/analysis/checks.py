"""The validity checks: may this data answer the question at all?

They look at units and rows only, never at effects, so they may be seen at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hadi.domain.plan import Looks, Plan
from hadi.domain.text import Figure, FigureKind, Text, quoted
from hadi.domain.verdict import Check, CheckStatus
from hadi.ingest.source import ArmSummary, Summaries
from hadi.stats.errors import NotEstimable
from hadi.stats.samples import Conversion
from hadi.stats.sequential_srm import SequentialSampleRatio
from hadi.stats.sequential_srm import sample_ratio as sequential_ratio
from hadi.stats.srm import SampleRatio
from hadi.stats.srm import sample_ratio as fixed_ratio

RATIO_ALPHA = 0.001  # sample ratio, and missing values by arm
FAIL_SHARE = 0.01  # rows of no known arm; units in several arms
MISSING_SHARE = 0.05


def validity(summaries: Summaries, plan: Plan) -> tuple[Check, ...]:
    """Every check in its order; those about units that no column names say so and pass."""
    return tuple(_validity(summaries, plan))


def _validity(summaries: Summaries, plan: Plan) -> Iterator[Check]:
    yield _sample_ratio(summaries, plan)
    yield _unknown_arms(summaries)
    yield _mixed_units(summaries)
    yield _duplicates(summaries)
    yield _missing(summaries)
    if summaries.blank_unit_rows:
        detail = Text("check_blank_units_warn", n=summaries.blank_unit_rows)
        yield Check("blank_units", CheckStatus.WARN, detail)
    small = next((arm.name for arm in summaries.arms if arm.units < 2), None)
    if small is not None:
        yield Check("small_arms", CheckStatus.WARN, Text("check_small_arms_warn", arm=small))


def _sample_ratio(summaries: Summaries, plan: Plan) -> Check:
    """Against the declared split it may invalidate; against even shares, which nobody declared,
    it can only warn. Where a test is looked at again and again, so is this: its p is then one
    that holds at every look."""
    counts = {arm.name: arm.units for arm in summaries.arms}
    is_declared = plan.split is not None
    shares = (
        {k.strip(): v for k, v in plan.split.items()} if plan.split else dict.fromkeys(counts, 1.0)
    )
    is_looked_at_again = plan.looks is not Looks.FIXED
    ratio: SampleRatio | SequentialSampleRatio
    try:
        ratio = (sequential_ratio if is_looked_at_again else fixed_ratio)(counts, shares)
    except NotEstimable as unknown:
        return Check("sample_ratio", CheckStatus.WARN, Text(unknown.code))
    if ratio.unexpected_arms:
        detail = Text("check_sample_ratio_zero", arm=ratio.unexpected_arms[0])
        return Check("sample_ratio", CheckStatus.FAIL, detail)
    p = Figure(FigureKind.P_VALUE, ratio.p_value if ratio.p_value is not None else 0.0)
    if not ratio.is_below(RATIO_ALPHA):
        code = "check_sample_ratio_pass" if is_declared else "check_sample_ratio_even"
        if is_declared and is_looked_at_again:
            code = "check_sample_ratio_looks"
        text = Text(code, p=p)
        return Check("sample_ratio", CheckStatus.PASS, text, ratio.p_value, ratio.log10_p)
    found = _shares(counts)
    if is_declared:
        detail = Text("check_sample_ratio_fail", found=found, expected=_shares(ratio.expected), p=p)
        return Check("sample_ratio", CheckStatus.FAIL, detail, ratio.p_value, ratio.log10_p)
    detail = Text("check_sample_ratio_warn", found=found, p=p)
    return Check("sample_ratio", CheckStatus.WARN, detail, ratio.p_value, ratio.log10_p)


def _shares(counts: Mapping[str, float]) -> Text:
    """“A 52.0%, B 48.0%” as nested texts, so that every language writes its own numbers."""
    total = sum(counts.values()) or 1.0
    parts = [
        Text("check_arm_share", arm=arm, share=Figure(FigureKind.SHARE, n / total))
        for arm, n in counts.items()
    ]
    listed = parts[-1]
    for part in reversed(parts[:-1]):
        listed = Text("check_and_more", first=part, rest=listed)
    return listed


def _unknown_arms(summaries: Summaries) -> Check:
    rows = summaries.blank_arm_rows + summaries.unknown_arm_rows
    if rows == 0:
        return Check("unknown_arms", CheckStatus.PASS, Text("check_unknown_arms_pass"))
    share = rows / summaries.rows
    figure = Figure(FigureKind.SHARE, share)
    named = summaries.unknown_arms[:3]
    detail = (
        Text("check_unknown_arms_named", share=figure, rows=rows, arms=quoted(named))
        if named
        else Text("check_unknown_arms_warn", share=figure, rows=rows)
    )
    return Check("unknown_arms", _by_share(share), detail)


def _mixed_units(summaries: Summaries) -> Check:
    if not summaries.has_units:
        return Check("mixed_units", CheckStatus.PASS, Text("check_mixed_units_unseen"))
    what = "clusters" if summaries.cluster_units else "units"
    if summaries.mixed_units == 0:
        return Check("mixed_units", CheckStatus.PASS, Text(f"check_mixed_{what}_pass"))
    share = summaries.mixed_units / summaries.all_units
    figure = Figure(FigureKind.SHARE, share)
    detail = Text(f"check_mixed_{what}_warn", n=summaries.mixed_units, share=figure)
    return Check("mixed_units", _by_share(share), detail)


def _by_share(share: float) -> CheckStatus:
    return CheckStatus.FAIL if share > FAIL_SHARE else CheckStatus.WARN


def _duplicates(summaries: Summaries) -> Check:
    if summaries.duplicate_rows is None:
        return Check("duplicates", CheckStatus.PASS, Text("check_duplicates_unseen"))
    if summaries.duplicate_rows == 0:
        return Check("duplicates", CheckStatus.PASS, Text("check_duplicates_pass"))
    detail = Text("check_duplicates_warn", n=summaries.duplicate_rows)
    return Check("duplicates", CheckStatus.WARN, detail)


def _missing(summaries: Summaries) -> Check:
    """Warns where values are missing unequally by arm, or for more than a few units."""
    control, *treatments = summaries.arms
    found = [
        _missing_pair(metric, control, arm)
        for metric in control.missing
        for arm in treatments
        if control.missing[metric] or arm.missing[metric]
    ]
    if not found:
        return Check("missing", CheckStatus.PASS, Text("check_missing_pass"))
    return min(found, key=_gravity)


def _gravity(check: Check) -> tuple[bool, float]:
    return check.status is CheckStatus.PASS, 0.0 if check.log10_p is None else check.log10_p


def _missing_pair(metric: str, control: ArmSummary, arm: ArmSummary) -> Check:
    p_value, log10_p, is_uneven = _missing_by_arm(metric, (control, arm))
    shares = {a.name: a.missing[metric] / a.units if a.units else 0.0 for a in (control, arm)}
    worst = max(shares, key=lambda name: shares[name])
    if is_uneven:
        detail = Text(
            "check_missing_uneven",
            metric=metric,
            control=control.name,
            control_share=Figure(FigureKind.SHARE, shares[control.name]),
            arm=arm.name,
            share=Figure(FigureKind.SHARE, shares[arm.name]),
            p=Figure(FigureKind.P_VALUE, p_value or 0.0),
        )
        return Check("missing", CheckStatus.WARN, detail, p_value, log10_p)
    is_many = shares[worst] > MISSING_SHARE
    code = "check_missing_many" if is_many else "check_missing_few"
    share = Figure(FigureKind.SHARE, shares[worst])
    status = CheckStatus.WARN if is_many else CheckStatus.PASS
    text = Text(code, metric=metric, share=share, arm=worst)
    return Check("missing", status, text, p_value, log10_p)


def _missing_by_arm(
    metric: str, arms: Sequence[ArmSummary]
) -> tuple[float | None, float | None, bool]:
    """The p-value of equal shares of missing values, its logarithm, and whether they are clearly
    unequal."""
    from hadi.stats import proportions

    control, treatment = (Conversion(arm.units, arm.missing[metric]) for arm in arms)
    try:
        result = proportions.compare(control, treatment, alpha=RATIO_ALPHA)
    except NotEstimable:
        return None, None, False
    is_uneven = result.p_value is None or result.p_value < RATIO_ALPHA
    return result.p_value, result.log10_p, is_uneven
