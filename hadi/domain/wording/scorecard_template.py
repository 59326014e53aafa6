"""The scorecard that one starts from: a conversation in a shop, as a visitor can see it."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "card_name": N_("A conversation in the shop"),
    "card_purpose": N_(
        "What a customer meets, step by step. It says whether a change was carried out, not whether it sells, and is no ground for praising or punishing anyone."
    ),
    "card_na": N_("The conversation gave no occasion for it."),
    "card_1_name": N_("Greeting"),
    "card_1_definition": N_("The customer is noticed, greeted with a look, and told a name."),
    "card_1_met": N_(
        "Greeted within a minute, with a look; a name is said or worn where it can be read."
    ),
    "card_1_not_met": N_("Nobody looks up, or the greeting comes only when the customer asks."),
    "card_2_name": N_("Contact and trust"),
    "card_2_definition": N_("The seller opens a conversation before offering anything."),
    "card_2_met": N_("An open question, and listening to the whole answer."),
    "card_2_not_met": N_("An offer first, or the customer is interrupted."),
    "card_3_name": N_("What is it for?"),
    "card_3_definition": N_("The seller finds out what the goods are meant to do."),
    "card_3_met": N_("Asks what is being built or mended, and says it back."),
    "card_3_not_met": N_("Hands over what was named without asking what it is for."),
    "card_4_name": N_("Limits of the request"),
    "card_4_definition": N_("Quality, budget and time are asked for before something is offered."),
    "card_4_met": N_("At least two of the three are asked for."),
    "card_4_not_met": N_("At most one of the three is asked for."),
    "card_5_name": N_("Understands the whole assembly"),
    "card_5_definition": N_("The seller knows what else the job needs to work."),
    "card_5_met": N_("Names the parts that belong together, and why."),
    "card_5_not_met": N_("Knows the single article only."),
    "card_6_name": N_("A way when stock is short"),
    "card_6_definition": N_(
        "Where something is missing, the customer still leaves with a way to go on."
    ),
    "card_6_met": N_("Offers another article, another store, or a day."),
    "card_6_not_met": N_("Says that there is none."),
    "card_7_name": N_("The add-on fits the request"),
    "card_7_definition": N_("What is offered beside it serves what the customer came for."),
    "card_7_met": N_("The link to the request is said."),
    "card_7_not_met": N_("Nothing is offered, or something unrelated."),
    "card_8_name": N_("The customer’s benefit"),
    "card_8_definition": N_(
        "The seller says what the customer gains, in the customer’s own terms."
    ),
    "card_8_met": N_("A benefit that goes back to what the customer said."),
    "card_8_not_met": N_("Features and prices alone."),
    "card_9_name": N_("Answers an objection"),
    "card_9_definition": N_("A doubt is taken seriously and answered."),
    "card_9_met": N_("Repeats the doubt and answers it with a reason."),
    "card_9_not_met": N_("Passes over it, or argues."),
    "card_10_name": N_("Does not push"),
    "card_10_definition": N_("A no is accepted."),
    "card_10_met": N_("After a no the conversation goes on in a friendly way."),
    "card_10_not_met": N_("The same is offered again, or time is made short."),
    "card_11_name": N_("One offer, not all at once"),
    "card_11_definition": N_("One thing is put first."),
    "card_11_met": N_("One offer is made and finished before the next."),
    "card_11_not_met": N_("Several are listed in one breath."),
    "card_12_name": N_("Closing"),
    "card_12_definition": N_(
        "The customer knows what happens next, and may still change their mind."
    ),
    "card_12_met": N_("Says how goods can be brought back or changed, and says goodbye."),
    "card_12_not_met": N_("Ends with the payment."),
}
