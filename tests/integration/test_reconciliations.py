"""A log and receipts through the services: counted, kept, and what follows for the check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import tills
from tests.factories.hypotheses import World

if TYPE_CHECKING:
    from flask import Flask

    from hadi.models import Dataset, Hypothesis, Reconciliation
    from hadi.models.dataset import DatasetRole

# One test here runs on both databases; the rest is the same on either.
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def compare(
    world: World, hypothesis: Hypothesis, log: Dataset, receipts: Dataset, **more: Any
) -> Reconciliation:
    from hadi.services import reconciliations

    return reconciliations.run(
        hypothesis.id, log_id=log.id, receipts_id=receipts.id, folder=tills.folder_of(world),
        mapping=more.pop("mapping", {}), by=world.actor("analyst"),
        now=world.later(), **more,
    )  # fmt: skip


def check(world: World, hypothesis: Hypothesis) -> Any:
    from hadi.services import analyses

    return analyses.run(
        hypothesis.id, folder=tills.folder_of(world), by=world.actor("analyst"), now=world.later()
    )


def failed(analysis: Any) -> list[str]:
    return [c["code"] for c in analysis.record["checks"] if c["status"] == "fail"]


def test_a_red_log_gives_way_to_the_receipts(world: World) -> None:
    from hadi.services import analyses, events, reconciliations

    hypothesis = tills.running(world)
    log = tills.with_log(world, hypothesis)
    receipts = tills.with_receipts(world, hypothesis)
    made = compare(world, hypothesis, log, receipts)
    counts = reconciliations.read(made).counts
    assert (counts.entries, counts.supported, counts.afterwards) == (120, 52, 94)
    assert (counts.unlogged, counts.real) == (31, 83)
    assert made.level == "red" and log.quality is not None and log.quality["level"] == "red"
    now = analyses.latest_dataset(hypothesis)
    assert now is not None and now.version == 3 and now.digest == receipts.digest
    assert reconciliations.switched_from(now) is not None
    verbs = [event.verb for event in events.history(hypothesis_id=hypothesis.id)]
    assert verbs[:3] == ["metric_switched", "data_attached", "data_reconciled"]
    analysis = check(world, hypothesis)
    assert analysis.dataset.version == 3 and "log_support" not in failed(analysis)
    # Compared once more, nothing is switched twice.
    again = compare(world, hypothesis, log, receipts)
    assert again.level == "red" and analyses.latest_dataset(hypothesis) is now


@ONE
def test_receipts_that_lack_the_arms_leave_the_check_invalid(world: World) -> None:
    from hadi.services.demo import till

    hypothesis = tills.running(world)
    log = tills.with_log(world, hypothesis)
    lines = till.files(tills.BEGINS)[1].decode("utf-8-sig").replace(";group;", ";shift;")
    receipts = tills.with_receipts(world, hypothesis, lines.encode())
    made = compare(world, hypothesis, log, receipts)
    assert "group" in made.result["not_switched"]["params"]["reason"]["text"]["params"]["need"]
    analysis = check(world, hypothesis)
    assert analysis.verdict == "invalid" and failed(analysis)[0] == "log_support"
    assert "52 of 120" in analysis.record["sentence"]


@ONE
def test_what_a_comparison_quotes_goes_with_the_rows(world: World) -> None:
    from hadi.db import transaction
    from hadi.domain.text import Text
    from hadi.services import dataset_retention

    hypothesis = tills.running(world)
    log, receipts = tills.with_log(world, hypothesis), tills.with_receipts(world, hypothesis)
    made = compare(world, hypothesis, log, receipts)
    cell = Text("data_not_number", metric="Add-ons", column="qty", row="7", line="8", place="",
                value="Ivanov")  # fmt: skip
    with transaction():
        said = Text("reconciliation_not_switched", reason=cell)
        made.result = made.result | {"not_switched": said.as_json()}
    counts = made.result["counts"]
    dataset_retention.delete(
        receipts.id, reason="asked by Ivanov", folder=tills.folder_of(world),
        by=world.actor("admin"), now=world.later(),
    )  # fmt: skip
    assert "Ivanov" not in str(made.result) and made.result["counts"] == counts
    assert "qty" in str(made.result["not_switched"])


@ONE
def test_a_corrected_log_is_compared_again_before_it_is_judged(world: World) -> None:
    from hadi.models.dataset import Relation
    from hadi.services import datasets
    from hadi.services.demo import till

    hypothesis = tills.running(world)
    log = tills.with_log(world, hypothesis)
    text = till.files(tills.BEGINS)[1].decode("utf-8-sig").replace(";group;", ";shift;")
    receipts = tills.with_receipts(world, hypothesis, text.encode())
    compare(world, hypothesis, log, receipts)
    corrected = till.files(tills.BEGINS)[0].decode("utf-8-sig").replace(";tape;", ";box;")
    staged = tills.staged(world, hypothesis, "log.csv", corrected.encode())
    newer = datasets.attach(
        staged.id, mapping={}, relation=Relation.CORRECTION, reason="wrong items",
        folder=tills.folder_of(world), by=world.actor("analyst"), now=world.later(),
    )  # fmt: skip
    found = check(world, hypothesis)
    assert found.verdict == "invalid"
    assert "compare this one with them" in found.record["sentence"]
    made = compare(world, hypothesis, newer, receipts, settings={
        "unsupported_red": 0.9, "after_red": 0.99, "unlogged_red": 0.9,
    })  # fmt: skip
    assert made.level == "amber"
    assert "log_support" not in failed(check(world, hypothesis))


@ONE
def test_a_log_beside_the_data_changes_no_verdict(world: World) -> None:
    from hadi.models.dataset import DatasetRole
    from hadi.services import analyses, dataset_roles, datasets
    from hadi.services.demo import till

    hypothesis = tills.running(world)
    world.later(days=30)
    log_file, receipts_file = till.files(tills.BEGINS)
    staged = tills.staged(world, hypothesis, "log.csv", log_file)
    log = dataset_roles.attach_as(
        staged.id, role=DatasetRole.LOG, columns=tills.LOG, folder=tills.folder_of(world),
        by=world.actor("analyst"), now=world.later(),
    )  # fmt: skip
    assert analyses.latest_dataset(hypothesis) is None
    report = log.quality
    assert report is not None
    entries = [f for f in report["findings"] if f["code"] == "entries"]
    assert entries and entries[0]["figures"]["bursts"] == 66, "without receipts the bursts alone"
    staged = tills.staged(world, hypothesis, "receipts.csv", receipts_file)
    receipts = datasets.attach(
        staged.id, mapping={}, folder=tills.folder_of(world), by=world.actor("analyst"),
        now=world.later(),
    )  # fmt: skip
    made = compare(world, hypothesis, log, receipts, mapping={"receipts": tills.RECEIPTS})
    assert made.level == "red" and "switched_to" not in made.result
    assert "log_support" not in failed(check(world, hypothesis))


@ONE
def test_only_beside_data_there_is_nothing_to_check(world: World) -> None:
    from hadi.domain.errors import Blocked

    hypothesis = tills.running(world)
    tills.with_receipts(world, hypothesis)
    with pytest.raises(Blocked) as refusal:
        check(world, hypothesis)
    assert [b.code for b in refusal.value.blockers] == ["needs_data"]


@ONE
def test_hidden_columns_are_not_listed(world: World) -> None:
    from hadi.ingest.reconciling import Kind
    from hadi.services import hypotheses, reconciliations

    hypothesis = tills.running(world)
    log = tills.with_log(world, hypothesis)
    tags = {"store": "personal", "add-on amount": "money"}
    receipts = tills.with_receipts(world, hypothesis, tags=tags)
    made = compare(world, hypothesis, log, receipts)

    def columns(role: str) -> tuple[str, ...]:
        lists = reconciliations.listed(
            made, [Kind.UNSUPPORTED, Kind.UNLOGGED], folder=tills.folder_of(world),
            by=world.actor(role), stake=hypotheses.stake(hypothesis), now=world.now,
        )  # fmt: skip
        assert list(lists) == [Kind.UNSUPPORTED, Kind.UNLOGGED]
        assert "store" in lists[Kind.UNSUPPORTED].columns  # the log's own, which nobody tagged
        found = lists[Kind.UNLOGGED]
        assert len(found.rows) == reconciliations.SHOWN
        return found.columns

    assert {"store", "add-on amount"} <= set(columns("analyst"))
    assert not {"store", "add-on amount"} & set(columns("viewer"))


@ONE
def test_what_cannot_be_compared_is_refused_by_name(world: World) -> None:
    from hadi.domain.errors import Invalid, NotAllowed, NotFound
    from hadi.services import reconciliations

    hypothesis = tills.running(world)
    log = tills.with_log(world, hypothesis)
    receipts = tills.with_receipts(world, hypothesis)
    with pytest.raises(Invalid) as refusal:
        compare(world, hypothesis, log, log)
    assert refusal.value.text.code == "reconciling_same"
    with pytest.raises(Invalid) as refusal:
        compare(world, hypothesis, log, receipts, mapping={"log": {"receipt": "cheque"}})
    assert list(refusal.value.fields) == ["receipt"]
    with pytest.raises(Invalid):
        compare(world, hypothesis, log, receipts, settings={"after_red": 7})
    with pytest.raises(NotFound):
        compare(world, world.running("greet"), log, receipts)
    with pytest.raises(NotAllowed):
        reconciliations.run(
            hypothesis.id, log_id=log.id, receipts_id=receipts.id, folder=tills.folder_of(world),
            by=world.actor("viewer"), now=world.later(),
        )  # fmt: skip


def beside(
    world: World, hypothesis: Hypothesis, role: DatasetRole, text: str, **columns: str
) -> Dataset:
    from hadi.services import dataset_roles

    dataset = tills.staged(world, hypothesis, f"{role}.csv", text.encode())
    return dataset_roles.attach_as(
        dataset.id, role=role, columns=columns, folder=tills.folder_of(world),
        by=world.actor("analyst"), now=world.later(),
    )  # fmt: skip


@ONE
def test_rows_in_which_nothing_is_noted_are_no_entries(world: World) -> None:
    """A row for each receipt: of six, two say that there was an add-on, one of them wrongly. The
    rows without one still tell which days the log covers."""
    from hadi.models.dataset import DatasetRole
    from hadi.services import reconciliations

    hypothesis = tills.running(world)
    world.later(days=30)
    said = ("0", "1", "нет", "2", "", "0,00")
    rows = [f"{n};{10 + n}.02.2026 10:00;{word}" for n, word in enumerate(said)]
    log = beside(
        world, hypothesis, DatasetRole.LOG, "\n".join(["receipt;when;add-ons", *rows, ""]),
        receipt="receipt", entered_at="when", noted="add-ons",
    )  # fmt: skip
    lines = [f"{n};{10 + n}.02.2026 09:59;{core}" for n in (0, 1, 3, 5) for core in (1, 0)]
    lines = [line for line in lines if line not in ("3;13.02.2026 09:59;0",)]
    receipts = beside(
        world, hypothesis, DatasetRole.RECEIPTS, "\n".join(["receipt;sold;core", *lines, ""]),
        receipt="receipt", at="sold", core="core",
    )  # fmt: skip
    counts = reconciliations.read(compare(world, hypothesis, log, receipts, mapping={})).counts
    assert (counts.entries, counts.supported, counts.unsupported) == (2, 1, 1)
    assert (counts.unlogged, counts.left_out, counts.lines_left_out) == (2, 0, 0)


@ONE
def test_by_store_and_day_where_there_is_no_number(world: World) -> None:
    """Two of one day and store, one logged; a third on a day without receipts is left out."""
    from hadi.models.dataset import DatasetRole
    from hadi.services import reconciliations

    hypothesis = tills.running(world)
    world.later(days=30)
    log = beside(
        world, hypothesis, DatasetRole.LOG,
        "shop,when\nNorth,2026-02-10 10:00\nNorth,2026-02-12 11:00\nSouth,2026-02-10 10:00\n",
        store="shop", entered_at="when",
    )  # fmt: skip
    receipts = beside(
        world, hypothesis, DatasetRole.RECEIPTS,
        "shop,sold\nnorth,2026-02-10 09:00\nnorth,2026-02-10 09:30\nnorth,2026-02-11 12:00\n",
        store="shop", at="sold",
    )  # fmt: skip
    made = compare(world, hypothesis, log, receipts, mapping={})
    counts = reconciliations.read(made).counts
    assert (counts.entries, counts.supported, counts.unlogged, counts.left_out) == (1, 1, 2, 2)
