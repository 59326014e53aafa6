"""`hadi power`: how many units a test needs, and what verdicts to expect of it.

A command per kind of metric; what they share (arms, looks, clusters) is `hadi.cli.power_options`.
Nothing is imported before it is asked for: the command is to answer at once.
"""

from __future__ import annotations

from typing import Any

import click

from hadi.cli.power_options import Asked, say, shared
from hadi.domain.errors import Invalid
from hadi.domain.text import Text


class _LazyGroup(click.Group):
    """The kinds of metric, and the pilot, which reads a file and is imported when it is asked."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), "pilot"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name != "pilot":
            return super().get_command(ctx, cmd_name)
        from hadi.cli.power_pilot import pilot

        return pilot


@click.group(cls=_LazyGroup)
def power() -> None:
    """How many units a test needs, and which verdicts to expect of it."""


@power.command()
@click.option("--baseline", required=True, type=float, help="The control's expected share.")
@shared
def conversion(baseline: float, **given: Any) -> None:
    """Plan a test of two shares (fractions: 0.1 is 10%)."""
    say("conversion", Asked.of(given, baseline), baseline=baseline)


@power.command()
@click.option("--sd", required=True, type=float, help="Standard deviation between units.")
@shared
def mean(sd: float, **given: Any) -> None:
    """Plan a test of two means (effect and sd in the metric's units)."""
    say("mean", Asked.of(given), sd=sd)


@power.command()
@click.option(
    "--sd",
    required=True,
    type=float,
    help="Standard deviation of (numerator - ratio * denominator) / mean denominator, by unit.",
)
@shared
def ratio(sd: float, **given: Any) -> None:
    """Plan a test of two ratios of sums, such as revenue per visit."""
    say("ratio", Asked.of(given), sd=sd)


@power.command()
@click.option("--baseline", required=True, type=float, help="The control's expected rate.")
@click.option(
    "--exposure",
    type=float,
    default=1.0,
    show_default=True,
    help="What a unit is exposed to on average: visits, days.",
)
@shared
def rate(baseline: float, exposure: float, **given: Any) -> None:
    """Plan a test of two rates of events per exposure."""
    say("rate", Asked.of(given, baseline), baseline=baseline, exposure=exposure)


@power.command()
@click.option("--sd", required=True, type=float, help="Standard deviation between units.")
@shared
def rank(sd: float, **given: Any) -> None:
    """Plan a rank test, for a shift of a normal metric."""
    say("rank", Asked.of(given), sd=sd)


@power.command()
@click.option("--sd", required=True, type=float, help="Standard deviation between units.")
@click.option("--q", type=float, default=0.5, show_default=True, help="Which quantile: 0.9.")
@click.option("--baseline", type=float, help="The quantile today; a lognormal shape needs it.")
@click.option("--shape", type=click.Choice(["normal", "lognormal"]), default="normal")
@shared
def quantile(sd: float, q: float, baseline: float | None, shape: str, **given: Any) -> None:
    """Plan a test of two quantiles."""
    if not 0.0 < q < 1.0:
        raise Invalid(Text("option_range", option="--q", range="above 0 and below 1"))
    say("quantile", Asked.of(given, baseline), sd=sd, q=q, baseline=baseline or 0.0, shape=shape)
