"""What a test costs, and whether it pays back."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "cost_work": N_("Hours of work"),
    "cost_training": N_("Training"),
    "cost_goods": N_("Goods and materials"),
    "cost_discount": N_("Discounts and bonuses"),
    "cost_advertising": N_("Advertising"),
    "cost_equipment": N_("Equipment and software"),
    "cost_other": N_("Other"),
    "budget_within": N_("Within the budget"),
    "budget_reached": N_("The budget is used up"),
    "budget_over": N_("Over budget: a leader decides"),
    "budget_stopped": N_("Spending stopped"),
    "budget_continue": N_("Go on, with a new cap"),
    "budget_stop": N_("Stop spending"),
    "amount_unreadable": N_("Write an amount of zero or more, such as 1250 or 12.50."),
    "currencies_not_added": N_(
        "Amounts in %(currencies)s are not added up: nothing is converted. Enter the costs in one currency."
    ),
    "cost_invalid": N_("The cost was not saved."),
    "cost_needs_day": N_("Write the day on which it was spent."),
    "cost_in_future": N_("The day lies ahead: costs are entered when they were spent."),
    "cost_needs_kind": N_("Choose what the money was spent on."),
    "cost_void_needs_reason": N_("Write why the cost is struck out."),
    "cost_is_void": N_("This cost is struck out. Take it back before it is changed."),
    "cost_is_not_void": N_("This cost is not struck out."),
    "no_such_cost": N_("There is no such cost: it may belong to another hypothesis."),
    "cost_changed_meanwhile": N_(
        "Someone changed this cost since you opened it: look at it again."
    ),
    "costs_stopped": N_(
        "A leader stopped the spending on %(day)s: what was spent later waits for a leader to go on with a new cap."
    ),
    "budget_mail_hello": N_("Hello %(name)s,"),
    "budget_mail_reached_subject": N_("%(key)s: the budget is used up"),
    "budget_mail_reached": N_(
        "The test of %(key)s has cost %(spent)s, which is %(share)s of its budget of %(cap)s. Costs can still be entered; from 120%% on a leader decides."
    ),
    "budget_mail_over_subject": N_("%(key)s is over budget: please decide"),
    "budget_mail_over": N_(
        "The test of %(key)s has cost %(spent)s, which is %(share)s of its budget of %(cap)s. Please decide whether it goes on with a new cap or stops spending."
    ),
    "budget_mail_about": N_("What it tests: %(change)s"),
    "budget_decision_invalid": N_("The decision was not saved."),
    "budget_needs_choice": N_("Choose whether the test goes on with a new cap or stops spending."),
    "budget_needs_reason": N_("Write why: the words stay beside the costs."),
    "budget_needs_cap": N_("Write the new cap."),
    "budget_cap_spent": N_("%(spent)s are spent already: the new cap has to be at least that."),
    "budget_without_cap": N_("The plan has no budget: write one into it first."),
    "economics_unreadable": N_(
        "Write what the effect is worth as an object of named parts, such as margin and currency."
    ),
    "economics_invalid": NN_(
        "%(n)s part of what the effect is worth is not usable.",
        "%(n)s parts of what the effect is worth are not usable.",
    ),
    "economics_value_or_customer": N_(
        "Give either the value of a unit or the lifetime value of a customer, not both."
    ),
    "economics_other_currency": N_(
        "The plan speaks of %(currency)s: nothing is converted, so the estimate has to be in the same currency."
    ),
    "economics_in_plan": N_(
        "The plan says this already, and it is locked: an estimate only fills in what the plan leaves open."
    ),
    "economics_changed_meanwhile": N_(
        "Someone changed the estimate since you opened it: look at it again."
    ),
    "margin_range": N_(
        "Write the margin as a fraction above 0 and at most 1; a value that is margin already has a margin of 1."
    ),
    "payback_needs_result": N_("a result that can be estimated"),
    "payback_not_a_sum": N_(
        "a metric that adds up: “%(metric)s” compares ranks or a quantile, and no money follows from those"
    ),
    "payback_needs_units": N_("how many units the change reaches in a week"),
    "payback_needs_level": N_("what the pilot would have sold without the change"),
    "payback_needs_value": N_("what one unit of the metric is worth"),
    "payback_needs_margin": N_("the margin"),
    "payback_needs_customer": N_("all parts of the lifetime value"),
    "payback_needs_horizon": N_("the horizon after which customers are judged"),
    "payback_needs_limit": N_("within how many weeks it has to pay back"),
    "payback_needs_costs": N_("what it cost"),
    "payback_two_currencies": N_(
        "one currency: it cost %(costs)s and its worth is declared in %(declared)s, and nothing is converted"
    ),
    "payback_ends": N_(
        "The effect and its ends have to be numbers, the effect between --low and --high."
    ),
    "payback_never": N_("never"),
    "payback_within_a_day": N_("less than a day"),
    "payback_in_weeks": N_("%(weeks)s weeks"),
    "payback_weeks_interval": N_("%(weeks)s (%(low)s to %(high)s)"),
    "payback_says_not_assessed": N_("Whether it pays back is not assessed."),
    "payback_says_too_early": N_(
        "It is too early to judge whether it pays back: the declared horizon ends on %(day)s."
    ),
    "payback_says_paid": N_(
        "It has paid back: the test earned %(earned)s, and cost %(cost)s; at the lower end of the effect it is back in %(latest)s."
    ),
    "payback_says_will": N_(
        "It will pay back: in %(estimate)s, at the latest in %(latest)s; the limit is %(limit)s."
    ),
    "payback_says_may": N_(
        "It will pay back, but that is not proven: in %(estimate)s by the estimate, at the lower end of the effect: %(latest)s. The limit is %(limit)s."
    ),
    "payback_says_does_not": N_(
        "It does not pay back within %(limit)s: by the estimate %(estimate)s, at the upper end of the effect %(soonest)s."
    ),
    "worth_currency": N_("Currency"),
    "worth_value_per_unit": N_("Value of a unit"),
    "worth_margin": N_("Gross margin"),
    "worth_units_per_week": N_("Units a week"),
    "worth_stores": N_("Stores measured in"),
    "worth_payback_limit_weeks": N_("Payback limit"),
    "worth_horizon_weeks": N_("Horizon"),
    "worth_one_off_per_store": N_("One-off cost of a store"),
    "worth_running_per_week": N_("Running cost of a store a week"),
    "worth_basket": N_("Average basket"),
    "worth_purchases_per_year": N_("Purchases in a year"),
    "worth_years": N_("Years a customer stays"),
    "worth_acquisition_cost": N_("Cost of winning a customer"),
    "cost_import_empty": N_("There is nothing to enter: put one cost on each line."),
    "cost_import_long": N_("A list holds %(most)s costs at most: cut it in two."),
    "cost_import_no_titles": N_(
        "The first line names no columns and begins with no day: write the day, what it was for, the amount, the currency and the note, in this order, or name the columns."
    ),
    "cost_import_column": N_("The list has no column “%(column)s”."),
    "cost_import_fault": N_("Line %(line)s: %(fault)s"),
    "cost_import_faults": NN_(
        "%(n)s line is not right yet: no cost was entered.",
        "%(n)s lines are not right yet: no cost was entered.",
    ),
    "cost_import_day": N_("“%(written)s” is no day: write it as 02.03.2026 or 2026-03-02."),
    "cost_import_kind": N_(
        "“%(written)s” is nothing that money is spent on here; there are: %(options)s."
    ),
    "cost_import_amount": N_("“%(written)s” can be read in two ways: write %(whole)s or %(part)s."),
    "cost_import_other": N_("It belongs to %(key)s, and this is the ledger of another hypothesis."),
    "cost_export_hypothesis": N_("Hypothesis"),
    "cost_export_test": N_("Test"),
    "cost_export_spent_on": N_("Spent on"),
    "cost_export_kind": N_("What for"),
    "cost_export_amount": N_("Amount"),
    "cost_export_currency": N_("Currency"),
    "cost_export_note": N_("Note"),
    "cost_export_who": N_("Entered by"),
    "cost_export_who_email": N_("Their e-mail"),
    "cost_export_entered": N_("Entered on"),
    "cost_export_voided": N_("Struck out"),
    "cost_export_void_reason": N_("Why it is struck out"),
    "label_amount": N_("Amount"),
    "label_currency": N_("Currency"),
    "label_kind": N_("What for"),
    "label_spent_on": N_("Spent on"),
    "label_note": N_("Note"),
    "label_cap": N_("Cap"),
    "payback_says_never": N_(
        "It never pays back: not even at the upper end of the effect is anything earned."
    ),
    "payback_fades": N_(
        "The effect fades: a week is counted with what was left of it in the later half of the test, what the test earned with all of it."
    ),
    "payback_after_result": N_("Part of this was estimated after the result was known: %(parts)s."),
}
