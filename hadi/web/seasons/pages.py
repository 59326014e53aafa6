"""The page of seasons: the form, and what was found."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from hadi.analysis.season import Season
from hadi.domain.text import Text
from hadi.web.seasons.forms import SeasonForm
from hadi.web.shared.data_tabs import data_tabs
from hadi.web.shared.language import say
from hadi.web.shared.pages import Page, Tab
from hadi.web.shared.render import chrome
from hadi.web.shared.season_found import SeasonFound, check_word, season_found


@dataclass(frozen=True, slots=True)
class Answer:
    """The sentence, the numbers, and (status, name, words) of the checks."""

    sentence: str
    season: SeasonFound
    checks: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonsPage(Page):
    """`/data/seasons`."""

    tabs: tuple[Tab, ...]
    form: SeasonForm
    found: Answer | None
    problem: str | None


def seasons_page(
    form: SeasonForm, answer: Season | None = None, problem: Text | None = None
) -> SeasonsPage:
    return SeasonsPage(
        title=_("Seasons"),
        chrome=chrome(),
        tabs=data_tabs("seasons"),
        form=form,
        found=_found(answer) if answer else None,
        problem=say(problem) if problem else None,
    )


def _found(answer: Season) -> Answer:
    return Answer(
        say(answer.text),
        season_found(answer.as_json()),
        tuple(
            (check.status.value, check_word(check.code) or check.code, say(check.detail))
            for check in answer.checks
        ),
    )
