"""What is wrong with a metric written as `name=kind(column);key=value`, or with an option."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "spec_unreadable": N_("“%(spec)s” is not a metric: write name=kind(column), such as bought=conversion(is_buyer)."),
    "spec_kind_unknown": N_("“%(kind)s” is not a kind of metric: use one of %(kinds)s."),
    "spec_option_unknown": N_("“%(option)s” is not an option of a metric: use one of %(options)s."),
    "spec_share": N_("Metric “%(metric)s”: %(option)s is a number between 0 and 1, not “%(value)s”."),
    "spec_option_twice": N_("Metric “%(metric)s” has the option “%(option)s” twice."),
    "spec_role": N_("Metric “%(metric)s”: a role is primary, guardrail or secondary, not “%(value)s”."),
    "spec_better": N_("Metric “%(metric)s”: better is higher or lower, not “%(value)s”."),
    "spec_margin": N_("Metric “%(metric)s”: a margin is a number of at least 0, not “%(value)s”."),
    "spec_margin_role": N_("Metric “%(metric)s”: only a guardrail has a margin."),
    "spec_columns": N_("Metric “%(metric)s” names no column."),
    "spec_no_primary": N_("No metric is primary: give one of them role=primary."),
    "spec_two_primary": N_("A test has one primary metric; “%(first)s” and “%(second)s” both are."),
    "spec_named_twice": N_("Two metrics are called “%(name)s”: give each its own name."),
    "spec_split": N_("“%(split)s” is not a split: write VALUE=SHARE,VALUE=SHARE, such as A=0.5,B=0.5."),
    "spec_split_control": N_("The split does not name the control “%(control)s”."),
    "option_blank": N_("%(option)s names no column."),
    "option_ratio": N_("%(option)s takes one column, or two for a ratio, numerator/denominator; a name that holds a slash stands in double quotes."),
    "option_refused": N_("%(option)s: %(reason)s"),
    "option_either": N_("%(option)s and %(other)s say the same in two ways: give one of them."),
    "option_range": N_("%(option)s takes a number %(range)s."),
    # `hadi power`
    "power_relative_threshold": N_("A relative threshold needs a baseline: give the threshold in the metric’s own units."),
    "power_enough": N_("%(n)s units per arm have a %(power)s chance to find an effect of %(effect)s; the chance that the verdict is “confirmed” is %(confirmed)s."),
    "power_short": N_("%(n)s units per arm have only a %(power)s chance to find an effect of %(effect)s; it takes %(needed)s. The chance that the verdict is “confirmed” is %(confirmed)s."),
    "power_never": N_("No practicable number of units finds an effect of %(effect)s; %(n)s units per arm have a %(power)s chance."),
}
