"""What has to be said of a connection, by its kind: which fields, and what may stand in them.

No password may stand in an address: addresses are shown, logged and exported. One that is pasted
into the host (`postgresql://user:password@host/db`) is taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from hadi.domain.errors import Invalid
from hadi.domain.text import Text
from hadi.models.connection import ConnectionKind

LENGTH = 255
TLS = ("prefer", "require", "verify-full")
_TLS_OF_MYSQL = {"PREFERRED": "prefer", "REQUIRED": "require", "VERIFY_IDENTITY": "verify-full"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One field of a kind. `is_address`: who gets the password depends on it."""

    name: str
    is_required: bool = False
    default: Any = ""
    is_address: bool = False


RULES: Mapping[ConnectionKind, tuple[Rule, ...]] = {
    ConnectionKind.POSTGRESQL: (
        Rule("host", is_required=True, is_address=True),
        Rule("port", default=5432, is_address=True),
        Rule("database", is_required=True),
        Rule("user", is_required=True, is_address=True),
        Rule("tls", default="prefer", is_address=True),
        Rule("schema"),
    ),
    ConnectionKind.MYSQL: (
        Rule("host", is_required=True, is_address=True),
        Rule("port", default=3306, is_address=True),
        Rule("database", is_required=True),
        Rule("user", is_required=True, is_address=True),
        Rule("tls", default="prefer", is_address=True),
    ),
    ConnectionKind.DUCKDB: (Rule("path", is_required=True),),
    ConnectionKind.PARQUET: (Rule("path", is_required=True),),
    ConnectionKind.SPARK: (
        Rule("host", is_required=True, is_address=True),
        Rule("port", default=15002, is_address=True),
        Rule("user", is_address=True),
        Rule("tls", default=False, is_address=True),
        Rule("cluster", is_address=True),
    ),
}
SERVERS = frozenset({ConnectionKind.POSTGRESQL, ConnectionKind.MYSQL})  # they price a question
SECRET_KINDS = SERVERS | {ConnectionKind.SPARK}


@dataclass(frozen=True, slots=True)
class Limit:
    """How much a connection may be asked for."""

    default: int
    least: int
    most: int


# Cost is what PostgreSQL's planner estimates: ten million is a scan of some hundreds of gigabytes.
LIMITS: Mapping[str, Limit] = {
    "seconds": Limit(60, 1, 3600),
    "rows": Limit(5_000_000, 1000, 100_000_000),
    "cost": Limit(10_000_000, 1, 10**15),
}
# MySQL has no such unit: what it is held to are the rows that it expects to read.
_MYSQL_COST = Limit(1_000_000_000, 1, 10**15)
_SCHEMES = {
    ConnectionKind.POSTGRESQL: ("postgresql", "postgres", "postgresql+psycopg"),
    ConnectionKind.MYSQL: ("mysql", "mariadb", "mysql+pymysql"),
    ConnectionKind.SPARK: ("sc",),
}
# A name, an IPv4 or IPv6 address, or the folder of PostgreSQL's socket, the file of MySQL's.
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?|\[?[0-9A-Fa-f:]+\]?")
_FOLDER = re.compile(r"/[A-Za-z0-9_./-]*")
_FIELD_NAMES = {
    "host": "source_field.host",
    "port": "source_field.port",
    "database": "source_field.database",
    "user": "source_field.user",
    "tls": "source_field.tls",
    "schema": "source_field.schema",
    "path": "source_field.path",
    "cluster": "source_field.cluster",
    "seconds": "source_field.seconds",
    "rows": "source_field.rows",
    "cost": "source_field.cost",
}


