"""The answer about a season as JSON: what `hadi season --json`, the API and a record hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hadi import __version__
from hadi.domain import months
from hadi.domain.verdict import Check
from hadi.stats.season_change import Change, Window
from hadi.stats.seasons import Coefficients

if TYPE_CHECKING:
    from hadi.analysis.season import Season


def answer_json(answer: Season) -> dict[str, Any]:
    """Changes are fractions; None means "none"."""
    found, changed = answer.found, answer.change
    shown = changed if answer.is_comparable else None
    return {
        "coefficients": by_number(found.values),
        "sum": round(found.sum, 12),
        "naive": changed.naive if changed else None,
        "adjusted": shown.adjusted if shown else None,
        "low": shown.interval.low if shown and shown.interval else None,
        "high": shown.interval.high if shown and shown.interval else None,
        "indicative": True,
        "checks": [check_json(check) for check in answer.checks],
        "sentence": str(answer.text),
        "sentence_text": answer.text.as_json(),
        "alpha": answer.alpha,
        **profile_json(found),
        **change_json(changed, shown),
        "formula": formula_json(found, changed) if changed and found.years.starts else None,
        "profile": answer.profile.as_json() if answer.profile else None,
        "series": series_json(answer),
        "packages": {"hadi": __version__},
    }


def profile_json(found: Coefficients) -> dict[str, Any]:
    """How the coefficients came about."""
    starts = found.years.starts
    return {
        "method": found.method,
        "over": found.over,
        "years": [
            {
                "from": months.written(s),
                "to": months.written(s + 11),
                "coefficients": by_number(row),
            }
            for s, row in zip(starts, found.by_year.tolist(), strict=True)
        ],
        "left_out": [months.written(month) for month in found.years.left_out],
        "pooled_sum": found.pooled_sum,
        "growth": found.growth.rate if found.growth else None,
        "steady_growth": bool(found.growth and found.growth.is_steady),
    }


def change_json(changed: Change | None, shown: Change | None) -> dict[str, Any]:
    effect = shown.effect_interval if shown else None
    return {
        "before": window_json(changed.before) if changed else None,
        "after": window_json(changed.after) if changed else None,
        "growing": shown.growing if shown else None,
        "effect": {
            "estimate": shown.effect if shown else None,
            "low": effect.low if effect else None,
            "high": effect.high if effect else None,
            "p_value": shown.p_value if shown else None,
            "log10_p": shown.log10_p if shown else None,
        },
        "expected": shown.expected if shown else None,
        "earlier_years": [
            {"from": months.written(placebo.first), "adjusted": placebo.adjusted}
            for placebo in (shown.placebos if shown else ())
        ],
    }


def window_json(window: Window) -> dict[str, Any]:
    return {
        "from": months.written(window.first),
        "to": months.written(window.last),
        "months": len(window.months),
        "mean": window.mean,
        "coefficient": window.coefficient,
        "without_season": window.level,
    }


def formula_json(found: Coefficients, changed: Change) -> dict[str, Any]:
    """The formula of the field, “mean ÷ fact”, in its two readings. On the same months of earlier
    years it is one over the coefficient, and fact times it is the fact without the season. On the
    months that are judged it gives the mean back, whatever was done."""
    usual = float(found.years.table.mean())
    return {
        "mean": usual,
        "reciprocal": {"before": 1.0 / changed.before.coefficient,
                       "after": 1.0 / changed.after.coefficient},
        "adjusted": {"before": changed.before.level, "after": changed.after.level},
        "own_fact": {
            "before": usual / changed.before.mean * changed.before.mean,
            "after": usual / changed.after.mean * changed.after.mean,
            "change": 0.0,
        },
    }  # fmt: skip


def series_json(answer: Season) -> dict[str, Any]:
    """The months as they are, for charts."""
    series = answer.series
    return {
        "start": months.written(series.start),
        "values": [None if v != v else v for v in series.values.tolist()],
    }


def by_number(values: Any) -> dict[str, float | None]:
    """January is "1"; a moving average leaves some months of a year without a coefficient."""
    return {str(place + 1): None if v != v else float(v) for place, v in enumerate(values)}


def check_json(check: Check) -> dict[str, Any]:
    return {
        "code": check.code,
        "status": check.status.value,
        "p_value": check.p_value,
        "detail": str(check.detail),
        "text": check.detail.as_json(),
    }
