"""A bundle of changes: from the finding on the verdict, one press drafts what takes it apart."""

from __future__ import annotations

from hadi.models import Hypothesis
from hadi.services import hypotheses
from tests.factories import pilots
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

PARTS = ["training", "bonus", "window"]
PRESS = "Draft a hypothesis for each part"


def judged(visitor: Visitor, parts: list[str]) -> tuple[str, str]:
    with visitor.app.app_context():
        hypothesis = pilots.running(visitor.world, components=parts)
        pilots.attach(visitor.world, hypothesis, pilots.weekly())
        made = pilots.analyse(visitor.world, hypothesis)
        return f"/hypotheses/{hypothesis.key}", f"/hypotheses/{hypothesis.key}/analyses/{made.id}"


def press(visitor: Visitor, path: str, status: int = 302) -> None:
    data = {"csrf_token": visitor.token("/hypotheses")}
    visitor.browser.post(f"{path}/unbundle", data, status=status)


def test_one_press_drafts_a_hypothesis_for_each_part(visitor: Visitor) -> None:
    path, analysis = judged(visitor, PARTS)
    visitor.sign_in()
    assert PRESS in visitor.get(path).text
    assert PRESS in visitor.get(analysis).text
    press(visitor, path)
    page = visitor.get(path)
    assert PRESS not in page.text and PRESS not in visitor.get(analysis).text
    assert "Leads to" in page.text
    assert "drafted a hypothesis for each part of the change: H-" in page.text
    with visitor.app.app_context():
        whole = hypotheses.find(path.rsplit("/", 1)[1], by=visitor.world.actor())
        drafted = Hypothesis.query.filter_by(previous_id=whole.id).order_by("number").all()
        key = whole.key
        assert [each.change for each in drafted] == [
            f"change only “{part}” of all that changed together in {key}" for part in PARTS
        ]
        assert {(each.effect, each.reason, each.state.value) for each in drafted} == {
            (whole.effect, "", "idea")
        }


def test_a_second_press_drafts_nothing_more(visitor: Visitor) -> None:
    path, _ = judged(visitor, PARTS)
    visitor.sign_in()
    press(visitor, path)
    press(visitor, path)
    assert "are drafted already" in visitor.get(path).text
    with visitor.app.app_context():
        assert Hypothesis.query.filter(Hypothesis.previous_id.is_not(None)).count() == 3


def test_one_change_has_no_parts(visitor: Visitor) -> None:
    path, analysis = judged(visitor, ["training"])
    visitor.sign_in()
    assert PRESS not in visitor.get(path).text
    assert PRESS not in visitor.get(analysis).text
    press(visitor, path)
    assert "nothing to take apart" in visitor.get(path).text


def test_who_only_looks_is_not_offered_it(visitor: Visitor) -> None:
    path, _ = judged(visitor, PARTS)
    visitor.sign_in("viewer")
    assert PRESS not in visitor.get(path).text
    press(visitor, path, status=403)
