"""Arms that a file names otherwise than the plan: which of its values are which arm is said once,
and holds for the files that follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Plan
from hadi.domain.text import Text
from hadi.models import Dataset, Test
from hadi.services.dataset_memory import last_mapped
from hadi.services.dataset_parts import listed

Json = Mapping[str, Any]


def arms_of(plan: Plan) -> tuple[str, ...]:
    """The arms of a plan, the control first; where it declares no shares only that one is known."""
    control = (plan.control or "").strip()
    named = [arm.strip() for arm in plan.split or ()]
    return tuple(dict.fromkeys(arm for arm in (control, *named) if arm))


def require_arms(plan: Plan | None, choices: Iterable[Json]) -> None:
    """Raises Unreadable where a value is to be read as an arm that the plan has not."""
    if plan is None or not plan.split:  # without declared shares every value is an arm
        return
    known = arms_of(plan)
    for _column, said in _said(choices):
        for arm in said.values():
            if str(arm).strip() not in known:
                raise Unreadable(Text("choice_arm_unknown", arm=str(arm)[:80], arms=listed(known)))


def require_columns(report: Json, choices: Iterable[Json]) -> None:
    """Raises Unreadable where values of a column are to be read as arms that is not there."""
    names = [column["name"] for column in report["columns"]]
    for column, _arms in _said(choices):
        if column not in names:
            raise Unreadable(
                Text("choice_arms_column", column=column[:80], columns=listed(names[:20]))
            )


def arms_read(dataset: Dataset, column: str) -> dict[str, str]:
    """The values of a column that are read as arms, with the arm of each."""
    parts = [part.choices for part in dataset.parts]
    return {value: arm for name, said in _said(parts) if name == column
            for value, arm in said.items()}  # fmt: skip


def reading_arms(dataset: Dataset, column: str, arms: Mapping[str, str]) -> list[dict[str, Any]]:
    """How each part is to be read so that just these values of a column are arms."""
    parts = []
    for part in dataset.parts:
        columns = {name: {**own} for name, own in part.choices.get("columns", {}).items()}
        own = {**columns.pop(column, {}), "arms": dict(arms)}
        if not arms:
            del own["arms"]
        choices = {name: value for name, value in part.choices.items() if name != "columns"}
        if own:
            columns[column] = own
        parts.append({**choices, "columns": columns} if columns else choices)
    return parts


def remembered(before: Dataset, plan: Plan, columns: Iterable[str]) -> dict[str, dict[str, str]]:
    """Which values were read as arms of this plan in the data before, by column; of `columns`."""
    wanted, known = set(columns), arms_of(plan)
    found: dict[str, dict[str, str]] = {}
    for column, said in _said([part.choices for part in before.parts]):
        for value, arm in said.items():
            if column in wanted and (arm in known or not plan.split):
                found.setdefault(column, {})[value] = arm
    return found


def likely_arms(test: Test, column: str) -> dict[str, str]:
    """Which values of a column were read as arms in the data before."""
    before = last_mapped(test)
    if before is None or test.plan is None:
        return {}
    return remembered(before, test.plan, [column]).get(column, {})


def seen(arms: Mapping[str, Mapping[str, str]], reports: Sequence[Json]) -> dict[str, Any]:
    """Those of them that new files hold, by the examples in their reports."""
    examples: dict[str, set[str]] = {}
    for report in reports:
        for column in report["columns"]:
            examples.setdefault(column["name"], set()).update(column["examples"])
    return {
        column: dict(said) for column, said in arms.items() if examples.get(column, set()) & {*said}
    }


def _said(choices: Iterable[Json]) -> Iterable[tuple[str, Mapping[str, str]]]:
    """Each column with the values that are read as arms."""
    for chosen in choices:
        for column, own in (chosen.get("columns") or {}).items():
            if own and own.get("arms"):
                yield column, own["arms"]
