"""The row of views of the Data place: each a place of its own, found here in one order."""

from __future__ import annotations

from flask import current_app, url_for
from flask_babel import gettext

from hadi.domain.permissions import Permission, allows
from hadi.domain.wording import N_
from hadi.web.shared.access import current_actor
from hadi.web.shared.pages import Tab

# (key, label, endpoint); those whose endpoint is not there are not shown.
DATA_TABS: tuple[tuple[str, str, str], ...] = (
    ("datasets", N_("Data sets"), "data.index"),
    ("sources", N_("Sources"), "data.sources"),
    ("units", N_("Stores and teams"), "units.index"),
    ("calendar", N_("Calendar"), "calendar.index"),
    ("seasons", N_("Seasons"), "seasons.index"),
    ("funnels", N_("Funnels"), "funnels.index"),
    ("levers", N_("Levers"), "levers.index"),
    ("baskets", N_("Baskets"), "baskets.index"),
    ("scorecards", N_("Scorecards"), "scorecards.index"),
)
# What not everybody may see.
_NEEDED = {"sources": Permission.MANAGE_SOURCES}


def data_tabs(current: str) -> tuple[Tab, ...]:
    """The views that this person may see; `current` is the key of the one that is shown."""
    actor = current_actor()
    return tuple(
        Tab(gettext(label), url_for(endpoint), key == current)
        for key, label, endpoint in DATA_TABS
        if endpoint in current_app.view_functions
        and (key not in _NEEDED or allows(actor, _NEEDED[key]))
    )
