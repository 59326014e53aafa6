"""The demo's receipts: eight shops, four of which offer a rail with every breaker, and the test
that is judged on their weeks. Invented here, the same at every run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from hadi.db import db
from hadi.domain.permissions import Actor
from hadi.ingest.limits import Limits
from hadi.models import Basket, Hypothesis
from hadi.services import analyses, basket_use, baskets, datasets, hypotheses, plans

HEAD = (
    "receipt", "store", "date", "category", "qty", "amount", "margin", "seller", "passed on by",
    "department", "returned at", "arm",
)  # fmt: skip
WEEKS = 4
_USUAL, _OFFERED = "usual", "rail offered"
# How often a rail goes with a breaker, shop by shop: shops differ more than the offer does.
_SHOPS: Mapping[str, tuple[str, float, int]] = {
    "shop 16": (_USUAL, 0.24, 46), "shop 17": (_USUAL, 0.27, 38), "shop 18": (_USUAL, 0.17, 36),
    "shop 19": (_USUAL, 0.24, 47), "shop 20": (_OFFERED, 0.22, 51), "shop 21": (_OFFERED, 0.23, 54),
    "shop 22": (_OFFERED, 0.36, 54), "shop 23": (_OFFERED, 0.33, 38),
}  # fmt: skip
_STAR = "Vera L."  # sells most of what is added in shop 22
_SELLERS = ("Aldis K.", "Bea T.", "Cyril N.")
_OTHERS = ("lamps", "cable", "tools")
# (price, margin) of a line
_GOODS = {
    "breakers": (38.0, 9.0), "rails": (7.5, 3.2), "boxes": (14.0, 4.9), "lamps": (21.0, 6.0),
    "cable": (44.0, 8.0), "tools": (29.0, 10.5),
}  # fmt: skip


def tell(actors: Mapping[str, Actor], *, folder: Path, now: datetime) -> int:
    """Bring the receipts, and let a test be judged on them; how many hypotheses that makes."""
    begins = (now - timedelta(days=40)).date()
    begins -= timedelta(days=begins.weekday())
    basket = _brought(actors["analyst"], begins, folder, _at(now, begins, 7 * WEEKS + 1))
    hypothesis = _started(actors, begins, now)
    measured = _at(now, begins, 7 * WEEKS + 2)
    staged = basket_use.use(
        basket.id, hypothesis.id, folder=folder, limits=Limits(), by=actors["analyst"], now=measured
    )
    datasets.attach(staged.id, mapping={}, folder=folder, by=actors["analyst"], now=measured)
    analyses.run(hypothesis.id, folder=folder, by=actors["analyst"], now=measured)
    return 1


def content(begins: date) -> bytes:
    """The receipts as a file, as a till would export them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows(_lines(begins))
    return text.getvalue().encode("utf-8-sig")


def _at(now: datetime, begins: date, days: int) -> datetime:
    """Ten in the morning of a day counted from the first of the test."""
    day = begins + timedelta(days=days)
    return min(now.replace(year=day.year, month=day.month, day=day.day, hour=10), now)


def _brought(by: Actor, begins: date, folder: Path, at: datetime) -> Basket:
    given = {
        "core": ["breakers"], "periphery": ["rails", "boxes"], "control": _USUAL, "threshold": 4,
        "columns": {
            "receipt": "receipt", "store": "store", "day": "date", "category": "category",
            "quantity": "qty", "amount": "amount", "margin": "margin", "seller": "seller",
            "assist": "passed on by", "department": "department", "returned": "returned at",
            "arm": "arm",
        },
    }  # fmt: skip
    return baskets.keep(
        file=io.BytesIO(content(begins)), filename="receipts of eight shops.csv",
        name="Rails with breakers", given=given, folder=folder, limits=Limits(), by=by, now=at,
    )  # fmt: skip


def _started(actors: Mapping[str, Actor], begins: date, now: datetime) -> Hypothesis:
    author = actors["tom"]
    hypothesis = hypotheses.create(
        change="offer a rail and a box with every breaker",
        effect="the share of receipts with an add-on rises by 4 points",
        reason="the client does not have to come a second time",
        by=author, now=_at(now, begins, -6),
    )  # fmt: skip
    body = {
        "design": "cluster", "variant": "arm", "control": _USUAL, "cluster": "store",
        "split": {_USUAL: 0.5, _OFFERED: 0.5}, "planned_units": 4, "baseline": 0.23,
        "expected_effect": 0.06, "starts_on": begins.isoformat(),
        "ends_on": (begins + timedelta(days=7 * WEEKS - 1)).isoformat(),
        "budget": {"amount": 400, "currency": "EUR"},
        "owner": author.user_id, "steward": actors["analyst"].user_id,
        "metrics": [
            {"name": "attach rate", "kind": "ratio", "columns": ["with_both", "with_core"],
             "role": "primary", "threshold": 0.04, "better": "higher"},
            {"name": "margin of a receipt", "kind": "ratio", "columns": ["margin", "receipts"],
             "role": "guardrail", "better": "higher"},
            {"name": "add-ons that came back", "kind": "ratio", "role": "guardrail",
             "columns": ["addon_returned", "addon_lines"], "better": "lower"},
        ],
    }  # fmt: skip
    db.session.flush()
    plans.save(
        hypothesis.id, body=body, version=hypothesis.version, by=author, now=_at(now, begins, -5)
    )
    hypotheses.start(hypothesis.id, by=author, now=_at(now, begins, -1))
    return hypothesis


def _lines(begins: date) -> Iterator[tuple[object, ...]]:
    random = Random("a rail with every breaker")  # noqa: S311 - a demo, not a secret
    number = 0
    for shop, (arm, rate, weekly) in _SHOPS.items():
        for week in range(WEEKS):
            for _receipt in range(round(weekly * random.uniform(0.9, 1.1)) * 2):
                number += 1
                day = begins + timedelta(days=7 * week + random.randrange(6))
                yield from _receipt_lines(random, f"{number:05d}", shop, day, arm, rate)


def _receipt_lines(
    random: Random, number: str, shop: str, day: date, arm: str, rate: float
) -> Iterator[tuple[object, ...]]:
    """Half of the receipts have a breaker; the others are whatever people come for."""
    is_star = shop == "shop 22" and random.random() < 0.4
    seller = _STAR if is_star else f"{random.choice(_SELLERS)} ({shop[-2:]})"
    has_core = random.random() < 0.5
    rate = min(0.75, rate * 1.9) if is_star else rate * (0.6 if shop == "shop 22" else 1.0)
    goods = ["breakers"] if has_core else [random.choice(_OTHERS)]
    if random.random() < (rate if has_core else 0.07):
        goods.append("rails")
        goods += ["boxes"] if random.random() < 0.35 else []
    if random.random() < 0.15:
        goods.append(random.choice(_OTHERS))
    for name in dict.fromkeys(goods):
        price, margin = _GOODS[name]
        pieces = random.choice((1, 1, 1, 2, 3))
        is_addon = name in ("rails", "boxes")
        passed = f"{random.choice(_SELLERS)} ({shop[-2:]})" if random.random() < 0.2 else ""
        back = day + timedelta(days=9) if is_addon and random.random() < 0.03 else ""
        yield (
            number, shop, day, name, pieces, round(price * pieces, 2), round(margin * pieces, 2),
            seller, passed if is_addon and passed != seller else "",
            "lighting" if name == "lamps" else "boards", back, arm,
        )  # fmt: skip
