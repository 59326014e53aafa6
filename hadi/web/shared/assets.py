"""From the name of a style or script to the address of its built file.

The bundle's files carry the hash of their content, so a browser may keep them for ever; the
manifest beside them says which hash is current.
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote


class Assets:
    """Reads `manifest.json` of the built folder, again whenever it was rebuilt."""

    def __init__(self, folder: Path, url: str = "/static") -> None:
        self._manifest = folder / "manifest.json"
        self._url = url.rstrip("/")
        self._read_at: int | None = None
        self._names: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """The address of `name` ("app.css"). KeyError names what the bundle lacks."""
        changed_at = self._manifest.stat().st_mtime_ns
        if changed_at != self._read_at:
            self._names = json.loads(self._manifest.read_text(encoding="utf-8"))
            self._read_at = changed_at
        try:
            return f"{self._url}/{quote(self._names[name])}"
        except KeyError:
            raise KeyError(f"the bundle has no {name!r}: build it again") from None
