"""Two requests with one form at the same moment: the second waits, and the work is done once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, cast

import pytest

from hadi.web.hypotheses import repeats


def test_a_double_click_does_the_work_once(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, Mapping[str, Any]] = {}
    worked: list[int] = []

    def receipt(sent: str, outcome: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        if sent not in kept:
            kept[sent] = outcome()
        return kept[sent]

    def work() -> str:
        worked.append(1)
        time.sleep(0.05)
        return f"/results/{len(worked)}"

    monkeypatch.setattr(repeats, "digest", lambda token: f"sent {token}")
    monkeypatch.setattr(repeats, "_receipt", receipt)
    form = cast("Any", SimpleNamespace(once=SimpleNamespace(data="token")))
    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(lambda _: repeats.once_when_done(form, work), range(4)))
    assert {answer.location for answer in answers} == {"/results/1"} and len(worked) == 1
    assert not repeats._TURNS
