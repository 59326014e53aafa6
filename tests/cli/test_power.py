"""`hadi power` as it is called."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from hadi.cli.main import main


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["power", *args])
    shown = capsys.readouterr()
    return int(end.value.code or 0), shown.out, shown.err


def test_units_for_a_conversion(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(
        capsys,
        "conversion",
        "--baseline",
        "0.1",
        "--effect",
        "0.02",
        "--threshold",
        "10%",
        "--json",
    )
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer.keys() >= {
        "n_per_arm", "power", "mde", "verdict_probabilities", "smallest_attainable_p", "sentence",
    }  # fmt: skip
    assert answer["n_per_arm"] == 3841
    assert answer["power"] == pytest.approx(0.8, abs=0.001)
    assert sum(answer["verdict_probabilities"].values()) == pytest.approx(1.0)


def test_units_for_a_mean(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "mean", "--sd", "10", "--effect", "5")
    assert code == 0
    assert out.startswith("64 units per arm have a 80")


def test_too_few_units_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "mean", "--sd", "10", "--effect", "5", "--n", "20")
    assert "only a 3" in out
    assert "it takes 64" in out


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["conversion", "--baseline", "1.2", "--effect", "0.1"], "expected share"),
        (["conversion", "--baseline", "0.1", "--effect", "0"], "Without an expected effect"),
        (["mean", "--sd", "0", "--effect", "1"], "standard deviation"),
        (["mean", "--sd", "nan", "--effect", "1"], "standard deviation"),
        (["mean", "--sd", "1", "--effect", "1", "--threshold", "5%"], "needs a baseline"),
        (["mean", "--sd", "1", "--effect", "1", "--alpha", "0"], "--alpha"),
        (["mean", "--sd", "1", "--effect", "1", "--power", "1"], "--power"),
        (["mean", "--sd", "1", "--effect", "1", "--n", "1"], "--n"),
        (["mean", "--sd", "1", "--effect", "nan"], "--effect"),
        (["mean", "--sd", "1", "--effect", "x"], "--effect"),
    ],
)
def test_bad_input_is_one_sentence(
    capsys: pytest.CaptureFixture[str], args: list[str], words: str
) -> None:
    code, out, err = run(capsys, *args)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


def test_it_starts_without_the_heavy_libraries() -> None:
    script = (
        "import sys\nfrom hadi.cli.main import main\n"
        "try:\n    main(['power', 'conversion', '--baseline', '0.1', '--effect', '0.02'])\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'flask', 'sqlalchemy', 'pandas', 'statsmodels', 'scipy.stats', 'duckdb'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr.strip() == "[]"
