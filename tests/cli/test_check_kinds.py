"""`hadi check` on every kind of metric, whole stores, looks at any time, and what stands beside."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hadi.cli.main import main
from hadi.stats import clusters, means, quantiles, ranks, rates, ratios
from hadi.stats.adjustment import cuped_mean
from hadi.stats.arrays import Clusters, Distribution
from hadi.stats.samples import CoMoments, Events, Moments

N = 600
Found = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def table() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    arm = np.array(["A", "B"])[np.arange(N) % 2]
    before = rng.lognormal(2, 0.4, N).round(3)
    visits = rng.integers(1, 6, N)
    return {
        "arm": arm,
        "shop": np.array([f"s{i % 24:02d}" for i in range(N)]),
        "region": np.array(["north", "south"])[(np.arange(N) // 24) % 2],
        "day": np.array([f"2026-03-{1 + i // 2 % 14:02d}" for i in range(N)]),
        "spent": (0.7 * before + rng.normal(3, 1, N) + 0.4 * (arm == "B")).round(3),
        "before": before,
        "items": visits * 2 + rng.integers(0, 4, N) + (arm == "B"),
        "visits": visits,
        "calls": rng.poisson(0.4 * visits),
        "score": rng.integers(1, 11, N) + (arm == "B"),
    }


@pytest.fixture(scope="module")
def file(table: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kinds") / "data.csv"
    rows = zip(*table.values(), strict=True)
    lines = [",".join(table), *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def found(file: Path, capsys: pytest.CaptureFixture[str]) -> Found:
    def run(*args: str) -> dict[str, Any]:
        with pytest.raises(SystemExit) as end:
            main(["check", str(file), "--variant", "arm", "--control", "A", *args, "--json"])
        shown = capsys.readouterr()
        assert (end.value.code or 0, shown.err) == (0, "")
        answer: dict[str, Any] = json.loads(shown.out)
        return answer

    return run


def of(table: dict[str, np.ndarray], *names: str) -> list[list[np.ndarray]]:
    """The columns in each arm."""
    return [[table[name][table["arm"] == arm].astype(float) for name in names] for arm in "AB"]


def test_every_kind_agrees_with_its_method(found: Found, table: dict[str, np.ndarray]) -> None:
    answer = found(
        "--metric", "r=ratio(items,visits)",
        "--metric", "e=rate(calls,visits)",
        "--metric", "k=rank(score)",
        "--metric", "q=quantile(spent);q=0.8",
        "--metric", "c=mean(spent);covariate=before",
        "--metric", "w=mean(spent);winsor=0.9",
    )  # fmt: skip
    compared = {c["metric"]: c for c in answer["comparisons"]}
    pairs = [CoMoments.of(*(c.tolist() for c in arm)) for arm in of(table, "items", "visits")]
    counts = of(table, "calls", "visits")
    events = [Events(len(c), int(c.sum()), float(v.sum())) for c, v in counts]
    scores = [Distribution.of(arm[0]) for arm in of(table, "score")]
    spent = [Distribution.of(arm[0]) for arm in of(table, "spent")]
    known = [CoMoments.of(*(c.tolist() for c in arm)) for arm in of(table, "spent", "before")]
    cap = float(np.quantile(table["spent"], 0.9))
    cut = [Moments.of(np.minimum(arm[0], cap).tolist()) for arm in of(table, "spent")]
    wanted = {
        "r": ratios.compare(*pairs, alpha=0.05),
        "e": rates.compare(*events, alpha=0.05),
        "k": ranks.compare(*scores, alpha=0.05),
        "q": quantiles.compare(*spent, q=0.8, alpha=0.05),
        "c": cuped_mean(*known, alpha=0.05),
        "w": means.compare(*cut, alpha=0.05),
    }
    for name, expected in wanted.items():
        shown = compared[name]
        assert shown["method"] == expected.method
        assert shown["difference"]["estimate"] == pytest.approx(expected.estimate, rel=1e-9)
        assert shown["difference"]["low"] == pytest.approx(expected.interval.low, rel=1e-9)
        assert shown["p_value"] == pytest.approx(expected.p_value, rel=1e-9)
    assert compared["w"]["parameters"]["cap"] == pytest.approx(cap)


def test_whole_shops(found: Found, table: dict[str, np.ndarray]) -> None:
    answer = found("--metric", "m=mean(spent)", "--cluster", "shop", "--looks", "fixed")
    arms = []
    for arm in "AB":
        mine = table["arm"] == arm
        names = sorted(set(table["shop"][mine]))
        own = [table["spent"][mine & (table["shop"] == name)] for name in names]
        sizes = np.array([len(v) for v in own], dtype=float)
        within = np.array([((v - v.mean()) ** 2).sum() for v in own])
        totals = np.array([v.sum() for v in own])
        arms.append(Clusters(tuple(names), sizes, totals, sizes, within))
    wanted = clusters.compare(*arms, alpha=0.05)
    (shown,) = answer["comparisons"]
    assert answer["evidence"] == "cluster_randomised"
    assert [arm["units"] for arm in answer["arms"]] == [12, 12]
    assert shown["control"]["n"] == 12
    assert shown["p_value"] == pytest.approx(wanted.p_value, rel=1e-8)
    assert shown["difference"]["low"] == pytest.approx(wanted.interval.low, rel=1e-8)
    assert shown["parameters"]["naive_p"] == pytest.approx(wanted.parameters["naive_p"], rel=1e-6)


def test_shops_mapped_but_units_asked_for_is_warned_of(found: Found) -> None:
    answer = found("--metric", "m=mean(spent)", "--group", "shop")
    check = next(c for c in answer["checks"] if c["code"] == "clusters")
    assert check["status"] == "warn"
    assert "24 clusters" in check["detail"]
    assert any(c["code"] == "concentration" for c in answer["checks"])


def test_a_look_at_any_time(found: Found) -> None:
    metric = ("--metric", "m=mean(spent)")
    once, always = found(*metric), found(*metric, "--looks", "anytime", "--planned-units", "900")
    assert always["looks"] == "anytime"
    assert always["verdict"] != "not_yet"
    first, second = once["comparisons"][0], always["comparisons"][0]
    assert second["difference"]["low"] < first["difference"]["low"]
    assert second["parameters"]["tuning"] == 900
    assert always["progress"]["final"] is False


def test_segments_and_days(found: Found) -> None:
    answer = found("--metric", "m=mean(spent)", "--segment", "region", "--day", "day")
    (segmented,) = answer["segments"]
    assert [level["level"] for level in segmented["levels"]] == ["north", "south"]
    assert sum(level["n_control"] for level in segmented["levels"]) == N // 2
    novelty = next(c for c in answer["checks"] if c["code"] == "novelty")
    assert novelty["text"]["params"]["n"] == 14


def test_a_person_reads_segments_and_all_arms(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = ["check", str(file), "--variant", "shop", "--control", "s00"]
    with pytest.raises(SystemExit):
        main([*base, "--metric", "k=rank(score)", "--segment", "region"])
    shown = capsys.readouterr().out
    assert "All arms together: p " in shown
    assert "Segments of region, arm s01 (exploratory" in shown
