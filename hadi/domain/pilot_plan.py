"""What a pilot's plan says beside every plan: the sites, the periods and how they are compared.

One or a few sites get the change; the others do not; all are followed over the same periods. The
list of sites and the first period of the change are part of the plan, so that nobody picks the
neighbours after seeing how they went.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

MOST_SITES = 5_000
MOST_COMPONENTS = 20
WIDE = "*"  # in the place of the column of the site: each site has a column of its own


class Method(StrEnum):
    """How what would have been without the change is found."""

    DID = "did"  # the controls' own changes
    SYNTHETIC = "synthetic"  # a weighted mix of the controls
    SYNTHETIC_DEMEANED = "synthetic_demeaned"  # the same, each site against its own level
    SYNTHETIC_DID = "synthetic_did"  # weights of sites and of periods
    AUGMENTED = "augmented"  # a mix, corrected by ridge regression where it does not fit

    @property
    def is_mix(self) -> bool:
        return self is not Method.DID


class Scale(StrEnum):
    LOG = "log"  # changes in per cent
    LINEAR = "linear"  # changes in the value's own units


class Decide(StrEnum):
    """Which test says whether the effect is real."""

    PLACEBO = "placebo"  # every other choice of pilots, enumerated
    STORE_T = "store_t"  # t on the sites' changes


@dataclass(frozen=True, slots=True)
class PilotPlan:
    """`site`, `time` and `value` are columns: a row is a site in a period. Of a ratio `value` is
    the numerator's; the primary metric names both. In data with a column for each site `site` is
    `WIDE`, and every number is a value. `treated` are the sites
    that got the change; `controls` those they are held against, where none is named all others.
    `start` is the first period of the change, as the data write it. `components` are the parts of
    the change where it has several."""

    site: str | None = None
    time: str | None = None
    value: str | None = None
    treated: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    start: str | None = None
    method: Method = Method.DID
    scale: Scale = Scale.LOG
    decide: Decide = Decide.PLACEBO
    components: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column for column in (self.site, self.time, self.value) if column)

    @property
    def is_wide(self) -> bool:
        """Whether the data have a row for each period and a column for each site."""
        return self.site == WIDE

    def sites_among(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Those columns of such data that are sites: the plan's own, where it names its controls;
        else every one but the period's."""
        others = tuple(column for column in columns if column != self.time)
        named = {*self.treated, *self.controls}
        return tuple(name for name in others if name in named) if self.controls else others

    def renamed(self, rename: Callable[[str], str]) -> PilotPlan:
        """The same over columns of other names."""
        return replace(
            self,
            site=rename(self.site) if self.site else None,
            time=rename(self.time) if self.time else None,
            value=rename(self.value) if self.value else None,
        )

    def as_json(self) -> dict[str, Any]:
        """Its fields, which stand among those of the plan."""
        return {
            "site": self.site,
            "time": self.time,
            "value": self.value,
            "treated": list(self.treated),
            "controls": list(self.controls),
            "start": self.start,
            "method": self.method.value,
            "scale": self.scale.value,
            "decide": self.decide.value,
            "components": list(self.components),
        }
