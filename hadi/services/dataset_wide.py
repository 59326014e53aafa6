"""Files of a pilot with a row for each period and a column for each site: one answer of the mapping
stands for all of these columns, so that a later file with more weeks, or more stores, is mapped
as the one before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hadi.domain.pilot_plan import WIDE
from hadi.domain.plan import MetricKind, Need, NeedRole, Plan
from hadi.domain.text import Text


def can_be(plan: Plan) -> bool:
    """Whether such a file can answer the plan: it holds one value of each site."""
    return plan.pilot is not None and [m.kind for m in plan.metrics] == [MetricKind.MEAN]


def is_said(plan: Plan, mapping: Mapping[str, str]) -> bool:
    """Whether the mapping says that each site has a column."""
    return plan.pilot is not None and mapping.get(plan.pilot.site or "site") == WIDE


def is_likely(plan: Plan, columns: Iterable[str]) -> bool:
    """Whether the columns look like sites: all pilots are among them, and no column is called as
    the plan calls that of the site."""
    pilot, names = plan.pilot, set(columns)
    if pilot is None or not pilot.treated or not can_be(plan):
        return False
    return names.issuperset(pilot.treated) and (pilot.site or "site") not in names


def needs(plan: Plan, mapping: Mapping[str, str]) -> tuple[Need, ...]:
    """What is asked of a file: of one with a column for each site no seller."""
    found = plan.needs()
    if not is_said(plan, mapping):
        return found
    return tuple(need for need in found if need.role is not NeedRole.GROUP)


def completed(plan: Plan, columns: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping, in which a column for each site goes for the values, too. Who says nothing of
    the site of a file whose columns are the pilots means that."""
    if plan.pilot is None:
        return dict(mapping)
    key = plan.pilot.site or "site"
    is_silent = not mapping.get(key) and is_likely(plan, columns)
    if mapping.get(key) != WIDE and key != WIDE and not is_silent:
        return dict(mapping)
    values = {need.key: WIDE for need in plan.needs() if need.role is NeedRole.METRIC}
    return {**mapping, key: WIDE, **values}


def refusal(plan: Plan, mapping: Mapping[str, str]) -> dict[str, Text]:
    """What is wrong with taking each column for a site, at the plan's name for the site."""
    if not is_said(plan, mapping) or can_be(plan):
        return {}
    assert plan.pilot is not None
    return {plan.pilot.site or "site": Text("panel_wide_one_value")}


def sites_of(plan: Plan, mapping: Mapping[str, str], columns: Iterable[str]) -> tuple[str, ...]:
    """The columns that are sites; none where a row is a site in a period."""
    bound = plan.bound(mapping)
    if bound.pilot is None or not bound.pilot.is_wide:
        return ()
    return bound.pilot.sites_among(columns)


def shown(column: str) -> str | Text:
    """A column of a mapping in words."""
    return Text("mapping_wide") if column == WIDE else column
