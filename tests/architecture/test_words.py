"""Everything a person can read has words, in every language HADI speaks."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryDirectory

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import hadi.domain
from hadi.domain.calendar import DayKind, DayScope
from hadi.domain.client_bases import BaseDefinition
from hadi.domain.costs import BudgetChoice, BudgetLevel, CostKind
from hadi.domain.evidence import EvidenceGrade
from hadi.domain.funnels import StageKind
from hadi.domain.levers import Lever
from hadi.domain.lifecycle import Decision, State, Step
from hadi.domain.overlaps import Closeness
from hadi.domain.permissions import ActorKind, Permission, RoleName, Scope
from hadi.domain.pilot_plan import Decide, Method, Scale
from hadi.domain.plan import (
    Better,
    Design,
    Looks,
    MetricKind,
    MetricRole,
    NeedRole,
    Spending,
)
from hadi.domain.quality import Level
from hadi.domain.remeasurement import Follows
from hadi.domain.scaling import Payback, RolloutStatus
from hadi.domain.scorecards import FailureCause, Mark
from hadi.domain.season_plan import SeasonMethod
from hadi.domain.tags import ColumnTag
from hadi.domain.text import FigureKind
from hadi.domain.units import SalesModel, Technology, UnitKind
from hadi.domain.verdict import CheckStatus, GuardrailStatus, Verdict
from hadi.domain.verdict_label import Label
from hadi.domain.wording import WORDING

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("ru", "hu")
# The words of a member are WORDING["<prefix>_<value>"].
SHOWN: dict[type[StrEnum], str] = {
    BaseDefinition: "base",
    BudgetChoice: "budget",
    BudgetLevel: "budget",
    CheckStatus: "check",
    Closeness: "overlap",
    ColumnTag: "tag",
    CostKind: "cost",
    DayKind: "day_kind",
    DayScope: "day_scope",
    Decide: "pilot_decide",
    Decision: "decision",
    EvidenceGrade: "evidence",
    FailureCause: "cause",
    GuardrailStatus: "guardrail",
    Level: "level",
    Lever: "lever",
    Mark: "mark",
    Method: "pilot_method",
    Payback: "payback",
    RolloutStatus: "rollout",
    Scale: "pilot_scale",
    SalesModel: "sales_model",
    SeasonMethod: "season_method",
    StageKind: "stage_kind",
    State: "state",
    Technology: "technology",
    UnitKind: "unit_kind",
    Label: "verdict",
    Verdict: "verdict",
}
# Worded where they are shown, by a function of a page.
WORDED_BY: dict[type[StrEnum], str] = {
    Better: "hadi.web.hypotheses.plan_words:better_word",
    Design: "hadi.web.hypotheses.plan_words:design_word",
    Looks: "hadi.web.hypotheses.plan_words:looks_word",
    MetricKind: "hadi.web.hypotheses.plan_words:kind_word",
    MetricRole: "hadi.web.hypotheses.plan_words:role_word",
    RoleName: "hadi.web.shared.render:role_label",
    Spending: "hadi.web.hypotheses.plan_words:spending_word",
}
# Never shown to a person by their own name.
UNSHOWN: set[type[StrEnum]] = {
    ActorKind,  # in the event log's data
    FigureKind,  # how a number is written
    Follows,  # a sentence says what follows from the numbers of a wave
    NeedRole,  # its columns are asked for in whole sentences
    Permission,  # refusals say what was tried
    Scope,  # of a token, written as in the API
    Step,  # a button or a blocker says it in its own words
}


def enums() -> Iterator[type[StrEnum]]:
    for found in iter_modules(hadi.domain.__path__, "hadi.domain."):
        for item in vars(import_module(found.name)).values():
            is_enum = isinstance(item, type) and issubclass(item, StrEnum)
            if is_enum and item.__module__ == found.name:
                yield item


def test_every_enum_is_shown_in_words_or_not_at_all() -> None:
    unclear = set(enums()) - SHOWN.keys() - WORDED_BY.keys() - UNSHOWN
    assert not unclear, f"give these words, or say that nobody reads them: {unclear}"


@pytest.mark.parametrize("enum", SHOWN, ids=lambda enum: enum.__name__)
def test_every_member_of_a_shown_enum_has_words(enum: type[StrEnum]) -> None:
    assert [member for member in enum if f"{SHOWN[enum]}_{member.value}" not in WORDING] == []


@pytest.mark.parametrize("enum", WORDED_BY, ids=lambda enum: enum.__name__)
def test_every_member_that_a_page_words_has_words(enum: type[StrEnum]) -> None:
    module, _, name = WORDED_BY[enum].partition(":")
    word = getattr(import_module(module), name)
    words = [word(member) for member in enum]
    assert all(words)
    assert len(set(words)) == len(words)


def codes_used() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "hadi").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                continue
            code = node.args[0]
            if node.func.id in {"Text", "NotEstimable"} and isinstance(code, ast.Constant):
                yield str(code.value), f"{path.relative_to(ROOT)}:{node.lineno}"


def test_every_code_has_words() -> None:
    assert [f"{where}: {code}" for code, where in codes_used() if code not in WORDING] == []


def test_every_template_can_be_filled() -> None:
    class AnyValue(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return key

    for code, wording in WORDING.items():
        for template in (wording,) if isinstance(wording, str) else wording:
            written = template % AnyValue()
            assert "%(" not in written, code


@cache
def messages() -> Catalog:
    """Every message that the sources and templates contain."""
    spec = spec_from_file_location("dev", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    dev = module_from_spec(spec)
    spec.loader.exec_module(dev)
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", *dev.EXTRACT]
    with TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        subprocess.run([*command, "-o", template, "."], cwd=ROOT, capture_output=True, check=True)
        found = read_po(template.read_text(encoding="utf-8").splitlines(keepends=True))
    assert len(found) > 100
    return found


@cache
def catalogue(language: str) -> Catalog:
    path = ROOT / "hadi" / "locale" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language: str) -> None:
    translated = catalogue(language)
    missing = []
    for message in messages():
        if not message.id:
            continue
        found = translated.get(message.id, message.context)
        strings = found.string if found is not None else ""
        whole = all(strings) if isinstance(strings, tuple | list) else bool(strings)
        if found is None or found.fuzzy or not strings or not whole:
            missing.append(message.id)
    assert not missing, (
        f"{len(missing)} without {language}; `dev.py translate` lists them: {missing[:20]}"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_fit_their_messages(language: str) -> None:
    faults = [
        f"{message.id!r}: {'; '.join(str(error) for error in errors)}"
        for message, errors in catalogue(language).check()
    ]
    assert not faults, "\n".join(faults)


def test_no_message_hides_inside_an_f_string() -> None:
    """Babel does not look there, so such a message would stay English for ever."""
    marks = {"_", "_l", "N_", "ngettext", "lazy_gettext", "gettext"}
    hidden = [
        f"{path}:{call.lineno}"
        for path in sorted((ROOT / "hadi").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in marks
    ]
    assert not hidden
