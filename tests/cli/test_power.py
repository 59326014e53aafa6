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
        (["mean", "--sd", "1", "--effect", "1", "--arms", "1"], "--arms"),
        (["mean", "--sd", "1", "--effect", "1", "--split", "0.5"], "is not a split"),
        (["mean", "--sd", "1", "--effect", "1", "--split", "A=1,B=0"], "is not a split"),
        (["mean", "--sd", "1", "--effect", "1", "--split", "1,1", "--arms", "3"], "not a split"),
        (
            ["mean", "--sd", "1", "--effect", "1", "--looks", "planned", "--look-count", "1"],
            "--look-count",
        ),
        (["mean", "--sd", "1", "--effect", "1", "--icc", "0.1"], "needs both"),
        (["mean", "--sd", "1", "--effect", "1", "--cluster-cv", "0.1"], "needs both"),
        (["mean", "--sd", "1", "--effect", "1", "--icc", "2", "--cluster-size", "9"], "--icc"),
        (["rank", "--sd", "1", "--effect", "1", "--icc", "0.1", "--cluster-size", "9"], "Ranks"),
        (["rate", "--baseline", "-1", "--effect", "2"], "expected rate"),
        (["rate", "--baseline", "1", "--effect", "2", "--exposure", "0"], "exposed"),
        (["quantile", "--sd", "1", "--effect", "1", "--q", "1"], "--q"),
        (["quantile", "--sd", "1", "--effect", "1", "--shape", "lognormal"], "lognormal"),
    ],
)
def test_bad_input_is_one_sentence(
    capsys: pytest.CaptureFixture[str], args: list[str], words: str
) -> None:
    code, out, err = run(capsys, *args)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("args", "needed"),
    [
        (["ratio", "--sd", "10", "--effect", "5"], 64),
        (["rate", "--baseline", "0.5", "--effect", "0.05", "--exposure", "4"], 825),
        (["rank", "--sd", "10", "--effect", "5"], 69),
        (["quantile", "--sd", "10", "--effect", "1", "--q", "0.9"], None),
    ],
)
def test_units_for_every_kind(
    capsys: pytest.CaptureFixture[str], args: list[str], needed: int | None
) -> None:
    code, out, err = run(capsys, *args, "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert needed is None or answer["n_per_arm"] == needed
    assert answer["power"] == pytest.approx(0.8, abs=0.01)
    assert sum(answer["verdict_probabilities"].values()) == pytest.approx(1.0)


def test_arms_and_shares(capsys: pytest.CaptureFixture[str]) -> None:
    plan = ["conversion", "--baseline", "0.1", "--effect", "0.02", "--json"]
    answers = [
        json.loads(run(capsys, *plan, *more)[1])
        for more in ([], ["--arms", "3"], ["--split", "A=0.9,B=0.1"], ["--split", "1,1"])
    ]
    needed = [answer["n_per_arm"] for answer in answers]
    assert needed[0] == needed[3] < needed[1] < needed[2]
    assert len(answers[1]["units"]) == 3
    assert answers[2]["units"][0] == pytest.approx(9 * answers[2]["units"][1], rel=0.01)


def test_looks(capsys: pytest.CaptureFixture[str]) -> None:
    plan = ["mean", "--sd", "1", "--effect", "0.2", "--json"]
    fixed, planned, anytime = (
        json.loads(run(capsys, *plan, "--looks", looks, "--look-count", "4")[1])
        for looks in ("fixed", "planned", "anytime")
    )
    assert fixed["n_per_arm"] < planned["n_per_arm"] < anytime["n_per_arm"]
    assert fixed["expected_n_per_arm"] is None
    assert planned["expected_n_per_arm"] < fixed["n_per_arm"]
    assert planned["simulated"]["draws"] == 20_000
    assert fixed["simulated"] is None


def test_too_few_clusters_cannot_confirm(capsys: pytest.CaptureFixture[str]) -> None:
    plan = ["mean", "--sd", "1", "--effect", "0.4", "--icc", "0.05", "--cluster-size", "20"]
    code, out, _ = run(capsys, *plan, "--n", "3", "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["smallest_attainable_p"] == pytest.approx(0.1)
    assert answer["verdict_probabilities"]["confirmed"] == 0.0
    assert answer["clusters_to_confirm"] == 4
    assert "cannot confirm anything" in answer["sentence"]
    _, out, _ = run(capsys, *plan, "--json")
    enough = json.loads(out)
    assert enough["counts"] == "clusters"
    assert enough["smallest_attainable_p"] is None
    assert enough["n_per_arm"] == 11
    assert enough["design_effect"] == pytest.approx(1.95)
    _, out, _ = run(capsys, *plan)
    assert "11 clusters per arm have a 8" in out and "design effect 1.95" in out


def test_low_power_says_how_much_it_exaggerates(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "mean", "--sd", "10", "--effect", "1", "--n", "100")
    assert "would exaggerate it" in out


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
