"""The whole history of a hypothesis, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from hadi.domain.text import Text
from hadi.models import Hypothesis
from hadi.services.hypothesis_history import History
from hadi.web.hypotheses.history_words import entries
from hadi.web.hypotheses.rows import Row, row_of
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import say
from hadi.web.shared.pages import HistoryEntry, Link, Page
from hadi.web.shared.render import chrome


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage(Page):
    """`/hypotheses/<key>/history`."""

    row: Row
    crumbs: tuple[Link, ...]
    entries: tuple[HistoryEntry, ...]
    total: str
    older_url: str | None
    newest_url: str | None
    downloads: tuple[Downloads, ...]


def history_page(hypothesis: Hypothesis, found: History, *, before: int | None) -> HistoryPage:
    here = url_for("hypotheses.history", key=hypothesis.key)
    return HistoryPage(
        title=gettext("History of %(key)s", key=hypothesis.key),
        chrome=chrome(),
        row=row_of(hypothesis),
        crumbs=(
            Link(gettext("Hypotheses"), url_for("hypotheses.index")),
            Link(hypothesis.key, url_for("hypotheses.show", key=hypothesis.key)),
            Link(gettext("History"), ""),
        ),
        entries=entries(found, hypothesis),
        total=say(Text("events_found", n=found.total)),
        older_url=url_for("hypotheses.history", key=hypothesis.key, before=found.older)
        if found.older
        else None,
        newest_url=here if before is not None else None,
        downloads=(
            offered("hypotheses.history_file", gettext("This history"), key=hypothesis.key),
            offered(
                "hypotheses.analyses_file",
                gettext("Its results, number by number"),
                key=hypothesis.key,
            ),
        ),
    )
