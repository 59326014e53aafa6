"""What a result shows beside its numbers: looks on the way, stores, several arms, segments."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from random import Random

import pytest

from hadi.web.methods.articles import article
from tests.fixtures.pages import Page, form_values
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

SPENT = {"name": "Spent", "kind": "mean", "columns": ["spent"], "role": "primary",
         "threshold": 2, "better": "higher"}  # fmt: skip


MARK = "verdict-badge__early"  # "so far", or "early"
PLANNED = {
    "looks": "planned",
    "look_count": 4,
    "spending": "obrien_fleming",
    "planned_units": 2000,
}


def attach(visitor: Visitor, key: str, head: str, rows: Iterable[str]) -> None:
    """A file whose columns are called as in the plan."""
    body = "\n".join([head, *rows])
    data = form_values(visitor.get(f"/hypotheses/{key}/data").form("attach"))
    data["file"] = (io.BytesIO(body.encode()), "rows.csv")
    where = visitor.browser.post(f"/hypotheses/{key}/data", data).response.location
    visitor.submit(where, form_id="mapping", button="attach")


def run(visitor: Visitor, key: str) -> Page:
    """Check the newest data; every link to a method must land on a section that is there."""
    answer = visitor.submit(f"/hypotheses/{key}/data", form_id="run")
    page = visitor.get(answer.response.location)
    anchors = set(re.findall(r' id="([^"]+)"', article("methods", lambda name: name).html))
    linked = set(re.findall(r'href="/methods#([^"]+)"', page.html))
    assert linked and linked <= anchors
    return page


def counted(visitor: Visitor, key: str, **arms: tuple[int, int]) -> None:
    from hadi.services import datasets, hypotheses

    counts = [{"arm": arm, "units": n, "successes": k} for arm, (n, k) in arms.items()]
    with visitor.app.app_context():
        found = hypotheses.find(key, by=visitor.world.actor())
        datasets.attach_counts(
            found.id, counts=counts, by=visitor.world.actor("analyst"), now=visitor.world.later()
        )


def checked(visitor: Visitor, page: Page, *words: str) -> None:
    for word in words:
        assert word in page.text, word


class TestAnyTime:
    def test_a_look_on_the_way_is_marked_and_the_test_goes_on(self, visitor: Visitor) -> None:
        key = visitor.make("running", looks="anytime", planned_units=4000)
        visitor.sign_in("analyst")
        counted(visitor, key, A=(900, 90), B=(900, 105))
        page = run(visitor, key)
        checked(visitor, page, "Not enough data so far", "This is a look on the way",
                "900 of 4,000 planned units", "Were this the only look, p would be 0.25",
                "At any time; the interval and p hold at every look")  # fmt: skip
        assert page.links["Attach newer data"] == f"/hypotheses/{key}/data"
        assert "not assessed" not in page.text
        assert visitor.state(key) == "running"
        shown = visitor.get(f"/hypotheses/{key}")
        checked(visitor, shown, "Not enough data so far", "Attach newer data")
        assert MARK in visitor.get(f"/hypotheses/{key}/data").html

    def test_a_look_that_answers_ends_the_test(self, visitor: Visitor) -> None:
        key = visitor.make("running", looks="anytime", planned_units=4000)
        visitor.sign_in("analyst")
        counted(visitor, key, A=(900, 90), B=(900, 190))
        page = run(visitor, key)
        checked(visitor, page, "Confirmed", "The test ended at a look on the way")
        assert MARK not in page.html
        assert visitor.state(key) == "measured"
        assert "Write the insight and decide" in page.links


class TestPlannedLooks:
    def test_before_a_look_is_due_it_says_when(self, visitor: Visitor) -> None:
        key = visitor.make("running", **PLANNED)
        visitor.sign_in("analyst")
        counted(visitor, key, A=(300, 30), B=(300, 90))
        page = run(visitor, key)
        checked(visitor, page, "Not yet", "The next look is due at 25.0% of them.",
                "300 of 2,000 planned units", "4 planned; the next is due at 25.0%")  # fmt: skip
        assert MARK not in page.html and "Newcombe" not in page.text

    def test_a_look_says_which_it_is_and_at_which_level(self, visitor: Visitor) -> None:
        key = visitor.make("running", **PLANNED)
        visitor.sign_in("analyst")
        counted(visitor, key, A=(1000, 100), B=(1000, 108))
        page = run(visitor, key)
        checked(visitor, page, "so far", "At this look", "Look 2 of 4 planned, at 50.0%",
                "the next is due at 75.0%", "0.31%")  # fmt: skip

    def test_off_the_schedule_it_takes_a_reason_and_the_test_goes_on(
        self, visitor: Visitor
    ) -> None:
        key = visitor.make("running", **PLANNED)
        visitor.sign_in("analyst")
        counted(visitor, key, A=(300, 30), B=(300, 33))
        reason = {"reason": "The board meets today."}
        answer = visitor.submit(f"/hypotheses/{key}/data", reason, form_id="early")
        page = visitor.get(answer.response.location)
        checked(visitor, page, "so far", "The board meets today.", "between the planned looks",
                "A look between the planned ones, at 15.0%")  # fmt: skip
        assert visitor.state(key) == "running"


def test_a_p_between_the_whole_alpha_and_that_of_the_look_says_so(visitor: Visitor) -> None:
    key = visitor.make("running", **PLANNED)
    visitor.sign_in("analyst")
    counted(visitor, key, A=(1000, 100), B=(1000, 132))
    page = run(visitor, key)
    checked(
        visitor, page, "Chance alone could do this: p is 0.025, and 0.003 or less is asked here."
    )


def test_stores_are_judged_as_stores(visitor: Visitor) -> None:
    key = visitor.make(
        "running", design="cluster", cluster="shop", unit=None, planned_units=8, metrics=[SPENT],
        split=None,
    )  # fmt: skip
    visitor.sign_in("analyst")
    random = Random(3)
    rows = [
        f"{'AB'[shop % 2]},shop {shop},{30 + shop % 5 + 4 * (shop % 2) + random.gauss(0, 5):.2f}"
        for shop in range(16)
        for _ in range(40)
    ]
    attach(visitor, key, "arm,shop,spent", rows)
    page = run(visitor, key)
    checked(visitor, page, "Randomised by store", "in 8 clusters", "Judged by 16 clusters",
            "by units alone p would be", "Of all variation", "CR2", "wild cluster")  # fmt: skip


def test_several_arms_segments_covariate_and_caps_are_all_shown(visitor: Visitor) -> None:
    metric = SPENT | {"covariate": "before", "winsor": 0.99}
    key = visitor.make(
        "running", metrics=[metric], planned_units=300, split=None, unit=None, segments=["town"]
    )
    visitor.sign_in("analyst")
    random = Random(5)
    rows = []
    for place in range(1200):
        arm, before = place % 3, random.gauss(50, 9)
        town = ("north", "south")[random.randrange(2)]
        spent = before + 3 * arm + random.gauss(0, 4)
        rows.append(f"{'ABC'[arm]},{spent:.2f},{before:.2f},{town}")
    attach(visitor, key, "arm,spent,before,town", rows)
    page = run(visitor, key)
    checked(visitor, page, "The best group is “C”", "The arms are not all alike",
            "Allowing for all", "of the noise away", "were cut down to it",
            "Is it the same for everyone?",
            "Exploratory", "north", "south", "For each arm", "2.5%", "Before the test",
            "Extreme values", "(CUPED)", "The chance that “C” is better: over 99.9%.")  # fmt: skip
    record = page.html
    assert 'aria-label="Effect by town"' in record
    assert "Not shown to be flat" not in page.text  # what surely differs needs no such word


@pytest.mark.parametrize(("shift", "words"), [(0.0, "Flat, and well measured"), (0.0, "50%")])
def test_ranks_say_how_often_and_whether_it_is_flat(
    visitor: Visitor, shift: float, words: str
) -> None:
    metric = {"name": "Rating", "kind": "rank", "columns": ["rating"], "role": "primary",
              "threshold": 1, "better": "higher"}  # fmt: skip
    key = visitor.make("running", metrics=[metric], planned_units=200, unit=None)
    visitor.sign_in("analyst")
    random = Random(9)
    rows = [f"{'AB'[i % 2]},{min(max(round(random.gauss(7, 2)), 1), 10)}" for i in range(600)]
    attach(visitor, key, "arm,rating", rows)
    checked(visitor, run(visitor, key), words, "Brunner and Munzel")
