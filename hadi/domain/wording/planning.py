"""“Can this test succeed?”: what a plan can expect, said before it is run."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    # What is missing before anything can be said
    "planning_needs_metric": N_("Choose the primary metric and its kind."),
    "planning_needs_baseline": N_("Say what the metric is today: of the control arm, as you expect it."),
    "planning_needs_sd": N_("Say how much units differ: the standard deviation of the metric today."),
    "planning_needs_effect": N_("Say what effect you honestly expect, apart from the threshold."),
    "planning_needs_positive_baseline": N_("A relative threshold needs a value above zero today: a percentage of nothing has no meaning."),
    # The answer
    "planning_confirmed": N_("If the true effect is the expected %(effect)s, %(n)s units per arm would say “confirmed” with a chance of %(confirmed)s."),
    "planning_needed": NN_(
        "%(n)s unit per arm sees an effect of %(effect)s with a chance of %(power)s.",
        "%(n)s units per arm see an effect of %(effect)s with a chance of %(power)s.",
    ),
    "planning_weekly": N_("From the first to the last day that is about %(n)s units a week, all arms together."),
    "planning_half": N_("Were the true effect exactly the threshold of %(threshold)s, a test of any size would confirm it about half the time: the estimate falls above or below it like a coin."),
    # What would help most
    "planning_help_more_units": NN_(
        "What would help most: %(n)s unit per arm brings the chance of “confirmed” to %(share)s.",
        "What would help most: %(n)s units per arm bring the chance of “confirmed” to %(share)s.",
    ),
    "planning_help_lower_threshold": N_("What would help most: a threshold of %(threshold)s. With the expected %(effect)s it would be confirmed with a chance of %(share)s at the same size."),
    "planning_help_stronger_change": N_("You expect no more than the threshold, so more units cannot lift the chance above one half: find a stronger change, or a threshold that is still worth it."),
    "planning_help_fewer_arms": N_("What would help most: fewer arms. With one new arm the same units bring the chance of “confirmed” to %(share)s."),
    "planning_help_none": N_("The size suits the question: nothing needs to be added."),
    "planning_help_smaller": NN_(
        "Fewer would do: %(n)s unit per arm already reaches the wanted chance.",
        "Fewer would do: %(n)s units per arm already reach the wanted chance.",
    ),
}
