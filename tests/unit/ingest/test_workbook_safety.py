"""Workbooks that try something, and old or binary ones: read, or refused in one sentence."""

from __future__ import annotations

import base64
import io
import struct
import threading
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from hadi.ingest.files import StoredTable, open_table
from hadi.ingest.limits import Limits
from tests.factories.books import book, ods_row, open_document, open_document_of

Read = Callable[..., StoredTable]
Refused = Callable[..., str]
Rows = Callable[[StoredTable], list[tuple[Any, ...]]]

SMALL = book({"s": [["arm", "x"], ["A", 1], ["B", 2]]})


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part of its zip changed."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
    return stream.getvalue()


def sheet_of(change: Callable[[bytes], bytes]) -> bytes:
    return changed(SMALL, "xl/worksheets/sheet1.xml", change)


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


class TestBombs:
    def test_entities_are_refused(self, refused: Refused) -> None:
        assert "XML entities" in refused(sheet_of(lambda xml: LAUGHS + xml), "data.xlsx")
        declared = b'<?xml version="1.0"?>' + LAUGHS + b"<x>&b;</x>"
        assert "XML entities" in refused(open_document_of(declared), "data.ods")

    def test_another_encoding_hides_nothing(self, refused: Refused) -> None:
        content = sheet_of(lambda xml: xml.decode().encode("utf-16"))
        assert "unusual encoding" in refused(content, "data.xlsx")

    def test_an_encoding_that_is_none(self, refused: Refused) -> None:
        declared = b'<?xml version="1.0" encoding="A1"?><x></x>'
        assert "damaged" in refused(open_document_of(declared), "data.ods")

    @pytest.mark.parametrize(
        "far",
        [
            b'<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>',
            b'<row r="1048576"><c r="A1048576"><v>1</v></c><c r="CV1048576"><v>1</v></c></row>',
            b"<row r = '4000000'><c r=\"CV4000000\"><v>1</v></c></row>",
        ],
    )
    def test_a_far_cell_in_any_writing(self, refused: Refused, far: bytes) -> None:
        content = sheet_of(lambda xml: xml.replace(b"</sheetData>", far + b"</sheetData>"))
        assert refused(content, "data.xlsx")

    @pytest.mark.parametrize(
        "rows",
        [
            ods_row([1], rows_repeated="1048576") + ods_row([(1, {"columns_repeated": "400"})]),
            ods_row([1], rows_repeated="99999999"),
            ods_row([(None, {"columns_repeated": "4000000000"}), 1]),
        ],
    )
    def test_cells_repeated_without_end(self, refused: Refused, rows: str) -> None:
        assert "“L”" in refused(open_document({"L": rows}), "data.ods")

    def test_too_many_parts(self, refused: Refused) -> None:
        stream = io.BytesIO(SMALL)
        with zipfile.ZipFile(stream, "a") as archive:
            for number in range(10_001):
                archive.writestr(f"x/{number}", b"")
        assert "more than 10000 files" in refused(stream.getvalue(), "data.xlsx").replace(",", "")

    def test_a_reader_without_memory_is_one_sentence(self, refused: Refused) -> None:
        tight = Limits(max_reader_bytes=16 * 1024 * 1024)
        rows = [["x"], *[[f"text number {i}"] for i in range(1000)]]
        assert "save the sheet as CSV" in refused(book({"s": rows}), "data.xlsx", limits=tight)


class TestDisguises:
    @pytest.mark.parametrize(
        "content",
        [
            b"<html><table><tr><td>arm</td></tr></table></html>",
            b'\xef\xbb\xbf <META charset="utf-8"><table></table>',
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office"/>',
        ],
    )
    def test_a_web_page_called_a_workbook(self, refused: Refused, content: bytes) -> None:
        assert "web page or XML" in refused(content, "report.xls")

    def test_a_new_workbook_under_the_old_name(self, read: Read, rows_of: Rows) -> None:
        assert rows_of(read(SMALL, "report.xls")) == [("A", 1), ("B", 2)]


