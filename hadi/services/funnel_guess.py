"""What the columns of a CRM's export are likely to hold, by the names that CRMs give them. A guess
is offered and never taken unasked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hadi.domain.folding import folded
from hadi.domain.funnels import FunnelSpec

# The more telling name first; in English, Russian and Hungarian.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("entered_at", ("entered_at", "stage_entered", "stage_date", "entered", "дата перехода",
                    "дата этапа", "belépett", "szakasz dátuma")),
    ("created_at", ("created_at", "created", "создан", "дата создания", "engage_date",
                    "létrehoz")),
    ("closed_at", ("closed_at", "close_date", "closed", "закрыт", "дата закрытия", "lezár")),
    ("task", ("task_due", "next_task", "task", "задач", "feladat")),
    ("arm", ("arm", "variant", "group", "группа", "вариант", "csoport")),
    ("manager", ("responsible", "manager", "sales_agent", "owner", "ответственн", "менеджер",
                 "felelős", "értékesítő")),
    ("territory", ("territory", "city", "region", "территори", "город", "регион", "terület",
                   "város")),
    ("role", ("role", "роль", "szerep")),
    ("source", ("source", "channel", "источник", "канал", "forrás", "csatorna")),
    ("stage", ("deal_stage", "stage", "status", "этап", "стадия", "статус", "szakasz")),
    ("deal", ("deal_id", "opportunity_id", "lead_id", "deal", "сделк", "лид", "ügylet", "id")),
)  # fmt: skip


# Of a row for each stage, and where nothing tells more of it: named just so.
_JUST_A_DAY = ("date", "day", "дата", "день", "dátum", "nap")


def guessed(columns: Sequence[str], spec: FunnelSpec) -> dict[str, Any]:
    """The parts that a column was found for; columns named like stages are those of stages."""
    names = {folded(column): column for column in columns}
    wide = {
        stage.name: names[folded(stage.name)]
        for stage in spec.stages
        if folded(stage.name) in names
    }
    free = [column for column in columns if column not in wide.values()]
    found: dict[str, Any] = {"stages": wide}
    for part, words in _WORDS:
        column = _first(free, words)
        if column is not None:
            found[part] = column
            free.remove(column)
    days = [column for column in free if folded(column) in _JUST_A_DAY]
    if "stage" in found and not found.keys() & {"entered_at", "created_at"} and len(days) == 1:
        found["entered_at"] = days[0]
    return found


def _first(columns: Sequence[str], words: Sequence[str]) -> str | None:
    """The column of the most telling word: named so, or else beginning with it or having it."""
    for matches in (str.__eq__, str.startswith, str.__contains__):
        for word in words:
            for column in columns:
                is_telling = len(word) > 2 or matches is str.__eq__
                if is_telling and matches(folded(column), word):
                    return column
    return None
