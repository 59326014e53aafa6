"""The page of seasons, and a test before and after on the pages of its hypothesis."""

from __future__ import annotations

import io
from typing import Any

from tests.fixtures.pages import form_values
from tests.web.hypotheses_pages import Visitor, visitor

__all__ = ["visitor"]

PROFILE = (700, 720, 850, 980, 1100, 1150, 1120, 1100, 1200, 1180, 1000, 900)
LINES = "\n".join(f"{2022 + n // 12}-{n % 12 + 1:02}; {PROFILE[n % 12]}" for n in range(43))
SPANS = {"before": "2025-02..2025-04", "after": "2025-05..2025-07"}


def asked(visitor: Visitor, status: int = 200, **values: Any) -> Any:
    return visitor.submit("/data/seasons", values, form_id="season", status=status)


def test_an_empty_page_teaches(visitor: Visitor) -> None:
    page = visitor.sign_in("viewer").get("/data/seasons")
    assert page.heading == "Seasons"
    assert "Summer is not a script" in page.text
    assert page.links["Data sets"] == "/data"


def test_the_formula_of_the_field_stands_beside_the_standard_one(visitor: Visitor) -> None:
    visitor.sign_in("viewer")
    page = asked(visitor, series=LINES, **SPANS)
    for words in (
        "The season explains all of it", "+32.2%", "0.850", "1.123", "1.176", "0.890", "12.00",
        "As it is said in the field", "Always the mean, whatever was done",
    ):  # fmt: skip
        assert words in page.text, words
    assert form_values(page.form("season"))["before"] == SPANS["before"]


def test_a_file_is_read_and_stays_in_the_field(visitor: Visitor) -> None:
    visitor.sign_in("viewer")
    content = "Месяц;Выручка\n" + "\n".join(
        f"01.{n % 12 + 1:02}.{2022 + n // 12};{PROFILE[n % 12]},5" for n in range(36)
    )
    file = (io.BytesIO(content.encode("cp1251")), "выручка.csv")
    page = asked(visitor, file=file)
    assert "September is the strongest" in page.text
    assert form_values(page.form("season"))["series"].startswith("2022-01; 700.5")


def test_what_cannot_be_used_is_said_at_its_field_and_kept(visitor: Visitor) -> None:
    visitor.sign_in("viewer")
    page = asked(visitor, 422, series="2024-01; 3\nsummer was good\n2024-03; 4")
    assert "Line 2, “summer was good”" in page.text
    assert "summer was good" in form_values(page.form("season"))["series"]
    page = asked(visitor, 422, series=LINES, before="spring", after="2025-05")
    assert "2026-02..2026-04" in page.text
    page = asked(visitor, 422, series="2024-01; 3\n2024-02; 4")
    assert "no whole year" in page.text


def test_the_coefficients_can_be_taken_along(visitor: Visitor) -> None:
    visitor.sign_in("viewer")
    page = asked(visitor, series=LINES)
    values = {**form_values(page.form("season")), "format": "csv"}
    response = visitor.browser.post("/data/seasons", values, status=200).response
    assert response.mimetype == "text/csv"
    text = response.get_data().decode("utf-8-sig")
    assert len(text.strip().splitlines()) == 13


def test_before_and_after_is_planned_on_the_form(visitor: Visitor) -> None:
    from hadi.services import hypotheses

    key = visitor.make("idea")
    visitor.sign_in()
    visitor.submit(
        f"/hypotheses/{key}/plan",
        {
            "design": "before_after", "metric_name": "Revenue", "better": "higher",
            "pilot_threshold": "5", "pilot_effect": "8", "season_start": "май 2025",
            "season_value": "revenue", "planned_units": "3", "budget_amount": "0",
        },
        form_id="plan-form", button="save",
    )  # fmt: skip
    with visitor.app.app_context():
        test = hypotheses.find(key, by=visitor.world.actor()).current_test
        assert test is not None and test.plan_version is not None
        body = dict(test.plan_version.body)
    assert body["design"] == "before_after"
    assert (body["start"], body["method"], body["counts"]) == ("май 2025", "coefficients", False)
    assert body["metrics"][0]["threshold"] == "5%"
    assert body["expected_effect"] == 0.08
    assert "treated" not in body and body["variant"] is None
    page = visitor.get(f"/hypotheses/{key}/plan")
    assert "a hint at most" in page.text
    shown = form_values(page.form("plan-form"))
    assert (shown["season_start"], shown["pilot_threshold"]) == ("май 2025", "5")
    told = visitor.get(f"/hypotheses/{key}/history").text
    assert "Start of the change" in told and "the three before the start" in told
    page = visitor.submit(
        f"/hypotheses/{key}/plan", {"season_start": "soon"}, form_id="plan-form", button="save",
        status=422,
    )  # fmt: skip
    assert "“soon” is no month and no day" in page.text
