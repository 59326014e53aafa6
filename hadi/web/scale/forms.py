"""The forms of a roll-out: stopping it, planning a wave, recording what a wave brought."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from hadi.domain.statement import LIMIT
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.typed_numbers import NumberField, NumbersField

HELD, NOT_HELD = "yes", "no"
_WORDS = {"maxlength": LIMIT, "rows": 3}


class StopForm(Form):
    """Stopping asks why."""

    reason = TextAreaField(_l("Why does it stop?"), render_kw=_WORDS)


class WaveForm(Form):
    """Where a wave goes, and when it is measured again. `stores` are ticked to be added to the
    scope."""

    scope = TextAreaField(_l("Where does it go?"), render_kw={"maxlength": LIMIT, "rows": 2})
    stores = SelectMultipleField(
        _l("Stores like those of the test"), validate_choice=False,
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip
    starts_on = DateField(_l("Starts on"), [InputRequired(_l("Say when it starts."))])
    measure_on = DateField(
        _l("Measured again on"), [InputRequired(_l("Say when it is measured again."))]
    )

    def days(self) -> dict[str, date]:
        """Both days, of a form that validated."""
        assert self.starts_on.data is not None and self.measure_on.data is not None
        return {"starts_on": self.starts_on.data, "measure_on": self.measure_on.data}


class RepairForm(Form):
    """Going on after a wave that did not hold asks what is different from now on."""

    reason = TextAreaField(_l("What is different from now on?"), render_kw=_WORDS)


class NarrowForm(Form):
    """Where the insight holds after all, and why."""

    narrow_to = TextAreaField(
        _l("Where does it hold after all?"), [InputRequired(_l("Say where it holds."))],
        render_kw={"maxlength": LIMIT, "rows": 2},
    )  # fmt: skip
    reason = TextAreaField(_l("Why only there?"), render_kw=_WORDS)


class MeasurementForm(Form):
    """What measuring a wave again showed. Effects of shares are typed in percentage points, those
    on the log scale in percent."""

    held = RadioField(_l("Did the effect hold?"), validate_choice=False)
    effect = NumberField(_l("Effect"))
    low = NumberField(_l("Lower end"))
    high = NumberField(_l("Upper end"))
    stores = NumbersField(_l("Or the effect of each store"), render_kw={"rows": 4})
    note = TextAreaField(_l("What explains it?"), render_kw=_WORDS)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.held.choices = choices([(HELD, _("It held")), (NOT_HELD, _("It did not hold"))])

    @property
    def has_held(self) -> bool | None:
        """What is said of it; None where that is left to the numbers."""
        return {HELD: True, NOT_HELD: False}.get(str(self.held.data))

    def measured(self, *, is_fraction: bool) -> dict[str, Any]:
        """What was typed, in the units that are stored: percent and points are fractions there."""
        typed = {"effect": self.effect, "low": self.low, "high": self.high}
        numbers: dict[str, Any] = {
            name: field.fraction if is_fraction else field.value for name, field in typed.items()
        }
        return numbers | {"stores": self.stores.fractions if is_fraction else self.stores.values}
