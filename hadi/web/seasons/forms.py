"""The form that a series is pasted into."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length

from hadi.domain.season_plan import NAME_LIMIT
from hadi.models import SeasonProfile
from hadi.services.seasons import METHODS, OVERS
from hadi.web.shared.forms import Form, choices


class SeasonForm(Form):
    """A series, and the two spans that are compared."""

    series = TextAreaField(_l("One month and its value on each line"))
    file = FileField(_l("Or a file"))
    time = StringField(_l("Column of the month"), validators=[Length(max=200)])
    value = StringField(_l("Column of the value"), validators=[Length(max=200)])
    before = StringField(_l("Before"), validators=[Length(max=60)])
    after = StringField(_l("After"), validators=[Length(max=60)])
    method = SelectField(_l("Each month is compared with"), validate_choice=False)
    over = SelectField(_l("Of the years it takes"), validate_choice=False)
    profile = SelectField(_l("Season"), validate_choice=False)
    name = StringField(_l("Keep it as"), validators=[Length(max=NAME_LIMIT)])

    def offer(self, profiles: Iterable[SeasonProfile]) -> None:
        methods = {
            "level": _("the mean of all months"),
            "years": _("the mean of its own year"),
            "trend": _("a moving average of twelve months"),
        }
        overs = {"mean": _("the mean"), "median": _("the median")}
        as_fits = ("", _("what fits the data"))
        self.method.choices = choices([as_fits, *((m, methods[m]) for m in METHODS)])
        kept = [(each.id, each.name) for each in profiles]
        self.profile.choices = choices([("", _("of this series")), *kept])
        self.over.choices = choices([as_fits, *((o, overs[o]) for o in OVERS)])

    @property
    def has_choices(self) -> bool:
        """Whether anything in the folded part was said."""
        fields = (self.time, self.value, self.method, self.over, self.profile)
        return any(field.data or field.errors for field in fields)
