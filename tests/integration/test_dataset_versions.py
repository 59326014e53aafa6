"""Versions of data: rows added week by week, corrections in the open, a schema that stays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.hypotheses import World
from tests.factories.weeks import HEAD, PLAN, attached, staged, week
from tests.fixtures.queries import counted

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "datasets"


def increment(world: World, hypothesis: Any, folder: Path, content: bytes) -> Any:
    from hadi.models.dataset import Relation

    waiting = staged(world, hypothesis, folder, content)
    return attached(world, waiting, folder, relation=Relation.INCREMENT)


def test_the_next_week_is_added_as_the_first_was_mapped(world: World, folder: Path) -> None:
    from hadi.services import analyses, datasets

    hypothesis = world.running(**PLAN)
    renamed = {"arm": "arm", "client": "client", "bought": "sale", "day": "day"}
    head = HEAD.replace("bought", "sale")
    first = attached(
        world, staged(world, hypothesis, folder, week(1, head=head)), folder, renamed,
        tags={"client": "personal"},
    )  # fmt: skip
    second = increment(world, hypothesis, folder, week(2, head=head))
    assert (second.version, second.rows, len(second.parts)) == (2, 120, 2)
    assert second.mapping == first.mapping == renamed
    assert second.tags == {"client": "personal"}
    assert second.parts[0].digest == first.digest and second.digest != first.digest
    assert second.report["notes"] == first.report["notes"] and second.report["rows"] == 120
    made = analyses.run(hypothesis.id, folder=folder, by=world.actor("analyst"), now=world.later())
    assert made.dataset_id == second.id
    assert sum(arm["units"] for arm in made.record["arms"]) == 120
    # A part that is known already is the version that brought it, also as the file was sent.
    assert staged(world, hypothesis, folder, week(2, head=head)).id == second.id
    assert staged(world, hypothesis, folder, week(1, head=head)).id == first.id
    assert datasets.newest(second.test_id) is second


def test_what_is_hidden_later_is_hidden_wherever_its_rows_are(world: World, folder: Path) -> None:
    from hadi.services import datasets

    hypothesis = world.running(**PLAN)
    first = attached(world, staged(world, hypothesis, folder, week(1)), folder)
    second = increment(world, hypothesis, folder, week(2))
    third = increment(world, hypothesis, folder, week(3))
    other = attached(world, staged(world, hypothesis, folder, week(9)), folder)
    by = world.actor("analyst")
    made = datasets.again(
        second.id, tags={"client": "personal"}, reason="clients are people", folder=folder, by=by,
        now=world.later(),
    )  # fmt: skip
    hidden = {"client": "personal"}
    assert [each.tags for each in (made, second, first, third)] == [hidden] * 4
    assert other.tags == {}  # it has none of the rows
    datasets.again(
        first.id, tags={"day": "margin"}, reason="said otherwise", folder=folder, by=by,
        now=world.later(),
    )  # fmt: skip
    assert third.tags == second.tags == {**hidden, "day": "margin"}  # none is shown again


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_hidden_with_new_rows_is_hidden_in_those_before(world: World, folder: Path) -> None:
    from hadi.models.dataset import Relation

    hypothesis = world.running(**PLAN)
    first = attached(world, staged(world, hypothesis, folder, week(1)), folder)
    assert first.tags == {}
    waiting = staged(world, hypothesis, folder, week(2))
    attached(world, waiting, folder, relation=Relation.INCREMENT, tags={"client": "personal"})
    assert first.tags == {"client": "personal"}


def test_a_week_costs_the_same_however_many_came_before(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not timed: the tables that are read to attach it, and the statements."""
    from hadi.ingest import engine
    from hadi.services import dataset_coverage, dataset_versions, quality

    monkeypatch.setattr(quality, "look_soon", lambda *_args, **_options: None)
    hypothesis = world.running(**PLAN)
    attached(world, staged(world, hypothesis, folder, week(1)), folder)
    opened: list[int] = []
    session = engine.session

    def noted(**options: Any) -> Any:
        opened.append(len(list(options.get("files", ()))))
        return session(**options)

    for module in (dataset_coverage.engine, dataset_versions.TableSource.__module__):
        target = module if not isinstance(module, str) else __import__("sys").modules[module].engine
        monkeypatch.setattr(target, "session", noted)
    costs = []
    for number in range(2, 7):
        waiting = staged(world, hypothesis, folder, week(number))
        opened.clear()
        with counted(world.app) as sent:
            from hadi.models.dataset import Relation

            attached(world, waiting, folder, relation=Relation.INCREMENT)
        costs.append((sum(opened), len(sent)))
    # Two readings of one new table each: its sums, and what it covers.
    assert {read for read, _ in costs} == {2}
    assert costs[-1][1] <= costs[0][1] + 1


