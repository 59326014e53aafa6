"""Who asks, and whom a plan can name as its owner or data steward."""

from __future__ import annotations

from typing import Any

from flask import Response

from hadi.api import shown
from hadi.api.answers import Endpoints, answer, answer_page
from hadi.api.authentication import actor, user_id
from hadi.api.fields import Words, described
from hadi.api.paging import PageQuery, sliced
from hadi.api.schemas import MemberOut, MeOut
from hadi.db import db
from hadi.domain.permissions import Permission, require
from hadi.models import ApiToken
from hadi.services import users
from hadi.services.search import folded

endpoints = Endpoints("people", "The people of the workspace")


class PeopleQuery(PageQuery):
    q = Words(metadata=described("Part of a name or an e-mail"))


@endpoints.at("/me", "GET")
@endpoints.answers(200, MeOut)
def me() -> Response:
    """The person behind the token, their roles, and what the token may do."""
    user = users.get(user_id())
    token = db.session.get_one(ApiToken, actor().token_id)
    described_token = {
        "id": token.id,
        "name": token.name,
        "scopes": list(token.scopes),
        "expires_at": shown.moment(token.expires_at),
    }
    return answer({**shown.member(user), "language": user.language, "token": described_token})


@endpoints.at("/people", "GET")
@endpoints.answers(200, MemberOut(many=True), 422, is_paged=True)
@endpoints.takes(PeopleQuery, location="query")
def listing(query: dict[str, Any]) -> Response:
    """List the active people, by name."""
    require(actor(), Permission.VIEW)
    words = folded(query.get("q")).split()
    people = [
        user
        for user in users.everyone(is_active=True)
        if all(word in folded(user.name, user.email) for word in words)
    ]
    return answer_page(sliced(people, query), shown.member)
