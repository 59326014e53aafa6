"""Stories that are still on their way: ideas, plans, tests that run, results to decide on."""

from __future__ import annotations

from hadi.services.demo.story import Closing, Counted, Drawn, Guard, Measure, Reach, Story

IDEAS = (
    Story("put the nine most asked-for circuit breakers beside the till", age_days=2),
    Story(
        "ask every caller which object they are wiring",
        effect="more calls turn into a visit",
        age_days=4,
        author="tom",
    ),
    Story(
        "let two stores trade slow stock on Fridays",
        effect="fewer sales are lost to empty shelves",
        reason="what one store lacks usually lies in the other",
        age_days=6,
        author="katalin",
    ),
    Story(
        "send the invoice with a photo of the packed order",
        effect="fewer orders are cancelled before pick-up",
        reason="the client sees that it is ready and theirs",
        age_days=9,
    ),
    Story(
        "дать продавцу право на скидку 3 % без звонка руководителю",
        effect="сделка закрывается в день обращения",
        reason="клиент не уходит подумать",
        language="ru",
        author="boris",
        age_days=11,
    ),
    Story(
        "kétnaponta felhívni azokat, akik ajánlatot kértek, de nem válaszoltak",
        effect="több ajánlatból lesz megrendelés",
        language="hu",
        author="katalin",
        age_days=12,
    ),
)

PLANNED = (
    Story(
        "let the duty manager greet people in the first minute",
        effect="visit-to-receipt conversion rises by 3 points",
        reason="people who are greeted ask instead of leaving",
        reach=Reach.DRAFT,
        age_days=14,
        measure=Measure("bought something", 0.03, 0.41, 0.04),
    ),
    Story(
        "offer delivery to the building site before naming the price",
        effect="the share of accepted offers rises by 4 points",
        reason="the fitter does not have to leave the site",
        reach=Reach.PLANNED,
        author="tom",
        age_days=16,
        measure=Measure("offer accepted", 0.04, 0.22, 0.05),
        budget=900,
    ),
    Story(
        "show the total for a ready-made distribution box, not the parts",
        effect="the average receipt grows by 60",
        reason="one price is easier to say yes to than eleven",
        reach=Reach.PLANNED,
        age_days=18,
        measure=Measure("receipt", 60, 1450, 90, sd=820),
        budget=250,
    ),
    Story(
        "remind clients of an unfinished order after two hours, not two days",
        effect="unfinished orders are completed 5 points more often",
        reason="they still remember what they needed",
        reach=Reach.PLANNED,
        author="dina",
        age_days=20,
        measure=Measure("order completed", 0.05, 0.31, 0.07),
        budget=120,
    ),
)

RUNNING = (
    Story(
        "give each new client a voucher for the second purchase",
        effect="the second purchase within 60 days comes 4 points more often",
        reason="the first purchase is the hardest, the voucher pays for the next step",
        reach=Reach.STARTED,
        author="katalin",
        age_days=24,
        lasts_days=60,
        measure=Measure("bought again", 0.04, 0.18, 0.06),
        budget=1200,
    ),
    Story(
        "hang a poster of complementary parts at the cable counter",
        effect="the share of receipts with an add-on rises by 3 points",
        reason="people see what they forgot before they pay",
        reach=Reach.STARTED,
        age_days=26,
        measure=Measure("add-on in receipt", 0.03, 0.14, 0.04),
        budget=80,
    ),
    Story(
        "call back missed calls within ten minutes",
        effect="the share of callers who visit rises by 6 points",
        reason="after ten minutes they have called someone else",
        reach=Reach.COLLECTING,
        author="tom",
        age_days=30,
        lasts_days=45,
        measure=Measure("visited", 0.06, 0.27, 0.08),
        data=Counted((139, 510), (164, 498)),
        table="callbacks",
    ),
    Story(
        "open with a question about the object instead of “can I help you”",
        effect="the average receipt grows by 40",
        reason="the answer names the whole job, not one part",
        reach=Reach.COLLECTING,
        author="dina",
        age_days=33,
        lasts_days=60,
        measure=Measure("receipt", 40, 1380, 60, sd=700),
        data=Drawn(420, 1380, 700, 35),
        file="receipts_opening.xlsx",
    ),
    Story(
        "перезванивать по отказам через неделю с другим предложением",
        effect="доля вернувшихся сделок вырастет на 2 п.п.",
        reason="через неделю у клиента меняется срочность",
        language="ru",
        author="boris",
        reach=Reach.STARTED,
        age_days=40,
        lasts_days=21,
        measure=Measure("deal came back", 0.02, 0.06, 0.03),
        budget=150,
    ),
)

MEASURED = (
    Story(
        "send a concrete offer with two cases from the client's trade before the decision",
        effect="the step from offer to decision rises by 5 points",
        reason="the client sees the offer in use at somebody like himself",
        reach=Reach.INSIGHT,
        age_days=70,
        lasts_days=35,
        measure=Measure("moved to decision", 0.05, 0.25, 0.07),
        data=Counted((325, 1300), (403, 1300)),
        guard=Guard("called it pushy", 26, 24, 0.02),
        file="offers_with_cases.csv",
        closing=Closing(
            "", "",
            "A concrete offer with cases moves six more clients in a hundred to a decision.",
            "Business clients of the region; not tried with private clients.",
            "Try the cases alone, without the price calculation.",
        ),
    ),
    Story(
        "offer a surge protector with every board, said in one sentence",
        effect="the share of receipts with an add-on rises by 5 points",
        reason="the client understands it as part of the board",
        reach=Reach.MEASURED,
        author="dina",
        age_days=62,
        measure=Measure("add-on in receipt", 0.05, 0.15, 0.07),
        data=Counted((18, 120), (26, 124)),
        budget=60,
    ),
    Story(
        "let the website show stock in the nearest store",
        effect="pick-up orders rise by 4 points",
        reason="people order what they know is there",
        reach=Reach.MEASURED,
        author="tom",
        age_days=58,
        measure=Measure("pick-up order", 0.04, 0.12, 0.05),
        data=Counted((93, 620), (97, 500)),
        file="stock_on_site.csv",
    ),
    Story(
        "ask for the review before the delivery is checked",
        effect="the share of clients who leave a review rises by 5 points",
        reason="the courier is still there to ask",
        reach=Reach.MEASURED,
        author="katalin",
        age_days=55,
        measure=Measure("left a review", 0.05, 0.2, 0.08),
        data=Counted((180, 900), (262, 905)),
        guard=Guard("complained", 18, 52, 0.01),
        file="reviews.csv",
    ),
)  # fmt: skip

ARCHIVED = (
    Story(
        "rank the sellers on a screen in the back room",
        effect="everybody sells more",
        reach=Reach.ARCHIVED,
        author="tom",
        age_days=80,
        archive_reason="We do not rank people here; the question behind it became two other ideas.",
    ),
    Story(
        "print the catalogue on paper again",
        effect="older fitters order more",
        reason="they like to leaf through it",
        reach=Reach.ARCHIVED,
        age_days=95,
        archive_reason="The supplier prints one next spring; we look again then.",
    ),
)

OPEN = (*IDEAS, *PLANNED, *RUNNING, *MEASURED, *ARCHIVED)
