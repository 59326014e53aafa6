"""From an idea to the scale-up board: the lead, the analyst and the leader, each at a desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e import steps

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Visit = Callable[..., "Page"]


def test_from_idea_to_scale(visit: Visit) -> None:
    """Two hypotheses travel at once: one with a file, one with typed counts."""
    lead, analyst = visit("lead"), visit("analyst")
    with_file = write_while_coached(lead)
    plan_and_ask(lead, with_file)
    start(lead, with_file)
    typed = steps.write_idea(lead, "put the tester of cables beside every drill")
    steps.plan(lead, typed, steps.CONVERSION)
    steps.press(lead, "Start the test")

    attach_file(analyst, with_file)
    check(analyst, with_file, metric="receipt")
    attach_counts(analyst, typed)
    check(analyst, typed, metric="add-on")
    for address in (with_file, typed):
        write_insight(analyst, address)

    leader = visit("leader")
    for address in (with_file, typed):
        decide_to_scale(leader, address)
    drag_with_the_mouse(leader, key_of(with_file))
    carry_with_the_keyboard(leader, key_of(typed))

    read_history(lead, with_file)
    find_again(lead, with_file)


def write_while_coached(page: Page) -> str:
    """The sentence forms itself; the coach's hints step back one by one."""
    page.goto("/hypotheses")
    page.locator("main").get_by_role("link", name="New hypothesis").first.click()
    sentence, hints = page.locator("[data-sentence]"), page.locator("[data-hint]:visible")
    expect(hints).to_have_count(3)
    page.locator("#change").press_sequentially("hand every visitor a card")
    expect(sentence).to_contain_text("If we hand every visitor a card, then")
    page.locator("#change").fill(steps.CHANGE)
    expect(hints).to_have_count(2)
    page.locator("#effect").fill(steps.EFFECT)
    page.locator("#reason").fill(steps.REASON + ".")
    expect(sentence).to_contain_text(
        f"If we {steps.CHANGE}, then {steps.EFFECT}, because {steps.REASON}"
    )
    expect(hints).to_have_count(0)
    expect(page.get_by_text("Complete: ready to be planned.")).to_be_visible()
    steps.look(page)
    steps.press(page, "Save the idea")
    expect(page.locator("h1")).to_contain_text(steps.CHANGE)
    steps.look(page)
    return steps.path_of(page)


def plan_and_ask(page: Page, address: str) -> None:
    """“Can this test succeed?” is answered while the plan is typed, and follows the units."""
    steps.press(page, "Complete the plan")
    answer = page.locator("#answer")
    expect(answer).to_contain_text("The answer appears here as soon as these are known")
    steps.fill(page, {**steps.MEAN, "planned_units": "40"})
    expect(answer).to_contain_text("40 units per arm")
    share = answer.locator(".gauge__share")
    with_few = percent(share)
    steps.fill(page, {"planned_units": "900"})
    expect(answer).to_contain_text("900 units per arm")
    expect(share).not_to_have_text(f"{with_few}%")
    assert with_few < 60 < 90 < percent(share)
    steps.look(page)
    # Saved without its budget and steward first: both are missing, and both are said at once.
    steps.fill(page, {"budget_amount": "", "steward": "Choose a person"})
    steps.press(page, "Save the plan")
    page.goto(address)
    blockers = page.locator(".blockers")
    expect(blockers).to_contain_text("Name one data steward")
    expect(blockers).to_contain_text("Set a budget cap")
    expect(blockers.get_by_role("link")).to_have_count(2)
    expect(steps.action(page, "Start the test")).to_have_count(0)
    steps.look(page)


def start(page: Page, address: str) -> None:
    """What was missing is added; starting locks the plan and shows its hash."""
    page.goto(f"{address}/plan")
    steps.fill(page, {"budget_amount": "100", "steward": "Peter Nagy"})
    steps.press(page, "Save the plan")
    page.goto(address)
    steps.press(page, "Start the test")
    expect(page.locator(".plan-hash code").first).to_have_text(re.compile(r"^[0-9a-f]{7,}"))
    expect(page.locator(".quadrant__locked")).to_be_visible()
    steps.look(page)
    page.goto(f"{address}/plan")
    expect(page.get_by_label("Its fingerprint")).to_have_value(re.compile(r"^[0-9a-f]{64}$"))
    steps.look(page)


