"""A plan beyond shares and averages, in a browser: stores drawn, several looks, two columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e import steps

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]
CLUSTERS = {
    "design": "cluster",
    "cluster": "store",
    "cluster_size": "400",
    "icc": "2",
    "cluster_cv": "30",
    "looks": "planned",
    "look_count": "3",
    "planned_units": "60",
}


def test_stores_are_drawn_and_looked_at_three_times(visit: Visit) -> None:
    """What a choice asks for comes and goes with it; the plan is saved, read and shown."""
    page = visit("lead")
    address = steps.write_idea(page, "let every store greet its regulars by name")
    page.goto(f"{address}/plan")
    steps.fill(page, steps.MEAN)
    for name in ("cluster", "icc", "cluster_size", "cluster_cv", "look_count"):
        expect(page.locator(f"[name={name}]")).to_be_hidden()
    steps.fill(page, CLUSTERS)
    expect(page.get_by_text("Planned clusters per arm")).to_be_visible()
    expect(page.get_by_text("Planned units per arm")).to_be_hidden()
    steps.look(page)
    steps.press(page, "Save the plan")
    page.goto(f"{address}/plan")
    for name, value in CLUSTERS.items():
        if name in ("design", "looks"):
            expect(page.locator(f'[name="{name}"][value="{value}"]')).to_be_checked()
        else:
            expect(page.locator(f"[name={name}]")).to_have_value(value)
    steps.press(page, "Start the test")
    page.goto(f"{address}/plan")
    rows = page.locator(".key-values")
    for words in ("Whole stores, teams or sellers are drawn", "At 3 planned looks", "2.0%"):
        expect(rows).to_contain_text(words)
    steps.look(page)


def test_each_kind_asks_for_its_own(visit: Visit) -> None:
    page = visit("lead")
    page.goto(f"{steps.write_idea(page, 'let every till show the receipt so far')}/plan")
    second, quantile = page.locator("[name=metric_column2]"), page.locator("[name=metric_q]")
    more, exposure = page.get_by_text("More about this metric"), page.locator("[name=exposure]")
    asked = {
        "conversion": (False, False, False, False),
        "mean": (False, False, True, False),
        "ratio": (True, False, True, False),
        "rate": (True, False, False, True),
        "rank": (False, False, False, False),
        "quantile": (False, True, False, False),
    }
    for kind, is_visible in asked.items():
        page.locator(f'[name="metric_kind"][value="{kind}"]').check()
        for field, is_shown in zip((second, quantile, more, exposure), is_visible, strict=True):
            expect(field).to_be_visible(visible=is_shown)
        steps.assert_fits(page)
    # A guardrail has a kind of its own, whatever the primary metric is.
    steps.press(page, "Add a metric")
    page.locator("[name=metrics-0-kind]").select_option("ratio")
    row = page.get_by_role("group", name="Metric 2")
    expect(row.get_by_label("Column of the denominator")).to_be_visible()
    expect(second).to_be_hidden()
    row.get_by_text("More about this metric").click()
    expect(row.get_by_label("Columns known before the test")).to_be_visible()
    page.get_by_text("Look closer").click()
    with page.expect_response("**/plan/answer"):
        page.locator("[name=segments]").fill("region, format")
    expect(page.locator("#answer.htmx-request")).to_have_count(0)
    steps.look(page)
    steps.fill(page, {"metrics-0-name": "Per receipt", "metrics-0-column": "sum"})
    steps.press(page, "Save the plan")
    refused = page.locator("[name=metrics-0-column2]")
    expect(refused).to_have_attribute("aria-invalid", "true")
    page.locator(".error-summary a").first.click()
    expect(refused).to_be_focused()
    expect(page.locator("[name=segments]")).to_have_value("region, format")
    steps.look(page)
