"""Waves that are measured again: what is recorded, what follows from it, and who decides then."""

from __future__ import annotations

import pytest

from tests.web.hypotheses_pages import Visitor, visitor
from tests.web.test_scale import columns
from tests.web.winners import Winner

__all__ = ["visitor"]


def test_a_measurement_is_recorded_in_points(visitor: Visitor) -> None:
    winner = Winner(visitor)
    winner.move("rolling_out")
    visitor.sign_in("leader")
    url = f"{winner.url}/waves/1/measure"
    page = visitor.submit(url, {"effect": "much"}, status=422)
    assert "Write a number" in page.text
    page = visitor.submit(url, {"effect": ""}, status=422)
    assert "Say whether the effect held." in page.text
    typed = {"held": "no", "effect": "1,5", "low": "4", "high": "3.0", "note": "no mentor"}
    page = visitor.submit(url, typed, status=422)
    assert "The lower end lies above the effect." in page.text
    assert page.by_id("note").text is not None
    visitor.submit(url, typed | {"low": "-1"})
    (wave,) = winner.waves()
    assert wave == {
        "number": 1, "scope": "", "has_held": False, "effect": 0.015, "low": -0.01, "high": 0.03,
        "note": "no mentor",
    }  # fmt: skip
    page = visitor.get(winner.url)
    for words in (
        "Did not hold",
        "no mentor",
        "lies beyond this whole range",
        "Repair it and measure again",
    ):
        assert words in page.text
    assert visitor.get(url, status=302).response.location == winner.url
    page = winner.post("/waves/1/measure", held="yes", version=winner.read("version"),
                       status=422)  # fmt: skip
    assert "measured already" in page.text


def test_the_effect_of_a_wave_is_worked_out_of_its_stores(visitor: Visitor) -> None:
    winner = Winner(visitor)
    winner.move("rolling_out")
    visitor.sign_in("leader")
    url = f"{winner.url}/waves/1/measure"
    typed = {"held": "no", "stores": "9\n-4\n6,0; 1\nmany"}
    page = visitor.submit(url, typed, status=422)
    assert "“many” is no number" in page.text and "6,0; 1" in page.text
    page = visitor.submit(url, typed | {"stores": "9", "effect": ""}, status=422)
    assert "Give the effects of 2 to 1,000 stores" in page.text
    stores = "9\n-4\n6,0; 1\n8"
    page = visitor.submit(url, typed | {"stores": stores, "effect": "4"}, status=422)
    assert "one follows from the other" in page.text
    visitor.submit(url, typed | {"stores": stores, "effect": ""})
    (wave,) = winner.waves()
    assert wave["effect"] == pytest.approx(0.04)
    assert (round(wave["low"], 3), round(wave["high"], 3)) == (-0.027, 0.107)


def test_what_follows_is_said_before_it_is_saved_and_cannot_be_denied(visitor: Visitor) -> None:
    winner = Winner(visitor)
    winner.move("rolling_out")
    visitor.sign_in("leader")
    url = f"{winner.url}/waves/1/measure"
    assert "In percentage points." in visitor.get(url).text
    typed = {"stores": "1\n-2\n1,5\n0\n2", "held": "yes"}
    page = visitor.submit(url, typed | {"do": "see"}, status=200)
    told = "The promise of +5.0 pp lies beyond this whole range: it did not hold."
    assert told in page.text.replace("\xa0", " ") and "1,5" in page.text
    assert winner.waves()[0]["has_held"] is None
    page = visitor.submit(url, typed, status=422)
    assert "lies beyond the whole range measured: it did not hold" in page.text
    assert told in page.text.replace("\xa0", " ")
    page = visitor.submit(url, {"effect": "3", "low": "-1", "high": "7"}, status=422)
    assert "Say whether the effect held." in page.text
    assert "whether it held is not known yet" in page.text
    page = visitor.submit(url, {"effect": "3", "low": "-1", "high": "7", "held": "yes"}, status=422)
    assert "say why it did, or measure for longer" in page.text
    visitor.submit(url, {"stores": typed["stores"]})  # left open, the numbers decide
    assert winner.waves()[0]["has_held"] is False
    assert columns(visitor.get("/scale"))["did_not_hold"] == [winner.key]


def test_after_a_wave_that_did_not_hold_a_leader_chooses(visitor: Visitor) -> None:
    winner = Winner(visitor)
    visitor.sign_in("leader")
    visitor.get(f"{winner.url}/repair", status=404)  # no wave failed
    winner.move("rolling_out")
    winner.measure(has_held=False)
    page = visitor.get(winner.url)
    assert "No further wave starts until you choose" in page.text
    ways = ("Repair it and measure again", "Narrow where it holds", "Stop it")
    assert [page.links[way].removeprefix(winner.url) for way in ways] == [
        "/repair", "/narrow", "/stop",
    ]  # fmt: skip
    page = visitor.submit(f"{winner.url}/waves/new", {"scope": "all stores"}, status=422)
    assert "The last wave did not hold. Choose first" in page.text and "all stores" in page.html
    sent = {"to": "rolling_out", "version": winner.read("version")}
    assert "Say what is different from now on" in winner.post(status=422, **sent).text
    page = visitor.submit(f"{winner.url}/repair", {"reason": " "}, status=422)
    assert "Say what is different from now on" in page.text
    page = visitor.submit(f"{winner.url}/narrow", {"reason": "one mentor in five"}, status=422)
    assert "Say where it holds." in page.text and "one mentor in five" in page.text
    narrow = {"narrow_to": "the region with a mentor", "reason": "one mentor in five"}
    answer = visitor.submit(f"{winner.url}/narrow", narrow)
    assert answer.response.location == f"{winner.url}/waves/2"
    page = visitor.get(winner.url)
    for words in (
        "Narrowed to",
        "the region with a mentor",
        "narrowed where it holds, after wave 1",
    ):
        assert words in page.text
    assert len(winner.waves()) == 2 and winner.read("status") == "rolling_out"
    library = visitor.get("/learnings").text
    assert "Narrowed to, after a wave that did not hold" in library
    assert "the region with a mentor" in visitor.get("/learnings?q=region+with+a+mentor").text
    assert "narrowed where it holds" in visitor.get(f"/hypotheses/{winner.key}").text
