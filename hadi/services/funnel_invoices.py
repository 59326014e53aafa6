"""A file of invoices laid beside an export of deals: are all deals in the CRM?

What was counted is kept, the file is not. It is of the deals as they were read then: where the
columns or the funnel change, it is counted anew.
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from hadi.db import let_go, transaction
from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.permissions import Actor, Permission, require
from hadi.domain.text import Text
from hadi.ingest.bundles import open_tables
from hadi.ingest.deals import open_deals
from hadi.ingest.limits import Limits
from hadi.models import FunnelDeals
from hadi.services import funnel_deals, funnels, workspace
from hadi.services.dataset_records import path_of


def lay(
    funnel_id: str,
    deals_id: str,
    *,
    file: BinaryIO,
    filename: str,
    version: int | None = None,
    limits: Limits,
    folder: Path,
    by: Actor,
    now: datetime,
) -> FunnelDeals:
    """Count the invoices of a file beside the deals. Raises Invalid before the columns are named,
    Unreadable, TooLarge, NotAllowed, Blocked, Stale."""
    require(by, Permission.MANAGE_FUNNELS)
    kept = funnel_deals.find(deals_id, funnels.find(funnel_id, by=by), by=by)
    funnels.require_in_use(kept.funnel)
    if not kept.is_mapped:
        raise Invalid(Text("deals_not_mapped"))
    spec, columns, reading = kept.funnel.spec, funnel_deals.known_columns(kept), kept.reading
    path, as_of = path_of(kept.digest, folder), funnel_deals.end_of(kept.as_of)
    until = funnel_deals.end_of(kept.created_at.astimezone(workspace.zone()).date())
    let_go()
    with tempfile.TemporaryDirectory(prefix="hadi-invoices-") as name:
        tables = open_tables(file, filename, folder=Path(name), limits=limits)
        if len(tables) > 1:
            raise Unreadable(Text("deals_several", n=len(tables)))
        table = tables[0]
        filename = (table.member or filename)[-255:]
        with open_deals(
            [path], columns, spec, as_of=as_of, until=until, beside=[table.path]
        ) as deals:  # fmt: skip
            counts = deals.invoices(table.path)
    with transaction():
        funnel = funnels.locked(funnel_id)
        funnels.require_in_use(funnel)
        laid = funnel_deals.locked(deals_id, funnel, version=version)
        laid.invoices = counts.count
        laid.invoices_found = {
            "filename": filename, "counts": counts.as_json(), "reading": reading,
        }  # fmt: skip
        laid.updated_at = now
        funnels.record(
            "funnel_invoices_laid", funnel, by=by, now=now, filename=laid.filename,
            invoices=filename, rows=counts.rows,
        )  # fmt: skip
    return laid
