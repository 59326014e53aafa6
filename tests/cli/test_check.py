"""`hadi check` as it is called: the object it prints, and its one sentence for bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hadi.cli.main import main

Call = Callable[..., tuple[int, str, str]]
BASIC = ("--variant", "arm", "--control", "A")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["check", *(str(arg) for arg in args)])
        shown = capsys.readouterr()
        code = end.value.code
        return (code if isinstance(code, int) else 0), shown.out, shown.err

    return run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two arms of 500: A converts 50, B 100; y is a mean; u is a unit."""
    lines = ["u,arm,x,y"]
    for i in range(500):
        lines.append(f"a{i},A,{int(i < 50)},{i % 7}")
        lines.append(f"b{i},B,{int(i < 100)},{i % 7 + 1}")
    path = tmp_path / "data.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def found(call: Call, *args: object) -> dict[str, Any]:
    code, out, err = call(*args, "--json")
    assert (code, err) == (0, "")
    answer: dict[str, Any] = json.loads(out)
    return answer


def test_the_object_has_what_was_promised(call: Call, data: Path) -> None:
    answer = found(call, data, *BASIC, "--metric", "x=conversion(x)", "--metric", "y=mean(y)")
    assert {
        "verdict", "real", "clear", "arm", "sentence", "evidence", "alpha", "looks", "checks",
        "arms", "comparisons", "rule_version", "input_digest", "packages", "sentence_text",
        "warnings",
    } <= answer.keys()  # fmt: skip
    assert (answer["verdict"], answer["real"], answer["arm"]) == ("confirmed", True, "B")
    assert (answer["evidence"], answer["alpha"], answer["looks"]) == ("randomised", 0.05, "fixed")
    assert answer["arms"] == [{"name": "A", "units": 500}, {"name": "B", "units": 500}]
    first, second = answer["comparisons"]
    assert (first["metric"], first["kind"], first["role"]) == ("x", "conversion", "primary")
    assert first["control"] == {"n": 500, "value": 0.1}
    assert first["treatment"] == {"n": 500, "value": 0.2}
    assert first["difference"]["estimate"] == pytest.approx(0.1)
    assert first["lift"]["estimate"] == pytest.approx(1.0)
    assert first["p_adjusted"] is None
    assert second["role"] == "secondary"
    assert second["p_adjusted"] == second["p_value"]
    assert {check["code"] for check in answer["checks"]} >= {
        "sample_ratio", "mixed_units", "unknown_arms", "duplicates", "missing",
    }  # fmt: skip
    assert len(answer["input_digest"]) == 64


def test_a_person_reads_the_sentence_first(call: Call, data: Path) -> None:
    code, out, err = call(data, *BASIC, "--metric", "x=conversion(x)", "--unit", "u")
    assert (code, err) == (0, "")
    assert out.startswith("CONFIRMED  It works")
    assert "+10.0 pp" in out
    assert "sample_ratio" in out


def test_standard_input(data: Path) -> None:
    command = [sys.executable, "-m", "hadi", "check", "-", *BASIC, "--metric", "x=conversion(x)"]
    done = subprocess.run([*command, "--json"], input=data.read_bytes(), capture_output=True)
    assert done.returncode == 0
    assert json.loads(done.stdout)["verdict"] == "confirmed"


def test_several_files_are_one_table(call: Call, data: Path, tmp_path: Path) -> None:
    lines = data.read_text(encoding="utf-8").splitlines()
    one, two = tmp_path / "one.csv", tmp_path / "two.tsv"
    one.write_text("\n".join([lines[0], *(x for x in lines if ",A," in x)]), encoding="utf-8")
    rest = [lines[0], *(x for x in lines if ",B," in x)]
    two.write_text("\n".join(rest).replace(",", "\t"), encoding="utf-8")
    metric = ("--metric", "x=conversion(x)")
    whole, parts = found(call, data, *BASIC, *metric), found(call, one, two, *BASIC, *metric)
    assert parts["comparisons"] == whole["comparisons"]


