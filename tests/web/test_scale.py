"""The scale-up board, the page of a roll-out, and everything one can do there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hadi.db import db
from tests.fixtures.queries import counted
from tests.web.hypotheses_pages import Visitor, visitor
from tests.web.winners import Winner

__all__ = ["visitor"]


def columns(page: Any) -> dict[str, list[str]]:
    """The names of the cards in each column."""
    return {
        section.get("data-column"): [
            card.get("data-name", "") for card in section.iter("li") if card.get("data-card")
        ]
        for section in page.tree.iter("section")
        if section.get("data-column")
    }


# -------------------------------------------------------------------------------- the board
def test_a_board_without_winners_teaches(visitor: Visitor) -> None:
    page = visitor.sign_in("viewer").get("/scale")
    assert page.heading == "Scale-up"
    assert "No winners yet" in page.text


def test_a_card_shows_promise_payback_and_who_took_it_on(visitor: Visitor) -> None:
    winner = Winner(visitor)
    page = visitor.sign_in("viewer").get("/scale")
    assert columns(page)["queued"] == [winner.key]
    assert "1 winner is on the board. The payback of 1 is not assessed." in page.text
    assert "If we lay a cable beside every lamp" in page.links
    for words in ("+5.0\xa0pp", "Payback not assessed", "Acknowledged by Oleg Smirnov."):
        assert words.replace("\xa0", " ") in page.text.replace("\xa0", " ")
    assert "Estimate +5.0" in page.html  # the picture says its numbers


def test_who_may_see_money_sees_what_a_winner_brings(visitor: Visitor) -> None:
    from hadi.models import Hypothesis
    from hadi.models.hypothesis import parse_key
    from hadi.services import economics

    winner, world = Winner(visitor), visitor.world
    worth = {"currency": "EUR", "value_per_unit": "30", "margin": 0.5, "units_per_week": 100}
    with visitor.app.app_context():
        query = db.select(Hypothesis.id).where(Hypothesis.number == parse_key(winner.key))
        economics.estimate(
            db.session.scalars(query).one(), body=worth, by=world.actor("leader"),
            now=world.later(),
        )  # fmt: skip
    board = visitor.sign_in("leader").get("/scale").text
    assert "margin a week €75 (" in board
    assert "1 of them is worth a margin of €75 (" in board
    assert "€" not in visitor.sign_in("viewer").get("/scale").text


def test_an_override_stays_in_sight(visitor: Visitor) -> None:
    from hadi.domain.lifecycle import Decision, Insight
    from hadi.services import conclusions

    world = visitor.world
    with visitor.app.app_context():
        measured = world.measured(metrics=[world.plan()["metrics"][0] | {"threshold": 0.2}])
        conclusions.record(
            measured.id, decision=Decision.SCALE, reason="the season", insight=Insight(*"abc"),
            override="the rota closes on Friday", acknowledge_payback=True,
            by=world.actor("leader"), now=world.later(),
        )  # fmt: skip
    page = visitor.sign_in("viewer").get("/scale")
    assert "Override by Oleg Smirnov: the rota closes on Friday" in page.text
    assert "Below threshold" in page.text


def test_a_late_measurement_is_said_in_words(visitor: Visitor) -> None:
    Winner(visitor).move("rolling_out")
    visitor.world.later(days=59)
    page = visitor.sign_in("leader").get("/scale")
    assert "overdue by 3 days" in page.text
    assert "1 waits to be measured again. The measurement of 1 is overdue." in page.text


@pytest.mark.parametrize("role", ["viewer", "member", "analyst"])
def test_who_may_not_move_sees_no_handles(visitor: Visitor, role: str) -> None:
    winner = Winner(visitor)
    page = visitor.sign_in(role).get("/scale")
    assert "data-grip" not in page.html and "board-card__menu" not in page.html
    assert "board.js" not in page.html
    assert (
        "Leaders move" in visitor.get(winner.url).text or "leader" in visitor.get(winner.url).text
    )


def test_a_card_says_where_it_may_go_and_why_not_elsewhere(visitor: Visitor) -> None:
    Winner(visitor)
    page = visitor.sign_in("leader").get("/scale")
    assert "It can go to: Rolling out, Stopped." in page.text
    assert "From “Queued” a roll-out does not go to “Verified”." in page.text


def test_a_long_column_leads_to_all_of_it(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hadi.services.rollout_list as rollout_list

    monkeypatch.setitem(rollout_list.board.__kwdefaults__, "most", 2)
    keys = [Winner(visitor, f"idea number {n}").key for n in range(3)]
    page = visitor.sign_in("viewer").get("/scale")
    assert columns(page)["queued"] == keys[:2]
    assert columns(visitor.get(page.links["Show all 3"]))["queued"] == keys
    assert columns(visitor.get("/scale?all=nonsense"))["queued"] == keys[:2]


@pytest.mark.slow
def test_queries_do_not_grow_with_the_winners(visitor: Visitor) -> None:
    def make(many: int) -> None:
        for n in range(many):
            winner = Winner(visitor, f"idea number {n}")
            if n % 3:
                winner.move("rolling_out")

    visitor.sign_in("leader")
    make(3)
    visitor.get("/scale")
    with counted(visitor.app) as few:
        visitor.get("/scale")
    make(37)
    with counted(visitor.app) as many:
        page = visitor.get("/scale")
    assert sum(len(cards) for cards in columns(page).values()) == 40
    assert len(many) == len(few), "\n".join(many)


# ---------------------------------------------------------------------------------- moving
def test_a_card_moves_by_its_menu_and_leads_to_the_wave(visitor: Visitor) -> None:
    winner = Winner(visitor)
    visitor.sign_in("leader")
    answer = winner.post(to="rolling_out", version=winner.read("version"), status=302)
    assert answer.response.location == f"{winner.url}/waves/1"
    assert "wave 1 is open" in visitor.get(answer.response.location).text
    assert winner.read("status") == "rolling_out"


def test_the_script_is_told_where_the_card_may_go_now(visitor: Visitor) -> None:
    winner = Winner(visitor)
    visitor.sign_in("leader")
    sent = {"to": "rolling_out", "after": "", "version": winner.read("version")}
    answer = winner.post(as_json=True, status=200, **sent).response.get_json()
    assert answer["version"] == winner.read("version")
    assert answer["visit"] == f"{winner.url}/waves/1"
    assert answer["moves"]["queued"]["url"] and not answer["moves"]["verified"]["url"]
    assert 'data-name="H-1"' in answer["card"]


def test_a_move_is_taken_back(visitor: Visitor) -> None:
    first, second = Winner(visitor, "idea one"), Winner(visitor, "idea two")
    visitor.sign_in("leader")
    winner = second
    sent = {"to": "stopped", "version": winner.read("version")}
    winner.post(status=422, **sent)  # a menu sends no reason
    winner.move("stopped", reason="no van")
    back = winner.post(
        as_json=True, to="queued", after=first.id, version=winner.read("version"), status=200
    )
    assert back.response.get_json()["undo_url"] is None  # stopping again asks for a reason
    on = winner.post(as_json=True, to="rolling_out", version=winner.read("version"), status=200)
    assert on.response.get_json()["visit"]
    page = visitor.get("/scale")  # the message waits on the next page
    undo = next(
        form.get("action", "")
        for form in page.tree.iter("form")
        if "to=queued" in form.get("action", "")
    )
    visitor.browser.post(undo, {"csrf_token": visitor.token()}, status=302)
    assert columns(visitor.get("/scale"))["queued"] == [first.key, second.key]
    visitor.browser.post(undo, {"csrf_token": visitor.token()}, status=302)  # twice is once


def test_an_impossible_move_is_refused_in_words(visitor: Visitor) -> None:
    winner = Winner(visitor)
    visitor.sign_in("leader")
    sent = {"to": "verified", "version": winner.read("version")}
    page = winner.post(status=422, **sent)
    assert "This step is not possible yet." in page.text
    assert "From “Queued” a roll-out does not go to “Verified”." in page.text
    assert columns(page)["queued"] == [winner.key]
    answer = winner.post(as_json=True, status=422, **sent)
    assert answer.response.get_json() == {
        "detail": "From “Queued” a roll-out does not go to “Verified”."
    }
    winner.post(to="nowhere", status=400)
    assert winner.events()[0][0] == "refused"


def test_a_stale_move_says_so(visitor: Visitor) -> None:
    winner = Winner(visitor)
    read = winner.read("version")
    winner.move("rolling_out")
    visitor.sign_in("leader")
    page = winner.post(to="stopped", version=read, status=409)
    assert "Someone moved this roll-out since you opened the board." in page.text
    answer = winner.post(as_json=True, to="stopped", version=read, status=409)
    assert answer.response.get_json()["detail"].startswith("Someone moved this roll-out")
    assert winner.read("status") == "rolling_out"


def test_a_move_sent_twice_moves_once(visitor: Visitor) -> None:
    winner = Winner(visitor)
    visitor.sign_in("leader")
    sent = {"to": "rolling_out", "after": "", "version": winner.read("version")}
    first = winner.post(as_json=True, status=200, **sent).response.get_json()
    again = winner.post(as_json=True, status=200, **sent).response.get_json()
    assert first["version"] == again["version"]
    assert [verb for verb, _ in winner.events()].count("rollout_moved") == 1


def test_the_order_of_a_column_is_kept(visitor: Visitor) -> None:
    made = [Winner(visitor, f"idea number {n}") for n in range(3)]
    last = made[2]
    visitor.sign_in("leader")
    last.post(as_json=True, to="queued", after=made[0].id, version=last.read("version"), status=200)
    expected = [made[0].key, last.key, made[1].key]
    assert columns(visitor.get("/scale"))["queued"] == expected
    last.post(to="queued", after="", version=last.read("version"), status=302)
    assert columns(visitor.get("/scale"))["queued"][0] == last.key


# -------------------------------------------------------------------------------- the forms
def test_stopping_asks_why_and_can_be_taken_back(visitor: Visitor) -> None:
    winner = Winner(visitor)
    visitor.sign_in("leader")
    page = visitor.submit(f"{winner.url}/stop", {"reason": " "}, status=422)
    assert "Give the reason for stopping the roll-out." in page.text
    visitor.submit(f"{winner.url}/stop", {"reason": "no van until spring"})
    board = visitor.get("/scale")
    assert columns(board)["stopped"] == [winner.key]
    assert "Stopped: no van until spring" in board.text
    assert "to=queued" in board.html
    assert "Stopped because: no van until spring" in visitor.get(winner.url).text


def test_a_wave_is_started_from_the_page(visitor: Visitor) -> None:
    winner = Winner(visitor)
    visitor.sign_in("leader")
    page = visitor.get(winner.url)
    assert page.links["Start wave 1"] == f"{winner.url}/waves/new"
    start = visitor.world.now.date()
    values = {"scope": "two stores", "starts_on": start.isoformat()}
    late = values | {"measure_on": (start + timedelta(days=93)).isoformat()}
    page = visitor.submit(f"{winner.url}/waves/new", late, status=422)
    assert "within three months of its start" in page.text and "two stores" in page.html
    visitor.submit(f"{winner.url}/waves/new", values | {"measure_on": ""}, status=422)
    good = values | {"measure_on": (start + timedelta(days=60)).isoformat()}
    answer = visitor.submit(f"{winner.url}/waves/new", good)
    assert answer.response.location == winner.url
    assert "two stores" in visitor.get(winner.url).text
    assert winner.read("status") == "rolling_out"


def test_a_form_sent_twice_acts_once(visitor: Visitor) -> None:
    winner = Winner(visitor)
    visitor.sign_in("leader")
    from tests.fixtures.pages import form_values

    data = form_values(visitor.get(f"{winner.url}/waves/new").form())
    for _ in range(2):
        answer = visitor.browser.post(f"{winner.url}/waves/new", data, status=302)
        assert answer.response.location == winner.url
    assert len(winner.waves()) == 1


def test_a_stale_form_keeps_what_was_typed(visitor: Visitor) -> None:
    winner = Winner(visitor)
    visitor.sign_in("leader")
    from tests.fixtures.pages import form_values

    data = form_values(visitor.get(f"{winner.url}/stop").form())
    data["reason"] = "nobody has the time"
    winner.move("rolling_out")
    page = visitor.browser.post(f"{winner.url}/stop", data, status=409)
    assert "nobody has the time" in page.text
    assert page.links["Open it again"] == winner.url


def test_each_stage_offers_its_one_next_step(visitor: Visitor) -> None:
    winner = Winner(visitor)
    visitor.sign_in("leader")

    def offers(words: str) -> None:
        page = visitor.get(winner.url)
        assert words in page.text
        primary = [e for e in page.tree.iter() if "btn-primary" in e.get("class", "").split()]
        assert len(primary) == 1

    offers("Start wave 1")
    winner.move("rolling_out")
    offers("Plan the wave")
    visitor.submit(f"{winner.url}/waves/1", {"scope": "two stores"})
    offers("Record the measurement")
    winner.measure(has_held=True, effect=0.05, low=0.02, high=0.08)
    offers("Mark as verified")
    visitor.submit(winner.url, {}, form_id="move-verified")
    assert winner.read("status") == "verified"
    offers("Roll it out further")
    assert "Wave 1 measured again: +5.0" in visitor.get("/scale").text
    winner.move("rolling_out")
    winner.measure(has_held=False)
    offers("Repair it and measure again")
    winner.move("stopped", reason="no van")
    offers("Back to the queue")


def test_the_page_tells_promise_decision_and_history(visitor: Visitor) -> None:
    winner = Winner(visitor)
    visitor.sign_in("viewer")
    page = visitor.get(winner.url)
    text = page.text.replace("\xa0", " ")
    for words in (
        "The promise", "+5.0 pp", "cables sell in sight", "the numbers are clear",
        "acknowledged that it is not assessed", "put it on the scale-up board",
        "No wave has started yet",
    ):  # fmt: skip
        assert words in text
    assert page.links[f"The hypothesis {winner.key}"] == f"/hypotheses/{winner.key}"
    visitor.get("/scale/nothing", status=404)
    visitor.get(f"{winner.url}/waves/7", status=403)


# ---------------------------------------------------------------------------------- rights
ACTIONS = (
    "/move", "/stop", "/waves/new", "/waves/1", "/waves/1/measure", "/repair", "/narrow",
)  # fmt: skip


@pytest.mark.parametrize("role", ["member", "analyst", "viewer"])
def test_others_are_refused_and_the_attempt_is_logged(visitor: Visitor, role: str) -> None:
    winner = Winner(visitor)
    winner.move("rolling_out")
    visitor.sign_in(role)
    token = visitor.token("/scale")
    before = winner.read("version")
    for action in ACTIONS:
        data = {"csrf_token": token, "to": "queued", "reason": "x", "held": "yes"}
        page = visitor.browser.post(winner.url + action, data, status=403)
        assert "Leaders" in page.text or "leader" in page.text
        if action != "/move":
            visitor.get(winner.url + action, status=403)
    assert winner.read("version") == before
    refused = [details for verb, details in winner.events() if verb == "refused"]
    assert [d["step"] for d in reversed(refused)] == [
        "move_rollout", "move_rollout", "start_wave", "plan_wave", "measure_wave",
        "move_rollout", "move_rollout",
    ]  # fmt: skip
    assert all(d["blockers"] == ["not_allowed.rollout.move"] for d in refused)


def test_nobody_is_asked_to_sign_in(visitor: Visitor) -> None:
    for path in ("/scale", "/scale/x", "/learnings", "/data", "/meeting", "/"):
        assert "/login" in visitor.get(path, status=302).response.location
