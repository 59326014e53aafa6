"""Why a method has no answer: the codes of `hadi.stats.errors.NotEstimable`, and of lifts."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "control_empty": N_("The control group has no units with a value."),
    "treatment_empty": N_("The changed group has no units with a value."),
    "control_one_unit": N_(
        "The control group has one unit only: nobody can tell chance from effect by it."
    ),
    "treatment_one_unit": N_(
        "The changed group has one unit only: nobody can tell chance from effect by it."
    ),
    "control_one_cluster": N_(
        "The control group has one cluster (store, seller) only: nobody can tell chance from effect by it."
    ),
    "treatment_one_cluster": N_(
        "The changed group has one cluster (store, seller) only: nobody can tell chance from effect by it."
    ),
    "control_giant_cluster": N_(
        "One cluster (store, seller) is over 90%% of the control group: its result is that one cluster's, and nobody can tell chance from effect by it."
    ),
    "treatment_giant_cluster": N_(
        "One cluster (store, seller) is over 90%% of the changed group: its result is that one cluster's, and nobody can tell chance from effect by it."
    ),
    "no_unit_values": N_(
        "Single units have no value of their own for this metric: only their clusters can be compared."
    ),
    "control_few_for_quantile": N_(
        "The control group has %(n)s units: this quantile needs at least %(needed)s in each group."
    ),
    "treatment_few_for_quantile": N_(
        "The changed group has %(n)s units: this quantile needs at least %(needed)s in each group."
    ),
    "no_variation": N_(
        "All units of a group have the same result: without any variation there is nothing to measure chance by."
    ),
    "numbers_too_large": N_(
        "The numbers are too large to compute with: give them in a larger unit, such as thousands."
    ),
    "control_denominator_near_zero": N_(
        "The denominator of the control group cannot be told from zero: a ratio to it has no meaning."
    ),
    "treatment_denominator_near_zero": N_(
        "The denominator of the changed group cannot be told from zero: a ratio to it has no meaning."
    ),
    "control_no_exposure": N_(
        "The exposure of the control group is zero: there is nothing its events could be divided by."
    ),
    "treatment_no_exposure": N_(
        "The exposure of the changed group is zero: there is nothing its events could be divided by."
    ),
    "no_events": N_("No group has a single event: there is nothing to compare yet."),
    "covariate_explains_all": N_(
        "The adjustment leaves nothing of the result: take a value measured before the test, not the result itself."
    ),
    "covariate_constant": N_(
        "The earlier value is the same for all units of a group or cannot be used, so that nothing was adjusted."
    ),
    "covariate_collinear": N_(
        "Some of the values to adjust by say the same as the others; they were left out."
    ),
    "covariates_too_many": N_(
        "A group has too few units for so many values to adjust by."
    ),
    "arm_empty": N_("A group has no units with a value."),
    "arm_one_unit": N_(
        "A group has one unit only: nobody can tell chance from effect by it."
    ),
    "no_standard_error": N_("This method gives no standard error to judge a margin by."),
    "trend_too_short": N_("Fewer than three days can be compared: there is no trend to see."),
    "omnibus_one_look": N_(
        "Whether the arms differ at all is asked once, at the end: asked at every look, "
        "it would find differences that are not there."
    ),
    "nothing_to_compare": N_("There is no second group to compare with."),
    "lift_control_not_positive": N_(
        "The threshold is relative, and the control group's value is not above zero: a percentage of it has no meaning."
    ),
    "lift_control_near_zero": N_(
        "The threshold is relative, and the control group's value cannot be told from zero: a percentage of it has no meaning."
    ),
    "anytime_no_error": N_(
        "The spread of the results cannot be measured yet: an answer that holds at every look needs it."
    ),
    "looks_not_ascending": N_(
        "This look holds fewer units than an earlier one: planned looks can only grow."
    ),
    "looks_alpha_spent": N_(
        "The last planned look has been taken: what it answered stands, and another look adds nothing."
    ),
    "posterior_no_error": N_(
        "The spread of the results cannot be measured, and without it nobody can say how likely a gain is."
    ),
    "pool_too_few": N_("Too few past tests to learn from: two are needed at least."),
    "pool_no_error": N_("A past test has no measured spread and cannot be learned from."),
    "stein_too_few": N_("Too few results to draw towards their average: four are needed at least."),
    "exaggeration_no_effect": N_(
        "Without a supposed effect nobody can tell how much a result exaggerates it."
    ),
    "exaggeration_no_error": N_(
        "The spread of the results cannot be measured: nobody can tell how much they exaggerate."
    ),
    "ratio_one_arm": N_(
        "The declared split gives units to one group only: there is no ratio to check."
    ),
    "ratio_no_units": N_("There are no units to check the split by."),
    "power_share_outside": N_(
        "The expected share has to stay between 0%% and 100%%, before and after the change."
    ),
    "power_sd_not_positive": N_(
        "The standard deviation has to be above zero: it says how much units differ from each other."
    ),
    "power_no_effect": N_("Without an expected effect no number of units can be planned."),
    "power_wrong_direction": N_(
        "The expected effect goes the wrong way: such a test cannot confirm anything."
    ),
    "power_out_of_reach": N_(
        "The expected effect is too small for any practicable number of units."
    ),
    "power_needs_two_arms": N_("A test needs at least two groups, each with a share above zero."),
    "power_icc_outside": N_(
        "The similarity of units within a cluster (intracluster correlation) has to lie between 0 and 1."
    ),
    "power_cluster_half": N_(
        "A test of whole clusters needs both: how many units a cluster has, and how similar they are (intracluster correlation)."
    ),
    "power_cluster_kind": N_(
        "Ranks and quantiles cannot be planned for whole clusters: choose a mean or a share."
    ),
    "power_rate_outside": N_(
        "The expected rate has to stay at zero or above, before and after the change, and be above zero in one of them."
    ),
    "power_exposure_not_positive": N_(
        "What a unit is exposed to has to be above zero: visits, days or whatever events are counted per."
    ),
    "power_q_outside": N_("A quantile lies between 0 and 1, both excluded."),
    "power_lognormal_baseline": N_(
        "A lognormal shape needs the quantile’s value today, above zero."
    ),
    "power_cluster_size": N_(
        "A cluster needs at least one unit on average, and the spread of cluster sizes cannot be negative."
    ),
}