def test_before_the_planned_units_nothing_is_shown(call: Call, data: Path) -> None:
    metric = ("--metric", "x=conversion(x)")
    answer = found(call, data, *BASIC, *metric, "--planned-units", 501)
    assert answer["verdict"] == "not_yet"
    assert answer["checks"]
    for compared in answer["comparisons"]:
        assert compared["control"]["value"] is None
        assert compared["difference"] == {"estimate": None, "low": None, "high": None}
        assert compared["p_value"] is compared["log10_p"] is compared["lift"] is None
    assert found(call, data, *BASIC, *metric, "--planned-units", 500)["verdict"] == "confirmed"


def test_a_declared_split_that_does_not_hold_invalidates(call: Call, data: Path) -> None:
    metric = ("--metric", "x=conversion(x)")
    answer = found(call, data, *BASIC, *metric, "--split", "A=0.3,B=0.7")
    assert answer["verdict"] == "invalid"
    assert answer["checks"][0]["status"] == "fail"
    assert answer["comparisons"][0]["p_value"] is not None
    assert found(call, data, *BASIC, *metric, "--split", "A=1,B=1")["verdict"] == "confirmed"


@pytest.mark.parametrize(
    ("spec", "verdict", "clear"),
    [
        ("x=conversion(x);threshold=0.02", "confirmed", True),
        ("x=conversion(x);threshold=0.1", "confirmed", False),
        ("x=conversion(x);threshold=0.12", "not_enough_data", False),
        ("x=conversion(x);threshold=0.3", "below_threshold", False),
        ("x=conversion(x);threshold=20%", "confirmed", True),
        ("x=conversion(x);threshold=300%", "below_threshold", False),
        ("x=conversion(x);better=lower", "harmful", False),
    ],
)
def test_thresholds(call: Call, data: Path, spec: str, verdict: str, clear: bool) -> None:
    answer = found(call, data, *BASIC, "--metric", spec)
    assert (answer["verdict"], answer["clear"]) == (verdict, clear)


def test_a_breached_guardrail_is_harm(call: Call, data: Path) -> None:
    guard = "y=mean(y);role=guardrail;better=lower"
    answer = found(call, data, *BASIC, "--metric", "x=conversion(x)", "--metric", guard)
    assert answer["verdict"] == "harmful"
    assert answer["comparisons"][1]["verdict"] == "breached"
    allowed = f"{guard};margin=2"
    answer = found(call, data, *BASIC, "--metric", "x=conversion(x)", "--metric", allowed)
    assert answer["verdict"] == "confirmed"
    assert answer["comparisons"][1]["verdict"] == "proven"


