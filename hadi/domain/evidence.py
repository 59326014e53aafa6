"""How far a result can be trusted, by how it was obtained."""

from __future__ import annotations

from enum import StrEnum

from hadi.domain.plan import Design


class EvidenceGrade(StrEnum):
    """Strongest first."""

    RANDOMISED = "randomised"
    CLUSTER_RANDOMISED = "cluster_randomised"
    CONTROLLED_PILOT = "controlled_pilot"
    BEFORE_AFTER = "before_after"

    @property
    def is_promotable(self) -> bool:
        """Whether a confirmed result of this grade may be scaled without a leader's override.

        Before and after alone cannot tell the change from the season: it is indicative at best.
        """
        return self is not EvidenceGrade.BEFORE_AFTER

    @property
    def strength(self) -> int:
        """From 4, the strongest, to 1."""
        grades = list(EvidenceGrade)
        return len(grades) - grades.index(self)


_GRADES = {
    Design.SPLIT: EvidenceGrade.RANDOMISED,
    Design.CLUSTER: EvidenceGrade.CLUSTER_RANDOMISED,
    Design.PILOT: EvidenceGrade.CONTROLLED_PILOT,
    Design.BEFORE_AFTER: EvidenceGrade.BEFORE_AFTER,
}


def grade_of(design: Design) -> EvidenceGrade:
    """The grade a design earns when it is carried out as planned."""
    return _GRADES[design]
