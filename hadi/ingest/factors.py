"""By how much the numbers of a column are multiplied, by what stands beside them or in its name.

12,5 % becomes 0.125 and 3 under "Выручка, тыс. руб." 3000; both are said and can be undone. Where
some cells carry a unit and others none, or the name says per cent over shares below one, nobody
can tell, and it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hadi.domain.text import Text
from hadi.ingest.numbers import Marks, scaled, scaled_each
from hadi.ingest.report import Decision
from hadi.ingest.units import PERCENT, unit_of_header


@dataclass(frozen=True, slots=True)
class Scale:
    """What numbers are multiplied by. `is_each`: each cell by its own unit, and those without one
    by `factor`. `by` is the code of the sentence that says why."""

    factor: float = 1.0
    by: str | None = None
    is_each: bool = False
    is_question: bool = False
    is_mixed: bool = False  # roubles and euros: they cannot be one column of numbers
    is_doubtful_percent: bool = False
    is_percent: bool = False

    def decision(self, column: str, is_chosen: bool, examples: tuple[str, ...]) -> Decision | None:
        """What is to be said of it; None where nothing was decided."""
        if self.is_mixed or (self.by is None and not is_chosen):
            return None
        value = None if self.is_question else written(self.factor)
        usual = ("0.01", "1") if self.is_percent else ("1", "1000", "1000000")
        options = tuple(dict.fromkeys((*usual, *([value] if value else []))))
        detail = Text(self.by, factor=value or "") if self.by and not is_chosen else None
        return Decision("factor", value, options, column, is_chosen, detail, examples)

    def applied(self, number: str, cell: str, marks: Marks) -> str:
        """SQL: the number of a cell times what it is to be multiplied by."""
        if self.is_each:
            return scaled_each(number, cell, marks, self.factor)
        return scaled(number, self.factor)


def scale_of(marks: Marks, name: str, chosen: float | None) -> Scale:
    """The scale of a column of that name, with these units beside its numbers."""
    header = unit_of_header(name)
    if len(marks.kinds) > 1:
        return Scale(is_mixed=True)
    has_scale = marks.factors - {1.0}
    if has_scale:
        is_percent = PERCENT in marks.kinds
        if marks.without == 0 and len(marks.factors) == 1:
            by = "decided_percent" if is_percent else "decided_factor_cells"
            factor = next(iter(has_scale)) if chosen is None else chosen
            return Scale(factor, by, is_percent=is_percent)
        if marks.without == 0:
            return Scale(by="decided_factor_each", is_each=True)
        if chosen is None and (header is None or header.factor == 1.0):
            return Scale(by="asked_factor", is_question=True, is_percent=is_percent)
        factor = chosen if chosen is not None else header.factor if header else 1.0
        return Scale(factor, "decided_factor_rest", is_each=True, is_percent=is_percent)
    if chosen is not None:
        return Scale(chosen, is_percent=header is not None and header.kind == PERCENT)
    if header is None or header.factor == 1.0:
        return Scale()
    if header.kind == PERCENT:
        return Scale(0.01, "decided_percent_name", is_doubtful_percent=True, is_percent=True)
    return Scale(header.factor, "decided_factor_name")


def settled(scale: Scale, most: float | None) -> Scale:
    """Per cent by the column's name, once its greatest number is known: of shares already below
    one nobody can tell what they are."""
    if most is not None and most > 1:
        return replace(scale, is_doubtful_percent=False)
    return replace(scale, is_doubtful_percent=False, is_question=True, by="asked_percent_name")


def written(factor: float) -> str:
    """A factor as it stands in a decision."""
    return f"{factor:.0f}" if factor >= 1 and factor == int(factor) else f"{factor:g}"
