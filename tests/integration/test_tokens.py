"""API tokens in the database: hashed, scoped, ending; and receipts of what was sent once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask

from hadi.db import db
from hadi.domain.errors import Invalid, NotAllowed, NotFound
from hadi.domain.permissions import JOB, Actor, ActorKind, RoleName, Scope
from hadi.domain.text import Text
from hadi.models import ApiToken, Event, Receipt
from hadi.services import events, receipts, tokens, users
from tests.factories.people import NOW, add_person

DAY = timedelta(days=1)


@pytest.fixture
def owner(app: Flask, app_context: Flask) -> Actor:
    return users.actor_for(users.get(add_person(app, password=None)))


def make(by: Actor, scopes: tuple[str, ...] = ("read",), days: int = 30) -> tokens.NewToken:
    return tokens.create(name="sheet", scopes=scopes, days=days, by=by, now=NOW)


def test_only_a_hash_is_kept(owner: Actor) -> None:
    new = make(owner)
    assert new.plain.startswith("hadi_")
    stored = db.session.scalars(db.select(ApiToken)).one()
    assert new.plain not in repr(vars(stored))
    assert new.plain.endswith(stored.hint)
    logged = db.session.scalars(db.select(Event).filter_by(verb="token.created")).one()
    assert new.plain not in repr(logged.details)


def test_a_token_acts_as_its_person_within_its_scopes(owner: Actor) -> None:
    reading = tokens.authenticate(make(owner).plain, NOW)
    assert reading is not None
    assert (reading.kind, reading.user_id) == (ActorKind.TOKEN, owner.user_id)
    assert reading.roles == {RoleName.MEMBER}
    assert reading.scopes == {Scope.READ}
    writing = tokens.authenticate(make(owner, ("write", "read")).plain, NOW)
    assert writing is not None
    assert writing.scopes == {Scope.READ, Scope.WRITE}


def test_a_token_ends(owner: Actor) -> None:
    plain = make(owner, days=2).plain
    assert tokens.authenticate(plain, NOW + 2 * DAY - timedelta(seconds=1))
    assert tokens.authenticate(plain, NOW + 2 * DAY) is None


@pytest.mark.parametrize("plain", ["", "hadi_", "hadi_nothing", "Bearer x", "hadi_\0", "hadi_й"])
def test_unknown_tokens_open_nothing(owner: Actor, plain: str) -> None:
    assert tokens.authenticate(plain, NOW) is None


def test_tokens_of_deactivated_people_open_nothing(app: Flask, owner: Actor) -> None:
    plain = make(owner).plain
    assert owner.user_id
    users.set_active(user_id=owner.user_id, is_active=False, version=1, by=JOB, now=NOW)
    assert tokens.authenticate(plain, NOW) is None


def test_use_is_noted_now_and_then(owner: Actor) -> None:
    new = make(owner)
    moments = [NOW + timedelta(minutes=minutes) for minutes in (0, 9, 11)]
    noted = []
    for moment in moments:
        tokens.authenticate(new.plain, moment)
        noted.append(db.session.get_one(ApiToken, new.token.id).last_used_at)
    assert noted == [moments[0], moments[0], moments[2]]


def test_tokens_are_revoked_by_their_person_or_an_administrator(app: Flask, owner: Actor) -> None:
    stranger = users.actor_for(users.get(add_person(app, "viewer", password=None)))
    new = make(owner)
    with pytest.raises(NotAllowed):
        tokens.revoke(token_id=new.token.id, by=stranger, now=NOW)
    tokens.revoke(token_id=new.token.id, by=owner, now=NOW)
    tokens.revoke(token_id=new.token.id, by=JOB, now=NOW)  # once is enough
    assert tokens.authenticate(new.plain, NOW) is None
    with pytest.raises(NotFound):
        tokens.revoke(token_id="none", by=JOB, now=NOW)


def test_a_job_makes_tokens_for_people_only(owner: Actor) -> None:
    made = tokens.create(user_id=owner.user_id, name="n", scopes=["read"], days=1, by=JOB, now=NOW)
    assert made.token.user_id == owner.user_id
    with pytest.raises(NotAllowed):
        make(JOB)


def test_everything_wrong_is_said_at_once(owner: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        tokens.create(name=" ", scopes=["root"], days=0, by=owner, now=NOW)
    assert set(refusal.value.fields) == {"name", "scopes", "days"}


# ---------------------------------------------------------------------------------- receipts
def perform(owner: Actor, key: str, digest: str, act: object = None) -> tuple[object, bool]:
    assert owner.user_id
    made = act if callable(act) else lambda: {"url": "/made"}
    return receipts.perform(user_id=owner.user_id, key=key, digest=digest, now=NOW, act=made)


def test_the_second_gets_the_outcome_of_the_first(owner: Actor) -> None:
    assert perform(owner, "k", "d", lambda: {"url": "/1"}) == ({"url": "/1"}, True)
    assert perform(owner, "k", "d", lambda: {"url": "/2"}) == ({"url": "/1"}, False)


def test_a_key_belongs_to_one_request(owner: Actor) -> None:
    perform(owner, "k", "d")
    with pytest.raises(Invalid, match="already used for a different request"):
        perform(owner, "k", "another")
    with pytest.raises(Invalid, match="128 characters at most"):
        perform(owner, "k" * 129, "d")


def test_what_is_refused_leaves_no_receipt_but_its_log(owner: Actor) -> None:
    def refuse() -> dict[str, str]:
        make(owner)
        events.refused(
            "start", subject="test", subject_id="x", by=owner, now=NOW, codes=["no_plan"]
        )
        raise Invalid(Text("user.unusable"))

    with pytest.raises(Invalid):
        perform(owner, "k", "d", refuse)
    assert db.session.scalars(db.select(Receipt)).all() == []
    assert db.session.scalars(db.select(ApiToken)).all() == []
    assert db.session.scalars(db.select(Event.verb)).all() == ["user.added", "refused"]
    assert perform(owner, "k", "d")[1] is True


def test_old_receipts_are_forgotten(owner: Actor) -> None:
    assert owner.user_id
    perform(owner, "old", "d")
    receipts.perform(user_id=owner.user_id, key="new", digest="d", now=NOW + 3 * DAY, act=dict)
    assert db.session.scalars(db.select(Receipt.key)).all() == ["new"]


def test_two_at_once_act_once(app: Flask, owner: Actor) -> None:
    acted: list[int] = []
    answers: list[object] = []
    together = threading.Barrier(2)

    def send(number: int) -> None:
        def act() -> dict[str, int]:
            acted.append(number)
            make(owner)
            return {"number": number}

        with app.app_context():
            together.wait(timeout=20)
            answers.append(perform(owner, "k", "d", act)[0])

    threads = [threading.Thread(target=send, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(answers) == 2
    assert answers[0] == answers[1]
    db.session.rollback()
    assert len(db.session.scalars(db.select(ApiToken)).all()) == 1
