"""The language an answer is given in: the one `Accept-Language` asks for, else English."""

from __future__ import annotations

from flask import g, request

from hadi.domain.text import Text
from hadi.speech import NAMES, BabelSpeaker


def language() -> str:
    """Of those HADI speaks, the one this request prefers."""
    return request.accept_languages.best_match(list(NAMES)) or "en"


def say(text: Text) -> str:
    """A sentence of the rules in the language of this request."""
    if "api_speaker" not in g:
        g.api_speaker = BabelSpeaker(language())
    speaker: BabelSpeaker = g.api_speaker
    return speaker.say(text)
