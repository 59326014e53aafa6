"""A pilot whose effect fades: what is left of it leads, and scaling it is a leader's own word."""

from __future__ import annotations

import math

import pytest

from tests.factories import pilots
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

WEEKLY = (0.31, 0.28, 0.24, 0.19, 0.15, 0.11, 0.08, 0.06)
INSIGHT = {"learned": "It fades", "holds_where": "Two stores", "next": "Watch it"}


def fading() -> str:
    """Weekly sales of 22 stores; two of them have more from week 17 on, week by week less."""
    lines = ["store,week,sales"]
    for site in range(22):
        for week in range(1, 25):
            wiggle = 0.004 * math.sin(site * 2.4 + week * (1.3 + 0.1 * site))
            gain = 1.0 + WEEKLY[week - 17] if site < 2 and week > 16 else 1.0
            lines.append(f"s{site + 1:02},{week},{(100 + 5 * site) * math.exp(wiggle) * gain:.4f}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def key(visitor: Visitor) -> str:
    with visitor.app.app_context():
        hypothesis = pilots.running(visitor.world, start="17", planned_units=8)
        pilots.attach(visitor.world, hypothesis, fading())
        pilots.analyse(visitor.world, hypothesis)
        return str(hypothesis.key)


def test_what_is_left_leads_and_a_leader_answers_for_scaling_it(visitor: Visitor, key: str) -> None:
    visitor.sign_in("leader")
    text = visitor.get(f"/hypotheses/{key}").text
    assert "It works, but it fades: in the later half of the time" in text
    assert "Confirmed" in text  # the rule looks at all of the time
    here = f"/hypotheses/{key}/conclusion"
    assert "The effect fades, and what is left of it is +9.9" in visitor.get(here).text
    decision = INSIGHT | {"decision": "scale", "reason": "the season", "acknowledge_payback": "y"}
    page = visitor.submit(here, decision, form_id="conclusion", button="decide", status=422)
    assert "watch it longer; a leader can override this in writing" in page.text
    decision |= {"override": "before the season ends"}
    visitor.submit(here, decision, form_id="conclusion", button="decide")
    board = visitor.get("/scale")
    assert "+9.9" in board.text and "Override by Oleg Smirnov" in board.text
    address = next(a for a in board.links.values() if a.startswith("/scale/") and len(a) == 27)
    told = visitor.get(address).text
    assert "Over all of its time the test measured +17." in told
    visitor.submit(f"{address}/waves/new", {"scope": "five stores in another region"})
    stores = {"stores": "9\n-4\n6\n1\n8"}
    page = visitor.submit(f"{address}/waves/1/measure", stores | {"held": "yes"}, status=422)
    assert "In percent of what the stores would have had without the change." in page.text
    assert "which lies beyond this whole range: it did not hold" in page.text
    visitor.submit(f"{address}/waves/1/measure", stores)
    told = visitor.get(address).text
    assert "+4.0% (−2.7% to 10.7%)" in told and "No further wave starts until you choose" in told
