"""Files of receipt lines: kept, read as somebody says, and looked into.

The lines themselves are handed out to nobody; what is shown of them are sums, and of those only
what a person may see: `basket_views` says what.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hadi.analysis.baskets import basket as answer_of
from hadi.db import db, let_go, lock, new_id, transaction
from hadi.domain.baskets import BasketSpec, read_spec
from hadi.domain.errors import Blocked, Blocker, Invalid, NotFound, Stale, Unreadable
from hadi.domain.permissions import Actor, Permission, Stake, allows, require
from hadi.domain.statement import cleaned
from hadi.domain.text import Text, day_figure
from hadi.ingest import receipts as counting
from hadi.ingest.files import open_table
from hadi.ingest.limits import MB, Limits
from hadi.models import Basket
from hadi.services import events
from hadi.services.basket_columns import guessed
from hadi.services.dataset_records import drop_unused, path_of, take_turn

MOST_BYTES = 64 * MB
MOST_NAME = 200
MOST_LISTED = 500
MOST_OFFERED = 200  # categories


def listing(*, by: Actor, is_removed: bool = False) -> list[Basket]:
    """The files that are looked into, the latest first; or those that were set aside."""
    require(by, Permission.VIEW)
    wanted = Basket.removed_at.is_not(None) if is_removed else Basket.removed_at.is_(None)
    query = (
        select(Basket)
        .where(wanted)
        .options(joinedload(Basket.author))
        .order_by(Basket.updated_at.desc(), Basket.id)
        .limit(MOST_LISTED)
    )
    return list(db.session.scalars(query))


def find(basket_id: str, *, by: Actor) -> Basket:
    """The one with that id. Raises NotFound."""
    require(by, Permission.VIEW)
    found = db.session.get(Basket, basket_id[:20].replace("\0", ""))
    if found is None:
        raise NotFound(Text("no_such_basket"))
    return found


def stake(basket: Basket) -> Stake:
    """Whoever brought a file stands to it as to their own test."""
    return Stake(author=basket.author_id)


def can_add(by: Actor) -> bool:
    return allows(by, Permission.ATTACH_DATA, Stake(author=by.user_id))


def can_edit(basket: Basket, by: Actor) -> bool:
    return allows(by, Permission.ATTACH_DATA, stake(basket))


def keep(
    *,
    file: BinaryIO,
    filename: str,
    name: str = "",
    given: Mapping[str, Any] | None = None,
    folder: Path,
    limits: Limits,
    by: Actor,
    now: datetime,
) -> Basket:
    """Keep a file of receipt lines. Its columns are guessed where `given` does not name them; where
    that says enough, it is looked into at once. Raises NotAllowed, Unreadable, TooLarge, Invalid:
    then nothing of it stays."""
    require(by, Permission.ATTACH_DATA, Stake(author=by.user_id))
    let_go()
    table = open_table(file, filename, folder=folder, limits=limits)
    try:
        columns = [{"name": c.name, "type": c.type.value} for c in table.report.columns]
        spec, found = _first_look(table.path, columns, given)
        with transaction():
            take_turn(table.digest)
            if not path_of(table.digest, folder).is_file():
                raise Unreadable(Text("upload_met", file=filename[:80]))
            basket = Basket(
                id=new_id(), name=_name(name or Path(filename).stem), filename=filename[-255:],
                digest=table.digest, rows=table.report.rows, columns=columns,
                notes=[note.as_json() for note in table.report.notes], spec=spec.as_json(),
                found=found, author_id=by.user_id, created_at=now, updated_at=now,
            )  # fmt: skip
            db.session.add(basket)
            db.session.flush()
            _record("basket_kept", basket, by=by, now=now, rows=basket.rows)
    except BaseException:
        with transaction():
            drop_unused([table.digest], folder=folder)
        raise
    return basket


def choose(
    basket_id: str,
    *,
    given: Mapping[str, Any],
    version: int | None,
    folder: Path,
    by: Actor,
    now: datetime,
) -> Basket:
    """Say what the columns are, what the core is and how sales are credited; then it is looked
    into. What `given` leaves out stays. Raises Invalid with every fault, Stale, Unreadable."""
    basket = find(basket_id, by=by)
    require_editable(basket, by=by)
    if version is not None and version != basket.version:
        raise Stale(Text("basket_changed_meanwhile"))
    name = _name(str(given.get("name") or basket.name))
    spec = read_spec(_kept(basket) | dict(given), [one["name"] for one in basket.columns])
    if not spec.can_be_read:
        text = Text("basket_needs_core")
        raise Invalid(text, {"core": text})
    path, before = path_of(basket.digest, folder), basket.version
    # Looking takes as long as the file is big: no transaction is held meanwhile.
    let_go()
    found = answer_of([path], spec).as_json()
    _require_control(found)
    with transaction():
        basket = _locked(basket_id, before)
        told = events.difference(basket.asked.as_json(), spec.as_json())
        basket.name, basket.spec, basket.found = name, spec.as_json(), found
        basket.updated_at = now
        _record("basket_chosen", basket, by=by, now=now, changes=told)
    return basket


def _require_control(found: Mapping[str, Any]) -> None:
    """Arms were named and nothing can be compared: said where the control is typed, and not only
    under an answer that looks complete. Raises Invalid."""
    for check in found["checks"]:
        if check["text"]["code"] == "basket_no_arms":
            text = Text.from_json(check["text"])
            raise Invalid(text, {"control": text})


def remove(basket_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Basket:
    """Set it aside; nothing of it is lost. Raises Stale, Blocked."""
    return _set_aside(basket_id, now, "basket_removed", version=version, by=by, now=now)


def restore(basket_id: str, *, version: int | None = None, by: Actor, now: datetime) -> Basket:
    """Fetch it back. Raises Stale, Blocked."""
    return _set_aside(basket_id, None, "basket_restored", version=version, by=by, now=now)


def delete_rows(basket_id: str, *, reason: str, folder: Path, by: Actor, now: datetime) -> Basket:
    """Delete the lines for good, with whatever was found of single people. Raises NotAllowed,
    Invalid without a reason, Blocked."""
    require(by, Permission.DELETE_DATA)
    reason = cleaned(reason)
    if not reason:
        text = Text("deletion_needs_reason")
        raise Invalid(text, {"reason": text})
    with transaction():
        basket = _locked(basket_id, None)
        if basket.deleted_at is not None:
            raise Blocked(Text("step_refused"), [Blocker(Text("basket_rows_gone_already"), "rows")])
        basket.deleted_at = basket.updated_at = now
        basket.found = _without_people(basket.found)
        db.session.flush()
        drop_unused([basket.digest], folder=folder)
        _record("basket_rows_deleted", basket, by=by, now=now, reason=reason, rows=basket.rows)
    return basket


def goods(basket: Basket, column: str, *, folder: Path) -> list[tuple[str, int]]:
    """The categories that can be declared, with how many lines have each; nothing where the file
    is gone or has no such column."""
    path = path_of(basket.digest, folder)
    names = {one["name"] for one in basket.columns}
    if not basket.has_rows or column not in names or not path.is_file():
        return []
    return counting.names_of([path], column, MOST_OFFERED)


def require_editable(basket: Basket, *, by: Actor) -> None:
    """Raises NotAllowed, Blocked where it was set aside, Unreadable where its lines are gone."""
    require(by, Permission.ATTACH_DATA, stake(basket))
    if basket.is_removed:
        raise Blocked(Text("step_refused"), [Blocker(Text("basket_is_removed"), "removed")])
    require_rows(basket)


def require_rows(basket: Basket) -> None:
    """Raises Unreadable where the lines were deleted."""
    if basket.deleted_at is not None:
        day = day_figure(basket.deleted_at.date())
        raise Unreadable(Text("basket_rows_gone", name=basket.name, day=day))


def _first_look(
    path: Path, columns: list[dict[str, str]], given: Mapping[str, Any] | None
) -> tuple[BasketSpec, dict[str, Any] | None]:
    names = [one["name"] for one in columns]
    guess = guessed(columns)
    asked = dict(given or {})
    own = asked.get("columns")
    if not own:
        # What is guessed refuses nothing: whoever sent the file corrects it on the next page.
        asked["columns"] = _without_clashes(guess)
    is_told = any(asked.get(name) for name in ("core", "control", "since")) or bool(own)
    if not is_told:
        return BasketSpec(columns=asked["columns"]), None
    spec = read_spec(asked, names)
    return spec, answer_of([path], spec).as_json() if spec.can_be_read else None


def _without_clashes(guess: dict[str, str]) -> dict[str, str]:
    """Arms without stores say nothing that could be compared."""
    if "arm" in guess and "store" not in guess:
        return {role: name for role, name in guess.items() if role != "arm"}
    return guess


def _kept(basket: Basket) -> dict[str, Any]:
    """The choices as they are, in the units in which they are typed."""
    told = basket.asked.as_json()
    if told["threshold"] is not None:
        told["threshold"] = round(told["threshold"] * 100.0, 9)
    return told


def _set_aside(
    basket_id: str, at: datetime | None, verb: str, *, version: int | None, by: Actor, now: datetime
) -> Basket:
    with transaction():
        basket = _locked(basket_id, version)
        require(by, Permission.ATTACH_DATA, stake(basket))
        if basket.is_removed == (at is not None):
            code = "basket_is_removed" if at is not None else "basket_is_not_removed"
            raise Blocked(Text("step_refused"), [Blocker(Text(code), "removed")])
        basket.removed_at, basket.updated_at = at, now
        _record(verb, basket, by=by, now=now)
    return basket


def _locked(basket_id: str, version: int | None) -> Basket:
    basket = lock(Basket, basket_id[:20].replace("\0", ""))
    if basket is None:
        raise NotFound(Text("no_such_basket"))
    if version is not None and version != basket.version:
        raise Stale(Text("basket_changed_meanwhile"))
    return basket


def _name(written: str) -> str:
    name = cleaned(written)[:MOST_NAME]
    if not name:
        text = Text("basket_needs_name")
        raise Invalid(text, {"name": text})
    return name


def _without_people(found: dict[str, Any] | None) -> dict[str, Any] | None:
    if found is None:
        return None
    gains = found.get("gains")
    if gains and gains.get("carried"):
        gains = {**gains, "carried": {**gains["carried"], "name": ""}}
    return {**found, "people": [], "gains": gains}


def _record(
    verb: str,
    basket: Basket,
    *,
    by: Actor,
    now: datetime,
    changes: Mapping[str, Any] | None = None,
    **details: Any,
) -> None:
    events.record(
        verb, subject="basket", subject_id=basket.id, by=by, now=now, changes=changes,
        details={"name": basket.name, **details},
    )  # fmt: skip
