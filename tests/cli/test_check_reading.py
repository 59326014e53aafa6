"""How `hadi check` is told to read a file, and what it asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hadi.cli.main import main

Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Check:
    """Check a text of two arms: (exit code, standard output, standard error)."""

    def run(content: bytes, *options: str) -> tuple[int, str, str]:
        path = tmp_path / "data.csv"
        path.write_bytes(content)
        arguments = ["check", str(path), "--variant", "arm", "--control", "A"]
        with pytest.raises(SystemExit) as end:
            main([*arguments, "--metric", "x=mean(x)", *options])
        shown = capsys.readouterr()
        code = end.value.code
        return (code if isinstance(code, int) else 0), shown.out, shown.err

    return run


def rows(*cells: str, head: str = "arm\tx\n", delimiter: str = "\t") -> bytes:
    lines = [f"{arm}{delimiter}{cell}\n" for arm in "AB" for cell in cells]
    return (head + "".join(lines)).encode()


def test_a_number_in_doubt_is_asked_and_answered(check: Check) -> None:
    content = rows("1,234", "5,678", "2,345")
    code, _, said = check(content)
    assert code == 2
    assert "“x” (1,234, 5,678, 2,345)" in said
    assert "--decimal . | ," in said
    code, shown, _ = check(content, "--decimal", ",")
    assert code == 0 and "3.0" in shown
    assert check(content, "--decimal", ".")[0] == 0


def test_a_day_in_doubt_is_asked_only_where_it_is_needed(check: Check) -> None:
    content = b"arm;x;day\n" + b"A;1;03/04/2026\nB;2;05/06/2026\n" * 4
    assert check(content)[0] == 0
    code, _, said = check(content, "--day", "day")
    assert code == 2
    assert "--dates dmy | mdy" in said
    assert check(content, "--day", "day", "--dates", "mdy")[0] == 0


def test_a_unit_in_doubt_is_asked_and_answered(check: Check) -> None:
    content = rows("10 тыс.", "500", "700")
    code, _, said = check(content)
    assert code == 2 and "--factor “x=1”" in said
    assert check(content, "--factor", "x=1")[0] == 0
    assert "COLUMN=NUMBER" in check(content, "--factor", "x")[2]
    assert "--factor" in check(content, "--factor", "x=-1")[2]


def test_bad_rows_and_other_encodings_have_a_way_out(check: Check) -> None:
    broken = b"arm;x\n" + b"A;1\nB;2\n" * 4 + b"A\n" + b"A;3\nB;4\n" * 4
    code, _, said = check(broken)
    assert code == 2
    assert "line 10" in said and "--bad-rows leave_out" in said
    code, shown, _ = check(broken, "--bad-rows", "leave_out")
    assert code == 0 and "1 row could not be read and was left out (line 10)" in shown
    mixed = b"arm;x;note\n" + "A;1;Оля\nB;2;Оля\n".encode() * 3
    mixed += "A;1;Ваня\nB;3;Ваня\n".encode("cp1251")
    assert "--encoding utf-8+cp1251" in check(mixed)[2]
    assert check(mixed, "--encoding", "utf-8+cp1251")[0] == 0


def test_what_was_assumed_is_told(check: Check) -> None:
    shown = check(rows("1,5 %", "2,5 %", "3 %"))[1]
    assert "“x”: Per cent became fractions" in shown


def test_an_option_that_is_none_is_refused(check: Check) -> None:
    content = rows("1", "2")
    assert "--encoding" in check(content, "--encoding", "utf-9")[2]
    assert "--delimiter" in check(content, "--delimiter", "ab")[2]
    assert check(content, "--delimiter", "tab")[0] == 0