def checked(
    kind: ConnectionKind, settings: Mapping[str, Any], secret: str | None
) -> tuple[dict[str, Any], str | None]:
    """The settings of a connection as they are stored, and its secret: the one that was typed, or
    the one that stood in a pasted address. Raises Invalid with every fault."""
    given, pasted = taken_apart(kind, settings)
    wrong: dict[str, Text] = {}
    known = {rule.name for rule in RULES[kind]}
    for name in given.keys() - known:
        wrong[str(name)[:80]] = Text("source_field_unknown", field=str(name)[:80])
    kept: dict[str, Any] = {}
    for rule in RULES[kind]:
        value = given.get(rule.name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if rule.is_required:
                wrong[rule.name] = Text("source_field_missing", field=Text(_FIELD_NAMES[rule.name]))
            kept[rule.name] = rule.default
            continue
        fault, kept[rule.name] = _read(kind, rule, value)
        if fault is not None:
            wrong[rule.name] = fault
    if wrong:
        raise Invalid(Text("source_unusable"), wrong)
    return kept, secret or pasted


def limits_of(kind: ConnectionKind) -> Mapping[str, Limit]:
    """How much a connection of that kind may be asked for."""
    return {**LIMITS, "cost": _MYSQL_COST} if kind is ConnectionKind.MYSQL else LIMITS


def checked_limits(
    limits: Mapping[str, Any], kind: ConnectionKind = ConnectionKind.POSTGRESQL
) -> dict[str, int]:
    """Seconds, rows and cost. Raises Invalid."""
    wrong: dict[str, Text] = {}
    kept: dict[str, int] = {}
    for name in limits.keys() - LIMITS.keys():
        wrong[str(name)[:80]] = Text("source_field_unknown", field=str(name)[:80])
    for name, limit in limits_of(kind).items():
        value = limits.get(name)
        if value is None or value == "":
            kept[name] = limit.default
            continue
        number = _whole(value)
        if number is None or not limit.least <= number <= limit.most:
            wrong[name] = Text(
                "source_limit_unusable", field=Text(_FIELD_NAMES[name]), least=limit.least,
                most=limit.most,
            )  # fmt: skip
        else:
            kept[name] = number
    if wrong:
        raise Invalid(Text("source_unusable"), wrong)
    return kept


def may_hold_secret(written: object) -> bool:
    """Whether what was typed into a plain field looks like an address with a password in it, and
    is better not shown again."""
    return isinstance(written, str) and any(sign in written for sign in ("://", "@", "="))


def leads_elsewhere(
    kind: ConnectionKind, before: Mapping[str, Any], after: Mapping[str, Any]
) -> bool:
    """Whether a password kept for the one would be sent to somebody else by the other."""
    return any(
        before.get(rule.name) != after.get(rule.name) for rule in RULES[kind] if rule.is_address
    )


def taken_apart(
    kind: ConnectionKind, settings: Mapping[str, Any]
) -> tuple[dict[str, Any], str | None]:
    """The settings with an address pasted into the host taken apart, and its password."""
    given = dict(settings)
    host = given.get("host")
    if not isinstance(host, str) or "://" not in host or kind not in SECRET_KINDS:
        return given, None
    try:
        parts = urlsplit(host.strip())
        port, name = parts.port, parts.hostname
    except ValueError:
        return given, None  # refused as a host, without being repeated
    if parts.scheme not in _SCHEMES[kind] or not name:
        return given, None
    given["host"] = name
    if port:
        given["port"] = port
    if parts.username:
        given["user"] = unquote(parts.username)
    password = unquote(parts.password) if parts.password else None
    if kind in SERVERS:
        database = unquote(parts.path.strip("/"))
        given["database"] = database or given.get("database")
        more = dict(parse_qsl(parts.query))
        mode = more.get("sslmode") or more.get("ssl-mode") or more.get("ssl_mode") or ""
        mode = _TLS_OF_MYSQL.get(mode.upper(), mode)
        if mode in TLS:
            given["tls"] = mode
        return given, password or more.get("password")
    # Spark Connect keeps its parameters behind semicolons: sc://host:port/;token=…;use_ssl=true
    more = dict(part.split("=", 1) for part in parts.path.split(";") if "=" in part)
    given["user"] = more.get("user_id") or given.get("user")
    given["cluster"] = more.get("x-databricks-cluster-id") or given.get("cluster")
    given["tls"] = bool(given.get("tls")) or more.get("use_ssl") == "true" or "token" in more
    return given, password or (unquote(more["token"]) if "token" in more else None)


def _read(kind: ConnectionKind, rule: Rule, value: Any) -> tuple[Text | None, Any]:
    """What is wrong with a value, and the value as it is stored. Nothing typed is repeated: it
    may be a password in the wrong place."""
    named = Text(_FIELD_NAMES[rule.name])
    if rule.name == "port":
        port = _whole(value)
        if port is None or not 1 <= port <= 65535:
            return Text("source_port_unusable"), None
        return None, port
    if rule.name == "tls" and kind is ConnectionKind.SPARK:
        return (None, value) if isinstance(value, bool) else (Text("source_tls_unusable"), None)
    if not isinstance(value, str) or len(value) > LENGTH or not value.strip().isprintable():
        return Text("source_field_unusable", field=named), None
    written = value.strip()
    if rule.name == "tls":
        return (None, written) if written in TLS else (Text("source_tls_unusable"), None)
    if rule.name == "host":
        is_socket = kind in SERVERS and _FOLDER.fullmatch(written)
        if not is_socket and not _HOST.fullmatch(written):
            return Text("source_host_unusable"), None
    if (
        rule.name in ("user", "cluster")
        and re.search(r"[;/=@:]|://", written)
        and (kind is ConnectionKind.SPARK)
    ):
        return Text("source_field_unusable", field=named), None
    if rule.name == "database" and ("=" in written or "://" in written):
        # libpq would read "password=…" there as a setting of the connection.
        return Text("source_database_unusable"), None
    return None, written


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    written = str(value).strip().replace("\u00a0", "").replace(" ", "").replace(",", "")
    return int(written) if written.isascii() and written.isdigit() and len(written) <= 18 else None
