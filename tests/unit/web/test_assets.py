"""Names of styles and scripts become addresses of built files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hadi.web.shared.assets import Assets


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"app.css": "app-1A2B.css"}), encoding="utf-8")
    return path


def test_name_becomes_address(manifest: Path) -> None:
    assert Assets(manifest.parent)("app.css") == "/static/app-1A2B.css"
    assert Assets(manifest.parent, "/below/static/")("app.css") == "/below/static/app-1A2B.css"


def test_unknown_name_says_what_to_do(manifest: Path) -> None:
    with pytest.raises(KeyError, match="build it again"):
        Assets(manifest.parent)("other.css")


def test_a_new_build_is_noticed(manifest: Path) -> None:
    assets = Assets(manifest.parent)
    assets("app.css")
    manifest.write_text(json.dumps({"app.css": "app-3C4D.css"}), encoding="utf-8")
    os.utime(manifest, ns=(1, 1))
    assert assets("app.css") == "/static/app-3C4D.css"