def test_rows_that_may_be_there_twice_are_named(world: World, folder: Path) -> None:
    hypothesis = world.running(**PLAN)
    attached(world, staged(world, hypothesis, folder, week(1)), folder)
    overlapping = week(1) + week(2).split(b"\n", 1)[1]
    second = increment(world, hypothesis, folder, overlapping)
    codes = [note["code"] for note in second.report["notes"]]
    assert codes == ["overlap_days", "overlap_units"]
    assert "50.0%" in second.report["notes"][1]["sentence"]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"relation": "correction"}, "reason"),
        ({"relation": "increment", "previous": "1"}, "relation"),
        ({"relation": "whole", "previous": "1"}, "relation"),
    ],
)
def test_what_a_version_is_to_those_before_has_to_make_sense(
    world: World, folder: Path, options: dict[str, str], field: str
) -> None:
    from hadi.domain.errors import Invalid
    from hadi.models.dataset import Relation

    hypothesis = world.running(**PLAN)
    attached(world, staged(world, hypothesis, folder, week(1)), folder)
    increment(world, hypothesis, folder, week(2))
    waiting = staged(world, hypothesis, folder, week(3))
    relation = Relation(options["relation"])
    with pytest.raises(Invalid) as refused:
        attached(world, waiting, folder, relation=relation, previous=options.get("previous"))
    assert set(refused.value.fields) == {field} and not waiting.is_attached


def test_a_correction_marks_what_was_found_before(world: World, folder: Path) -> None:
    from hadi.models.dataset import Relation
    from hadi.services import analyses
    from hadi.services.dataset_records import computed_on

    hypothesis = world.running(**PLAN)
    first = attached(world, staged(world, hypothesis, folder, week(1)), folder)
    made = analyses.run(hypothesis.id, folder=folder, by=world.actor("analyst"), now=world.later())
    assert computed_on(made.dataset) is None
    second = attached(
        world, staged(world, hypothesis, folder, week(1, rows=80)), folder,
        relation=Relation.CORRECTION, reason="twenty receipts were missing",
    )  # fmt: skip
    assert (second.version, second.previous_id) == (2, first.id)
    told = computed_on(made.dataset)
    assert told is not None and str(told) == "Computed on data version 1, which version 2 corrects."


def test_the_schema_changes_in_the_open_or_not_at_all(world: World, folder: Path) -> None:
    from hadi.domain.errors import Invalid
    from hadi.models.dataset import Relation

    hypothesis = world.running(**PLAN)
    attached(world, staged(world, hypothesis, folder, week(1)), folder)
    waiting = staged(world, hypothesis, folder, week(2, head=HEAD.replace("bought", "boughts")))
    with pytest.raises(Invalid) as refused:
        attached(world, waiting, folder)
    assert "“bought” is missing (perhaps it is “boughts” now)" in str(refused.value)
    mapping = {"bought": "boughts"}
    with pytest.raises(Invalid) as refused:
        attached(world, waiting, folder, mapping, relation=Relation.INCREMENT)
    assert set(refused.value.fields) == {"relation"}
    with pytest.raises(Invalid) as refused:
        attached(world, waiting, folder, mapping)
    assert set(refused.value.fields) == {"reason"}
    kept = attached(world, waiting, folder, mapping, reason="the till was renamed")
    assert kept.version == 2 and kept.mapping["bought"] == "boughts"


def test_attached_rows_take_other_columns_as_a_version(world: World, folder: Path) -> None:
    from hadi.domain.errors import Invalid
    from hadi.services import datasets

    hypothesis = world.running(**PLAN)
    content = week(1, head=f"{HEAD};again", extra=";1")
    first = attached(world, staged(world, hypothesis, folder, content), folder)
    act = {"folder": folder, "by": world.actor("analyst"), "now": world.later()}
    with pytest.raises(Invalid):
        datasets.again(first.id, reason="no change", **act)
    with pytest.raises(Invalid):
        datasets.again(first.id, mapping={"bought": "again"}, reason=" ", **act)
    made = datasets.again(
        first.id, mapping={"bought": "again"}, reason="the other column is meant", **act
    )
    assert (made.version, made.digest, made.mapping["bought"]) == (2, first.digest, "again")
    # To take the first one back is a version, too.
    back = datasets.again(first.id, reason="it was right", **act)
    assert (back.version, back.mapping) == (3, first.mapping)


