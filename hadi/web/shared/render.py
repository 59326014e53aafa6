"""From a page's values to HTML: the chrome around it is filled in here, once for every place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import (
    current_app,
    flash,
    get_flashed_messages,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf

from hadi.domain.permissions import Permission, RoleName, allows
from hadi.models import User
from hadi.services import users, workspace
from hadi.web.shared.access import signed_in
from hadi.web.shared.language import NAMES, speaker
from hadi.web.shared.pages import Chrome, Flash, FlashKind, LanguageChoice, Page, Place, SignedIn

PLACES = "hadi_places"
THEME_COOKIE = "hadi_theme"


@dataclass(frozen=True, slots=True)
class Entry:
    """A place as the registry lists it: its blueprint, label, icon, and who sees it."""

    key: str
    module: str
    label: str | None = None  # None: a place that the navigation does not show
    icon: str = "circle"
    permission: Permission = Permission.VIEW
    within: str | None = None  # the place that the navigation shows it as a part of

    @property
    def endpoint(self) -> str:
        return f"{self.key}.index"


def render(template: str, page: Page) -> str:
    """The template with `page`, the one variable it gets."""
    return render_template(template, page=page)


def tell(sentence: str, kind: FlashKind = "success", *, undo_url: str | None = None) -> None:
    """Say what happened on the next page; with `undo_url`, offer to take it back."""
    flash(cast("str", [sentence, undo_url]), kind)


def chrome() -> Chrome:
    """What stands around the page of this request."""
    user = signed_in()
    language = speaker().language
    theme = request.cookies.get(THEME_COOKIE, "auto")
    return Chrome(
        places=_places(user) if user else (),
        user=_signed_in(user) if user else None,
        languages=_languages(language),
        language=language,
        theme=theme if theme in {"light", "dark"} else "auto",
        asset=current_app.jinja_env.globals["asset"],  # type: ignore[arg-type]
        csrf_token=generate_csrf(),
        flashes=_flashes(),
        home_url=home_url(),
        search_url=url_for("hypotheses.index") if user else None,
        search_query=request.args.get("q", "").replace("\0", "")[:200],
        new_url=_new_url(user) if user else None,
        workspace=workspace.current().name,
        is_answer=_is_answer(),
    )


def _is_answer() -> bool:
    """Whether a sent form is answered at an address that can be opened as well: "Back" may do so
    then, instead of asking whether the form is to be sent again."""
    if request.method != "POST":
        return False
    addresses = current_app.create_url_adapter(request)
    return addresses is not None and addresses.test(method="GET")


def home_url() -> str:
    """Where the product begins; below another address when a proxy put it there."""
    return f"{request.script_root}/"


def role_label(role: RoleName) -> str:
    """The role in the reader's language."""
    labels = {
        RoleName.MEMBER: gettext("Team lead"),
        RoleName.ANALYST: gettext("Analyst"),
        RoleName.LEADER: gettext("Leader"),
        RoleName.ADMIN: gettext("Administrator"),
        RoleName.VIEWER: gettext("Viewer"),
    }
    return str(labels[role])


def initials(name: str) -> str:
    """Up to two letters for the disc that stands for a person."""
    words = name.split()
    return "".join(
        word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)
    ).upper()


def role_labels(user: User) -> Sequence[str]:
    names = users.role_names(user)
    return [role_label(role) for role in RoleName if role in names]


def _signed_in(user: User) -> SignedIn:
    return SignedIn(
        name=user.name,
        initials=initials(user.name),
        role_label=", ".join(role_labels(user)),
        account_url=url_for("account.index"),
        logout_url=url_for("security.logout"),
    )


def _places(user: User) -> tuple[Place, ...]:
    actor = users.actor_for(user)
    entries: Sequence[Entry] = current_app.extensions[PLACES]
    within = {entry.key: entry.within for entry in entries}
    here = within.get(request.blueprint or "") or request.blueprint
    return tuple(
        Place(
            entry.key, gettext(entry.label), url_for(entry.endpoint), entry.key == here, entry.icon
        )
        for entry in entries
        if entry.label and allows(actor, entry.permission)
    )


def _languages(current: str) -> tuple[LanguageChoice, ...]:
    # A form that was just refused cannot be asked for again; its place's address can.
    back = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return tuple(
        LanguageChoice(
            code, name, url_for("language.switch", code=code, next=back), code == current
        )
        for code, name in NAMES.items()
    )


def _flashes() -> tuple[Flash, ...]:
    told = []
    messages: list[tuple[str, Any]] = get_flashed_messages(with_categories=True)  # type: ignore[assignment]
    for kind, message in messages:
        # `tell` leaves a pair, which the cookie gives back as a list; libraries leave a string.
        sentence, undo_url = (message, None) if isinstance(message, str) else message
        is_known = kind in {"success", "info", "warning", "error"}
        told.append(Flash(sentence, cast("FlashKind", kind) if is_known else "info", undo_url))
    return tuple(told)


def _new_url(user: User) -> str | None:
    """Where the key `n` leads those who may write a hypothesis."""
    may_write = allows(users.actor_for(user), Permission.CREATE_HYPOTHESIS)
    return url_for("hypotheses.new") if may_write else None
