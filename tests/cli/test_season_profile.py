"""`hadi season --profile`: a season that was kept as a file serves a series without years."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_season import PROFILE, SPANS, Call, call, found, months, written

__all__ = ["call"]


def short(tmp_path: Path) -> Path:
    """Seven months of 2025: no whole year, and a true gain of 8 % from May on."""
    values = [value * (1.08 if n >= 4 else 1.0) for n, value in enumerate(PROFILE[:7])]
    return written(tmp_path / "short.csv", months(values, 2025))


def test_what_the_command_printed_serves_another_series(call: Call, tmp_path: Path) -> None:
    long = written(tmp_path / "long.csv", months(PROFILE * 3))
    code, out, _ = call(long, "--time", "month", "--value", "revenue", "--json")
    assert code == 0
    kept = tmp_path / "Shoe stores.json"
    kept.write_text(out, encoding="utf-8")
    answer = found(call, short(tmp_path), *SPANS, "--profile", kept)
    assert answer["adjusted"] == pytest.approx(0.08)
    assert answer["profile"]["name"] == "Shoe stores"
    assert answer["coefficients"]["2"] == pytest.approx(0.72)
    # What was itself read by a kept season hands that one on.
    kept.write_text(json.dumps(answer), encoding="utf-8")
    again = found(call, short(tmp_path), *SPANS, "--profile", kept)
    assert again["profile"] == answer["profile"]


@pytest.mark.parametrize("sign", [".", ","])
def test_the_table_of_the_page_is_taken(call: Call, tmp_path: Path, sign: str) -> None:
    rows = [f"{n + 1};{value / 1000}".replace(".", sign) for n, value in enumerate(PROFILE)]
    table = tmp_path / "season.csv"
    table.write_text("\ufeffМесяц;Коэффициент;Разделено на\r\n" + "\r\n".join(
        f"{row};years" for row in rows
    ), encoding="utf-8")  # fmt: skip
    answer = found(call, short(tmp_path), *SPANS, "--profile", table)
    assert answer["adjusted"] == pytest.approx(0.08)
    assert answer["profile"]["method"] == "years"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "There is no file"),
        ("month;coefficient\n1;1.0\n2;1.0\n", "holds no season"),
        ("1;a\n", "holds no season"),
        ("{not json", "twelve coefficients"),
        ('{"coefficients": {"1": 12.0}}', "twelve coefficients"),
        ('{"coefficients": [1,1,1,1,1,1,1,1,1,1,1,2]}', "add up to 12"),
        ('{"coefficients": 7, "profile": null}', "twelve coefficients"),
    ],
)
def test_what_is_no_season_is_said(
    call: Call, tmp_path: Path, content: str | None, said: str
) -> None:
    kept = tmp_path / "kept.txt"
    if content is not None:
        kept.write_text(content, encoding="utf-8")
    code, out, err = call(
        short(tmp_path), "--time", "month", "--value", "revenue", *SPANS, "--profile", kept
    )
    assert (code, out) == (2, "")
    assert said in err and err.count("\n") == 1


def test_a_profile_brings_its_own_method(call: Call, tmp_path: Path) -> None:
    code, _, err = call(
        short(tmp_path), "--time", "month", "--value", "revenue", *SPANS,
        "--profile", tmp_path / "any.json", "--method", "years",
    )  # fmt: skip
    assert code == 2
    assert "leave --method out" in err
