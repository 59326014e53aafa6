"""Letters about budgets: to the owner when the cap is reached, to the leaders when they decide.

They go out after the commit, once for each time a level is reached. Where no mail server is set up
they lie in the outbox, as all letters do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial

from flask import current_app
from sqlalchemy import select

from hadi.config import Settings
from hadi.db import afterwards, db
from hadi.domain.costs import BudgetLevel
from hadi.domain.permissions import RoleName
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models import Test, User
from hadi.models.account import Role
from hadi.services import mail
from hadi.speech import BabelSpeaker

NEWS = timedelta(days=1)
_ORDER = (BudgetLevel.WITHIN, BudgetLevel.REACHED, BudgetLevel.OVER)


def tell(test_id: str, before: BudgetLevel, after: BudgetLevel, *, now: datetime) -> None:
    """Write to those whom a level concerns, once the change under way is stored. Inside a
    transaction."""
    if before not in _ORDER or _ORDER.index(before) >= _ORDER.index(after):
        return  # costs were struck out, or a leader spoke: nobody needs a letter
    if datetime.now(UTC) - now > NEWS:
        return  # a story that is told again, such as that of the demo
    afterwards(partial(_tell, test_id, before, after))


def _tell(test_id: str, before: BudgetLevel, after: BudgetLevel) -> None:
    test = db.session.get(Test, test_id, populate_existing=True)
    if test is None or test.budget_level is not after:
        return  # it was undone
    if before is BudgetLevel.WITHIN:
        owner = test.hypothesis.owner or test.hypothesis.author
        _send([owner], "reached", test)
    if after is BudgetLevel.OVER:
        _send(_leaders(), "over", test)


def _leaders() -> list[User]:
    query = select(User).join(User.roles).where(Role.name == RoleName.LEADER).order_by(User.name)
    return list(db.session.scalars(query).unique())


def _send(people: Iterable[User | None], level: str, test: Test) -> None:
    from hadi.services import costs

    settings: Settings = current_app.extensions["hadi_settings"]
    hypothesis, known = test.hypothesis, costs.budget(test)
    assert known.cap is not None and known.spent is not None
    page = f"{settings.base_url.rstrip('/')}/hypotheses/{hypothesis.key}"
    page += "/budget" if level == "over" else "/costs"
    for person in people:
        if person is None or not person.active:
            continue
        say = BabelSpeaker(person.language or "en").say
        told: dict[str, str | Figure] = {
            "key": hypothesis.key,
            "spent": known.spent.figure,
            "cap": known.cap.figure,
            "share": Figure(FigureKind.SHARE, known.share or 0.0),
        }
        lines = [
            say(Text("budget_mail_hello", name=person.name)),
            say(Text(f"budget_mail_{level}", **told)),
            say(Text("budget_mail_about", change=hypothesis.change)),
            page,
        ]
        mail.send(
            to=person.email, subject=say(Text(f"budget_mail_{level}_subject", key=hypothesis.key)),
            body="\n\n".join(lines) + "\n", settings=settings,
        )  # fmt: skip
