"""Small files made on the spot, and how they are read."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hadi.domain.errors import Unreadable
from hadi.ingest.files import StoredTable, open_table
from hadi.ingest.tables import TableSource
from tests.factories.tables import table

Read = Callable[..., StoredTable]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where tables are stored."""
    return tmp_path / "stored"


@pytest.fixture
def read(folder: Path) -> Read:
    """Read bytes (or text) as the file of that name."""

    def reader(content: bytes | str, filename: str = "data.csv", **options: Any) -> StoredTable:
        raw = content.encode() if isinstance(content, str) else content
        return open_table(io.BytesIO(raw), filename, folder=folder, **options)

    return reader


@pytest.fixture
def refused(read: Read, folder: Path) -> Callable[..., str]:
    """The sentence with which a file is refused; nothing may be left behind."""

    def reader(content: bytes | str, filename: str = "data.csv", **options: Any) -> str:
        with pytest.raises(Unreadable) as refusal:
            read(content, filename, **options)
        assert list(folder.iterdir()) == []
        return str(refusal.value)

    return reader


@pytest.fixture
def rows_of() -> Callable[[StoredTable], list[tuple[Any, ...]]]:
    """All rows of a small stored table."""

    def rows(stored: StoredTable) -> list[tuple[Any, ...]]:
        import duckdb

        with duckdb.connect() as connection:
            return connection.read_parquet(str(stored.path)).fetchall()

    return rows


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., TableSource]:
    """A Source over rows typed in a test."""

    def make(columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> TableSource:
        return TableSource(table(tmp_path / "table.parquet", columns, rows))

    return make