def test_no_variation_is_not_estimable(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("arm,x\n" + "A,0\nB,0\n" * 50, encoding="utf-8")
    answer = found(call, path, *BASIC, "--metric", "x=conversion(x)", "--metric", "m=mean(x)")
    assert answer["verdict"] == "not_estimable"
    for compared in answer["comparisons"]:
        assert compared["status"] == "not_estimable"
        assert compared["note"]
        assert compared["p_value"] is None
        assert compared["p_adjusted"] is None


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--metric", "x"], "“x” is not a metric"),
        (["--metric", "x=median(x)"], "not a kind of metric"),
        (["--metric", "x=ratio(x)"], "takes two columns: first the numerator"),
        (["--metric", "x=rate(x,y,u)"], "takes two columns: first the events"),
        (["--metric", "x=conversion(x);covariate=y"], "cannot be adjusted by a covariate"),
        (["--metric", "x=mean(x);covariate=x"], "cannot be its own covariate"),
        (["--metric", "x=mean(x);covariate=z"], "no column “z”"),
        (["--metric", "x=rank(x);winsor=0.9"], "no extreme values to cut"),
        (["--metric", "x=mean(x);winsor=0.3"], "winsor is a share above 0.5"),
        (["--metric", "x=mean(x);winsor=much"], "“much”"),
        (["--metric", "x=quantile(x);q=1.5"], "q is above 0 and below 1"),
        (["--metric", "x=mean(x);q=0.5"], "takes no q"),
        (["--metric", "x=rate(y,x)"], "“x”"),
        (["--metric", "x=mean(x);colour=red"], "“colour” is not an option"),
        (["--metric", "x=mean(x);role=boss"], "“boss”"),
        (["--metric", "x=mean(x);threshold=lots"], "“lots”"),
        (["--metric", "x=mean(x);threshold=-1"], "A threshold cannot be below 0"),
        (["--metric", "x=mean(x);margin=1"], "only a guardrail"),
        (["--metric", "x=mean(x);role=guardrail"], "No metric is primary"),
        (["--metric", "x=mean(x)", "--metric", "x=mean(y)"], "Two metrics are called “x”"),
        (["--metric", "x=mean(z)"], "no column “z”; the columns are “u”, “arm”, “x”, “y”"),
        (["--metric", "x=mean(u)"], "“a0” is not a number"),
        (["--metric", "x=conversion(y)"], "“2” is neither 0 nor 1"),
        (["--metric", "x=rank(x)", "--cluster", "u"], "whole clusters are drawn"),
        (["--metric", "x=mean(x);covariate=y", "--cluster", "u"], "whole clusters are drawn"),
        (["--metric", "x=mean(x)", "--cluster", "shop"], "no column “shop”"),
        (["--metric", "x=mean(x)", "--segment", "region"], "no column “region”"),
        (["--metric", "x=mean(x)", "--segment", ""], "--segment names no column"),
        (["--metric", "x=mean(x)", "--cluster", " "], "--cluster names no column"),
        (["--metric", "x=mean(x)", "--day", "when"], "no column “when”"),
        (["--metric", "x=mean(x)", "--group", "who"], "no column “who”"),
        (["--metric", "x=mean(x)", "--looks", "daily"], "daily"),
        (["--metric", "x=mean(x)", "--alpha", "2"], "--alpha"),
        (["--metric", "x=mean(x)", "--alpha", "nan"], "--alpha"),
        (["--metric", "x=mean(x)", "--split", "A=1"], "is not a split"),
        (["--metric", "x=mean(x)", "--split", "B=1,C=1"], "does not name the control"),
        (["--metric", "x=mean(x)", "--split", "A=1,C=1"], "single arm"),
        (["--metric", "x=mean(x)", "--control", "Z"], "no arm “Z”; the arms are “A”, “B”"),
        (["--metric", "x=mean(x)", "--unit", "id"], "no column “id”"),
        (["--metric", "x=mean(x)", "--variant", ""], "names no column for the arm"),
        (["--metric", "x=mean(x)", "--control", ""], "which arm is the control"),
        (["--metric", "x=mean(x)", "--planned-units", "0"], "--planned-units"),
    ],
)
def test_bad_input_is_one_sentence(call: Call, data: Path, args: list[str], words: str) -> None:
    code, out, err = call(data, *BASIC, *args, "--json")
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


def test_a_missing_file(call: Call, tmp_path: Path) -> None:
    for name in ("none.csv", "none.parquet"):
        code, out, err = call(tmp_path / name, *BASIC, "--metric", "x=mean(x)")
        assert (code, out) == (2, "")
        assert "There is no file" in err
    code, out, err = call(tmp_path, *BASIC, "--metric", "x=mean(x)")
    assert (code, out) == (2, "")


def test_a_broken_parquet_file(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "broken.parquet"
    path.write_bytes(b"PAR1" + b"\0" * 100)
    code, out, err = call(path, *BASIC, "--metric", "x=mean(x)")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_it_starts_without_the_heavy_libraries(data: Path, tmp_path: Path, kind: str) -> None:
    path = data
    if kind == "parquet":
        import duckdb

        path = tmp_path / "data.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"COPY (FROM read_csv('{data}')) TO '{path}' (FORMAT parquet)")
    script = (
        "import sys\n"
        "from hadi.cli.main import main\n"
        "try:\n"
        "    main(sys.argv[1:])\n"
        "except SystemExit:\n"
        "    pass\n"
        "print(sorted(m for m in sys.modules if m in "
        "{'flask','sqlalchemy','pandas','statsmodels','scipy','pyarrow','ibis','wtforms'}),"
        " file=sys.stderr)\n"
    )
    metrics = ["--metric", "x=conversion(x)", "--metric", "y=mean(y)"]
    done = subprocess.run(
        [sys.executable, "-c", script, "check", str(path), *BASIC, *metrics, "--json"],
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout)["verdict"] == "confirmed"
    assert done.stderr.strip() == "[]"
