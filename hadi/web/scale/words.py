"""How a winner's numbers are written and drawn: what it promised, and what a wave brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import gettext as _

from hadi.charts.interval import IntervalChart, interval_chart
from hadi.domain.plan import Metric, MetricKind
from hadi.domain.remeasurement import Realised
from hadi.domain.scaling import RolloutStatus
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models import Rollout, Wave
from hadi.services import rollouts
from hadi.services.rollout_list import Promise
from hadi.web.shared.language import day, say


def kind_of(metric: Metric) -> FigureKind:
    """How effects on the metric are written."""
    return FigureKind.POINTS if metric.kind is MetricKind.CONVERSION else FigureKind.NUMBER


def effect_words(metric: Metric, effect: float, low: float | None, high: float | None) -> str:
    """An effect with its interval: "+6.0 pp (2.5 to 9.4)"."""
    kind = kind_of(metric)
    end_kind = FigureKind.BARE_POINTS if kind is FigureKind.POINTS else kind
    ends = {
        name: Figure(end_kind, value)
        for name, value in (("low", low), ("high", high))
        if value is not None
    }
    code = "_".join(["effect", *ends]) if ends else "effect_open"
    return say(Text(code, effect=Figure(kind, effect, is_signed=True), **ends))


def promise_words(promise: Promise) -> str:
    return effect_words(promise.metric, promise.estimate, promise.low, promise.high)


def chart(
    metric: Metric,
    effect: float,
    low: float | None,
    high: float | None,
    *,
    room_for: Sequence[float] = (),
) -> IntervalChart:
    """The picture of an effect on the metric, in the metric's own units."""
    threshold = metric.threshold
    is_drawn = threshold is not None and not threshold.is_relative
    return interval_chart(
        effect,
        low,
        high,
        threshold=threshold.value if threshold and is_drawn else None,
        sign=metric.sign,
        kind=kind_of(metric),
        room_for=room_for,
    )


def promise_chart(promise: Promise, *, room_for: Sequence[float] = ()) -> IntervalChart:
    return chart(promise.metric, promise.estimate, promise.low, promise.high, room_for=room_for)


def values_of(promise: Promise | None, waves: Iterable[Wave]) -> tuple[float, ...]:
    """Every number a common axis has to have room for."""
    found = [promise.estimate, promise.low, promise.high] if promise else []
    for wave in waves:
        if wave.effect is not None:
            found += [wave.effect, wave.low, wave.high]
    return tuple(value for value in found if value is not None)


def shortfall(promise: Promise | None, wave: Wave) -> str | None:
    """Said of a wave whose whole interval lies on the worse side of the promise."""
    realised = Realised(wave.effect, wave.low, wave.high)
    if promise is None or not realised.falls_short_of(promise.estimate, sign=promise.metric.sign):
        return None
    written = Figure(kind_of(promise.metric), promise.estimate, is_signed=True)
    return say(Text("wave_falls_short", promise=written))


def status_word(status: RolloutStatus) -> str:
    return say(Text(f"rollout_{status.value}"))


def next_measurement(rollout: Rollout, today: date) -> tuple[str, bool] | None:
    """When it is measured again, in words, and whether that day is over."""
    wave = rollouts.open_wave(rollout)
    if rollout.measure_on is None or wave is None:
        return None
    written = _(
        "Wave %(number)s, measure on %(day)s", number=wave.number, day=day(rollout.measure_on)
    )
    late = (today - rollout.measure_on).days
    if late <= 0:
        return written, False
    return f"{written}, {say(Text('overdue_by', n=late))}", True
