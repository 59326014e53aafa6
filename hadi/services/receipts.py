"""A request sent twice acts once: the second is answered with the outcome of the first.

Forms carry a token of their own (`hadi.web.shared.once`), the API an `Idempotency-Key`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from hadi.db import await_turn, db, transaction
from hadi.domain.errors import Invalid
from hadi.domain.text import Text
from hadi.models import Receipt

KEY_LENGTH = 128
KEPT_FOR = timedelta(days=2)

Outcome = Mapping[str, Any]


def perform(
    *, user_id: str, key: str, digest: str, now: datetime, act: Callable[[], Outcome]
) -> tuple[Outcome, bool]:
    """The outcome of `act`, and whether this call made it.

    `act` runs in the same transaction as its receipt, so that there is never one without the
    other; what it refuses leaves no receipt, and may be tried again. The outcome has to be JSON.
    Raises Invalid when the key was used with another `digest`, and whatever `act` raises.
    """
    if len(key) > KEY_LENGTH:
        raise Invalid(Text("receipt.key_long", n=KEY_LENGTH))
    try:
        with transaction():
            await_turn(f"{user_id}/{key}")  # of whoever acts under the same key
            earlier = _find(user_id, key, digest)
            if earlier is not None:
                return earlier, False
            outcome = act()
            _forget_old(user_id, now)
            db.session.add(
                Receipt(
                    user_id=user_id,
                    key=key,
                    request_digest=digest,
                    outcome=dict(outcome),
                    created_at=now,
                )
            )
        return outcome, True
    except IntegrityError:
        # Should two begin after all, the second loses here, everything it did undone.
        earlier = _find(user_id, key, digest)
        if earlier is None:
            raise
        return earlier, False


def _find(user_id: str, key: str, digest: str) -> Outcome | None:
    receipt = db.session.get(Receipt, (user_id, key))
    if receipt is None:
        return None
    if receipt.request_digest != digest:
        raise Invalid(Text("receipt.other_request"))
    return dict(receipt.outcome)


def _forget_old(user_id: str, now: datetime) -> None:
    old = Receipt.created_at < now - KEPT_FOR
    db.session.execute(delete(Receipt).where(Receipt.user_id == user_id, old))
