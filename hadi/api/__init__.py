"""The REST API under /api/v1: the same verbs as the pages, for programs with a token."""

from __future__ import annotations

from threading import Lock
from typing import Any

import flask_smorest
from flask import Flask, Response, current_app

from hadi import __version__
from hadi.api import (
    analyses,
    authentication,
    baskets,
    calendar,
    client_bases,
    conclusions,
    connections,
    cost_imports,
    costs,
    datasets,
    events,
    exports,
    feeds,
    funnels,
    hypotheses,
    jobs,
    levers,
    people,
    pilots,
    plans,
    problems,
    quality,
    rollouts,
    scorecards,
    season_profiles,
    seasons,
    units,
    uploads,
)
from hadi.api.answers import PREFIX, Endpoints
from hadi.api.schemas import ProblemOut

RATE_LIMIT = "1200 per minute"  # of one token: a script may hurry, a runaway one may not

NOUNS = (
    hypotheses, plans, pilots, datasets, uploads, quality, connections, feeds, analyses,
    conclusions, rollouts, funnels, costs, cost_imports, events, people, jobs, exports, seasons,
    season_profiles, baskets,
    calendar, units, scorecards, levers, client_bases,
)  # fmt: skip

ABOUT = """\
Ideas become evidence: a hypothesis is captured, planned, tested, judged, decided and scaled.

Send a token as `Authorization: Bearer hadi_…`. Errors are `application/problem+json`. Edits need
`If-Match` with the ETag that was read. A POST with an `Idempotency-Key` acts once however often it
is sent. Sentences come in the language of `Accept-Language` (en, ru, hu).
"""


class _Api(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest without its own error format, and with its description written when it is
    first asked for: that takes longer than everything else an application does to start."""

    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = ProblemOut

    def __init__(self, app: Flask, *, spec_kwargs: dict[str, Any]) -> None:
        self._undescribed: list[Endpoints] = []
        self._describing = Lock()
        self._has_responses = False
        super().__init__(app, spec_kwargs=spec_kwargs)

    def register_blueprint(self, blp: Endpoints, **options: Any) -> None:
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._undescribed.append(blp)

    def _register_responses(self) -> None:
        """Called when the application is made, for a component of every status there is."""

    def _openapi_json(self) -> Response:
        with self._describing:
            if not self._has_responses:
                super()._register_responses()
                self._has_responses = True
            while self._undescribed:
                endpoints = self._undescribed[0]
                endpoints.register_views_in_doc(
                    self, self._app, self.spec, name=endpoints.name, parameters=None
                )
                self.spec.tag({"name": endpoints.name, "description": endpoints.description})
                self._undescribed.pop(0)
        response: Response = super()._openapi_json()
        return response

    def _register_error_handlers(self) -> None:
        problems.init_app(self._app)


def init_app(app: Flask) -> None:
    """Register the endpoints, their description and their errors. The pages' CSRF protection and
    request limiter are set up before."""
    app.config.setdefault("API_RATE_LIMIT", RATE_LIMIT)
    app.config.update(
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    # The accounts' library would look into every body for a token of its own: before any limit of
    # ours, and for a way in that is not ours.
    app.login_manager.request_loader(None)  # type: ignore[attr-defined]
    api = _Api(app, spec_kwargs=_description())
    for noun in NOUNS:
        _protect(app, noun.endpoints)
        api.register_blueprint(noun.endpoints)
    api.spec.components.security_scheme(
        "bearer", {"type": "http", "scheme": "bearer", "description": "An access token"}
    )


def _description() -> dict[str, Any]:
    return {
        "title": "HADI",
        "version": __version__,
        "openapi_version": "3.1.0",
        "info": {"description": ABOUT},
    }


def _protect(app: Flask, endpoints: Endpoints) -> None:
    """A token opens them, within its rate; no cookie does, so that no CSRF token is needed."""
    if "csrf" in app.extensions:
        app.extensions["csrf"].exempt(endpoints)
    for limiter in app.extensions.get("limiter", ()):
        # A limiter may serve several applications; told twice, it would count everything twice.
        if limiter not in endpoints.limited_by:
            endpoints.limited_by.add(limiter)
            limiter.limit(_rate, key_func=authentication.caller)(endpoints)


def _rate() -> str:
    return str(current_app.config["API_RATE_LIMIT"])
