"""Zips of tables: several are parts of one, and one that tries something is refused whole."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hadi.domain.errors import Unreadable
from hadi.ingest.bundles import open_tables
from hadi.ingest.choices import Choices
from hadi.ingest.files import StoredTable
from hadi.ingest.limits import Limits
from tests.factories.books import book

Bundle = Callable[..., tuple[StoredTable, ...]]
Rows = Callable[[StoredTable], list[tuple[Any, ...]]]
CSV = b"arm,x\nA,1\nB,2\n"


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.fixture
def bundle(folder: Path) -> Bundle:
    def reader(content: bytes, filename: str = "data.zip", **options: Any) -> Any:
        return open_tables(io.BytesIO(content), filename, folder=folder, **options)

    return reader


@pytest.fixture
def refusal(bundle: Bundle, folder: Path) -> Callable[..., str]:
    """The sentence with which an archive is refused; nothing may be left behind."""

    def reader(content: bytes, **options: Any) -> str:
        with pytest.raises(Unreadable) as refused:
            bundle(content, **options)
        assert list(folder.iterdir()) == []
        assert not (folder.parent / "evil.csv").exists()
        return str(refused.value)

    return reader


def test_a_plain_file_is_one_table(bundle: Bundle, rows_of: Rows) -> None:
    (stored,) = bundle(CSV, "data.csv")
    assert rows_of(stored) == [("A", 1), ("B", 2)]
    assert stored.member is None


def test_tables_with_the_same_columns_are_parts(
    bundle: Bundle, rows_of: Rows, folder: Path
) -> None:
    second = b"x;arm\n3;A\n"
    workbook = book({"s": [["arm", "x"], ["B", 9]]})
    content = zipped(("w1.csv", CSV), ("sub/", b""), ("sub/w2.csv", second), ("w3.xlsx", workbook))
    shares: list[float] = []
    parts = bundle(content, progress=shares.append)
    assert [part.member for part in parts] == ["w1.csv", "sub/w2.csv", "w3.xlsx"]
    assert [rows_of(part) for part in parts] == [[("A", 1), ("B", 2)], [(3, "A")], [("B", 9)]]
    assert sorted(p.name for p in folder.iterdir()) == sorted(p.path.name for p in parts)
    assert shares == sorted(shares)


def test_tables_that_differ_are_a_decision(bundle: Bundle, rows_of: Rows, folder: Path) -> None:
    content = zipped(("log.csv", CSV), ("receipts.csv", b"receipt,sum\n1,2\n"))
    (stored,) = bundle(content)
    assert stored.member == "log.csv" and len(list(folder.iterdir())) == 1
    assert "also holds “receipts.csv”" in str(stored.report.notes[0])
    decision = stored.report.decisions[0]
    assert (decision.field, decision.value) == ("member", "log.csv")
    assert decision.options == ("log.csv", "receipts.csv")
    (other,) = bundle(content, choices=Choices(member="receipts.csv"))
    assert rows_of(other) == [(1, 2)]


def test_what_systems_leave_in_archives_is_passed_over(bundle: Bundle) -> None:
    content = zipped(
        ("__MACOSX/._a.csv", b"\0"), (".DS_Store", b"\0"), ("Thumbs.db", b"\0"),
        ("~$a.xlsx", b"lock"), ("README.txt", b"how it was made"), ("a.csv", CSV), ("p.pdf", b"%"),
    )  # fmt: skip
    assert [part.member for part in bundle(content)] == ["a.csv"]


def test_a_name_in_the_letters_of_windows(bundle: Bundle) -> None:
    raw = bytearray(zipped(("ABCDEF.csv", CSV)))
    cyrillic = "Продаж".encode("cp866")
    content = bytes(raw).replace(b"ABCDEF", cyrillic)
    assert bundle(content)[0].member == "Продаж.csv"


@pytest.mark.parametrize(
    "name",
    ["../evil.csv", "a/../../evil.csv", "/tmp/evil.csv", "C:\\evil.csv", "..\\evil.csv", "a\n.csv"],
)
def test_a_path_out_of_the_archive(refusal: Callable[..., str], name: str) -> None:
    assert "leads out of the archive" in refusal(zipped(("a.csv", CSV), (name, CSV)))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices(refusal: Callable[..., str], kind: int) -> None:
    entry = zipfile.ZipInfo("evil.csv")
    entry.external_attr = (kind | 0o777) << 16
    assert "a link or a device" in refusal(zipped((entry, b"/etc/passwd")))


def test_an_archive_in_the_archive(refusal: Callable[..., str]) -> None:
    assert "unpack it first" in refusal(zipped(("a.csv", CSV), ("b.zip", zipped(("c.csv", CSV)))))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice(refusal: Callable[..., str]) -> None:
    assert "“A.csv” twice" in refusal(zipped(("a.csv", CSV), ("A.csv", CSV)))
    assert "“a.csv” twice" in refusal(zipped(("a.csv", CSV), ("a.csv", CSV)))


def test_a_member_under_a_password(refusal: Callable[..., str]) -> None:
    content = bytearray(zipped(("a.csv", CSV)))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    assert "password" in refusal(bytes(content))


def test_bombs(refusal: Callable[..., str]) -> None:
    bomb = zipped(("a.csv", b"x\n" + b"0\n" * 20_000_000))
    assert "zip bomb" in refusal(bomb)
    small = Limits(max_bytes=1024 * 1024, max_unzipped_bytes=1024 * 1024)
    large = zipped(*((f"{i}.csv", bytes(range(97, 122)) * 20_000) for i in range(3)))
    assert "more than 1 MB" in refusal(large, limits=small)
    many = zipped(*((f"{i}.csv", CSV) for i in range(300)))
    assert "more than 200 files" in refusal(many)


def test_a_bomb_that_lies_about_its_size(refusal: Callable[..., str]) -> None:
    size = 40_000_002
    content = bytearray(zipped(("a.csv", b"x\n" + b"0\n" * 20_000_000)))
    true = size.to_bytes(4, "little")
    start = 0
    while (start := content.find(true, start)) >= 0:
        content[start : start + 4] = (100).to_bytes(4, "little")
    assert refusal(bytes(content))


def test_archives_without_a_table(refusal: Callable[..., str]) -> None:
    assert "no table" in refusal(zipped(("a.pdf", b"%PDF")))
    assert refusal(zipped())
    assert "damaged" in refusal(zipped(("a.csv", CSV))[:60])


def test_a_bad_member_is_named_with_its_archive(refusal: Callable[..., str]) -> None:
    sentence = refusal(zipped(("a.csv", CSV), ("b.csv", b"arm,x\nA,1\nB\n")))
    assert "data.zip" in sentence and "“b.csv”, line 3" in sentence


def test_a_table_that_is_not_there(refusal: Callable[..., str]) -> None:
    sentence = refusal(zipped(("a.csv", CSV)), choices=Choices(member="b.csv"))
    assert "no table “b.csv”" in sentence and "“a.csv”" in sentence
