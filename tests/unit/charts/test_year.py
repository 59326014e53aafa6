"""A year as a strip: where its bars stand, and that none lies on another."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from hadi.charts.year import LEAST, MOST_LANES, Span, year_strip

TODAY = date(2026, 7, 2)


def test_a_bar_takes_its_part_of_the_year() -> None:
    strip = year_strip(2026, [Span(date(2026, 1, 1), date(2026, 3, 14), "x", "other")], today=TODAY)
    (bar,) = strip.bars
    assert (bar.x, bar.width, bar.lane) == (0.0, 20.0, 0)  # 73 of 365 days
    assert strip.months[0] == 0.0 and len(strip.months) == 12
    assert strip.today_x is not None and abs(strip.today_x - 49.863) < 0.001
    assert year_strip(2025, [], today=TODAY).today_x is None


def test_what_goes_beyond_the_year_is_cut_and_what_does_not_touch_it_is_left_out() -> None:
    over = Span(date(2025, 12, 27), date(2026, 1, 6), "over", "holiday")
    out = Span(date(2025, 1, 1), date(2025, 12, 31), "out", "holiday")
    (bar,) = year_strip(2026, [over, out], today=TODAY).bars
    assert (bar.label, bar.x) == ("over", 0.0)
    last = Span(date(2026, 12, 31), date(2027, 2, 1), "last", "other")
    (bar,) = year_strip(2026, [last], today=TODAY).bars
    assert (bar.width, round(bar.x + bar.width, 6)) == (LEAST, 100.0)


@given(
    st.lists(
        st.tuples(st.integers(0, 364), st.integers(0, 200), st.booleans()), min_size=1, max_size=25
    )
)
def test_no_bar_lies_on_another_and_tests_stand_beneath(
    drawn: list[tuple[int, int, bool]],
) -> None:
    spans = [
        Span(first := date(2026, 1, 1) + timedelta(days=start), first + timedelta(days=length),
             str(n), "test" if beneath else "other", beneath)
        for n, (start, length, beneath) in enumerate(drawn)
    ]  # fmt: skip
    strip = year_strip(2026, spans, today=TODAY)
    assert strip.lanes <= MOST_LANES
    assert len(strip.bars) + strip.hidden == len(spans)
    for one, other in combinations(strip.bars, 2):
        if one.lane == other.lane:
            assert one.kind == other.kind
            assert one.x + one.width <= other.x + 0.002 or other.x + other.width <= one.x + 0.002
