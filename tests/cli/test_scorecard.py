"""`hadi scorecard`: the visits of a file, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hadi.cli.main import main

HEAD = "visit_id;visit_date;store_id;shopper_id;second_coder;criterion_id;score;comment"


def file_of(folder: Path, *, more: str = "") -> str:
    """Six visits before and six since, of twelve criteria; twenty coded twice."""
    rows = [HEAD]
    for place, score in enumerate([6, 7, 6, 8, 7, 5, 10, 11, 9, 10, 11, 10]):
        day = f"{place + 1 + (9 if place > 5 else 0):02d}.03.2026"
        rows += [f"v{place};{day};s07;a;;{n};{int(n <= score)};" for n in range(1, 13)]
    for number, table in ((3, (11, 1, 1, 7)), (7, (6, 5, 5, 4))):
        pairs = [(1, 1), (1, 0), (0, 1), (0, 0)]
        place = 0
        for (first, second), count in zip(pairs, table, strict=True):
            for _ in range(count):
                place += 1
                seen = f"c{number}-{place};25.03.2026;s12;a"
                rows += [f"{seen};;{number};{first};", f"{seen};b;{number};{second};"]
    path = folder / "visits.csv"
    path.write_text("\n".join(rows) + "\n" + more, encoding="cp1251")
    return str(path)


def run(*args: str) -> tuple[int, str, str]:
    runner = CliRunner()
    with pytest.raises(SystemExit) as left, runner.isolation() as (out, err, _):
        main(["scorecard", *args])
    code = left.value.code
    return int(code or 0), out.getvalue().decode(), err.getvalue().decode()


def answer(*args: str) -> dict[str, Any]:
    code, out, err = run(*args, "--json")
    assert code == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def test_a_score_that_moved_and_a_criterion_that_nobody_reads_alike(tmp_path: Path) -> None:
    told = answer(file_of(tmp_path), "--since", "2026-03-10", "--store", "s07",
                  "--steps", "3,4,8")  # fmt: skip
    assert told["excluded"] == [7]
    kappas = {each["criterion"]: each["kappa"] for each in told["agreement"]}
    assert round(kappas[3], 2) == 0.79 and round(kappas[7], 2) == -0.01
    assert round(told["change"]["p_value"], 4) == 0.0022
    assert told["before"]["applied"] == 66  # on eleven
    assert told["fidelity"]["executed"] is True


def test_it_reads_for_a_person(tmp_path: Path) -> None:
    code, out, _ = run(file_of(tmp_path), "--since", "2026-03-10", "--store", "S07")
    assert code == 0
    assert "The score moved" in out
    assert "kappa -0.01" in out and "left out" in out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--since", "soon"), "is no day"),
        (("--steps", "99"), "no criterion 99"),
        (("--store", "s99"), "no visit of"),
        (("--score", "nothing"), "has no column"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(
    tmp_path: Path, args: tuple[str, ...], said: str
) -> None:
    code, out, err = run(file_of(tmp_path), *args)
    assert (code, out) == (2, "")
    assert said in err and err.count("\n") == 1


def test_a_mark_that_is_none_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    code, _, err = run(file_of(tmp_path, more="v99;28.03.2026;s07;a;;1;7;\n"))
    assert code == 2 and "is no mark" in err
    code, _, err = run(str(tmp_path / "nothing.csv"))
    assert code == 2 and "There is no file" in err
