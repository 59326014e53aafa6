"""What may be said of a connection: addresses without passwords, limits within bounds."""

from __future__ import annotations

from typing import Any

import pytest

from hadi.domain.errors import Invalid
from hadi.models.connection import ConnectionKind
from hadi.services.connection_fields import checked, checked_limits, leads_elsewhere

POSTGRES = {"host": "db.example.org", "database": "sales", "user": "reader"}


def test_defaults_are_filled_in() -> None:
    kept, secret = checked(ConnectionKind.POSTGRESQL, POSTGRES, "typed")
    assert kept == {**POSTGRES, "port": 5432, "tls": "prefer", "schema": ""}
    assert secret == "typed"


def test_a_pasted_address_is_taken_apart() -> None:
    pasted = {"host": "postgresql://reader:p%40ss@db.example.org:6432/sales?sslmode=require"}
    kept, secret = checked(ConnectionKind.POSTGRESQL, pasted, None)
    assert kept == {
        "host": "db.example.org", "port": 6432, "database": "sales", "user": "reader",
        "tls": "require", "schema": "",
    }  # fmt: skip
    assert secret == "p@ss"
    assert "p@ss" not in str(kept)


def test_a_pasted_address_of_mysql_is_taken_apart() -> None:
    pasted = "mysql://reader:p%40ss@db.example.org/shop?ssl-mode=VERIFY_IDENTITY"
    kept, secret = checked(ConnectionKind.MYSQL, {"host": pasted}, None)
    assert kept == {
        "host": "db.example.org", "port": 3306, "database": "shop", "user": "reader",
        "tls": "verify-full",
    }  # fmt: skip
    assert secret == "p@ss"
    socket = {**POSTGRES, "host": "/run/mysqld/mysqld.sock"}
    assert checked(ConnectionKind.MYSQL, socket, None)[0]["host"] == "/run/mysqld/mysqld.sock"


def test_a_pasted_address_of_spark_is_taken_apart() -> None:
    pasted = "sc://dbc-1.example.com:443/;token=dapi123;use_ssl=true;x-databricks-cluster-id=01-ab"
    kept, secret = checked(ConnectionKind.SPARK, {"host": pasted}, None)
    assert kept == {
        "host": "dbc-1.example.com", "port": 443, "user": "", "tls": True, "cluster": "01-ab",
    }  # fmt: skip
    assert secret == "dapi123"


def test_the_typed_password_goes_before_the_pasted_one() -> None:
    pasted = {"host": "postgresql://reader:old@db/sales"}
    assert checked(ConnectionKind.POSTGRESQL, pasted, "new")[1] == "new"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("host", "", "source_field_missing"),
        ("host", "host=db password=hush", "source_host_unusable"),
        ("host", "mysql://reader:hush@db/sales", "source_host_unusable"),
        ("host", "reader:hush@db.example.org", "source_host_unusable"),
        ("host", "postgresql://reader:hush@db:99999999/sales", "source_host_unusable"),
        ("host", "db.example.org\n", None),
        ("host", "db\nother", "source_field_unusable"),
        ("host", 7, "source_field_unusable"),
        ("port", "0", "source_port_unusable"),
        ("port", "65536", "source_port_unusable"),
        ("port", True, "source_port_unusable"),
        ("port", "5 432", None),
        ("database", "dbname=sales password=hush", "source_database_unusable"),
        ("database", "postgresql://reader:hush@db/sales", "source_database_unusable"),
        ("user", "x" * 256, "source_field_unusable"),
        ("tls", "disable", "source_tls_unusable"),
        ("password", "hush", "source_field_unknown"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(
    field: str, value: Any, code: str | None
) -> None:
    settings = {**POSTGRES, field: value}
    if code is None:
        checked(ConnectionKind.POSTGRESQL, settings, None)
        return
    with pytest.raises(Invalid) as refused:
        checked(ConnectionKind.POSTGRESQL, settings, None)
    assert refused.value.fields[field].code == code
    assert "hush" not in " ".join(str(text) for text in refused.value.fields.values())


def test_limits_have_defaults_and_bounds() -> None:
    usual = {"seconds": 60, "rows": 5_000_000, "cost": 10_000_000}
    assert checked_limits({}) == usual
    assert checked_limits({"seconds": "90", "rows": "2 000"}) == usual | {
        "seconds": 90, "rows": 2000,
    }  # fmt: skip
    assert checked_limits({}, ConnectionKind.MYSQL) == usual | {"cost": 1_000_000_000}
    with pytest.raises(Invalid) as refused:
        checked_limits({"seconds": 0, "rows": "many", "cost": -1, "speed": 3})
    assert set(refused.value.fields) == {"seconds", "rows", "cost", "speed"}


def test_a_password_stays_with_its_address() -> None:
    kept, _ = checked(ConnectionKind.POSTGRESQL, POSTGRES, None)
    assert not leads_elsewhere(ConnectionKind.POSTGRESQL, kept, {**kept, "database": "other"})
    for name, value in {"host": "evil.example", "port": 1, "user": "x", "tls": "require"}.items():
        assert leads_elsewhere(ConnectionKind.POSTGRESQL, kept, {**kept, name: value})
