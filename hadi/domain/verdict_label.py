"""The word on a verdict's badge.

It is the verdict's own but for one: a test that was not carried out is invalid by the rule, and to
people "Invalid test" sounds as if someone had calculated wrongly. They read "Not executed".
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from hadi.domain.verdict import Verdict

NOT_EXECUTED_SENTENCE = "sentence_invalid_fidelity"


class Label(StrEnum):
    """The verdicts, and the one that only people are told apart."""

    NOT_YET = "not_yet"
    NOT_EXECUTED = "not_executed"
    INVALID = "invalid"
    NOT_ESTIMABLE = "not_estimable"
    HARMFUL = "harmful"
    CONFIRMED = "confirmed"
    BELOW_THRESHOLD = "below_threshold"
    REFUTED = "refuted"
    NOT_ENOUGH_DATA = "not_enough_data"


# What lists are narrowed to: a test without a result has no badge.
SOUGHT: tuple[Label, ...] = tuple(label for label in Label if label is not Label.NOT_YET)


def label_of(verdict: str, record: Mapping[str, Any]) -> Label:
    """The label of a stored analysis: it goes by its sentence, so that the two never differ."""
    said = record.get("sentence_text") or {}
    is_undone = verdict == Verdict.INVALID and said.get("code") == NOT_EXECUTED_SENTENCE
    return Label.NOT_EXECUTED if is_undone else Label(verdict)
