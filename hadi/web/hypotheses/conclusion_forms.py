"""The form that ends a loop: the insight, which may grow as a draft, and the decision."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from hadi.domain.lifecycle import Decision, Insight
from hadi.domain.scorecards import FailureCause
from hadi.domain.statement import LIMIT
from hadi.domain.text import Text
from hadi.web.hypotheses.conclusion_panels import decision_word
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.language import say


class ConclusionForm(Form):
    """`reason` and what follows belong to the decision alone."""

    learned = TextAreaField(_l("What did we learn?"), validators=[Length(max=2 * LIMIT)])
    holds_where = TextAreaField(_l("Where does it hold?"), validators=[Length(max=2 * LIMIT)])
    next = TextAreaField(_l("What comes next?"), validators=[Length(max=2 * LIMIT)])
    cause = SelectField(_l("What stood in the way?"), validate_choice=False)
    decision = RadioField(_l("What do we do now?"), validate_choice=False)
    reason = TextAreaField(_l("Why?"), validators=[Length(max=LIMIT)])
    acknowledge_payback = BooleanField(_l("I know that nobody has assessed whether it pays back"))
    override = TextAreaField(
        _l("Why is it scaled against these gates?"), validators=[Length(max=LIMIT)]
    )

    def offer(self, *, is_exploration: bool = False, needs_cause: bool = False) -> None:
        """Fill in what can be chosen: an exploration is never scaled, it is tested anew."""
        offered = [d for d in Decision if not (is_exploration and d is Decision.SCALE)]
        causes = [(cause.value, say(Text(f"cause_{cause.value}"))) for cause in FailureCause]
        nothing = _("Choose") if needs_cause else _("Not known, or it does not matter here")
        self.cause.choices = choices([("", nothing), *causes])
        self.decision.choices = choices((d.value, decision_word(d)) for d in offered)

    @property
    def insight(self) -> Insight:
        return Insight(
            self.learned.data or "", self.holds_where.data or "", self.next.data or "",
            self.cause.data or "",
        )  # fmt: skip

    @property
    def chosen(self) -> Decision | None:
        """The decision, where one of them was chosen."""
        known = {decision.value: decision for decision in Decision}
        return known.get(str(self.decision.data))
