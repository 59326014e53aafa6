"""One's own account. Signing in itself is Flask-Security's (`identity`)."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, current_app, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from hadi.domain.errors import Invalid
from hadi.domain.permissions import Scope
from hadi.services import tokens, users
from hadi.web.account.forms import ProfileForm, TokenForm, profile_form, token_form
from hadi.web.account.pages import account_page, created_token_page, new_token_page
from hadi.web.shared.access import current_actor, fresh, now
from hadi.web.shared.render import THEME_COOKIE, render, tell

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
def index() -> ResponseReturnValue:
    return render("account/account.html", account_page(profile_form()))


@blueprint.post("")
def save() -> ResponseReturnValue:
    """Keep name and language in the account, the theme in this browser."""
    form = profile_form()
    if not form.validate_on_submit():
        return render("account/account.html", account_page(form)), 422
    try:
        users.edit_profile(
            name=form.name.data or "",
            language=form.language.data or None,
            by=current_actor(),
            now=now(),
        )
    except Invalid as refusal:
        form.refuse(refusal)
        return render("account/account.html", account_page(form)), 422
    with force_locale(form.language.data or "en"):
        tell(gettext("Saved."))
    return _with_theme(form)


@blueprint.get("/tokens/new")
@fresh
def new_token() -> ResponseReturnValue:
    return render("account/new_token.html", new_token_page(token_form()))


@blueprint.post("/tokens/new")
@fresh
def create_token() -> ResponseReturnValue:
    """Show the new token: this once, so there is no address at which it could be read again."""
    form = token_form()
    if not form.validate_on_submit():
        return render("account/new_token.html", new_token_page(form)), 422
    try:
        new = _create(form)
    except Invalid as refusal:
        form.refuse(refusal, {"scopes": "scope"})
        return render("account/new_token.html", new_token_page(form)), 422
    return render("account/created_token.html", created_token_page(new))


@blueprint.post("/tokens/<token_id>/revoke")
def revoke_token(token_id: str) -> ResponseReturnValue:
    token = tokens.revoke(token_id=token_id, by=current_actor(), now=now())
    tell(gettext("The token “%(name)s” no longer works.", name=token.name))
    return redirect(url_for("account.index"))


def _create(form: TokenForm) -> tokens.NewToken:
    read_and_write = [Scope.READ, Scope.WRITE]
    return tokens.create(
        name=form.name.data or "",
        scopes=read_and_write if form.scope.data == Scope.WRITE else [Scope.READ],
        days=form.days.data or 0,
        by=current_actor(),
        now=now(),
    )


def _with_theme(form: ProfileForm) -> ResponseReturnValue:
    response = make_response(redirect(url_for("account.index")))
    response.set_cookie(
        THEME_COOKIE,
        form.theme.data or "auto",
        max_age=timedelta(days=365),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        samesite="Lax",
    )
    return response
