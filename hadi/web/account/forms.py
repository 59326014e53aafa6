"""The forms of signing in and of one's own account."""

from __future__ import annotations

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_security.forms import (
    ChangePasswordForm,
    EmailValidation,
    EqualToLocalize,
    ForgotPasswordForm,
    LoginForm,
    ResetPasswordForm,
    VerifyForm,
    email_required,
    password_required,
    valid_user_email,
)
from wtforms import (
    EmailField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
)

from hadi.domain.permissions import Scope
from hadi.services.tokens import LONGEST_DAYS
from hadi.web.shared.access import signed_in
from hadi.web.shared.forms import Form, choices
from hadi.web.shared.language import NAMES, speaker
from hadi.web.shared.render import THEME_COOKIE

_NEW = {"autocomplete": "new-password"}
_CURRENT = {"autocomplete": "current-password"}


class SignIn(LoginForm):
    email = EmailField(
        lazy_gettext("E-mail"),
        render_kw={"autocomplete": "username", "autofocus": True},
        validators=[email_required, EmailValidation(verify=False)],
    )
    password = PasswordField(
        lazy_gettext("Password"), render_kw=_CURRENT, validators=[password_required]
    )
    remember = None  # type: ignore[assignment]  # a session lasts long enough, and can be ended


class ForgotPassword(ForgotPasswordForm):
    email = EmailField(
        lazy_gettext("E-mail"),
        render_kw={"autocomplete": "username"},
        validators=[email_required, EmailValidation(verify=False), valid_user_email],
    )


class ResetPassword(ResetPasswordForm):
    password = PasswordField(
        lazy_gettext("New password"), render_kw=_NEW, validators=[password_required]
    )
    password_confirm = PasswordField(
        lazy_gettext("New password again"),
        render_kw=_NEW,
        validators=[
            EqualToLocalize("password", message="RETYPE_PASSWORD_MISMATCH"),
            password_required,
        ],
    )


class ChangePassword(ChangePasswordForm):
    password = PasswordField(lazy_gettext("Current password"), render_kw=_CURRENT)
    new_password = PasswordField(
        lazy_gettext("New password"), render_kw=_NEW, validators=[password_required]
    )
    new_password_confirm = PasswordField(
        lazy_gettext("New password again"),
        render_kw=_NEW,
        validators=[
            EqualToLocalize("new_password", message="RETYPE_PASSWORD_MISMATCH"),
            password_required,
        ],
    )


class Verify(VerifyForm):
    password = PasswordField(
        lazy_gettext("Password"), render_kw=_CURRENT, validators=[password_required]
    )


class ProfileForm(Form):
    name = StringField(lazy_gettext("Name"), render_kw={"autocomplete": "name"})
    language = SelectField(lazy_gettext("Language"))
    theme = RadioField(lazy_gettext("Theme"))


class TokenForm(Form):
    name = StringField(lazy_gettext("What will use it"), render_kw={"autocomplete": "off"})
    scope = RadioField(lazy_gettext("What it may do"), default="read")
    days = IntegerField(
        lazy_gettext("Days until it ends"),
        default=90,
        render_kw={"min": 1, "max": LONGEST_DAYS, "inputmode": "numeric"},
    )


def profile_form() -> ProfileForm:
    """The form, filled with what the account and this browser hold."""
    user = signed_in()
    assert user is not None
    form = ProfileForm(
        name=user.name,
        language=user.language or speaker().language,
        theme=request.cookies.get(THEME_COOKIE, "auto"),
    )
    form.language.choices = choices(NAMES.items())
    form.theme.choices = choices(
        [("auto", gettext("As the system")), ("light", gettext("Light")), ("dark", gettext("Dark"))]
    )
    return form


def token_form() -> TokenForm:
    form = TokenForm()
    form.scope.choices = choices(
        [(Scope.READ.value, gettext("Read")), (Scope.WRITE.value, gettext("Read and write"))]
    )
    return form
