"""What answers look like, for the OpenAPI document. `hadi.api.shown` makes them; the tests hold
each against its schema."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import marshmallow as ma
from marshmallow import fields

from hadi.domain.lifecycle import Decision, State
from hadi.domain.permissions import RoleName, Scope
from hadi.domain.plan import Design, Looks, Spending
from hadi.domain.scaling import Payback, RolloutStatus
from hadi.domain.scorecards import FailureCause
from hadi.domain.verdict import Verdict


def _one_of(kind: type[StrEnum], **options: Any) -> fields.String:
    values: list[str | None] = [member.value for member in kind]
    if options.get("allow_none"):
        values.append(None)
    return fields.String(metadata={"enum": values}, required=True, **options)


def _text(about: str = "", **options: Any) -> fields.String:
    return fields.String(required=True, metadata={"description": about} if about else {}, **options)


def _moment(**options: Any) -> fields.String:
    return fields.String(required=True, metadata={"format": "date-time"}, **options)


def _day(**options: Any) -> fields.String:
    return fields.String(required=True, metadata={"format": "date"}, **options)


def _whole(about: str = "", **options: Any) -> fields.Integer:
    metadata = {"description": about} if about else {}
    return fields.Integer(required=True, metadata=metadata, **options)


def _number(**options: Any) -> fields.Float:
    return fields.Float(required=True, allow_none=True, **options)


def _object(about: str) -> fields.Dict:
    return fields.Dict(required=True, metadata={"description": about})


class BlockerOut(ma.Schema):
    """One thing that stands in the way of a step."""

    code = _text()
    detail = _text("In the language of Accept-Language")
    field = _text("What mends it", allow_none=True)


class ProblemOut(ma.Schema):
    """RFC 9457."""

    type = _text()
    title = _text()
    status = _whole()
    code = _text("Names the case for programs")
    detail = _text("Says it for people, in the language of Accept-Language")
    blockers = fields.List(fields.Nested(BlockerOut), required=True)
    fields_ = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True, data_key="fields",
        metadata={"description": "Path of a field to what is wrong with it"},
    )  # fmt: skip
    remedy = fields.Dict(
        keys=fields.String(), values=fields.String(),
        metadata={"description": "The choices under which a file could be read after all"},
    )  # fmt: skip


class PersonOut(ma.Schema):
    id = _text()
    name = _text()
    email = _text()


class MemberOut(PersonOut):
    roles = fields.List(_one_of(RoleName), required=True)


class TokenOut(ma.Schema):
    id = _text()
    name = _text()
    scopes = fields.List(_one_of(Scope), required=True)
    expires_at = _moment()


class MeOut(MemberOut):
    language = _text(allow_none=True)
    token = fields.Nested(TokenOut, required=True)


class PlanOut(ma.Schema):
    """The plan as PUT takes it. What `version` and the rest below it say is ignored in a PUT."""

    design = _one_of(Design, allow_none=True)
    variant = _text(allow_none=True)
    control = _text(allow_none=True)
    split = fields.Dict(keys=fields.String(), values=fields.Float(), required=True, allow_none=True)
    unit = _text(allow_none=True)
    cluster = _text(allow_none=True)
    segments = fields.List(fields.String(), required=True)
    day = _text(allow_none=True)
    group = _text(allow_none=True)
    metrics = fields.List(fields.Dict(), required=True)
    looks = _one_of(Looks)
    look_count = _whole(allow_none=True)
    spending = _one_of(Spending, allow_none=True)
    alpha = fields.Float(required=True)
    power = fields.Float(required=True)
    baseline = _number()
    baseline_sd = _number()
    expected_effect = _number()
    exposure = _number()
    icc = _number()
    cluster_size = _number()
    cluster_cv = _number()
    budget = fields.Dict(required=True, allow_none=True)
    money = fields.Dict(
        metadata={"description": "What the effect is worth, where it is declared and may be seen"}
    )
    starts_on = _day(allow_none=True)
    ends_on = _day(allow_none=True)
    planned_units = _whole("Per arm; clusters in a cluster design", allow_none=True)
    owner = _text("Id of a person", allow_none=True)
    steward = _text("Id of a person", allow_none=True)
    version = _whole("Of the plan: amendments count up")
    digest = _text("SHA-256 of the locked plan", allow_none=True)
    locked_at = _moment(allow_none=True)


class PlanAnswerOut(PlanOut):
    state = _one_of(State)
    blockers = fields.List(
        fields.Nested(BlockerOut), required=True,
        metadata={"description": "What keeps the test from starting"},
    )  # fmt: skip
    notes = fields.List(
        fields.Nested(BlockerOut), required=True,
        metadata={"description": "What looks like a slip, and keeps nothing from starting"},
    )  # fmt: skip


class TestOut(ma.Schema):
    __test__ = False

    id = _text()
    number = _whole()
    started_at = _moment(allow_none=True)


class HypothesisOut(ma.Schema):
    id = _text()
    key = _text("The spoken key, such as H-12")
    state = _one_of(State)
    title = _text()
    change = _text()
    effect = _text()
    reason = _text()
    sentence = _text()
    author = fields.Nested(PersonOut, required=True)
    owner = fields.Nested(PersonOut, required=True, allow_none=True)
    steward = fields.Nested(PersonOut, required=True, allow_none=True)
    verdict = _one_of(Verdict, allow_none=True)
    verdict_label = _text(
        "The word on its badge; “Not executed” is one of the verdict invalid", allow_none=True
    )
    created_at = _moment()
    updated_at = _moment()
    version = _whole("Also the ETag")
    plan = fields.Nested(PlanOut, required=True, allow_none=True)
    test = fields.Nested(TestOut, required=True, allow_none=True)
    links = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class InsightOut(ma.Schema):
    learned = _text()
    holds_where = _text()
    next = _text()
    cause = fields.String(
        metadata={"description": "Only where it was said what stood in the way: one of "
        + ", ".join(FailureCause)}
    )  # fmt: skip


class DecisionOut(ma.Schema):
    id = _text()
    decision = _one_of(Decision)
    reason = _text()
    insight = fields.Nested(InsightOut, required=True)
    override = _text(allow_none=True)
    acknowledge_payback = fields.Boolean(required=True)
    analysis_id = _text()
    author = fields.Nested(PersonOut, required=True)
    created_at = _moment()


class RolloutBriefOut(ma.Schema):
    id = _text()
    status = _one_of(RolloutStatus)
    payback = _one_of(Payback)


class ConclusionOut(DecisionOut):
    rollout = fields.Nested(RolloutBriefOut, required=True, allow_none=True)
    hypothesis = fields.Nested(HypothesisOut, required=True)


class HypothesisWholeOut(HypothesisOut):
    archive_reason = _text(allow_none=True)
    conclusion = fields.Nested(DecisionOut, required=True, allow_none=True)


class DatasetOut(ma.Schema):
    id = _text()
    version = _whole("Within its test", allow_none=True)
    rows = _whole()
    report = _object("How the file was read: columns, encoding, delimiter, decimal, sheet, notes")
    kind = _text()
    filename = _text(allow_none=True)
    digest = _text("SHA-256 of the data")
    mapping = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    tags = _object("A column to what it holds: money, margin, personal")
    role = _text("outcome; log and receipts are compared with it")
    relation = _text("whole, correction or increment")
    previous_version = _whole("The version that it corrects or adds to", allow_none=True)
    reason = _text("Of a correction, or of other columns", allow_none=True)
    is_current = fields.Boolean(required=True, metadata={"description": "No version is newer"})
    quality = fields.Dict(
        required=True, allow_none=True, metadata={"description": "What was found in its rows"}
    )
    origin = fields.Dict(
        required=True, allow_none=True,
        metadata={"description": "What its rows were worked out from: deals, receipts"},
    )  # fmt: skip
    test = _whole("The number of the test")
    author = fields.Nested(PersonOut, required=True)
    attached_at = _moment(allow_none=True)
    deleted_at = _moment(allow_none=True)


class ProvenanceOut(ma.Schema):
    """From the files as they were sent to the verdicts that rest on them."""

    id = _text()
    version = _whole(allow_none=True)
    digest = _text("SHA-256 of the data")
    mapping = _object("The plan's name of a column to the data's")
    parts = fields.List(
        fields.Dict(), required=True,
        metadata={"description": "Each file with its digest as sent, how it was read, its table"},
    )  # fmt: skip
    versions = fields.List(
        fields.Dict(), required=True, metadata={"description": "Those before it, newest first"}
    )
    newest_version = _whole("The one that stands now", allow_none=True)
    deleted_at = _moment(allow_none=True)
    analyses = fields.List(fields.Dict(), required=True)


class AnalysisOut(ma.Schema):
    """The object of `hadi check --json`, whole, and what it was made of."""

    class Meta:
        unknown = ma.INCLUDE

    id = _text()
    dataset_version = _whole()
    dataset_is_current = fields.Boolean(
        required=True, metadata={"description": "No newer version of the data stands in its place"}
    )
    plan_version = _whole()
    test = _whole("The number of the test")
    is_final = fields.Boolean(required=True)
    early_reason = _text("Why it was opened before the planned end", allow_none=True)
    author = fields.Nested(PersonOut, required=True, allow_none=True)
    created_at = _moment()
    verdict = _one_of(Verdict)
    verdict_label = _text("The word on its badge; “Not executed” is one of the verdict invalid")
    real = fields.Boolean(required=True)
    clear = fields.Boolean(required=True)
    arm = _text(allow_none=True)
    sentence = _text()
    evidence = _text()
    alpha = fields.Float(required=True)
    looks = _text()
    checks = fields.List(fields.Dict(), required=True)
    arms = fields.List(fields.Dict(), required=True)
    comparisons = fields.List(fields.Dict(), required=True)
    omnibus = fields.Dict(
        required=True, allow_none=True,
        metadata={"description": "Whether three arms or more differ at all"},
    )  # fmt: skip
    segments = fields.List(
        fields.Dict(), required=True,
        metadata={"description": "The primary metric by segment; exploratory"},
    )  # fmt: skip
    look = _object("Which look this was: kind, fraction of the planned units, number")
    closing = fields.Boolean(
        required=True, metadata={"description": "Whether this result may end the test"}
    )
    settling = fields.Dict(
        required=True, allow_none=True,
        metadata={"description": "What would settle an open question: units_per_arm, weeks"},
    )  # fmt: skip
    warnings = fields.List(fields.Dict(), required=True)


class EventOut(ma.Schema):
    id = _whole()
    at = _moment()
    actor = _object("kind, and of a person id and name, and the id of the token used")
    verb = _text()
    subject = _text()
    subject_id = _text()
    changes = _object("Field to [before, after]")
    details = _object("What else there is to know")


class HypothesisBriefOut(ma.Schema):
    id = _text()
    key = _text()
    sentence = _text()


class PromiseOut(ma.Schema):
    """The effect the result promised, in the units in which waves are measured; of one that fades
    what is left of it, and `over_all` that of the whole test, which waves are held against."""

    metric = _text()
    arm = _text(allow_none=True)
    estimate = _number()
    low = _number()
    high = _number()
    unit = _text(
        "relative: fractions of what would have been, of a pilot on the log scale; share: a "
        "difference of shares; value: the metric's own units",
        allow_none=True,
    )
    over_all = _number()
    lift = fields.Dict(required=True, allow_none=True)


class RolloutMarginOut(ma.Schema):
    """Margin a week, by the test or, where a wave is measured again, by the last wave; an open end
    is null."""

    estimate = _number()
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)
    currency = _text()
    is_measured_again = fields.Boolean(required=True)


class MeasurementOut(ma.Schema):
    held = fields.Boolean(required=True)
    effect = _number()
    low = _number()
    high = _number()
    note = _text()
    measured_at = _moment()


class WaveOut(ma.Schema):
    number = _whole()
    scope = _text()
    starts_on = _day()
    measure_on = _day()
    measurement = fields.Nested(MeasurementOut, required=True, allow_none=True)


class RolloutOut(RolloutBriefOut):
    version = _whole("Also the ETag")
    position = fields.Float(required=True)
    owner = fields.Nested(PersonOut, required=True, allow_none=True)
    hypothesis = fields.Nested(HypothesisBriefOut, required=True)
    margin_per_week = fields.Nested(RolloutMarginOut, required=True, allow_none=True)
    promised = fields.Nested(PromiseOut, required=True, allow_none=True)
    waves = fields.List(fields.Nested(WaveOut), required=True)
    next_measurement = _day(allow_none=True)
    stop_reason = _text(allow_none=True)
    narrowed_to = _text(
        "Where the insight holds after all, said after a wave that did not hold", allow_none=True
    )
    created_at = _moment()
    updated_at = _moment()


class WaveAnswerOut(WaveOut):
    rollout = fields.Nested(RolloutOut, required=True)
