"""The first page, and the weekly meeting's."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from hadi.services import today as service
from hadi.web.shared.access import current_actor, now, today
from hadi.web.shared.render import render
from hadi.web.today import blueprint
from hadi.web.today.meeting_page import WEEK, meeting_page
from hadi.web.today.pages import today_page


@blueprint.get("/")
def index() -> str | Response:
    """What waits for whoever is signed in."""
    if "print" in request.args:
        return redirect(url_for("today.meeting"))
    actor = current_actor()
    content = service.today(by=actor, now=now())
    return render("today/index.html", today_page(content, actor=actor, day=today()))


@blueprint.get("/meeting")
def meeting() -> str:
    """One page of paper: what the team has to decide, what is late, what came out."""
    actor = current_actor()
    content = service.meeting(by=actor, now=now())
    results = service.verdicts_since(now() - WEEK, by=actor)
    return render("today/meeting.html", meeting_page(content, results, day=today()))
