"""Receipts become the data of a test: a row for each store and week, with numerators beside their
denominators, so that a metric is a ratio judged by store and no receipt counts for itself."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hadi.db import transaction
from hadi.domain.errors import Blocked, Blocker, Invalid
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.plan import Design, Plan
from hadi.domain.tags import ColumnTag
from hadi.domain.text import ENGLISH, Text, render
from hadi.ingest.limits import Limits
from hadi.models import Basket, Dataset, Hypothesis
from hadi.services import (
    basket_files,
    basket_findings,
    baskets,
    hypotheses,
    made_datasets,
    table_files,
)
from hadi.services.datasets import find as find_dataset
from hadi.services.made_datasets import MadeFrom, Origin
from hadi.services.table_files import Head, Kind, Reader, Table

WEEKS, STORES = "week", "store"
GRAINS = (WEEKS, STORES)
_DESIGNS_WITHOUT_ARMS = (Design.PILOT, Design.BEFORE_AFTER)


def use(
    basket_id: str,
    hypothesis_id: str,
    *,
    grain: str = WEEKS,
    treated: Sequence[str] = (),
    folder: Path,
    limits: Limits,
    by: Actor,
    now: datetime,
) -> Dataset:
    """Make the rows of every store and week (or every store), and stage them for the test of a
    hypothesis, where their columns are named. `treated` are the stores that got the change, where
    the receipts themselves do not say. Raises Invalid, NotAllowed, Blocked, Unreadable."""
    require(by, Permission.VIEW)
    basket = baskets.find(basket_id, by=by)
    if basket.is_removed:
        raise Blocked(Text("step_refused"), [Blocker(Text("basket_is_removed"), "removed")])
    if basket.found is None:
        raise Invalid(Text("basket_nothing_found_yet"))
    if grain not in GRAINS:
        wrong = Text("field_not_a_choice", field="grain", options=", ".join(GRAINS))
        raise Invalid(wrong, {"grain": wrong})
    hypothesis = hypotheses.find(hypothesis_id, by=by)
    made = basket_files.store_weeks(
        basket, by_week=grain == WEEKS, folder=folder, by=by, is_whole=True
    )
    plan = hypothesis.current_test.plan if hypothesis.current_test else None
    made = _in_arms(made, basket, plan, treated)
    content = io.BytesIO()
    table_files.as_parquet(made, Reader(lambda text: render(text, ENGLISH), UTC), into=content)
    content.seek(0)
    staged = made_datasets.stage(
        hypothesis.id, file=content, filename=_filename(basket, grain),
        origin=_origin(basket, grain, made, treated), folder=folder, limits=limits, by=by, now=now,
    )  # fmt: skip
    return _tagged(staged.id, by=by)


def stores_of(basket: Basket) -> list[str]:
    """The stores that can be said to have got the change."""
    return [one["store"] for one in (basket.found or {}).get("stores", ()) if one["store"]]


def needs_arms(basket: Basket, hypothesis: Hypothesis) -> bool:
    """Whether somebody has to say which stores got the change."""
    plan = hypothesis.current_test.plan if hypothesis.current_test else None
    is_told = bool(basket.asked.column("arm"))
    return not is_told and plan is not None and plan.design not in _DESIGNS_WITHOUT_ARMS


def _in_arms(made: Table, basket: Basket, plan: Plan | None, treated: Sequence[str]) -> Table:
    """The rows with the arm of their store, in the plan's own words where they are known."""
    name = (plan.variant if plan else None) or "arm"
    heads = [head.name for head in made.heads]
    if "arm" in heads:
        place = heads.index("arm")
        named = [replace(head, name=name) if i == place else head
                 for i, head in enumerate(made.heads)]  # fmt: skip
        return replace(made, heads=_own_names(named, place))
    if plan is not None and plan.design in _DESIGNS_WITHOUT_ARMS and not treated:
        return made
    known = set(stores_of(basket))
    unknown = [store for store in treated if store not in known]
    if unknown or not treated or known <= set(treated):
        code = "basket_no_such_store" if unknown else "basket_treated_needed"
        text = Text(code, store=unknown[0]) if unknown else Text(code)
        raise Invalid(text, {"treated": text})
    control, change = _words(plan)
    place = heads.index("store")
    wanted = set(treated)
    rows = [(*row, change if row[place] in wanted else control) for row in made.rows]
    return replace(
        made, heads=_own_names([*made.heads, Head(name, name, Kind.TEXT)], len(heads)), rows=rows
    )


def _own_names(heads: Sequence[Head], place: int) -> tuple[Head, ...]:
    """A plan may call its arms like another column, which then steps back."""
    arm = heads[place].name
    return tuple(
        replace(head, name=f"{head.name}_of_receipts") if i != place and head.name == arm else head
        for i, head in enumerate(heads)
    )


def _words(plan: Plan | None) -> tuple[str, str]:
    """What the plan calls its control and its change."""
    control = (plan.control if plan else None) or "control"
    arms = [arm for arm in ((plan.split if plan else None) or {}) if arm != control]
    return control, arms[0] if len(arms) == 1 else "changed"


def _filename(basket: Basket, grain: str) -> str:
    stem = Path(basket.filename).stem[:180]
    return f"{stem} - {'store weeks' if grain == WEEKS else 'stores'}.parquet"


def _origin(basket: Basket, grain: str, made: Table, treated: Sequence[str]) -> Origin:
    found: dict[str, Any] = basket.found or {}
    seen = found["seen"]
    return Origin(
        kind=MadeFrom.BASKET, filename=basket.filename, digest=basket.digest, rows=basket.rows,
        text=Text(f"basket_origin_{grain}", name=basket.name, n=int(seen["receipts"])),
        spec={"basket": basket.id, "version": basket.version, "grain": grain,
              "treated": list(treated), **basket.spec},
        found={"first_day": seen["first"], "last_day": seen["last"],
               "receipts": seen["receipts"], "stores": seen["stores"], "weeks": seen["weeks"],
               "unnamed": seen["unnamed"], "rows": made.size or 0,
               "checks": basket_findings.brought(basket)},
    )  # fmt: skip


def _tagged(dataset_id: str, *, by: Actor) -> Dataset:
    """Money stays money: whoever may not see it does not see it there either."""
    with transaction():
        dataset = find_dataset(dataset_id, by=by)
        if not dataset.is_attached:
            names = {column["name"] for column in dataset.report["columns"]}
            money = dict.fromkeys(sorted(names & basket_files.MONEY), ColumnTag.MONEY.value)
            dataset.tags = {**money, **dataset.tags}
    return dataset
