"""`hadi levers` as it is called: what it prints, and its one sentence for bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from hadi.cli.main import main

Call = Callable[..., tuple[int, str, str]]
LIST = """\
month;leads;Offer sent;clients;purchases;revenue;weather
2025-10;380;190;95;110;220000;fog
2025-11;400;200;100;120;240000,00;snow
2025-12;500;250;150;165;346500,00;rain
"""
TWO_STORES = """\
store;month;leads;clients;purchases;revenue
A;2025-10;4;1;1;5
B;2025-11;4;1;1;5
"""


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["levers", *(str(arg) for arg in args)])
        shown = capsys.readouterr()
        code = end.value.code
        return (code if isinstance(code, int) else 0), shown.out, shown.err

    return run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "periods.csv"
    found.write_text(LIST, encoding="utf-8")
    return found


def test_the_change_of_the_last_two_periods_is_taken_apart(call: Call, path: Path) -> None:
    code, out, err = call(path, "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told["total"] == "106500.00"
    assert sum(map(Decimal, told["levers"].values())) == Decimal("106500")
    assert [part["stage"] for part in told["parts"]] == [None, "Offer sent", None, None, None]
    assert told["before"]["conversion"] == 0.25
    assert told["unread"] == ["weather"]


def test_other_periods_are_named(call: Call, path: Path) -> None:
    code, out, _ = call(path, "--before", "2025-10", "--after", "2025-11", "--json")
    assert code == 0 and json.loads(out)["total"] == "20000.00"
    code, out, err = call(path, "--before", "2024-10")
    assert (code, out) == (2, "") and "2024-10" in err
    code, out, err = call(path, "--after", "2025-02-30")
    assert (code, out) == (2, "") and "“2025-02-30” is no day of the calendar." in err


def test_the_report_reads(call: Call, path: Path) -> None:
    code, out, _ = call(path, "--currency", "RUB")
    assert code == 0
    for words in (
        "Revenue went from",
        "1  Inflow of leads",
        "to Offer sent",
        "3b Purchase",
        "weather",
    ):
        assert words in out, out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("month;leads\n2025-10;1", "Clients who bought"),
        (LIST.replace(";110;", ";many;"), "Line 2"),
        (LIST.replace("2025-12;", "2025-12x;"), "Line 4"),
        ("\n".join(LIST.splitlines()[:2]), "two periods"),
        (TWO_STORES, "--unit"),
        (LIST.replace(";95;110;", ";0;0;").replace(";400;", ";0;"), "Line 2"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(call: Call, path: Path, text: str, words: str) -> None:
    path.write_text(text, encoding="utf-8")
    code, out, err = call(path)
    assert (code, out) == (2, "")
    assert words in err and err.count("\n") == 1


def test_a_file_that_is_not_there_is_named(call: Call, tmp_path: Path) -> None:
    code, out, err = call(tmp_path / "nothing.csv")
    assert (code, out) == (2, "") and "nothing.csv" in err


def test_it_starts_without_the_framework_and_the_database(path: Path) -> None:
    code = (
        "import sys; from hadi.cli.main import main\n"
        f"sys.argv[1:] = ['levers', {str(path)!r}, '--json']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "assert not {'flask', 'sqlalchemy', 'pandas', 'statsmodels'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
