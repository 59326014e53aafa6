"""Capturing an idea and editing its sentence: nothing typed is lost, nothing is written twice."""

from __future__ import annotations

import pytest

from tests.fixtures.page_faults import text_of
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_the_change_alone_is_enough(visitor: Visitor) -> None:
    visitor.sign_in()
    answer = visitor.submit("/hypotheses/new", {"change": "offer lip balm at the till"})
    assert answer.response.headers["Location"] == "/hypotheses/H-1"
    page = visitor.get("/hypotheses/H-1")
    assert "offer lip balm at the till" in page.heading
    assert "H-1 is captured." in page.text


def test_nothing_written_is_asked_for_kindly(visitor: Visitor) -> None:
    page = visitor.sign_in().submit("/hypotheses/new", {"effect": "sales rise"}, status=422)
    assert "Say what we would change" in page.text
    assert text_of(page.by_id("effect")) == "sales rise"
    assert page.by_id("change").get("aria-invalid") == "true"
    assert visitor.count() == 0


def test_a_part_that_is_too_long_is_said_at_its_field(visitor: Visitor) -> None:
    page = visitor.sign_in().submit("/hypotheses/new", {"change": "x" * 1_000_000}, status=422)
    assert "At most 1,000 characters." in page.text
    assert visitor.count() == 0


def test_a_nul_is_left_out(visitor: Visitor) -> None:
    visitor.sign_in().submit("/hypotheses/new", {"change": "offer\0 balm"})
    assert "offer balm" in visitor.get("/hypotheses/H-1").heading


def test_what_looks_like_a_script_stays_words(visitor: Visitor) -> None:
    visitor.sign_in()
    parts = {"change": SCRIPT, "effect": SCRIPT, "reason": SCRIPT, "title": SCRIPT}
    visitor.submit("/hypotheses/new", parts)
    for path in ("/hypotheses", "/hypotheses/board", "/hypotheses/H-1", "/hypotheses/H-1/edit",
                 "/hypotheses/H-1/history", "/hypotheses/new?after=H-1"):  # fmt: skip
        page = visitor.get(path)  # no inline script, no event attribute: the fixture looks
        assert not [e for e in page.tree.iter("img") if e.get("src") == "x"], path
        assert "alert(1)" in page.text, path


def test_a_form_sent_twice_writes_once(visitor: Visitor) -> None:
    visitor.sign_in()
    form = visitor.get("/hypotheses/new").form()
    from tests.fixtures.pages import form_values

    data = form_values(form)
    data["change"] = "offer lip balm"
    first = visitor.browser.post("/hypotheses/new", data)
    again = visitor.browser.post("/hypotheses/new", data)
    assert first.response.headers["Location"] == again.response.headers["Location"]
    assert visitor.count() == 1


def test_the_next_hypothesis_is_linked_to_its_insight(visitor: Visitor) -> None:
    visitor.make("concluded")
    visitor.sign_in()
    assert "Follows from H-1" in visitor.get("/hypotheses/new?after=H-1").text
    visitor.submit("/hypotheses/new?after=H-1", {"change": "lay bulbs beside every lamp"})
    assert "lay a cable beside every lamp" in visitor.get("/hypotheses/H-2").links
    assert "lay bulbs beside every lamp" in visitor.get("/hypotheses/H-1").links


def test_an_unknown_previous_hypothesis_does_not_keep_an_idea(visitor: Visitor) -> None:
    visitor.sign_in()
    for after in ("H-99", "%00", "x" * 500):
        assert "Follows from" not in visitor.get(f"/hypotheses/new?after={after}").text


def test_what_was_tried_is_shown_while_one_types(visitor: Visitor) -> None:
    visitor.make("measured", change="lay the matching cable beside every lamp")
    visitor.make("idea", change="greet within ten seconds")
    visitor.sign_in()
    headers = {"HX-Request": "true"}
    page = visitor.get("/hypotheses/similar?change=cables beside the lamps", headers=headers)
    assert "Have we tried this already?" in page.text
    assert "Confirmed" in page.text and "greet" not in page.text
    assert visitor.get("/hypotheses/similar?change=zeppelins", headers=headers).text == ""
    visitor.get("/hypotheses/similar?change=" + "lamp%00cable" * 2000, headers=headers)


def test_a_refused_form_still_says_what_was_tried(visitor: Visitor) -> None:
    visitor.make("idea", change="lay the matching cable beside every lamp")
    long = "lay cables beside lamps " + "x" * 1000
    page = visitor.sign_in().submit("/hypotheses/new", {"change": long}, status=422)
    assert "Have we tried this already?" in page.text


def test_the_sentence_can_be_edited(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    visitor.submit(f"/hypotheses/{key}/edit", {"effect": "sales rise by a fifth"})
    page = visitor.get(f"/hypotheses/{key}")
    assert "sales rise by a fifth" in page.heading and "H-1 is saved." in page.text
    assert "Mira Petrova edited the sentence" in page.text


def test_a_stale_edit_keeps_what_was_typed_and_says_what_changed(visitor: Visitor) -> None:
    from tests.fixtures.pages import form_values

    key = visitor.make("idea")
    visitor.sign_in()
    data = form_values(visitor.get(f"/hypotheses/{key}/edit").form())
    data["change"] = "lay two cables"
    visitor.submit(f"/hypotheses/{key}/edit", {"change": "lay one cable"})
    page = visitor.browser.post(f"/hypotheses/{key}/edit", data, status=409)
    assert text_of(page.by_id("change")) == "lay two cables"
    assert "Stored now: lay one cable" in page.text
    assert "lay one cable" in visitor.get(f"/hypotheses/{key}").heading
    again = form_values(page.form())
    visitor.browser.post(f"/hypotheses/{key}/edit", again)
    assert "lay two cables" in visitor.get(f"/hypotheses/{key}").heading


def test_a_running_sentence_is_fixed_but_its_title_is_not(visitor: Visitor) -> None:
    from tests.fixtures.pages import form_values

    key = visitor.make("running")
    visitor.sign_in()
    page = visitor.get(f"/hypotheses/{key}/edit")
    assert "The sentence is fixed once the test has started" in page.text
    assert not list(page.tree.iter("textarea"))
    visitor.submit(f"/hypotheses/{key}/edit", {"title": "The cable"})
    assert "The cable" in visitor.get(f"/hypotheses/{key}").text
    data = form_values(visitor.get(f"/hypotheses/{key}/edit").form())
    data["change"] = "something else"
    refused = visitor.browser.post(f"/hypotheses/{key}/edit", data, status=422)
    assert "The sentence is fixed" in refused.text


@pytest.mark.parametrize("path", ["/hypotheses/new", "/hypotheses/H-1/edit"])
def test_a_viewer_may_not_write(visitor: Visitor, path: str) -> None:
    visitor.make("idea")
    visitor.sign_in("viewer").get(path, status=403)
    data = {"csrf_token": visitor.token("/hypotheses"), "change": "something", "version": "1"}
    visitor.browser.post(path, data, status=403)
    assert visitor.count() == 1


def test_a_post_without_its_token_is_refused_and_given_back(visitor: Visitor) -> None:
    page = visitor.sign_in().browser.post(
        "/hypotheses/new", {"change": "offer lip balm"}, status=400
    )
    assert "offer lip balm" in page.text