def attach_file(page: Page, address: str) -> None:
    """A CSV with semicolons and decimal commas is read, shown, mapped and attached."""
    page.goto(address)
    steps.press(page, "Attach data")
    steps.look(page)
    page.locator("input[type=file]").set_input_files(
        steps.file("receipts.csv", steps.receipts(900))
    )
    steps.press(page, "Read the file")
    report = page.locator("aside")
    expect(report).to_contain_text("1,800")
    expect(report).to_contain_text("UTF-8")
    preview = page.locator(".preview-table")
    expect(preview.locator("thead th")).to_have_text(["client", "group", "receipt", "remark"])
    expect(preview.locator("tbody tr").first).to_contain_text("C00000")
    arms = page.locator("#arms")
    expect(arms).to_contain_text("usual")
    expect(arms).to_contain_text("900 rows")
    steps.look(page)
    page.locator("#need_0").select_option("client")
    expect(arms).not_to_contain_text("900 rows")
    page.locator("#need_0").select_option("group")
    expect(arms).to_contain_text("900 rows")
    steps.press(page, "Attach the data")
    expect(page.locator("main")).to_contain_text("receipts.csv")
    page.locator("main").get_by_role("link", name="receipts.csv").first.click()
    expect(page.locator(".preview-table")).to_contain_text("C00000")
    steps.look(page)


def attach_counts(page: Page, address: str) -> None:
    """For those who have four numbers and no file."""
    page.goto(f"{address}/data")
    steps.press(page, "Type the counts instead")
    steps.fill(page, steps.COUNTS)
    steps.look(page)
    steps.press(page, "Attach the counts")


def check(page: Page, address: str, *, metric: str) -> None:
    """The verdict as a sentence, the interval as a picture and as a table, how strong it is."""
    page.goto(address)
    steps.press(page, "Run the check")
    card = page.locator(".verdict-card")
    expect(card).to_contain_text("Confirmed")
    expect(card.locator(".verdict-card__sentence")).to_contain_text(f"It works: “{metric}”")
    expect(card).to_contain_text("Randomised test")
    picture = card.locator("svg.interval")
    expect(picture).to_be_visible()
    name = picture.get_attribute("aria-label") or ""
    card.locator("summary", has_text="The numbers of this picture").click()
    table = card.locator("table.figures")
    expect(table).to_be_visible()
    for row in ("Estimate", "Lower end", "Upper end", "Threshold"):
        value = table.locator("tr", has_text=row).locator("td").inner_text()
        assert value in name, f"{row} is {value} in the table and not in “{name}”"
    steps.look(page)
    if "/analyses/" not in page.url:
        page.goto(f"{address}/data")
        page.locator(".check-runs a").first.click()
        expect(page.locator(".checks__row--pass").first).to_be_visible()
        steps.look(page)


def write_insight(page: Page, address: str) -> None:
    """The analyst writes what was learned; deciding to scale is not offered as theirs."""
    page.goto(address)
    steps.press(page, "Write the insight")
    steps.fill(page, steps.INSIGHT)
    steps.press(page, "Save the insight")
    expect(page.locator("#learned")).to_have_value(steps.INSIGHT["learned"])


def decide_to_scale(page: Page, address: str) -> None:
    """Nobody has assessed the payback: the leader says that they know."""
    page.goto(address)
    steps.press(page, "Decide")
    steps.look(page)
    steps.fill(page, {"decision": "scale", "reason": "Confirmed, and the shelves have room."})
    steps.press(page, "Record the decision")
    expect(page.locator(".error-summary")).to_contain_text("Nobody has assessed the payback")
    page.locator("#acknowledge_payback").check()
    steps.press(page, "Record the decision")
    expect(page.locator("main")).to_contain_text("Scale")
    expect(page.locator("main")).to_contain_text(steps.INSIGHT["learned"])


