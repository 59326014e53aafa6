"""Running the check: the attached data and the locked plan become an immutable analysis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from hadi.analysis.by_design import AnyRecord, analyse
from hadi.db import db, let_go, new_id
from hadi.domain.errors import Blocked, Blocker, NotFound, Stale
from hadi.domain.lifecycle import State, Step
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.quality import QualitySettings
from hadi.domain.statement import cleaned
from hadi.domain.text import Text
from hadi.domain.verdict import Check
from hadi.models import Analysis, Dataset, Hypothesis, PlanVersion, Test
from hadi.models.dataset import DatasetRole
from hadi.services import (
    datasets,
    events,
    hypotheses,
    post_factum,
    priors,
    quality,
    reconciliations,
    surroundings,
    workspace,
)


def latest_dataset(hypothesis: Hypothesis) -> Dataset | None:
    """The newest attached outcomes of the current test."""
    return db.session.scalar(
        select(Dataset)
        .where(
            Dataset.test_id == hypothesis.current_test_id,
            Dataset.version.is_not(None),
            Dataset.role == DatasetRole.OUTCOME,
        )
        .order_by(Dataset.version.desc())
        .limit(1)
    )


def run(
    hypothesis_id: str, *, open_early: str = "", folder: Path, by: Actor, now: datetime
) -> Analysis:
    """Judge the newest data by the locked plan and store the result. Before the planned end the
    result holds checks and progress only, unless opened early with a reason. Raises Blocked,
    NotAllowed; Unreadable when the data cannot answer the plan; Stale when the data, what is said
    of their quality or the plan changed while the sums were made."""
    open_early = cleaned(open_early)
    with hypotheses.taking(hypothesis_id, Step.MEASURE, by=by, now=now) as hypothesis:
        if open_early:
            require(by, Permission.OPEN_EARLY, hypotheses.stake(hypothesis))
        hypotheses.refuse_if_blocked(hypotheses.blockers(hypothesis, Step.MEASURE))
        basis = _basis(hypothesis)
        plan, mapping = basis.plan_version.plan, basis.dataset.mapping
        source = datasets.source(basis.dataset, folder=folder)
        today = now.astimezone(workspace.zone()).date()
        earlier = _earlier_looks(hypothesis)
        prior = priors.sceptical_prior(besides=basis.plan_version.test_id)
        has_result = _has_result_of_other_data(hypothesis, basis.dataset)
    # Looking and summing take as long as the data are big: no transaction is held meanwhile.
    looked = quality.checks(basis.dataset, folder=folder, by=by, now=now)
    around = surroundings.checks(
        hypothesis, basis.test, plan, basis.dataset, today=today, folder=folder
    )
    findings = (
        post_factum.check(
            hypothesis, basis.plan_version, basis.dataset, quality.period_of(basis.dataset)
        ),
        *reconciliations.checks(basis.dataset),
        *looked,
        *around,
    )
    let_go()
    record = analyse(
        source, plan.bound(mapping), today=today, opened_early=bool(open_early), earlier=earlier,
        prior=prior, has_result=has_result, findings=findings,
    )  # fmt: skip
    with hypotheses.taking(hypothesis_id, Step.MEASURE, by=by, now=now) as hypothesis:
        if not _basis(hypothesis).is_as(basis):
            raise Stale(Text("analysis_basis_changed"))
        return _store(hypothesis, basis, record, around, early_reason=open_early, by=by, now=now)


class _Basis(NamedTuple):
    """What an analysis rests on."""

    plan_version: PlanVersion
    dataset: Dataset
    ids: tuple[str, str]
    settings: QualitySettings  # what was said of the data when they were looked at
    test: Test

    def is_as(self, earlier: _Basis) -> bool:
        """Whether it is what it was."""
        return (self.ids, self.settings) == (earlier.ids, earlier.settings)


def _earlier_looks(hypothesis: Hypothesis) -> tuple[float, ...]:
    """The fractions of the planned units at which the current test's results were seen."""
    test = hypothesis.current_test
    assert test is not None
    looks = [analysis.record["look"] for analysis in test.analyses]
    seen = {look["fraction"] for look in looks if look["open"]}
    return tuple(sorted(fraction for fraction in seen if fraction is not None))


def _has_result_of_other_data(hypothesis: Hypothesis, dataset: Dataset) -> bool:
    """Whether the current test had its result before these data came."""
    test = hypothesis.current_test
    assert test is not None
    return test.result is not None and test.result.dataset_id != dataset.id


def _basis(hypothesis: Hypothesis) -> _Basis:
    test = hypothesis.current_test
    dataset = latest_dataset(hypothesis)
    assert test is not None and test.plan_version is not None
    if dataset is None:  # it went while the sums were made
        raise Blocked(Text("step_refused"), [Blocker(Text("needs_data"), "datasets")])
    settings = quality.settings_of(dataset)
    ids = (test.plan_version.id, dataset.id)
    return _Basis(test.plan_version, dataset, ids, settings, test)


def _store(
    hypothesis: Hypothesis,
    basis: _Basis,
    record: AnyRecord,
    around: Sequence[Check],
    *,
    early_reason: str,
    by: Actor,
    now: datetime,
) -> Analysis:
    test = hypothesis.current_test
    assert test is not None
    plan_id, dataset_id = basis.ids
    analysis = Analysis(
        id=new_id(), test_id=test.id, dataset_id=dataset_id, plan_id=plan_id,
        is_final=record.is_closing, early_reason=early_reason if record.look.opened_early else "",
        verdict=record.verdict.verdict.value,
        record=surroundings.with_warnings(record.as_json(), around), author_id=by.user_id,
        created_at=now,
    )  # fmt: skip
    db.session.add(analysis)
    db.session.flush()
    events.record(
        "analysed", subject="analysis", subject_id=analysis.id, by=by, now=now,
        hypothesis=hypothesis,
        details={"verdict": analysis.verdict, "label": analysis.label.value,
                 "is_final": analysis.is_final,
                 "dataset_version": analysis.dataset.version,
                 "plan_version": analysis.plan_version.number,
                 "early_reason": analysis.early_reason},
    )  # fmt: skip
    hypothesis.updated_at = now
    if analysis.is_final:
        test.result_id = analysis.id
        hypothesis.verdict = analysis.verdict
        if hypothesis.state is State.RUNNING:
            hypotheses.enter(hypothesis, State.MEASURED, by=by, now=now)
    return analysis


def find(analysis_id: str, *, by: Actor) -> Analysis:
    """The analysis with that id. Raises NotFound."""
    require(by, Permission.VIEW)
    analysis = db.session.get(Analysis, analysis_id)
    if analysis is None:
        raise NotFound(Text("no_such_analysis"))
    return analysis
