"""A table on disk as a Source: sums per arm by DuckDB, no row of it ever in Python.

Without a unit column a row is a unit, and one query answers what sums can. With one, rows are first
counted per arm and then summed per unit; units seen in several arms are counted and left out. What
else a plan asks for (ranks, segments, days) follows in `completion`; where clusters were drawn,
`clustersums` answers everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hadi.domain.errors import Unreadable
from hadi.domain.plan import Design, Plan
from hadi.domain.text import Text
from hadi.ingest import engine
from hadi.ingest.completion import complete
from hadi.ingest.frame import open_frame
from hadi.ingest.rowsums import by_row
from hadi.ingest.source import Summaries
from hadi.ingest.unitsums import by_unit

if TYPE_CHECKING:
    from hadi.ingest.panels import PanelTable
    from hadi.ingest.series import SeriesTable


class TableSource:
    """One or several Parquet files with the same columns, taken as one table.

    Parameters
    ----------
    paths : the files, in their order.
    digest : their SHA-256 where it is known; otherwise read from the files when asked for.
    labels : the files as the person knows them, for messages.
    """

    def __init__(
        self,
        paths: Path | Sequence[Path],
        *,
        digest: str | None = None,
        labels: Sequence[str] | None = None,
    ) -> None:
        self.paths = (paths,) if isinstance(paths, Path) else tuple(paths)
        self.labels = tuple(labels) if labels else tuple(p.name for p in self.paths)
        self._digest = digest

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content; of several files, of their digests in order."""
        if self._digest is not None:
            return self._digest
        import hashlib

        from hadi.ingest.digests import file_digest

        digests = [file_digest(path) for path in self.paths]
        if len(digests) == 1:
            return digests[0]
        return hashlib.sha256("\n".join(digests).encode()).hexdigest()

    def summaries(self, plan: Plan) -> Summaries:
        """The plan's sums. Raises Unreadable with one sentence."""
        import duckdb

        with engine.session(files=self.paths) as connection:
            try:
                frame = open_frame(connection, self.paths, self.labels, plan)
                if plan.design is Design.CLUSTER:
                    from hadi.ingest.clustersums import by_cluster  # needs NumPy

                    return by_cluster(frame)
                sums = by_unit(frame) if plan.unit is not None else by_row(frame)
                return complete(frame, sums)
            except duckdb.Error as error:
                raise Unreadable(Text("data_unreadable", reason=engine.reason(error))) from error

    def panel(self, plan: Plan) -> PanelTable:
        """The sites of a pilot over time. Raises Unreadable with one sentence."""
        import duckdb

        if plan.pilot is not None and plan.pilot.is_wide:
            from hadi.ingest import panels_wide  # needs NumPy

            return panels_wide.panel_of(self.paths, plan)
        from hadi.ingest.panels import panel_of  # needs NumPy

        with engine.session(files=self.paths) as connection:
            try:
                return panel_of(connection, self.paths, self.labels, plan)
            except duckdb.Error as error:
                raise Unreadable(Text("data_unreadable", reason=engine.reason(error))) from error

    def series(self, plan: Plan) -> SeriesTable:
        """One series over time. Raises Unreadable with one sentence."""
        import duckdb

        from hadi.ingest.series import series_of  # needs NumPy

        season = plan.season
        if season is None or not season.time or not season.value:
            raise Unreadable(Text("series_no_columns"))
        with engine.session(files=self.paths) as connection:
            try:
                return series_of(
                    connection, self.paths, season.time, season.value, plan.exposure_column
                )
            except duckdb.Error as error:
                raise Unreadable(Text("data_unreadable", reason=engine.reason(error))) from error
