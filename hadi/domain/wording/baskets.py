"""Baskets: what is added to the core of a sale, which goods go together, goals and assists."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    # What is asked
    "basket_invalid": NN_("%(n)s field is not usable.", "%(n)s fields are not usable."),
    "basket_columns_object": N_("“columns” has to be an object: a role and the column for it."),
    "basket_no_such_role": N_("“%(role)s” is nothing that a column can be for: use %(roles)s."),
    "basket_column_twice": N_(
        "The column “%(column)s” is already used as “%(role)s”: a column is for one thing."
    ),
    "basket_needs_receipt": N_(
        "Name the column of the receipt’s number: without it nothing tells which lines were sold together."
    ),
    "basket_needs_goods": N_(
        "Name the column of the category, of the item or of a core flag: one of them says what was sold."
    ),
    "basket_needs_core": N_(
        "Say what the core is: choose at least one category, or name a column that flags it."
    ),
    "basket_core_and_periphery": N_(
        "“%(name)s” is both core and periphery: it can be one of them."
    ),
    "basket_names_list": N_("“%(field)s” has to be a list of names."),
    "basket_names_many": N_(
        "These are more than %(limit)s names: use a column that flags the core instead."
    ),
    "basket_share_range": N_("A share lies between 0 and 100 per cent."),
    "basket_shares_sum": N_(
        "%(goal)s and %(assist)s make %(sum)s per cent: the goal and the assist have to make 100 together."
    ),
    "basket_least_range": N_("Give a whole number from 1 on."),
    "basket_threshold_range": N_("Give the threshold in percentage points, between 0 and 100."),
    "basket_not_a_number": N_("“%(value)s” in “%(field)s” is no number."),
    "basket_not_a_day": N_("“%(value)s” is no day: write it as 2026-05-01."),
    "basket_since_needs_day": N_("To compare before with after, name the column of the day."),
    "basket_since_or_arms": N_(
        "Choose one of the two: before against after, or arms side by side. To tell both apart, plan a pilot with these receipts as its weeks."
    ),
    "basket_arms_need_stores": N_(
        "To compare arms, name the column of the store: stores are compared, not receipts."
    ),
    "basket_variant_and_control": N_(
        "To compare arms, name both: the column with --variant and the arm that was left as it was with --control."
    ),
    "basket_needs_core_option": N_(
        "Say what the core is: a category with --core-is, or a column that flags it with --core."
    ),
    # What is read
    "basket_not_numbers": N_("The column “%(column)s” does not hold numbers."),
    "basket_no_receipts": N_("No row has a receipt on which something was sold."),
    "basket_counts": N_("No receipts can have these counts."),
    "basket_never": N_("Nothing of it was sold."),
    # What is kept
    "no_such_basket": N_("There is no such file of receipts; it may have been removed."),
    "basket_changed_meanwhile": N_(
        "Someone changed these receipts in the meantime. Nothing was saved."
    ),
    "basket_needs_name": N_("Give the receipts a name."),
    "basket_is_removed": N_("These receipts were set aside: fetch them back first."),
    "basket_is_not_removed": N_("These receipts were not set aside."),
    "basket_rows_gone": N_(
        "The lines of “%(name)s” were deleted on %(day)s: upload the file once more."
    ),
    "basket_rows_gone_already": N_("The lines were deleted already."),
    "basket_nothing_found_yet": N_("Say first which column is what and what the core is."),
    "basket_needs_store_and_day": N_(
        "Store-weeks need the column of the store and that of the day."
    ),
    "basket_no_such_store": N_("“%(store)s” is no store of these receipts."),
    "basket_treated_needed": N_(
        "Name the stores that got the change, and leave some that did not: the receipts do not say which is which."
    ),
    "basket_origin_week": NN_(
        "Made of “%(name)s”: a row for each store and week, from %(n)s receipt.",
        "Made of “%(name)s”: a row for each store and week, from %(n)s receipts.",
    ),
    "basket_origin_store": NN_(
        "Made of “%(name)s”: a row for each store, from %(n)s receipt.",
        "Made of “%(name)s”: a row for each store, from %(n)s receipts.",
    ),
    # The log
    "event_basket_kept": N_("brought the receipts “%(name)s”"),
    "event_basket_chosen": N_("looked into the receipts “%(name)s”"),
    "event_basket_removed": N_("set the receipts “%(name)s” aside"),
    "event_basket_restored": N_("fetched the receipts “%(name)s” back"),
    "event_basket_rows_deleted": N_("deleted the lines of the receipts “%(name)s”"),
    "activity_basket_kept": N_("Receipts brought"),
    "activity_basket_chosen": N_("Receipts looked into"),
    "activity_basket_removed": N_("Receipts set aside"),
    "activity_basket_restored": N_("Receipts fetched back"),
    "activity_basket_rows_deleted": N_("Lines of receipts deleted"),
    "basket_rules_found": NN_("%(n)s rule found.", "%(n)s rules found."),
    # Columns of files
    "basket_column_a": N_("Who buys"),
    "basket_column_b": N_("also buys"),
    "basket_column_receipts": N_("Receipts"),
    "basket_column_with_a": N_("Receipts with the first"),
    "basket_column_with_b": N_("Receipts with the second"),
    "basket_column_with_both": N_("Receipts with both"),
    "basket_column_support": N_("Support"),
    "basket_column_confidence": N_("Confidence"),
    "basket_column_confidence_low": N_("Confidence, low"),
    "basket_column_confidence_high": N_("Confidence, high"),
    "basket_column_elsewhere": N_("Without the first"),
    "basket_column_lift": N_("Lift of the pair"),
    "basket_column_lift_low": N_("Lift, low"),
    "basket_column_lift_high": N_("Lift, high"),
    "basket_column_p_adjusted": N_("p, for all rules"),
    "basket_column_store": N_("Store"),
    "basket_column_week": N_("Week"),
    "basket_column_arm": N_("Arm"),
    "basket_column_with_core": N_("Receipts with core"),
    "basket_column_with_addon": N_("Receipts with an add-on"),
    "basket_column_attach_rate": N_("Attach rate"),
    "basket_column_units": N_("Pieces sold"),
    "basket_column_units_per_receipt": N_("Units per receipt"),
    "basket_column_addon_lines": N_("Lines of add-ons"),
    "basket_column_addon_returned": N_("Of these came back"),
    "basket_column_revenue": N_("Revenue"),
    "basket_column_average_check": N_("Average check"),
    "basket_column_addon_revenue": N_("Revenue of add-ons"),
    "basket_column_margin": N_("Gross margin"),
    "basket_column_addon_margin": N_("Margin of add-ons"),
    "basket_column_kind": N_("Kind"),
    "basket_column_name": N_("Name"),
    "basket_column_span": N_("When, or in which arm"),
    "basket_column_goals": N_("Goals"),
    "basket_column_assists": N_("Assists"),
    # Checks
    "basket_unnamed": NN_(
        "%(n)s row names no receipt and is left out.",
        "%(n)s rows name no receipt and are left out.",
    ),
    "basket_returns": NN_(
        "%(n)s line of nothing or less is a return: it sells nothing and counts as come back.",
        "%(n)s lines of nothing or less are returns: they sell nothing and count as come back.",
    ),
    "basket_mixed": NN_(
        "%(n)s store appears in several arms and is left out of the comparison.",
        "%(n)s stores appear in several arms and are left out of the comparison.",
    ),
    "basket_ranges_store": NN_(
        "The ranges say how far %(n)s store goes apart.",
        "The ranges say how far the %(n)s stores differ: receipts of one store resemble each other and are no evidence apart.",
    ),
    "basket_ranges_week": NN_(
        "The ranges say how far %(n)s week goes apart.",
        "The ranges say how far the %(n)s weeks of this one store differ; nothing is known of other stores.",
    ),
    "basket_ranges_none": N_(
        "There are no ranges: they need five stores, or five weeks of one store. Taking every receipt for evidence of its own would make them far too narrow."
    ),
    "basket_no_control": N_(
        "Nothing stood beside the change: whatever else was different afterwards is in the difference as well."
    ),
    "basket_no_plan": N_(
        "This is a look, not a test: no plan was written before these receipts, and whether chance drew the arms is not known. Use them in a hypothesis for a verdict that counts."
    ),
    "basket_no_arms": N_(
        "The arms in the data are %(arms)s: a comparison needs two of them, one of which is named as the control."
    ),
    "basket_few_stores": NN_(
        "One arm has only %(n)s store: with fewer than four in each arm even the best result of all could be chance.",
        "One arm has only %(n)s stores: with fewer than four in each arm even the best result of all could be chance.",
    ),
    "basket_stores_are_units": NN_(
        "%(n)s store is compared.",
        "%(n)s stores are compared, each with one value: the change was given to stores, not to receipts.",
    ),
    "basket_naive": N_(
        "Taking every receipt for evidence of its own would give another answer (p: %(naive)s); receipts of one store resemble each other, and by stores p is: %(p)s."
    ),
    "basket_one_seller": N_(
        "One seller brings %(share)s of the gain: it depends on one person and may leave with them."
    ),
    "basket_one_seller_all": N_(
        "One seller brings all of the gain and more: without them there is none. It depends on one person and may leave with them."
    ),
    "basket_many_sellers": N_(
        "No seller carries the gain alone: the one who brings most of it brings %(share)s."
    ),
    "basket_eaten": N_(
        "What some departments won, others lost: the losses make %(share)s of the gains. Look at the total margin."
    ),
    "basket_not_eaten": N_(
        "What some departments won, the others did not pay for: their losses make %(share)s of the gains."
    ),
    "basket_rate_of_receipts": N_(
        "A rate here is one of all receipts of a group, so that large stores weigh more. The page of baskets shows the mean of the stores’ own rates, where every store counts the same: the two numbers differ a little, and both are judged by store."
    ),
    "basket_currencies": N_(
        "The amounts are in several currencies (%(currencies)s), and those make no sum: bring a file for each, or choose no columns of money."
    ),
    # Measures
    "basket_measure_attach_rate": N_("Attach rate"),
    "basket_measure_units_per_receipt": N_("Units per receipt"),
    "basket_measure_average_check": N_("Average check"),
    "basket_measure_addon_check": N_("Add-ons per receipt, in money"),
    "basket_measure_margin_per_receipt": N_("Total margin per receipt"),
    "basket_measure_addon_margin_per_core": N_("Margin of add-ons per receipt with core"),
    "basket_measure_addon_returns": N_("Add-ons that came back"),
    # Sentences
    "basket_attach": N_(
        "%(attach)s of the receipts with core have an add-on, of the others %(elsewhere)s: they go together %(lift)s times as often as by chance."
    ),
    "basket_attach_all": N_("Every receipt has the core, and %(attach)s of them have an add-on."),
    "basket_nothing_added": N_(
        "No receipt has both core and add-on: look at what is declared core and what periphery."
    ),
}
