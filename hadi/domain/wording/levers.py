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
    "levers_in_several_currencies": N_(
        "Amounts in %(currencies)s are not compared: nothing is converted. Enter both periods in one currency."
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
    "lever_export_unit": N_("Unit"),
    "lever_export_starts_on": N_("First day"),
    "lever_export_ends_on": N_("Last day"),
    "lever_export_leads": N_("Leads"),
    "lever_export_stages": N_("Stages in between"),
    "lever_export_clients": N_("Clients who bought"),
    "lever_export_purchases": N_("Purchases"),
    "lever_export_revenue": N_("Revenue"),
    "lever_export_currency": N_("Currency"),
    "lever_export_conversion": N_("Conversion"),
    "lever_export_check": N_("Average check"),
    "lever_export_frequency": N_("Purchase frequency"),
    "lever_export_note": N_("Note"),
    "lever_export_who": N_("Entered by"),
    "lever_export_who_email": N_("Their e-mail"),
    "lever_export_entered": N_("Entered on"),
    "lever_export_voided": N_("Struck out"),
    "lever_export_void_reason": N_("Why it is struck out"),
    "lever_export_territory": N_("Territory"),
    "lever_export_active": N_("Active clients"),
    "lever_export_ever": N_("Ever bought"),
    "lever_export_potential": N_("Could buy"),
    "lever_export_definition": N_("The whole base counts"),
    "lever_export_whole": N_("Whole base"),
    "lever_export_ratio": N_("Active of the whole"),
    "lever_import_empty": N_("Paste the heads of the columns and at least one line under them."),
    "lever_import_missing": N_("There is no column “%(column)s”: name it so in the first line."),
    "lever_import_twice": N_(
        "“%(first)s” and “%(second)s” mean the same: leave one of the two columns out."
    ),
    "lever_import_fault": N_("Line %(line)s: %(fault)s"),
    "lever_import_invalid": NN_(
        "%(n)s line is wrong: nothing was stored.", "%(n)s lines are wrong: nothing was stored."
    ),
    "lever_import_unread": N_("Not taken, because nothing here is called so: %(columns)s."),
    "lever_import_stages": N_(
        "Taken as stages, because they stand between leads and clients: %(columns)s."
    ),
    "client_rows_no_client": N_(
        "No column is called client or customer: name it. There are %(columns)s."
    ),
    "client_rows_no_day": N_(
        "No column holds the day of a purchase: name it. There are %(columns)s."
    ),
    "client_rows_no_territory": N_(
        "There is no such column of territories. There are %(columns)s."
    ),
    "client_rows_no_days": N_("“%(column)s” holds no days: write them as 2026-03-01."),
    "client_rows_many": N_(
        "The file names more than %(limit)s territories: is that the right column?"
    ),
    "client_rows_empty": N_("No row of the file names a client."),
    "client_rows_later": NN_(
        "%(n)s row lies after the period and is not counted.",
        "%(n)s rows lie after the period and are not counted.",
    ),
    "client_rows_blank": NN_(
        "%(n)s row names no client and is not counted.",
        "%(n)s rows name no client and are not counted.",
    ),
    "client_rows_several": NN_(
        "%(n)s client is of more than one territory, and counts in each.",
        "%(n)s clients are of more than one territory, and count in each.",
    ),
    "client_bases_unknown": NN_("Of %(n)s territory the whole base by this definition is not known: it is not in the sum.", "Of %(n)s territories the whole base by this definition is not known: they are not in the sum."),
    "order_of_tuning_needs_reason": N_("%(said)s Write why it is tuned now, or tune the earlier lever first."),
    "order_of_tuning_reasoned": N_("%(said)s The reason that was given: %(reason)s"),
    "lever_file_unreadable": N_("“%(file)s” cannot be opened: %(reason)s."),
    "levers_several_units": N_("The list is of several units (%(units)s): name one with --unit."),
    "levers_two_periods": N_("The list needs two periods to compare."),
    "levers_no_such_period": N_("%(option)s: no period of the list begins with “%(period)s”."),
}
