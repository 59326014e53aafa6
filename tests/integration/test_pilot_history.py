"""The past weeks a pilot is planned by: kept with the test, moved with the workspace, gone with
their last user; and what they say."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hadi.domain.errors import Blocked, Invalid, NotAllowed, Stale, TooLarge, Unreadable
from hadi.domain.text import render
from tests.factories.archives import another, data, export, restore
from tests.factories.hypotheses import World
from tests.factories.past_weeks import past_weeks

if TYPE_CHECKING:
    from flask import Flask

    from hadi.config import Settings
    from hadi.models import Hypothesis, PilotHistory
    from hadi.services.pilot_chances import Chances


@pytest.fixture
def world(app_context: Flask) -> World:
    return World(app_context)


def keep(world: World, hypothesis: Hypothesis, content: bytes, **more: Any) -> PilotHistory:
    from hadi.services import pilots

    return pilots.keep_file(
        hypothesis.id, file=io.BytesIO(content), filename="weeks.csv", folder=data(world.app),
        by=world.actor(more.get("role", "member")), now=world.later(),
    )  # fmt: skip


def asked(world: World, hypothesis: Hypothesis, **plan: Any) -> Chances:
    from hadi.domain.plan import Plan
    from hadi.services import pilot_chances, pilot_choices, pilots

    assert hypothesis.current_test is not None
    history = pilots.history_of(hypothesis.current_test.id)
    body = pilot_choices.as_pilot(hypothesis.current_test.plan, history) | plan
    return pilot_chances.chances(Plan.from_json(body), history, folder=data(world.app))


def tables(world: World) -> set[str]:
    return {path.name for path in data(world.app).glob("*.parquet")}


def test_columns_are_guessed_by_name_and_kind(world: World) -> None:
    kept = keep(world, world.idea(), past_weeks())
    assert (kept.site, kept.time, kept.value, kept.stratum) == (
        "store", "week", "revenue", "region"
    )  # fmt: skip
    assert len(kept.sites) == 15


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("Неделя;Магазин;Выручка", ("Магазин", "Неделя", "Выручка")),
        ("hét;üzlet;bevétel", ("üzlet", "hét", "bevétel")),
    ],
)
def test_columns_are_guessed_in_three_languages(
    world: World, head: str, expected: tuple[str, ...]
) -> None:
    lines = [head, *(f"{w};s{s};{100 + w + s}" for w in range(1, 9) for s in range(1, 5))]
    kept = keep(world, world.idea(), "\n".join(lines).encode())
    assert (kept.site, kept.time, kept.value) == expected


def test_a_file_over_the_limit_leaves_nothing(world: World) -> None:
    with pytest.raises(TooLarge):
        keep(world, world.idea(), b"a,b,c\n" + b"1,2,3\n" * 1_500_000)
    assert not tables(world)


def test_only_whoever_may_plan_and_only_while_planning(world: World) -> None:
    with pytest.raises(NotAllowed):
        keep(world, world.idea(), past_weeks(), role="viewer")
    with pytest.raises(Blocked):
        keep(world, world.running(), past_weeks())
    assert not tables(world)


def test_an_equal_table_stays_while_anyone_has_it(world: World) -> None:
    from hadi.services import pilots

    first, second = world.idea(), world.idea("another idea")
    keep(world, first, past_weeks())
    keep(world, second, past_weeks())
    assert len(tables(world)) == 1
    folder, by = data(world.app), world.actor()
    pilots.remove(first.id, folder=folder, by=by, now=world.later())
    assert len(tables(world)) == 1
    pilots.remove(second.id, folder=folder, by=by, now=world.later())
    assert not tables(world)


def test_the_sweep_leaves_past_weeks_alone(world: World) -> None:
    from hadi.services import cleaning

    hypothesis = world.idea()
    keep(world, hypothesis, past_weeks())
    folder = world.app.extensions["hadi_settings"].data_dir
    cleaning.sweep(data_dir=folder, now=world.now, orphan_after=-timedelta(days=2))
    assert len(tables(world)) == 1
    assert asked(world, hypothesis, treated=["s07"]).smallest_p is not None


def test_past_weeks_move_with_the_workspace(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    hypothesis = world.idea()
    keep(world, hypothesis, past_weeks())
    first = export(world.app, tmp_path / "first.zip")
    assert first.files == 1
    with another(settings, tmp_path / "another") as app:
        restore(app, tmp_path / "first.zip")
        assert export(app, tmp_path / "second.zip").digest == first.digest
        assert len(list(data(app).glob("*.parquet"))) == 1


def test_an_earlier_data_set_serves_until_its_rows_are_deleted(world: World) -> None:
    from hadi.services import dataset_retention, pilots
    from tests.factories import pilots as made

    before = made.running(world)
    dataset = made.attach(world, before, made.weekly())
    hypothesis = world.idea("try it elsewhere")
    folder, by = data(world.app), world.actor()
    offered = pilots.earlier(by=by)
    assert [one.id for one in offered] == [dataset.id]
    pilots.keep_dataset(
        hypothesis.id, dataset_id=dataset.id, folder=folder, by=by, now=world.later()
    )
    assert asked(world, hypothesis, treated=["s01"]).problem is None
    dataset_retention.delete(
        dataset.id, reason="asked to", folder=folder, incoming=folder / "incoming",
        by=world.actor("admin"), now=world.later(),
    )  # fmt: skip
    assert not tables(world)
    gone = asked(world, hypothesis, treated=["s01"])
    assert gone.problem is not None
    assert gone.problem.code == "dataset_rows_gone"


def test_hidden_columns_are_not_offered(world: World) -> None:
    from hadi.domain.tags import ColumnTag
    from hadi.services import pilots
    from tests.factories import pilots as made

    dataset = made.attach(
        world, made.running(world), made.weekly(), tags={"sales": ColumnTag.MARGIN.value}
    )
    assert dataset.tags
    other = world.actor("viewer")
    assert [name for name, _type in pilots.visible_columns(dataset, by=other)] == ["store", "week"]
    assert not pilots.earlier(by=other)


def test_a_draw_takes_the_share_of_each_stratum_and_its_seed_repeats_it(world: World) -> None:
    from hadi.services import pilot_choices, pilots

    hypothesis = world.idea()
    kept = keep(world, hypothesis, past_weeks(sites=20))

    def draw(seed: int | None) -> tuple[str, ...]:
        return pilot_choices.draw(
            hypothesis.id, candidates=kept.sites, count=4, seed=seed, folder=data(world.app),
            version=hypothesis.version, by=world.actor(), now=world.later(),
        )  # fmt: skip

    drawn = draw(None)
    assert [int(site[1:]) % 2 for site in drawn].count(0) == 2
    event = pilot_choices.draws(hypothesis)[0]
    assert draw(int(event.details["seed"])) == drawn
    assert len(pilot_choices.draws(hypothesis)) == 2
    assert pilots.strata(kept, folder=data(world.app))["s01"] == "north"


def test_a_plan_of_another_design_keeps_what_every_plan_has(world: World) -> None:
    from hadi.services import pilot_choices

    hypothesis = world.planned()
    keep(world, hypothesis, past_weeks())
    pilot_choices.take(
        hypothesis.id, change={"treated": ["s03"]}, version=hypothesis.version, by=world.actor(),
        now=world.later(),
    )  # fmt: skip
    assert hypothesis.current_test is not None
    plan = hypothesis.current_test.plan
    assert plan is not None and plan.pilot is not None
    assert plan.pilot.treated == ("s03",)
    assert plan.pilot.value == "revenue"
    assert plan.budget is not None and plan.owner
    with pytest.raises(Stale):
        pilot_choices.take(
            hypothesis.id, change={"alpha": 0.1}, version=0, by=world.actor(), now=world.later()
        )
    with pytest.raises(Invalid):
        pilot_choices.take(
            hypothesis.id, change={"treated": ["nowhere"]}, version=hypothesis.version,
            by=world.actor(), now=world.later(),
        )  # fmt: skip


def test_weeks_after_the_start_are_not_past(world: World) -> None:
    """A history that reaches beyond the start is read up to it: what came after cannot advise."""
    hypothesis = world.idea()
    keep(world, hypothesis, past_weeks(weeks=34, effect=3.0, treated=("s07",), start=27))
    beyond = asked(world, hypothesis, treated=["s07"], start="27")
    keep(world, hypothesis, past_weeks(weeks=26))
    before = asked(world, hypothesis, treated=["s07"], start="27")
    assert beyond.reaches == before.reaches
    assert [one.site for one in beyond.pilots] == [one.site for one in before.pilots]


def test_more_spare_sites_are_offered_as_controls(world: World) -> None:
    hypothesis = world.idea()
    keep(world, hypothesis, past_weeks(sites=24))
    few = asked(world, hypothesis, treated=["s07"], controls=[f"s{n:02d}" for n in range(8, 16)])
    changes = [one.change for one in few.advice if one.change and "controls" in one.change]
    assert changes
    assert len(changes[0]["controls"]) > 8
    assert "s07" not in changes[0]["controls"]


def test_a_zero_on_the_log_scale_says_which(world: World) -> None:
    hypothesis = world.idea()
    keep(world, hypothesis, past_weeks().replace(b"1,s01,north,", b"1,s01,north,-"))
    refused = asked(world, hypothesis, treated=["s07"])
    assert refused.problem is not None
    assert "“s01”" in str(refused.problem)
    assert asked(world, hypothesis, treated=["s07"], scale="linear").problem is None


@pytest.mark.reference
def test_one_of_fifteen_before_the_launch(world: World, reference_dir: Path) -> None:
    """What the screen says of one pilot and fourteen others: 1/15, about +12.5 % by t; of two
    1/105 and about +9 %."""
    file = reference_dir / "data" / "s01_A_no_effect.csv"
    with file.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    lines = ["week,store,revenue"]
    for row in rows:
        if int(row["week"]) <= 0:
            lines += [f"{row['week']},{s},{v}" for s, v in row.items() if s != "week"]
    hypothesis = world.idea()
    keep(world, hypothesis, "\n".join(lines).encode())
    plan = {"treated": ["s07"], "start": "1", "planned_units": 8}
    one = asked(world, hypothesis, **plan)
    assert one.alarm is not None
    assert one.smallest_p is not None and one.smallest_p.value == pytest.approx(1 / 15)
    by_t = asked(world, hypothesis, **plan, decide="store_t")
    assert by_t.effect is not None and float(by_t.effect.value) == pytest.approx(0.125, abs=0.01)
    two = asked(world, hypothesis, **plan | {"treated": ["s07", "s12"]})
    assert two.smallest_p is not None and two.smallest_p.value == pytest.approx(1 / 105)
    assert two.effect is not None and float(two.effect.value) == pytest.approx(0.09, abs=0.006)
    changes = [advice.change for advice in one.advice]
    assert {"alpha": 0.1} in changes
    assert any(change and len(change.get("treated", ())) == 2 for change in changes)


def test_what_cannot_be_the_site_is_not_taken_for_it(world: World) -> None:
    from hadi.services import pilots

    hypothesis = world.idea()
    lines = ["store;week;sum", *(f"client {n};{n % 4};{n}" for n in range(6_000))]
    kept = keep(world, hypothesis, "\n".join(lines).encode())
    assert not kept.is_mapped and not kept.sites
    with pytest.raises(Invalid, match="more than 5,000 sites"):
        pilots.choose_columns(
            hypothesis.id, site="store", time="week", value="sum", folder=data(world.app),
            by=world.actor(), now=world.later(),
        )  # fmt: skip


def wide_weeks() -> bytes:
    """The same past weeks with a column for each store, in which one has a comma."""
    found: dict[str, dict[str, str]] = {}
    for week, store, _region, revenue in csv.reader(
        io.StringIO(past_weeks().decode()).readlines()[1:]
    ):
        found.setdefault(week, {})["north, 7" if store == "s07" else store] = revenue
    text = io.StringIO()
    sheet = csv.DictWriter(text, ["week", *found["1"]])
    sheet.writeheader()
    sheet.writerows({"week": week, **cells} for week, cells in found.items())
    return text.getvalue().encode()


def test_a_column_for_each_site_says_what_a_row_for_each_does(world: World) -> None:
    long, wide = world.idea(), world.idea()
    kept = keep(world, wide, wide_weeks())
    assert kept.is_wide and (kept.time, kept.site, kept.value) == ("week", None, None)
    assert len(kept.sites) == 15 and "north, 7" in kept.sites
    keep(world, long, past_weeks())
    one = asked(world, long, treated=["s07", "s08"], site="a", value="b")
    other = asked(world, wide, treated=["north, 7", "s08"], site="a", value="b")
    assert one.effect is not None and other.effect is not None
    assert float(other.effect.value) == pytest.approx(float(one.effect.value))


def test_a_long_table_of_numbers_is_no_wide_one(world: World) -> None:
    lines = ["code;week;sum", *(f"{s};{w};{s + w}" for w in range(1, 9) for s in range(1, 5))]
    kept = keep(world, world.idea(), "\n".join(lines).encode())
    assert not kept.is_mapped


def test_a_ratio_is_planned_by_the_past_of_the_ratio(world: World) -> None:
    from hadi.services import pilots

    hypothesis = world.idea()
    lines = [
        "store;week;sum;receipts",
        *(
            f"s{s};{w};{(100 + s) * (20 + s + (s * w) % 3)};{20 + s + (s * w) % 3}"
            for w in range(1, 20)
            for s in range(1, 9)
        ),
    ]
    keep(world, hypothesis, "\n".join(lines).encode())
    ratio = {"name": "Check", "kind": "ratio", "role": "primary", "columns": ["sum", "receipts"]}
    open_ = asked(world, hypothesis, treated=["s1"], metrics=[ratio], value="sum")
    assert [text.code for text in open_.missing] == ["pilot_ask_divisor"]
    kept = pilots.choose_columns(
        hypothesis.id, site="store", time="week", value="sum", divisor="receipts",
        folder=data(world.app), by=world.actor(), now=world.later(),
    )  # fmt: skip
    table = pilots.panel(kept, folder=data(world.app))
    assert next(iter(table.values.values()))[0].tolist() == pytest.approx([101.0] * 19)
    told = asked(world, hypothesis, treated=["s1"], metrics=[ratio], value="sum")
    assert told.missing == ()
    with pytest.raises(Invalid, match="two things"):
        pilots.choose_columns(
            hypothesis.id, site="store", time="week", value="sum", divisor="sum",
            folder=data(world.app), by=world.actor(), now=world.later(),
        )  # fmt: skip


def test_unreadable_rows_say_so(world: World) -> None:
    with pytest.raises(Unreadable):
        keep(world, world.idea(), b"\x00\x01\x02\x03")
    assert not tables(world)


def test_every_sentence_reads(world: World) -> None:
    from hadi.domain.text import ENGLISH

    hypothesis = world.idea()
    keep(world, hypothesis, past_weeks())
    for method in ("did", "synthetic"):
        for treated in ([], ["s07"], ["s07", "s08"], ["nowhere"]):
            found = asked(world, hypothesis, treated=treated, method=method, expected_effect=0.05)
            said = [*found.missing, *found.sentences, *(one.text for one in found.advice)]
            said += [why for one in (*found.controls, *found.pilots) for why in one.why]
            assert all("%(" not in render(text, ENGLISH) for text in said)
