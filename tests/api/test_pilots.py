"""A pilot by token, the whole way: plan, start, file, verdict, decision."""

from __future__ import annotations

import io
import json
import math
from datetime import date, timedelta
from typing import Any

import pytest

from tests.api.world import INSIGHT, Journey, People

SITES = 22
WEEKS = 20
START = 14  # the first week of the change
MONDAY = date(2026, 1, 5)
METRIC = {
    "name": "Sales", "kind": "mean", "role": "primary", "threshold": "5%", "better": "higher",
}  # fmt: skip


def pilot(people: People, **changes: Any) -> dict[str, Any]:
    return {
        "design": "pilot",
        "site": "store",
        "time": "week",
        "value": "sales",
        "treated": ["s01", "s02"],
        "start": START,
        "metrics": [METRIC],
        "budget": {"amount": "500", "currency": "EUR"},
        "planned_units": 5,
        "owner": people.member.email,
        "steward": people.analyst.user_id,
    } | changes


def content(*, weeks: int = WEEKS, effect: float = 0.2, first: int = 1, dated: bool = False) -> str:
    """Weekly sales of the stores: all grow by 1 % a week, the pilots by more from the start on."""
    lines = ["store,week,sales"]
    for site in range(SITES):
        for week in range(first, weeks + 1):
            wiggle = 0.02 * math.sin(site * 2.4 + week * (1.3 + 0.1 * site))
            gain = 1.0 + effect if site < 2 and week >= START else 1.0
            value = (100 + 5 * site) * math.exp(0.01 * week + wiggle) * gain
            name = (MONDAY + timedelta(weeks=week - 1)).isoformat() if dated else str(week)
            lines.append(f"s{site + 1:02},{name},{value:.3f}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def running(journey: Journey, people: People) -> Any:
    """A pilot that runs, by whatever differs from the plan above."""

    def start(**changes: Any) -> dict[str, Any]:
        made = journey.idea()
        here = f"/hypotheses/{made['id']}"
        put = people.member.put(f"{here}/plan", pilot(people, **changes))
        assert put.status_code == 200, put.text
        assert put.get_json()["blockers"] == []
        started = people.member.post(f"{here}/start")
        assert started.status_code == 200, started.text
        return started.get_json()

    return start


def attach(people: People, made: dict[str, Any], text: str, **form: Any) -> Any:
    file = (io.BytesIO(text.encode()), "stores.csv")
    return people.analyst.post(f"/hypotheses/{made['id']}/datasets", data={"file": file, **form})


def test_a_pilot_goes_the_whole_way(running: Any, people: People) -> None:
    made = running()
    here = f"/hypotheses/{made['id']}"
    assert made["plan"]["treated"] == ["s01", "s02"]
    assert made["plan"]["start"] == str(START)

    attached = attach(people, made, content())
    assert attached.status_code == 201, attached.text
    assert attached.get_json()["mapping"] == {"store": "store", "week": "week", "sales": "sales"}

    ran = people.analyst.post(f"{here}/analyses")
    assert ran.status_code == 201, ran.text
    result = ran.get_json()
    assert (result["verdict"], result["evidence"]) == ("confirmed", "controlled_pilot")
    assert result["effect"]["estimate"] == pytest.approx(0.2, abs=0.02)
    assert result["placebo"]["p_value"] == pytest.approx(1 / math.comb(SITES, 2))
    assert {"naive", "controls", "weights", "series", "sites"} <= result.keys()
    assert result["dataset_version"] == 1 and result["plan_version"] == 1
    again = people.member.get(f"{here}/analyses/{result['id']}").get_json()
    assert again["effect"] == result["effect"]

    decided = people.leader.post(
        f"{here}/conclusion", {"decision": "scale", "reason": "It works", "insight": INSIGHT}
    )
    assert decided.status_code == 201, decided.text
    rollout = people.leader.get(f"/rollouts/{decided.get_json()['rollout']['id']}").get_json()
    assert rollout["promised"]["lift"]["estimate"] == pytest.approx(0.2, abs=0.02)
    assert rollout["promised"]["unit"] == "relative"  # waves of other stores are held against it
    assert rollout["promised"]["estimate"] == pytest.approx(0.2, abs=0.02)


def test_before_the_end_only_checks_are_told(running: Any, people: People) -> None:
    made = running(planned_units=12)
    here = f"/hypotheses/{made['id']}"
    assert attach(people, made, content()).status_code == 201
    early = people.analyst.post(f"{here}/analyses").get_json()
    assert early["verdict"] == "not_yet"
    assert early["effect"] == {"estimate": None, "low": None, "high": None, "p_value": None}
    assert early["placebo"]["p_value"] is None
    assert early["placebo"]["smallest_attainable"] == pytest.approx(1 / math.comb(SITES, 2))
    assert early["naive"] == {"estimate": None, "p_value": None}
    assert early["series"] is None and early["weights"] == {}
    assert early["comparisons"][0]["treatment"]["value"] is None
    assert "7 of the planned 12 periods" in early["sentence"]
    opened = people.leader.post(f"{here}/analyses", {"open_early": "The season ends"}).get_json()
    assert opened["effect"]["estimate"] is not None
    assert "opened_early" in {warning["code"] for warning in opened["warnings"]}


def test_weeks_that_follow_are_added_to_those_before(running: Any, people: People) -> None:
    made = running(planned_units=7)
    here = f"/hypotheses/{made['id']}"
    assert attach(people, made, content(weeks=16)).status_code == 201
    assert people.analyst.post(f"{here}/analyses").get_json()["verdict"] == "not_yet"
    more = attach(people, made, content(first=17), relation="increment")
    assert more.status_code == 201, more.text
    assert people.analyst.post(f"{here}/analyses").get_json()["verdict"] == "confirmed"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (content().replace("s01,", "s91,"), "“s01”"),
        (content(weeks=START - 1), "no “after” yet"),
        (content(first=START), "no “before”"),
        (content().replace("store,week", "store,month"), "“week”"),
        (content().replace("s03,2,", "s03,2,many"), "many"),
    ],
)
def test_a_file_that_cannot_answer_the_pilot_is_refused(
    running: Any, people: People, text: str, said: str
) -> None:
    refused = attach(people, running(), text)
    assert refused.status_code == 422
    assert said in refused.text


