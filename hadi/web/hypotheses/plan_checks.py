"""What only the form of a plan can know to be wrong: parts that depend on each other, and numbers
that are typed in other units than the plan holds them in."""

from __future__ import annotations

from flask_babel import gettext as _
from wtforms import Field

from hadi.domain.plan import Better
from hadi.web.hypotheses.plan_forms import PlanForm
from hadi.web.shared.typed_numbers import NumberField


def check_typed(form: PlanForm) -> bool:
    """Whether what was typed can be read; every field that cannot says why."""
    form.validate()
    unasked = list(form.unasked())
    for field in unasked:
        field.errors = []
    _check_arms(form)
    _check_effect(form)
    hidden = {field.id for field in unasked}
    for measure in (form.measure, *(row.form.measure for row in form.metrics)):
        if measure.winsor.id not in hidden:
            _check_percent(measure.winsor, 50, _("Write a percentage between 50 and 100: 99.9."))
        if measure.q.id not in hidden:
            _check_percent(measure.q, 0, _("Write a percentage between 0 and 100: 90."))
    if form.icc.id not in hidden and not form.icc.errors:
        typed = form.icc.number
        if typed is not None and not 0 <= typed < 100:
            _refuse(form.icc, _("Write a percentage between 0 and 100: 5."))
    return not form.loose_errors and not any(field.errors for field in form.every_field())


def _check_arms(form: PlanForm) -> None:
    if form.is_of_periods:
        return
    named = [row.form for row in form.arms if (row.form.name.data or "").strip()]
    if len(named) > 1:
        for row in named:
            share = row.share
            if not share.errors and (share.number is None or share.number <= 0):
                _refuse(share, _("Say which share of the units this arm gets."))
    elif form.arms[0].form not in named and named:
        _refuse(form.arms[0].form.name, _("Name the control arm too."))


def _check_effect(form: PlanForm) -> None:
    effect = form.pilot_effect if form.is_of_periods else form.expected_effect
    is_below = effect.number is not None and effect.number < 0
    if not effect.errors and is_below and form.better.data != Better.LOWER:
        _refuse(effect, _("Write the improvement as a number above zero."))


def _check_percent(number: NumberField, low: int, sentence: str) -> None:
    """Above `low` and below 100, where something readable is typed."""
    if number.number is not None and not low < number.number < 100:
        _refuse(number, sentence)


def _refuse(field: Field, sentence: str) -> None:
    field.errors = [*field.errors, sentence]
