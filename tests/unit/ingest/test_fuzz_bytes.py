"""Whatever comes in, the answer is a stored table or one sentence; nothing else is left behind.

The readers were fuzzed for longer outside of the suite; what broke them stands below.
"""

from __future__ import annotations

import base64
import io
import logging
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hadi.domain.errors import Unreadable
from hadi.ingest.bundles import open_tables
from tests.factories.mutants import mutant, valid_files

SECONDS = 60  # for a file of a few kilobytes, on a busy machine
IN_PROCESS = [n for n in valid_files() if n not in ("data.xlsx", "data.ods")]
WORKBOOKS = ["data.xlsx", "data.ods"]


class Faults(logging.Handler):
    """Keeps what the reader of workbooks says of its own faults, in its own process."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def is_answered(content: bytes, filename: str) -> bool:
    """Whether tables were stored, or a sentence said; anything else fails."""
    start = time.monotonic()
    faults = Faults()
    logging.getLogger("hadi.ingest.aside").addHandler(faults)
    with TemporaryDirectory() as name:
        folder = Path(name) / "stored"
        try:
            tables = open_tables(io.BytesIO(content), filename, folder=folder)
        except Unreadable as refusal:
            sentence = str(refusal)
            assert sentence and "\n" not in sentence and str(folder) not in sentence, sentence
            assert [path for path in folder.iterdir() if path.suffix != ".parquet"] == []
            is_stored = False
        else:
            assert {path.name for path in folder.iterdir()} == {t.path.name for t in tables}
            assert all(table.report.rows for table in tables)
            is_stored = True
    logging.getLogger("hadi.ingest.aside").removeHandler(faults)
    assert not faults.said, faults.said
    assert time.monotonic() - start < SECONDS
    return is_stored


@pytest.mark.parametrize("name", list(valid_files()))
def test_the_files_that_are_damaged_below_are_read(name: str) -> None:
    assert is_answered(valid_files()[name], name)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(name=st.sampled_from(IN_PROCESS), seed=st.integers(0, 2**32))
def test_damaged_files(name: str, seed: int) -> None:
    is_answered(mutant(name, seed), name)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(name=st.sampled_from(WORKBOOKS), seed=st.integers(0, 2**32))
def test_damaged_workbooks(name: str, seed: int) -> None:
    is_answered(mutant(name, seed), name)


MAGIC = (
    b"",
    b"PK\x03\x04",
    b"PAR1",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\xff\xfe",
    b"[{",
    b"sep=",
)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    start=st.sampled_from(MAGIC),
    rest=st.binary(max_size=400),
    filename=st.sampled_from(
        ["-", "data.csv", "data.json", "data.parquet", "data.zip", "data.xls"]
    ),
)
def test_bytes_of_nothing(start: bytes, rest: bytes, filename: str) -> None:
    is_answered(start + rest, filename)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(text=st.text(alphabet="ab1,;\t\"'\r\n\0 .-Ж\ufeff{}[]:", max_size=200))
def test_text_of_signs_that_mean_something(text: str) -> None:
    is_answered(text.encode(), "data.csv")
    is_answered(text.encode(), "data.json")


def crashers() -> Iterator[tuple[str, bytes]]:
    """What broke a reader once, by the name of the file it was."""
    folder = Path(__file__).parent / "crashers"
    for path in sorted(folder.iterdir()):
        yield path.name.removesuffix(".z85"), zlib.decompress(base64.b85decode(path.read_bytes()))


@pytest.mark.parametrize(("name", "content"), [pytest.param(n, c, id=n) for n, c in crashers()])
def test_what_broke_a_reader_once(name: str, content: bytes) -> None:
    is_answered(content, name)
