"""People in the database: who may add them, what is refused, what is logged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from hadi.app import create_app
from hadi.config import Settings
from hadi.db import db
from hadi.domain.errors import Invalid, NotAllowed, NotFound, Stale
from hadi.domain.permissions import JOB, Actor, ActorKind, RoleName, Scope
from hadi.models import Event, User
from hadi.services import users, workspace
from tests.factories.people import NOW, PASSWORD, add_person
from tests.fixtures.database import close

pytestmark = pytest.mark.usefixtures("app_context")


def add(**values: Any) -> User:
    made = {"email": "anna@shop.example", "name": "Anna", "roles": ["member"], "by": JOB}
    return users.add(**{**made, **values}, now=NOW)


def events() -> list[str]:
    return list(db.session.scalars(db.select(Event.verb).order_by(Event.id)))


def test_an_address_is_normalised_and_found_again() -> None:
    made = add(email="  ANNA@Shop.Example ")
    assert made.email == "anna@shop.example"
    found = users.find("Anna@SHOP.example")
    assert found is not None
    assert found.id == made.id


def test_an_address_is_taken_once() -> None:
    add()
    with pytest.raises(Invalid) as refusal:
        add(email="ANNA@shop.example")
    assert refusal.value.fields["email"].code == "user.email_taken"
    assert events() == ["user.added"]


@pytest.mark.parametrize(
    "email", ["", "anna", "anna@", "a b@c.hu", "anna@shop.example\0", "x" * 300 + "@shop.example"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(Invalid) as refusal:
        add(email=email)
    assert refusal.value.fields["email"].code == "user.email_unusable"


def test_company_addresses_are_taken() -> None:
    assert add(email="anna@shop.local").email == "anna@shop.local"


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        add(email="x", name=" ", roles=["boss"], language="de", password="short")
    assert set(refusal.value.fields) == {"email", "name", "roles", "language", "password"}


@pytest.mark.parametrize("role", [role for role in RoleName if role is not RoleName.ADMIN])
def test_only_administrators_add_people(role: RoleName) -> None:
    actor = Actor(ActorKind.PERSON, add(roles=[role.value]).id, frozenset({role}))
    with pytest.raises(NotAllowed):
        add(email="b@shop.example", by=actor)


def test_a_reading_token_of_an_administrator_changes_nobody() -> None:
    admin = add(roles=["admin"])
    reading = Actor(
        ActorKind.TOKEN, admin.id, frozenset({RoleName.ADMIN}), frozenset({Scope.READ}), "t"
    )
    with pytest.raises(NotAllowed):
        add(email="b@shop.example", by=reading)


def test_roles_are_edited_and_logged() -> None:
    user = add()
    users.edit(
        user_id=user.id, name="Anna K", roles=["analyst", "leader"], version=1, by=JOB, now=NOW
    )
    assert users.role_names(user) == {RoleName.ANALYST, RoleName.LEADER}
    event = db.session.scalars(db.select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert event.changes == {
        "name": ["Anna", "Anna K"],
        "roles": [["member"], ["analyst", "leader"]],
    }


def test_a_change_of_roles_alone_makes_a_stale_form_stale() -> None:
    user = add()
    users.edit(user_id=user.id, name="Anna", roles=["leader"], version=1, by=JOB, now=NOW)
    with pytest.raises(Stale):
        users.edit(user_id=user.id, name="Anna", roles=["viewer"], version=1, by=JOB, now=NOW)


def test_editing_nothing_logs_nothing() -> None:
    user = add()
    users.edit(user_id=user.id, name="Anna", roles=["member"], version=1, by=JOB, now=NOW)
    assert events() == ["user.added"]


def test_the_last_administrator_stays_until_there_is_another() -> None:
    first = add(roles=["admin"])
    for refused in (
        lambda: users.edit(
            user_id=first.id, name="A", roles=["viewer"], version=1, by=JOB, now=NOW
        ),
        lambda: users.set_active(user_id=first.id, is_active=False, version=1, by=JOB, now=NOW),
    ):
        with pytest.raises(Invalid, match="the last active administrator"):
            refused()
    second = add(email="b@shop.example", roles=["admin"])
    users.set_active(user_id=first.id, is_active=False, version=1, by=JOB, now=NOW)
    with pytest.raises(Invalid, match="the last active administrator"):
        users.set_active(user_id=second.id, is_active=False, version=1, by=JOB, now=NOW)


def test_a_new_password_ends_sessions(app: Flask) -> None:
    user_id = add_person(app)
    before = users.get(user_id).fs_uniquifier
    users.set_password(user_id=user_id, password="quite another one", by=JOB, now=NOW)
    assert users.get(user_id).fs_uniquifier != before


def test_letting_a_person_go_ends_sessions_for_good(app: Flask) -> None:
    user_id = add_person(app)
    before = users.get(user_id).fs_uniquifier
    version = users.get(user_id).version
    gone = users.set_active(user_id=user_id, is_active=False, version=version, by=JOB, now=NOW)
    users.set_active(user_id=user_id, is_active=True, version=gone.version, by=JOB, now=NOW)
    assert users.get(user_id).fs_uniquifier != before


def test_nobody_sets_the_password_of_another() -> None:
    anna, bela = add(), add(email="b@shop.example")
    with pytest.raises(NotAllowed):
        users.set_password(user_id=bela.id, password=PASSWORD, by=users.actor_for(anna), now=NOW)
    users.set_password(user_id=anna.id, password=PASSWORD, by=users.actor_for(anna), now=NOW)


@pytest.mark.parametrize("password", ["", "short", "x" * 257, "anna@shop.example"])
def test_a_poor_password_is_refused(password: str) -> None:
    user = add()
    with pytest.raises(Invalid):
        users.set_password(user_id=user.id, password=password, by=JOB, now=NOW)


def test_passwords_are_hashed_with_argon2() -> None:
    secret = add(password=PASSWORD).password
    assert secret is not None
    assert secret.startswith("$argon2id$")


def test_a_new_secret_key_locks_nobody_out(settings: Settings) -> None:
    add(password=PASSWORD)
    other = create_app(replace(settings, secret_key="quite another one" * 3))
    with other.app_context():
        person = users.find("anna@shop.example")
        assert person is not None
        assert person.verify_and_update_password(PASSWORD)
        assert not person.verify_and_update_password(PASSWORD + "!")
    close(other)


def test_nobody_is_nobody() -> None:
    with pytest.raises(NotFound):
        users.get("none")


# --------------------------------------------------------------------------------- workspace
def test_a_workspace_has_defaults_and_is_made_once() -> None:
    assert workspace.current().name == "HADI"
    workspace.ensure()
    workspace.ensure()
    assert workspace.current().version == 1


def test_a_workspace_is_edited_by_administrators() -> None:
    values = {
        "name": "Shop", "language": "hu", "time_zone": "Europe/Budapest", "week_start": 6,
        "currency": "huf", "version": 1,
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        workspace.edit(**values, by=Actor(ActorKind.PERSON, "x"), now=NOW)
    workspace.edit(**values, by=JOB, now=NOW)
    assert workspace.current().currency == "HUF"
    assert str(workspace.zone()) == "Europe/Budapest"
    with pytest.raises(Stale):
        workspace.edit(**values, by=JOB, now=NOW)


def test_everything_wrong_with_a_workspace_is_said_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        workspace.edit(
            name="x" * 121, language="de", time_zone="Nowhere", week_start=7, currency="€",
            version=1, by=JOB, now=NOW,
        )  # fmt: skip
    assert set(refusal.value.fields) == {
        "name", "language", "time_zone", "week_start", "currency",
    }  # fmt: skip
