"""How big a file may be before it is refused, and why each limit is there."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one upload. None of them counts rows: a long narrow file is what we are for."""

    max_bytes: int | None = 200 * MB  # of the file as sent; None on the command line
    max_cell_chars: int = 100_000  # a longer cell is a broken quote or an attack
    max_columns: int = 500
    # A workbook is a zip of XML that its reader holds in memory, so what it unfolds to counts.
    max_unzipped_bytes: int = 1024 * MB
    max_zip_ratio: int = 200  # beyond 16 MB unfolded: real sheets stay under 50
    max_sheet_cells: int = 32_000_000  # rows x columns of a sheet's bounding box
    max_reader_bytes: int = 4096 * MB  # of the process that reads a workbook; address space


LOCAL = Limits(max_bytes=None)  # a person's own file on their own machine
