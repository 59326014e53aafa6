"""Three letters are a currency only where there is one, and a day the calendar does not have is
told so rather than how days are written."""

from __future__ import annotations

from datetime import date

import pytest

from hadi.domain.errors import Invalid
from hadi.domain.lever_reading import read_period
from hadi.domain.money import is_currency, read_currency, written_currency
from hadi.domain.months import no_day
from hadi.domain.plan import Plan
from hadi.domain.text import Text

PERIOD = {
    "starts_on": "2026-02-01", "ends_on": "2026-02-28", "leads": 400, "clients": 100,
    "purchases": 120, "revenue": "5000", "currency": "EUR",
}  # fmt: skip
WANTED = Text("field_not_a_date", field="starts_on")


@pytest.mark.parametrize("code", ["NAN", "AAA", "XYZ", "BTC", "XXX", "XTS"])
def test_letters_that_are_no_currency_are_refused_by_name(code: str) -> None:
    wrong: dict[str, Text] = {}
    assert read_currency(code, "currency", wrong) is None
    assert str(wrong["currency"]) == f"“{code}” is not a currency code; an example is EUR."
    assert written_currency(code, "currency", {}) == code


@pytest.mark.parametrize("code", ["eur", " RUB ", "HUF", "DEM"])
def test_currencies_of_today_and_of_before_are_taken(code: str) -> None:
    assert read_currency(code, "currency", {}) == code.strip().upper()
    assert is_currency(code.strip().upper())


def test_a_period_in_no_currency_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        read_period(PERIOD | {"currency": "NAN"}, today=date(2026, 3, 1))
    assert set(refused.value.fields) == {"currency"}


@pytest.mark.parametrize("written", ["2026-02-30", "31.04.2026", "2026-13-01"])
def test_a_day_that_is_none_is_told_so(written: str) -> None:
    assert str(no_day(written, WANTED)) == f"“{written}” is no day of the calendar."


@pytest.mark.parametrize("written", ["soon", "", 20260230, None])
def test_of_other_texts_it_is_told_how_days_are_written(written: object) -> None:
    assert no_day(written, WANTED) is WANTED


def test_a_period_and_a_plan_name_the_day_that_is_none() -> None:
    with pytest.raises(Invalid) as refused:
        read_period(PERIOD | {"ends_on": "2026-02-30"}, today=date(2026, 3, 1))
    assert refused.value.fields["ends_on"].code == "day_impossible"
    with pytest.raises(Invalid) as of_plan:
        Plan.from_json({"starts_on": "2026-02-30"})
    assert of_plan.value.fields["starts_on"].code == "day_impossible"
