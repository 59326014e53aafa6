"""Impatient fingers, two tabs, closed lids, no scripts, and people who may only look."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from hadi.db import db
from hadi.domain.scaling import RolloutStatus
from hadi.models import Rollout
from tests.e2e import steps
from tests.e2e.demo_people import address_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures.servers import LiveServer

Visit = Callable[..., "Page"]


class TestSendingTwice:
    def test_a_double_click_creates_one(self, visit: Visit) -> None:
        page = visit("lead", "/hypotheses/new")
        steps.fill(page, {"change": "hang a mirror beside the switches"})
        with page.expect_navigation():
            steps.action(page, "Save the idea").dblclick()
        assert found(page, "mirror beside the switches") == 1

    def test_the_same_form_sent_again_leads_to_the_same_page(self, visit: Visit) -> None:
        """As a proxy or a nervous network does it: past every script."""
        page = visit("lead", "/hypotheses/new", java_script_enabled=False)
        form: dict[str, str | float | bool] = {
            name: page.locator(f'main [name="{name}"]').input_value()
            for name in ("csrf_token", "once")
        }
        form["change"] = "paint the aisle of the drills yellow"
        answers = [page.request.post("/hypotheses/new", form=form) for _ in (1, 2)]
        assert answers[0].url == answers[1].url
        assert re.search(r"/hypotheses/H-\d+$", answers[0].url)
        assert found(page, "aisle of the drills yellow") == 1

    def test_going_back_after_saving_does_not_save_again(self, visit: Visit) -> None:
        page = visit("lead", "/hypotheses/new")
        steps.fill(page, {"change": "let clients weigh the screws themselves"})
        steps.press(page, "Save the idea")
        saved = page.url
        page.go_back()
        expect(page.locator("h1")).to_have_text("New hypothesis")
        expect(page.locator("main .notice")).to_have_count(0)
        page.go_forward()
        expect(page).to_have_url(saved)
        assert found(page, "weigh the screws themselves") == 1


class TestTwoTabs:
    def test_a_stale_edit_keeps_what_was_typed(self, visit: Visit, shop: LiveServer) -> None:
        address = address_of(shop.app, "idea", "sell tape by the metre")
        first = visit("lead", f"{address}/edit")
        second = first.context.new_page()
        second.goto(f"{address}/edit")
        steps.fill(first, {"change": "sell tape by the arm"})
        steps.press(first, "Save")
        steps.fill(second, {"change": "sell tape by the roll"})
        assert press_and_tell(second, "Save") == 409
        expect(second.locator(".meanwhile")).to_contain_text("sell tape by the arm")
        expect(second.locator("#change")).to_have_value("sell tape by the roll")
        steps.look(second)
        first.goto(address)
        expect(first.locator("h1")).to_contain_text("sell tape by the arm")
        steps.press(second, "Save")
        expect(second.locator("h1")).to_contain_text("sell tape by the roll")

    def test_a_stale_plan_keeps_what_was_typed(self, visit: Visit, shop: LiveServer) -> None:
        address = address_of(shop.app, "planned", "show the price of a spare lamp")
        first = visit("lead", f"{address}/plan")
        second = first.context.new_page()
        second.goto(f"{address}/plan")
        steps.fill(first, {"planned_units": "1234"})
        steps.press(first, "Save the plan")
        steps.fill(second, {"planned_units": "4321"})
        assert press_and_tell(second, "Save the plan") == 409
        expect(second.locator("[name=planned_units]")).to_have_value(re.compile("4,?321"))
        expect(second.get_by_role("alert")).to_contain_text("1,234")


class TestUnsaved:
    def test_a_draft_comes_back_after_the_tab_was_closed(self, visit: Visit) -> None:
        page = visit("lead", "/hypotheses/new")
        steps.fill(page, {"change": "print the map of the store", "effect": "fewer ask the way"})
        page.wait_for_function("() => localStorage.getItem('hadi-draft:hypothesis-new')")
        page.close()
        again = page.context.new_page()
        again.goto("/hypotheses/new")
        expect(again.locator(".notice")).to_contain_text("We kept what you typed")
        # The moment reads as everywhere else: 20 Feb 2026, 14:05.
        written = re.compile(r" \d{1,2} \w{3,4} \d{4}, \d\d:\d\d\b")
        expect(again.locator(".notice")).to_contain_text(written)
        expect(again.locator("#change")).to_have_value("print the map of the store")
        expect(again.locator("[data-sentence]")).to_contain_text("then fewer ask the way")
        steps.look(again)
        steps.press(again, "Save the idea")
        again.goto("/hypotheses/new")
        expect(again.locator(".notice")).to_have_count(0)
        expect(again.locator("#change")).to_have_value("")

    def test_a_draft_can_be_discarded(self, visit: Visit) -> None:
        page = visit("lead", "/hypotheses/new")
        steps.fill(page, {"change": "print the map of the store"})
        page.wait_for_function("() => localStorage.getItem('hadi-draft:hypothesis-new')")
        page.reload()
        page.get_by_role("button", name="Discard it").click()
        expect(page.locator("#change")).to_have_value("")
        page.reload()
        expect(page.locator("#change")).to_have_value("")

    def test_typed_counts_come_back_after_leaving(self, visit: Visit, shop: LiveServer) -> None:
        address = address_of(shop.app, "running", "lend a ladder for a day")
        page = visit("analyst", f"{address}/data/counts")
        steps.fill(page, {"rows-0-units": "10"})
        page.locator(".top-bar__home").click()
        expect(page).to_have_url(re.compile(r"/$"))
        page.goto(f"{address}/data/counts")
        expect(page.locator(".notice")).to_contain_text("We kept what you typed")
        expect(page.locator('[name="rows-0-units"]')).to_have_value("10")

    def test_leaving_what_is_not_kept_asks_first(self, visit: Visit, shop: LiveServer) -> None:
        with shop.app.app_context():
            queued = select(Rollout.id).where(Rollout.status == RolloutStatus.QUEUED)
            address = f"/scale/{db.session.scalars(queued).first()}/stop"
        page = visit("leader", address)
        steps.fill(page, {"reason": "The stores have no room"})
        asked: list[str] = []

        def stay(dialog: object) -> None:
            asked.append(dialog.type)  # type: ignore[attr-defined]
            dialog.dismiss()  # type: ignore[attr-defined]

        page.once("dialog", stay)
        page.locator(".top-bar__home").click()
        expect(page.locator('[name="reason"]')).to_have_value("The stores have no room")
        assert asked == ["beforeunload"]


class TestLookingOnly:
    @pytest.mark.parametrize(
        "stage", ["idea", "planned", "running", "with_data", "measured", "concluded"]
    )
    def test_a_viewer_is_offered_nothing_to_do(
        self, visit: Visit, shop: LiveServer, stage: str
    ) -> None:
        address = address_of(shop.app, stage, f"colour the shelves by room, {stage}")
        page = visit("viewer", address)
        for part in ("", "/plan", "/data", "/conclusion", "/history"):
            page.goto(address + part)
            expect(page.locator("h1")).to_have_count(1)
            assert_nothing_to_do(page)

    def test_nor_on_the_boards_and_lists(self, visit: Visit) -> None:
        page = visit("viewer", "/scale")
        for path in ("/", "/hypotheses", "/hypotheses/board", "/scale", "/learnings", "/data"):
            page.goto(path)
            assert_nothing_to_do(page)
            expect(page.locator("[data-grip]")).to_have_count(0)
        page.goto("/scale")
        page.locator(".board-card__text").first.click()
        assert_nothing_to_do(page)
        page.keyboard.press("n")
        expect(page).to_have_url(re.compile(r"/scale/"))
        refused = page.goto("/hypotheses/new")
        assert refused is not None
        assert refused.status == 403
        expect(page.locator("h1")).to_have_count(1)


def test_the_whole_journey_without_scripts(visit: Visit) -> None:
    """Forms suffice for all of it; only comfort is missing."""
    off = {"java_script_enabled": False}
    lead = visit("lead", "/hypotheses/new", **off)
    steps.fill(lead, {"change": "fold the tarpaulin so that its size shows"})
    steps.fill(lead, {"effect": steps.EFFECT, "reason": steps.REASON})
    steps.press(lead, "Save the idea")
    address = steps.path_of(lead)
    key = address.rsplit("/", 1)[1]
    lead.goto(f"{address}/plan")
    steps.fill(lead, steps.CONVERSION)
    steps.press(lead, "Ask again with these numbers")
    expect(lead.locator("#answer")).to_contain_text("1,500 units per arm")
    steps.press(lead, "Save the plan")
    lead.goto(address)
    steps.press(lead, "Start the test")
    expect(lead.locator(".plan-hash code")).to_have_count(1)

    analyst = visit("analyst", f"{address}/data/counts", **off)
    steps.fill(analyst, steps.COUNTS)
    steps.press(analyst, "Attach the counts")
    steps.press(analyst, "Run the check")
    expect(analyst.locator(".verdict-card__sentence")).to_contain_text("It works")

    leader = visit("leader", f"{address}/conclusion", **off)
    leader.locator("#acknowledge_payback").check()
    steps.fill(leader, {**steps.INSIGHT, "decision": "scale", "reason": "It works."})
    steps.press(leader, "Record the decision")
    leader.goto("/scale")
    leader.locator(f"[data-card][data-name={key}] summary").click()
    card = leader.locator(f"[data-card][data-name={key}]")
    with leader.expect_navigation():
        card.get_by_role("button", name="Rolling out").click()
    leader.goto("/scale")
    expect(leader.locator(f"[data-column=rolling_out] [data-name={key}]")).to_have_count(1)


def press_and_tell(page: Page, words: str) -> int:
    """Press a button that sends a form; the status of the page that answers."""
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and answer.request.is_navigation_request()
    ) as answer:
        steps.press(page, words)
    return answer.value.status


def found(page: Page, words: str) -> int:
    """How many hypotheses the search finds for these words."""
    page.goto(f"/hypotheses?q={words.replace(' ', '+')}")
    return page.locator("#results tbody tr").count()


def assert_nothing_to_do(page: Page) -> None:
    """No form that changes anything, and no button that would lead to one."""
    forms = page.locator("main form[method=post]")
    assert forms.count() == 0, f"{page.url}: {forms.first.evaluate('(e) => e.outerHTML')[:300]}"
    offered = page.locator("main .btn-primary, main [data-grip], main input[type=file]")
    words = [one.inner_text() for one in offered.all() if one.is_visible()]
    assert not [word for word in words if word not in READING], f"{page.url} offers {words}"


# What a viewer may press: it leads to something to read.
READING = {"See what the team tests", "See it on the scale-up board", "Search", "Back"}