def test_several_files_are_parts_of_one_data_set(world: World, folder: Path) -> None:
    import io

    from hadi.domain.errors import Unreadable
    from hadi.services.datasets import Sent

    hypothesis = world.running(**PLAN)
    more = [Sent("b.csv", io.BytesIO(week(2, head=f"{HEAD};store", extra=";S1")))]
    both = staged(world, hypothesis, folder, week(1), "a.csv", more=more)
    assert both.filename == "a.csv, b.csv" and both.rows == 120
    assert [c["name"] for c in both.report["columns"]] == HEAD.split(";")
    assert any("“b.csv” also has “store”" in n["sentence"] for n in both.report["notes"])
    assert attached(world, both, folder).version == 1
    with pytest.raises(Unreadable, match="no column in common"):
        staged(
            world, hypothesis, folder, week(3), "a.csv",
            more=[Sent("c.csv", io.BytesIO(b"x;y\n1;2\n"))],
        )  # fmt: skip
    kept = {path.stem for path in folder.iterdir()}
    assert kept == {part.digest for part in both.parts}
    assert not any((folder.parent / "incoming").iterdir())


def test_what_is_asked_is_answered_and_the_file_read_again(world: World, folder: Path) -> None:
    from hadi.domain.errors import Invalid
    from hadi.services import datasets

    hypothesis = world.running(**PLAN)
    content = "".join(
        f"{i};{'AB'[i % 2]};{i % 2};0{1 + i % 3}/0{1 + i % 4}/2026\n" for i in range(60)
    )
    waiting = staged(world, hypothesis, folder, f"{HEAD}\n{content}".encode())
    asked = [d for d in waiting.report["decisions"] if d["value"] is None]
    assert [(d["field"], d["column"]) for d in asked] == [("date_order", "day")]
    with pytest.raises(Invalid) as refused:
        attached(world, waiting, folder)
    assert set(refused.value.fields) == {"day"}
    before = waiting.digest
    act = {"folder": folder, "incoming": folder.parent / "incoming"}
    act |= {"by": world.actor("analyst"), "now": world.later()}
    again = datasets.reread(waiting.id, choices={"columns": {"day": {"date_order": "dmy"}}}, **act)
    assert again.id == waiting.id and again.digest != before
    types = {column["name"]: column["type"] for column in again.report["columns"]}
    assert types["day"] == "date" and len(list(folder.iterdir())) == 1
    assert attached(world, again, folder).version == 1
    assert not any(act["incoming"].iterdir())
    with pytest.raises(Exception, match="not possible"):
        datasets.reread(again.id, choices={}, **act)
    # Nobody is asked twice: the next file is read as it was answered.
    more = content.replace("0;A;", "900;A;")
    following = staged(world, hypothesis, folder, f"{HEAD}\n{more}".encode())
    assert not any(d["value"] is None for d in following.report["decisions"])
    assert following.parts[0].choices == {"columns": {"day": {"date_order": "dmy"}}}
    assert len(list(folder.iterdir())) == 2


def test_a_file_with_a_bad_row_is_read_without_it(world: World, folder: Path) -> None:
    from hadi.domain.errors import Unreadable
    from hadi.services import datasets

    hypothesis = world.running(**PLAN)
    lines = week(1).splitlines(keepends=True)
    bad = b"".join([*lines[:30], b"broken;row\n", *lines[30:]])
    with pytest.raises(Unreadable) as refused:
        staged(world, hypothesis, folder, bad)
    assert refused.value.remedy == {"bad_rows": "leave_out"}
    assert hypothesis.current_test_id is not None
    (upload,) = datasets.failed(hypothesis.current_test_id)
    read = datasets.retry(
        upload.batch, choices=refused.value.remedy, folder=folder,
        incoming=folder.parent / "incoming", by=world.actor("analyst"), now=world.later(),
    )  # fmt: skip
    assert (read.rows, read.report["bad_row_count"]) == (60, 1)
    assert read.report["bad_rows"][0]["line"] == 31
    assert attached(world, read, folder).rows == 60


def test_a_file_whose_rows_were_deleted_is_a_new_one(world: World, folder: Path) -> None:
    from hadi.services import dataset_retention

    hypothesis = world.running(**PLAN)
    first = attached(world, staged(world, hypothesis, folder, week(1)), folder)
    second = increment(world, hypothesis, folder, week(2))
    dataset_retention.delete(
        first.id, reason="a mistake", folder=folder, by=world.actor("admin"), now=world.later()
    )
    # While they count, its rows are known; then they are neither the file's own nor the newest.
    assert staged(world, hypothesis, folder, week(1)).id == second.id
    attached(world, staged(world, hypothesis, folder, week(3)), folder)
    waiting = staged(world, hypothesis, folder, week(1))
    assert waiting.version is None and waiting.rows == 60
    assert staged(world, hypothesis, folder, week(1)).id == waiting.id
