"""Names of columns in one field: what is written there is what was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hadi.web.shared.typed_lists import MOST_CHARACTERS, read_names, written_names


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        (None, []),
        ("", []),
        (" , ,", []),
        ("region", ["region"]),
        ("region, format , region", ["region", "format"]),
        ('"format, old", day', ["format, old", "day"]),
        ("net sum,the  gap", ["net sum", "the  gap"]),
        ("two\r\nlines, x", ["two  lines", "x"]),
        ('say "hi", x', ['say "hi"', "x"]),
        ('"never closed, x', ["never closed, x"]),
    ],
)
def test_names_are_read(typed: str | None, names: list[str]) -> None:
    assert read_names(typed) == names


def test_a_flood_is_cut() -> None:
    assert len("".join(read_names("x" * 10**6))) == MOST_CHARACTERS


NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30
).filter(lambda name: name.strip() == name)


@given(st.lists(NAMES, max_size=8, unique=True))
def test_what_is_written_is_read_back(names: list[str]) -> None:
    assert read_names(written_names(names)) == names
