"""Every way a file can be bad: one sentence that names the place, and nothing stored."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hadi.domain.errors import TooLarge
from hadi.ingest.files import open_table
from hadi.ingest.limits import Limits
from tests.factories.tables import table, workbook

Refused = Callable[..., str]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


def zipped(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "filename", "words"),
    [
        (b"", "data.csv", "is empty"),
        (b"\n\n", "data.csv", "is empty"),
        ("\ufeff".encode(), "data.csv", "is empty"),
        (b"arm,x\n", "data.csv", "no rows"),
        (b"arm,x\n,\n , \n", "data.csv", "no rows"),
        (PNG, "data.csv", "binary"),
        (PNG, "picture.png", "“.png”"),
        (b"arm,x\nA,1\n", "data.xlsx", "“.xlsx”, but its content is a text table"),
        (b"arm,x\nA,1\n", "data.parquet", "“.parquet”, but its content is a text table"),
        (b"arm,x\nA,1\n", "data.json", "line 1 is no JSON object: “arm,x”"),
        (zipped({"a.txt": b"a"}), "data.csv", "“.csv”, but its content is a zip archive"),
        (zipped({"a.txt": b"a"}), "data.xlsx", "“.xlsx”, but its content is a zip archive"),
        (b"arm,x\nA,1\nB,2,3\n", "data.csv", "line 3 has another number of cells (3)"),
        (b"arm,x\nA,1\nB\n", "data.csv", "line 3 has another number of cells (1)"),
        (b'arm,x\nA,"1\nB,2\n', "data.csv", "line 2: a quote is opened and never closed"),
        (b"arm,x\nA,1\nB,2\x00\n", "data.csv", "line 3: a NUL byte"),
        (b"arm,x\r\nA,1\r\nB\x00,2\r\n", "data.csv", "line 3: a NUL byte"),
        (b"arm,arm\nA,1\n", "data.csv", "two columns called “arm” (columns 1 and 2)"),
        (b"Arm, arm \nA,1\n", "data.csv", "two columns called “arm”"),
        (b"PAR1" + b"\x00" * 64, "data.parquet", "Parquet cannot be read"),
        (b"PARE" + b"\x00" * 64, "data.parquet", "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "data.xlsx", "before 2007"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "data.xlsx",
            "password",
        ),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(
    refused: Refused, content: bytes, filename: str, words: str
) -> None:
    sentence = refused(content, filename)
    assert words in sentence
    assert filename in sentence
    assert "\n" not in sentence


def test_a_huge_cell_is_named_by_row_and_column(refused: Refused) -> None:
    sentence = refused("arm,note\nA,ok\nB," + "x" * 1_000_000 + "\n")
    assert "column “note”, data row 2 (row 3 with the header)" in sentence
    assert "1,000,000" in sentence


def test_a_huge_cell_of_a_parquet_file_is_named(refused: Refused, tmp_path: Path) -> None:
    path = table(tmp_path / "t.parquet", {"note": "VARCHAR"}, [["a"], ["x" * 200_000]])
    assert "column “note”, data row 2" in refused(path.read_bytes(), "data.parquet")


def test_a_line_beyond_every_bound_is_named(refused: Refused) -> None:
    assert "line 2" in refused("arm,note\nB," + "x" * 40_000_000 + "\n")


def test_a_file_over_the_limit_is_refused_while_it_arrives(folder: Path) -> None:
    class Endless(io.RawIOBase):
        read_bytes = 0

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            self.read_bytes += size
            return b"a,b\n" * (size // 4)

    stream = Endless()
    limits = Limits(max_bytes=3 * 1024 * 1024)
    with pytest.raises(TooLarge) as refusal:
        open_table(stream, "data.csv", folder=folder, limits=limits)  # type: ignore[arg-type]
    assert "over the limit of 3 MB" in str(refusal.value)
    assert stream.read_bytes < 5_000_000
    assert list(folder.iterdir()) == []


def test_too_many_columns(refused: Refused) -> None:
    header = ",".join(f"c{i}" for i in range(600))
    assert "600 columns" in refused(f"{header}\n")


class TestWorkbooks:
    def test_a_bomb_that_says_so_is_refused_before_it_unfolds(self, refused: Refused) -> None:
        content = zipped(
            {
                "[Content_Types].xml": b"<x/>",
                "xl/workbook.xml": b"<x/>",
                "xl/worksheets/sheet1.xml": b"0" * 40_000_000,
            }
        )
        assert "zip bomb" in refused(content, "data.xlsx")

    def test_a_bomb_over_the_absolute_limit(self, refused: Refused) -> None:
        content = zipped(
            {"[Content_Types].xml": b"<x/>", "xl/workbook.xml": bytes(range(256)) * 20_000}
        )
        limits = Limits(max_unzipped_bytes=1024 * 1024)
        assert "more than 1 MB" in refused(content, "data.xlsx", limits=limits)

    def test_a_bomb_that_lies_about_its_size(self, refused: Refused) -> None:
        entries = {
            "[Content_Types].xml": b"<x/>",
            "xl/workbook.xml": b"<x/>",
            "xl/worksheets/sheet1.xml": b"0" * 40_000_000,
        }
        content = bytearray(zipped(entries))
        true_size = (40_000_000).to_bytes(4, "little")
        start = 0
        while (start := content.find(true_size, start)) >= 0:
            content[start : start + 4] = (100).to_bytes(4, "little")
        refused(bytes(content), "data.xlsx")

    def test_one_far_cell_does_not_stretch_the_sheet(self, refused: Refused) -> None:
        sheet = b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        sheet += b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
        content = zipped(
            {
                "[Content_Types].xml": b"<x/>",
                "xl/workbook.xml": b"<x/>",
                "xl/worksheets/sheet1.xml": sheet,
            }
        )
        assert "columns" in refused(content, "data.xlsx")
        near = sheet.replace(b"XFD", b"CV")
        content = zipped(
            {
                "[Content_Types].xml": b"<x/>",
                "xl/workbook.xml": b"<x/>",
                "xl/worksheets/sheet1.xml": near,
            }
        )
        assert "spans more than" in refused(content, "data.xlsx")

    def test_a_damaged_workbook(self, refused: Refused) -> None:
        content = workbook({"one": [["arm", "x"], ["A", 1]]})
        assert "damaged" in refused(content[: len(content) // 2], "data.xlsx")
        hollow = zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"})
        assert refused(hollow, "data.xlsx")

    def test_no_sheet_has_rows(self, refused: Refused) -> None:
        assert "no rows" in refused(workbook({"one": [["arm", "x"]], "two": []}), "data.xlsx")

    def test_a_sheet_that_is_not_there(self, refused: Refused) -> None:
        content = workbook({"one": [["arm"], ["A"]]})
        sentence = refused(content, "data.xlsx", sheet="two")
        assert "no sheet “two”" in sentence
        assert "“one”" in sentence

    def test_sheets_that_cannot_be_stacked(self, refused: Refused) -> None:
        content = workbook({"one": [["x"], [1]], "two": [["y"], [1]]})
        assert "different columns" in refused(content, "data.xlsx", sheets="as_arms")


def test_a_truncated_parquet_file(refused: Refused, tmp_path: Path) -> None:
    rows = [[i] for i in range(1000)]
    content = table(tmp_path / "t.parquet", {"x": "INTEGER"}, rows).read_bytes()
    assert "Parquet" in refused(content[: len(content) // 2], "data.parquet")
    assert "Parquet" in refused(content[:-1], "data.parquet")


def test_a_refusal_names_no_folder_of_the_server(refused: Refused, tmp_path: Path) -> None:
    sentence = refused(b"PAR1" + b"\0" * 100 + b"PAR1", "data.parquet")
    assert "cannot be read" in sentence and tmp_path.name not in sentence, sentence


def test_what_a_killed_process_left_is_cleared_away(folder: Path) -> None:
    old, new = folder / ".incoming-old", folder / ".incoming-new"
    for left in (old, new):
        left.mkdir(parents=True)
        (left / "received").write_bytes(b"half")
    yesterday = time.time() - 2 * 24 * 3600
    os.utime(old, (yesterday, yesterday))
    open_table(io.BytesIO(b"arm,x\nA,1\nB,2\n"), "data.csv", folder=folder)
    assert not old.exists() and new.exists()


def test_a_missing_file(folder: Path, tmp_path: Path) -> None:
    from hadi.domain.errors import Unreadable

    with pytest.raises(Unreadable) as refusal:
        open_table(tmp_path / "none.csv", "none.csv", folder=folder)
    assert "no file “none.csv”" in str(refusal.value)
