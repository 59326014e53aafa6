"""What an address names: the hypothesis behind an id or key, and people behind an id or e-mail."""

from __future__ import annotations

import re

from sqlalchemy import select

from hadi.api.authentication import actor, user_id
from hadi.db import db
from hadi.domain.errors import NotFound
from hadi.domain.text import Text
from hadi.models import Hypothesis, User
from hadi.services import hypotheses

# Anything else names nothing, and need not trouble a database that refuses some characters.
_NAME = re.compile(r"[0-9A-Za-z-]{1,40}", re.ASCII)


def is_name(written: str) -> bool:
    """Whether the text could be an id or a key."""
    return _NAME.fullmatch(written) is not None


def hypothesis(key: str) -> Hypothesis:
    """The hypothesis with that id or key (`H-12`). Raises NotFound."""
    if not is_name(key):
        shown = "".join(sign for sign in key[:40] if sign.isprintable())
        raise NotFound(Text("no_such_hypothesis", key=shown))
    return hypotheses.find(key, by=actor())


def test_numbers(hypothesis: Hypothesis) -> dict[str, int]:
    """The numbers of its tests, by their ids."""
    return {test.id: test.number for test in hypothesis.tests}


def test_number(hypothesis: Hypothesis, test_id: str, *, absent: Text) -> int:
    """The number of one of its tests. Raises NotFound for a test of another hypothesis."""
    number = test_numbers(hypothesis).get(test_id)
    if number is None:
        raise NotFound(absent)
    return number


def person_id(named: str) -> str | None:
    """The id of the person with that id or e-mail; `me` is whoever asks."""
    if named == "me":
        return user_id()
    query = select(User.id).where((User.id == named) | (User.email == named.strip().lower()))
    found: str | None = db.session.scalar(query)
    return found


def number(written: str) -> int | None:
    """The number in a part of an address."""
    is_number = written.isascii() and written.isdigit() and len(written) <= 9
    return int(written) if is_number else None
