"""The assessment of a scorecard for programs."""

from __future__ import annotations

from typing import Any

from hadi.analysis.scorecards import Assessment, Coded, Period
from hadi.domain.scorecards import Share


def as_json(found: Assessment) -> dict[str, Any]:
    """The assessment for programs; shares are fractions, null where nothing applied."""
    change = found.change
    return {
        "sentence": str(found.text),
        "sentence_text": found.text.as_json(),
        "since": found.since_day.isoformat() if found.since_day else None,
        "before": _period_json(found.before) if found.before else None,
        "after": _period_json(found.since),
        "change": None
        if change is None
        else {
            "p_value": change.p_value,
            "smallest_attainable": change.smallest_p,
            "by": "stores" if change.by_stores else "visits",
            "n_before": change.n[0],
            "n_after": change.n[1],
            "estimate": change.estimate,
            "low": change.interval.low if change.interval else None,
            "high": change.interval.high if change.interval else None,
        },
        "agreement": [_coded_json(each) for each in found.coded],
        "excluded": list(found.excluded),
        "criteria": [
            {
                "number": each.criterion.number,
                "name": each.criterion.name,
                "mandatory": each.criterion.is_mandatory,
                "excluded": each.is_excluded,
                "before": share_json(each.before) if found.before else None,
                "after": share_json(each.since),
            }
            for each in found.criteria
        ],
        "units": [
            {
                "unit": each.unit,
                "visits_before": each.visits_before,
                "visits_after": each.visits_since,
                "before": share_json(each.before) if found.before else None,
                "after": share_json(each.since),
                "few": each.is_few,
            }
            for each in found.units
        ],
        "fidelity": {
            **share_json(found.fidelity.share),
            "steps": found.fidelity.steps,
            "visits": found.fidelity.visits,
            "executed": None if found.fidelity.share.value is None else not found.fidelity.is_low,
        },
        "checks": [
            {
                "code": check.code,
                "status": check.status.value,
                "p_value": check.p_value,
                "detail": str(check.detail),
                "detail_text": check.detail.as_json(),
            }
            for check in found.checks
        ],
    }


def share_json(share: Share) -> dict[str, Any]:
    return {
        "met": share.met, "applied": share.applied, "not_applicable": share.not_applicable,
        "share": share.value,
    }  # fmt: skip


def _period_json(period: Period) -> dict[str, Any]:
    return {"visits": period.visits, **share_json(period.share)}


def _coded_json(coded: Coded) -> dict[str, Any]:
    found = coded.agreement
    return {
        "criterion": coded.number,
        "pairs": coded.pairs,
        "kappa": found.kappa if found else None,
        "low": found.low if found else None,
        "high": found.high if found else None,
        "excluded": coded.is_excluded,
        "note": str(coded.reason) if coded.reason else None,
    }
