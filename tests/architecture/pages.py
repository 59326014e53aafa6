"""Reference pages that are made from the code: `python -m tests.architecture.pages` writes them.

A test compares them, so that a changed rule cannot leave its documentation behind.
"""

from __future__ import annotations

from pathlib import Path

from hadi.domain.lifecycle import LETTERS, MOVES, State, Step
from hadi.domain.permissions import PERMISSIONS, Actor, ActorKind, Permission, RoleName, Stake
from hadi.domain.permissions import allows as may
from hadi.domain.scaling import ROLLOUT_MOVES
from hadi.domain.text import Text

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"

NAMES = {
    Step.PLAN: "plan (happens by itself)",
    Step.START: "start",
    Step.MEASURE: "run the check",
    Step.CONCLUDE: "decide",
    Step.REOPEN: "reopen",
    Step.REPEAT: "repeat",
    Step.ARCHIVE: "archive",
    Step.RESTORE: "bring back",
}


def lifecycle_page() -> str:
    """`docs/reference/lifecycle.md`."""
    lines = [
        "# Lifecycle",
        "",
        "Made from `hadi/domain/lifecycle.py` and `domain/permissions.py`; a test compares it.",
        "",
        "## States",
        "",
        "| state | letter |",
        "| --- | --- |",
        *(f"| {_word(f'state_{s.value}')} | {LETTERS.get(s, '')} |" for s in State),
        "",
        "## Steps",
        "",
        "A refused step answers with everything that stands in its way, and the attempt is logged.",
        "",
        "| step | from | to | asks for |",
        "| --- | --- | --- | --- |",
    ]
    for move in MOVES.values():
        sources = ", ".join(_word(f"state_{s.value}").lower() for s in move.sources)
        to = _word(f"state_{move.to.value}").lower() if move.to else "where it was"
        guards = ", ".join(guard.__name__.replace("_", " ") for guard in move.guards)
        lines.append(f"| {NAMES[move.step]} | {sources} | {to} | {guards or 'nothing'} |")
    lines += [
        "",
        "## Roll-outs",
        "",
        "| from | to |",
        "| --- | --- |",
        *(
            f"| {_word(f'rollout_{source.value}')} | "
            f"{', '.join(_word(f'rollout_{to.value}').lower() for to in targets)} |"
            for source, targets in ROLLOUT_MOVES.items()
        ),
        "",
        (
            "*Verified* and *did not hold* need the re-measurement of the latest wave that says so."
            " Rolling out further after a wave that did not hold asks for a reason."
        ),
        "",
        "## Who may do what",
        "",
        "“own” means: as author, owner or data steward of the hypothesis.",
        "",
        "| permission | " + " | ".join(role.value for role in RoleName) + " |",
        "| --- |" + " --- |" * len(RoleName),
    ]
    for permission in PERMISSIONS:
        cells = " | ".join(_cell(permission, role) for role in RoleName)
        lines.append(f"| {permission.value} | {cells} |")
    return "\n".join(lines) + "\n"


def _word(code: str) -> str:
    return str(Text(code))


def _cell(permission: Permission, role: RoleName) -> str:
    actor = Actor(ActorKind.PERSON, "me", frozenset({role}))
    if may(actor, permission):
        return "yes"
    return "own" if may(actor, permission, Stake("me", "me", "me")) else ""


PAGES = {"lifecycle.md": lifecycle_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
