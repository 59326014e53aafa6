"""“Can this test succeed?”: what a plan can expect, said before it is run."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    # What is missing before anything can be said
    "planning_needs_metric": N_("Choose the primary metric and its kind."),
    "planning_needs_baseline": N_("Say what the metric is today: of the control arm, as you expect it."),
    "planning_needs_sd": N_("Say how much units differ: the standard deviation of the metric today."),
    "planning_needs_sd_ratio": N_("Say how much units differ: the standard deviation of (numerator − ratio × denominator), divided by the mean denominator."),
    "planning_needs_exposure": N_("Say what a unit is exposed to on average: visits, days, or whatever the events are counted per."),
    "planning_needs_cluster_size": N_("Say how many units a cluster has on average: customers of a store, calls of a team."),
    "planning_needs_icc": N_("Say how alike the units of one cluster are (intracluster correlation, ICC); without data of your own, 5%% is a cautious guess."),
    "planning_needs_effect": N_("Say what effect you honestly expect, apart from the threshold."),
    "planning_needs_positive_baseline": N_("A relative threshold needs a value above zero today: a percentage of nothing has no meaning."),
    "planning_expects_worse_lower": N_("Of “%(name)s” less is better, but the expected effect is above zero: that would be a worsening. Write it as a difference below zero."),
    "planning_expects_worse_higher": N_("Of “%(name)s” more is better, but the expected effect is below zero: that would be a worsening. Write it as a difference above zero."),
    # The answer
    "planning_confirmed": N_("If the true effect is the expected %(effect)s, %(n)s units per arm would say “confirmed” with a chance of %(confirmed)s."),
    "planning_confirmed_clusters": N_("If the true effect is the expected %(effect)s, %(n)s clusters per arm would say “confirmed” with a chance of %(confirmed)s."),
    "planning_needed_clusters": NN_(
        "%(n)s cluster per arm sees an effect of %(effect)s with a chance of %(power)s.",
        "%(n)s clusters per arm see an effect of %(effect)s with a chance of %(power)s.",
    ),
    "planning_design_effect": NN_(
        "%(n)s cluster per arm is about %(units)s units. Because units of one cluster resemble each other, they say no more than %(worth)s units randomised one by one (design effect %(times)s).",
        "%(n)s clusters per arm are about %(units)s units. Because units of one cluster resemble each other, they say no more than %(worth)s units randomised one by one (design effect %(times)s).",
    ),
    "planning_icc_help": N_("How alike units of one cluster are (ICC) decides most here. For customers of stores 1%% to 5%% is usual, and half of 1,039 values published from medical practices lie between 0%% and 3%% (Adams et al. 2004, Journal of Clinical Epidemiology 57); best is one from your own past data."),
    "planning_permutation": N_("With so few clusters a permutation of the clusters decides; the smallest p it can give is %(p)s."),
    "planning_impossible": N_("With arms of %(control)s and %(treatment)s clusters the smallest p possible is %(p)s, and “confirmed” needs %(alpha)s or less: this test cannot confirm anything, however large the effect."),
    "planning_impossible_below": N_("With arms of %(control)s and %(treatment)s clusters the smallest p possible is %(p)s, and “confirmed” needs %(alpha)s or less: this test cannot confirm anything, however large the effect. It takes at least %(needed)s clusters per arm."),
    "planning_expected_units": NN_(
        "Were the expected effect true, the %(looks)s looks would end the test after about %(n)s unit per arm on average.",
        "Were the expected effect true, the %(looks)s looks would end the test after about %(n)s units per arm on average.",
    ),
    "planning_expected_units_clusters": NN_(
        "Were the expected effect true, the %(looks)s looks would end the test after about %(n)s cluster per arm on average.",
        "Were the expected effect true, the %(looks)s looks would end the test after about %(n)s clusters per arm on average.",
    ),
    "planning_anytime": NN_(
        "The chances are those at the planned end, so they are the least to expect: whoever looks at every twentieth of the way would on average have a verdict after about %(n)s unit per arm, were the expected effect true.",
        "The chances are those at the planned end, so they are the least to expect: whoever looks at every twentieth of the way would on average have a verdict after about %(n)s units per arm, were the expected effect true.",
    ),
    "planning_anytime_clusters": NN_(
        "The chances are those at the planned end, so they are the least to expect: whoever looks at every twentieth of the way would on average have a verdict after about %(n)s cluster per arm, were the expected effect true.",
        "The chances are those at the planned end, so they are the least to expect: whoever looks at every twentieth of the way would on average have a verdict after about %(n)s clusters per arm, were the expected effect true.",
    ),
    "planning_exaggerates": N_("The chance to see the effect is below one half, so a significant result of this test would exaggerate it: about %(times)s times on average."),
    "planning_shape_normal": N_("It is supposed that values are spread alike to both sides of their middle (normal), and that the change moves them all alike."),
    "planning_shape_lognormal": N_("Values vary so much beside today’s value that a long tail is supposed (lognormal), and that the change moves them all alike."),
    "planning_simulated": N_("Simulated: such a test was run %(draws)s times, so the chances may be off by about %(error)s."),
    "planning_needed": NN_(
        "%(n)s unit per arm sees an effect of %(effect)s with a chance of %(power)s.",
        "%(n)s units per arm see an effect of %(effect)s with a chance of %(power)s.",
    ),
    "planning_weekly": N_("From the first to the last day that is about %(n)s units a week, all arms together."),
    "planning_half": N_("Were the true effect exactly the threshold of %(threshold)s, a test of any size would confirm it at most about half the time: the estimate falls above or below it like a coin."),
    # `hadi power`
    "power_split": N_("“%(split)s” is not a split: write a share above zero for each arm, the control’s first, such as 0.5,0.5."),
    "power_enough_clusters": N_("%(n)s clusters per arm have a %(power)s chance to find an effect of %(effect)s; the chance that the verdict is “confirmed” is %(confirmed)s."),
    "power_short_clusters": N_("%(n)s clusters per arm have only a %(power)s chance to find an effect of %(effect)s; it takes %(needed)s. The chance that the verdict is “confirmed” is %(confirmed)s."),
    "power_never_clusters": N_("No practicable number of clusters finds an effect of %(effect)s; %(n)s clusters per arm have a %(power)s chance."),
    # What would help most
    "planning_help_more_units": NN_(
        "What would help most: %(n)s unit per arm brings the chance of “confirmed” to %(share)s.",
        "What would help most: %(n)s units per arm bring the chance of “confirmed” to %(share)s.",
    ),
    "planning_help_lower_threshold": N_("What would help most: a threshold of %(threshold)s. With the expected %(effect)s it would be confirmed with a chance of %(share)s at the same size."),
    "planning_help_stronger_change": N_("You expect no more than the threshold, so more units cannot lift the chance above one half: find a stronger change, or a threshold that is still worth it."),
    "planning_help_fewer_arms": N_("What would help most: fewer arms. With one new arm the same units bring the chance of “confirmed” to %(share)s."),
    "planning_help_more_units_clusters": NN_(
        "What would help most: %(n)s cluster per arm brings the chance of “confirmed” to %(share)s.",
        "What would help most: %(n)s clusters per arm bring the chance of “confirmed” to %(share)s.",
    ),
    "planning_help_clusters_not_units": N_("What would help most is more clusters, not more units in each: %(n)s clusters per arm bring the chance of “confirmed” to %(share)s, twice the units per cluster only to %(other)s."),
    "planning_help_clusters_or_units": N_("What would help most: %(n)s clusters per arm bring the chance of “confirmed” to %(share)s; twice the units per cluster bring it to %(other)s."),
    "planning_help_planned_looks": N_("What would help most: four planned looks instead of looking at any time. The same size then brings the chance of “confirmed” to %(share)s."),
    "planning_help_smaller_clusters": NN_(
        "Fewer would do: %(n)s cluster per arm already reaches the wanted chance.",
        "Fewer would do: %(n)s clusters per arm already reach the wanted chance.",
    ),
    "planning_help_none": N_("The size suits the question: nothing needs to be added."),
    "planning_help_smaller": NN_(
        "Fewer would do: %(n)s unit per arm already reaches the wanted chance.",
        "Fewer would do: %(n)s units per arm already reach the wanted chance.",
    ),
}
