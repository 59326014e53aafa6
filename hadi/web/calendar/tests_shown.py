"""The tests that run, as bars of the year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from hadi.charts.year import Span
from hadi.services.running_tests import Running
from hadi.web.shared.language import day


def spans(running: Iterable[Running], *, last: date) -> list[Span]:
    """Each test from its first day to its last; one without an end to that of the year."""
    return [
        Span(
            each.runs.first,
            each.runs.last or last,
            f"{each.hypothesis.key}, {day(each.runs.first)}",
            "test",
            beneath=True,
        )
        for each in running
    ]
