"""The levers of revenue, the order of tuning and the bases of clients."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "lever_inflow": N_("Inflow of leads"),
    "lever_conversion": N_("Conversion of the stages"),
    "lever_check": N_("Average check"),
    "lever_frequency": N_("Purchase frequency"),
    "turnover_clients": N_("clients"),
    "turnover_grows": N_(
        "“%(stage)s” counts %(after)s, and the step before it only %(before)s: some came in an earlier period, so this conversion is not that of one and the same leads."
    ),
    "turnover_not_comparable": N_(
        "The change cannot be taken apart: one of the two periods has a step nobody reached, and what comes after nothing has no conversion."
    ),
    "order_of_tuning_early": NN_(
        "%(order)s “%(lever)s” is tuned while %(earlier_order)s “%(earlier)s” stands at %(share)s of its target in %(unit)s: what is tuned later multiplies what comes before it.",
        "%(order)s “%(lever)s” is tuned while two levers before it fall short in %(unit)s, first %(earlier_order)s “%(earlier)s” at %(share)s of its target: what is tuned later multiplies what comes before it.",
    ),
    "base_ever_bought": N_("Everyone who ever bought"),
    "base_all_potential": N_("Everyone who could buy"),
    "base_without_active": N_("Everyone who could buy and does not now"),
    "levers_of_whole": N_("the whole business"),
    "lever_period_invalid": N_("The period was not saved."),
    "lever_targets_invalid": N_("The targets were not saved."),
    "lever_target_inflow_unreadable": N_("Write how many leads a week, a number above 0."),
    "lever_target_conversion_unreadable": N_(
        "Write the share of leads that become clients, above 0 and at most 1."
    ),
    "lever_target_check_unreadable": N_("Write an amount above 0, such as 2000 or 19.90."),
    "lever_target_frequency_unreadable": N_(
        "Write how often a client buys in a period, a number above 0."
    ),
    "no_such_lever_period": N_("There is no such period."),
    "no_such_client_base": N_("There is no such client base."),
    "period_needs_day": N_("Write a day, such as 2026-03-01, or a month, such as 2026-03."),
    "period_backwards": N_("The last day lies before the first: swap them."),
    "period_not_over": N_("The period is not over yet: enter it when it is."),
    "period_twice": N_(
        "This period is entered already: correct that entry, or strike it out first."
    ),
    "count_needed": N_("Write how many, 0 where there were none."),
    "count_unreadable": N_("Write a whole number of zero or more."),
    "stages_many": N_("A funnel here has at most %(limit)s stages between leads and clients."),
    "stage_unreadable": N_(
        "Write the name of each stage and how many reached it on a line of its own; “%(stage)s” has no such number."
    ),
    "stage_twice": N_("The stage “%(stage)s” is there twice: give each a name of its own."),
    "purchases_fewer_than_clients": N_(
        "Every client bought at least once: there cannot be fewer purchases than clients."
    ),
    "purchases_without_clients": N_("There are purchases and no clients: say how many bought."),
    "revenue_without_purchases": N_(
        "There is revenue and no purchase: say how many purchases it came from."
    ),
    "periods_of_other_length": N_(
        "The two periods last %(before)s and %(after)s days: part of what the inflow brought is only the length."
    ),
    "periods_of_other_stages": N_(
        "The two periods have other stages: they are compared from lead to client."
    ),
    "entry_is_void": N_("This entry is struck out. Take it back before it is changed."),
    "entry_is_not_void": N_("This entry is not struck out."),
    "entry_not_voided": N_("The entry was not struck out."),
    "entry_void_needs_reason": N_("Write why the entry is struck out."),
    "entry_changed_meanwhile": N_("Someone changed this since you opened it: look at it again."),
    "client_base_invalid": N_("The client base was not saved."),
    "territory_needed": N_("Write which territory it is."),
    "client_base_needs_whole": N_(
        "Write how many ever bought, or how many could buy: the active ones need something to stand against."
    ),
    "client_base_smaller": N_(
        "%(active)s are active and only %(whole)s are in the whole base: whoever is active belongs to it."
    ),
    "client_base_twice": N_(
        "“%(territory)s” has a base of this period already: correct that one, or strike it out first."
    ),
    "label_ends_on": N_("Last day"),
    "label_leads": N_("Leads"),
    "label_stages": N_("Stages"),
    "label_clients": N_("Clients"),
    "label_purchases": N_("Purchases"),
    "label_revenue": N_("Revenue"),
    "label_territory": N_("Territory"),
    "label_active": N_("Active clients"),
    "label_ever": N_("Ever bought"),
    "label_potential": N_("Could buy"),
    "label_base_definition": N_("The whole client base"),
}
