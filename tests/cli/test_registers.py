"""Stores and the calendar from the terminal: listed, brought from files, written to files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_administration import ADMIN, data_dir, run

__all__ = ["data_dir"]

LIST = (
    "Код;Название;Регион;Руководитель;Ответственный;Модель продаж;Технология\n"
    "S-1;Рига;Север;Ilze;anna@shop.example;пассивная;консультации\n"
    "S-2;Уфа;Урал;;anna@shop.example;;\n"
)
DAYS = (
    "Name;Kind;From;To;Where\nNew Year;holiday;01.01.2026;02.01.2026;\nSale;акция;05.03.2026;;S-1\n"
)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_stores_are_brought_listed_and_written(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("init", *ADMIN)
    file = tmp_path / "stores.csv"
    file.write_bytes(LIST.encode("cp1251"))
    brought = ("units", "import", str(file), "--email", "anna@shop.example")
    said(capsys)
    assert run(*brought, "--check") == 0
    assert said(capsys) == "2 would be new, 0 would be changed, 0 as they were.\n"
    assert run("units", "list") == 0
    assert said(capsys) == "", "looked at, not stored"
    assert run(*brought) == 0
    assert said(capsys) == "2 new, 0 changed, 0 as they were.\n"
    assert run("units", "list", "--json") == 0
    listed = json.loads(said(capsys))
    assert [(u["code"], u["region"], u["sales_model"], u["closed"]) for u in listed] == [
        ("S-1", "Север", "passive", False), ("S-2", "Урал", None, False),
    ]  # fmt: skip
    assert run("units", "list", "--query", "уфа") == 0
    assert said(capsys) == (
        "S-2  Уфа  store  Урал  anna@shop.example  how it sells is not chosen\n"
    )
    written = tmp_path / "out.xlsx"
    assert run("units", "export", str(written)) == 0
    assert said(capsys) == f"{written}: 2 rows.\n"
    assert run("units", "import", str(written), "--email", "anna@shop.example") == 0
    assert said(capsys) == "0 new, 0 changed, 2 as they were.\n"
    assert run("units", "export", str(tmp_path / "log.csv"), "--log") == 0


def test_a_faulty_list_names_its_lines_and_stores_nothing(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("init", *ADMIN)
    file = tmp_path / "stores.csv"
    file.write_text(LIST + "S-1;twice;;;nobody@shop.example;странная;\n", encoding="utf-8")
    capsys.readouterr()
    assert run("units", "import", str(file), "--email", "anna@shop.example") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "Line 4: " in told.err and "“S-1” stands on line 2 already." in told.err
    assert "1 line is not right yet: nothing was imported." in told.err
    assert run("units", "list") == 0 and said(capsys) == ""


def test_days_are_brought_listed_and_written(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("init", *ADMIN)
    file = tmp_path / "days.csv"
    file.write_text(DAYS, encoding="utf-8")
    brought = ("calendar", "import", str(file), "--email", "anna@shop.example")
    said(capsys)
    assert run(*brought, "--check") == 0
    assert said(capsys) == "2 would be added, 0 would be changed, 0 there already.\n"
    assert run(*brought) == 0
    assert said(capsys) == "2 added, 0 changed, 0 there already.\n"
    assert run("calendar", "list") == 0
    assert said(capsys) == (
        "2026-01-01 to 2026-01-02  holiday  New Year  all\n2026-03-05  promotion  Sale  S-1\n"
    )
    assert run("calendar", "list", "--from", "2026-02-01", "--json") == 0
    assert [one["name"] for one in json.loads(said(capsys))] == ["Sale"]
    for name in ("days.ics", "days.parquet"):
        assert run("calendar", "export", str(tmp_path / name)) == 0
        assert said(capsys) == f"{tmp_path / name}: 2 rows.\n"
    again = ("calendar", "import", str(tmp_path / "days.ics"), "--email", "anna@shop.example")
    assert run(*again) == 0
    assert said(capsys) == "0 added, 0 changed, 2 there already.\n"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("units", "export", "out.doc"), "has to end in one of .csv, .xlsx, .parquet."),
        (("calendar", "export", "out.doc"), "has to end in one of .ics, .csv"),
        (("units", "export", "here.csv"), "is there already: --force writes over it."),
        (("units", "export", "no/where.csv"), "cannot be written"),
        (("units", "import", "here.csv", "--email", "x@shop.example"), "There is no account"),
        (("units", "import", "here.csv", "--email", "b@shop.example"), "An analyst or a leader"),
        (("calendar", "import", "here.csv", "--email", "b@shop.example"), "Viewers read"),
        (("calendar", "import", "here.csv", "--email", "anna@shop.example"), "Nothing was added"),
        (("units", "import", "absent.csv", "--email", "anna@shop.example"), "does not exist"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...], sentence: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    run("init", *ADMIN)
    run("user", "add", "--email", "b@shop.example", "--name", "Béla", "--role", "viewer")
    (tmp_path / "here.csv").write_text("Name;From\n;someday\n", encoding="utf-8")
    capsys.readouterr()
    assert run(*command) == 2
    told = capsys.readouterr()
    assert told.out == "" and sentence in told.err
    assert len(told.err.strip().splitlines()) == 1
