"""Looks: reference cases, and 396 real streams that people peeked at."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from pathlib import Path

import pytest

from hadi.stats import means, sequential, sequential_srm
from hadi.stats.errors import NotEstimable
from hadi.stats.samples import Moments

pytestmark = pytest.mark.reference


def _summaries(case):
    given = case["input"]
    return tuple(
        Moments.from_sd(given[f"n_{arm}"], given[f"mean_{arm}"], math.sqrt(given[f"var_{arm}"]))
        for arm in "ab"
    )


def test_confidence_sequence(reference_case, matches):
    case = reference_case("seq_asymp_cs")
    alpha, tuning = case["input"]["alpha"], case["input"]["tuning"]
    control, treatment = _summaries(case)
    fixed = means.compare(control, treatment, alpha=alpha)
    wider = sequential.equivalent_alpha(control.n + treatment.n, alpha=alpha, tuning=tuning)
    widened = means.compare(control, treatment, alpha=wider)
    found = sequential.always_valid(fixed, alpha=alpha, tuning=tuning, widened=widened)
    matches(found.estimate, case["expected"]["diff"], case)
    matches(found.parameters["rho"], case["expected"]["rho"], case)
    matches([found.interval.low, found.interval.high], case["expected"]["ci"], case)
    matches(found.p_value, case["expected"]["p_value"], case)
    assert found.method == "welch_t_anytime"
    assert found.lift.interval.low == pytest.approx(case["expected"]["ci"][0] / 10, rel=0.02)


def test_mixture_ratio(reference_case, matches):
    case = reference_case("seq_msprt")
    given, expected = case["input"], case["expected"]
    found = sequential.msprt(
        given["diff"], math.sqrt(given["var_of_diff"]), tau=given["tau"], alpha=given["alpha"]
    )
    matches(found.log_likelihood_ratio, expected["log_lr"], case)
    matches(found.p_value, expected["p_value"], case)
    matches(found.half_width, expected["half_width"], case)


def test_spending_of_a_power_family(reference_case, matches):
    case = reference_case("group_seq_power2")
    looks = case["input"]["looks"]
    found = sequential.boundaries(
        [(i + 1) / looks for i in range(looks)],
        alpha=case["input"]["alpha"],
        spending="power",
        exponent=case["input"]["rho"],
    )
    matches(found, case["expected"]["z"], case)


def test_sequential_sample_ratio(reference_case, matches):
    case = reference_case("srm_sequential")
    counts = dict(zip("ab", case["input"]["counts"], strict=True))
    shares = dict(zip("ab", case["input"]["weights"], strict=True))
    found = sequential_srm.sample_ratio(counts, shares, concentration=case["input"]["k"])
    matches(found.log_bayes_factor, case["expected"]["log_bayes_factor"], case)
    matches(found.p_value, case["expected"]["p_value"], case)


def _streams(reference_dir: Path) -> dict[tuple[str, str, str], list[dict[str, float]]]:
    """Checkpoints of every experiment, variant and metric, in time."""
    file = reference_dir / "data/asos_digital_experiments/asos_digital_experiments_dataset.csv"
    streams = defaultdict(list)
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            key = (row.pop("experiment_id"), row.pop("variant_id"), row.pop("metric_id"))
            streams[key].append({name: float(value or "nan") for name, value in row.items()})
    for looks in streams.values():
        looks.sort(key=lambda look: look["time_since_start"])
    return streams


def _compared(look):
    arms = [
        Moments.from_sd(
            int(look[f"count_{arm}"]), look[f"mean_{arm}"], math.sqrt(look[f"variance_{arm}"])
        )
        for arm in "ct"
    ]
    return means.compare(*arms, alpha=0.05)


def test_peeking_at_real_experiments(reference_dir):
    """Catalogue A15: 105 of 396 streams end below .05, 225 ever were: peeking doubles the finds.
    The always-valid p-value finds 71, fewer than the single last look, though read every time."""
    streams = _streams(reference_dir)
    assert len(streams) == 396
    last, ever, ever_valid, valid_at_the_end = 0, 0, 0, 0
    for key, looks in streams.items():
        fixed, valid = [], []
        for look in looks:
            try:
                compared = _compared(look)
            except NotEstimable:
                continue
            fixed.append(compared.log10_p)
            found = sequential.always_valid(compared, alpha=0.05)
            valid.append(found.log10_p)
        if not fixed:
            continue
        border = math.log10(0.05)
        last += fixed[-1] < border
        ever += min(fixed) < border
        ever_valid += sequential.running(valid)[-1] < border
        valid_at_the_end += valid[-1] < border
        if key[0] == "036afc" and key[2] == "1":
            assert 10 ** fixed[-1] == pytest.approx(0.4558, abs=5e-5)
            assert min(valid) > border
    assert (last, ever) == (105, 225)
    assert (ever_valid, valid_at_the_end) == (71, 42)
