"""Where the files beside the code are: in the checkout, or shipped inside the wheel.

`templates/`, `static/`, `migrations/` and the texts that the product shows stand at the top of the
project, where people look for them; a wheel carries them under `hadi/_shipped/`.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `name` ("templates", "docs/explanation"); FileNotFoundError if absent."""
    for home in (_PACKAGE / "_shipped", _PACKAGE.parent):
        candidate = home / name
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"HADI's folder “{name}” is missing: the installation is incomplete")
