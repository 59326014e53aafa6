"""`hadi power`: how many units a test needs, and what verdicts to expect of it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from hadi.domain.errors import Invalid
from hadi.domain.text import Figure, FigureKind, Text
from hadi.stats.errors import NotEstimable

if TYPE_CHECKING:
    from hadi.stats.power import PowerAnswer


def _shared(command: Callable[..., None]) -> Callable[..., None]:
    """The options that both kinds take."""
    for option in (
        click.option("--json", "is_json", is_flag=True, help="Print one JSON object."),
        click.option("--n", "n_per_arm", type=int, help="Units per arm, where they are given."),
        click.option("--power", "wanted", type=float, default=0.8, show_default=True),
        click.option("--alpha", type=float, default=0.05, show_default=True),
        click.option(
            "--threshold", default="0", help="What the effect must reach; 5% is relative."
        ),
        click.option("--effect", required=True, type=float, help="The expected difference."),
    ):
        command = option(command)
    return command


@click.group()
def power() -> None:
    """How many units a test needs, and which verdicts to expect of it."""


@power.command()
@click.option("--baseline", required=True, type=float, help="The control's expected share.")
@_shared
def conversion(
    baseline: float,
    effect: float,
    threshold: str,
    alpha: float,
    wanted: float,
    n_per_arm: int | None,
    is_json: bool,
) -> None:
    """Plan a test of two shares (fractions: 0.1 is 10%)."""
    from hadi.stats.power import conversion_plan

    _check(effect, alpha, wanted, n_per_arm)
    reach = _threshold(threshold, baseline)
    answer = _answer(
        lambda: conversion_plan(
            baseline=baseline,
            effect=effect,
            alpha=alpha,
            power=wanted,
            threshold=reach,
            n_per_arm=n_per_arm,
        )
    )
    _say(answer, FigureKind.POINTS, effect, is_json)


@power.command()
@click.option("--sd", required=True, type=float, help="Standard deviation between units.")
@_shared
def mean(
    sd: float,
    effect: float,
    threshold: str,
    alpha: float,
    wanted: float,
    n_per_arm: int | None,
    is_json: bool,
) -> None:
    """Plan a test of two means (effect and sd in the metric's units)."""
    from hadi.stats.power import mean_plan

    _check(effect, alpha, wanted, n_per_arm)
    reach = _threshold(threshold, None)
    answer = _answer(
        lambda: mean_plan(
            sd=sd, effect=effect, alpha=alpha, power=wanted, threshold=reach, n_per_arm=n_per_arm
        )
    )
    _say(answer, FigureKind.NUMBER, effect, is_json)


def _check(effect: float, alpha: float, wanted: float, n_per_arm: int | None) -> None:
    if not math.isfinite(effect):
        raise Invalid(Text("option_range", option="--effect", range="that is finite"))
    if not 0.0 < alpha < 0.5:
        raise Invalid(Text("option_range", option="--alpha", range="above 0 and below 0.5"))
    if not 0.0 < wanted < 1.0:
        raise Invalid(Text("option_range", option="--power", range="above 0 and below 1"))
    if n_per_arm is not None and not 2 <= n_per_arm <= 10**15:
        raise Invalid(Text("option_range", option="--n", range="of 2 or more"))


def _threshold(written: str, baseline: float | None) -> float:
    """The threshold in the metric's units; a relative one needs the baseline."""
    from hadi.domain.plan import Threshold

    threshold = Threshold.parse(written, "threshold")
    if not threshold.is_relative:
        return threshold.value
    if baseline is None:
        raise Invalid(Text("power_relative_threshold"))
    return threshold.value * baseline


def _answer(plan: Callable[[], PowerAnswer]) -> PowerAnswer:
    try:
        return plan()
    except NotEstimable as unknown:
        params = {name: str(value) for name, value in unknown.params.items()}
        raise Invalid(Text(unknown.code, **params)) from None


def _say(answer: PowerAnswer, kind: FigureKind, effect: float, is_json: bool) -> None:
    text = _sentence(answer, kind, effect)
    if is_json:
        data: dict[str, Any] = {
            "n_per_arm": answer.n_per_arm,
            "power": answer.power,
            "mde": answer.mde,
            "verdict_probabilities": dict(answer.verdict_probabilities),
            "smallest_attainable_p": None,  # only an exact test over few assignments has one
            "sentence": str(text),
            "sentence_text": text.as_json(),
            "at_n_per_arm": answer.at_n_per_arm,
            "units": list(answer.units),
        }
        click.echo(json.dumps(data, ensure_ascii=False, allow_nan=False))
        return
    click.echo(str(text))
    click.echo()
    for verdict, chance in answer.verdict_probabilities.items():
        click.echo(f"  {verdict.replace('_', ' '):<16} {100 * chance:5.1f}%")


def _sentence(answer: PowerAnswer, kind: FigureKind, effect: float) -> Text:
    params: dict[str, int | Figure] = {
        "n": answer.at_n_per_arm,
        "power": Figure(FigureKind.SHARE, answer.power),
        "effect": Figure(kind, effect, is_signed=True),
        "confirmed": Figure(
            FigureKind.SHARE, float(answer.verdict_probabilities.get("confirmed", 0.0))
        ),
    }
    if answer.n_per_arm is None:
        return Text("power_never", **params)
    if answer.at_n_per_arm < answer.n_per_arm:
        return Text("power_short", needed=answer.n_per_arm, **params)
    return Text("power_enough", **params)
