"""Rows that cannot be read: their line is told, and the rest is read where that is wanted."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hadi.domain.errors import Unreadable
from hadi.ingest.choices import BadRows, Choices
from hadi.ingest.files import StoredTable
from hadi.ingest.lines import SHOWN, Shape, sift

Read = Callable[..., StoredTable]
Rows = Callable[[StoredTable], list[tuple[Any, ...]]]
LEAVE_OUT = Choices(bad_rows=BadRows.LEAVE_OUT)
GOOD = "A,1,ok\n"


def refusal(read: Read, content: bytes | str, **options: Any) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(content, **options)
    return caught.value


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (b"B,2\n", "has another number of cells (2) than the header (3)"),
        (b"B,2,3,4,5,6\n", "has another number of cells (6) than the header (3)"),
        (b'B,"2,ok\n', "a quote is opened and never closed"),
        (b'B,"2"x,ok\n', "cannot be divided into cells"),
        (b"B,2\0,ok\n", "a NUL byte"),
        ("Б,2,жж".encode() + b"\xff\xfe\n", "breaks its encoding (utf-8)"),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_bad_row_in_the_middle(
    read: Read, rows_of: Rows, bad: bytes, words: str, end: bytes
) -> None:
    good = GOOD.encode() * 1000
    content = b"arm,x,note\n" + "Ж,1,ёж\n".encode() + good + bad + good
    content = content.replace(b"\n", end)
    refused = refusal(read, content)
    assert "line 1003" in str(refused)
    assert words in str(refused)
    assert refused.remedy == {"bad_rows": "leave_out"}
    stored = read(content, choices=Choices.from_json(refused.remedy))
    assert rows_of(stored) == [("Ж", 1, "ёж")] + [("A", 1, "ok")] * 2000
    assert stored.report.bad_row_count == 1
    assert [row.line for row in stored.report.bad_rows] == [1003]
    assert stored.report.as_json()["bad_rows"][0]["reason"]["code"].startswith("bad_row_")


def test_the_line_is_that_of_an_editor(read: Read) -> None:
    """A quoted cell may hold line ends, and blank lines count."""
    refused = refusal(read, 'arm,x\n"A\n\nB",1\n\n\nB\n')
    assert "line 7 has" in str(refused)


def test_the_first_are_listed_and_all_are_counted(read: Read, rows_of: Rows) -> None:
    content = "arm,x\n" + "A,1\nB\n" * 50
    assert "line 3" in str(refusal(read, content))
    assert "49 more rows cannot be read" in str(refusal(read, content))
    stored = read(content, choices=LEAVE_OUT)
    assert len(rows_of(stored)) == 50
    assert stored.report.bad_row_count == 50
    assert [row.line for row in stored.report.bad_rows] == list(range(3, 3 + 2 * SHOWN, 2))
    assert stored.report.bad_rows[0].text == "B"


def test_a_file_of_bad_rows_alone_has_no_way_out(read: Read) -> None:
    content = "arm,x\n" + "A,1,2\n" * 5
    assert refusal(read, content, choices=Choices(delimiter=",", header_row=1)).remedy == {}
    assert "no rows" in str(refusal(read, content, choices=LEAVE_OUT))


def test_a_broken_quote_costs_its_own_line(read: Read, rows_of: Rows) -> None:
    content = 'arm,x\nA,1\nB,"2\nA,3\n"C\nD",4\nB,"5"\nA,"6\n'
    stored = read(content, choices=LEAVE_OUT)
    assert rows_of(stored) == [("A", 1), ("A", 3), ("C\nD", 4), ("B", 5)]
    assert [row.line for row in stored.report.bad_rows] == [3, 8]


def test_clean_files_are_read_the_same(read: Read) -> None:
    content = 'arm,x\nA,1\n"B ""b""\nb",2\n'
    assert read(content).digest == read(content, choices=LEAVE_OUT).digest


class TestEncodings:
    mixed = "имя;x\nОля;1\n".encode() + "Ваня;2\n".encode("cp1251") + "Катя;3\n".encode()

    def test_two_encodings_name_the_first_line_and_the_way_out(
        self, read: Read, rows_of: Rows
    ) -> None:
        refused = refusal(read, self.mixed)
        assert "line 3" in str(refused)
        assert refused.remedy == {"encoding": "utf-8+cp1251"}
        stored = read(self.mixed, choices=Choices.from_json(refused.remedy))
        assert rows_of(stored) == [("Оля", 1), ("Ваня", 2), ("Катя", 3)]
        assert stored.report.encoding == "utf-8+cp1251"

    def test_their_lines_can_be_left_out_instead(self, read: Read, rows_of: Rows) -> None:
        stored = read(self.mixed, choices=LEAVE_OUT)
        assert rows_of(stored) == [("Оля", 1), ("Катя", 3)]
        assert [row.line for row in stored.report.bad_rows] == [3]

    def test_lines_of_utf8_may_come_late(self, read: Read) -> None:
        content = b"a;x\n" + "Ваня;2\n".encode("cp1251") * 9 + "Оля;1\n".encode() * 9
        assert refusal(read, content).remedy == {"encoding": "utf-8+cp1251"}

    def test_a_letter_cut_in_two_is_damage(self, read: Read, rows_of: Rows) -> None:
        content = "имя;x\nОля;1\n".encode() + "Катя;3\n".encode().replace(b"\x82", b"")
        refused = refusal(read, content)
        assert "line 3" in str(refused)
        assert refused.remedy == {"bad_rows": "leave_out"}
        assert rows_of(read(content, choices=LEAVE_OUT)) == [("Оля", 1)]

    def test_the_last_letter_may_be_cut(self, read: Read) -> None:
        assert "line 3" in str(refusal(read, "имя;x\nОля;1\nКат".encode()[:-1]))

    @pytest.mark.parametrize("encoding", ["koi8-r", "cp866", "iso-8859-2", "cp1250", "utf-16-be"])
    def test_an_encoding_can_be_said(self, read: Read, rows_of: Rows, encoding: str) -> None:
        city = "Győr" if encoding in ("iso-8859-2", "cp1250") else "Москва"
        content = f"city;x\n{city};1\n{city};2\n".encode(encoding)
        stored = read(content, choices=Choices(encoding=encoding))
        assert rows_of(stored) == [(city, 1), (city, 2)]
        assert stored.report.decisions[0].is_chosen

    def test_a_wrong_encoding_names_its_line(self, read: Read) -> None:
        content = b"a;x\nb;1\n" + "Ваня;2\n".encode("cp1251")
        assert "(utf-8) on line 3" in str(refusal(read, content, choices=Choices(encoding="utf-8")))

    def test_damaged_utf16(self, read: Read, rows_of: Rows) -> None:
        content = b"\xff\xfe" + "arm;x\nA;1\n".encode("utf-16-le") + b"\x00\xd8\x41\x00;\x00"
        content += "2\nB;3\n".encode("utf-16-le")
        refused = refusal(read, content)
        assert "line 3" in str(refused)
        assert refused.remedy == {"bad_rows": "leave_out"}
        assert rows_of(read(content, choices=LEAVE_OUT)) == [("A", 1), ("B", 3)]


cell = st.text(st.sampled_from('ab"\n; ,ж'), max_size=6)


@given(st.lists(st.tuples(cell, cell), min_size=1, max_size=8), st.data())
@settings(max_examples=60, deadline=None)
def test_what_a_writer_wrote_is_never_bad(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], data: st.DataObject
) -> None:
    """Rows of a correct writer are all good, on their own lines; one cut short among them is
    the only bad one."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["x", "y"])
    lines: list[int] = []
    for row in rows:
        lines.append(1 + stream.getvalue().count("\n"))
        writer.writerow(row)
    path: Path = tmp_path_factory.mktemp("lines") / "t.csv"
    path.write_bytes(stream.getvalue().encode())
    found = sift(path, "t.csv", Shape(";", 2, 1), rows=range(len(rows)))
    assert (found.rows, found.bad_row_count) == (len(rows), 0)
    assert list(found.lines.values()) == lines
    place = data.draw(st.integers(0, len(rows) - 1))
    text = stream.getvalue().split("\n")
    text.insert(lines[place] - 1, "short")
    path.write_bytes("\n".join(text).encode())
    found = sift(path, "t.csv", Shape(";", 2, 1))
    assert [row.line for row in found.bad_rows] == [lines[place]]
    assert found.rows == len(rows)
