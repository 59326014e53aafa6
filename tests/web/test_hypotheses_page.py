"""The page of one hypothesis: its one next step, its quadrants, its links, its tests."""

from __future__ import annotations

import pytest

from tests.fixtures.page_faults import text_of
from tests.fixtures.pages import Page
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]


def primary(page: Page) -> str:
    """The words of the one primary action."""
    found = [
        text_of(part)
        for main in page.tree.iter("main")
        for part in main.iter()
        if isinstance(part.tag, str) and "btn-primary" in part.get("class", "").split()
    ]
    assert len(found) <= 1, found
    return found[0] if found else ""


@pytest.mark.parametrize(
    ("stage", "action"),
    [
        ("idea", "Complete the plan"),
        ("planned", "Start the test"),
        ("running", "Attach data"),
        ("with_data", "Run the check"),
        ("measured", "Write the insight"),
        ("concluded", "Write the next hypothesis"),
    ],
)
def test_each_state_has_its_one_next_step(visitor: Visitor, stage: str, action: str) -> None:
    key = visitor.make(stage)
    assert primary(visitor.sign_in().get(f"/hypotheses/{key}")) == action


def test_a_written_insight_leads_to_the_decision(visitor: Visitor) -> None:
    from hadi.domain.lifecycle import Insight
    from hadi.services import conclusions

    key = visitor.make("measured")
    with visitor.app.app_context():
        from hadi.services import hypotheses

        found = hypotheses.find(key, by=visitor.world.actor())
        conclusions.write_insight(
            found.id, insight=Insight("a", "b", "c"), by=visitor.world.actor(),
            now=visitor.world.later(),
        )  # fmt: skip
    assert primary(visitor.sign_in().get(f"/hypotheses/{key}")) == "Decide"


def test_a_winner_leads_to_the_board(visitor: Visitor) -> None:
    key = visitor.make("concluded", decision="scale")
    page = visitor.sign_in("leader").get(f"/hypotheses/{key}")
    assert primary(page) == "See it on the scale-up board"
    assert page.links["See it on the scale-up board"].startswith("/scale")


def test_what_is_missing_is_listed_with_its_field(visitor: Visitor) -> None:
    key = visitor.make("idea")
    page = visitor.sign_in().get(f"/hypotheses/{key}")
    listed = [text_of(item) for item in page.by_id("blockers").iter("li")]
    assert any("Say why it should work" in line for line in listed)
    assert any("Name one owner." in line for line in listed)
    targets = [a.get("href") for a in page.by_id("blockers").iter("a")]
    assert f"/hypotheses/{key}/edit#reason" in targets
    assert f"/hypotheses/{key}/plan#owner" in targets
    assert len(targets) == len(listed)


def test_a_sentence_alone_missing_leads_to_the_sentence(visitor: Visitor) -> None:
    key = visitor.make("planned")
    visitor.sign_in()
    visitor.submit(f"/hypotheses/{key}/edit", {"reason": ""})
    page = visitor.get(f"/hypotheses/{key}")
    assert primary(page) == "Complete the sentence"
    assert visitor.state(key) == "idea"


def test_whoever_may_not_is_told_who_may(visitor: Visitor) -> None:
    key = visitor.make("planned")
    page = visitor.sign_in("viewer").get(f"/hypotheses/{key}")
    assert primary(page) == ""
    assert "can start this test" in page.text
    for words in ("Archive", "Edit the sentence", "Write the next hypothesis"):
        assert words not in page.links


def test_the_quadrants_say_what_is_there(visitor: Visitor) -> None:
    key = visitor.make("measured")
    page = visitor.sign_in().get(f"/hypotheses/{key}")
    assert "If we lay a cable beside every lamp" in page.heading
    for letter in "hadi":
        assert page.by_id(letter).tag == "section"
    assert "Add-on sale" in text_of(page.by_id("a"))
    assert "Typed counts" in text_of(page.by_id("d"))
    assert "It works: “Add-on sale”" in page.text


def test_the_opaque_id_and_other_spellings_lead_to_the_key(visitor: Visitor) -> None:
    from hadi.services import hypotheses

    key = visitor.make("idea")
    with visitor.app.app_context():
        opaque = hypotheses.find(key, by=visitor.world.actor()).id
    visitor.sign_in()
    for spelling in (opaque, "h-1", "1"):
        moved = visitor.get(f"/hypotheses/{spelling}", status=302)
        assert moved.response.headers["Location"] == "/hypotheses/H-1"


@pytest.mark.parametrize("key", ["H-99", "zeppelin", "H-%00", "H-99999999999999", "%F0%9F"])
def test_an_unknown_key_is_said_so(visitor: Visitor, key: str) -> None:
    page = visitor.sign_in().get(f"/hypotheses/{key}", status=404)
    assert "There is no hypothesis" in page.text


def test_a_repeated_hypothesis_keeps_its_first_test(visitor: Visitor) -> None:
    key = visitor.make("concluded", decision="repeat")
    visitor.sign_in()
    page = visitor.get(f"/hypotheses/{key}")
    assert page.links["Test 1"] == f"/hypotheses/{key}?test=1"
    earlier = visitor.get(f"/hypotheses/{key}?test=1")
    assert "Test 1 is over" in earlier.text
    assert "It works" in earlier.text and "cables sell in sight" in earlier.text
    visitor.get(f"/hypotheses/{key}?test=7", status=404)


def test_an_archived_hypothesis_says_why(visitor: Visitor) -> None:
    from hadi.services import hypotheses

    key = visitor.make("idea")
    with visitor.app.app_context():
        found = hypotheses.find(key, by=visitor.world.actor())
        hypotheses.archive(
            found.id, reason="told twice", by=visitor.world.actor(), now=visitor.world.later()
        )
    page = visitor.sign_in().get(f"/hypotheses/{key}")
    assert "Archived: told twice" in page.text
    assert primary(page) == "Bring it back"
