"""The page on which a list of costs is looked at before it is entered."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from hadi.domain.text import Text
from hadi.ingest.small_tables import MOST_CHARS
from hadi.models import Hypothesis
from hadi.services.cost_import import ORDER, Does, Imported, Row
from hadi.web.hypotheses.data_pages import crumbs
from hadi.web.shared.forms import Form
from hadi.web.shared.language import day, say
from hadi.web.shared.money_words import amount_words, sums_words
from hadi.web.shared.pages import Column, Link, Page
from hadi.web.shared.render import chrome

SHOWN = 200


class CostImportForm(Form):
    """A file, or lines that can be mended."""

    file = FileField(_l("A file"))
    lines = TextAreaField(_l("Lines"), validators=[Length(max=MOST_CHARS)])
    currency = StringField(_l("Currency of lines that name none"), validators=[Length(max=3)])

    @property
    def is_sent(self) -> bool:
        return bool(self.file.data and self.file.data.filename)


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A line of the list as it was read."""

    line: int
    day: str
    kind: str
    note: str
    amount: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class ImportFault:
    line: int
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportPreview:
    summary: str
    known: str
    unread: str
    lines: tuple[ImportLine, ...]
    more: int
    faults: tuple[ImportFault, ...]
    more_faults: int
    can_enter: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CostImportPage(Page):
    """`/hypotheses/<key>/costs/import`."""

    crumbs: tuple[Link, ...]
    url: str
    cancel_url: str
    form: CostImportForm
    columns: tuple[Column, ...]
    preview: ImportPreview | None


def cost_import_page(
    hypothesis: Hypothesis, form: CostImportForm, found: Imported | None = None
) -> CostImportPage:
    back = url_for("hypotheses.costs", key=hypothesis.key)
    return CostImportPage(
        title=_("Costs from a list"),
        chrome=chrome(),
        crumbs=(
            *crumbs(hypothesis), Link(_("Costs and payback"), back), Link(_("From a list"), ""),
        ),
        url=url_for("hypotheses.import_costs", key=hypothesis.key),
        cancel_url=back,
        form=form,
        columns=(
            Column(_("Line"), is_figure=True), Column(_("Spent on")), Column(_("What for")),
            Column(_("Amount"), is_figure=True),
        ),
        preview=_preview(found) if found else None,
    )  # fmt: skip


def _preview(found: Imported) -> ImportPreview:
    count, known, wrong = (found.count(each) for each in (Does.ADD, Does.KNOWN, Does.FAULT))
    if wrong:
        summary = say(Text("cost_import_faults", n=wrong))
    else:
        summary = ngettext("%(num)s cost to enter", "%(num)s costs to enter", count)
        summary += f": {sums_words(found.sums)}" if count else ""
    right = [row for row in found.rows if row.parts]
    return ImportPreview(
        summary=str(summary),
        known=ngettext(
            "%(num)s line is in the ledger already and is not entered again.",
            "%(num)s lines are in the ledger already and are not entered again.",
            known,
        )
        if known
        else "",
        unread=_("Not read: %(columns)s", columns=", ".join(found.unread)) if found.unread else "",
        lines=tuple(_line(row) for row in right[:SHOWN]),
        more=max(len(right) - SHOWN, 0),
        faults=tuple(_fault(row) for row in found.faults[:SHOWN]),
        more_faults=max(len(found.faults) - SHOWN, 0),
        can_enter=bool(count) and not wrong,
    )


def _line(row: Row) -> ImportLine:
    spent_on, kind, amount, currency, note = (row.parts[name] for name in ORDER)
    return ImportLine(
        line=row.line,
        day=day(spent_on),
        kind=say(Text(f"cost_{kind.value}")),
        note=note,
        amount=amount_words(amount, currency),
        is_known=row.does is Does.KNOWN,
    )


def _fault(row: Row) -> ImportFault:
    ordered = sorted(row.faults, key=lambda name: ORDER.index(name) if name in ORDER else -1)
    return ImportFault(row.line, tuple(say(row.faults[name]) for name in ordered))
