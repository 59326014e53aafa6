"""The tutorial, done word by word: its buttons, its numbers and its commands are real."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e import steps

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial" / "from-idea-to-scale.md"
TEXT = TUTORIAL.read_text(encoding="utf-8")


class Told:
    """The words in bold: each is a button or a place, and each is used."""

    def __init__(self) -> None:
        self.unused = set(re.findall(r"\*\*(.+?)\*\*", TEXT))

    def __call__(self, words: str) -> str:
        assert f"**{words}**" in TEXT, f"the tutorial does not speak of “{words}”"
        self.unused.discard(words)
        return words


def test_the_tutorial_can_be_followed(visit: Visit) -> None:
    told = Told()
    lead = visit("lead", "/hypotheses")
    address = capture_and_plan(lead, told)
    steps.press(lead, told("Start the test"))
    expect(lead.locator(".plan-hash code")).to_have_count(1)

    analyst = visit("analyst", address)
    steps.press(analyst, told("Attach data"))
    steps.press(analyst, "Type the counts instead")
    steps.fill(analyst, told_counts())
    steps.press(analyst, "Attach the counts")
    steps.press(analyst, told("Run the check"))
    expect(analyst.locator(".verdict-card")).to_contain_text("Confirmed")
    analyst.goto(f"{address}/conclusion")
    steps.fill(analyst, steps.INSIGHT)
    steps.press(analyst, "Save the insight")

    leader = visit("leader", f"{address}/conclusion")
    leader.locator("main").get_by_label(told("Scale")).check()
    leader.locator("#acknowledge_payback").check()
    steps.fill(leader, {"reason": "It works."})
    steps.press(leader, "Record the decision")
    leader.get_by_role("link", name=told("Scale-up"), exact=True).first.click()
    key = address.rsplit("/", 1)[1]
    expect(leader.locator(f"[data-column=queued] [data-name={key}]")).to_have_count(1)
    assert not told.unused, f"never met on the way: {told.unused}"


def capture_and_plan(page: Page, told: Told) -> str:
    steps.press(page, told("New hypothesis"))
    change, effect, reason = re.findall(r"^- \w[\w ]*… \*(.+?)\*$", TEXT, re.MULTILINE)
    steps.fill(page, {"change": change, "effect": effect, "reason": reason})
    steps.press(page, "Save the idea")
    address = steps.path_of(page)
    steps.press(page, told("Complete the plan"))
    steps.fill(page, {**steps.CONVERSION, "planned_units": ""})
    needed = page.locator("#answer .stat").first
    expect(needed).to_contain_text("Units needed per arm")
    units = needed.locator(".stat__value").inner_text().replace(",", "")
    steps.fill(page, {"planned_units": re.match(r"\d+", units)[0]})  # type: ignore[index]
    steps.press(page, "Save the plan")
    page.goto(address)
    return address


def told_counts() -> dict[str, str]:
    """The table of step 4 as the fields of the form."""
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \|$", TEXT, re.MULTILINE)
    assert len(rows) == 2
    return {
        f"rows-{place}-{name}": value
        for place, row in enumerate(rows)
        for name, value in zip(("arm", "units", "successes"), row, strict=True)
    }


def test_its_commands_give_the_same_verdict(tmp_path: Path) -> None:
    power, check = (line for line in TEXT.splitlines() if line.startswith(".venv/bin/hadi "))
    with (tmp_path / "results.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["group", "add-on"])
        counts = told_counts()
        for place in (0, 1):
            arm, units, successes = (
                counts[f"rows-{place}-{name}"] for name in ("arm", "units", "successes")
            )
            writer.writerows([arm, int(row < int(successes))] for row in range(int(units)))
    assert "units" in run(power)
    check = check.replace("results.csv", str(tmp_path / "results.csv"))
    assert "confirmed" in run(check).lower()


def run(line: str) -> str:
    """What a command of the tutorial prints."""
    words = re.findall(r'"([^"]*)"|(\S+)', line.removeprefix(".venv/bin/hadi "))
    arguments = [quoted or bare for quoted, bare in words]
    done = subprocess.run(
        [sys.executable, "-m", "hadi", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
