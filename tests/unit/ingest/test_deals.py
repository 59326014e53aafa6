"""Deals are counted once each, by everyone who came to a stage and had time to leave it."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hadi.domain.errors import Unreadable
from hadi.domain.funnels import FunnelSpec
from hadi.ingest.deal_columns import DealColumns
from hadi.ingest.deals import Deals, Step, open_deals
from hadi.ingest.files import open_table
from tests.factories import deals as made

SPEC = FunnelSpec.from_json(made.SPEC)
COLUMNS = {"deal": "deal", "stage": "stage", "entered_at": "on"}
START = date(2026, 1, 5)


class Looked:
    """What a test asks of deals that are closed by then."""

    def __init__(self, deals: Deals) -> None:
        key = deals.spec.key_place
        self.key = deals.step(key, key + 1)
        self.steps = [deals.step(p, p + 1) for p in range(len(deals.spec.path) - 1)]
        self.whole = deals.step(0, len(deals.spec.path) - 1)
        self.standing = deals.standing()
        self.read = deals.read
        self.as_of = deals.as_of
        self.days = deals.days(key, key + 1)
        self.per_week = deals.per_week(key)
        self.by_arm = {s.name: s for s in deals.steps_by(key, key + 1, "arm")}
        self.by_manager = {s.name: s for s in deals.steps_by(key, key + 1, "manager")}


def look(
    tmp_path: Path, text: str, columns: dict[str, Any] = COLUMNS, spec: FunnelSpec = SPEC,
    **asked: Any,
) -> Looked:  # fmt: skip
    table = open_table(io.BytesIO(text.encode()), "deals.csv", folder=tmp_path)
    with open_deals([table.path], DealColumns.from_json(columns), spec, **asked) as deals:
        return Looked(deals)


def long(*paths: str, head: str = "deal,stage,on") -> str:
    """Deals by the letters of the stages they came to, two days apart; L is lost."""
    names = dict(zip("NQOAW", made.STAGES, strict=True)) | {"L": made.LOST}
    rows = [
        f"d{deal},{names[letter]},{START + timedelta(days=2 * place)}"
        for deal, path in enumerate(paths)
        for place, letter in enumerate(path)
    ]
    return "\n".join([head, *rows, f"end,New,{START + timedelta(days=200)}"]) + "\n"


def test_the_cohort_is_everyone_who_entered_whatever_became_of_them(tmp_path: Path) -> None:
    found = look(tmp_path, made.one_stage(400, 100, 60), made.COLUMNS).key
    assert (found.entered, found.moved, found.lost, found.open) == (400, 100, 60, 240)
    assert found.conversion == 0.25 and found.open_share == 0.6
    assert found.of_present == pytest.approx(0.417, abs=5e-4)
    assert found.of_closed == 0.625


def test_a_skipped_stage_was_passed_and_going_back_takes_nothing_away(tmp_path: Path) -> None:
    found = look(tmp_path, long("NQAW", "NQOAOL", "NQOQO", "NQOL"))
    assert found.key == Step(4, 2, 1, 1)
    assert (found.read.skipped, found.read.backward) == (1, 2)
    # The first went through every stage, the second is at its furthest a deal that waited.
    assert [(s.entered, s.moved) for s in found.steps] == [(4, 4), (4, 4), (4, 2), (2, 1)]


def test_a_deal_that_began_later_never_entered_what_came_before(tmp_path: Path) -> None:
    found = look(tmp_path, long("OAW", "NQOAW"))
    assert [s.entered for s in found.steps] == [1, 1, 2, 2]


def test_the_young_are_not_counted_yet(tmp_path: Path) -> None:
    day = made.EXPORTED
    rows = [made.HEAD]
    for place, age in enumerate((0, 5, 13, 14, 15, 30)):
        rows += made.rows_of(f"d{place}", made.KEY, on=day - timedelta(days=age + 4))
    found = look(tmp_path, "\n".join(rows) + "\n", made.COLUMNS)
    assert found.as_of == datetime.combine(day, datetime.min.time())
    assert (found.key.entered, found.key.young) == (3, 3)
    # Told as of an earlier day, what came later is not known.
    then = datetime.combine(date(2026, 5, 26), datetime.max.time())
    before = look(tmp_path, "\n".join(rows) + "\n", made.COLUMNS, as_of=then)
    assert (before.key.entered, before.key.young) == (1, 4)
    assert before.read.deals == 5 and before.standing.open == 5


def test_without_days_the_file_says_how_long_deals_usually_stay(tmp_path: Path) -> None:
    spec = FunnelSpec.from_json(
        {"stages": [{**stage, "days": None} for stage in made.SPEC["stages"]]}
    )
    assert look(tmp_path, long(*["NQOAW"] * 20), spec=spec).days == 2
    assert look(tmp_path, long("NQO"), spec=spec).days is None


def test_a_reopened_deal_is_open_again(tmp_path: Path) -> None:
    found = look(tmp_path, long("NQOLO", "NQOL", "NQOAW"))
    assert (found.key.open, found.key.lost, found.key.moved) == (1, 1, 1)
    assert (found.standing.open, found.standing.won) == (2, 1)  # with the one that ends the file


def test_a_row_for_each_deal_with_a_column_for_each_stage(tmp_path: Path) -> None:
    text = (
        "deal,state,new,offer,won,closed\n"
        "a,Won,2026-01-05,2026-01-09,2026-02-01,2026-02-01\n"
        "b,Lost,2026-01-05,2026-01-10,,2026-02-02\n"
        "c,Offer sent,2026-01-06,2026-01-11,,\n"
        "d,New,2026-08-06,,,\n"
    )
    columns = {
        "deal": "deal", "stage": "state", "closed_at": "closed",
        "stages": {"New": "new", "Offer sent": "offer", "Won": "won"},
    }  # fmt: skip
    found = look(tmp_path, text, columns)
    assert found.key == Step(3, 1, 1, 1)
    assert (found.standing.open, found.standing.won, found.read.pathless) == (2, 1, 0)


def test_marks_instead_of_dates_have_no_maturity(tmp_path: Path) -> None:
    text = "deal,new,offer,answer,state\na,1,1,1,\nb,1,1,0,Lost\nc,1,1,0,\nd,1,0,0,\n"
    columns = {
        "deal": "deal", "stage": "state",
        "stages": {"New": "new", "Offer sent": "offer", "Waiting for the answer": "answer"},
    }  # fmt: skip
    found = look(tmp_path, text, columns)
    assert found.key == Step(3, 1, 1, 1, undated=3)


def test_a_snapshot_of_present_stages_has_no_path(tmp_path: Path) -> None:
    text = "deal,stage,on\n" + "".join(
        f"d{place},{'Won' if place % 2 else 'Lost'},2026-01-{place + 1:02d}\n"
        for place in range(20)
    )
    found = look(tmp_path, text)
    assert found.read.pathless == 10


def test_labels_are_read_without_case_and_strange_ones_are_told(tmp_path: Path) -> None:
    text = "deal,stage,on\na, new ,2026-01-05\na,OFFER SENT,2026-01-06\nb,Nurture,2026-07-07\n"
    found = look(tmp_path, text)
    assert found.key.entered == 1 and found.read.unknown == (("Nurture", 1),)
    with pytest.raises(Unreadable, match="None of the stages"):
        look(tmp_path, "deal,stage,on\nb,Nurture,2026-01-07\n")
    with pytest.raises(Unreadable, match="does not hold dates"):
        look(tmp_path, "deal,stage,on\nb,New,soon\n")


def test_arms_and_managers_are_those_a_deal_began_with(tmp_path: Path) -> None:
    text = (
        "deal,stage,on,arm,who\n"
        "a,Offer sent,2026-01-05,old,Ann\na,Waiting for the answer,2026-01-09,old,Bob\n"
        "b,Offer sent,2026-01-05,new,Ann\nb,Lost,2026-01-09,old,Bob\n"
        "c,New,2026-06-01,,\n"
    )
    columns = {**COLUMNS, "arm": "arm", "manager": "who"}
    found = look(tmp_path, text, columns)
    assert set(found.by_manager) == {"Ann"} and found.by_manager["Ann"].entered == 2
    # A deal of two arms is a row of each, so that an analysis can leave it out and say so.
    assert {name: step.entered for name, step in found.by_arm.items()} == {"old": 2, "new": 1}
    assert found.read.several_arms == 1


def test_hygiene_counts_open_deals_by_their_last_task(tmp_path: Path) -> None:
    found = look(tmp_path, made.concrete_offer(), made.COLUMNS).standing
    assert (found.open, found.without_task, found.overdue) == (1180, 212, 97)


def test_made_rows_are_deals_with_arm_and_whether_they_moved(tmp_path: Path) -> None:
    import duckdb

    table = open_table(io.BytesIO(made.concrete_offer().encode()), "d.csv", folder=tmp_path)
    target = tmp_path / "rows" / "made.parquet"
    target.parent.mkdir()
    columns = DealColumns.from_json(made.COLUMNS)
    with open_deals([table.path], columns, SPEC, folder=target.parent) as deals:
        assert deals.write(2, 3, target) == 2600
    found = duckdb.sql(
        f"SELECT arm, sum(entered), sum(moved), count(DISTINCT deal) FROM '{target}' "
        "GROUP BY arm ORDER BY arm"
    ).fetchall()
    assert found == [("concrete", 1300, 403, 1300), ("usual", 1300, 325, 1300)]
    names = duckdb.sql(f"SELECT * FROM '{target}' LIMIT 0").columns
    assert names == ["deal", "arm", "entered", "moved", "entered_on", "territory", "role", "source"]


def test_deals_a_week_are_those_of_late(tmp_path: Path) -> None:
    day = made.EXPORTED
    ages = [*range(1, 57), 70, 100, 200, 300]  # one a day, and some long ago
    rows = [f"d{age},Offer sent,{day - timedelta(days=age)}" for age in ages]
    text = "\n".join(["deal,stage,on", *rows, f"end,New,{day}"]) + "\n"
    found = look(tmp_path, text)
    assert found.per_week == pytest.approx(7.0, rel=0.02)
    assert (
        look(tmp_path, "deal,stage,on\na,Offer sent,2026-05-30\nb,New,2026-05-31\n").per_week
        is None
    )


def test_a_stage_that_nobody_came_to_yet_is_no_fault(tmp_path: Path) -> None:
    """In a row for each deal its column is empty, and so has no type; nor has that of the end."""
    columns = {"deal": "deal", "closed_at": "closed",
               "stages": {name: name for name in (*made.STAGES, made.LOST)}}  # fmt: skip
    head = ",".join(("deal", *made.STAGES, made.LOST, "closed"))
    rows = [f"d{n},2026-01-05,2026-01-06,2026-01-07,{'2026-01-09' if n < 3 else ''},,,"
            for n in range(10)]  # fmt: skip
    exported = datetime(2026, 6, 1)  # noqa: DTZ001 - of no zone, as the file is
    found = look(tmp_path, "\n".join([head, *rows]) + "\n", columns, as_of=exported)
    assert (found.key.entered, found.key.moved, found.key.open) == (10, 3, 7)
    assert found.steps[-1].moved == 0


def test_a_column_of_words_is_no_stage(tmp_path: Path) -> None:
    columns = {"deal": "deal", "stages": {"New": "New", "Won": "Won"}}
    with pytest.raises(Unreadable, match="holds neither dates nor marks"):
        look(tmp_path, "deal,New,Won\nd1,2026-01-05,soon\n", columns)
