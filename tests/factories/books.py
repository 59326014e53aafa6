"""Workbooks as people make them: titles, merged cells, formulas, errors; and OpenDocument ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904


def book(
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    *,
    merged: Mapping[str, Sequence[str]] | None = None,
    hidden: Sequence[str] = (),
    is_1904: bool = False,
) -> bytes:
    """An .xlsx; cells such as "#N/A" are errors and "=1+1" formulas that were never computed."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    if is_1904:
        made.epoch = CALENDAR_MAC_1904
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for span in (merged or {}).get(name, ()):
            sheet.merge_cells(span)
        if name in hidden:
            sheet.sheet_state = "hidden"
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    "<office:body><office:spreadsheet>"
)
_TAIL = "</office:spreadsheet></office:body></office:document-content>"


def open_document(sheets: Mapping[str, str]) -> bytes:
    """An .ods of sheets, each the XML of its rows."""
    tables = "".join(
        f'<table:table table:name="{name}">{rows}</table:table>' for name, rows in sheets.items()
    )
    return open_document_of(f"{_HEAD}{tables}{_TAIL}".encode())


def open_document_of(content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr(zipfile.ZipInfo("mimetype"), kind)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
            f'><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            "</manifest:manifest>",
        )
        archive.writestr("content.xml", content)
    return stream.getvalue()


def ods_row(cells: Sequence[Any], **attributes: str) -> str:
    """A row of OpenDocument; None is a blank cell, a tuple is (cell, attributes)."""
    written = "".join(_ods_cell(cell) for cell in cells)
    return f"<table:table-row{_attributes(attributes)}>{written}</table:table-row>"


def _ods_cell(cell: Any) -> str:
    more = ""
    if isinstance(cell, tuple):
        cell, attributes = cell
        more = _attributes(attributes)
    if cell is None:
        return f"<table:table-cell{more}/>"
    if isinstance(cell, int | float):
        kind = f'office:value-type="float" office:value="{cell}"'
    else:
        kind = 'office:value-type="string"'
    said = f"<text:p>{escape(str(cell))}</text:p>"
    return f"<table:table-cell {kind}{more}>{said}</table:table-cell>"


def _attributes(given: Mapping[str, str]) -> str:
    return "".join(f' table:number-{k.replace("_", "-")}="{v}"' for k, v in given.items())