def drag_with_the_mouse(page: Page, key: str) -> None:
    """The card goes from the queue into the first wave, whose page opens; a reload keeps it."""
    page.goto("/scale")
    steps.look(page)
    card = card_of(page, key)
    expect(column(page, "queued").locator(card)).to_have_count(1)
    target = column(page, "rolling_out").locator("[data-cards]")
    with page.expect_navigation():
        card.drag_to(target)
    expect(page.locator("h1")).to_contain_text("Wave 1")
    steps.look(page)
    steps.fill(page, {"scope": "Two stores of the northern region"})
    steps.press(page, "Save the wave")
    steps.look(page)
    page.goto("/scale")
    expect(column(page, "rolling_out").locator(f"[data-name={key}]")).to_have_count(1)


def carry_with_the_keyboard(page: Page, key: str) -> None:
    """Space, arrows, space; every step is said in the live region."""
    page.goto("/scale")
    live = page.locator("[data-board-live]")
    grip = card_of(page, key).locator("[data-grip]")
    grip.focus()
    page.keyboard.press("Space")
    expect(live).to_have_text(f"Picked up {key} in Queued.")
    page.keyboard.press("ArrowRight")
    expect(live).to_have_text("Over Rolling out.")
    page.keyboard.press("Escape")
    expect(live).to_have_text(f"{key} stays in Queued.")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    with page.expect_navigation():
        page.keyboard.press("Space")
    page.goto("/scale")
    expect(column(page, "rolling_out").locator(f"[data-name={key}]")).to_have_count(1)
    # Where it may not go yet is said, and why.
    grip = card_of(page, key).locator("[data-grip]")
    grip.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(live).to_contain_text("Over Verified. Record the re-measurement")
    page.keyboard.press("Space")
    expect(live).to_have_text(f"{key} stays in Rolling out.")
    expect(grip).to_be_focused()
    page.reload()
    expect(column(page, "rolling_out").locator(f"[data-name={key}]")).to_have_count(1)


def read_history(page: Page, address: str) -> None:
    """Who, when and what, from the idea to the board."""
    page.goto(f"{address}/history")
    history = page.locator(".history")
    for who, what in (
        ("Irina Sokolova", "captured the idea"),
        ("Irina Sokolova", "started the test"),
        ("Peter Nagy", "attached “receipts.csv” as data"),
        ("Peter Nagy", "ran the check: Confirmed"),
        ("Helen Marsh", "decided: Scale"),
    ):
        entry = history.locator("li", has_text=who).filter(has_text=what)
        expect(entry.first).to_be_visible()
        expect(entry.first.locator("time")).to_have_attribute("datetime", re.compile(r"^\d{4}-"))
    expect(history.locator(".diff").first).to_be_visible()
    steps.look(page)


def find_again(page: Page, address: str) -> None:
    """By words of any part of the sentence, and by the filters, which the address keeps."""
    key = key_of(address)
    page.goto("/hypotheses")
    steps.look(page)
    page.locator("main input[type=search]").press_sequentially("visitor forget shelf")
    found = page.locator("#results tbody tr")
    expect(found).to_have_count(1)
    expect(found).to_contain_text(key)
    page.wait_for_url(re.compile(r"q=visitor"))
    page.goto("/hypotheses?verdict=confirmed&state=concluded")
    expect(page.locator("#results")).to_contain_text(key)
    page.goto("/hypotheses?verdict=refuted")
    expect(page.locator("#results")).not_to_contain_text(key)
    page.goto("/learnings?q=forgotten")
    expect(page.locator("#results")).to_contain_text(steps.INSIGHT["learned"])


def card_of(page: Page, key: str) -> Locator:
    return page.locator(f"[data-card][data-name={key}]")


def column(page: Page, name: str) -> Locator:
    return page.locator(f"[data-column={name}]")


def percent(shown: Locator) -> float:
    return float((shown.text_content() or "").strip().rstrip("%"))


def key_of(address: str) -> str:
    return address.rsplit("/", 1)[1]
