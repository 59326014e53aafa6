"""What is what in a file: every column a plan can need is asked for, explained and remembered."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.pages import form_values
from tests.web.hypotheses_pages import Visitor, visitor
from tests.web.test_hypotheses_data import rows, upload

__all__ = ["visitor"]

RATIO = {
    "name": "Basket", "kind": "ratio", "role": "primary", "threshold": 0, "better": "higher",
    "covariate": "sum_before",
}  # fmt: skip
SPLIT: dict[str, Any] = {
    "metrics": [RATIO], "segments": ["region"], "day": "date", "group": "seller",
    "unit": "client", "baseline": None,
}  # fmt: skip
HEAD = "client_id;arm;net sum;receipts;sum before;Region;Datum;manager"


def table(head: str = HEAD) -> bytes:
    lines = [
        f"{i};{'AB'[i % 2]};{i % 7 + 0.5};{1 + i % 3};{i % 5};"
        f"R{i % 4};2026-02-{1 + i % 9:02};S{i % 6}"
        for i in range(240)
    ]
    return "\n".join([head, *lines]).encode()


CHOSEN = {
    "need_0": "arm", "need_1": "client_id", "need_2": "net sum", "need_3": "receipts",
    "need_4": "sum before", "need_5": "Region", "need_6": "Datum", "need_7": "manager",
}  # fmt: skip


def mapping_of(visitor: Visitor, filename: str) -> dict[str, str]:
    from hadi.db import db
    from hadi.models import Dataset

    with visitor.app.app_context():
        (found,) = [d for d in db.session.query(Dataset) if d.filename == filename]
        return dict(found.mapping)


def test_every_column_is_asked_for_and_explained(visitor: Visitor) -> None:
    key = visitor.make("running", **SPLIT)
    visitor.sign_in("analyst")
    page = visitor.get(upload(visitor, key, table(), "till.csv").response.location)
    for words in (
        "Metric: Basket, numerator", "Metric: Basket, denominator",
        "Known before the test, for Basket", "It takes noise away.", "Segment: region",
        "it never moves the verdict", "The day", "Shows whether the effect fades.",
        "Who served the unit: seller or store", "carries the effect", "The plan calls it “date”.",
    ):  # fmt: skip
        assert words in page.text, words
    # What is alike is chosen already; the numerator of a basket could be anything.
    chosen = form_values(page.form("mapping"))
    assert {name: chosen[name] for name in CHOSEN if name not in ("need_2", "need_3")} == {
        name: column for name, column in CHOSEN.items() if name not in ("need_2", "need_3")
    }


def test_a_mapping_is_remembered_for_the_next_file(visitor: Visitor) -> None:
    key = visitor.make("running", **SPLIT)
    visitor.sign_in("analyst")
    where = upload(visitor, key, table(), "first.csv").response.location
    visitor.submit(where, CHOSEN, form_id="mapping", button="attach")
    assert rows(visitor) == [("first.csv", 1)]
    kept = mapping_of(visitor, "first.csv")
    assert kept["Basket: numerator"] == "net sum" and kept["seller"] == "manager"
    longer = table() + b"\n" + table().splitlines()[-1]
    page = visitor.get(upload(visitor, key, longer, "second.csv").response.location)
    chosen = form_values(page.form("mapping"))
    assert {name: chosen[name] for name in CHOSEN} == CHOSEN
    # A column that is gone is not chosen, and the others still are.
    changed = table(HEAD.replace("net sum", "turnover"))
    page = visitor.get(upload(visitor, key, changed, "third.csv").response.location)
    chosen = form_values(page.form("mapping"))
    assert chosen["need_2"] != "net sum"
    assert {name: chosen[name] for name in CHOSEN if name != "need_2"} == {
        name: column for name, column in CHOSEN.items() if name != "need_2"
    }


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"need_3": "net sum"}, "is mapped twice"),
        ({"need_4": "receipts"}, "cannot be its own covariate"),
        ({"need_2": ""}, "Choose the column for “Basket: numerator”"),
        ({"need_5": ""}, "Choose the column for “region”"),
        ({"need_1": "arm"}, "is mapped twice"),
    ],
)
def test_columns_that_exclude_each_other(
    visitor: Visitor, values: dict[str, str], sentence: str
) -> None:
    key = visitor.make("running", **SPLIT)
    visitor.sign_in("analyst")
    where = upload(visitor, key, table(), "till.csv").response.location
    page = visitor.submit(where, CHOSEN | values, form_id="mapping", button="attach", status=422)
    assert sentence in page.text and rows(visitor) == [("till.csv", None)]
    (name,) = values
    assert page.by_id(name).get("aria-invalid") == "true"


def test_a_cluster_may_be_the_segment_and_the_group_too(visitor: Visitor) -> None:
    metric = {"name": "spend", "kind": "mean", "role": "primary", "threshold": 0,
              "better": "higher"}  # fmt: skip
    key = visitor.make(
        "running", metrics=[metric], design="cluster", cluster="store", segments=["kind of store"],
        group="seller", baseline=None,
    )  # fmt: skip
    visitor.sign_in("analyst")
    lines = [f"S{i % 12};{'AB'[i % 2]};{i % 11}" for i in range(240)]
    content = "\n".join(["store;arm;spend", *lines]).encode()
    where = upload(visitor, key, content, "till.csv").response.location
    page = visitor.get(where)
    assert "What was drawn as a whole: store, team or seller" in page.text
    assert form_values(page.form("mapping"))["need_1"] == "store"
    values = {"need_4": "store", "need_5": "store"}
    visitor.submit(where, values, form_id="mapping", button="attach")
    assert rows(visitor) == [("till.csv", 1)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "rank"}, "“Basket” needs a file"),
        ({"kind": "quantile", "q": 0.9}, "“Basket” needs a file"),
        ({"kind": "ratio"}, "“Basket” needs a file"),
        ({"kind": "mean", "winsor": 0.99}, "totals do not allow that"),
        ({"kind": "mean", "covariate": "x"}, "totals do not allow that"),
    ],
)
def test_what_needs_a_file_says_so(visitor: Visitor, change: dict[str, Any], sentence: str) -> None:
    metric = {k: v for k, v in RATIO.items() if k != "covariate"} | change
    key = visitor.make("running", metrics=[metric], baseline=None)
    page = visitor.sign_in("analyst").get(f"/hypotheses/{key}/data")
    assert sentence in page.text and "Type the counts instead" not in page.text
    assert sentence in visitor.get(f"/hypotheses/{key}/data/counts", status=422).text


def test_counts_of_a_rate_ask_for_events_and_exposure(visitor: Visitor) -> None:
    metric = {"name": "Returns", "kind": "rate", "role": "primary", "threshold": 0,
              "better": "lower"}  # fmt: skip
    key = visitor.make("running", metrics=[metric], baseline=None)
    visitor.sign_in("analyst")
    path = f"/hypotheses/{key}/data/counts"
    assert "Events are counted over all of an arm’s units" in visitor.get(path).text
    values = {
        "rows-0-units": "40", "rows-0-events": "120", "rows-0-exposure": "4 000,5",
        "rows-1-units": "41", "rows-1-events": "90", "rows-1-exposure": "4,100",
    }  # fmt: skip
    bad = values | {"rows-0-events": "1.5"}
    page = visitor.submit(path, bad, form_id="counts", button="attach", status=422)
    assert "Write a whole number." in page.text
    visitor.submit(path, values, form_id="counts", button="attach")
    assert rows(visitor) == [("", 1)]
    page = visitor.get(f"/hypotheses/{key}/data")
    page = visitor.get(page.links["Typed counts"])
    assert "Events" in page.text and "120" in page.text and "Exposure" in page.text


def test_the_day_is_asked_where_the_plan_does_not_name_it(visitor: Visitor) -> None:
    key = visitor.make("running", unit="client_id")
    visitor.sign_in("analyst")
    lines = [f"{i};{'AB'[i % 2]};{i % 2};2026-02-{1 + i % 9:02}" for i in range(240)]
    content = "\n".join(["client_id;arm;bought;Day", *lines]).encode()
    where = upload(visitor, key, content, "days.csv").response.location
    page = visitor.get(where)
    assert "The day of a row" in page.text
    assert form_values(page.form("mapping"))["day"] == "Day"
    visitor.submit(where, form_id="mapping", button="attach")
    from hadi.db import db
    from hadi.models import Dataset

    with visitor.app.app_context():
        (found,) = db.session.query(Dataset)
        assert found.version == 1 and found.quality_settings["day"] == "Day"
    # A file without days has nothing to ask.
    plain = "\n".join(line.rpartition(";")[0] for line in content.decode().splitlines()).encode()
    page = visitor.get(upload(visitor, key, plain, "plain.csv").response.location)
    assert "The day of a row" not in page.text


def test_arms_under_other_names_are_read_as_those_of_the_plan(visitor: Visitor) -> None:
    key = visitor.make("running", **SPLIT)
    visitor.sign_in("analyst")
    named = {";A;": ";контроль;", ";B;": ";новый;"}
    content = table().decode()
    for old, new in named.items():
        content = content.replace(old, new)
    where = upload(visitor, key, content.encode(), "till.csv").response.location
    page = visitor.get(where)
    assert "Read these values so" in page.text
    said = {"arm_0": "A", "arm_1": "B"}
    # Refused as long as nothing is said; what was chosen on the page stays.
    page = visitor.submit(where, CHOSEN | said, form_id="mapping", button="attach", status=422)
    assert "There is no arm “A”" in page.text
    assert {name: form_values(page.form("mapping"))[name] for name in said} == said
    page = visitor.submit(where, CHOSEN | said, form_id="mapping", button="arms", status=200)
    assert "“контроль” is read as “A” (120 rows)" in page.text
    chosen = form_values(page.form("mapping"))
    assert {name: chosen[name] for name in CHOSEN} == CHOSEN
    assert (chosen["arm_read_0"], chosen["arm_read_1"]) == ("A", "B")
    # Taken back where it was said, and said again where the reading is told.
    page = visitor.submit(where, CHOSEN | {"arm_read_1": ""}, form_id="mapping", button="arms",
                          status=200)  # fmt: skip
    assert "The plan’s arm “B” is not in this column." in page.text
    page = visitor.submit(where, CHOSEN | {"arm_1": "B"}, form_id="mapping", button="arms",
                          status=200)  # fmt: skip
    assert "контроль → A, новый → B" in page.text
    visitor.submit(where, CHOSEN, form_id="mapping", button="attach")
    assert rows(visitor) == [("till.csv", 1)]
    # The next week's file is one press.
    last = content.splitlines()[-1]
    page = visitor.get(
        upload(visitor, key, f"{content}\n{last}".encode(), "2.csv").response.location
    )
    assert "Attach as before" in page.text and "is not in this column" not in page.text


def test_what_is_sent_of_rows_that_were_read_again_changes_nothing(visitor: Visitor) -> None:
    key = visitor.make("running", **SPLIT)
    visitor.sign_in("analyst")
    content = table().replace(b";B;", b";C;")
    where = upload(visitor, key, content, "till.csv").response.location
    sent = CHOSEN | {"arm_1": "B", "arms_of": "of before"}
    page = visitor.submit(where, sent, form_id="mapping", button="arms", status=200)
    assert "The file was read again meanwhile" in page.text
    assert "The plan’s arm “B” is not in this column." in page.text
