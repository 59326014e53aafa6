"""Flask-Security set up for HADI: its flows, with our pages, words, mails and transactions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from flask import Flask, Response, after_this_request, g, request, session
from flask_limiter.util import get_remote_address
from flask_security.core import Security
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.mail_util import MailUtil
from flask_security.signals import user_authenticated
from sqlalchemy import inspect
from sqlalchemy.orm import InstanceState

from hadi.config import Settings
from hadi.db import db
from hadi.models import Role, User
from hadi.services import users
from hadi.web.account import words
from hadi.web.account.forms import ChangePassword, ForgotPassword, ResetPassword, SignIn, Verify
from hadi.web.account.pages import identity_page
from hadi.web.shared import mails
from hadi.web.shared.access import FRESH_FOR, GRACE, now
from hadi.web.shared.language import CATALOGUES
from hadi.web.shared.security import limiter

# What makes Argon2 slow to guess makes thousands of tests slow: they hash with the least of it.
_QUICK_HASH = {"argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
SESSION_LIFETIME = timedelta(days=7)  # of not being used


class Accounts(SQLAlchemyUserDatastore):
    """Lets Flask-Security change people, and writes the changes as every service does."""

    def commit(self) -> None:
        for user_id, password, session_key in [_changed(user) for user in _dirty_users()]:
            user = users.get(user_id)
            if session_key is None:
                users.rehash(user_id=user_id, hashed=password)
                continue
            users.keep_password(
                user_id=user_id,
                hashed=password,
                session_key=session_key,
                by=users.actor_for(user),
                now=now(),
            )


class Mails(MailUtil):
    """Flask-Security says what happened; we write the letter, and send it after the commit."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **context: Any,
    ) -> None:
        user: User = context["user"]
        letter = mails.write(template, user)

        @after_this_request
        def _send(response: Response) -> Response:
            mails.send(letter)
            return response

    def validate(self, email: str) -> str:
        return str(self.normalize(email))  # no questions to a name server about a stranger's input


def configure(app: Flask, settings: Settings) -> None:
    """The settings of accounts and sessions."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-hadi" if settings.https else "hadi",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=SESSION_LIFETIME,
        WTF_CSRF_TIME_LIMIT=None,  # the session's end is the token's
        SECURITY_PASSWORD_SALT=settings.key(),
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the names of a method and of templates
        # Argon2 salts by itself. Hashed twice, with the key, a new key would lock everybody out.
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_LENGTH_MIN=users.PASSWORD_LENGTH_MIN,
        SECURITY_RECOVERABLE=True,
        SECURITY_CHANGEABLE=True,
        SECURITY_RESET_PASSWORD_WITHIN=timedelta(hours=24),
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_FRESHNESS=FRESH_FOR,
        SECURITY_FRESHNESS_GRACE_PERIOD=GRACE,
        SECURITY_EMAIL_VALIDATOR_ARGS=dict(users.ADDRESS_RULES),
        SECURITY_EMAIL_PLAINTEXT=False,
        SECURITY_EMAIL_HTML=False,
        SECURITY_I18N_DOMAIN="messages",
        SECURITY_I18N_DIRNAME=[str(CATALOGUES)],
        SECURITY_LOGIN_URL="/login",
        SECURITY_LOGOUT_URL="/logout",
        SECURITY_RESET_URL=users.RESET_PATH,
        SECURITY_CHANGE_URL="/account/password",
        SECURITY_VERIFY_URL="/account/verify",
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="security.login",
        SECURITY_POST_CHANGE_VIEW="account.index",
        SECURITY_LOGIN_USER_TEMPLATE="security/login.html",
        SECURITY_FORGOT_PASSWORD_TEMPLATE="security/forgot.html",  # noqa: S106
        SECURITY_RESET_PASSWORD_TEMPLATE="security/reset.html",  # noqa: S106
        SECURITY_CHANGE_PASSWORD_TEMPLATE="security/change.html",  # noqa: S106
        SECURITY_VERIFY_TEMPLATE="security/verify.html",
        SECURITY_EMAIL_TEMPLATE_PASSWORD_RESET=mails.RESET,
        SECURITY_EMAIL_TEMPLATE_PASSWORD_RESET_NOTICE=mails.PASSWORD_CHANGED,
        SECURITY_EMAIL_TEMPLATE_PASSWORD_CHANGE_NOTICE=mails.PASSWORD_CHANGED,
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=_QUICK_HASH if settings.testing else {},
        **{f"SECURITY_MSG_{name}": message for name, message in words.MESSAGES.items()},
    )


def init_app(app: Flask, settings: Settings) -> None:
    """Let people sign in."""
    configure(app, settings)
    security = Security(mail_util_cls=Mails, render_template=identity_page)
    security.init_app(
        app,
        Accounts(db, User, Role),
        login_form=SignIn,
        forgot_password_form=ForgotPassword,
        reset_password_form=ResetPassword,
        change_password_form=ChangePassword,
        verify_form=Verify,
    )
    # Its views also speak JSON to applications of their own; ours have the API.
    app.extensions["security"].want_json(lambda request: False)
    _limit_attempts(app)
    app.before_request(_hold_changes)
    user_authenticated.connect(_begin_session, app)


def _limit_attempts(app: Flask) -> None:
    guesses = "10/minute;50/hour"
    # Only failed attempts count: whoever knows the password may come as often as needed.
    _limit(app, "security.login", guesses, _address_and_account, deduct_when=_has_failed)
    _limit(app, "security.login", "100/hour", get_remote_address, deduct_when=_has_failed)
    _limit(app, "security.verify", guesses, _address_and_account, deduct_when=_has_failed)
    _limit(app, "security.change_password", guesses, _address_and_account, deduct_when=_has_failed)
    _limit(app, "security.forgot_password", "5/hour", _address_and_account)


def _limit(app: Flask, endpoint: str, limit: str, key: Callable[[], str], **options: Any) -> None:
    limited = limiter.limit(limit, key_func=key, methods=["POST"], **options)
    app.view_functions[endpoint] = limited(app.view_functions[endpoint])  # type: ignore[assignment]


def _address_and_account() -> str:
    session_key = session.get("_user_id", "")
    account = request.form.get("email", "").strip().lower()[:255]
    return f"{get_remote_address()} {account or session_key}"


def _has_failed(response: Response) -> bool:
    return response.status_code not in {301, 302, 303}


def _hold_changes() -> None:
    """Nothing of what Flask-Security changes may reach the database before `Accounts.commit`."""
    if request.blueprint == "security" and request.method == "POST":
        db.session().autoflush = False


def _dirty_users() -> list[User]:
    return [user for user in db.session.dirty if isinstance(user, User)]


def _changed(user: User) -> tuple[str, str, str | None]:
    """Id, password and, where sessions have to end, their new key; read before a rollback takes
    it away. A password without a new key is the same one, hashed as today's settings ask."""
    state: InstanceState[User] = inspect(user, raiseerr=True)
    user_id = cast("tuple[str]", state.identity)[0]
    has_new_key = state.attrs.fs_uniquifier.history.has_changes()
    return user_id, cast("str", user.password), user.fs_uniquifier if has_new_key else None


def _begin_session(app: Flask, user: User, **details: Any) -> None:
    """Someone has just signed in: nothing a stranger may have put into the session stays valid."""
    session.permanent = True
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)
    if details.get("authn_via") == ["password"]:
        user_id = user.id

        @after_this_request
        def _record(response: Response) -> Response:
            users.note_sign_in(user_id=user_id, now=now())
            return response
