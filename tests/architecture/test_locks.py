"""The locks pin every package by hash and name no host: any mirror can serve them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
NODE_LOCKS = [ROOT / "static" / "package-lock.json", ROOT / "tests" / "e2e" / "package-lock.json"]


def pinned(file: Path) -> dict[str, str]:
    """Name to version; a package that differs by platform is pinned per marker."""
    text = file.read_text(encoding="utf-8").replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            match = re.match(r"([a-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", line)
            assert match, f"{file.name}: not pinned: {line[:80]}"
            assert "--hash=sha256:" in line, f"{file.name}: {match[1]} has no hash"
            found[match[1] + (line.split(";")[1].split("--hash")[0] if ";" in line else "")] = (
                match[2]
            )
    return found


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda file: file.name)
def test_every_python_package_is_pinned_by_hash(file: Path) -> None:
    assert pinned(file)


@pytest.mark.parametrize(
    "file", [*REQUIREMENTS, *NODE_LOCKS], ids=lambda f: f"{f.parent.name}/{f.name}"
)
def test_no_lock_names_a_host(file: Path) -> None:
    lines = [
        f"{file.name}:{number}: {line.strip()}"
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        # What a package says of itself, not where it comes from.
        if "://" in line and not line.strip().startswith(('"funding', '"homepage', '"url'))
    ]
    lines += [line for line in lines if "file:" in line or "--find-links" in line]
    assert not lines


def test_tests_run_on_the_versions_that_are_shipped() -> None:
    shipped = pinned(ROOT / "requirements" / "run.txt")
    tested = pinned(ROOT / "requirements" / "test.txt")
    assert {name: tested.get(name) for name in shipped} == shipped


@pytest.mark.parametrize("file", NODE_LOCKS, ids=lambda file: file.parent.name)
def test_every_javascript_package_is_pinned_by_hash(file: Path) -> None:
    lock: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
