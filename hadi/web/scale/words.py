"""How a winner's numbers are written and drawn: what it promised, and what a wave brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import gettext as _

from hadi.charts.interval import IntervalChart, interval_chart
from hadi.domain.remeasurement import Follows, Realised
from hadi.domain.scaling import RolloutStatus
from hadi.domain.text import Figure, Text
from hadi.domain.verdict_sentence import ranged
from hadi.models import Rollout, Wave
from hadi.services import rollouts
from hadi.services.rollout_list import Promise
from hadi.web.shared.language import day, figure, say


def effect_words(promise: Promise, effect: float, low: float | None, high: float | None) -> str:
    """An effect with its interval: "+6.0 pp (2.5 to 9.4)"."""
    return say(ranged(Figure(promise.kind, effect, is_signed=True), low, high))


def promise_words(promise: Promise) -> str:
    return effect_words(promise, promise.estimate, promise.low, promise.high)


def whole_words(promise: Promise) -> str | None:
    """What the test measured over all of its time, where less than that is promised."""
    return whole_figure(promise) if promise.fades else None


def whole_figure(promise: Promise) -> str:
    return figure(Figure(promise.kind, promise.whole, is_signed=True))


def chart(
    promise: Promise,
    effect: float,
    low: float | None,
    high: float | None,
    *,
    room_for: Sequence[float] = (),
) -> IntervalChart:
    """The picture of an effect on the metric, in the units in which waves are measured."""
    threshold = promise.metric.threshold
    # On the log scale every threshold is a fraction, however it was written.
    is_drawn = threshold is not None and (promise.is_relative or not threshold.is_relative)
    return interval_chart(
        effect,
        low,
        high,
        threshold=threshold.value if threshold and is_drawn else None,
        sign=promise.metric.sign,
        kind=promise.kind,
        room_for=room_for,
    )


def promise_chart(promise: Promise, *, room_for: Sequence[float] = ()) -> IntervalChart:
    return chart(promise, promise.estimate, promise.low, promise.high, room_for=room_for)


def values_of(promise: Promise | None, waves: Iterable[Wave]) -> tuple[float, ...]:
    """Every number a common axis has to have room for."""
    found = [promise.estimate, promise.low, promise.high] if promise else []
    for wave in waves:
        if wave.effect is not None:
            found += [wave.effect, wave.low, wave.high]
    return tuple(value for value in found if value is not None)


def follows_words(promise: Promise | None, realised: Realised) -> str | None:
    """What the numbers of a wave say, as a sentence; None where they say nothing."""
    if promise is None:
        return None
    found = realised.follows(promise.whole, sign=promise.metric.sign)
    if found is Follows.NOTHING:
        return None
    code = f"wave_follows_{found.value}" + ("_whole" if promise.fades else "")
    return say(Text(code, promise=Figure(promise.kind, promise.whole, is_signed=True)))


def remark(promise: Promise | None, wave: Wave) -> str | None:
    """Said of a wave whose numbers do not bear out that it held."""
    realised = Realised(wave.effect, wave.low, wave.high)
    if promise is None:
        return None
    match realised.follows(promise.whole, sign=promise.metric.sign):
        case Follows.DID_NOT_HOLD:
            return say(_falls_short(promise))
        case Follows.NOT_KNOWN:
            return say(Text("wave_not_known"))
    return None


def _falls_short(promise: Promise) -> Text:
    written = Figure(promise.kind, promise.whole, is_signed=True)
    if promise.fades:
        return Text("wave_falls_short_whole", whole=written)
    return Text("wave_falls_short", promise=written)


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
