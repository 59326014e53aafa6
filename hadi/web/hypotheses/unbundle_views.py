"""A bundle of changes is taken apart: one press drafts a hypothesis for each of its parts."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from hadi.domain.errors import Blocked
from hadi.domain.permissions import Actor, Permission, allows
from hadi.domain.text import Text
from hadi.models import Hypothesis
from hadi.services import hypotheses, unbundling
from hadi.speech import BabelSpeaker
from hadi.web.hypotheses import blueprint
from hadi.web.shared.access import current_actor, now
from hadi.web.shared.language import say
from hadi.web.shared.render import tell


def unbundle_url(hypothesis: Hypothesis, actor: Actor) -> str | None:
    """Where the press goes; None where there is nothing to take apart, or not by this person."""
    if not allows(actor, Permission.CREATE_HYPOTHESIS) or not unbundling.parts_of(hypothesis):
        return None
    return url_for("hypotheses.unbundle", key=hypothesis.key)


@blueprint.post("/<key>/unbundle")
def unbundle(key: str) -> Response:
    """Draft the hypotheses, and go back to where they are listed."""
    actor = current_actor()
    whole = hypotheses.find(key, by=actor)
    speaker = BabelSpeaker(whole.language)
    try:
        drafted = unbundling.draft(whole.id, say=speaker.say, by=actor, now=now())
    except Blocked as refusal:  # pressed twice, or by two people
        tell(" ".join(say(blocker.text) for blocker in refusal.blockers))
    else:
        keys = ", ".join(each.key for each in drafted)
        tell(say(Text("unbundled_told", keys=keys)))
    return redirect(url_for("hypotheses.show", key=key))
