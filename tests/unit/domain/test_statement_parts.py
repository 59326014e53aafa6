"""The words that the sentence has already are not stored a second time."""

from __future__ import annotations

import pytest

from hadi.domain.statement import part


@pytest.mark.parametrize(
    ("name", "written", "kept"),
    [
        ("change", "we offer lip balm", "offer lip balm"),
        ("change", " If we offer lip balm", "offer lip balm"),
        ("change", "Если мы предложим бальзам", "мы предложим бальзам"),
        ("change", "Ha ajánlunk balzsamot", "ajánlunk balzsamot"),
        ("change", "weigh the parcels", "weigh the parcels"),
        ("change", "we", "we"),
        ("effect", "then sales rise", "sales rise"),
        ("effect", "то продажи вырастут", "продажи вырастут"),
        ("effect", "товары уйдут", "товары уйдут"),
        ("reason", "потому что так проще", "так проще"),
        ("reason", "because it is there", "it is there"),
        ("title", "we offer", "we offer"),
        ("change", None, ""),
    ],
)
def test_a_part_goes_without_its_lead(name: str, written: str | None, kept: str) -> None:
    assert part(name, written) == kept
