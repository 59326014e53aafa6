"""Who acts, and what time it is: the two things every view hands to a service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import cast

from flask import current_app
from flask_login import current_user
from flask_security.decorators import auth_required

from hadi.domain.errors import NotAllowed
from hadi.domain.permissions import Actor
from hadi.domain.text import Text
from hadi.models import User
from hadi.services import users, workspace

FRESH_FOR = timedelta(hours=12)
GRACE = timedelta(hours=1)  # from a form's page to its being sent

# A signed-in browser left alone must not hand out tokens or roles: after a while the password is
# asked for again.
fresh = auth_required("session", within=lambda: FRESH_FOR, grace=lambda: GRACE)


def now() -> datetime:
    """The moment, in UTC; tests put another clock into `app.config["CLOCK"]`."""
    clock: Callable[[], datetime] | None = current_app.config.get("CLOCK")
    return clock() if clock else datetime.now(UTC)


def today() -> date:
    """The day, in the workspace's time zone."""
    return now().astimezone(workspace.zone()).date()


def signed_in() -> User | None:
    """The person behind this request, if any."""
    if not current_user.is_authenticated:
        return None
    return cast("User", current_user._get_current_object())


def current_actor() -> Actor:
    """The person behind this request as someone who acts. Raises NotAllowed for nobody."""
    user = signed_in()
    if user is None:
        raise NotAllowed(Text("not_allowed.view"))
    return users.actor_for(user)
