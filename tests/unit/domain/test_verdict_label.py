"""A test that nobody carried out is not called a wrong one."""

from __future__ import annotations

import pytest

from hadi.domain.verdict import Verdict
from hadi.domain.verdict_label import SOUGHT, Label, label_of


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_verdict_is_its_own_label(verdict: Verdict) -> None:
    said = {"sentence_text": {"code": "sentence_invalid_because", "params": {}}}
    assert label_of(verdict.value, said).value == verdict.value
    assert label_of(verdict.value, {}).value == verdict.value


def test_what_was_not_carried_out_says_so() -> None:
    said = {"sentence_text": {"code": "sentence_invalid_fidelity", "params": {}}}
    assert label_of("invalid", said) is Label.NOT_EXECUTED


def test_there_is_a_label_for_every_verdict_and_one_more() -> None:
    assert {each.value for each in Label} == {each.value for each in Verdict} | {"not_executed"}
    assert Label.NOT_YET not in SOUGHT
