"""What a sales funnel is: stages in their order, exactly one of them the key stage, after which the
client decides; and from which size on open deals and an untidy CRM forbid a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hadi.domain.errors import Invalid
from hadi.domain.folding import folded
from hadi.domain.text import Text

MOST_STAGES = 30
MOST_DAYS = 1000
LONGEST_NAME = 80
MOST_OPEN = 0.20  # of those who entered; above it nobody knows how the cohort will end
FEWEST_TO_COMPARE = 30  # deals of a manager or a territory; below it chance orders them
USUALLY_LEFT = 0.9  # of the deals that left a stage: within so many days they had


class StageKind(StrEnum):
    """What a stage is in its funnel."""

    STAGE = "stage"
    KEY = "key"  # КЭВ: after it the client decides
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """`days`: how long a deal may take here; one that is younger is not counted yet."""

    name: str
    kind: StageKind = StageKind.STAGE
    days: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "kind": self.kind.value, "days": self.days}


@dataclass(frozen=True, slots=True)
class FunnelSpec:
    """The stages as they were defined. `days` holds for every stage that has none of its own; where
    both are absent the data themselves say how long deals usually stay."""

    stages: tuple[FunnelStage, ...]
    days: int | None = None

    @property
    def path(self) -> tuple[FunnelStage, ...]:
        """The stages on the way, the last of them the won one."""
        return tuple(stage for stage in self.stages if stage.kind is not StageKind.LOST)

    @property
    def lost(self) -> tuple[FunnelStage, ...]:
        return tuple(stage for stage in self.stages if stage.kind is StageKind.LOST)

    @property
    def key_place(self) -> int:
        """Of the key stage, among those on the way."""
        return next(p for p, stage in enumerate(self.path) if stage.kind is StageKind.KEY)

    @property
    def key(self) -> FunnelStage:
        return self.path[self.key_place]

    def place_of(self, name: str) -> int | None:
        """The place on the way of the stage of that name."""
        wanted = folded(name)
        return next((p for p, s in enumerate(self.path) if folded(s.name) == wanted), None)

    def days_of(self, stage: FunnelStage) -> int | None:
        return self.days if stage.days is None else stage.days

    def as_json(self) -> dict[str, Any]:
        return {"stages": [stage.as_json() for stage in self.stages], "days": self.days}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FunnelSpec:
        """A funnel as it was kept, or as it was sent. Raises Invalid with every fault."""
        return read_funnel(data.get("stages"), data.get("days"))


def read_funnel(stages: object, days: object = None) -> FunnelSpec:
    """A funnel of what was typed or sent: for each stage its name, kind and days. Raises Invalid
    with every fault; those of a stage are named `stages.<place>.<part>`."""
    wrong: dict[str, Text] = {}
    rows = stages if isinstance(stages, Sequence) and not isinstance(stages, str) else []
    if len(rows) > MOST_STAGES:
        wrong["stages"] = Text("funnel_many_stages", limit=MOST_STAGES)
        rows = rows[:MOST_STAGES]
    read = [_stage(row, f"stages.{place}", wrong) for place, row in enumerate(rows)]
    allowed = _days(days, "days", wrong)
    if "stages" not in wrong and (fault := _fault(read)) is not None:
        wrong["stages"] = fault
    for place, stage in enumerate(read):
        earlier = [folded(other.name) for other in read[:place]]
        if stage.name and folded(stage.name) in earlier:
            wrong.setdefault(f"stages.{place}.name", Text("funnel_stage_twice", name=stage.name))
    if wrong:
        raise Invalid(Text("funnel_invalid", n=len(wrong)), wrong)
    return FunnelSpec(tuple(read), allowed)


def _stage(row: object, field: str, wrong: dict[str, Text]) -> FunnelStage:
    known: Mapping[str, Any] = row if isinstance(row, Mapping) else {"name": row}
    name = " ".join(str(known.get("name") or "").replace("\0", "").split())
    if not name:
        wrong[f"{field}.name"] = Text("funnel_stage_unnamed")
    elif len(name) > LONGEST_NAME:
        wrong[f"{field}.name"] = Text("funnel_name_long", limit=LONGEST_NAME)
    kind = StageKind.STAGE
    written = known.get("kind") or StageKind.STAGE.value
    try:
        kind = StageKind(str(written))
    except ValueError:
        options = ", ".join(StageKind)
        wrong[f"{field}.kind"] = Text("field_not_a_choice", field="kind", options=options)
    return FunnelStage(name, kind, _days(known.get("days"), f"{field}.days", wrong))


def _days(value: object, field: str, wrong: dict[str, Text]) -> int | None:
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool) or float(str(value)) != int(float(str(value))):
            raise ValueError
        days = int(float(str(value)))
    except (ValueError, OverflowError):
        days = 0
    if not 1 <= days <= MOST_DAYS:
        wrong[field] = Text("funnel_days", limit=MOST_DAYS)
        return None
    return days


def _fault(stages: Iterable[FunnelStage]) -> Text | None:
    """What is wrong with the stages together."""
    kinds = [stage.kind for stage in stages]
    keys, won = kinds.count(StageKind.KEY), kinds.count(StageKind.WON)
    path = [kind for kind in kinds if kind is not StageKind.LOST]
    if len(path) < 2:
        return Text("funnel_few_stages")
    if keys != 1:
        return Text("funnel_no_key" if not keys else "funnel_many_keys")
    if won != 1:
        return Text("funnel_no_won" if not won else "funnel_many_won")
    if path[-1] is not StageKind.WON:
        return Text("funnel_won_not_last")
    return None
