"""A long piece of work asked for twice is done once, and leads to the same page.

`hadi.web.shared.once` keeps its receipt in the transaction of the work; reading a file or summing
it takes too long to hold one, so that here the receipt is written when the work is done. Within one
process the second waits for the first; of two processes both may work, each without harm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from flask import redirect
from werkzeug.wrappers import Response

from hadi.services import receipts
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.forms import Form
from hadi.web.shared.once import digest

_GUARD = Lock()
_TURNS: WeakValueDictionary[str, Lock] = WeakValueDictionary()


class _NotYetDone(Exception):
    """This form has no receipt."""


def once_when_done(form: Form, act: Callable[[], str]) -> Response:
    """Redirect to the address that `act` returns, or returned when this was first sent."""
    sent = digest(str(form.once.data))
    with _turn(sent):
        try:
            outcome = _receipt(sent, _refuse)
        except _NotYetDone:
            url = act()
            outcome = _receipt(sent, lambda: {"url": url})
    return redirect(str(outcome["url"]))


def _turn(sent: str) -> Lock:
    """A double click comes while the work is under way, and waits here for its receipt."""
    with _GUARD:
        return _TURNS.setdefault(sent, Lock())


def _receipt(sent: str, outcome: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    user_id = current_actor().user_id
    assert user_id is not None  # pages are for people
    found, _ = receipts.perform(user_id=user_id, key=sent, digest=sent, now=now(), act=outcome)
    return found


def _refuse() -> Mapping[str, Any]:
    raise _NotYetDone
