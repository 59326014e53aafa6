"""`hadi funnel`: the numbers of an export of deals, and the verdict on a step of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.factories import deals as made


def hadi(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    from hadi.cli.main import main

    code = 0
    try:
        main(["funnel", *args])
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


def options(file: Path, *more: str) -> list[str]:
    return [
        str(file), "--deal", "deal_id", "--stage", "stage", "--entered", "stage_entered_at",
        "--stages", ",".join(made.STAGES), "--key", made.STAGES[made.KEY], "--lost", made.LOST,
        "--days", "14", "--task", "task_due", *more,
    ]  # fmt: skip


@pytest.fixture
def judge(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(text: str, *more: str) -> dict[str, Any]:
        file = tmp_path / "deals.csv"
        file.write_text(text, encoding="utf-8")
        code, out, err = hadi(capsys, *options(file, *more, "--json"))
        assert code == 0, err
        found: dict[str, Any] = json.loads(out)
        return found

    return run


ARMS = ("--variant", "arm", "--control", "usual", "--threshold", "0.05")


def test_a_concrete_offer_before_the_key_stage(judge: Any) -> None:
    found = judge(made.concrete_offer(), *ARMS, "--split", "usual=0.5,concrete=0.5")
    hygiene = found["hygiene"]
    assert hygiene["without_task_share"] == pytest.approx(0.180, abs=5e-4)
    assert hygiene["overdue_share"] == pytest.approx(0.082, abs=5e-4)
    assert hygiene["level"] == "amber"
    test = found["test"]
    checks = {check["code"]: check for check in test["checks"]}
    assert checks["sample_ratio"]["p_value"] == 1.0
    assert checks["crm_hygiene"]["status"] == "warn"
    assert checks["open_deals"]["status"] == "pass"
    compared = test["comparisons"][0]
    assert compared["control"]["value"] == pytest.approx(0.250, abs=5e-4)
    assert compared["treatment"]["value"] == pytest.approx(0.310, abs=5e-4)
    assert compared["difference"]["estimate"] == pytest.approx(0.060, abs=5e-4)
    assert compared["difference"]["low"] == pytest.approx(0.025, abs=5e-4)
    assert compared["difference"]["high"] == pytest.approx(0.094, abs=5e-4)
    assert compared["p_value"] == pytest.approx(0.00066, abs=5e-6)
    assert found["verdict"] == "confirmed" and test["clear"] is False


def test_a_small_test_is_said_to_exaggerate(judge: Any) -> None:
    found = judge(made.concrete_offer(400, (100, 136)), *ARMS)
    compared = found["test"]["comparisons"][0]
    assert compared["difference"]["estimate"] == pytest.approx(0.09, abs=5e-4)
    assert compared["p_value"] == pytest.approx(0.005, abs=5e-4)
    assert compared["difference"]["low"] == pytest.approx(0.027, abs=5e-4)
    assert compared["difference"]["high"] == pytest.approx(0.152, abs=5e-4)
    said = next(w["text"]["params"] for w in found["test"]["warnings"] if w["code"] == "low_power")
    assert said["power"]["value"] == pytest.approx(0.35, abs=5e-3)
    assert said["effect"]["value"] == 0.05
    assert said["size"]["value"] == pytest.approx(0.083, abs=5e-4)


def test_a_stock_is_no_denominator(judge: Any) -> None:
    key = judge(made.one_stage())["stages"][made.KEY]
    assert key["conversion"] == 0.25
    assert key["not_this"]["snapshot"] == pytest.approx(0.417, abs=5e-4)
    assert key["not_this"]["closed_only"] == 0.625
    assert key["open_share"] == 0.6


def test_open_deals_and_a_red_crm_forbid_a_verdict(judge: Any) -> None:
    text = made.concrete_offer()
    found = judge(text.replace("2026-06-15,", ",", 9000), *ARMS)
    assert found["verdict"] == "invalid"
    red = {c["code"]: c["status"] for c in found["test"]["checks"]}
    assert red["crm_hygiene"] == "fail" and red["open_deals"] == "pass"
    opened = (
        made.one_stage().replace(",site,", ",site,usual", 900).replace("usual\nD39", "new\nD39")
    )
    found = judge(opened.replace("usual\nD1", "new\nD1"), *ARMS)
    assert found["verdict"] == "invalid"
    assert {c["code"]: c["status"] for c in found["test"]["checks"]}["open_deals"] == "fail"


def test_groups_are_not_ranked_and_few_deals_are_not_compared(judge: Any) -> None:
    rows = made.concrete_offer() + "\n".join(made.rows_of("X1", made.KEY, made.LOST, city="Tula"))
    found = judge(rows + "\n", "--territory", "city")
    cities = found["groups"]["territory"]
    assert [city["name"] for city in cities] == ["Tver", "Kursk", "Ryazan", "Tula"]
    assert cities[-1]["stands"] is None and cities[0]["stands"] == "like"


def test_people_read_it_and_faults_are_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "deals.csv"
    file.write_text(made.concrete_offer(), encoding="utf-8")
    code, out, _err = hadi(capsys, *options(file, *ARMS, "--territory", "city"))
    assert code == 0
    assert out.startswith("Of 2,600 deals that came to “Offer sent”")
    assert "CONFIRMED" in out and "key stage" in out
    for more, said in (
        (("--key", "Nowhere"), "none of the stages"),
        (("--variant", "arm"), "--control"),
        (("--as-of", "soon"), "is no day"),
        (("--as-of", "2026-02-30"), "“2026-02-30” is no day of the calendar"),
        (("--as-of", "9999-01-01"), "lies ahead"),
        (("--stage-days", "Offer"), "STAGE=N"),
        (("--alpha", "0.7"), "--alpha"),
        (("--deal", "nobody"), "nobody"),
    ):
        code, out, err = hadi(capsys, *options(file, *more))
        assert (code, out) == (2, "") and said in err and err.count("\n") == 1


def test_invoices_of_a_file_are_laid_beside_the_deals(judge: Any, tmp_path: Path) -> None:
    text = "\n".join([made.HEAD, *(row for n in range(20) for row in made.rows_of(f"d{n}", 4))])
    invoices = tmp_path / "1c.csv"
    rows = [f"d{n};{45 + n}" for n in range(15)]
    invoices.write_bytes("\n".join(["Сделка;Сумма", *rows, "z;1"]).encode("cp1251"))
    hygiene = judge(text + "\n", "--invoices-file", str(invoices))["hygiene"]
    assert (hygiene["won"], hygiene["invoices"]) == (20, 16)
    laid = hygiene["laid"]
    assert (laid["without_invoice"], laid["without_deal"], laid["not_won"]) == (5, 1, 0)
    assert hygiene["levels"]["completeness"] == "amber"