def test_typed_counts_are_none_of_a_pilots(running: Any, people: People) -> None:
    made = running()
    counts = [{"arm": "A", "units": 9, "successes": 1}, {"arm": "B", "units": 9, "successes": 2}]
    refused = people.analyst.post(f"/hypotheses/{made['id']}/datasets", {"counts": counts})
    assert refused.status_code in (409, 422)
    assert "every site did in every period" in refused.text


def test_the_time_before_a_pilot_is_no_fault_of_its_data(running: Any, people: People) -> None:
    """History before the start is what a pilot is compared with: it neither lies outside the
    period nor came before the plan."""
    start = (MONDAY + timedelta(weeks=START - 1)).isoformat()
    made = running(start=start, starts_on=start)
    attached = attach(people, made, content(dated=True))
    assert attached.status_code == 201, attached.text
    there = f"/hypotheses/{made['id']}/datasets/{attached.get_json()['id']}"
    quality = people.analyst.get(f"{there}/quality").get_json()
    assert "outside_period" not in {finding["code"] for finding in quality["findings"]}


def test_what_a_pilots_plan_still_lacks_is_told_at_once(journey: Journey, people: People) -> None:
    made = journey.idea()
    put = people.member.put(f"/hypotheses/{made['id']}/plan", {"design": "pilot"})
    codes = {blocker["code"] for blocker in put.get_json()["blockers"]}
    assert codes == {
        "plan_needs_owner", "plan_needs_steward", "plan_needs_primary", "plan_needs_treated",
        "plan_needs_start", "plan_needs_end_pilot", "plan_needs_budget",
    }  # fmt: skip


def test_controls_cannot_change_once_there_are_data(running: Any, people: People) -> None:
    made = running()
    assert attach(people, made, content()).status_code == 201
    refused = people.member.put(
        f"/hypotheses/{made['id']}/plan",
        pilot(people, controls=["s05", "s06"]) | {"reason": "they fit better"},
    )
    assert refused.status_code == 409
    assert "plan_has_data" in {blocker["code"] for blocker in refused.get_json()["blockers"]}


def test_a_column_for_each_site_is_mapped_by_a_star(running: Any, people: People) -> None:
    made = running(controls=[f"s{n:02}" for n in range(3, SITES + 1)])
    cells: dict[str, list[str]] = {}
    for line in content().splitlines()[1:]:
        _site, week, value = line.split(",")
        cells.setdefault(week, []).append(value)
    head = ",".join(["Week", *(f"s{n:02}" for n in range(1, SITES + 1)), "total"])
    text = "\n".join([head, *(",".join([week, *row, "1"]) for week, row in cells.items())]) + "\n"
    mapping = json.dumps({"store": "*", "week": "Week"})
    attached = attach(people, made, text, mapping=mapping)
    assert attached.status_code == 201, attached.text
    assert attached.get_json()["mapping"] == {"store": "*", "week": "Week", "sales": "*"}
    result = people.analyst.post(f"/hypotheses/{made['id']}/analyses").get_json()
    assert result["verdict"] == "confirmed"
    said = next(each["detail"] for each in result["checks"] if each["code"] == "wide")
    assert "left out: “total”" in said
    wrong = attach(people, made, text.replace("s09", "t09"), mapping=mapping, reason="again")
    assert wrong.status_code == 422 and "“s09” has no column of its own" in wrong.text
