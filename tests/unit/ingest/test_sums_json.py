"""Sums kept as text: what comes back is what went in, to the last bit."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import numpy as np
import pytest

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Design, Plan
from hadi.ingest import sums_json
from hadi.ingest.source import ArmSummary, Summaries
from hadi.ingest.tables import TableSource
from hadi.stats.samples import Moments
from tests.factories.tables import plan, table
from tests.factories.unit_rows import COLUMNS, cells, random_rows

SPLIT = {"A": 0.5, "B": 0.5}
METRICS = (
    "m=mean(x);winsor=0.9",
    "c=conversion(c)",
    "r=ratio(x,e)",
    "t=rate(k,e)",
    "a=mean(x);covariate=e,k",
    "k=rank(k)",
    "q=quantile(x);q=0.9",
)


def plans() -> list[Plan]:
    parts: dict[str, Any] = {"segments": ("region",), "day": "day", "split": SPLIT}
    return [
        plan(*METRICS),
        plan(*METRICS, unit="u", group="store", **parts),
        plan(*METRICS[:4], unit="u", cluster="store", design=Design.CLUSTER, **parts),
    ]


@pytest.fixture(scope="module", params=[0, 1, 2])
def summaries(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("sums") / "rows.parquet"
    table(path, COLUMNS, cells(random_rows(7, 300, units=120)))
    return TableSource(path).summaries(plans()[request.param])


def plain(value: Any) -> Any:
    """As Python's own types, which compare: arrays do not."""
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return {field.name: plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return [(name, plain(one)) for name, one in value.items()]
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value


def test_sums_come_back_as_they_were(summaries: Summaries) -> None:
    text = sums_json.write(summaries)
    again = sums_json.read(text)
    assert plain(again) == plain(summaries)
    assert sums_json.write(again) == text
    assert sums_json.digest(again) == sums_json.digest(summaries)


def test_a_kept_text_is_a_source_under_its_own_digest(summaries: Summaries) -> None:
    source = sums_json.summed(sums_json.write(summaries))
    assert source.digest == sums_json.digest(summaries)
    assert plain(source.summaries(plan("m=mean(x)"))) == plain(summaries)


def test_what_json_has_no_sign_for_is_kept_and_minus_nothing_is_nothing() -> None:
    def of(mean: float) -> Summaries:
        arm = ArmSummary("A", 1, {"m": Moments(1, mean, 0.0)})
        return Summaries(arms=(arm,), rows=1, all_units=1)

    for mean in (math.inf, -math.inf, 5e-324, 1.7976931348623157e308, 0.1 + 0.2):
        again = sums_json.read(sums_json.write(of(mean))).arms[0].samples["m"]
        assert isinstance(again, Moments)
        assert again.mean == mean
    nan = sums_json.read(sums_json.write(of(math.nan))).arms[0].samples["m"]
    assert isinstance(nan, Moments)
    assert math.isnan(nan.mean)
    assert sums_json.digest(of(-0.0)) == sums_json.digest(of(0.0))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"format": 2}', '{"format": 1}', '{"format": 1, "arms": 3}']
)
def test_another_text_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        sums_json.read(text)
    assert refusal.value.text.code == "sums_unreadable"


def test_a_damaged_text_is_refused(summaries: Summaries) -> None:
    data = json.loads(sums_json.write(summaries))
    data["arms"][0]["samples"][0][1]["kind"] = "guess"
    with pytest.raises(Unreadable):
        sums_json.read(json.dumps(data))
