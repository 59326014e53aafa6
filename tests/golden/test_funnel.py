"""A public export of a CRM: what its catalogue counts, found by laying a funnel over it."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import pytest

from hadi.analysis.funnel import funnel
from hadi.domain.funnels import FunnelSpec
from hadi.ingest.deal_columns import DealColumns
from hadi.ingest.files import open_table

pytestmark = pytest.mark.reference

SPEC = FunnelSpec.from_json(
    {
        "stages": [
            {"name": "Prospecting"},
            {"name": "Engaging", "kind": "key"},
            {"name": "Won", "kind": "won"},
            {"name": "Lost", "kind": "lost"},
        ],
        "days": 1,
    }
)
COLUMNS = DealColumns(
    deal="opportunity_id", stage="deal_stage", closed_at="close_date", manager="sales_agent",
    stages={"Engaging": "engage_date"},
)  # fmt: skip


def test_a_public_pipeline(reference_dir: Path, tmp_path: Path) -> None:
    file = reference_dir / "data" / "maven_crm" / "sales_pipeline.csv"
    table = open_table(file, file.name, folder=tmp_path)
    as_of = datetime.combine(datetime.fromisoformat("2017-12-31").date(), time.max)
    found = funnel([table.path], SPEC, COLUMNS, as_of=as_of)
    assert found.read.deals == found.read.rows == 8800
    key = found.key.step
    # Won, lost and engaging of the catalogue; 500 are still prospects.
    assert (key.moved, key.lost, key.open) == (4238, 2473, 1589)
    assert (found.hygiene.open, found.hygiene.won) == (1589 + 500, 4238)
    # The usual "win rate" leaves the open ones out, and is twelve points too high.
    assert key.of_closed == pytest.approx(0.6315, abs=5e-5)
    assert key.conversion == pytest.approx(4238 / 8300)
    assert len(found.groups["manager"]) == 30
