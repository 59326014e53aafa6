"""What was tried before that sounds alike, as a part of a page."""

from __future__ import annotations

from dataclasses import dataclass

from hadi.web.hypotheses.rows import Row
from hadi.web.shared.pages import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarPage(Page):
    """The answer to “Have we tried this already?”."""

    similar: tuple[Row, ...]
