#!/usr/bin/env python3
"""The commands of the project, for a machine with nothing but Python and its venv module.

    python3 dev.py run [--host H] [--port N] [--no-demo]   install, migrate, serve
    python3 dev.py test [pytest arguments]                 everything; with arguments, pytest alone
    python3 dev.py bench                                   the benchmark table
    python3 dev.py screenshots                             the pictures of the documentation
    python3 dev.py translate                               bring the catalogues up to date
    python3 dev.py lock [--upgrade]                        resolve the dependencies anew

Everything is installed into `.venv` from hash-pinned locks; a stamp makes the next start cost
some milliseconds. Standard library only, and readable by the old Pythons that it turns away.
"""

import sys

if sys.version_info < (3, 11):
    sys.stderr.write(
        "HADI needs Python 3.11 or newer; this is Python %d.%d. Start dev.py with a newer one.\n"
        % sys.version_info[:2]
    )
    sys.exit(2)

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "hadi-installed.json"
# Present while packages are being installed: what a killed install leaves is not to be trusted.
UNFINISHED = VENV / "hadi-unfinished"
LOCKS = ROOT / "requirements"
LANGUAGES = ("ru", "hu")
EXTRACT = ["extract", "-F", "pyproject.toml", "--no-location", "--sort-output", "--project", "HADI"]
EXTRACT += ["--ignore-dirs", ".* node_modules"]  # the default passes over templates/_components
for _word in ("_", "N_", "NN_:1,2", "ngettext:1,2", "lazy_gettext", "_l"):
    EXTRACT += ["-k", _word]


class Failure(Exception):
    """Something went wrong that the person at the keyboard can mend; the message says how."""


# ------------------------------------------------------------------------------- installing
def install(level):
    """Bring `.venv` to the lock of `level`, "run" or "test"; a test install serves for both."""
    installed = _installed()
    if installed.get("level") == "test":
        level = "test"
    wanted = {
        "level": level,
        "lock": _digest(LOCKS / (level + ".txt"), LOCKS / "bootstrap.txt"),
        "project": _digest(ROOT / "pyproject.toml", ROOT / "hadi" / "__init__.py"),
        "python": [sys.version, sys.base_prefix, str(ROOT)],
    }
    if installed == wanted:
        return
    is_sound = installed.get("python") == wanted["python"] and _venv_works()
    if not is_sound:
        _create_venv()
    UNFINISHED.touch()
    if installed.get("lock") != wanted["lock"] or not is_sound:
        say("Installing packages")
        _run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
              "--require-hashes", "-r", LOCKS / "bootstrap.txt"])  # fmt: skip
        _run([*_uv(), "pip", "sync", "--quiet", "--require-hashes", LOCKS / (level + ".txt")])
    _run([*_uv(), "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
          "--editable", ROOT])  # fmt: skip
    STAMP.write_text(json.dumps(wanted), encoding="utf-8")
    UNFINISHED.unlink()


def _installed():
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if not UNFINISHED.exists() and PYTHON.exists() else {}


def _venv_works():
    """Whether `.venv` has a Python that runs and has pip: a killed creation leaves less."""
    if UNFINISHED.exists() or not PYTHON.exists():
        return False
    tried = subprocess.run(
        [str(PYTHON), "-c", "import pip"], stderr=subprocess.DEVNULL, check=False
    )
    return tried.returncode == 0


