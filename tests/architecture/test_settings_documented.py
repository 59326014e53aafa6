"""Every setting stands in the reference, and the reference names no other."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from hadi.config import Settings

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "settings.md"
VARIABLES = {item.metadata["variable"]: item.metadata["about"] for item in fields(Settings)}


def test_every_setting_is_documented() -> None:
    documented = set(
        re.findall(r"^\| `(HADI_[A-Z_]+)`", REFERENCE.read_text("utf-8"), re.MULTILINE)
    )
    assert documented == set(VARIABLES)


def test_every_setting_says_what_it_does() -> None:
    assert [name for name, about in VARIABLES.items() if not about] == []
