"""What has to be known of a funnel before its numbers are believed: deals that are still open, an
untidy CRM, deals whose path is not in the file. Those that fail forbid a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from hadi.domain.crm_hygiene import Hygiene
from hadi.domain.funnels import MOST_OPEN
from hadi.domain.quality import Level
from hadi.domain.text import Figure, FigureKind, Param, Text, day_figure
from hadi.domain.verdict import Check, CheckStatus
from hadi.ingest.deals import Read, Step

MOST_PATHLESS = 0.05  # of all deals
_STATUS = {
    Level.GREEN: CheckStatus.PASS,
    Level.AMBER: CheckStatus.WARN,
    Level.RED: CheckStatus.FAIL,
}


def checks_of(
    read: Read,
    steps: Sequence[Step],
    hygiene: Hygiene,
    days: int | None,
    as_of: datetime | None = None,
) -> tuple[Check, ...]:
    """`steps`: the step that is judged, whole or for each arm."""
    later = () if as_of is None or not read.later else (_later_check(read.later, as_of),)
    return (*_checks(read, steps, hygiene, days), *later)


def _checks(
    read: Read, steps: Sequence[Step], hygiene: Hygiene, days: int | None
) -> Iterator[Check]:
    yield open_check(steps)
    yield hygiene_check(hygiene)
    yield _path_check(read)
    yield _maturity_check(steps, days)
    if read.unknown:
        rows = sum(rows for _label, rows in read.unknown)
        labels = ", ".join(f"“{label[:40]}”" for label, _rows in read.unknown[:5])
        yield Check(
            "unknown_stages", CheckStatus.WARN, Text("stages_unknown", n=rows, names=labels)
        )
    if read.backward or read.skipped:
        detail = Text("deals_moved_oddly", back=read.backward, skipped=read.skipped)
        yield Check("once_each", CheckStatus.PASS, detail)


def _later_check(rows: int, as_of: datetime) -> Check:
    detail = Text("deals_later", n=rows, day=day_figure(as_of.date()))
    return Check("later_rows", CheckStatus.WARN, detail)


def open_check(steps: Sequence[Step]) -> Check:
    """Whether the fate of enough deals is known: in every arm."""
    known = [step for step in steps if step.open_share is not None]
    if not known:
        return Check("open_deals", CheckStatus.FAIL, Text("open_deals_nobody"))
    worst = max(known, key=lambda step: step.open_share or 0.0)
    figures: dict[str, Param] = {
        "share": _share(worst.open_share or 0.0),
        "open": worst.open,
        "entered": worst.entered,
        "most": _share(MOST_OPEN),
    }
    is_many = (worst.open_share or 0.0) > MOST_OPEN
    code = "open_deals_many" if is_many else "open_deals_few"
    if is_many and worst.name is not None:
        code, figures["arm"] = "open_deals_many_in", worst.name
    return Check(
        "open_deals", CheckStatus.FAIL if is_many else CheckStatus.PASS, Text(code, **figures)
    )


def hygiene_check(hygiene: Hygiene) -> Check:
    """The light of the CRM as a check: red forbids a verdict."""
    level = hygiene.level
    if level is None:
        return Check("crm_hygiene", CheckStatus.WARN, Text("hygiene_unknown"))
    said = _said(hygiene)
    detail = said[0] if len(said) == 1 else Text("hygiene_list", first=said[0], rest=said[1])
    if len(said) == 3:
        detail = Text("hygiene_list", first=detail, rest=said[2])
    return Check("crm_hygiene", _STATUS[level], Text(f"hygiene_{level.value}", what=detail))


def _said(hygiene: Hygiene) -> list[Text]:
    """Each part that is known, in words."""
    said = []
    for name, share, count in (
        ("without_task", hygiene.no_task_share, hygiene.without_task),
        ("overdue", hygiene.overdue_share, hygiene.overdue),
    ):
        if share is not None and count is not None:
            said.append(Text(f"hygiene_{name}", n=count, open=hygiene.open, share=_share(share)))
    if hygiene.completeness is not None:
        invoices = hygiene.invoices or 0
        complete = _share(hygiene.completeness)
        written = Text("hygiene_completeness", won=hygiene.won, n=invoices, share=complete)
        beside = invoices_text(hygiene)
        said.append(Text("hygiene_list", first=written, rest=beside) if beside else written)
    return said


def invoices_text(hygiene: Hygiene) -> Text | None:
    """Which deals and which invoices have no counterpart, where invoices name their deals."""
    laid = hygiene.laid
    if laid is None or laid.without_deal is None:
        return None
    return Text(
        "hygiene_laid", without_invoice=laid.without_invoice or 0, without_deal=laid.without_deal,
        not_won=laid.not_won or 0,
    )  # fmt: skip


def _path_check(read: Read) -> Check:
    share = read.pathless / read.deals if read.deals else 0.0
    if share > MOST_PATHLESS:
        detail = Text("deals_pathless", n=read.pathless, share=_share(share))
        return Check("deal_path", CheckStatus.FAIL, detail)
    return Check("deal_path", CheckStatus.PASS, Text("deals_with_path", n=read.deals))


def _maturity_check(steps: Sequence[Step], days: int | None) -> Check:
    young = sum(step.young for step in steps)
    undated = sum(step.undated for step in steps)
    if days is None:
        return Check("maturity", CheckStatus.WARN, Text("deals_no_maturity"))
    if undated:
        return Check("maturity", CheckStatus.WARN, Text("deals_undated", n=undated))
    detail = Text("deals_mature", n=young, days=days) if young else Text("deals_all_mature")
    return Check("maturity", CheckStatus.PASS, detail)


def _share(value: float) -> Figure:
    return Figure(FigureKind.SHARE, value)
