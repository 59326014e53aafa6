"""The application factory: every part is set up here, in the order in which they depend."""

from __future__ import annotations

import logging

from flask import Flask
from jinja2 import StrictUndefined

from hadi import api, db, jobs, web
from hadi.config import Settings
from hadi.resources import folder
from hadi.spooling import request_class
from hadi.web.account import identity
from hadi.web.shared import downloads, errors, health, language, security, switch
from hadi.web.shared.assets import Assets


def create_app(settings: Settings | None = None) -> Flask:
    """The application, set up from `settings` or from the environment."""
    settings = settings or Settings.from_env()
    static = folder("static") / "dist"
    app = Flask(
        "hadi", template_folder=folder("templates"), static_folder=static, static_url_path="/static"
    )
    app.request_class = request_class(settings.data_dir / "incoming")
    _configure(app, settings)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals["asset"] = Assets(static, app.static_url_path or "/static")
    db.init_app(app)
    jobs.init_app(app, settings)
    language.init_app(app)
    identity.init_app(app, settings)
    security.init_app(app, settings)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(switch.blueprint)
    app.register_blueprint(downloads.blueprint)
    web.init_app(app)
    api.init_app(app)
    errors.init_app(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    app.extensions["hadi_settings"] = settings
    app.config.update(
        SECRET_KEY=settings.key(),
        TESTING=settings.testing,
        PROPAGATE_EXCEPTIONS=False,
        SQLALCHEMY_DATABASE_URI=settings.database,
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=5 * 1024 * 1024,
        RATELIMIT_STORAGE_URI=settings.limiter_storage,
        PREFERRED_URL_SCHEME="https" if settings.https else "http",
    )
    app.logger.setLevel(logging.INFO)
