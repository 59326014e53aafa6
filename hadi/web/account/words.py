"""What Flask-Security says, in our words; translated from our own catalogues."""

from __future__ import annotations

from hadi.domain.wording import N_

MESSAGES: dict[str, tuple[str, str]] = {
    "GENERIC_AUTHN_FAILED": (N_("The e-mail address or the password is wrong."), "error"),
    "DISABLED_ACCOUNT": (N_("The e-mail address or the password is wrong."), "error"),
    "INVALID_PASSWORD": (N_("This is not your current password."), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Type your password."), "error"),
    "EMAIL_NOT_PROVIDED": (N_("Type your e-mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("This is not an e-mail address."), "error"),
    "PASSWORD_INVALID_LENGTH": (N_("A password needs at least %(length)s characters."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two passwords differ."), "error"),
    "PASSWORD_IS_THE_SAME": (N_("The new password is the old one."), "error"),
    "PASSWORD_CHANGE": (
        N_("Your password is changed. Your other sessions have ended."),
        "success",
    ),
    "PASSWORD_RESET_REQUEST": (
        N_("If %(email)s has an account, a link to set a new password is on its way."),
        "info",
    ),
    "PASSWORD_RESET_EXPIRED": (N_("This link is over: ask for a new one."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (
        N_("This link was used already or is not complete: ask for a new one."),
        "error",
    ),
    "PASSWORD_RESET_NO_LOGIN": (N_("Your new password is set: sign in with it."), "success"),
    "REAUTHENTICATION_REQUIRED": (N_("Type your password to go on."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Thank you. Now please go on."), "info"),
    "UNAUTHENTICATED": (N_("Sign in to go on."), "info"),
    "INVALID_REDIRECT": (N_("That address is not a part of HADI."), "error"),
    "INVALID_INPUT": (N_("This cannot be used here."), "error"),
}
