"""A funnel has exactly one key stage, and the light of a CRM its borders."""

from __future__ import annotations

from typing import Any

import pytest

from hadi.domain.crm_hygiene import Hygiene
from hadi.domain.errors import Invalid
from hadi.domain.funnels import FunnelSpec, read_funnel
from hadi.domain.quality import Level
from tests.factories.deals import SPEC


def stages(*kinds: str) -> list[dict[str, Any]]:
    return [{"name": f"S{place}", "kind": kind} for place, kind in enumerate(kinds)]


def test_a_funnel_goes_to_json_and_back() -> None:
    spec = FunnelSpec.from_json(SPEC)
    assert FunnelSpec.from_json(spec.as_json()) == spec
    assert spec.key.name == "Offer sent" and spec.key_place == 2
    assert [stage.name for stage in spec.lost] == ["Lost"]
    assert spec.place_of("  offer SENT ") == 2 and spec.place_of("Lost") is None


@pytest.mark.parametrize(
    ("kinds", "code"),
    [
        (("stage", "stage", "won"), "funnel_no_key"),
        (("key", "key", "won"), "funnel_many_keys"),
        (("key", "stage"), "funnel_no_won"),
        (("key", "won", "won"), "funnel_many_won"),
        (("key", "won", "stage"), "funnel_won_not_last"),
        (("won",), "funnel_few_stages"),
    ],
)
def test_what_is_no_funnel_is_refused(kinds: tuple[str, ...], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_funnel(stages(*kinds))
    assert refused.value.fields["stages"].code == code


def test_every_fault_of_every_stage_is_told_at_once() -> None:
    rows = [*stages("key", "won"), {"name": "s0"}, {"name": ""}, {"name": "x", "days": "soon"}]
    with pytest.raises(Invalid) as refused:
        read_funnel(rows, 0)
    told = {field: text.code for field, text in refused.value.fields.items()}
    assert told == {
        "stages": "funnel_won_not_last", "stages.2.name": "funnel_stage_twice",
        "stages.3.name": "funnel_stage_unnamed", "stages.4.days": "funnel_days",
        "days": "funnel_days",
    }  # fmt: skip


def test_the_light_of_a_crm() -> None:
    yellow = Hygiene(open=1180, without_task=212, overdue=97)
    assert yellow.no_task_share == pytest.approx(0.180, abs=5e-4)
    assert yellow.overdue_share == pytest.approx(0.082, abs=5e-4)
    assert yellow.level is Level.AMBER
    assert Hygiene(open=10, without_task=1, overdue=0).level is Level.GREEN
    assert Hygiene(open=10, without_task=4).level is Level.RED
    assert Hygiene(open=10).level is None
    assert Hygiene(open=0, without_task=0, overdue=0).level is None
    assert Hygiene(open=0, won=79, invoices=100).level is Level.RED
    assert Hygiene(open=0, won=80, invoices=100).level is Level.AMBER
    assert Hygiene(open=0, won=95, invoices=100).level is Level.GREEN
