"""The forms of funnels: the stages, an export of deals, its columns, and what it is used for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import DateField, FieldList, FormField, SelectField, StringField, TextAreaField
from wtforms import Form as Part
from wtforms.validators import Length, Optional

from hadi.domain.errors import Invalid
from hadi.domain.funnels import LONGEST_NAME, MOST_STAGES, StageKind
from hadi.domain.statement import LIMIT
from hadi.domain.text import Text
from hadi.models import Funnel, FunnelDeals, Hypothesis, User
from hadi.services import funnel_deals, users
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.language import say

PARTS = (
    "deal", "stage", "entered_at", "created_at", "closed_at", "task", "manager", "territory",
    "role", "source", "arm",
)  # fmt: skip


class StagePart(Part):
    """A stage: its place among the others, its name, what it is, and how long it may take."""

    place = StringField(_l("No."), render_kw={"inputmode": "decimal", "maxlength": 5})
    name = StringField(_l("Stage"), render_kw={"maxlength": LONGEST_NAME})
    kind = SelectField(_l("What it is"), validate_choice=False)
    days = StringField(_l("Days"), render_kw={"inputmode": "numeric", "maxlength": 6})

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        kinds = [(kind.value, say(Text(f"stage_kind_{kind.value}"))) for kind in StageKind]
        self.kind.choices = choices(kinds)

    @property
    def is_blank(self) -> bool:
        return not any(str(field.data or "").strip() for field in (self.name, self.days))

    @property
    def order(self) -> float:
        """Where the stage is to stand; unreadable ones stay at the end."""
        try:
            return float(str(self.place.data or "").replace(",", "."))
        except ValueError:
            return float("inf")


class FunnelForm(Form):
    """A funnel and its stages, in the order of their numbers; rows without a name are no stages."""

    name = StringField(_l("Its name"), render_kw={"maxlength": LONGEST_NAME})
    responsible = SelectField(_l("Responsible"), validate_choice=False)
    stages = FieldList(FormField(StagePart), min_entries=3, max_entries=MOST_STAGES)
    days = StringField(
        _l("Days in every other stage"), render_kw={"inputmode": "numeric", "maxlength": 6}
    )
    note = TextAreaField(_l("Note"), render_kw={"maxlength": LIMIT, "rows": 2})

    def offer(self, funnel: Funnel | None = None) -> None:
        found = users.everyone(is_active=True)
        if funnel is not None and funnel.responsible not in found:
            found.append(funnel.responsible)
        self.responsible.choices = choices((person.id, _named(person)) for person in found)

    @property
    def rows(self) -> list[StagePart]:
        """The stages that are named, in their order."""
        named = [entry.form for entry in self.stages if not entry.form.is_blank]
        return sorted(named, key=lambda row: row.order)

    @property
    def body(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        stages = [
            {"name": row.name.data, "kind": row.kind.data, "days": row.days.data}
            for row in self.rows
        ]
        return {
            "name": self.name.data, "responsible": self.responsible.data, "stages": stages,
            "days": self.days.data, "note": self.note.data,
        }  # fmt: skip

    def refuse_stages(self, refusal: Invalid) -> None:
        """Put what was refused at its field; what concerns the stages together goes above."""
        rows, rest = self.rows, dict[str, Text]()
        for path, text in refusal.fields.items():
            parts = path.split(".")
            if len(parts) == 3 and parts[0] == "stages" and int(parts[1]) < len(rows):
                control = rows[int(parts[1])][parts[2]]
                control.errors = [*control.errors, say(text)]
            elif path == "stages":
                self.form_errors.append(say(text))
            else:
                rest[path] = text
        if rest or not refusal.fields:
            self.refuse(Invalid(refusal.text, rest))

    @property
    def all_errors(self) -> list[tuple[str | None, str]]:
        """(id of the field, sentence) for the summary above the form."""
        found: list[tuple[str | None, str]] = list(self.loose_errors)
        for control in (self.name, self.responsible, self.days, self.note):
            found += [(control.id, str(message)) for message in control.errors]
        for entry in self.stages:
            for part in entry.form:
                found += [(part.id, str(message)) for message in part.errors]
        return found


def _named(person: User) -> str:
    return person.name if person.active else str(_("%(name)s (left)", name=person.name))


def usual_funnel() -> dict[str, Any]:
    """What a new funnel begins with: the usual stages of selling to companies."""
    stages = [
        (_("New"), "stage", ""), (_("Qualified"), "stage", ""), (_("Offer sent"), "key", "14"),
        (_("Waiting for the decision"), "stage", "30"), (_("Won"), "won", ""),
        (_("Lost"), "lost", ""),
    ]  # fmt: skip
    rows = [
        {"place": str(place), "name": name, "kind": kind, "days": days}
        for place, (name, kind, days) in enumerate(stages, start=1)
    ]
    return {"stages": rows, "days": "7"}


def funnel_values(funnel: Funnel) -> dict[str, Any]:
    """What the form of a funnel is opened with."""
    spec = funnel.spec
    rows = [
        {"place": str(place), "name": stage.name, "kind": stage.kind.value,
         "days": "" if stage.days is None else str(stage.days)}
        for place, stage in enumerate(spec.stages, start=1)
    ]  # fmt: skip
    return {
        "name": funnel.name, "responsible": funnel.responsible_id, "note": funnel.note,
        "days": "" if spec.days is None else str(spec.days), "stages": rows,
        "version": str(funnel.version),
    }  # fmt: skip


def with_stage(sent: MultiDict[str, Any]) -> MultiDict[str, Any]:
    """The form's data with an empty row more."""
    data = MultiDict(sent)
    used = [
        int(key.split("-")[1])
        for key in sent
        if key.startswith("stages-") and key.count("-") == 2 and key.split("-")[1].isdigit()
    ]
    data[f"stages-{max(used, default=-1) + 1}-name"] = ""
    return data


