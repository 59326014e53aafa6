"""MySQL's and MariaDB's language where Ibis' own words for it would answer otherwise: patterns,
endless numbers, numbers with a point, equal texts.

Only the compiler of Ibis is used, which needs no driver; the statements run in `mysql`.
"""

from __future__ import annotations

import sys
from typing import Any

import ibis
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.mysql import MySQLCompiler
from sqlglot import exp

from hadi.ingest.engines import functions

ENDLESS = sys.float_info.max  # there is nothing beyond: what is larger is read as this
# Of every column of text: compared by the numbers of its characters, blanks at the end among them.
COLLATIONS = {"mariadb": "utf8mb4_nopad_bin", "mysql": "utf8mb4_0900_bin"}
_REGEXPS = {"mariadb": "\\", "mysql": "$"}  # what a group is called in a replacement

_MANY_GROUPS = {"unit", "hadi_n"}  # what is in rows of one unit, and in equal rows


class Compiler(MySQLCompiler):  # type: ignore[misc]
    """Ibis' compiler, with what has to be said otherwise; `flavour` is a key of COLLATIONS."""

    __slots__ = ("flavour",)

    def __init__(self, flavour: str) -> None:
        super().__init__()
        self.flavour = flavour

    @property
    def POS_INF(self) -> Any:  # noqa: N802 - Ibis' own name
        return sge.Literal.number(repr(ENDLESS))

    @property
    def NEG_INF(self) -> Any:  # noqa: N802
        return sge.Literal.number(repr(-ENDLESS))

    def visit_Equals(self, op: Any, *, left: Any, right: Any) -> Any:  # noqa: N802
        return sge.EQ(this=left, expression=right)  # the texts' collation tells all apart

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:  # noqa: N802
        cast = super().visit_Cast(op, arg=arg, to=to)
        if not to.is_string():
            return cast
        return sge.Collate(this=cast, expression=sge.Var(this=COLLATIONS[self.flavour]))

    def visit_StringLength(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        # LENGTH counts bytes there, and which of the two the writer takes for it depends on what
        # was loaded first.
        return self.f.anon.char_length(arg)

    def visit_RegexSearch(self, op: Any, *, arg: Any, pattern: Any) -> Any:  # noqa: N802
        return self.f.anon.regexp_instr(arg, _whole(pattern)) > 0

    def visit_RegexExtract(  # noqa: N802
        self, op: Any, *, arg: Any, pattern: Any, index: Any
    ) -> Any:
        # The pattern is of the whole text: to replace it by one of its groups leaves that group.
        group = sge.Literal.string(f"{_REGEXPS[self.flavour]}{index.name}")
        found = self.f.anon.regexp_replace(arg, _whole(pattern), group)
        return self.if_(self.visit_RegexSearch(op, arg=arg, pattern=pattern), found, sge.Null())

    def written(self, table: ibis.Table) -> str:
        """The expression as SQL."""
        tree = self.to_sqlglot(table).transform(_as_float)
        for query in tree.find_all(exp.Select):
            if query.args.get("group") and _MANY_GROUPS & set(query.named_selects):
                # Sorted, which goes faster than to look each up in a table that is on a disk.
                query.set("operation_modifiers", [exp.Var(this="SQL_BIG_RESULT")])
        return str(tree.sql(self.dialect))


def _whole(pattern: Any) -> Any:
    """A pattern from the first to the last character: for `$` a line may end after it."""
    if isinstance(pattern, sge.Literal) and pattern.is_string:
        text = str(pattern.name)
        if text.startswith("^"):
            text = f"\\A{text[1:]}"
        if text.endswith("$"):
            text = f"{text[:-1]}\\z"
        return sge.Literal.string(text)
    return pattern


def _as_float(node: exp.Expr) -> exp.Expr:
    """A number with a point is a decimal there, and is cut to some digits when it is divided."""
    if isinstance(node, exp.Literal) and not node.is_string and not node.is_int:
        return exp.Literal.number(node.name if "e" in node.name.lower() else f"{node.name}e0")
    return node


def portable(query: exp.Query) -> exp.Expr:
    """A query with what only one of MySQL and MariaDB has said in the words of both."""
    return query.transform(_in_both)


def _in_both(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.RegexpLike) and node.args.get("flag") is None:
        found = exp.Anonymous(this="REGEXP_INSTR", expressions=[node.this, node.expression])
        return exp.Paren(this=exp.GT(this=found, expression=exp.Literal.number(0)))
    if isinstance(node, exp.JSONExtractScalar):
        path = exp.Anonymous(this="JSON_EXTRACT", expressions=[node.this, node.expression])
        return exp.Anonymous(this="JSON_UNQUOTE", expressions=[path])
    return node


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def trimmed(text: Any, characters: str) -> Any:
    """An expression of Ibis: the text without those characters at either end."""
    ends = f"\\A[{characters}]+|[{characters}]+\\z"
    return functions.regexp_replace(text, ends, "")


def filled(text: Any, characters: str, longest: int) -> Any:
    """An expression of Ibis: the same, NULL where nothing is left, and cut off behind `longest`
    characters: nobody sorts a text without an end in memory."""
    rest = trimmed(text, characters)
    # Most texts have nothing to be trimmed of, and a look at their ends costs less than a pattern.
    is_clean = (functions.locate(text.left(1), characters) == 0) & (
        functions.locate(text.right(1), characters) == 0
    )
    short = ibis.cases((is_clean, text), (rest != "", rest))
    return short.left(longest + 1)
