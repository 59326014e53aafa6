"""What is sent of funnels and their deals, and what is answered."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from hadi.api.fields import Bare, Flag, Inner, Listed, Sent, Whole, Words, described
from hadi.api.paging import PageQuery
from hadi.api.schemas import PersonOut
from hadi.domain.funnels import LONGEST_NAME, MOST_STAGES, StageKind
from hadi.domain.statement import LIMIT
from hadi.ingest.deal_columns import GROUPS

_DAYS = {"type": ["integer", "string"]}
PARTS = ("deal", "stage", "entered_at", "created_at", "closed_at", "task", *GROUPS, "arm")
BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "description": "CSV, TSV, XLSX, ODS, JSON lines or Parquet: a row for each"
                        " stage that a deal came to, or a row for each deal",
                        "type": "string", "contentMediaType": "application/octet-stream",
                    },
                    "mapping": {
                        "description": "JSON object: what is in which column, of "
                        f"{', '.join(PARTS)}; “stages” leads from a stage to its column, where a"
                        " row is a deal. Omitted: as for the deals before, or said later",
                        "type": "string",
                    },
                    "as_of": {
                        "description": "The day of the export; the last one in it unless said",
                        "type": "string", "format": "date",
                    },
                    "invoices": {
                        "description": "How many were written in the same time",
                        "type": "integer", "minimum": 1,
                    },
                },
            }
        }
    },
}  # fmt: skip


INVOICES = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "description": "A row for each invoice with the column “deal” (and its"
                        " “date”), or a row for each month with “month” and “invoices”",
                        "type": "string", "contentMediaType": "application/octet-stream",
                    },
                },
            }
        }
    },
}  # fmt: skip


class StageIn(Sent):
    name = Words(metadata=described("As the CRM names it", maxLength=LONGEST_NAME))
    kind = Words(allow_none=True, metadata=described("stage unless said", enum=[*StageKind, None]))
    days = Bare(
        allow_none=True, metadata={"description": "How long a deal may stay there", **_DAYS}
    )


class FunnelIn(Sent):
    """A funnel; what is left out of a change stays."""

    name = Words(metadata=described("", maxLength=LONGEST_NAME))
    stages = Listed(
        Inner(StageIn),
        metadata=described(
            "In their order: one is the key stage, one (the last on the way) won",
            maxItems=MOST_STAGES,
        ),
    )
    days = Bare(
        allow_none=True, metadata={"description": "For stages without days of their own", **_DAYS}
    )
    note = Words(allow_none=True, metadata=described("", maxLength=LIMIT))
    responsible = Words(
        allow_none=True,
        metadata=described("Id or e-mail of who leads the managers; you unless said"),
    )


class FunnelQuery(PageQuery):
    q = Words(metadata=described("Words of the name"))
    archived = Whole(low=0, high=1)


class ColumnsIn(Sent):
    """Which column of an export holds what."""

    mapping = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata=described(f"Of {', '.join(PARTS)}; “stages”: a stage to its column"),
    )
    as_of = Words(allow_none=True, metadata=described("The day of the export"))
    invoices = Bare(
        allow_none=True,
        metadata={"description": "Written in the same time", "type": ["integer", "string"]},
    )


class DeleteIn(Sent):
    reason = Words(required=True, metadata=described("Why", minLength=1, maxLength=LIMIT))


class UseIn(Sent):
    """The step that a test is judged on."""

    hypothesis = Words(required=True, metadata=described("Its key or id"))
    start = Words(
        allow_none=True, metadata=described("From this stage on; the key stage unless said")
    )
    attach = Flag(metadata=described("Attach at once, mapped as named; else the rows wait"))
    mapping = fields.Dict(
        keys=fields.String(), values=fields.String(),
        metadata=described("The plan's name of a column to: deal, arm, entered, moved, entered_on"),
    )  # fmt: skip
    reason = Words(allow_none=True, metadata=described("Of other columns than before"))


class FunnelOut(ma.Schema):
    """A funnel with its stages."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    stages = fields.List(fields.Dict(), required=True)
    days = fields.Integer(required=True, allow_none=True)
    key_stage = fields.String(required=True)
    note = fields.String(required=True)
    responsible = fields.Nested(PersonOut, required=True)
    author = fields.Nested(PersonOut, required=True)
    created_at = fields.String(required=True)
    updated_at = fields.String(required=True)
    archived_at = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata={"description": "To send as If-Match"})


class DealsOut(ma.Schema):
    """An export of deals. `found` is the object of `hadi funnel --json` once its columns are named,
    without managers for who may not see them."""

    id = fields.String(required=True)
    funnel = fields.String(required=True)
    filename = fields.String(required=True)
    digest = fields.String(required=True, metadata={"description": "SHA-256 of the table"})
    rows = fields.Integer(required=True)
    columns = fields.List(fields.String(), required=True)
    mapping = fields.Dict(required=True, allow_none=True)
    guess = fields.Dict(required=True, metadata={"description": "What the columns look like"})
    as_of = fields.String(required=True, allow_none=True)
    invoices = fields.Integer(required=True, allow_none=True)
    invoices_file = fields.Dict(
        required=True, allow_none=True,
        metadata={"description": "What a file of invoices said; null where none was laid beside"},
    )  # fmt: skip
    notes = fields.List(fields.String(), required=True)
    found = fields.Dict(required=True, allow_none=True)
    problem = fields.String(required=True, allow_none=True)
    author = fields.Nested(PersonOut, required=True)
    created_at = fields.String(required=True)
    version = fields.Integer(required=True, metadata={"description": "To send as If-Match"})
