"""How the stores that a change goes to differ from those where it was tested.

What works in one store works in its like. A wave that goes to other formats, other ways of selling
or another region may still hold, but nothing has shown it yet; and where one head alone has had
the change, nobody knows whether it works without that person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hadi.domain.folding import folded
from hadi.domain.text import Text

HEAD = "head"
TRAITS = ("sales_model", "technology", "format", "region", HEAD)


@dataclass(frozen=True, slots=True)
class Likened:
    """A store as it is held against others: what is known of it, by the trait; "" is not known."""

    name: str
    traits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is so here ("" where it is not known), and what it was where the test ran."""

    trait: str
    here: str
    tested: tuple[str, ...]


def differences(store: Likened, tested: Sequence[Likened]) -> tuple[Difference, ...]:
    """The traits of a store that none of those of the test had. What is known of none of these
    cannot differ."""
    found = []
    for trait in TRAITS:
        known = _values(trait, tested)
        here = store.traits.get(trait, "")
        if known and folded(here) not in known:
            found.append(Difference(trait, here, tuple(known.values())))
    return tuple(found)


def is_like(found: Sequence[Difference]) -> bool:
    """Whether a store with these differences is like those of the test. Another head is none that
    counts: it is what shows whether the change hangs on a person."""
    return all(each.trait == HEAD for each in found)


def head_replication(
    wave: Sequence[Likened], tested: Sequence[Likened], held: Sequence[Likened] = ()
) -> Text | None:
    """Whether the change was, or is going to be, tried under another head than that of the test.
    `held` are the stores of waves that held. None where no head of the test is known."""
    heads = _values(HEAD, tested)
    if not heads:
        return None
    if len(heads) > 1:
        return Text("wave_heads_tested", n=len(heads), heads=", ".join(heads.values()))
    head = next(iter(heads.values()))
    replicated = {k: v for k, v in _values(HEAD, held).items() if k not in heads}
    if replicated:
        return Text("wave_head_held", head=head, others=", ".join(replicated.values()))
    if not wave:
        return Text("wave_head_needed", head=head)
    others = {k: v for k, v in _values(HEAD, wave).items() if k not in heads}
    if others:
        return Text("wave_head_other", head=head, others=", ".join(others.values()))
    if any(not store.traits.get(HEAD) for store in wave):
        return Text("wave_head_unknown", head=head)
    return Text("wave_head_same", head=head)


def lacks_replication(text: Text | None) -> bool:
    """Whether what is said of the heads leaves the person in doubt."""
    return text is not None and text.code in (
        "wave_head_needed", "wave_head_same", "wave_head_unknown",
    )  # fmt: skip


def _values(trait: str, stores: Sequence[Likened]) -> dict[str, str]:
    """What is known of a trait: as it is compared, to as it is written first."""
    found: dict[str, str] = {}
    for store in stores:
        written = store.traits.get(trait, "")
        if written:
            found.setdefault(folded(written), written)
    return found
