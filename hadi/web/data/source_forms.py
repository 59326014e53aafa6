"""The forms of connections: only the fields of the kind that was chosen."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, PasswordField, SelectField, StringField
from wtforms.validators import Length
from wtforms.widgets import PasswordInput

from hadi.domain.errors import Invalid
from hadi.models import Connection
from hadi.models.connection import ConnectionKind
from hadi.services.connection_fields import (
    LIMITS,
    RULES,
    SECRET_KINDS,
    SERVERS,
    TLS,
    limits_of,
    may_hold_secret,
    taken_apart,
)
from hadi.web.shared.forms import Form, choices

_PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class SourceForm(Form):
    """Made for one kind by `source_form`."""

    name = StringField(_l("Name"), validators=[Length(max=200)], render_kw={"autocomplete": "off"})
    # How long, how many and how dear a question may be.
    seconds = StringField(_l("Seconds, at most"), render_kw={"inputmode": "numeric"})
    rows = StringField(_l("Rows brought over, at most"), render_kw={"inputmode": "numeric"})

    @property
    def named(self) -> list[tuple[Field, str | None]]:
        """The fields of the kind, in their order, each with its line of help."""
        return [(self[name], _help(self._kind, name)) for name in self._own]

    @property
    def has_password(self) -> bool:
        return self._kind in SECRET_KINDS

    def settings(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        return {name.removeprefix("source_"): self[name].data for name in self._own}

    def limits(self) -> dict[str, Any]:
        return {name: self[name].data for name in LIMITS if name in self}

    def refuse_source(self, refusal: Invalid) -> None:
        """Put what was refused at its fields, whose names here have a prefix."""
        self.refuse(refusal, {name.removeprefix("source_"): name for name in self._own})
        self.forget_secrets()

    def forget_secrets(self) -> None:
        """Take out of the fields what must not be shown again: an address that was pasted is
        replaced by its parts, without the password."""
        settings, pasted = taken_apart(self._kind, self.settings())
        for name in self._own:
            value = settings.get(name.removeprefix("source_"))
            self[name].data = "" if may_hold_secret(value) else value
        if pasted:
            field = self["password"]
            field.errors = [*field.errors, _("The address was taken apart: type its password.")]

    def typed(self) -> list[tuple[Field, str]]:
        """The plain fields as they may be shown."""
        self.forget_secrets()
        own = [self.name, *(self[name] for name in self._own)]
        return [(field, str(field.data or "")) for field in own]

    _kind = ConnectionKind.POSTGRESQL
    _own: tuple[str, ...] = ()


def source_form(kind: ConnectionKind, connection: Connection | None = None) -> SourceForm:
    """The form of a connection, filled with what is stored; its password never is."""
    own = tuple(f"source_{rule.name}" for rule in RULES[kind])
    fields: dict[str, Any] = {name: _field(kind, name.removeprefix("source_")) for name in own}
    if kind in SECRET_KINDS:
        # The widget never writes a value back, whatever was typed.
        label = _("Password") if kind in SERVERS else _("Token")
        fields["password"] = PasswordField(
            label, widget=PasswordInput(hide_value=True), render_kw={"autocomplete": "new-password"}
        )
        fields["removes_password"] = BooleanField(_("Remove the one that is kept"))
    if kind in SERVERS:
        is_mysql = kind is ConnectionKind.MYSQL
        label = _("Rows read, at most") if is_mysql else _("Cost, at most")
        fields["cost"] = StringField(label, render_kw={"inputmode": "numeric"})
    made = type("KindSourceForm", (SourceForm,), {**fields, "_kind": kind, "_own": own})
    form: SourceForm = made(data=_stored(kind, connection))
    return form


def kind_word(kind: ConnectionKind) -> str:
    """What a kind of connection is called."""
    return {
        ConnectionKind.POSTGRESQL: str(_("PostgreSQL")),
        ConnectionKind.MYSQL: str(_("MySQL or MariaDB")),
        ConnectionKind.DUCKDB: str(_("DuckDB file")),
        ConnectionKind.PARQUET: str(_("Folder of Parquet files")),
        ConnectionKind.SPARK: str(_("Spark Connect")),
    }[kind]


def kind_hint(kind: ConnectionKind) -> str:
    """What a kind is for, in a line."""
    return {
        ConnectionKind.POSTGRESQL: str(_("A PostgreSQL server, or what speaks like one.")),
        ConnectionKind.MYSQL: str(_("The database of WooCommerce, OpenCart, Bitrix24.")),
        ConnectionKind.DUCKDB: str(_("One file on the computer that runs HADI.")),
        ConnectionKind.PARQUET: str(_("Files of one export, on the computer that runs HADI.")),
        ConnectionKind.SPARK: str(_("Apache Spark, Databricks or Sail: billions of rows.")),
    }[kind]


def _field(kind: ConnectionKind, name: str) -> Field:
    if name == "tls":
        if kind is ConnectionKind.SPARK:
            return BooleanField(_("Encrypted (TLS)"))
        words = {
            "prefer": _("When the server offers it"),
            "require": _("Always"),
            "verify-full": _("Always, and the server shows a certificate of its name"),
        }
        options = choices((value, words[value]) for value in TLS)
        return SelectField(_("Encryption"), choices=options, validate_choice=False)
    labels = {
        "host": _("Host"), "port": _("Port"), "database": _("Database"), "user": _("User"),
        "schema": _("Schema"), "cluster": _("Databricks cluster"),
        "path": _("Path of the file") if kind is ConnectionKind.DUCKDB else _("Path of the folder"),
    }  # fmt: skip
    return StringField(labels[name], render_kw=_PLAIN)


def _help(kind: ConnectionKind, name: str) -> str | None:
    return {
        "source_host": str(_("Such as db.example.org. A whole address may be pasted: it is taken"
                             " apart, and its password is encrypted.")),
        "source_schema": str(_("Only its tables are offered; without it those of all schemas.")),
        "source_cluster": str(_("Its id, for Databricks alone.")),
        "source_user": str(_("One that may read and no more is best.")),
    }.get(name)  # fmt: skip


def is_optional(kind: ConnectionKind, name: str) -> bool:
    """Whether a field may stay empty."""
    return not any(
        rule.is_required for rule in RULES[kind] if f"source_{rule.name}" == name
    ) and name not in ("source_port", "source_tls")


def _stored(kind: ConnectionKind, connection: Connection | None) -> dict[str, Any]:
    """What the fields show: what is stored, or what is usual."""
    if connection is None:
        usual = {f"source_{rule.name}": rule.default for rule in RULES[kind]}
        return {**usual, **{name: str(limit.default) for name, limit in limits_of(kind).items()}}
    kept = {f"source_{name}": value for name, value in connection.settings.items()}
    limits = {name: str(value) for name, value in connection.limits.items()}
    return {"name": connection.name, "version": str(connection.version), **kept, **limits}
