"""What a funnel found, as the words and figures of its page."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from hadi.analysis.funnel import FunnelFound, GroupFound, StepFound
from hadi.analysis.funnel_checks import invoices_text
from hadi.charts.funnel import Funnel as Chart
from hadi.charts.funnel import Stage, funnel
from hadi.domain.crm_hygiene import Hygiene
from hadi.domain.funnels import FEWEST_TO_COMPARE, StageKind
from hadi.domain.text import Figure, FigureKind, Text
from hadi.stats.results import Interval
from hadi.web.shared.language import figure, say

GROUP_LIMIT = 50


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A manager, territory, role or source."""

    name: str
    entered: str
    moved: str
    conversion: str
    between: str
    stands: str
    without_task: str
    overdue: str


@dataclass(frozen=True, slots=True)
class GroupTable:
    """The lines of one kind of group, the largest first. `left` are those not shown."""

    key: str
    title: str
    lines: tuple[GroupLine, ...]
    has_tasks: bool
    left: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """One way to divide, with what it would say of the key stage."""

    name: str
    formula: str
    value: str
    remark: str
    is_answer: bool = False


@dataclass(frozen=True, slots=True)
class Light:
    """A part of the CRM's hygiene."""

    level: str
    word: str
    name: str
    value: str
    said: str
    beside: str = ""  # deals and invoices without a counterpart


@dataclass(frozen=True, slots=True)
class Found:
    """Everything below the sentence."""

    sentence: str
    chart: Chart
    ways: tuple[tuple[str, str], ...]
    planning: str | None
    checks: tuple[tuple[str, str, str], ...]
    lights: tuple[Light, ...]
    level: Light | None
    groups: tuple[GroupTable, ...]
    ratios: tuple[Ratio, ...]


def found_of(answer: FunnelFound, *, has_managers: bool) -> Found:
    """The page's values; without single managers where they are not seen."""
    groups = [
        _group(name, lines)
        for name, lines in answer.groups.items()
        if lines and (has_managers or name != "manager")
    ]
    hygiene = answer.hygiene
    return Found(
        sentence=say(answer.text),
        chart=chart_of(answer),
        ways=tuple(_ways(answer)),
        planning=say(answer.planning.text) if answer.planning else None,
        checks=tuple(
            (check.status.value, say(Text(f"finding_{check.code}")), say(check.detail))
            for check in answer.checks
        ),
        lights=tuple(_lights(hygiene)),
        level=_light_word(hygiene),
        groups=tuple(groups),
        ratios=_ratios(answer.key),
    )


def chart_of(answer: FunnelFound) -> Chart:
    """A bar for each stage on the way. The last has no next."""
    stages = [
        Stage(
            found.start.name, found.step.entered, found.step.moved, found.step.open,
            found.start.kind is StageKind.KEY,
        )
        for found in answer.steps
    ]  # fmt: skip
    last = answer.steps[-1]
    return funnel([*stages, Stage(last.end.name, last.step.moved)])


def share(value: float | None) -> str:
    return "–" if value is None else figure(Figure(FigureKind.SHARE, value))


def between(interval: Interval | None) -> str:
    if interval is None or interval.low is None or interval.high is None:
        return ""
    return str(_("%(low)s to %(high)s", low=share(interval.low), high=share(interval.high)))


def count(number: int | None) -> str:
    return "–" if number is None else figure(Figure(FigureKind.COUNT, number))


def _ways(answer: FunnelFound) -> list[tuple[str, str]]:
    """To the key stage, and from it to the end."""
    told = []
    for label, way in (
        (_("Before the key stage"), answer.before),
        (_("From the key stage to the end"), answer.after),
    ):
        if way is not None and way.step.entered:
            said = _(
                "%(share)s (%(between)s), %(moved)s of %(entered)s; still open %(open)s",
                share=share(way.step.conversion), between=between(way.interval),
                moved=count(way.step.moved), entered=count(way.step.entered),
                open=share(way.step.open_share),
            )  # fmt: skip
            told.append((f"{label}: {way.start.name} → {way.end.name}", str(said)))
    return told


def _lights(hygiene: Hygiene) -> list[Light]:
    levels, beside = hygiene.levels, invoices_text(hygiene)
    parts = (
        ("without_task", _("Open deals without a task"), hygiene.no_task_share,
         hygiene.without_task, hygiene.open),
        ("overdue", _("Open deals with an overdue task"), hygiene.overdue_share, hygiene.overdue,
         hygiene.open),
        ("completeness", _("Won deals for each invoice"), hygiene.completeness, hygiene.won,
         hygiene.invoices),
    )  # fmt: skip
    return [
        Light(
            levels[name].value, say(Text(f"level_{levels[name].value}")), str(label), share(value),
            str(_("%(part)s of %(whole)s", part=count(part), whole=count(whole))),
            say(beside) if name == "completeness" and beside else "",
        )
        for name, label, value, part, whole in parts
        if name in levels
    ]  # fmt: skip


def _light_word(hygiene: Hygiene) -> Light | None:
    level = hygiene.level
    if level is None:
        return None
    word = say(Text(f"level_{level.value}"))
    return Light(level.value, word, str(_("How the CRM is kept")), "", "")


def _group(name: str, lines: tuple[GroupFound, ...]) -> GroupTable:
    shown = lines[:GROUP_LIMIT]
    has_tasks = any(each.standing and each.standing.without_task is not None for each in shown)
    return GroupTable(
        name,
        say(Text(f"group_{name}")),
        tuple(_line(line) for line in shown),
        has_tasks,
        len(lines) - len(shown),
    )


def _line(found: GroupFound) -> GroupLine:
    step, standing = found.step, found.standing
    return GroupLine(
        name=found.name or str(_("not said")),
        entered=count(step.entered),
        moved=count(step.moved),
        conversion=share(step.conversion),
        between=between(found.interval),
        stands=_stands(found),
        without_task=_of(standing.without_task, standing.open) if standing else "–",
        overdue=_of(standing.overdue, standing.open) if standing else "–",
    )


def _stands(found: GroupFound) -> str:
    """Beside all the others together, or why nothing is said of it."""
    if found.stands:
        return say(Text(f"stands_{found.stands}"))
    if found.name is None:
        return "–"
    is_small = found.step.entered < FEWEST_TO_COMPARE
    return str(_("too few to compare") if is_small else _("too few others to compare with"))


def _of(part: int | None, whole: int) -> str:
    if part is None or not whole:
        return "–"
    return str(_("%(part)s of %(whole)s", part=count(part), whole=count(whole)))


def _ratios(key: StepFound) -> tuple[Ratio, ...]:
    """Three ways to divide by: one of them is the answer."""
    step = key.step
    if not step.entered:
        return ()
    return (
        Ratio(
            str(_("Everyone who entered")),
            f"{count(step.moved)} ÷ {count(step.entered)}", share(step.conversion),
            str(_("The answer: each deal stands in it once, whatever became of it.")), True,
        ),
        Ratio(
            str(_("Those who sit in the stage now")),
            f"{count(step.moved)} ÷ {count(step.open)}", share(step.of_present),
            str(_("A flow over a stock: it rises when fewer deals wait, whatever moves on.")),
        ),
        Ratio(
            str(_("Those whose fate is known")),
            f"{count(step.moved)} ÷ {count(step.moved + step.lost)}", share(step.of_closed),
            str(_("Too high as long as deals are open: a loss takes longer than a success.")),
        ),
    )  # fmt: skip
