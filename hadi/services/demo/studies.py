"""The demo's richer tests: whole stores drawn, three arms, looks on the way, other kinds of
metric. Each brings its plan and its rows, drawn the same at every run."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from hadi.services.demo.story import Closing, Measure, Reach, Story, Study

_SIDES = ("north", "south", "coast")


def _shelves(random: Random, begins: date) -> list[list[object]]:
    """24 shops over four weeks: add-ons sold and receipts, a row for each shop and day."""
    rows: list[list[object]] = []
    for shop in range(24):
        arm = ("usual", "new")[shop % 2]
        own = 0.31 + random.gauss(0.0, 0.025) + (0.045 if arm == "new" else 0.0)
        for _ in range(28):
            receipts = random.randint(35, 75)
            sold = sum(random.random() < own for _ in range(receipts))
            rows.append([f"shop {shop + 1:02d}", arm, _SIDES[shop // 2 % 3], sold, receipts])
    return rows


def _offers(random: Random, begins: date) -> list[list[object]]:
    """Three ways to word an offer; what the client spent in the quarter before is known."""
    rows: list[list[object]] = []
    gains = {"usual": 0.0, "with delivery": 6.0, "with two prices": 17.0}
    for place in range(2_400):
        arm = list(gains)[place % 3]
        trade = ("fitter", "builder", "workshop")[random.randrange(3)]
        before = random.lognormvariate(4.6, 0.7)
        gain = gains[arm] * (1.6 if trade == "builder" else 0.7)
        spent = max(0.62 * before + random.gauss(48.0, 34.0) + gain, 0.0)
        seller = f"seller {random.randrange(9) + 1}"
        day = begins + timedelta(days=random.randrange(28))
        rows.append([f"K{place:05d}", arm, round(spent, 2), round(before, 2), trade, seller, day])
    return rows


def _reminders(random: Random, begins: date) -> list[list[object]]:
    """Half of a test that may be looked at any day."""
    return [
        [f"M{place:05d}", arm, int(random.random() < (0.118 if arm == "new" else 0.098))]
        for place in range(3_000)
        for arm in (("usual", "new")[place % 2],)
    ]


def _deliveries(random: Random, begins: date) -> list[list[object]]:
    """Complaints over deliveries, a row for each driver and week; two of four looks are due."""
    rows: list[list[object]] = []
    for place in range(240):
        arm = ("usual", "new")[place % 2]
        trips = random.randint(18, 42)
        rate = 0.052 if arm == "usual" else 0.044
        rows.append(
            [f"R{place:04d}", arm, sum(random.random() < rate for _ in range(trips)), trips]
        )
    return rows


def _answers(random: Random, begins: date) -> list[list[object]]:
    """Minutes until an enquiry is answered: most soon, a few after days."""
    pace = {"usual": 1.0, "new": 0.8}
    return [
        [f"S{place:05d}", arm, round(pace[arm] * random.lognormvariate(3.7, 0.9), 1)]
        for place in range(1_300)
        for arm in (("usual", "new")[place % 2],)
    ]


STUDIES = (
    Story(
        "put the matching clamp on the price label of every cable",
        effect="more receipts carry an add-on",
        reason="nobody has to ask what fits",
        reach=Reach.CONCLUDED,
        age_days=96,
        author="katalin",
        measure=Measure("add-ons per receipt", 0.02, 0.31, 0.04),
        file="add-ons by shop and day.csv",
        study=Study(
            plan={
                "design": "cluster",
                "cluster": "shop",
                "unit": None,
                "segments": ["side"],
                "metrics": [
                    {
                        "name": "add-ons per receipt",
                        "kind": "ratio",
                        "columns": ["add-ons", "receipts"],
                        "role": "primary",
                        "threshold": 0.02,
                        "better": "higher",
                    }
                ],
                "baseline_sd": 0.46,
                "icc": 0.004,
                "cluster_size": 1500,
                "cluster_cv": 0.1,
                "planned_units": 12,
            },
            head=("shop", "group", "side", "add-ons", "receipts"),
            rows=_shelves,
        ),
        closing=Closing(
            "scale",
            "it sells without a word, and a label costs next to nothing",
            "a label that names the matching part sells it",
            "shops of up to 80 receipts a day; the big ones were not drawn",
            "try it at the counter for boards",
        ),
    ),
    Story(
        "word the offer with delivery, or with two prices to choose from",
        effect="a client spends 10 more in the month",
        reason="a choice of two keeps the client from asking a rival",
        reach=Reach.INSIGHT,
        age_days=64,
        author="tom",
        measure=Measure("spent in the month", 8.0, 120.0, 12.0, sd=62.0),
        file="offers by client.xlsx",
        arms=("usual", "with delivery", "with two prices"),
        study=Study(
            plan={
                "segments": ["trade"],
                "group": "seller",
                "day": "day",
                "metrics": [
                    {
                        "name": "spent in the month",
                        "kind": "mean",
                        "columns": ["spent"],
                        "role": "primary",
                        "threshold": 8,
                        "better": "higher",
                        "covariate": "spent before",
                        "winsor": 0.999,
                    },
                    {
                        "name": "middle client",
                        "kind": "quantile",
                        "columns": ["spent"],
                        "role": "secondary",
                        "better": "higher",
                        "q": 0.5,
                    },
                ],
                "planned_units": 800,
            },
            head=("client", "group", "spent", "spent before", "trade", "seller", "day"),
            rows=_offers,
        ),
        closing=Closing(
            "",
            "",
            "two prices move the middle of the order, delivery alone hardly does",
            "builders above all; fitters less",
            "ask whether the margin follows the turnover",
        ),
    ),
    Story(
        "remind the client of the basket after two hours instead of a day",
        effect="more baskets are bought",
        reason="the job is still on the table",
        reach=Reach.COLLECTING,
        age_days=26,
        lasts_days=45,
        measure=Measure("basket bought", 0.01, 0.1, 0.02),
        file="baskets.csv",
        study=Study(
            plan={"looks": "anytime", "planned_units": 4000},
            head=("client", "group", "basket bought"),
            rows=_reminders,
            after_days=20,
        ),
    ),
    Story(
        "call the client before the van leaves",
        effect="fewer deliveries end in a complaint",
        reason="most complaints are about nobody being there",
        reach=Reach.COLLECTING,
        age_days=34,
        lasts_days=56,
        author="boris",
        measure=Measure("complaints per delivery", 0.005, 0.052, -0.012, better="lower"),
        file="deliveries by driver and week.csv",
        study=Study(
            plan={
                "looks": "planned",
                "look_count": 4,
                "spending": "obrien_fleming",
                "metrics": [
                    {
                        "name": "complaints per delivery",
                        "kind": "rate",
                        "columns": ["complaints", "deliveries"],
                        "role": "primary",
                        "threshold": 0.005,
                        "better": "lower",
                    }
                ],
                "exposure": 30,
                "planned_units": 240,
            },
            head=("client", "group", "complaints", "deliveries"),
            rows=_deliveries,
            after_days=28,
        ),
    ),
    Story(
        "let the shop floor answer enquiries on a tablet",
        effect="the usual client waits ten minutes less",
        reason="the one who knows need not walk to the office",
        reach=Reach.MEASURED,
        age_days=58,
        author="tom",
        measure=Measure("minutes to the answer", 5.0, 40.0, -8.0, better="lower", sd=38.0),
        file="answers.csv",
        study=Study(
            plan={
                "metrics": [
                    {
                        "name": "minutes to the answer",
                        "kind": "rank",
                        "columns": ["minutes"],
                        "role": "primary",
                        "threshold": 5,
                        "better": "lower",
                    }
                ],
                "planned_units": 650,
            },
            head=("client", "group", "minutes"),
            rows=_answers,
        ),
    ),
)
