"""Every place for every role: it reads, it fits, and it answers to the keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.demo_people import address_of
from tests.fixtures.browser import assert_accessible

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures.servers import LiveServer

Visit = Callable[..., "Page"]

ROLES = ("admin", "lead", "analyst", "leader", "viewer")
LANGUAGES = {"en": "en-GB", "ru": "ru-RU", "hu": "hu-HU"}
TODAY = {"en": "Today", "ru": "Сегодня", "hu": "Ma"}
# Links that leave the pages: files, the other languages, and the way out.
NOT_PAGES = re.compile(
    r"/language/|/logout|export\.|\.csv|\.json|\.xlsx|\.parquet|^/api/|/downloads/"
)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_of_the_navigation_reads(visit: Visit, role: str, language: str) -> None:
    page = visit(role, locale=LANGUAGES[language])
    places = page.locator(".places__link, .menu__sheet a[href='/account']")
    paths = [str(link.get_attribute("href")) for link in places.all()]
    assert {"/", "/hypotheses", "/scale", "/learnings", "/data", "/account"} <= set(paths)
    assert ("/settings" in paths) == (role == "admin")
    for path in paths:
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == language
        assert_reads(page)
        # The words differ by language and the buttons by role; the colours do not.
        if language == "en" and role == "admin":
            steps.look(page)
            continue
        if language == "en":
            assert_accessible(page)
        on_a_phone(page)
    expect(page.locator(".places__link").first).to_have_text(TODAY[language])


@pytest.mark.parametrize("language", ["ru", "hu"])
def test_every_kind_of_page_behind_them_reads(visit: Visit, language: str) -> None:
    """From the places on by links, one page of each kind, as whoever may see them all, in the
    languages with the longest words."""
    page = visit("admin", locale=LANGUAGES[language])
    seen = {"/"}
    waiting = ["/", "/meeting", "/ui/"]
    while waiting:
        path = waiting.pop(0)
        page.goto(path)
        assert_reads(page)
        if language == "ru":
            page.emulate_media(color_scheme="dark")
            assert_accessible(page)
        on_a_phone(page)
        hrefs: list[str] = page.locator("a[href^='/']").evaluate_all(
            "(all) => all.filter((a) => !a.hasAttribute('download')).map((a) => a.pathname)"
        )
        for href in hrefs:
            kind = kind_of(href)
            if kind not in seen and not NOT_PAGES.search(href):
                seen.add(kind)
                waiting.append(href)
    assert len(seen) > 20, f"the links lead to too little: {sorted(seen)}"


@pytest.mark.parametrize("stage", ["idea", "planned", "running", "with_data", "measured"])
def test_a_hypothesis_reads_at_every_stage(visit: Visit, shop: LiveServer, stage: str) -> None:
    address = address_of(shop.app, stage, f"label every drawer of the counter, {stage}")
    page = visit("analyst", address, locale="ru-RU")
    for part in ("", "/plan", "/where", "/execution", "/data", "/conclusion", "/history"):
        page.goto(address + part)
        assert_reads(page)
        page.set_viewport_size(steps.PHONE)
        steps.assert_fits(page)
        assert_accessible(page)
        page.set_viewport_size(steps.DESK)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_before_the_sign_in_read(
    new_page: Callable[..., Page], shop: LiveServer, language: str
) -> None:
    page = new_page(base_url=shop.url, locale=LANGUAGES[language], reduced_motion="reduce")
    for path in ("/login", "/reset"):
        page.goto(path)
        assert_reads(page)
        steps.look(page)


class TestKeys:
    def test_slash_searches_n_writes_and_a_question_mark_helps(self, visit: Visit) -> None:
        page = visit("lead", "/learnings")
        page.keyboard.press("/")
        expect(page.locator("[data-search]")).to_be_focused()
        page.keyboard.type("n?/mentor")
        expect(page.locator("[data-search]")).to_have_value("n?/mentor")
        page.locator("body").press("Escape")
        page.locator("h1").click()
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        expect(dialog).to_contain_text("New hypothesis")
        assert_accessible(page)
        page.keyboard.press("Escape")
        expect(dialog).not_to_be_visible()
        page.keyboard.press("n")
        page.wait_for_url("**/hypotheses/new")
        expect(page.locator("#change")).to_be_focused()
        page.keyboard.type("n / ?")  # while one types they are letters
        expect(page.locator("#change")).to_have_value("n / ?")

    def test_the_first_tab_skips_to_the_content(self, visit: Visit) -> None:
        page = visit("lead", "/hypotheses")
        page.keyboard.press("Tab")
        link = page.locator(".skip-link")
        expect(link).to_be_focused()
        expect(link).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()


class TestChoices:
    def test_the_theme_stays(self, visit: Visit) -> None:
        page = visit("lead", "/hypotheses")
        toggle = page.locator("[data-theme-toggle]")
        ground = "() => getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(ground)
        expect(toggle).to_have_attribute("aria-label", "Theme: as the system")
        toggle.click()
        expect(toggle).to_have_attribute("aria-label", "Theme: light")
        toggle.click()
        expect(toggle).to_have_attribute("aria-label", "Theme: dark")
        dark = page.evaluate(ground)
        assert dark != light
        page.goto("/scale")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        assert page.evaluate(ground) == dark
        again = page.context.new_page()
        again.goto("/learnings")
        expect(again.locator("[data-theme-toggle]")).to_have_attribute("aria-label", "Theme: dark")

    def test_the_language_stays_with_the_account(self, visit: Visit) -> None:
        """As someone else than the journeys: the choice is kept in the account."""
        page = visit("mia", "/hypotheses?q=mentor")
        expect(page.locator("h1")).to_have_text("Hypotheses")
        page.locator("summary[aria-label=Language]").click()
        page.get_by_role("link", name="Русский").click()
        expect(page).to_have_url(re.compile(r"/hypotheses\?q=mentor$"))
        expect(page.locator("h1")).to_have_text("Гипотезы")
        expect(page.locator("html")).to_have_attribute("lang", "ru")
        elsewhere = visit("mia", "/learnings", locale="hu-HU")
        expect(elsewhere.locator("html")).to_have_attribute("lang", "ru")
        expect(elsewhere.locator(".places__link").first).to_have_text("Сегодня")


def assert_reads(page: Page) -> None:
    """A title, one heading, and no wider than the window."""
    assert re.match(r"\S.* – HADI$", page.title()), f"{page.url} is titled “{page.title()}”"
    headings = page.locator("h1")
    assert headings.count() == 1, f"{page.url} has {headings.count()} h1"
    assert headings.inner_text().strip(), f"{page.url} has an empty h1"
    steps.assert_fits(page)


def on_a_phone(page: Page) -> None:
    page.set_viewport_size(steps.PHONE)
    steps.assert_fits(page)
    page.set_viewport_size(steps.DESK)


def kind_of(href: str) -> str:
    """The address with what differs from one hypothesis to the next left out."""
    return re.sub(r"/(H-\d+|[0-9a-f]{12,}|\d+)(?=/|$)", "/*", href)
