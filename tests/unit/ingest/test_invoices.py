"""Invoices beside the deals of a CRM: by the deal that they name, or by month."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from hadi.domain.crm_hygiene import Hygiene, Invoices
from hadi.domain.errors import Unreadable
from hadi.domain.funnels import FunnelSpec
from hadi.domain.quality import Level
from hadi.ingest.deal_columns import DealColumns
from hadi.ingest.deals import open_deals
from hadi.ingest.files import open_table
from tests.factories import deals as made

COLUMNS = DealColumns.from_json({"deal": "deal", "stage": "stage", "entered_at": "on"})
EXPORTED = datetime(2026, 3, 31)  # noqa: DTZ001 - of no zone, as the file is
START = date(2026, 1, 5)
WON, LOST, OPEN = 8, 3, 2


def deals() -> str:
    """d0..d7 were won, one each week; d8..d10 lost, d11 and d12 are open."""
    rows = ["deal,stage,on"]
    for number in range(WON + LOST + OPEN):
        on = START + timedelta(days=7 * number)
        rows.append(f"d{number},New,{on}")
        if number < WON:
            rows.append(f"d{number},Won,{on + timedelta(days=3)}")
        elif number < WON + LOST:
            rows.append(f"d{number},Lost,{on + timedelta(days=3)}")
    return "\n".join(rows) + "\n"


def lay(tmp_path: Path, text: str) -> Invoices:
    table = open_table(io.BytesIO(deals().encode()), "deals.csv", folder=tmp_path)
    beside = open_table(io.BytesIO(text.encode()), "invoices.csv", folder=tmp_path)
    spec = FunnelSpec.from_json(made.SPEC)
    with open_deals(
        [table.path], COLUMNS, spec, as_of=EXPORTED, beside=[beside.path]
    ) as opened:  # fmt: skip
        assert opened.standing().won == WON
        return opened.invoices(beside.path)


def test_invoices_that_name_their_deals_are_laid_beside_them(tmp_path: Path) -> None:
    """Six won deals have one (d0 two, which is one deal), two have none; one is of a lost deal,
    one of nobody's, one names none at all; one is of the year before."""
    rows = [f"{n},2026-02-0{n + 1},d{n}" for n in range(6)]
    rows += ["7,2026-02-09,d0", "8,2026-02-09,d9", "9,2026-02-09,x1", "10,2026-02-09,",
             "11,2025-02-09,d7"]  # fmt: skip
    found = lay(tmp_path, "\n".join(["number,date,deal", *rows]) + "\n")
    assert found == Invoices(9, rows=11, outside=1, without_deal=2, not_won=1, without_invoice=2)
    assert Invoices.from_json(found.as_json()) == found


def test_months_are_summed_over_the_time_of_the_deals(tmp_path: Path) -> None:
    text = "месяц;счета\n2025-12;40\n2026-01;4\n2026-02;3\nмарт 2026;3\n2026-04;50\n"
    found = lay(tmp_path, text)
    assert found == Invoices(10, rows=5, outside=2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "neither deals nor months"),
        ("month,invoices\nsoon,4\n", "is no month"),
        ("month,invoices\n2026-01,-4\n", "is no number of invoices"),
        ("month,invoices\n2024-01,4\n", "No invoice in the file is of the time"),
        ("date,deal\n2024-01-05,d1\n", "No invoice in the file is of the time"),
    ],
)
def test_what_is_no_file_of_invoices_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        lay(tmp_path, text)


def test_as_many_of_each_is_not_complete_where_they_are_not_the_same() -> None:
    """Ten won deals to ten invoices, and five of these are of no deal: the CRM is not kept."""
    laid = Invoices(10, rows=10, without_deal=5, not_won=0, without_invoice=5)
    hygiene = Hygiene(open=0, won=10, invoices=10, laid=laid)
    assert (hygiene.completeness, hygiene.entered_share) == (1.0, 0.5)
    assert hygiene.levels == {"completeness": Level.RED}
    assert Hygiene(open=0, won=10, invoices=10).levels == {"completeness": Level.GREEN}
