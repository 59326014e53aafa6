"""What is sent and answered about scorecards, for the OpenAPI document."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from hadi.api.fields import Bare, Day, Flag, Inner, Listed, Sent, Words, described
from hadi.api.paging import PageQuery
from hadi.api.schemas import PersonOut, _day, _moment, _text, _whole
from hadi.domain.scorecards import Mark
from hadi.domain.statement import LIMIT
from hadi.services.scorecards import POINT, SHORT

_MARKS = {
    "description": "By the criterion’s number: 1 (met), 0 (not met) or NA (does not apply)",
    "type": "object",
    "additionalProperties": {"type": ["string", "integer"]},
}


def _words(about: str, most: int) -> Words:
    return Words(allow_none=True, metadata=described(about, maxLength=most))


class ScorecardQuery(PageQuery):
    q = Words(metadata=described("Words of its name or purpose"))
    open = Words(metadata=described("true or false; all unless said", enum=["true", "false"]))


class ScorecardIn(Sent):
    name = _words("What it is called", SHORT)
    purpose = _words("What it is for", LIMIT)


class NewScorecardIn(ScorecardIn):
    template = Flag(
        allow_none=True,
        metadata=described("Begin with the twelve criteria of a conversation, in your language"),
    )


class CriterionIn(Sent):
    name = _words("What is looked for", SHORT)
    definition = _words("So that two people who see the same mark the same", LIMIT)
    met = _words("When it is 1", LIMIT)
    not_met = _words("When it is 0", LIMIT)
    not_applicable = _words("When it is NA", LIMIT)
    is_mandatory = Flag(allow_none=True, metadata=described("A step that the change asks for"))
    check_who = _words("Who sees that it was done", POINT)
    check_when = _words("When they see it", POINT)
    check_evidence = _words("By what they see it", POINT)


class VisitIn(Sent):
    code = _words("How a file names the visit", 80)
    visited_on = Day(metadata=described("Not in the future"))
    unit = _words("The store", SHORT)
    shopper = _words("Who visited; seen by those who may see personal columns", SHORT)
    second_coder = _words("Who marked it too", SHORT)
    note = _words("", LIMIT)
    marks = Bare(allow_none=True, metadata=_MARKS)
    second = Bare(allow_none=True, metadata=_MARKS)


class VisitVoidIn(Sent):
    reason = Words(allow_none=True, metadata=described("Why", minLength=1, maxLength=LIMIT))


class VisitColumnsIn(Sent):
    """Which column has which role; others are found by their names."""

    visit = _words("Its number", 200)
    day = _words("", 200)
    unit = _words("The store", 200)
    shopper = _words("", 200)
    second = _words("The second coder, or their mark", 200)
    criterion = _words("Its number or name", 200)
    score = _words("The mark", 200)
    comment = _words("", 200)


class VisitImportIn(Sent):
    text = Words(
        required=True,
        metadata=described("CSV or lines copied from a spreadsheet, with their head"),
    )
    columns = Inner(VisitColumnsIn, allow_none=True)
    dry_run = Flag(allow_none=True, metadata=described("Only say what it holds"))


class ScorecardResultQuery(Sent):
    since = Day(metadata=described("Visits before it are the measure before"))
    unit = Words(metadata=described("Of one store"))


class ScorecardLinkIn(Sent):
    scorecard = Words(allow_none=True, metadata=described("Its id"))
    units = Listed(
        Words(), allow_none=True, metadata=described("Stores that carry it out; none for all")
    )
    since = Day(allow_none=True, metadata=described("Where it is not the plan’s first day"))


class CriterionOut(ma.Schema):
    number = _whole("Its number, which is never given again")
    name = _text()
    definition = _text()
    met = _text()
    not_met = _text()
    not_applicable = _text()
    is_mandatory = fields.Boolean(required=True)
    check_who = _text()
    check_when = _text()
    check_evidence = _text()
    is_retired = fields.Boolean(required=True)
    version = _whole("To send as If-Match")


class ScorecardOut(ma.Schema):
    """A scorecard."""

    id = _text()
    name = _text()
    purpose = _text()
    edition = _whole("Counts what changed of its criteria")
    closed_at = _moment(allow_none=True)
    author = fields.Nested(PersonOut, required=True, allow_none=True)
    created_at = _moment()
    updated_at = _moment()
    criteria = fields.List(fields.Nested(CriterionOut), required=True)
    version = _whole("To send as If-Match")


class VisitOut(ma.Schema):
    """A visit. Struck out, it no longer counts."""

    id = _text()
    code = _text(allow_none=True)
    visited_on = _day()
    unit = _text()
    shopper = _text("null for those who may not see personal columns", allow_none=True)
    second_coder = _text("null for those who may not see personal columns", allow_none=True)
    note = _text()
    marks = fields.Dict(required=True, metadata={"description": "By number: " + ", ".join(Mark)})
    second = fields.Dict(required=True)
    author = fields.Nested(PersonOut, required=True, allow_none=True)
    created_at = _moment()
    updated_at = _moment()
    void_reason = _text("Why it is struck out", allow_none=True)
    voided_at = _moment(allow_none=True)
    version = _whole("To send as If-Match")


class VisitImportOut(ma.Schema):
    visits = _whole("How many the text holds")
    marks = _whole()
    faults = fields.List(fields.String(), required=True)
    faulty = _whole("Rows that cannot be used")
    columns = fields.Dict(required=True, metadata={"description": "The column of each role"})
    added = _whole("Visits that are new; with `dry_run` those that would be")
    updated = _whole("Visits that were there: marks given for them replace theirs")


class ScorecardResultOut(ma.Schema):
    """The object of `hadi scorecard --json`. Shares are fractions; null where nothing applied."""

    class Meta:
        unknown = ma.INCLUDE

    sentence = _text()
    since = _day(allow_none=True)
    before = fields.Dict(required=True, allow_none=True)
    after = fields.Dict(required=True)
    change = fields.Dict(required=True, allow_none=True)
    agreement = fields.List(fields.Dict(), required=True)
    excluded = fields.List(fields.Integer(), required=True)
    criteria = fields.List(fields.Dict(), required=True)
    units = fields.List(fields.Dict(), required=True)
    fidelity = fields.Dict(required=True)
    checks = fields.List(fields.Dict(), required=True)


class ScorecardLinkOut(ma.Schema):
    """The scorecard that watches a hypothesis; null where none does."""

    scorecard = _text(allow_none=True)
    name = _text(allow_none=True)
    units = fields.List(fields.String(), required=True)
    since = _day(allow_none=True)
    begins_on = _day(allow_none=True)
    check = fields.Dict(
        required=True, allow_none=True,
        metadata={"description": "Whether it is carried out: code, status, detail"},
    )  # fmt: skip
    fidelity = fields.Dict(required=True, allow_none=True)
    steps_without_check_point = fields.List(fields.Integer(), required=True)
    version = _whole("To send as If-Match; 0 where none watches")
