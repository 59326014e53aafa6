"""“Have we tried this already?”: hypotheses that say nearly the same in other words.

Words are compared by their beginnings, so that inflected Russian and Hungarian words meet; a word
that stands in many hypotheses says little, a rare one much. No list of stop words is needed, in
no language.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from sqlalchemy import Integer, case, cast, func, literal, select

from hadi.db import db
from hadi.domain.permissions import Actor, Permission, require
from hadi.models import Hypothesis
from hadi.services.hypothesis_list import with_row
from hadi.services.search import folded

MOST_TEXT = 600  # characters looked at
MOST_WORDS = 14
SHORTEST = 4  # letters of a word that says something, and of the beginning that is compared
LONGEST = 6
ENDING = 2  # letters at the end that inflection may change
ENOUGH = 0.34  # share of what the text says that another has to say too


def stems(text: str) -> list[str]:
    """The beginnings of the words that say something, each once, in their order."""
    words = re.findall(r"[^\W_]+", folded(text[:MOST_TEXT]))
    found = dict.fromkeys(_stem(word) for word in words if len(word) >= SHORTEST)
    return list(found)[:MOST_WORDS]


def _stem(word: str) -> str:
    return word[: min(max(len(word) - ENDING, SHORTEST), LONGEST)]


def similar(
    text: str, *, most: int = 5, excluding: str | None = None, by: Actor
) -> list[Hypothesis]:
    """The hypotheses most like `text`, archived ones too, the most alike first."""
    require(by, Permission.VIEW)
    looked_for = stems(text)
    if len(looked_for) < 2:
        return []
    hits = [Hypothesis.search.contains(stem, autoescape=True) for stem in looked_for]
    counts = db.session.execute(
        select(func.count(), *(func.coalesce(func.sum(cast(hit, Integer)), 0) for hit in hits))
    ).one()
    weights = _weights(counts[0], counts[1:])
    score = sum(
        (case((hit, weight), else_=0.0) for hit, weight in zip(hits, weights, strict=True)),
        start=literal(0.0),
    )
    matched = sum((cast(hit, Integer) for hit in hits), start=literal(0))
    query = (
        select(Hypothesis)
        .where(score >= ENOUGH * sum(weights), matched >= 2)
        .order_by(score.desc(), Hypothesis.updated_at.desc(), Hypothesis.id)
    )
    if excluding:
        query = query.where(Hypothesis.id != excluding)
    return list(db.session.scalars(with_row(query).limit(most)))


def _weights(total: int, seen: Sequence[int]) -> list[float]:
    """How much each word says. One that nobody has used yet cannot match: it counts as an average
    one, for something that the others do not say."""
    known = [math.log(1 + total / times) for times in seen if times]
    average = sum(known) / len(known) if known else 1.0
    return [math.log(1 + total / times) if times else average for times in seen]
