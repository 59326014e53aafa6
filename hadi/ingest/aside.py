"""A workbook read in a process of its own, with a bound on its memory and its time.

The reader of workbooks is fast, but a damaged or crafted file can make it allocate without end,
loop, or abort, and an abort takes its process along. Here that is a child, which has nothing but
the file, and all that is lost is that reading.

The child gets one JSON object on its standard input and answers in lines of JSON.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import Any

import hadi
from hadi.domain.errors import TooLarge, Unreadable
from hadi.domain.text import Text
from hadi.ingest.choices import Choices
from hadi.ingest.excel import Sheets, Staged, read_workbook
from hadi.ingest.limits import MB, Limits
from hadi.ingest.progress import Progress
from hadi.ingest.report import Decision
from hadi.ingest.sniffing import FileKind
from hadi.ingest.staging import Header

_LOG = logging.getLogger(__name__)
_BEAT = 0.25  # seconds between two words to whoever waits
_PATIENCE = 60  # seconds, and as many per MB
_PATIENCE_PER_MB = 20
_MOST_PATIENCE = 1200


def read_aside(
    path: Path,
    filename: str,
    folder: Path,
    limits: Limits,
    *,
    kind: FileKind,
    choices: Choices,
    sheet: str | None = None,
    sheets: Sheets = "auto",
    progress: Progress | None = None,
) -> Staged:
    """`excel.read_workbook`, in another process. Raises what it raises, and Unreadable for a file
    that its reader does not survive."""
    asked = {
        "path": str(path.resolve()),
        "filename": filename,
        "folder": str(folder.resolve()),
        "limits": asdict(limits),
        "kind": kind.value,
        "choices": choices.as_json(),
        "sheet": sheet,
        "sheets": sheets,
    }
    seconds = min(_PATIENCE + _PATIENCE_PER_MB * path.stat().st_size / MB, _MOST_PATIENCE)
    for said in _answers(json.dumps(asked), seconds, progress):
        if "staged" in said:
            return _staged(said["staged"])
        if "fault" in said:  # ours, not the file's: whoever runs the server should hear of it
            _LOG.error("reading the workbook “%s” failed: %s", filename, said["fault"])
            break
        kind_of_error = TooLarge if said.get("too_large") else Unreadable
        raise kind_of_error(Text.from_json(said["refused"]), said["remedy"])
    raise Unreadable(Text("file_workbook_slow", file=filename))


def _answers(asked: str, seconds: float, progress: Progress | None) -> Iterator[Mapping[str, Any]]:
    """The child's last word; nothing where it died, or was ended for taking too long."""
    home = str(Path(hadi.__file__).parents[1])
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    # The settings hold secrets, and the child reads what strangers wrote.
    public = {name: value for name, value in os.environ.items() if not name.startswith("HADI_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "hadi.ingest.aside"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**public, "PYTHONPATH": os.pathsep.join(paths)},
        cwd=home,
        text=True,
        encoding="utf-8",
    )
    said: queue.Queue[str | None] = queue.Queue()
    listener = Thread(target=_listen, args=(process, asked, said), name="hadi-workbook")
    listener.start()
    deadline = time.monotonic() + seconds
    share = 0.0
    try:
        while time.monotonic() < deadline:
            try:
                line = said.get(timeout=_BEAT)
            except queue.Empty:
                line = ""
            if line is None:
                return
            answer = json.loads(line) if line else {}
            if answer and "share" not in answer:
                yield answer
                return
            share = answer.get("share", share)
            if progress is not None:
                progress(share)
    finally:
        process.kill()
        process.wait()
        listener.join()


def _listen(process: subprocess.Popen[str], asked: str, said: queue.Queue[str | None]) -> None:
    assert process.stdin is not None and process.stdout is not None
    with contextlib.suppress(OSError, ValueError), process.stdin, process.stdout:
        process.stdin.write(asked)
        process.stdin.close()
        for line in process.stdout:
            said.put(line)
    said.put(None)


def _staged(data: Mapping[str, Any]) -> Staged:
    return Staged(
        Path(data["path"]),
        Header(tuple(data["names"]), tuple(map(Text.from_json, data["header_notes"]))),
        data["sheet"],
        tuple(map(Text.from_json, data["notes"])),
        tuple(
            Decision(
                each["field"],
                each["value"],
                tuple(each["options"]),
                each["column"],
                each["chosen"],
                Text.from_json(each["detail"]) if each["detail"] else None,
                tuple(each["examples"]),
            )
            for each in data["decisions"]
        ),
    )


def _as_json(staged: Staged) -> dict[str, Any]:
    return {
        "path": str(staged.path),
        "names": staged.header.names,
        "header_notes": [note.as_json() for note in staged.header.notes],
        "sheet": staged.sheet,
        "notes": [note.as_json() for note in staged.notes],
        "decisions": [decision.as_json() for decision in staged.decisions],
    }


def _bound(limits: Limits) -> None:
    """No more memory than a workbook may take, and no core dump of somebody's data."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    most = limits.max_reader_bytes
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(word: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(word) + "\n")
    sys.stdout.flush()


def main() -> None:
    """The child: read what is asked for and answer."""
    asked = json.loads(sys.stdin.read())
    limits = Limits(**asked["limits"])
    _bound(limits)
    try:
        staged = read_workbook(
            Path(asked["path"]),
            asked["filename"],
            Path(asked["folder"]),
            limits,
            kind=FileKind(asked["kind"]),
            choices=Choices.from_json(asked["choices"]),
            sheet=asked["sheet"],
            sheets=asked["sheets"],
            progress=lambda share: _say({"share": share}),
        )
    except Unreadable as error:
        is_large = isinstance(error, TooLarge)
        _say({"refused": error.text.as_json(), "remedy": error.remedy, "too_large": is_large})
    except MemoryError:
        _say(
            {"refused": Text("file_workbook_slow", file=asked["filename"]).as_json(), "remedy": {}}
        )
    except Exception:
        _say({"fault": traceback.format_exc()})
    else:
        _say({"staged": _as_json(staged)})


if __name__ == "__main__":
    main()
