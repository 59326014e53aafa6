"""The wheel is whole: installed far from the checkout it brings up the application."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts' folder of an environment that has the wheel, and the packages of this one."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    (wheel,) = folder.glob("hadi-*.whl")
    venv = folder / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", str(venv), cwd=folder)
    scripts = venv / ("Scripts" if os.name == "nt" else "bin")
    python = str(scripts / "python")
    run(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--offline",
        "--python", python, str(wheel), cwd=folder)  # fmt: skip
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    # A path, not a site folder: the editable install beside these packages is not followed.
    Path(site.strip(), "packages.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return scripts


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=environment())
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment() -> dict[str, str]:
    """Ours, without what would lead Python back to the checkout."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "HADI_", "VIRTUAL"))}


@pytest.fixture
def served(installed: Path, tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [installed / "hadi", "serve", "--migrate", "--port", str(port)],
            cwd=tmp_path,
            env={**environment(), "HADI_DATA_DIR": str(tmp_path / "data")},
            stdout=file,
            stderr=file,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while not _answers(address + "/healthz"):
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < deadline, log.read_text("utf-8")
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def read(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=20) as answer:
        assert answer.status == 200
        return bytes(answer.read())


def test_the_code_is_the_wheels(installed: Path, tmp_path: Path) -> None:
    found = run(str(installed / "python"), "-c", "import hadi; print(hadi.__file__)", cwd=tmp_path)
    assert Path(found.strip()).is_relative_to(installed.parent)


def test_it_serves_the_first_page_with_its_styles(served: str) -> None:
    page = read(served + "/").decode()
    assert "<h1" in page
    assets = set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', page))
    assert any(asset.endswith(".css") for asset in assets)
    assert all(read(served + asset) for asset in assets)


def test_the_terminal_commands_work(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_text(
        "arm,bought\n" + "A,0\nA,1\nB,1\nB,0\n" * 50, encoding="utf-8"
    )
    said = run(
        str(installed / "hadi"), "check", "results.csv", "--variant", "arm", "--control", "A",
        "--metric", "sales=conversion(bought)", cwd=tmp_path,
    )  # fmt: skip
    assert said.strip()


def test_the_methods_can_be_read(installed: Path, tmp_path: Path) -> None:
    code = (
        "from hadi.web.methods.articles import DOCUMENTS, article, exists\n"
        "print([name for name in DOCUMENTS if not exists(name)])\n"
        "print(len(article('methods', lambda name: None).headings) > 15)"
    )
    assert run(str(installed / "python"), "-c", code, cwd=tmp_path).split() == ["[]", "True"]


def test_the_catalogues_are_compiled(installed: Path, tmp_path: Path) -> None:
    code = (
        "import gettext, pathlib, hadi\n"
        "home = pathlib.Path(hadi.__file__).parent / 'locale'\n"
        "for language in ('ru', 'hu'):\n"
        "    print(gettext.translation('messages', home, [language]).info()['language'])"
    )
    assert run(str(installed / "python"), "-c", code, cwd=tmp_path).split() == ["ru", "hu"]
