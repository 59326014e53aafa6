"""What was found in receipts, as it is read: the answer first, then what goes together, where, and
through whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from hadi.charts.interval import IntervalChart, interval_chart
from hadi.domain.permissions import Actor
from hadi.domain.text import Figure, FigureKind, Text
from hadi.models import Basket
from hadi.services import baskets
from hadi.web.baskets.found_tables import (
    Json,
    Listed,
    Row,
    departments_table,
    people_table,
    rules_table,
    stores_table,
    wanted,
)
from hadi.web.baskets.pages import (
    amount,
    can_delete,
    can_use,
    count,
    crumbs,
    number,
    share,
)
from hadi.web.shared.downloads import Downloads, offered
from hadi.web.shared.language import day, figure, say
from hadi.web.shared.pages import Column, Link, Page
from hadi.web.shared.render import chrome

SHARES = frozenset({"attach_rate", "addon_returns"})


@dataclass(frozen=True, slots=True)
class ArmFound:
    """The verdict on one arm."""

    verdict: str
    sentence: str
    name: str
    chart: IntervalChart | None
    measures: Listed
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketPage(Page):
    """`/data/baskets/<id>`."""

    crumbs: tuple[Link, ...]
    lead: str
    sentence: str
    stats: tuple[tuple[str, str, str], ...]
    core: tuple[tuple[str, str], ...]
    arms: tuple[ArmFound, ...]
    gains: tuple[str, ...]
    departments: Listed
    people: Listed
    rules: Listed
    rules_found: str
    has_rules: bool
    words: str
    stores: Listed
    checks: tuple[tuple[str, str, str], ...]
    hidden: tuple[str, ...]
    downloads: tuple[Downloads, ...]
    url: str
    clear_url: str | None
    choose_url: str | None
    use_url: str | None
    remove_url: str | None
    restore_url: str | None
    delete_url: str | None
    version: int
    gone: str | None
    problem: str | None = None


def basket_page(
    basket: Basket, found: Json, actor: Actor, *, words: str = "", problem: str | None = None
) -> BasketPage:
    can_edit = baskets.can_edit(basket, actor)
    rules = wanted(found["rules"], words)
    return BasketPage(
        title=basket.name,
        chrome=chrome(),
        crumbs=crumbs(basket),
        lead=_lead(basket, found),
        sentence=say(Text.from_json(found["sentence_text"])),
        stats=tuple(_stat(one) for one in found["measures"]),
        core=_core(found["core"]),
        arms=tuple(_arm(one) for one in found["arms"]),
        gains=tuple(_gains(found["gains"])),
        departments=departments_table(found),
        people=people_table(found["people"]),
        rules=rules_table(rules),
        rules_found=say(Text("basket_rules_found", n=len(rules))),
        has_rules=bool(found["rules"]),
        words=words,
        stores=stores_table(found["stores"]),
        checks=tuple(
            (one["status"], _check_word(one["code"]), say(Text.from_json(one["text"])))
            for one in found["checks"]
        ),
        hidden=tuple(_hidden_word(kind) for kind in found["hidden"]),
        downloads=_downloads(basket, found),
        url=_at("show", basket),
        clear_url=_at("show", basket) if words else None,
        choose_url=_at("choose", basket)
        if can_edit and basket.has_rows and not basket.is_removed
        else None,
        use_url=_at("use", basket) if can_use(basket, actor) else None,
        remove_url=_at("remove", basket) if can_edit and not basket.is_removed else None,
        restore_url=_at("restore", basket) if can_edit and basket.is_removed else None,
        delete_url=_at("delete_rows", basket) if can_delete(actor) and basket.has_rows else None,
        version=basket.version,
        gone=_gone(basket),
        problem=problem,
    )


def _at(view: str, basket: Basket) -> str:
    return url_for(f"baskets.{view}", basket_id=basket.id)


def _lead(basket: Basket, found: Json) -> str:
    seen = found["seen"]
    told = [_("%(file)s, brought by %(person)s", file=basket.filename, person=basket.author.name)]
    if seen["first"]:
        told.append(f"{_day(seen['first'])} – {_day(seen['last'])}")
    if seen.get("currency"):  # what was looked into before currencies were asked has none
        told.append(_("amounts in %(currency)s", currency=seen["currency"]))
    return ", ".join(told)


def _day(written: str) -> str:
    return day(date.fromisoformat(written))


def _gone(basket: Basket) -> str | None:
    if basket.deleted_at is None:
        return None
    return str(
        _(
            "The lines were deleted on %(day)s. What was found of stores and goods stays.",
            day=day(basket.deleted_at),
        )
    )


def _stat(one: Json) -> tuple[str, str, str]:
    written = share if one["name"] in SHARES else amount
    note = ""
    if one["low"] is not None and one["high"] is not None:
        note = _("%(low)s to %(high)s", low=written(one["low"]), high=written(one["high"]))
    return _measure(one["name"]), written(one["value"]), note


def _core(core: Json | None) -> tuple[tuple[str, str], ...]:
    """Core and periphery as a rule, with the fractions it is made of."""
    if core is None:
        return ()
    lift = number(core["lift"])
    if core["lift_low"] is not None:
        lift += " (" + _("%(low)s to %(high)s", low=number(core["lift_low"]),
                         high=number(core["lift_high"])) + ")"  # fmt: skip
    return (
        (_("Support: receipts with both, of all"), _of(core, "support", "with_both", "receipts")),
        (
            _("Confidence: with an add-on, of those with core"),
            _of(core, "confidence", "with_both", "with_a"),
        ),
        (_("The same without core"), share(core["elsewhere"])),
        (_("Lift: as often as by chance is 1"), lift),
    )


def _of(core: Json, name: str, part: str, whole: str) -> str:
    counts = _("%(part)s of %(whole)s", part=count(core[part]), whole=count(core[whole]))
    return f"{share(core[name])} ({counts})"


def _arm(one: Json) -> ArmFound:
    attach = one["measures"][0]
    difference = attach["difference"]
    chart = None
    if difference is not None:
        threshold = one["sentence_text"]["params"].get("threshold")
        chart = interval_chart(
            difference["estimate"], difference["low"], difference["high"],
            threshold=threshold["value"] if threshold else None, kind=FigureKind.POINTS,
        )  # fmt: skip
    columns = (
        Column(_("Measure")),
        Column(one["control"], is_figure=True),
        Column(one["arm"], is_figure=True),
        Column(_("Difference"), is_figure=True),
        Column("p", is_figure=True, is_hidden_on_phone=True),
    )
    return ArmFound(
        verdict=one["verdict"],
        sentence=say(Text.from_json(one["sentence_text"])),
        name=one["arm"],
        chart=chart,
        measures=Listed(columns, tuple(_measured(each) for each in one["measures"])),
        facts=tuple(_facts(one)),
    )


def _measured(one: Json) -> Row:
    is_share = one["metric"] in SHARES
    written = share if is_share else amount
    role = {
        "breached": _("guardrail, breached"),
        "ok": _("guardrail"),
        "unproven": _("guardrail, without an estimate"),
    }.get(one["guardrail"] or "")
    difference = one["difference"]
    if difference is None:
        note = say(Text.from_json(one["note_text"])) if one["note_text"] else role
        return Row(_measure(one["metric"]), ("–", "–", "–", "–"), note)
    kind, ends = (
        (FigureKind.POINTS, FigureKind.BARE_POINTS) if is_share
        else (FigureKind.NUMBER, FigureKind.NUMBER)
    )  # fmt: skip
    told = Text(
        "effect_low_high",
        effect=Figure(kind, difference["estimate"], is_signed=True),
        low=Figure(ends, difference["low"]),
        high=Figure(ends, difference["high"]),
    )
    p = figure(Figure(FigureKind.P_VALUE, one["p_value"] or 0.0))
    return Row(
        _measure(one["metric"]),
        (written(one["control"]), written(one["treatment"]), say(told), p),
        role,
    )


def _facts(one: Json) -> list[tuple[str, str]]:
    attach, naive = one["measures"][0], one["naive"]
    facts = [(_("Stores"), _(
        "%(control)s and %(arm)s", control=count(one["stores"][one["control"]]),
        arm=count(one["stores"][one["arm"]]),
    ))]  # fmt: skip
    if attach["placebo"]:
        placebo = attach["placebo"]
        p = figure(Figure(FigureKind.P_VALUE, placebo["p_value"]))
        told = _("%(p)s (%(n)s choices)", p=p, n=count(placebo["assignments"]))
        facts.append((_("By permutation of stores, p"), told))
        facts.append(
            (_("By a t-test of stores, p"), figure(Figure(FigureKind.P_VALUE, attach["store_t_p"])))
        )
    if attach["pooled"] is not None:
        pooled = figure(Figure(FigureKind.POINTS, attach["pooled"], is_signed=True))
        facts.append((_("All receipts thrown together"), pooled))
    if naive is not None:
        wrong = figure(Figure(FigureKind.P_VALUE, naive["p_value"] or 0.0))
        facts.append((_("As if every receipt were evidence, p (wrong)"), wrong))
    return facts


def _gains(gains: Json | None) -> list[str]:
    if gains is None or gains["carried"] is None:
        return []
    carried = gains["carried"]
    who = carried["name"] or _("One seller")
    if carried["share"] > 1.0:
        told = [_("%(who)s brings all of what add-ons gained, and more.", who=who)]
    else:
        told = [_(
            "%(who)s brings %(share)s of what add-ons gained.",
            who=who, share=share(carried["share"]),
        )]  # fmt: skip
    if carried["left"] is not None:
        told.append(_(
            "Without them %(left)s of %(total)s would be left.",
            left=amount(carried["left"]), total=amount(carried["total"]),
        ))  # fmt: skip
    return told


def _downloads(basket: Basket, found: Json) -> tuple[Downloads, ...]:
    def part(name: str, title: str) -> Downloads:
        return offered("baskets.export", title, basket_id=basket.id, part=name)

    spec = basket.asked
    shown = []
    if found["rules"]:
        shown.append(part("rules", _("Goods that go together")))
    if found["stores"]:
        shown.append(part("stores", _("Stores")))
    if basket.has_rows and spec.column("store") and spec.column("day"):
        shown.append(part("store_weeks", _("Stores by week")))
    if found["departments"] or found["people"]:
        shown.append(part("credits", _("Goals and assists")))
    return tuple(shown)


def _measure(name: str) -> str:
    return say(Text(f"basket_measure_{name}"))


def _hidden_word(kind: str) -> str:
    if kind == "money":
        return str(_("Money is shown to those who decide; of a store, to whoever is responsible."))
    return str(_("Single people are shown to analysts alone; here they are added up."))


def _check_word(code: str) -> str:
    words = {
        "unnamed": _("Rows without a receipt"),
        "returns": _("Returns"),
        "mixed_units": _("Stores in several arms"),
        "ranges": _("Ranges"),
        "arms": _("Arms"),
        "clusters": _("Stores, not receipts"),
        "no_control": _("Nothing beside it"),
        "concentration": _("One seller"),
        "cannibalisation": _("Other departments"),
        "no_plan": _("No plan"),
    }
    return str(words.get(code, code))
