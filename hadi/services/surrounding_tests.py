"""Other tests that ran in the same stores, on the same days: named with both cards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hadi.domain.overlaps import Closeness, Runs
from hadi.domain.text import Text
from hadi.domain.verdict import Check, CheckStatus
from hadi.services import running_tests
from hadi.services.running_tests import Collision, Running
from hadi.services.surrounding_days import named, when
from hadi.services.surrounding_ground import PILOTS, Ground

SHOWN = 3


def checks(ground: Ground) -> Iterator[Check]:
    """The tests in each other's way, by the stores that the data name."""
    own = running_tests.own(ground.hypothesis)
    if own is None:
        return
    others = running_tests.all_between(own.runs.first, own.runs.last or ground.today)
    if all(other.hypothesis.id == ground.hypothesis.id for other in others):
        return  # before the data are read
    own = replace(own, runs=_placed(own.runs, ground))
    found = [
        collision
        for collision in running_tests.among(own, others)
        if collision.overlap.closeness is not Closeness.POSSIBLE
    ]
    for collision in found[:SHOWN]:
        yield Check("collisions", CheckStatus.WARN, sentence(own, collision))
    if len(found) > SHOWN:
        more = Text("collisions_more", n=len(found) - SHOWN)
        yield Check("collisions", CheckStatus.WARN, more)


def sentence(own: Running, collision: Collision) -> Text:
    """What two tests share, naming both."""
    shared, other = collision.overlap, collision.other
    params = {
        "key": own.hypothesis.key,
        "other": other.hypothesis.key,
        "title": other.hypothesis.title or other.hypothesis.change,
        "stores": named(shared.places),
        "metric": other.plan.primary.name if other.plan.primary else "",
        "when": when(shared.first, shared.last)
        if shared.last is not None
        else Text("surroundings_from", first=when(shared.first, shared.first)),
    }
    return Text(f"overlap_{shared.closeness.value}", **params)


def _placed(runs: Runs, ground: Ground) -> Runs:
    """The same with the stores and the days of the data."""
    if ground.after is not None:
        runs = replace(runs, first=ground.after.first, last=ground.after.last)
    if not ground.arms:
        return runs
    places = {
        arm: {place: store.name for store in stores for place in store.places}
        for arm, stores in ground.arms.items()
    }
    watched = {place: name for each in places.values() for place, name in each.items()}
    return replace(runs, changed=places.get(PILOTS, watched), watched=watched)
