"""The Data quadrant of a hypothesis's page: what is attached, what waits, how far the test is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from hadi.db import db
from hadi.domain.lifecycle import State, Step
from hadi.domain.metric_rules import counts_refusal
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Figure, FigureKind
from hadi.models import Dataset, Hypothesis
from hadi.models.dataset import DatasetKind, Relation
from hadi.services import hypotheses
from hadi.web.shared.language import day, figure
from hadi.web.shared.lights import Light, light_of


@dataclass(frozen=True, slots=True)
class DatasetLine:
    """One data set in a list: what it is called, how big, who and when, and where it is seen.
    `relation` says what it is to the version before, where that is more than newer."""

    name: str
    version: int | None  # None: it waits to be mapped
    size: str
    who: str
    when: str
    url: str
    relation: str = ""
    is_gone: bool = False  # its rows were deleted
    light: Light | None = None  # of its quality
    is_newest: bool = False  # of several versions for the same use
    is_past: bool = False  # a newer version has taken its place
    discard_url: str | None = None  # where it is set aside, while it waits


@dataclass(frozen=True, slots=True)
class DataPanel:
    """`lines` newest first, those that wait to be mapped included; `run_url` is posted to, and is
    None where the check cannot be run by this person now."""

    url: str
    is_ahead: bool
    can_attach: bool
    lines: tuple[DatasetLine, ...] = ()
    run_url: str | None = None
    why_not: str | None = None  # why nothing can be attached yet
    can_type: bool = False  # counts answer the plan

    @property
    def attached(self) -> tuple[DatasetLine, ...]:
        return tuple(line for line in self.lines if line.version is not None)

    @property
    def waiting(self) -> tuple[DatasetLine, ...]:
        return tuple(line for line in self.lines if line.version is None)


def panel(hypothesis: Hypothesis, actor: Actor) -> DataPanel:
    """The data of the current test, as the quadrant shows them."""
    test = hypothesis.current_test
    stake = hypotheses.stake(hypothesis)
    takes_data = hypothesis.state in (State.RUNNING, State.MEASURED)
    can_run = allows(actor, Permission.RUN_ANALYSIS, stake)
    if can_run and not hypotheses.blockers(hypothesis, Step.MEASURE):
        run_url = url_for("hypotheses.run_check", key=hypothesis.key)
    else:
        run_url = None
    may_attach = allows(actor, Permission.ATTACH_DATA, stake)
    shown = [d for d in test.datasets if d.is_attached or may_attach] if test else []
    return DataPanel(
        url=url_for("hypotheses.data", key=hypothesis.key),
        is_ahead=hypothesis.state in (State.IDEA, State.PLANNED),
        can_attach=takes_data and may_attach,
        lines=tuple(
            _placed(dataset_line(hypothesis, dataset), dataset, shown)
            for dataset in sorted(shown, key=_newest_first)
        ),
        run_url=run_url,
        why_not=_("Data are attached once the test has started.")
        if hypothesis.state in (State.IDEA, State.PLANNED)
        else None,
        can_type=bool(test and test.plan and counts_refusal(test.plan) is None),
    )


def dataset_line(hypothesis: Hypothesis, dataset: Dataset) -> DatasetLine:
    """A data set as a line of a list."""
    endpoint = "hypotheses.dataset" if dataset.is_attached else "hypotheses.map_data"
    return DatasetLine(
        name=dataset_name(dataset),
        version=dataset.version,
        size=size_of(dataset),
        who=dataset.author.name,
        when=day(dataset.attached_at or dataset.created_at),
        url=url_for(endpoint, key=hypothesis.key, dataset_id=dataset.id),
        relation="" if dataset.relation is Relation.WHOLE else relation_word(dataset),
        is_gone=not dataset.has_content,
        light=light_of(dataset) if dataset.is_attached else None,
        discard_url=None
        if dataset.is_attached
        else url_for("hypotheses.discard_data", key=hypothesis.key, dataset_id=dataset.id),
    )


def _placed(line: DatasetLine, dataset: Dataset, shown: Sequence[Dataset]) -> DatasetLine:
    """The line with its place among the versions that are for the same use."""
    alike = [d.version for d in shown if d.version is not None and d.role is dataset.role]
    if dataset.version is None or len(alike) < 2:
        return line
    is_newest = dataset.version == max(alike)
    return replace(line, is_newest=is_newest, is_past=not is_newest)


def relation_word(dataset: Dataset) -> str:
    """What a data set is to the one before it."""
    previous = db.session.get(Dataset, dataset.previous_id) if dataset.previous_id else None
    version = previous.version if previous else None
    if version is None or dataset.relation is Relation.WHOLE:
        return str(_("stands on its own"))
    if dataset.relation is Relation.CORRECTION:
        return str(_("corrects version %(n)s", n=version))
    return str(_("adds rows to version %(n)s", n=version))


def dataset_name(dataset: Dataset) -> str:
    """The file's name, or what typed counts are called."""
    if dataset.kind is DatasetKind.QUERY:
        return str(_("Query of %(name)s", name=dataset.filename))
    return dataset.filename if dataset.kind is DatasetKind.FILE else _("Typed counts")


def size_of(dataset: Dataset) -> str:
    """How much is in it: rows of a file, units of typed counts."""
    count = figure(Figure(FigureKind.COUNT, dataset.rows))
    if dataset.kind is DatasetKind.COUNTS:
        return str(_("%(n)s units", n=count))
    return str(ngettext("%(n)s row", "%(n)s rows", dataset.rows, n=count))


def _newest_first(dataset: Dataset) -> tuple[bool, int, float]:
    """Those that wait first, then the highest version."""
    return dataset.is_attached, -(dataset.version or 0), -dataset.created_at.timestamp()
