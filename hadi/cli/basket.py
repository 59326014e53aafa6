"""`hadi basket`: what is added to the core of a sale, and what goes together, without a server."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from hadi.cli.files import Prepared, prepared, reading_options
from hadi.domain.baskets import RECEIPT_ROLES, BasketSpec, read_spec
from hadi.domain.errors import Invalid
from hadi.domain.plan import Metric, MetricKind, Plan
from hadi.domain.text import Text

if TYPE_CHECKING:
    from hadi.analysis.baskets import Basket

_READING = ("sheet", "encoding", "delimiter", "decimal", "dates", "factors", "bad_rows")
_FLAGS = {"arm": "--variant", "day": "--time"}
_HELP = {
    "receipt": "The number of the receipt.",
    "store": "The store: what ranges and comparisons are over.",
    "day": "The day of the sale.",
    "category": "The category of the line.",
    "item": "The item, where there is no category.",
    "core": "A flag: 1 is core, 0 is added to it. Otherwise --core-is says what the core is.",
    "quantity": "Pieces; 1 unless named. Nothing or less is a return.",
    "price": "Of one piece, where no column holds the amount.",
    "amount": "Money of the line.",
    "margin": "Margin of the line.",
    "currency": "The currency of the amounts: several make no sum.",
    "seller": "Who closed the sale (the goal).",
    "assist": "Who passed it on (the assist).",
    "department": "The department that sold.",
    "returned": "When, or whether, the line came back.",
    "arm": "The arm of the store.",
}


def _columns(command: Any) -> Any:
    for role in reversed(RECEIPT_ROLES):
        flag = _FLAGS.get(role, f"--{role}")
        command = click.option(
            flag, f"column_{role}", metavar="COL", required=role == "receipt",
            help=f"Column: {_HELP[role]}",
        )(command)  # fmt: skip
    return command


@click.command()
@click.argument("file", metavar="FILE")
@_columns
@click.option("--core-is", multiple=True, metavar="NAME", help="A core category; again for more.")
@click.option(
    "--periphery-is",
    multiple=True,
    metavar="NAME",
    help="What is added; else all that is not core.",
)
@click.option("--control", metavar="VALUE", help="The arm that was left as it was.")
@click.option("--threshold", metavar="POINTS", help="What the attach rate must gain, in points.")
@click.option("--since", metavar="DAY", help="The day of the change, to tell before from after.")
@click.option("--goal", metavar="PERCENT", help="Credit of who closed the sale; 70 unless said.")
@click.option("--assist-share", metavar="PERCENT", help="Credit of who passed it on; the rest.")
@click.option("--least", metavar="N", help="Receipts with both from which a rule is listed; 30.")
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Error level.")
@reading_options
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
def basket(file: str, is_json: bool, **given: Any) -> None:
    """What is added to the core of a sale in FILE (CSV, TSV, XLSX or Parquet; - is standard input).

    FILE has a row for each line of a receipt. With --variant and --control stores are compared,
    every store with one value. The exit code is 2 where the input cannot be used.
    """
    if bool(given["column_arm"]) != bool(given["control"]):
        raise Invalid(Text("basket_variant_and_control"))
    columns = {r: given[f"column_{r}"].strip() for r in RECEIPT_ROLES if given[f"column_{r}"]}
    with prepared([file], _plan(columns), {name: given[name] for name in _READING}) as found:
        spec = _spec(columns, given, found)
        if not spec.can_be_read:
            raise Invalid(Text("basket_needs_core_option"))
        from hadi.analysis.baskets import basket as answer_of

        answer, notes = answer_of(found.paths, spec), found.notes
    _print(answer, notes, is_json)


def _plan(columns: Mapping[str, str]) -> Plan:
    """The columns that are used, so that what a file leaves open of them is asked."""
    used = tuple(columns.values())
    return Plan(metrics=tuple(Metric(name, MetricKind.MEAN, (name,)) for name in used))


def _spec(columns: Mapping[str, str], given: Mapping[str, Any], found: Prepared) -> BasketSpec:
    from hadi.ingest.receipts import columns_of

    return read_spec(
        {
            "columns": columns,
            "core": given["core_is"],
            "periphery": given["periphery_is"],
            "goal": given["goal"],
            "assist": given["assist_share"],
            **{name: given[name] for name in ("control", "threshold", "since", "least", "alpha")},
        },
        columns_of(found.paths),
    )


def _print(answer: Basket, notes: Sequence[Text], is_json: bool) -> None:
    if is_json:
        click.echo(json.dumps(answer.as_json(), ensure_ascii=False, allow_nan=False))
        return
    from hadi.cli.basket_report import report

    click.echo(report(answer, notes))
