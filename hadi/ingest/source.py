"""What an analysis needs of data, wherever the data is: sums per arm and what is odd about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Plan
from hadi.domain.text import Text
from hadi.stats.samples import CoMoments, Conversion, Events, Moments

if TYPE_CHECKING:
    from hadi.ingest.panels import PanelTable
    from hadi.ingest.series import SeriesTable
    from hadi.stats.arrays import Clusters, Distribution

Sample: TypeAlias = "Conversion | Moments | CoMoments | Events | Distribution | Clusters"


@dataclass(frozen=True, slots=True)
class ArmSummary:
    """One arm: `units` are randomised units (mixed units left out), clusters in a cluster design;
    `samples` and `missing` (units without a value) are keyed by metric name. The sample's type
    follows the metric: Conversion; Moments of a mean; CoMoments of a ratio (numerator,
    denominator) and of whatever has covariates (its own columns, then those); Events of a rate;
    Distribution of a rank or a quantile; Clusters of any metric in a cluster design."""

    name: str
    units: int
    samples: Mapping[str, Sample]
    missing: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the units, such as those of one region or of one day: the same arms in the same
    order, each with what it has there (perhaps nothing). A segment's slices come the largest first
    and hold every unit: those without a level are the slice "", and beyond the 20 largest levels
    the rest is one called "…". A unit of several levels belongs to the first by name."""

    name: str
    arms: tuple[ArmSummary, ...]


@dataclass(frozen=True, slots=True)
class Outliers:
    """Far-out values of one metric in one arm: `units` above the pooled fence (the third quartile
    and three interquartile ranges more; Tukey 1977, Exploratory Data Analysis), and the share of
    the arm's total that is theirs: of the sum of absolute values, where some are below zero.
    `fence` None: not looked for in so many rows; `largest` and its own share of the total are
    always there."""

    units: int
    share_of_total: float
    fence: float | None
    largest: float
    largest_share: float


@dataclass(frozen=True, slots=True)
class Summaries:
    """The sufficient statistics of one data set under one plan.

    `rows` counts all rows. `blank_arm_rows` have no arm; `unknown_arm_rows` name an arm that the
    declared split does not (always 0 without one; unknown arms are not in `arms`), their names
    in `unknown_arms`. `mixed_units` were seen in two or more arms; `all_units` counts every unit,
    mixed ones included. `duplicate_rows` repeat another row exactly (None: not looked for).
    `blank_unit_rows` name no unit although a column for it was mapped; they are left out.
    `has_units` says whether one was: without it a row is a unit.

    The rest is there where the plan asks for it. `caps` are the values at which metrics were cut
    (winsorised). `segments` are the slices of each segment column, `days` those of the day column
    in their order, `groups` those of the seller or store; days and groups hold the primary metric
    alone. `outliers` are keyed by metric, an entry for each arm in order; of a large table only
    metrics whose largest value is a hundredth of an arm's total or more may have one. `clusters`
    are the primary metric's by the cluster (or group) column, for each arm in order, where a test
    of single units names one and each of its clusters lies in one arm (but for at most 1 % of the
    units, left out here): then that may be what was drawn.
    `cluster_units` counts the units inside the clusters of a cluster design, by arm.
    """

    arms: tuple[ArmSummary, ...]
    rows: int
    all_units: int
    blank_arm_rows: int = 0
    unknown_arm_rows: int = 0
    unknown_arms: tuple[str, ...] = ()
    mixed_units: int = 0
    duplicate_rows: int | None = None
    blank_unit_rows: int = 0
    has_units: bool = False
    caps: Mapping[str, float] = field(default_factory=dict)
    segments: Mapping[str, tuple[Slice, ...]] = field(default_factory=dict)
    days: tuple[Slice, ...] = ()
    groups: tuple[Slice, ...] = ()
    outliers: Mapping[str, tuple[Outliers, ...]] = field(default_factory=dict)
    clusters: tuple[Clusters, ...] | None = None
    cluster_units: Mapping[str, int] = field(default_factory=dict)

    def arm(self, name: str) -> ArmSummary | None:
        return next((a for a in self.arms if a.name == name), None)


class Source(Protocol):
    """Data that can be summed for a plan. Raises Unreadable with one sentence for bad data."""

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the content: equal data have equal digests."""
        ...

    def summaries(self, plan: Plan) -> Summaries: ...

    def panel(self, plan: Plan) -> PanelTable:
        """The sites of a pilot over time."""
        ...

    def series(self, plan: Plan) -> SeriesTable:
        """The one series of a test before and after."""
        ...


@dataclass(frozen=True, slots=True)
class Summed:
    """A Source whose sums are known already."""

    digest: str
    known: Summaries

    def summaries(self, plan: Plan) -> Summaries:
        return self.known

    def panel(self, plan: Plan) -> PanelTable:
        raise Unreadable(Text("counts_not_for_pilots"))

    def series(self, plan: Plan) -> SeriesTable:
        raise Unreadable(Text("counts_not_for_series"))
