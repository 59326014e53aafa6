"""An archive that was cut, changed, forged or made to harm is refused in one sentence."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hadi.config import Settings
from hadi.db import db
from hadi.domain.errors import HadiError
from hadi.models import User
from hadi.services import archive_reading
from tests.factories.archives import MANIFEST, NOW, another, data, export, fill, restore
from tests.factories.hypotheses import World

Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Settings, Path]:
    """An archive with a row in every table, made once."""
    folder = tmp_path_factory.mktemp("sound")
    settings = Settings(data_dir=folder, secret_key="k" * 40, testing=True)
    shutil.copy(sqlite_template, folder / "hadi.sqlite3")
    with another(settings, folder / "first", f"sqlite:///{folder / 'hadi.sqlite3'}") as app:
        fill(World(app))
        export(app, folder / "sound.zip")
    return settings, folder / "sound.zip"


def parts_of(path: Path) -> Parts:
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(parts: Parts, path: Path, *, is_told: bool = True, method: int | None = None) -> Path:
    """The parts as a zip; `is_told`: the manifest says of each what it is now."""
    manifest = (
        json.loads(parts[MANIFEST]) if parts.get(MANIFEST, b"").strip().endswith(b"}") else None
    )
    if manifest is not None and is_told:
        manifest["members"] = [
            {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in parts.items()
            if name != MANIFEST
        ]
        for name in manifest["tables"]:
            manifest["tables"][name] = parts.get(f"tables/{name}.jsonl", b"").count(b"\n")
        parts = parts | {MANIFEST: json.dumps(manifest).encode()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            stored = zipfile.ZIP_STORED if name.startswith("data/") else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, stored if method is None else method)
    return path


def edited(table: str, edit: Callable[[list[dict[str, Any]]], object]) -> Callable[[Parts], Parts]:
    """The rows of a table changed, and the manifest with them: as a forger would."""

    def change(parts: Parts) -> Parts:
        name = f"tables/{table}.jsonl"
        rows = [json.loads(line) for line in parts[name].splitlines()]
        edit(rows)
        return parts | {name: b"".join(json.dumps(row).encode() + b"\n" for row in rows)}

    return change


def put(table: str, **values: Any) -> Callable[[Parts], Parts]:
    return edited(table, lambda rows: rows[0].update(values))


def manifest(**values: Any) -> Callable[[Parts], Parts]:
    return lambda parts: (
        parts | {MANIFEST: json.dumps({**json.loads(parts[MANIFEST]), **values}).encode()}
    )


def line(table: str, content: bytes) -> Callable[[Parts], Parts]:
    return lambda parts: parts | {f"tables/{table}.jsonl": content}


FORGED: dict[str, tuple[Callable[[Parts], Parts], str]] = {
    "newer format": (manifest(format=2), "newer HADI"),
    "newer tables": (manifest(revision="9999", hadi="7.0"), r"newer HADI \(7\.0\)"),
    "format of words": (manifest(format="one"), r"manifest\.json cannot be read"),
    "other kind": (manifest(kind="poem"), r"manifest\.json cannot be read"),
    "kind of lists": (manifest(kind=[]), r"manifest\.json cannot be read"),
    "no manifest": (lambda parts: {k: v for k, v in parts.items() if k != MANIFEST}, "no manifest"),
    "manifest of noise": (lambda parts: parts | {MANIFEST: b"{"}, r"manifest\.json cannot be read"),
    "manifest of brackets": (lambda parts: parts | {MANIFEST: b"[" * 9999}, "cannot be read"),
    "zip slip": (lambda parts: parts | {"../../etc/passwd": b"x"}, "holds “../../etc/passwd”"),
    "absolute name": (lambda parts: parts | {"/tmp/x": b"x"}, "holds “/tmp/x”"),
    "other table": (lambda parts: parts | {"tables/api_token.jsonl": b""}, "holds “tables/api_tok"),
    "other data": (lambda parts: parts | {f"data/{'0' * 64}.parquet": b""}, "is not what|holds"),
    "a table is missing": (
        lambda parts: {k: v for k, v in parts.items() if k != "tables/wave.jsonl"},
        "“tables/wave.jsonl” is missing",
    ),
    "data are missing": (
        lambda parts: {k: v for k, v in parts.items() if not k.endswith(".parquet")},
        r"The rows of “till\.csv” are missing",
    ),
    "data of another name": (
        lambda parts: {k: v + b"x" if k.endswith(".parquet") else v for k, v in parts.items()},
        "is not what the archive's manifest says",
    ),
    "no JSON": (line("wave", b"{]\n"), "Line 1 of “tables/wave.jsonl” cannot be read"),
    "a list": (line("wave", b"[]\n"), "Line 1 of “tables/wave.jsonl” cannot be read"),
    "noise": (line("wave", b"\xff\xfe\n"), "cannot be read"),
    "deep": (line("wave", b"[" * 100_000 + b"\n"), "cannot be read"),
    "unknown column": (put("wave", is_nice=True), "has the column “is_nice”"),
    "password": (put("user", password="x"), "has the column “password”"),
    "missing column": (edited("wave", lambda rows: rows[0].pop("number")), "has no “number”"),
    "null": (put("hypothesis", number=None), "has no “number”"),
    "word for number": (put("hypothesis", number="1"), "“number” that cannot be used"),
    "true for number": (put("hypothesis", number=True), "“number” that cannot be used"),
    "vast number": (put("hypothesis", number=2**40), "“number” that cannot be used"),
    "number for word": (put("hypothesis", title=1), "“title” that cannot be used"),
    "long word": (put("hypothesis", title="x" * 121), "“title” that cannot be used"),
    "NUL": (put("hypothesis", title="\0"), "“title” that cannot be used"),
    "half a character": (put("hypothesis", title="\ud800"), "“title” that cannot be used"),
    "NUL in a document": (put("connection", settings={"a": "\0"}), "“settings” that cannot"),
    "unknown state": (put("hypothesis", state="loved"), "“state” that cannot be used"),
    "no moment": (put("hypothesis", created_at="noon"), "“created_at” that cannot be used"),
    "moment without zone": (put("hypothesis", created_at="2026-01-01T00:00:00"), "“created_at”"),
    "moment ahead": (put("hypothesis", created_at="2031-01-01T00:00:00+00:00"), "lies ahead of"),
    "no day": (put("wave", starts_on="2026-02-30"), "“starts_on” that cannot be used"),
    "unknown role": (put("user", roles=["owner"]), "“roles” that cannot be used"),
    "no plan": (put("plan_version", body={"metrics": "all"}), "“body” that cannot be used"),
    "plan of words": (put("plan_version", body="a plan"), "“body” that cannot be used"),
    "path for digest": (put("dataset", digest="../../x"), "“digest” that cannot be used"),
    "report of lists": (put("dataset", report=[1]), "“report” that cannot be used"),
    "report without words": (
        put("dataset", report={"columns": [], "notes": [{"code": "poem", "params": {}}]}),
        "“report” that cannot be used",
    ),
    "unknown tag": (put("dataset", tags={"arm": "secret"}), "“tags” that cannot be used"),
    "mapping of words": (put("dataset", mapping="arm"), "“mapping” that cannot be used"),
    "no quality": (put("dataset", quality={"x": 1}), "“quality” that cannot be used"),
    "same id": (edited("hypothesis", lambda rows: rows[1].update(id=rows[0]["id"])), "the “id”"),
    "same key": (edited("hypothesis", lambda r: r[1].update(number=r[0]["number"])), "“number”"),
    "same address": (edited("user", lambda r: r[1].update(email=r[0]["email"])), "the “email”"),
    "nobody": (put("hypothesis", author_id="nobody"), "“author_id” in line 1 of .* leads to a row"),
    "no later row": (put("test", plan_id="nothing"), "“plan_id” in line 1 of .* leads to a row"),
    "no data set": (put("analysis", dataset_id="x"), "“dataset_id” in line 1 of .* leads to a row"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_archive_is_refused(
    name: str, sound: tuple[Settings, Path], tmp_path: Path
) -> None:
    change, sentence = FORGED[name]
    path = packed(change(parts_of(sound[1])), tmp_path / "forged.zip")
    with pytest.raises(HadiError, match=sentence) as refused:
        archive_reading.check(path, now=NOW)
    assert "\n" not in str(refused.value)


def test_a_sound_one_is_not(sound: tuple[Settings, Path], tmp_path: Path) -> None:
    checked = archive_reading.check(sound[1], now=NOW)
    assert checked.tables["hypothesis"] == 3 and len(checked.data) == 2
    again = packed(parts_of(sound[1]), tmp_path / "packed-anew.zip")
    assert archive_reading.check(again, now=NOW).tables == checked.tables


@pytest.mark.parametrize("table", ["hypothesis", "event", "analysis", "workspace"])
def test_a_changed_part_is_noticed(
    table: str, sound: tuple[Settings, Path], tmp_path: Path
) -> None:
    """By who does not know that the manifest has to be changed as well."""
    parts = put(table)(parts_of(sound[1]))
    name = f"tables/{table}.jsonl"
    for content in (parts[name].replace(b"a", b"b", 1), parts[name][:-1], parts[name] * 2):
        path = packed(parts | {name: content}, tmp_path / "changed.zip", is_told=False)
        with pytest.raises(HadiError, match=r"is not what|cannot be|the column|has no "):
            archive_reading.check(path, now=NOW)


def test_what_is_no_zip_or_half_of_one(sound: tuple[Settings, Path], tmp_path: Path) -> None:
    content = sound[1].read_bytes()
    path = tmp_path / "half.zip"
    for wrong in (b"", b"PK\x03\x04", b"name,value\n", content[:-30], content[: len(content) // 2]):
        path.write_bytes(wrong)
        with pytest.raises(HadiError, match="no zip file, or not a whole one"):
            archive_reading.check(path, now=NOW)
    at = content.index(b"PAR1") + 40  # a bit of the data turned over
    path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    with pytest.raises(HadiError, match="is not what the archive's manifest says"):
        archive_reading.check(path, now=NOW)


def test_links_twins_and_bombs(
    sound: tuple[Settings, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "odd.zip"
    parts = parts_of(sound[1])
    packed(parts, path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("tables/wave.jsonl", b"")
    with pytest.raises(HadiError, match=r"“tables/wave\.jsonl” twice"):
        archive_reading.check(path, now=NOW)
    packed(parts, path)
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo(f"data/{'1' * 64}.parquet")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(HadiError, match="which no archive of HADI does"):
        archive_reading.check(path, now=NOW)
    monkeypatch.setattr(archive_reading, "BOMB_BYTES", 1 << 20)
    packed(parts | {"tables/wave.jsonl": b" " * (4 << 20)}, path)
    with pytest.raises(HadiError, match=r"“tables/wave\.jsonl” unfolds to far more"):
        archive_reading.check(path, now=NOW)
    packed(parts | {f"data/{'2' * 64}.parquet": b"0" * 9999}, path, method=zipfile.ZIP_DEFLATED)
    with pytest.raises(HadiError, match="unfolds to far more"):
        archive_reading.check(path, now=NOW)
    monkeypatch.setattr(archive_reading, "LINE_BYTES", 1000)
    with pytest.raises(HadiError, match=r"Line \d+ of .* is longer than any row"):
        archive_reading.check(sound[1], now=NOW)


def test_what_is_refused_leaves_nothing_stored(
    sound: tuple[Settings, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, path = sound
    with another(settings, tmp_path / "empty") as app:
        for name in ("data of another name", "no data set", "same id"):
            forged = packed(FORGED[name][0](parts_of(path)), tmp_path / "forged.zip")
            with pytest.raises(HadiError):
                restore(app, forged)
        monkeypatch.setattr(shutil, "disk_usage", lambda folder: type("Usage", (), {"free": 9}))
        with pytest.raises(HadiError, match="The disk has not the 65 MB"):
            restore(app, path)
        assert db.session.scalars(db.select(User)).all() == []
        assert list(data(app).glob("*")) == []


def test_the_bytes_of_a_reader_are_bounded_by_what_the_zip_says(
    sound: tuple[Settings, Path], tmp_path: Path
) -> None:
    """A header that lies about a size is not followed."""
    path = packed(parts_of(sound[1]), tmp_path / "lies.zip")
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        entry = archive.getinfo("tables/event.jsonl")
    written = entry.file_size.to_bytes(4, "little")
    content = content.replace(written, (entry.file_size + 1).to_bytes(4, "little"))
    path.write_bytes(bytes(content))
    with pytest.raises(HadiError, match="is not what the archive's manifest says"):
        archive_reading.check(path, now=NOW)
