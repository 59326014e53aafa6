"""`hadi payback`: typed numbers in, the second axis out."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SLOW = (
    "--effect", "6800", "--low", "1900", "--high", "11700", "--margin", "0.32", "--cost", "41000",
    "--weeks", "8", "--limit", "26", "--one-off", "25000", "--running", "900",
)  # fmt: skip


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hadi", "payback", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_worked_example() -> None:
    done = run(*SLOW)
    assert done.returncode == 0, done.stderr
    for words in (
        "MAY PAY BACK", "17,408 (42% of its cost)", "18.8 weeks [11.0 weeks; 67.4 weeks]",
        "1,276 a week, 19.6 weeks", "−292 a week, never", "188 a week, 133 weeks",
    ):  # fmt: skip
        assert words in done.stdout
    told = json.loads(run(*SLOW, "--json").stdout)
    assert told["payback"] == "may_pay_back" and told["store"]["low"]["weeks"] is None
    assert round(told["weeks"]["high"], 1) == 67.4


def test_the_currency_stands_beside_every_amount() -> None:
    done = run(*SLOW, "--currency", "huf")
    for words in ("17,408 HUF (42%", "1,276 HUF a week", "−292 HUF a week"):
        assert words in done.stdout, done.stdout
    assert json.loads(run(*SLOW, "--currency", "EUR", "--json").stdout)["currency"] == "EUR"
    assert json.loads(run(*SLOW, "--json").stdout)["currency"] is None
    unknown = run(*SLOW, "--currency", "NAN")
    assert unknown.returncode == 2 and not unknown.stdout
    assert "--currency" in unknown.stderr or "NAN" in unknown.stderr


def test_an_open_lower_end_is_never_proven() -> None:
    done = run("--effect", "100", "--cost", "10", "--limit", "5", "--weeks", "1")
    assert done.stdout.startswith("MAY PAY BACK") and "never" in done.stdout
    sure = run("--effect", "100", "--low", "50", "--cost", "10", "--limit", "5", "--weeks", "1")
    assert sure.stdout.startswith("PAID BACK") and "XXX" not in sure.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--effect", "1", "--low", "2", "--cost", "3", "--limit", "4"), "between --low and"),
        (("--effect", "inf", "--cost", "3", "--limit", "4"), "numbers"),
        (("--effect", "nan", "--cost", "3", "--limit", "4"), "numbers"),
        (
            ("--effect", "1", "--cost", "-3", "--limit", "4"),
            "--cost: Write an amount of zero or more",
        ),
        (("--effect", "1", "--cost", "1e-320", "--limit", "4"), "zero or more"),
        (("--effect", "1", "--cost", "3", "--limit", "0"), "“--limit” has to be above 0"),
        (("--effect", "1", "--cost", "3", "--limit", "3", "--margin", "7"), "--margin: Write"),
        (("--effect", "1", "--cost", "3", "--limit", "3", "--running", "-1"), "--running"),
        (("--effect", "1", "--cost", "3", "--limit", "3", "--one-off", "-1"), "--one-off"),
        (("--effect", "1", "--cost", "3", "--limit", "3", "--weeks", "0"), "--weeks"),
        (("--effect", "1", "--cost", "3"), "--limit"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_it_starts_without_a_server() -> None:
    heavy = ("flask", "sqlalchemy", "pandas", "scipy", "numpy", "statsmodels")
    code = f"import sys, hadi.cli.payback; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
