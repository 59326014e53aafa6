"""`hadi basket` as it is called: the object it prints, and its one sentence for bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hadi.cli.main import main
from tests.fixtures import receipt_lines

Call = Callable[..., tuple[int, str, str]]
COLUMNS = (
    "--receipt", "receipt", "--store", "store", "--time", "day", "--category", "category",
    "--quantity", "pieces", "--amount", "amount", "--margin", "margin", "--seller", "seller",
)  # fmt: skip
ARMS = ("--variant", "arm", "--control", "usual", "--threshold", "4")
CORE = ("--core-is", "breakers", "--periphery-is", "rails")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["basket", *(str(arg) for arg in args)])
        shown = capsys.readouterr()
        code = end.value.code
        return (code if isinstance(code, int) else 0), shown.out, shown.err

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "receipts.csv"
    path.write_bytes(receipt_lines.two_arms())
    return path


def found(call: Call, *args: object) -> dict[str, Any]:
    code, out, err = call(*args, "--json")
    assert (code, err) == (0, "")
    answer: dict[str, Any] = json.loads(out)
    return answer


def test_the_verdict_on_stores(call: Call, file: Path) -> None:
    answer = found(call, file, *COLUMNS, *ARMS, *CORE)
    (arm,) = answer["arms"]
    assert arm["verdict"] == "not_enough_data"
    attach = arm["measures"][0]
    assert attach["placebo"] == {
        "p_value": pytest.approx(20 / 70), "assignments": 70, "exact": True,
        "smallest_attainable": pytest.approx(2 / 70),
    }  # fmt: skip
    assert attach["pooled"] == pytest.approx(0.043, abs=5e-4)
    assert answer["seen"]["stores"] == 8


def test_a_row_for_each_store_has_the_same_answer_in_a_test(
    call: Call, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = found(call, file, *COLUMNS, *ARMS, *CORE)
    attach = answer["arms"][0]["measures"][0]
    rows = [f"{s['store']},{s['arm']},{s['attach_rate']!r}" for s in answer["stores"]]
    stores = tmp_path / "stores.csv"
    stores.write_text("\n".join(["store,arm,attach_rate", *rows]), encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main([
            "check", str(stores), "--variant", "arm", "--control", "usual", "--cluster", "store",
            "--metric", "attach=mean(attach_rate);threshold=0.04", "--json",
        ])  # fmt: skip
    assert not end.value.code
    (judged,) = json.loads(capsys.readouterr().out)["comparisons"]
    assert judged["p_value"] == pytest.approx(20 / 70)
    ends = [judged["difference"][name] for name in ("estimate", "low", "high")]
    assert ends == pytest.approx([attach["difference"][n] for n in ("estimate", "low", "high")])
    assert [round(end, 3) for end in ends] == [0.049, -0.042, 0.139]


def test_the_report_says_the_sentence_first(call: Call, file: Path) -> None:
    code, out, _ = call(file, *COLUMNS, *ARMS, *CORE)
    assert code == 0
    assert out.startswith("Not enough data: “Attach rate” changed by +4.9 pp (−4.2 to 13.9)")
    assert "All receipts together +4.3 pp; as if each were evidence p 0.010" in out
    assert "breakers → rails" in out


def test_core_and_periphery_alone(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "thousand.csv"
    path.write_bytes(receipt_lines.thousand())
    answer = found(call, path, "--receipt", "receipt", "--category", "category", *CORE)
    core = answer["core"]
    assert [core[name] for name in ("support", "confidence", "lift", "elsewhere")] == [
        pytest.approx(value) for value in (0.126, 0.315, 1.75, 0.09)
    ]
    assert core["lift_low"] is None


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((), "Say what the core is"),
        ((*CORE, "--variant", "arm"), "name both"),
        ((*CORE, "--goal", "80", "--assist-share", "30"), "have to make 100"),
        ((*CORE, "--price", "nowhere"), "nowhere"),
        ((*CORE, "--since", "spring"), "no day"),
    ],
)
def test_bad_input_is_one_sentence(
    call: Call, file: Path, args: tuple[str, ...], words: str
) -> None:
    code, out, err = call(file, *COLUMNS, *args)
    assert (code, out) == (2, "")
    assert words in err
