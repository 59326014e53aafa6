"""Exports of a CRM, made their funnel known: a row for each stage that a deal came to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

STAGES = ("New", "Qualified", "Offer sent", "Waiting for the answer", "Won")
LOST = "Lost"
KEY = 2
SPEC = {
    "stages": [
        {"name": "New", "days": 7},
        {"name": "Qualified", "days": 14},
        {"name": "Offer sent", "kind": "key", "days": 14},
        {"name": "Waiting for the answer", "days": 30},
        {"name": "Won", "kind": "won"},
        {"name": "Lost", "kind": "lost"},
    ]
}
COLUMNS = {
    "deal": "deal_id", "stage": "stage", "entered_at": "stage_entered_at", "task": "task_due",
    "manager": "responsible", "territory": "city", "role": "role", "source": "source", "arm": "arm",
}  # fmt: skip
HEAD = "deal_id,stage,stage_entered_at,task_due,responsible,city,role,source,arm"
EXPORTED = date(2026, 5, 31)
_ENTERED = date(2026, 3, 2)


def rows_of(
    deal: str,
    reached: int,
    end: str = "",
    *,
    on: date = _ENTERED,
    task: str = "2026-06-15",
    arm: str = "",
    manager: str = "Ilya",
    city: str = "Tver",
    role: str = "Closer",
    source: str = "site",
) -> Iterator[str]:
    """A deal that came to the stage at place `reached`, and then to `end` (lost) or nothing."""
    about = f"{task},{manager},{city},{role},{source},{arm}"
    for place in range(reached + 1):
        yield f"{deal},{STAGES[place]},{on + timedelta(days=2 * place)},{about}"
    if end:
        yield f"{deal},{end},{on + timedelta(days=2 * reached + 3)},{about}"


def concrete_offer(per_arm: int = 1300, moved: tuple[int, int] = (325, 403)) -> str:
    """Two arms by the parity of the deal's number. Of those that got the offer `moved` went on;
    1,180 deals are open, 212 of them without a task and 97 with an overdue one."""
    lines = [HEAD]
    open_so_far = 0

    def task() -> str:
        nonlocal open_so_far
        open_so_far += 1
        if open_so_far <= 212:
            return ""
        return "2026-05-20" if open_so_far <= 309 else "2026-06-15"

    number = 0
    for arm, going_on in enumerate(moved):
        for place in range(per_arm):
            number = 2 * place + arm
            deal, named = f"D{number:05d}", ("usual", "concrete")[arm]
            city, source = ("Tver", "Ryazan", "Kursk")[place % 3], ("site", "call")[place % 2]
            extra = {"arm": named, "city": city, "source": source}
            if place < going_on:
                is_open = place < 250
                at = 3 if is_open else 4
                due = task() if is_open else "2026-06-15"
                lines += rows_of(deal, at, task=due, **extra)
            elif place < going_on + per_arm * 150 // 1300:
                lines += rows_of(deal, KEY, task=task(), **extra)
            else:
                lines += rows_of(deal, KEY, LOST, **extra)
    for place in range(1180 - open_so_far):
        lines += rows_of(f"E{place:05d}", 1, task=task(), arm="")
    # Somebody exported the CRM on the last of May: the newest deal is of that day.
    lines += rows_of("F00001", 0, on=EXPORTED, task="2026-06-15")
    lines += [f"F00001,{LOST},{EXPORTED},2026-06-15,Ilya,Tver,Closer,site,"]
    return "\n".join(lines) + "\n"


def one_stage(entered: int = 400, moved: int = 100, lost: int = 60) -> str:
    """Deals that got the offer: so many moved on, so many were lost, the others are open."""
    lines = [HEAD]
    for place in range(entered):
        if place < moved:
            lines += rows_of(f"D{place}", 3)
        elif place < moved + lost:
            lines += rows_of(f"D{place}", KEY, LOST)
        else:
            lines += rows_of(f"D{place}", KEY)
    lines += rows_of("F1", 0, on=EXPORTED)
    return "\n".join(lines) + "\n"