def _create_venv():
    say("Creating .venv")
    base = getattr(sys, "_base_executable", None) or sys.executable
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run(
        [base, "-m", "venv", str(VENV)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if made.returncode != 0:
        raise Failure(
            "Python could not create a virtual environment; on Debian and Ubuntu it needs the "
            "package python3-venv.\n" + made.stdout.strip()
        )


def _uv():
    return [str(PYTHON), "-m", "uv", "--no-progress"]


def _digest(*files):
    digest = hashlib.sha256()
    for file in files:
        try:
            digest.update(file.read_bytes())
        except OSError as error:
            raise Failure("%s is missing: the checkout is incomplete." % file) from error
    return digest.hexdigest()


def build():
    """Build the bundle and the translations if their sources changed."""
    spec = importlib.util.spec_from_file_location("hadi_static_build", ROOT / "static/build.py")
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    if not module.is_fresh():
        say("Building styles, scripts and translations")
        _run([PYTHON, ROOT / "static" / "build.py"], quiet=True)


# --------------------------------------------------------------------------------- commands
def run(args):
    install("run")
    build()
    os.environ.setdefault("HADI_DATA_DIR", str(ROOT / "var"))
    command = [SCRIPTS / "hadi", "serve", "--host", args.host, "--port", str(args.port),
               "--migrate"]  # fmt: skip
    return _become(command + ([] if args.no_demo else ["--demo"]))


def test(args):
    install("test")
    build()
    if args.rest:
        return _become([PYTHON, "-m", "pytest", *args.rest])
    failed = _lint()
    tested = subprocess.run(
        [str(PYTHON), "-m", "pytest", "-n", "auto", "--dist", "worksteal", "--durations", "30"],
        cwd=str(ROOT),
        env=_environment(),
        check=False,
    ).returncode
    if failed:
        say("Not clean: " + ", ".join(failed))
    return tested or bool(failed)


def _lint():
    """Run the linters side by side; the names of those that found something."""
    tools = {
        "ruff check": [SCRIPTS / "ruff", "check", "--quiet", "."],
        "ruff format": [SCRIPTS / "ruff", "format", "--check", "--quiet", "."],
        "mypy": [SCRIPTS / "mypy", "--strict", "hadi"],
        "import-linter": [SCRIPTS / "lint-imports", "--no-cache"],
        "djlint": [SCRIPTS / "djlint", "templates", "--lint", "--quiet"],
    }
    started = time.monotonic()
    running = {
        name: subprocess.Popen(
            [str(part) for part in command],
            cwd=str(ROOT),
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        for name, command in tools.items()
    }
    failed = []
    for name, process in running.items():
        output = process.communicate()[0]
        if process.returncode != 0:
            failed.append(name)
            say("%s:\n%s" % (name, output.strip()))
    if not failed:
        say("Clean: %s (%.0f s)" % (", ".join(tools), time.monotonic() - started))
    return failed


def bench(args):
    install("test")
    build()
    return _become([PYTHON, "-m", "tests.benchmarks", *args.rest])


def screenshots(args):
    install("test")
    build()
    return _become([PYTHON, "-m", "tests.e2e.screenshots", *args.rest])


def translate(args):
    """Extract every message and merge it into the catalogues, dropping what is gone."""
    install("run")
    catalogues = ROOT / "hadi" / "locale"
    template = catalogues / "messages.pot"
    pybabel = [PYTHON, "-m", "babel.messages.frontend", "--quiet"]
    catalogues.mkdir(exist_ok=True)
    _run([*pybabel, *EXTRACT, "-o", template, "."])
    for language in LANGUAGES:
        exists = (catalogues / language / "LC_MESSAGES" / "messages.po").exists()
        update = ["update", "--no-fuzzy-matching", "--ignore-obsolete"]
        merge = [*update, "--ignore-pot-creation-date"] if exists else ["init"]
        _run([*pybabel, *merge, "-i", template, "-d", catalogues, "-l", language])
    build()
    return 0


def lock(args):
    """Write the locks: versions and hashes, never the address of an index."""
    install("run")
    flags = ["--universal", "--python-version", "3.11", "--generate-hashes", "--quiet",
             "--no-emit-index-url", "--no-emit-find-links", "--no-header",
             "--no-annotate"]  # fmt: skip
    flags += ["--upgrade"] if args.upgrade else []
    for source, group, constraint, target in (
        (LOCKS / "bootstrap.in", None, None, "bootstrap.txt"),
        (ROOT / "pyproject.toml", "build", None, "run.txt"),
        (ROOT / "pyproject.toml", "test", "run.txt", "test.txt"),
    ):
        command = [*_uv(), "pip", "compile", source, *flags, "-o", LOCKS / target]
        command += ["--group", group] if group else []
        command += ["--all-extras"] if group == "test" else []
        command += ["-c", LOCKS / constraint] if constraint else []
        _run(command)
    return 0


# ---------------------------------------------------------------------------------- plumbing
def _environment():
    environment = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONHOME")}
    environment["VIRTUAL_ENV"] = str(VENV)
    # Whoever wants no bytecode beside the sources gets none; without any, every process of a run
    # compiles the libraries anew, which takes longer than all else that it starts with.
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        environment.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "bytecode"))
    if "PIP_INDEX_URL" in environment:  # a mirror named for pip serves uv as well
        environment.setdefault("UV_DEFAULT_INDEX", environment["PIP_INDEX_URL"])
    return environment


def _run(command, quiet=False):
    done = subprocess.run(
        [str(part) for part in command], cwd=str(ROOT), env=_environment(), check=False
    )
    if done.returncode != 0:
        raise Failure("" if quiet else "This step failed: " + " ".join(map(str, command)))


def _become(command):
    """Hand this process over to `command`, so that signals and the exit code are its own."""
    command = [str(part) for part in command]
    sys.stdout.flush()
    if os.name == "nt":
        return subprocess.run(command, cwd=str(ROOT), env=_environment(), check=False).returncode
    os.chdir(str(ROOT))
    os.execve(command[0], command, _environment())


def say(text):
    print(text, flush=True)


def main():
    parser = argparse.ArgumentParser(
        prog="dev.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    running = commands.add_parser("run", help="install, migrate and serve")
    running.add_argument("--host", default="127.0.0.1")
    running.add_argument("--port", type=int, default=8000)
    running.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
    running.set_defaults(do=run)
    locking = commands.add_parser("lock", help="resolve the dependencies anew")
    locking.add_argument("--upgrade", action="store_true", help="take newer versions")
    locking.set_defaults(do=lock)
    commands.add_parser("translate", help="update the catalogues").set_defaults(do=translate)
    # What follows these belongs to another program, dashes included.
    passing = {"test": test, "bench": bench, "screenshots": screenshots}
    for name in passing:
        commands.add_parser(name)
    if sys.argv[1:2] and sys.argv[1] in passing:
        args = argparse.Namespace(do=passing[sys.argv[1]], rest=sys.argv[2:])
    else:
        args = parser.parse_args()
    try:
        return args.do(args)
    except Failure as failure:
        if str(failure):
            sys.stderr.write(str(failure) + "\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
