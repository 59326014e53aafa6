"""A form with one field of every shape. It is never sent."""

from __future__ import annotations

from decimal import Decimal

from werkzeug.datastructures import MultiDict
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    DateField,
    DecimalField,
    FileField,
    Form,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange


class SpecimenForm(Form):
    """Plain WTForms: no request, no token, so that the gallery may show it twice."""

    change = TextAreaField("If we …")
    effect = TextAreaField("then …")
    reason = TextAreaField("because …")
    title = StringField("Short name", validators=[InputRequired("Give it a short name.")])
    metric = SelectField(
        "Primary metric",
        choices=[
            SelectChoice("conversion", "Share of checks with an add-on"),
            SelectChoice("mean", "Average check"),
        ],
    )
    design = RadioField(
        "How is it tested?",
        choices=[
            SelectChoice("split", "Randomised customers"),
            SelectChoice("pilot", "Pilot stores"),
        ],
        default="split",
    )
    budget = DecimalField(
        "Budget cap",
        validators=[NumberRange(min=0, message="A budget cap is zero or more.")],
    )
    threshold = DecimalField("Success threshold")
    ends_on = DateField("Last day")
    is_proxy = BooleanField("The metric is a proxy")
    file = FileField("Data")


def filled_form() -> SpecimenForm:
    """As a person finds it halfway."""
    return SpecimenForm(
        data={
            "title": "Lip balm at the till",
            "design": "split",
            "budget": Decimal("400"),
            "threshold": Decimal("2"),
        },
    )


def refused_form() -> SpecimenForm:
    """As it comes back when something was wrong; what was typed is still there."""
    typed = MultiDict({"refused-title": "", "refused-budget": "-50", "refused-design": "pilot"})
    form = SpecimenForm(typed, prefix="refused-")
    form.validate()
    form.file.errors = ["The file has no column “bought_addon”. Its columns are: date, store, sum."]
    return form
