"""Who may do what, as data: permission → any of these → all of these predicates.

Services ask `require`; pages ask `allows` to decide what to show. Nothing else decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hadi.domain.errors import NotAllowed
from hadi.domain.text import Text


class RoleName(StrEnum):
    """Workspace roles; `member` is a team lead."""

    MEMBER = "member"
    ANALYST = "analyst"
    LEADER = "leader"
    ADMIN = "admin"
    VIEWER = "viewer"


class ActorKind(StrEnum):
    PERSON = "person"
    TOKEN = "token"  # noqa: S105 - a kind of actor
    JOB = "job"
    RESTORE = "restore"  # an archive that was imported


class Scope(StrEnum):
    """What an API token may do at most; its person's roles still apply."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts. `user_id` is the person, also behind a token; a job has none."""

    kind: ActorKind
    user_id: str | None
    roles: frozenset[RoleName] = frozenset()
    scopes: frozenset[Scope] = frozenset(Scope)
    token_id: str | None = None


JOB = Actor(ActorKind.JOB, None, frozenset(RoleName))


@dataclass(frozen=True, slots=True)
class Stake:
    """How people stand to the thing acted on; ids of people."""

    author: str | None = None
    owner: str | None = None
    steward: str | None = None


NO_STAKE = Stake()

Predicate = Callable[[Actor, Stake], bool]


def _has(role: RoleName) -> Predicate:
    return lambda actor, stake: role in actor.roles


def _can_write(actor: Actor, stake: Stake) -> bool:
    return Scope.WRITE in actor.scopes


def _is_author(actor: Actor, stake: Stake) -> bool:
    return actor.user_id is not None and actor.user_id == stake.author


def _is_owner(actor: Actor, stake: Stake) -> bool:
    return actor.user_id is not None and actor.user_id == stake.owner


def _is_steward(actor: Actor, stake: Stake) -> bool:
    return actor.user_id is not None and actor.user_id == stake.steward


_member, _analyst = _has(RoleName.MEMBER), _has(RoleName.ANALYST)
_leader, _admin, _viewer = _has(RoleName.LEADER), _has(RoleName.ADMIN), _has(RoleName.VIEWER)

_ANYONE: list[list[Predicate]] = [[_member], [_analyst], [_leader], [_admin], [_viewer]]
_CONCERNED: list[list[Predicate]] = [
    [_member, _is_author],
    [_member, _is_owner],
    [_member, _is_steward],
]


class Permission(StrEnum):
    VIEW = "view"
    CREATE_HYPOTHESIS = "hypothesis.create"
    EDIT_HYPOTHESIS = "hypothesis.edit"
    ARCHIVE_HYPOTHESIS = "hypothesis.archive"
    EDIT_PLAN = "plan.edit"
    START_TEST = "test.start"
    ATTACH_DATA = "dataset.attach"
    RUN_ANALYSIS = "analysis.run"
    OPEN_EARLY = "analysis.open_early"
    WRITE_INSIGHT = "insight.write"
    CONCLUDE = "conclusion.record"
    SCALE = "conclusion.scale"
    REOPEN = "conclusion.reopen"
    MOVE_ROLLOUT = "rollout.move"
    MANAGE_PEOPLE = "people.manage"
    EDIT_SETTINGS = "settings.edit"
    OWN_ACCOUNT = "account.own"
    MANAGE_SOURCES = "source.manage"
    DELETE_DATA = "dataset.delete"
    VIEW_MONEY = "money.view"
    VIEW_PERSONAL = "personal.view"
    MOVE_WORKSPACE = "workspace.move"
    EDIT_COSTS = "cost.edit"
    DECIDE_BUDGET = "budget.decide"
    EDIT_SCORECARDS = "scorecard.edit"
    MANAGE_UNITS = "unit.manage"
    LOG_UNITS = "unit.log"
    EDIT_CALENDAR = "calendar.edit"
    EDIT_LEVERS = "lever.edit"
    MANAGE_FUNNELS = "funnel.manage"
    VIEW_MANAGERS = "funnel.managers"


