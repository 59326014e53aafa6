"""Forms of baskets: a file, what its columns and goods are, and where its sums are used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from hadi.domain.baskets import RECEIPT_ROLES
from hadi.models import Basket, Hypothesis
from hadi.services.basket_use import GRAINS, STORES, WEEKS
from hadi.web.shared.forms import Form, choices

CORE, ADDED, NEITHER = "core", "added", "neither"
# What the page asks first; the others stand in a fold.
FIRST = ("receipt", "store", "day", "category", "amount")


class FileForm(Form):
    """A file of receipt lines."""

    file = FileField(_l("A file of receipt lines"))
    name = StringField(_l("Name"), validators=[Length(max=200)])

    @property
    def is_sent(self) -> bool:
        return bool(self.file.data and self.file.data.filename)


class ChooseForm(Form):
    """What the columns are, what the core is, and how it is looked at. The fields of columns are
    named after their roles; those of goods stand beside it, a choice for each."""

    name = StringField(_l("Name"), validators=[Length(max=200)])
    receipt = SelectField(_l("Number of the receipt"), validate_choice=False)
    store = SelectField(_l("Store"), validate_choice=False)
    day = SelectField(_l("Day of the sale"), validate_choice=False)
    category = SelectField(_l("Category"), validate_choice=False)
    amount = SelectField(_l("Amount of the line"), validate_choice=False)
    item = SelectField(_l("Item, where there is no category"), validate_choice=False)
    core = SelectField(_l("A flag that says what is core"), validate_choice=False)
    quantity = SelectField(_l("Pieces"), validate_choice=False)
    price = SelectField(_l("Price of a piece"), validate_choice=False)
    margin = SelectField(_l("Margin of the line"), validate_choice=False)
    currency = SelectField(_l("Currency of the amounts"), validate_choice=False)
    seller = SelectField(_l("Who closed the sale (goal)"), validate_choice=False)
    assist = SelectField(_l("Who passed it on (assist)"), validate_choice=False)
    department = SelectField(_l("Department"), validate_choice=False)
    returned = SelectField(_l("When, or whether, it came back"), validate_choice=False)
    arm = SelectField(_l("Arm of the store"), validate_choice=False)
    goods_of = HiddenField()  # the column whose goods were offered
    goal = StringField(_l("Share of the goal"), validators=[Length(max=20)])
    assist_share = StringField(_l("Share of the assist"), validators=[Length(max=20)])
    since = StringField(_l("Something changed on"), validators=[Length(max=20)])
    control = StringField(_l("The arm that was left as it was"), validators=[Length(max=200)])
    threshold = StringField(_l("The attach rate has to gain"), validators=[Length(max=20)])
    least = StringField(_l("List rules from so many receipts on"), validators=[Length(max=20)])

    def offer(self, names: Sequence[str]) -> None:
        """The columns there are."""
        offered = [("", _("No column")), *((name, name) for name in names)]
        for role in RECEIPT_ROLES:
            self._fields[role].choices = choices(offered)

    @property
    def columns(self) -> dict[str, str]:
        return {role: self._fields[role].data for role in RECEIPT_ROLES if self._fields[role].data}

    @property
    def goods_column(self) -> str:
        return str(self.category.data or self.item.data or "")

    def asked(self, goods: Mapping[str, str]) -> dict[str, Any]:
        """What was typed, as the service takes it. Goods of another column than the one that is
        chosen now are not meant."""
        is_offered = self.goods_of.data == self.goods_column
        said = goods if is_offered else {}
        core = [name for name, kind in said.items() if kind == CORE]
        added = [name for name, kind in said.items() if kind == ADDED]
        has_others = any(kind == NEITHER for kind in said.values())
        return {
            "name": self.name.data or "",
            "columns": self.columns,
            "core": [] if self.core.data else core,
            "periphery": added if has_others else [],
            "goal": self.goal.data,
            "assist": self.assist_share.data,
            **{
                name: self._fields[name].data for name in ("since", "control", "threshold", "least")
            },
        }


# What a refusal of the rules is about, as a field of the form.
FIELD_NAMES = {"assist": "assist_share"}


def choose_values(basket: Basket) -> dict[str, Any]:
    """What the form is opened with."""
    spec = basket.asked
    threshold = spec.threshold
    return {
        "name": basket.name,
        **spec.columns,
        "goods_of": spec.names_goods or "",
        "goal": f"{spec.credit.goal:g}",
        "assist_share": f"{spec.credit.assist:g}",
        "since": spec.since.isoformat() if spec.since else "",
        "control": spec.control,
        "threshold": f"{round(threshold * 100, 9):g}" if threshold is not None else "",
        "least": str(spec.least),
        "version": str(basket.version),
    }


def goods_of(basket: Basket, offered: Sequence[tuple[str, int]]) -> dict[str, str]:
    """What each category is taken for as it stands."""
    spec = basket.asked
    core, periphery = set(spec.core), set(spec.periphery)
    return {
        name: CORE if name in core else ADDED if not periphery or name in periphery else NEITHER
        for name, _n in offered
    }


def sent_goods(sent: MultiDict[str, str]) -> dict[str, str]:
    """What was chosen of each category: `goods.<n>` is its name, `kind.<n>` what it is."""
    found = {}
    for field, name in sent.items():
        prefix, _dot, place = field.partition(".")
        if prefix == "goods" and place.isascii() and place.isdigit():
            kind = sent.get(f"kind.{place}", ADDED)
            found[name] = kind if kind in (CORE, ADDED, NEITHER) else ADDED
    return found


class Boxes(SelectMultipleField):
    """Several of a list, each with a box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class UseForm(Form):
    """The test that sums of receipts are used in."""

    hypothesis = SelectField(_l("Hypothesis"), validate_choice=False)
    grain = SelectField(_l("A row for each"), validate_choice=False)
    treated = Boxes(_l("Stores that got the change"), validate_choice=False)

    def offer(self, hypotheses: Sequence[Hypothesis], stores: Sequence[str]) -> None:
        self.hypothesis.choices = choices(
            [("", _("Choose")), *((one.id, f"{one.key}  {one.change[:120]}") for one in hypotheses)]
        )
        words = {WEEKS: _("store and week"), STORES: _("store, all weeks together")}
        self.grain.choices = choices((grain, words[grain]) for grain in GRAINS)
        self.treated.choices = choices((store, store) for store in stores)
