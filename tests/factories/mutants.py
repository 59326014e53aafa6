"""Valid files of every format, and damage done to them by a seed: for fuzzing the readers."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import tempfile
import zipfile
from functools import lru_cache
from pathlib import Path

from tests.factories.books import book, ods_row, open_document
from tests.factories.tables import table

# What formats say where something else was expected.
_WORDS = (
    b"-1", b"0", b"99999999999999999999", b"1048576", b"16384", b"2147483648", b"4294967295",
    b"1e308", b"NaN", b"-inf", b"A0", b"XFD1048576", b"B2:A1", b"A1:A1:A1", b"", b"\xff", b"s",
    b"str", b"e", b"b", b"d", b"2026-13-45", b"PT99999999999H",
)  # fmt: skip
_NUMBERS = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\0\0\0\x80")
ZIPPED = ("data.xlsx", "data.ods", "data.zip")


@lru_cache(maxsize=1)
def valid_files() -> dict[str, bytes]:
    """A file of every format, by a name with its extension."""
    csv = (
        '\ufeffarm;x;day;note\r\nA;1 234,5;02.01.2026;"a;""b"""\r\n'
        "B;12,5 %;31.12.2026;Москва\r\nИтого;2;;\r\n"
    ).encode()
    lines = '{"arm": "A", "x": 1.5, "l": [1]}\n{"arm": "B", "x": null, "y": "é\\u0000"}\n'.encode()
    sheet = book(
        {
            "s": [
                ["store", 2025, None],
                [None, "a", "b"],
                ["A", 1, dt.date(2026, 1, 2)],
                ["B", "#N/A", 46025],
                ["Total", "=1+1", dt.timedelta(hours=30)],
            ],
            "t": [["x"], [True]],
        },
        merged={"s": ["A1:A2", "B1:C1"]},
    )
    document = open_document(
        {
            "L": ods_row(["a", ("b", {"columns_spanned": "2"})])
            + ods_row([1, 2.5], rows_repeated="3")
        }
    )
    with tempfile.TemporaryDirectory() as name:
        parquet = table(
            Path(name) / "t.parquet",
            {"arm": "VARCHAR", "x": "DOUBLE", "l": "INTEGER[]", "d": "DATE"},
            [["A", 1.5, [1], dt.date(2026, 1, 2)], ["B", None, None, None]],
        ).read_bytes()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/one.csv", csv)
        archive.writestr("two.jsonl", lines)
    return {
        "data.csv": csv,
        "data.tsv": b"arm\tx\nA\t1\nB\t2\n",
        "data.jsonl": lines,
        "data.json": b'[{"a": 1, "b": "x"}, {"a": 2}]',
        "data.xlsx": sheet,
        "data.ods": document,
        "data.parquet": parquet,
        "data.zip": stream.getvalue(),
    }


def mutant(name: str, seed: int) -> bytes:
    """The valid file with damage; a zip mostly within one of its members."""
    chance = random.Random(seed)
    content = valid_files()[name]
    if name not in ZIPPED or chance.random() < 0.2:
        return _damaged(content, chance)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {entry: archive.read(entry) for entry in archive.namelist()}
    sheets = [n for n in members if n.startswith("xl/worksheets/") or n == "content.xml"]
    hit = chance.choice(sheets or list(members)) if chance.random() < 0.8 else None
    hit = hit or chance.choice(list(members))
    is_xml = members[hit].lstrip().startswith(b"<")
    members[hit] = (_reworded if is_xml else _damaged)(members[hit], chance)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in members.items():
            archive.writestr(entry, data)
    return stream.getvalue()


def _damaged(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(5):
            case 0:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[place : place + chance.randint(1, 20)]
            case 2:
                data[place:place] = chance.randbytes(chance.randint(1, 8))
            case 3:
                start = chance.randrange(len(data) + 1)
                data[place:place] = data[start : start + chance.randint(1, 60)]
            case _:
                data[place : place + 4] = chance.choice(_NUMBERS)
    return bytes(data)


def _reworded(content: bytes, chance: random.Random) -> bytes:
    """XML with values, texts or names of elements exchanged."""
    for _ in range(chance.randint(1, 4)):
        places = list(re.finditer(rb'"[^"]*"|>[^<]+<|</?[\w:]+', content))
        if not places:
            break
        place = chance.choice(places)
        old = place.group()
        if old.startswith(b"<"):
            new = chance.choice(places).group()
        else:
            new = old[:1] + chance.choice(_WORDS) + old[-1:]
        content = content[: place.start()] + new + content[place.end() :]
    return content