class TestOldAndBinary:
    def test_an_old_workbook(self, read: Read, rows_of: Rows) -> None:
        sample = Path(__file__).parent / "samples" / "old.xls.z85"
        content = zlib.decompress(base64.b85decode(sample.read_bytes()))
        stored = read(content, "old.xls")
        names = [column.name for column in stored.report.columns]
        assert names == ["store", "2026 / Jan", "2026 / Feb", "day"]
        assert [row[:3] for row in rows_of(stored)] == [("A", 1.5, 2.0), ("B", 3.0, 4.5)]

    def test_a_binary_workbook(self, read: Read, rows_of: Rows) -> None:
        cells = [["arm", "x"], ["A", 1.5], ["B", None], ["B", 46025.0]]
        stored = read(binary_workbook({"Лист": cells}), "data.xlsb")
        assert rows_of(stored) == [("A", 1.5), ("B", None), ("B", 46025.0)]
        assert stored.report.sheet == "Лист"
        said = " ".join(str(note) for note in stored.report.notes)
        assert "1 cell holds an error" in said and "B3" in said

    def test_a_far_cell_of_a_binary_workbook(self, refused: Refused) -> None:
        content = binary_workbook({"s": [["x"]]}, far=(1_048_575, 90))
        assert "spans more than" in refused(content, "data.xlsb")


def test_whoever_waits_can_stop_it(folder: Path) -> None:
    class Enough(Exception):
        pass

    def stop(share: float) -> None:
        raise Enough

    before = threading.active_count()
    with pytest.raises(Enough):
        open_table(io.BytesIO(SMALL), "data.xlsx", folder=folder, progress=stop)
    assert list(folder.iterdir()) == []
    assert threading.active_count() == before


def binary_workbook(
    sheets: Mapping[str, list[list[Any]]], far: tuple[int, int] | None = None
) -> bytes:
    """An .xlsb as [MS-XLSB] has it, as small as one can be; None is the error #N/A."""
    parts = {"xl/workbook.bin": record(131) + record(153, bytes(12)) + record(143)}
    related = ""
    for number, (name, rows) in enumerate(sheets.items(), start=1):
        bundle = struct.pack("<II", 0, number) + words(f"rId{number}") + words(name)
        parts["xl/workbook.bin"] += record(156, bundle)
        related += (
            f'<Relationship Id="rId{number}" Target="worksheets/sheet{number}.bin" Type="http://'
            'schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
        )
        parts[f"xl/worksheets/sheet{number}.bin"] = binary_sheet(rows, far)
    parts["xl/workbook.bin"] += record(144) + record(132)
    space = "http://schemas.openxmlformats.org/package/2006"
    parts["xl/_rels/workbook.bin.rels"] = (
        f'<Relationships xmlns="{space}/relationships">{related}</Relationships>'.encode()
    )
    parts["[Content_Types].xml"] = f'<Types xmlns="{space}/content-types"/>'.encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return stream.getvalue()


def binary_sheet(rows: list[list[Any]], far: tuple[int, int] | None) -> bytes:
    last = (len(rows) - 1, max(map(len, rows)) - 1)
    dimension = struct.pack("<IIII", 0, (far or last)[0], 0, (far or last)[1])
    data = record(129) + record(148, dimension) + record(145)
    for place, row in enumerate(rows):
        data += record(0, struct.pack("<I", place) + bytes(21))
        for column, cell in enumerate(row):
            head = struct.pack("<II", column, 0)
            if cell is None:
                data += record(3, head + b"\x2a")
            elif isinstance(cell, str):
                data += record(6, head + words(cell))
            else:
                data += record(5, head + struct.pack("<d", cell))
    if far is not None:
        data += record(0, struct.pack("<I", far[0]) + bytes(21))
        data += record(5, struct.pack("<IId", far[1], 0, 1.0))
    return data + record(146) + record(130)


def record(kind: int, data: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([(kind & 0x7F) | 0x80, kind >> 7])
    size = len(data)
    while size > 127:
        head += bytes([(size & 0x7F) | 0x80])
        size >>= 7
    return head + bytes([size]) + data


def words(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
