"""Whether this instance can serve: what a monitor asks and `hadi doctor` explains."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from hadi.config import Settings
from hadi.db import db
from hadi.resources import folder


def readiness() -> Mapping[str, str | None]:
    """Each check with the sentence that says what is wrong, or None."""
    settings: Settings = current_app.extensions["hadi_settings"]
    checks: Mapping[str, Callable[[], str | None]] = {
        "database": database_fault,
        "migrations": migrations_fault,
        "data_folder": lambda: data_folder_fault(settings.data_dir),
    }
    return {name: check() for name, check in checks.items()}


def database_fault() -> str | None:
    try:
        db.session.execute(select(1))
    except SQLAlchemyError as error:
        db.session.rollback()
        first_line = str(error).splitlines()[0]
        return f"The database does not answer: {first_line}"
    return None


def migrations_fault() -> str | None:
    script = ScriptDirectory.from_config(_alembic())
    try:
        with db.engine.connect() as connection:
            here = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        return "The database does not answer."
    head = script.get_current_head()
    if here != head:
        return (
            f"The database is at migration {here or 'none'}, the code at {head}: run `hadi init`."
        )
    return None


def revision() -> str:
    """The migration that this code is written for."""
    return ScriptDirectory.from_config(_alembic()).get_current_head() or ""


def data_folder_fault(data_dir: Path) -> str | None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir):
            pass
    except OSError as error:
        return f"The data folder {data_dir} cannot be written: {os.strerror(error.errno or 0)}."
    return None


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder("migrations")))
    return config