def _writing(*ways: list[Predicate]) -> list[list[Predicate]]:
    return [[_can_write, *way] for way in ways]


PERMISSIONS: Mapping[Permission, list[list[Predicate]]] = {
    Permission.VIEW: _ANYONE,
    Permission.OWN_ACCOUNT: _ANYONE,
    Permission.CREATE_HYPOTHESIS: _writing([_member], [_analyst], [_leader], [_admin]),
    Permission.EDIT_HYPOTHESIS: _writing(*_CONCERNED, [_analyst], [_leader], [_admin]),
    Permission.ARCHIVE_HYPOTHESIS: _writing(
        [_is_author, _member], [_is_owner, _member], [_is_author, _analyst], [_leader], [_admin]
    ),
    Permission.EDIT_PLAN: _writing(*_CONCERNED, [_analyst], [_leader], [_admin]),
    Permission.START_TEST: _writing(*_CONCERNED, [_analyst], [_leader], [_admin]),
    Permission.ATTACH_DATA: _writing(*_CONCERNED, [_analyst], [_admin]),
    Permission.RUN_ANALYSIS: _writing(*_CONCERNED, [_analyst], [_leader], [_admin]),
    Permission.OPEN_EARLY: _writing([_analyst], [_leader], [_admin]),
    Permission.WRITE_INSIGHT: _writing(*_CONCERNED, [_analyst], [_leader], [_admin]),
    Permission.CONCLUDE: _writing(*_CONCERNED, [_analyst], [_leader], [_admin]),
    Permission.SCALE: _writing([_leader], [_admin]),
    Permission.REOPEN: _writing([_leader], [_admin]),
    Permission.MOVE_ROLLOUT: _writing([_leader], [_admin]),
    Permission.MANAGE_PEOPLE: _writing([_admin]),
    Permission.EDIT_SETTINGS: _writing([_admin]),
    Permission.MANAGE_SOURCES: _writing([_analyst], [_admin]),
    Permission.DELETE_DATA: _writing([_admin]),
    # Money and margin columns: those who decide, and those whose test it is.
    Permission.VIEW_MONEY: [*_CONCERNED, [_analyst], [_leader], [_admin]],
    Permission.VIEW_PERSONAL: [[_analyst], [_admin]],
    Permission.MOVE_WORKSPACE: _writing([_admin]),
    Permission.EDIT_COSTS: _writing(*_CONCERNED, [_analyst], [_leader], [_admin]),
    Permission.DECIDE_BUDGET: _writing([_leader], [_admin]),
    Permission.EDIT_SCORECARDS: _writing([_member], [_analyst], [_leader], [_admin]),
    Permission.MANAGE_UNITS: _writing([_analyst], [_leader], [_admin]),
    # Whoever is responsible for a unit knows what happened there.
    Permission.LOG_UNITS: _writing([_member, _is_owner], [_analyst], [_leader], [_admin]),
    # Whoever is responsible for a unit enters what it sold and to how many.
    Permission.EDIT_LEVERS: _writing([_member, _is_owner], [_analyst], [_leader], [_admin]),
    Permission.EDIT_CALENDAR: _writing([_member], [_analyst], [_leader], [_admin]),
    Permission.MANAGE_FUNNELS: _writing([_member], [_analyst], [_leader], [_admin]),
    # What is told of single managers is for whoever leads them, not for everyone to compare.
    Permission.VIEW_MANAGERS: [[_member, _is_owner], [_analyst], [_leader], [_admin]],
}


def allows(actor: Actor, permission: Permission, stake: Stake = NO_STAKE) -> bool:
    """Whether `actor` has `permission` over something with that `stake`."""
    return any(all(predicate(actor, stake) for predicate in way) for way in PERMISSIONS[permission])


def require(actor: Actor, permission: Permission, stake: Stake = NO_STAKE) -> None:
    """Raises NotAllowed, in words, where `allows` says no."""
    if not allows(actor, permission, stake):
        raise NotAllowed(Text(f"not_allowed.{permission.value}"))
