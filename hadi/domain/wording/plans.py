"""What is wrong with a plan as typed or sent."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "plan_invalid": NN_("One field of the plan needs another look.", "%(n)s fields of the plan need another look."),
    "field_unknown": N_("“%(field)s” is not a field of a plan."),
    "field_required": N_("“%(field)s” is needed."),
    "field_not_short_text": N_("“%(field)s” takes text of at most %(limit)s characters."),
    "field_not_a_choice": N_("“%(field)s” takes one of: %(options)s."),
    "field_not_a_number": N_("“%(field)s” takes a number."),
    "field_out_of_range": N_("“%(field)s” is outside the range that makes sense."),
    "field_not_whole": N_("“%(field)s” takes a whole number."),
    "field_not_a_date": N_("“%(field)s” takes a date such as 2026-02-20."),
    "end_before_start": N_("The last day is before the first day."),
    "threshold_unreadable": N_("“%(value)s” is not a threshold: write 0.05, or 5%% for a relative one."),
    "split_unreadable": N_("The split maps each arm to its share."),
    "split_needs_two": N_("A split needs at least two arms with a share above zero."),
    "split_many": N_("A plan takes at most %(limit)s arms."),
    "budget_unreadable": N_("The budget cap is an amount of zero or more."),
    "currency_unreadable": N_("The currency is a three-letter code such as EUR."),
    "metrics_unreadable": N_("Metrics are a list, each with a name and a kind."),
    "metrics_many": N_("A plan takes at most %(limit)s metrics."),
    "metric_named_twice": N_("Two metrics are called “%(name)s”: give each its own name."),
    "metric_one_column": N_("“%(name)s” takes one column."),
    "two_primary_metrics": N_("A plan has one primary metric: make the others secondary or guardrails."),
}
