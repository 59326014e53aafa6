"""What an analysis is told of the order of tuning: that its lever was moved before its turn."""

from __future__ import annotations

from collections.abc import Iterator

from hadi.domain.errors import Blocker
from hadi.domain.text import Text
from hadi.domain.verdict import Check, CheckStatus
from hadi.models import Hypothesis
from hadi.services import levers, units

CODE = "order_of_tuning"


def checks(hypothesis: Hypothesis) -> Iterator[Check]:
    """A warning for each unit in which a lever before this one falls short; the reason that was
    given stands beside it."""
    setting = units.setting(hypothesis)
    reason = setting.order_reason.strip() if setting else ""
    for sentence in levers.early(hypothesis):
        said = Text("order_of_tuning_reasoned", said=sentence, reason=reason)
        yield Check(CODE, CheckStatus.WARN, said if reason else sentence)


def start_blockers(hypothesis: Hypothesis) -> tuple[Blocker, ...]:
    """A lever moved before its turn asks for a written reason before the test starts."""
    return tuple(
        Blocker(Text("order_of_tuning_needs_reason", said=sentence), "order_reason")
        for sentence in levers.needs_reason(hypothesis)
    )
