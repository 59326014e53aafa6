"""Every setting, read once from the environment into one frozen record.

Each field names its variable and what it does; `docs/reference/settings.md` is checked against
this list.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any


def _setting(variable: str, default: Any, about: str) -> Any:
    return field(default=default, metadata={"variable": variable, "about": about})


@dataclass(frozen=True, slots=True)
class Settings:
    """How this instance is set up."""

    database_url: str = _setting(
        "HADI_DATABASE_URL", "", "address of PostgreSQL; empty: SQLite in the data folder"
    )
    data_dir: Path = _setting(
        "HADI_DATA_DIR", Path("var"), "folder of the database (SQLite), the data sets and the keys"
    )
    secret_key: str = _setting(
        "HADI_SECRET_KEY", "", "signs sessions; empty: made once and kept in the data folder"
    )
    base_url: str = _setting(
        "HADI_BASE_URL", "http://127.0.0.1:8000", "public address, for links in e-mails"
    )
    https: bool = _setting(
        "HADI_HTTPS", False, "1 behind TLS: cookies are sent over HTTPS only and HSTS is set"
    )
    proxies: int = _setting(
        "HADI_PROXIES", 0, "how many reverse proxies stand before the server (X-Forwarded-For)"
    )
    max_upload_mb: int = _setting("HADI_MAX_UPLOAD_MB", 4096, "largest file that can be attached")
    workers: int = _setting(
        "HADI_WORKERS", 1, "how many workers `hadi serve` starts beside itself; 0: none"
    )
    mail_url: str = _setting(
        "HADI_MAIL_URL", "", "smtp://user:password@host:port; empty: e-mails go to <data>/outbox"
    )
    mail_sender: str = _setting("HADI_MAIL_SENDER", "hadi@localhost", "From of e-mails")
    limiter_storage: str = _setting(
        "HADI_LIMITER_STORAGE",
        "memory://",
        "where sign-in attempts are counted; share it when there is more than one process",
    )
    credentials_key: str = _setting(
        "HADI_CREDENTIALS_KEY",
        "",
        "encrypts the passwords of connections; several, with commas: the first encrypts, all "
        "decrypt; empty: made once and kept in the data folder",
    )
    source_dirs: str = _setting(
        "HADI_SOURCE_DIRS",
        "",
        "folders whose DuckDB and Parquet files may be connected, joined as in PATH; empty: only "
        "<data>/sources",
    )
    demo_password: str = _setting(
        "HADI_DEMO_PASSWORD", "", "password of the demo accounts; empty: made once and printed"
    )
    testing: bool = _setting("HADI_TESTING", False, "1 in the project's own tests")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the environment. Raises ValueError naming a variable that cannot be read."""
        values: dict[str, Any] = {}
        for item in fields(cls):
            variable = item.metadata["variable"]
            written = environ.get(variable)
            if written is None or written == "":
                continue
            values[item.name] = _read(written, item.default, variable)
        return cls(**values)

    @property
    def database(self) -> str:
        """The address SQLAlchemy is given."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir.absolute() / 'hadi.sqlite3'}"
        for prefix in ("postgres://", "postgresql://"):
            if self.database_url.startswith(prefix):
                return "postgresql+psycopg://" + self.database_url.removeprefix(prefix)
        return self.database_url

    @property
    def max_upload_bytes(self) -> int:
        return self.max_upload_mb * 1024 * 1024

    @property
    def source_folders(self) -> tuple[Path, ...]:
        """Where files and folders of connections may lie: those that are set, and our own."""
        named = (part.strip() for part in self.source_dirs.split(os.pathsep))
        return (*(Path(part) for part in named if part), self.data_dir / "sources")

    def credentials_keys(self) -> tuple[str, ...]:
        """What encrypts the passwords of connections, the first, and what else decrypts them;
        made and kept with owner-only access when none is set."""
        named = tuple(part.strip() for part in self.credentials_key.split(",") if part.strip())
        return named or (kept_secret(self.data_dir / "credentials_key"),)

    def key(self) -> str:
        """The secret key, made and kept with owner-only access when none is set."""
        return self.secret_key or kept_secret(self.data_dir / "secret_key")


def kept_secret(path: Path, *, size: int = 48) -> str:
    """The secret in the file, made on first use; two processes starting together agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        secret = secrets.token_urlsafe(size)
        file.write(secret)
    return secret


def _read(written: str, default: Any, variable: str) -> Any:
    if isinstance(default, bool):
        if written.lower() not in {"0", "1", "true", "false", "yes", "no"}:
            raise ValueError(f"{variable} takes 0 or 1, not “{written}”.")
        return written.lower() in {"1", "true", "yes"}
    if isinstance(default, int):
        try:
            return int(written)
        except ValueError:
            raise ValueError(f"{variable} takes a whole number, not “{written}”.") from None
    return Path(written) if isinstance(default, Path) else written
