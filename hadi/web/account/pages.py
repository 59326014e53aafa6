"""What the pages of signing in and of one's own account show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from hadi.domain.permissions import Scope
from hadi.models import ApiToken
from hadi.services import tokens, users, workspace
from hadi.services.demo import SIGN_IN
from hadi.web.account.forms import ProfileForm, TokenForm
from hadi.web.shared.access import now, signed_in
from hadi.web.shared.language import day, moment
from hadi.web.shared.pages import Column, Page
from hadi.web.shared.render import chrome, render, role_labels


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Someone of the demo workspace one may sign in as."""

    name: str
    email: str
    role: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityPage(Page):
    """A page of signing in: one form, sent to `action`."""

    form: Any
    action: str
    demo: tuple[DemoAccount, ...] = ()
    errors: tuple[tuple[None, str], ...] = ()
    is_sent: bool = False
    forgot_url: str
    sign_in_url: str


@dataclass(frozen=True, slots=True)
class TokenRow:
    id: str
    name: str
    hint: str
    scope: str
    created: str
    ends: str
    last_used: str
    status: str
    is_alive: bool
    revoke_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage(Page):
    """One's own account: profile, password, tokens."""

    form: ProfileForm
    email: str
    roles: tuple[str, ...]
    change_password_url: str
    new_token_url: str
    columns: tuple[Column, ...]
    tokens: tuple[TokenRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTokenPage(Page):
    form: TokenForm
    account_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedTokenPage(Page):
    """The one time a token is shown."""

    name: str
    plain: str
    ends: str
    account_url: str


def identity_page(template: str, **context: Any) -> str:
    """Flask-Security's way of rendering: its template's name and the form among the context."""
    names = {
        "security/login.html": ("login_user_form", gettext("Sign in")),
        "security/forgot.html": ("forgot_password_form", gettext("Forgot your password?")),
        "security/reset.html": ("reset_password_form", gettext("Set your password")),
        "security/change.html": ("change_password_form", gettext("Change your password")),
        "security/verify.html": ("verify_form", gettext("Is it you?")),
    }
    form_name, title = names[template]
    form = context[form_name]
    demo: tuple[DemoAccount, ...] = ()
    if template == "security/login.html" and workspace.current().is_demo:
        demo = _demo_accounts()
        if request.method == "GET" and request.args.get("email") in {one.email for one in demo}:
            form.email.data = request.args["email"]
    page = IdentityPage(
        title=title,
        chrome=chrome(),
        form=form,
        action=request.full_path.rstrip("?"),
        demo=demo,
        errors=tuple((None, message) for message in form.form_errors),
        is_sent=request.method == "POST" and not form.errors,
        forgot_url=url_for("security.forgot_password"),
        sign_in_url=url_for("security.login"),
    )
    return render(template, page)


def account_page(form: ProfileForm) -> AccountPage:
    user = signed_in()
    assert user is not None  # nobody else gets here
    return AccountPage(
        title=gettext("Account"),
        chrome=chrome(),
        form=form,
        email=user.email,
        roles=tuple(role_labels(user)),
        change_password_url=url_for("security.change_password"),
        new_token_url=url_for("account.new_token"),
        columns=(
            Column(gettext("Name")),
            Column(gettext("May do")),
            Column(gettext("Ends"), is_hidden_on_phone=True),
            Column(gettext("Last used"), is_hidden_on_phone=True),
            Column(gettext("Status")),
        ),
        tokens=tuple(_token_row(token) for token in tokens.of_person(user.id)),
    )


def new_token_page(form: TokenForm) -> NewTokenPage:
    return NewTokenPage(
        title=gettext("New API token"),
        chrome=chrome(),
        form=form,
        account_url=url_for("account.index"),
    )


def created_token_page(new: tokens.NewToken) -> CreatedTokenPage:
    return CreatedTokenPage(
        title=gettext("Your new token"),
        chrome=chrome(),
        name=new.token.name,
        plain=new.plain,
        ends=day(new.token.expires_at),
        account_url=url_for("account.index"),
    )


def scope_label(scopes: list[str]) -> str:
    return str(gettext("Read and write") if Scope.WRITE in scopes else gettext("Read"))


def _token_row(token: ApiToken) -> TokenRow:
    is_alive = tokens.is_alive(token, now())
    if token.revoked_at:
        status = gettext("Revoked on %(day)s", day=day(token.revoked_at))
    else:
        status = gettext("Works") if is_alive else gettext("Over")
    return TokenRow(
        id=token.id,
        name=token.name,
        hint=token.hint,
        scope=scope_label(token.scopes),
        created=day(token.created_at),
        ends=day(token.expires_at),
        last_used=moment(token.last_used_at) if token.last_used_at else gettext("Never"),
        status=status,
        is_alive=is_alive,
        revoke_url=url_for("account.revoke_token", token_id=token.id),
    )


def _demo_accounts() -> tuple[DemoAccount, ...]:
    offered = [users.find(person.email) for person in SIGN_IN]
    wanted = request.args.get("next")
    return tuple(
        DemoAccount(
            user.name,
            user.email,
            ", ".join(role_labels(user)),
            url_for("security.login", email=user.email, next=wanted),
        )
        for user in offered
        if user is not None and user.active
    )
