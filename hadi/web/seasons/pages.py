"""The page of seasons: the form, and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hadi.analysis.season import Season
from hadi.domain.permissions import Permission, allows
from hadi.domain.text import Text
from hadi.models import SeasonProfile
from hadi.services import season_profiles
from hadi.web.seasons.forms import SeasonForm
from hadi.web.shared.access import current_actor
from hadi.web.shared.data_tabs import data_tabs
from hadi.web.shared.language import month_names, say
from hadi.web.shared.pages import Column, Page, Tab
from hadi.web.shared.render import chrome
from hadi.web.shared.season_found import SeasonFound, check_word, coefficient, season_found


@dataclass(frozen=True, slots=True)
class Answer:
    """The sentence, the numbers, and (status, name, words) of the checks."""

    sentence: str
    season: SeasonFound
    checks: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A kept season: its name, where it comes from, its strongest and weakest month."""

    name: str
    about: str
    high: str
    low: str
    use_url: str
    file_url: str
    delete_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonsPage(Page):
    """`/data/seasons`."""

    tabs: tuple[Tab, ...]
    form: SeasonForm
    found: Answer | None
    problem: str | None
    kept: tuple[KeptLine, ...]
    columns: tuple[Column, ...]
    can_keep: bool


def seasons_page(
    form: SeasonForm, answer: Season | None = None, problem: Text | None = None
) -> SeasonsPage:
    actor = current_actor()
    can_keep = allows(actor, Permission.CREATE_HYPOTHESIS)
    return SeasonsPage(
        title=_("Seasons"),
        chrome=chrome(),
        tabs=data_tabs("seasons"),
        form=form,
        found=_found(answer) if answer else None,
        problem=say(problem) if problem else None,
        kept=tuple(_kept(each, can_keep=can_keep) for each in season_profiles.listing(by=actor)),
        columns=(
            Column(_("Season")), Column(_("Strongest month")), Column(_("Weakest month")),
            Column(""),
        ),
        can_keep=can_keep,
    )  # fmt: skip


def _kept(profile: SeasonProfile, *, can_keep: bool) -> KeptLine:
    values = profile.coefficients
    years = ", ".join(year[:4] if year.endswith("-01") else year for year in profile.years)
    who = profile.author.name
    about = _("from %(years)s, %(who)s", years=years, who=who) if years else who
    return KeptLine(
        name=profile.name,
        about=str(about),
        high=_month(values, max(values)),
        low=_month(values, min(values)),
        use_url=url_for("seasons.index", profile=profile.id) + "#season",
        file_url=url_for("seasons.export", profile_id=profile.id, format="csv"),
        delete_url=url_for("seasons.delete", profile_id=profile.id) if can_keep else None,
    )


def _month(values: Sequence[float], value: float) -> str:
    return f"{month_names()[list(values).index(value)][0]} {coefficient(value)}"


def _found(answer: Season) -> Answer:
    return Answer(
        say(answer.text),
        season_found(answer.as_json()),
        tuple(
            (check.status.value, check_word(check.code) or check.code, say(check.detail))
            for check in answer.checks
        ),
    )
