"""What every `hadi power` command takes, and how it answers."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from hadi.domain.errors import Invalid
from hadi.domain.shares import adding_up, shown_share
from hadi.domain.text import ENGLISH, Figure, FigureKind, Text
from hadi.stats.errors import NotEstimable

if TYPE_CHECKING:
    from hadi.services.planning_question import Question
    from hadi.stats.power import PowerAnswer

MOST_ARMS = 20
MOST_LOOKS = 20

_OPTIONS = (
    click.option("--json", "is_json", is_flag=True, help="Print one JSON object."),
    click.option("--cluster-cv", type=float, help="Spread of cluster sizes: sd over mean."),
    click.option("--cluster-size", type=float, help="Mean units of a cluster."),
    click.option(
        "--icc", type=float, help="Likeness of units in a cluster, 0 to 1; 0.01 to 0.05 is usual."
    ),
    click.option("--look-count", type=int, help="Planned looks, the last one included."),
    click.option(
        "--looks",
        type=click.Choice(["fixed", "anytime", "planned"]),
        default="fixed",
        show_default=True,
    ),
    click.option(
        "--spending",
        type=click.Choice(["obrien_fleming", "pocock"]),
        help="How planned looks spend alpha.",
    ),
    click.option("--split", help="Shares, the control's first: 0.5,0.5 or A=0.5,B=0.5."),
    click.option("--arms", type=int, help="Arms of equal shares, the control included."),
    click.option(
        "--n", "n_per_arm", type=int, help="Units per arm (or clusters), where they are given."
    ),
    click.option("--power", "wanted", type=float, default=0.8, show_default=True),
    click.option("--alpha", type=float, default=0.05, show_default=True),
    click.option("--threshold", default="0", help="What the effect must reach; 5% is relative."),
    click.option("--effect", required=True, type=float, help="The expected difference."),
)


def shared(command: Callable[..., None]) -> Callable[..., None]:
    """The options that all kinds take."""
    for option in _OPTIONS:
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Asked:
    """The shared options, checked."""

    effect: float
    threshold: float
    alpha: float
    power: float
    n_per_arm: int | None
    shares: tuple[float, ...]
    looks: str
    look_count: int | None
    spending: str | None
    icc: float | None
    cluster_size: float | None
    cluster_cv: float | None
    is_json: bool

    @classmethod
    def of(cls, given: Mapping[str, Any], baseline: float | None = None) -> Asked:
        """Raises Invalid; a relative threshold needs the baseline."""
        _check(given)
        return cls(
            effect=given["effect"],
            threshold=_threshold(given["threshold"], baseline),
            alpha=given["alpha"],
            power=given["wanted"],
            n_per_arm=given["n_per_arm"],
            shares=_shares(given["split"], given["arms"]),
            looks=given["looks"],
            look_count=given["look_count"],
            spending=given["spending"],
            icc=given["icc"],
            cluster_size=given["cluster_size"],
            cluster_cv=given["cluster_cv"],
            is_json=given["is_json"],
        )


def say(kind: str, asked: Asked, **figures: Any) -> None:
    """Answer, as a sentence with the odds of each verdict or as JSON. Raises Invalid."""
    from hadi.domain.plan import Looks, MetricKind
    from hadi.services.planning_question import Question

    question = Question(
        metric=MetricKind(kind),
        effect=asked.effect,
        threshold=asked.threshold,
        sign=-1 if asked.effect < 0 else 1,
        alpha=asked.alpha,
        power=asked.power,
        shares=asked.shares,
        looks=Looks(asked.looks),
        look_count=asked.look_count,
        spending=asked.spending,
        icc=asked.icc,
        cluster_size=asked.cluster_size,
        cluster_cv=asked.cluster_cv,
        **({"baseline": 0.0, "sd": 0.0} | figures),
    )
    try:
        found = question.answer(asked.n_per_arm)
    except NotEstimable as unknown:
        params = {name: str(value) for name, value in unknown.params.items()}
        raise Invalid(Text(unknown.code, **params)) from None
    _print(question, found, is_json=asked.is_json)


def _print(asked: Question, found: PowerAnswer, *, is_json: bool) -> None:
    from hadi.services.planning_words import what_it_rests_on

    text = _sentence(asked, found)
    if is_json:
        click.echo(json.dumps(_as_json(asked, found, text), ensure_ascii=False, allow_nan=False))
        return
    click.echo(str(text))
    for more in what_it_rests_on(asked, found):
        click.echo(str(more))
    click.echo()
    for verdict, chance in adding_up(found.verdict_probabilities, kept="confirmed").items():
        written = ENGLISH.figure(Figure(FigureKind.SHARE, chance))
        click.echo(f"  {verdict.replace('_', ' '):<16} {written:>6}")


def _as_json(asked: Question, found: PowerAnswer, text: Text) -> dict[str, Any]:
    simulated = None
    if found.draws is not None:
        simulated = {"draws": found.draws, "error": found.simulation_error}
    return {
        "n_per_arm": found.n_per_arm,
        "power": found.power,
        "mde": found.mde,
        "verdict_probabilities": dict(found.verdict_probabilities),
        "smallest_attainable_p": found.smallest_p,
        "sentence": str(text),
        "sentence_text": text.as_json(),
        "at_n_per_arm": found.at_n_per_arm,
        "units": list(found.units),
        "counts": "clusters" if asked.counts_clusters else "units",
        "looks": asked.looks.value,
        "last_alpha": found.alpha,
        "expected_n_per_arm": found.expected_units,
        "design_effect": found.design_effect,
        "clusters_to_confirm": found.clusters_to_confirm,
        "exaggeration": found.exaggeration,
        "simulated": simulated,
    }


def _sentence(asked: Question, found: PowerAnswer) -> Text:
    from hadi.services.planning_words import cannot_confirm

    if (impossible := cannot_confirm(found)) is not None:
        return impossible
    params: dict[str, int | Figure] = {
        "n": found.at_n_per_arm,
        "power": Figure(FigureKind.SHARE, found.power),
        "effect": asked.effect_figure(),
        "confirmed": Figure(
            FigureKind.SHARE, shown_share(found.verdict_probabilities.get("confirmed", 0.0))
        ),
    }
    clusters = "_clusters" if asked.counts_clusters else ""
    if found.n_per_arm is None:
        return Text(f"power_never{clusters}", **params)
    if found.at_n_per_arm < found.n_per_arm:
        return Text(f"power_short{clusters}", needed=found.n_per_arm, **params)
    return Text(f"power_enough{clusters}", **params)


def _check(given: Mapping[str, Any]) -> None:
    has_clusters = given["icc"] is not None or given["cluster_size"] is not None
    least = 1 if has_clusters else 2
    n, icc, size, cv = (given[k] for k in ("n_per_arm", "icc", "cluster_size", "cluster_cv"))
    looks = given["look_count"]
    rules = (
        ("--effect", math.isfinite(given["effect"]), "that is finite"),
        ("--alpha", 0.0 < given["alpha"] < 0.5, "above 0 and below 0.5"),
        ("--power", 0.0 < given["wanted"] < 1.0, "above 0 and below 1"),
        ("--n", n is None or least <= n <= 10**15, f"of {least} or more"),
        ("--arms", given["arms"] is None or 2 <= given["arms"] <= MOST_ARMS, "from 2 to 20"),
        ("--look-count", looks is None or 2 <= looks <= MOST_LOOKS, "from 2 to 20"),
        ("--icc", icc is None or 0.0 <= icc <= 1.0, "from 0 to 1"),
        ("--cluster-size", size is None or 1.0 <= size <= 1e12, "of 1 or more"),
        ("--cluster-cv", cv is None or 0.0 <= cv <= 1e3, "of 0 or more"),
    )
    for option, is_right, said in rules:
        if not is_right:
            raise Invalid(Text("option_range", option=option, range=said))
    if cv is not None and not has_clusters:
        raise Invalid(Text("power_cluster_half"))


def _threshold(written: str, baseline: float | None) -> float:
    """The threshold in the metric's units; a relative one needs the baseline."""
    from hadi.domain.plan import Threshold

    threshold = Threshold.parse(written, "threshold")
    if not threshold.is_relative:
        return threshold.value
    if baseline is None:
        raise Invalid(Text("power_relative_threshold"))
    return threshold.value * baseline


def _shares(split: str | None, arms: int | None) -> tuple[float, ...]:
    """Shares of the arms, the control's first. Raises Invalid."""
    if split is None:
        return (1.0,) * (arms or 2)
    try:
        shares = tuple(float(part.rpartition("=")[2]) for part in split.split(","))
    except ValueError:
        shares = ()
    is_right = 2 <= len(shares) <= MOST_ARMS and all(0.0 < s < math.inf for s in shares)
    if not is_right or (arms is not None and arms != len(shares)):
        raise Invalid(Text("power_split", split=split[:60]))
    return shares
