"""From an export of deals to the rows that a test is judged on: each deal that came to a stage, its
arm, and whether it moved on; with what of the funnel forbids a verdict on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from hadi.analysis.funnel import hygiene_of, step_json
from hadi.analysis.funnel_checks import checks_of
from hadi.domain.crm_hygiene import Hygiene, Invoices
from hadi.domain.errors import Invalid
from hadi.domain.funnels import FunnelSpec
from hadi.domain.plan import Design, MetricRole, Plan
from hadi.domain.text import Text
from hadi.domain.verdict import Check
from hadi.ingest.deal_columns import DealColumns
from hadi.ingest.deals import Read, Step, open_deals

UNIT, ARM, MOVED = "deal", "arm", "moved"


@dataclass(frozen=True, slots=True)
class MadeRows:
    """What was written: `rows` deals of `step`, in these `arms`."""

    rows: int
    start: str
    end: str
    days: int | None
    as_of: datetime | None
    read: Read
    step: Step
    arms: tuple[Step, ...]
    hygiene: Hygiene

    @property
    def checks(self) -> tuple[Check, ...]:
        """What an analysis of these rows has to be told."""
        return checks_of(self.read, self.arms or [self.step], self.hygiene, self.days, self.as_of)

    def as_json(self) -> dict[str, Any]:
        """What was found on the way: nothing of single people, and of the arms nothing that tells
        how the test goes."""
        return {
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "days": self.days,
            "deals": self.read.deals,
            "step": step_json(self.step),
            "arms": {
                arm.name or "": {
                    "entered": arm.entered,
                    "open": arm.open,
                    "open_share": arm.open_share,
                    "too_young": arm.young,
                }
                for arm in self.arms
            },
            "hygiene": self.hygiene.as_json(),
            "checks": [
                {"code": c.code, "status": c.status.value, "text": c.detail.as_json()}
                for c in self.checks
            ],
        }


def make(
    paths: Sequence[Path],
    spec: FunnelSpec,
    columns: DealColumns,
    *,
    target: Path,
    start: str = "",
    as_of: datetime | None = None,
    until: datetime | None = None,
    invoices: int | None = None,
    laid: Invoices | None = None,
) -> MadeRows:
    """Write the rows of the step from the stage `start` (the key stage unless said) into `target`,
    a Parquet file. Raises Invalid, Unreadable with one sentence."""
    place = place_from(spec, start)
    if columns.arm is None:
        raise Invalid(Text("deals_no_arm"), {"arm": Text("deals_no_arm")})
    with open_deals(
        paths, columns, spec, as_of=as_of, until=until, folder=target.parent
    ) as deals:  # fmt: skip
        rows = deals.write(place, place + 1, target)
        if not rows:
            raise Invalid(Text("deals_nobody", stage=spec.path[place].name))
        return MadeRows(
            rows, spec.path[place].name, spec.path[place + 1].name, deals.days(place, place + 1),
            deals.as_of, deals.read, deals.step(place, place + 1),
            tuple(deals.steps_by(place, place + 1, "arm")), hygiene_of(deals, invoices, laid),
        )  # fmt: skip


def place_from(spec: FunnelSpec, name: str) -> int:
    """The place of a stage that deals move on from. Raises Invalid."""
    place = spec.place_of(name) if name.strip() else spec.key_place
    if place is None or place >= len(spec.path) - 1:
        refusal = Text("deals_step_unknown", name=name[:80])
        raise Invalid(refusal, {"start": refusal})
    return place


def plan_of(
    made_name: str,
    *,
    control: str,
    threshold: str | None = None,
    split: Mapping[str, float] | None = None,
    alpha: float = 0.05,
) -> Plan:
    """The plan of a test of one step, over the columns of made rows."""
    from hadi.domain.spec import parse_metrics

    promised = f";threshold={threshold}" if threshold else ""
    read = parse_metrics([f"moved=conversion({MOVED}){promised}"])[0]
    metric = replace(read, name=made_name, role=MetricRole.PRIMARY)
    return Plan(
        design=Design.SPLIT, variant=ARM, control=control, split=split, unit=UNIT,
        metrics=(metric,), alpha=alpha,
    )  # fmt: skip
