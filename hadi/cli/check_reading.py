"""How `hadi check` is told to read its files, and what it says when that has to be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hadi.domain.errors import Invalid, Unreadable
from hadi.domain.plan import Plan
from hadi.domain.text import Text

if TYPE_CHECKING:
    from hadi.ingest.choices import Choices
    from hadi.ingest.report import Decision, ParseReport

_OPTIONS = {
    "encoding": "--encoding",
    "delimiter": "--delimiter",
    "decimal": "--decimal",
    "date_order": "--dates",
    "bad_rows": "--bad-rows",
    "factor": "--factor",
}


def choices_of(options: Mapping[str, str | None], factors: Sequence[str]) -> Choices:
    """The choices that the options spell; names the option in what it refuses."""
    from hadi.ingest.choices import Choices

    data: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    columns: dict[str, Any] = {}
    for written in factors:
        name, sign, value = written.rpartition("=")
        try:
            columns[name.strip()] = {"factor": float(value)}
        except ValueError:
            sign = ""
        if not sign or not name.strip():
            raise Invalid(Text("check_factor", written=written))
    if columns:
        data["columns"] = columns
    try:
        return Choices.from_json(data)
    except Invalid as error:
        field, text = next(iter(error.fields.items()))
        option = "--factor" if field.startswith("columns") else _OPTIONS.get(field, field)
        raise Invalid(Text("choice_invalid", field=option, reason=text)) from None


def with_way_out(error: Unreadable) -> Unreadable:
    """The refusal of a file, with the option under which the rest of it can be read."""
    named = [f"{_OPTIONS[n]} {value}" for n, value in error.remedy.items() if n in _OPTIONS]
    if not named:
        return error
    return Unreadable(Text("check_way_out", reason=error.text, option=" ".join(named)))


def ask(report: ParseReport, filename: str, plan: Plan) -> None:
    """Raises Unreadable with the question that a column of the plan leaves open."""
    needed = {need.key for need in plan.needs()}
    if plan.pilot is not None and plan.pilot.is_wide:
        needed |= set(plan.pilot.sites_among(column.name for column in report.columns))
    for question in report.questions:
        if question.column not in needed or question.detail is None:
            continue
        option, values = _OPTIONS.get(question.field, ""), " | ".join(question.options)
        if question.field == "factor":
            values = f"“{question.column}={question.options[0]}”"
        raise Unreadable(
            Text(
                "check_question",
                file=filename,
                column=question.column or "",
                examples=", ".join(question.examples),
                detail=question.detail,
                option=f"{option} {values}",
            )
        )


def remarks(report: ParseReport) -> tuple[Text, ...]:
    """What has to be known of the reading: the notes, and why things were decided as they were."""
    return (*report.notes, *_details(report.decisions), *_bad_rows(report))


def _details(decisions: Iterable[Decision]) -> Iterable[Text]:
    for decision in decisions:
        if decision.detail is None or decision.is_question:
            continue
        if decision.column is None:
            yield decision.detail
        else:
            yield Text("check_remark", column=decision.column, detail=decision.detail)


def _bad_rows(report: ParseReport) -> Iterable[Text]:
    if report.bad_row_count:
        lines = ", ".join(str(row.line) for row in report.bad_rows[:5])
        yield Text("check_bad_rows", n=report.bad_row_count, lines=lines)
