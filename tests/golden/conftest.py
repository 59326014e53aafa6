"""The published reference cases, read where HADI_REFERENCE_DIR says; none are kept here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Case = dict[str, Any]


@pytest.fixture(scope="session")
def reference_cases(reference_dir: Path) -> dict[str, Case]:
    """Every case by its id; the folder may be the one of the cases or the one above it."""
    places = (reference_dir / "reference.json", reference_dir / "reference" / "reference.json")
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        pytest.fail(f"no reference.json in {reference_dir}", pytrace=False)
    content = json.loads(file.read_text(encoding="utf-8"))
    return {case["id"]: case for case in content["cases"]}


@pytest.fixture
def reference_case(reference_cases: dict[str, Case]) -> Callable[[str], Case]:
    """A case by its id; a misspelt id is an error, not a skip."""
    return lambda name: reference_cases[name]


@pytest.fixture
def matches() -> Callable[[Any, Any, Case], None]:
    """Compare a number or a list of them at the case's own tolerance."""

    def check(actual: Any, expected: Any, case: Case) -> None:
        assert actual == pytest.approx(expected, rel=case["rel_tol"], abs=1e-300)

    return check
