"""The pages: a folder per place, listed here in the order of the navigation."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

from flask import Flask

from hadi.domain.permissions import Permission
from hadi.domain.wording import N_
from hadi.web.shared.render import PLACES, Entry

REGISTRY: Sequence[Entry] = (
    Entry("today", "hadi.web.today.views", N_("Today"), "house"),
    Entry("hypotheses", "hadi.web.hypotheses.views", N_("Hypotheses"), "lightbulb"),
    Entry("scale", "hadi.web.scale.views", N_("Scale-up"), "rocket"),
    Entry("learnings", "hadi.web.learnings.views", N_("Learnings"), "book-open"),
    Entry("data", "hadi.web.data.views", N_("Data"), "database"),
    Entry(
        "settings",
        "hadi.web.settings.views",
        N_("Settings"),
        "settings",
        Permission.EDIT_SETTINGS,
    ),
    Entry("units", "hadi.web.units.views", within="data"),
    Entry("calendar", "hadi.web.calendar.views", within="data"),
    Entry("seasons", "hadi.web.seasons.views", within="data"),
    Entry("scorecards", "hadi.web.scorecards.views", within="data"),
    Entry("funnels", "hadi.web.funnels.views", within="data"),
    Entry("baskets", "hadi.web.baskets.views", within="data"),
    Entry("levers", "hadi.web.levers.views", within="data"),
    Entry("account", "hadi.web.account.views"),
    Entry("methods", "hadi.web.methods.views"),
    Entry("ui", "hadi.web.ui.views"),
)


def init_app(app: Flask) -> None:
    """Register every place."""
    for entry in REGISTRY:
        app.register_blueprint(importlib.import_module(entry.module).blueprint)
    app.extensions[PLACES] = REGISTRY