class DealsForm(Form):
    """An export of deals, or its cells pasted from a spreadsheet."""

    file = FileField(_l("The file"))
    pasted = TextAreaField(_l("Pasted cells"))


class InvoicesForm(Form):
    """A file of invoices, to be laid beside deals."""

    invoices_file = FileField(_l("A file of invoices"))


class DeleteForm(Form):
    """Why rows are deleted for good."""

    reason = StringField(_l("Why?"), render_kw={"maxlength": LIMIT})


class UseForm(Form):
    """The hypothesis that the deals are data of, and the step that is judged."""

    hypothesis = SelectField(_l("Hypothesis"), validate_choice=False)
    start = SelectField(_l("From the stage"), validate_choice=False)

    def offer(self, hypotheses: list[Hypothesis], funnel: Funnel) -> None:
        named = [(each.id, f"{each.key} {each.change[:80]}") for each in hypotheses]
        self.hypothesis.choices = choices([("", _("Choose")), *named])
        spec = funnel.spec
        self.start.choices = choices((s.name, s.name) for s in spec.path[:-1])
        if not self.start.data:
            self.start.data = spec.key.name


class ColumnsForm(Form):
    """Which column of an export holds what. Those of stages are asked for by their number."""

    deal = SelectField(_l("The deal"), validate_choice=False)
    stage = SelectField(_l("Stage"), validate_choice=False)
    entered_at = SelectField(_l("When it came to the stage"), validate_choice=False)
    created_at = SelectField(_l("When it was created"), validate_choice=False)
    closed_at = SelectField(_l("When it was closed"), validate_choice=False)
    task = SelectField(_l("Next task"), validate_choice=False)
    manager = SelectField(_l("Manager"), validate_choice=False)
    territory = SelectField(_l("Territory"), validate_choice=False)
    role = SelectField(_l("Role"), validate_choice=False)
    source = SelectField(_l("Source"), validate_choice=False)
    arm = SelectField(_l("Arm of a test"), validate_choice=False)
    wide = FieldList(SelectField(validate_choice=False), max_entries=MOST_STAGES)
    as_of = DateField(_l("Day of the export"), validators=[Optional()])
    invoices = StringField(
        _l("Invoices of the same time"),
        validators=[Length(max=12)],
        render_kw={"inputmode": "numeric"},
    )

    def offer(self, deals: FunnelDeals) -> None:
        """The columns of the file, and a field for each stage."""
        columns = [("", _("None")), *((name, name) for name in deals.columns)]
        for name in PARTS:
            self[name].choices = choices(columns)
        stages = deals.funnel.spec.stages
        while len(self.wide) < len(stages):
            self.wide.append_entry()
        for stage, control in zip(stages, self.wide, strict=False):
            control.label.text = stage.name
            control.choices = choices(columns)

    def mapping(self, deals: FunnelDeals) -> dict[str, Any]:
        """What was chosen, as the service takes it."""
        stages = deals.funnel.spec.stages
        wide = {s.name: c.data for s, c in zip(stages, self.wide, strict=False) if c.data}
        return {**{name: self[name].data for name in PARTS if self[name].data}, "stages": wide}

    def refuse_columns(self, refusal: Invalid, deals: FunnelDeals) -> None:
        places = {stage.name: place for place, stage in enumerate(deals.funnel.spec.stages)}
        rest = dict[str, Text]()
        for path, text in refusal.fields.items():
            stage = path.removeprefix("stages.")
            if stage != path and stage in places:
                control = self.wide[places[stage]]
                control.errors = [*control.errors, say(text)]
            else:
                rest[path] = text
        if rest or not refusal.fields:
            self.refuse(Invalid(refusal.text, rest))


def column_values(deals: FunnelDeals) -> Mapping[str, Any]:
    """What the form of columns is opened with: as they were named, or as they are guessed."""
    known = funnel_deals.offered(deals)
    stages = known.get("stages") or {}
    return {
        **{name: known.get(name, "") for name in PARTS},
        "wide": [stages.get(stage.name, "") for stage in deals.funnel.spec.stages],
        "as_of": deals.as_of,
        "invoices": "" if deals.invoices is None else str(deals.invoices),
        "version": str(deals.version),
    }
