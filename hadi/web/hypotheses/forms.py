"""The forms of a hypothesis itself: its sentence, and the reason of a step that needs one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField

from hadi.domain.statement import LIMIT, TITLE_LIMIT
from hadi.web.shared.forms import Form


class SentenceForm(Form):
    """If we … then … because …; the rules say what is wrong with it, at the fields."""

    change = TextAreaField(_l("If we"), render_kw={"maxlength": LIMIT, "rows": 2, "required": True})
    effect = TextAreaField(_l("then"), render_kw={"maxlength": LIMIT, "rows": 2})
    reason = TextAreaField(_l("because"), render_kw={"maxlength": LIMIT, "rows": 2})
    title = StringField(_l("Short title"), render_kw={"maxlength": TITLE_LIMIT})
    after = HiddenField()  # the key of the hypothesis this one follows from


class ReasonForm(Form):
    """A step that takes a reason: archiving, reopening."""

    reason = TextAreaField(_l("Reason"), render_kw={"maxlength": LIMIT, "rows": 3})
