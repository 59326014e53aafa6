"""The page of seasons, and a test before and after on the pages of its hypothesis."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.fixtures.pages import form_values
from tests.web.hypotheses_pages import Visitor, visitor
from tests.web.test_hypotheses_plan import save, stored

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


def test_a_season_is_kept_used_again_deleted_and_brought_back(visitor: Visitor) -> None:
    visitor.sign_in()
    page = asked(visitor, series=LINES)
    assert "Keep this season" in page.text
    data = form_values(page.form("season"))
    data["do"], data["name"] = "keep", " "
    page = visitor.browser.post("/data/seasons", data, status=422)
    assert "Write what the season is called" in page.text
    data["name"] = "Shoe shops"
    visitor.browser.post("/data/seasons", data)
    page = visitor.get("/data/seasons")
    assert "The season “Shoe shops” is kept." in page.text
    assert "from 2022, 2023, 2024" in page.text and "Sept 1.200" in page.text
    use = next(url for url in page.links.values() if "profile=" in url)
    half = "\n".join(f"2025-{n + 1:02}; {PROFILE[n]}" for n in range(7))
    page = visitor.get(use.partition("#")[0])
    data = form_values(page.form("season"))
    for name, value in {"series": half, **SPANS}.items():
        data[name] = value
    page = visitor.browser.post("/data/seasons", data, status=200)
    assert "The season explains all of it" in page.text
    assert "Kept coefficients: “Shoe shops”." in page.text
    profile = data["profile"]
    file = visitor.browser.open(f"/data/seasons/{profile}/season.csv", method="GET", status=200)
    head, first, *rest = file.response.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert (head, len(rest)) == ('"Month","Coefficient","Divided by"', 11)
    assert first.startswith("1,0.7") and first.endswith(',"level"')
    visitor.browser.post(f"/data/seasons/{profile}/delete", {"csrf_token": data["csrf_token"]})
    page = visitor.get("/data/seasons")
    assert "is deleted" in page.text and "Kept seasons" not in page.text
    visitor.browser.post(f"/data/seasons/{profile}/restore", {"csrf_token": data["csrf_token"]})
    assert "Shoe shops" in visitor.get("/data/seasons").text


def test_who_may_only_look_is_offered_no_keeping(visitor: Visitor) -> None:
    visitor.sign_in("viewer")
    assert "Keep this season" not in asked(visitor, series=LINES).text


def test_a_plan_before_and_after_takes_a_kept_season_and_keeps_it(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    data = form_values(asked(visitor, series=LINES).form("season"))
    data["do"], data["name"] = "keep", "Shoe shops"
    visitor.browser.post("/data/seasons", data)
    page = visitor.get(f"/hypotheses/{key}/plan")
    offered = next(
        str(option.get("value"))
        for option in page.tree.iter("option")
        if "Shoe shops" in (option.text or "")
    )
    typed = {
        "design": "before_after", "metric_name": "Revenue", "better": "higher",
        "pilot_threshold": "5", "season_start": "2025-05", "season_value": "revenue",
        "season_time": "month", "season_profile": offered,
    }  # fmt: skip
    save(visitor, key, typed)
    body = stored(visitor, key)
    assert body["profile"]["name"] == "Shoe shops"
    assert sum(body["profile"]["coefficients"]) == pytest.approx(12)
    profile = next(iter(visitor.get("/data/seasons").links[k] for k in
                        visitor.get("/data/seasons").links if "Use it" in k))  # fmt: skip
    identity = profile.partition("profile=")[2].partition("#")[0]
    visitor.browser.post(f"/data/seasons/{identity}/delete", {"csrf_token": data["csrf_token"]})
    save(visitor, key, {})  # what is chosen stays, though the list has it no more
    assert stored(visitor, key) == body
    save(visitor, key, {"season_profile": ""})
    assert "profile" not in stored(visitor, key)
    data = form_values(visitor.get(f"/hypotheses/{key}/plan").form("plan-form"), "save")
    data["season_profile"] = "{nonsense"
    page = visitor.browser.post(f"/hypotheses/{key}/plan", data, status=422)
    assert "twelve coefficients" in page.text


def test_a_rate_before_and_after_is_typed_as_two_columns(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    typed = {
        "design": "before_after", "metric_name": "Complaints of a parcel", "better": "lower",
        "pilot_threshold": "5", "season_start": "2025-05", "season_value": "complaints",
        "season_exposure": "parcels", "season_method": "segmented",
    }  # fmt: skip
    save(visitor, key, typed)
    body = stored(visitor, key)
    (metric,) = body["metrics"]
    assert (metric["kind"], metric["columns"]) == ("rate", ["complaints", "parcels"])
    save(visitor, key, {})
    assert stored(visitor, key) == body
    page = save(visitor, key, {"season_value": ""}, status=422)
    assert "first the events, then the exposure" in page.text


def test_guardrails_before_and_after_are_typed_in_percent(visitor: Visitor) -> None:
    key = visitor.make("idea")
    visitor.sign_in()
    typed = {
        "design": "before_after", "metric_name": "Revenue", "better": "higher",
        "pilot_threshold": "5", "season_start": "2025-05", "season_value": "revenue",
    }  # fmt: skip
    path = f"/hypotheses/{key}/plan"
    page = visitor.submit(path, typed, form_id="plan-form", button="add:metrics", status=200)
    data = form_values(page.form("plan-form"), "save")
    guardrail = {
        "name": "Returns", "role": "guardrail", "kind": "rate", "better": "lower", "margin": "2",
        "column": "returned", "column2": "parcels",
    }  # fmt: skip
    for name, value in guardrail.items():
        data[f"metrics-0-{name}"] = value
    visitor.browser.post(path, data)
    body = stored(visitor, key)
    (_primary, other) = body["metrics"]
    assert (other["kind"], other["columns"]) == ("rate", ["returned", "parcels"])
    assert (other["role"], other["margin"]) == ("guardrail", 0.02)
    save(visitor, key, {})
    assert stored(visitor, key) == body
    text = visitor.sign_in("viewer").get(path).text
    assert "may get worse by less than 2.0%" in text
