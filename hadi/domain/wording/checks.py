"""What the validity checks found, the warnings beside a verdict, and what stands for an estimate
that is not there."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "check_sample_ratio_pass": N_("The arms have the shares they should have (p: %(p)s)."),
    "check_sample_ratio_even": N_("No split was declared; the arms have about even shares (p: %(p)s)."),
    "check_sample_ratio_fail": N_("The arms do not have their declared shares: %(found)s, where %(expected)s was expected (p %(p)s)."),
    "check_sample_ratio_warn": N_("The arms do not have even shares: %(found)s (p %(p)s). Declare the split if that was meant."),
    "check_sample_ratio_zero": N_("The arm “%(arm)s” has units, but its declared share is zero."),
    "check_unknown_arms_pass": N_("Every row names an arm of the test."),
    "check_unknown_arms_warn": N_("%(share)s of the rows name no arm or an unknown one (%(rows)s); they were left out."),
    "check_unknown_arms_named": N_("%(share)s of the rows name no arm or an unknown one (%(rows)s, such as %(arms)s); they were left out."),
    "check_mixed_units_pass": N_("No unit was seen in two arms."),
    "check_mixed_clusters_pass": N_("No cluster was seen in two arms."),
    "check_mixed_clusters_warn": NN_(
        "%(n)s cluster (%(share)s) was seen in two or more arms and was left out.",
        "%(n)s clusters (%(share)s) were seen in two or more arms and were left out.",
    ),
    "check_mixed_units_unseen": N_("Not looked for: no column names the unit, so every row counts as one."),
    "check_mixed_units_warn": NN_(
        "%(n)s unit (%(share)s) was seen in two or more arms and was left out.",
        "%(n)s units (%(share)s) were seen in two or more arms and were left out.",
    ),
    "check_blank_units_warn": NN_(
        "%(n)s row names no unit and was left out.",
        "%(n)s rows name no unit and were left out.",
    ),
    "check_duplicates_pass": N_("No row repeats another one."),
    "check_duplicates_unseen": N_("Not looked for: no column names the unit, so equal rows may be different units."),
    "check_duplicates_warn": NN_(
        "%(n)s row repeats another one exactly. Nothing was removed: see whether the file was joined twice.",
        "%(n)s rows repeat another one exactly. Nothing was removed: see whether the file was joined twice.",
    ),
    "check_missing_pass": N_("Every unit has a value for every metric."),
    "check_missing_few": N_("“%(metric)s” has no value for %(share)s of the units in the arm “%(arm)s”, and about as many in the others; these units were left out of it."),
    "check_missing_many": N_("“%(metric)s” has no value for %(share)s of the units in the arm “%(arm)s”; they were left out of it."),
    "check_missing_uneven": N_("“%(metric)s” has no value for %(control_share)s of the units in the arm “%(control)s” but %(share)s in “%(arm)s” (p %(p)s): who is missing may differ by arm."),
    "check_small_arms_warn": N_("The arm “%(arm)s” has fewer than two units."),
    "check_outliers_pass": N_("No unit is far out of the rest."),
    "check_outliers_far": NN_(
        "In the arm “%(arm)s” %(n)s unit (%(units)s) lies far above the rest and holds %(share)s of its total of “%(metric)s”.",
        "In the arm “%(arm)s” %(n)s units (%(units)s) lie far above the rest and hold %(share)s of its total of “%(metric)s”.",
    ),
    "check_outliers_largest": N_("In the arm “%(arm)s” one unit with %(largest)s holds %(share)s of the whole total of “%(metric)s”: see whether it is real, or cut extreme values in the next plan."),
    "check_pre_period_pass": N_("Before the test the arms were alike: “%(covariate)s” was %(control)s in the control and %(treatment)s in “%(arm)s” (p %(p)s)."),
    "check_pre_period_warn": N_("The arms differed before the test: “%(covariate)s” was %(control)s in the control and %(treatment)s in “%(arm)s” (p %(p)s). A fair draw makes that rare: see how units were assigned."),
    "check_overdispersion_pass": N_("The events of “%(metric)s” come one by one (dispersion %(dispersion)s, where 1 is expected)."),
    "check_overdispersion_warn": N_("The events of “%(metric)s” come in bunches (dispersion %(dispersion)s, where 1 is expected), so its certainty is overstated; allowing for that, p is %(p)s in the arm “%(arm)s”. Plan it as a ratio next time."),
    "check_concentration_pass": N_("Nobody carries the effect alone: without “%(group)s”, who adds most, %(rest)s of “%(metric)s” is left."),
    "check_concentration_warn": N_("“%(group)s” carries %(share)s of the effect on “%(metric)s”: without it %(rest)s is left."),
    "check_novelty_pass": NN_(
        "The effect on “%(metric)s” does not fade: %(slope)s from day to day over %(n)s day (p %(p)s).",
        "The effect on “%(metric)s” does not fade: %(slope)s from day to day over %(n)s days (p %(p)s).",
    ),
    "check_novelty_unseen": N_("Not looked for: fewer than three days have units in both arms to compare “%(metric)s” by."),
    "check_concentration_no_effect": N_("Not looked for: the effect on “%(metric)s” cannot be told from zero, so nobody can carry it."),
    "check_concentration_unseen": N_("Not looked for: too few sellers or stores to leave one out of “%(metric)s”."),
    "check_clusters_giant": N_("One cluster is %(share)s of the units behind “%(metric)s” in its arm (compared with “%(arm)s”): so large a part makes the interval too narrow. Rely on the permutation test."),
    "check_novelty_warn": NN_(
        "The effect on “%(metric)s” fades: %(slope)s from day to day over %(n)s day (p %(p)s). What is new wears off.",
        "The effect on “%(metric)s” fades: %(slope)s from day to day over %(n)s days (p %(p)s). What is new wears off.",
    ),
    "check_clusters_warn": NN_(
        "The data name %(n)s cluster, each in one arm only. If clusters were drawn, p is %(p)s, not %(naive)s as single units would have it: choose the cluster design.",
        "The data name %(n)s clusters, each in one arm only. If clusters were drawn, p is %(p)s, not %(naive)s as single units would have it: choose the cluster design.",
    ),
    "check_clusters_alike": NN_(
        "The data name %(n)s cluster, each in one arm only. If clusters were drawn, choose the cluster design: here both ways of counting agree (p less than 0.001).",
        "The data name %(n)s clusters, each in one arm only. If clusters were drawn, choose the cluster design: here both ways of counting agree (p less than 0.001).",
    ),
    "check_clusters_few": NN_(
        "The data name %(n)s cluster, each in one arm only. If clusters were drawn, they are too few to judge by, and the p of %(naive)s by single units means nothing.",
        "The data name %(n)s clusters, each in one arm only. If clusters were drawn, they are too few to judge by, and the p of %(naive)s by single units means nothing.",
    ),
    "segment_not_split": N_("No arm has units here."),
    "check_sample_ratio_looks": N_("The arms have the shares they should have, at every look so far (p: %(p)s)."),
    "check_arm_share": N_("%(arm)s %(share)s"),
    "check_and_more": N_("%(first)s, %(rest)s"),
    # Warnings beside a verdict
    "warning_low_power": N_("The test was small for “%(metric)s”: it had a chance of %(power)s to see %(effect)s. Significant results at this size exaggerate the effect."),
    "warning_exaggeration": N_("The test was small for “%(metric)s”: it had a chance of %(power)s to see %(effect)s. A significant result at this size exaggerates the effect, about %(times)s times on average."),
    "warning_exaggeration_to": N_("The test was small for “%(metric)s”: it had a chance of %(power)s to see %(effect)s. A significant result at this size exaggerates: on average it shows %(size)s where the truth is %(effect)s."),
    "warning_off_schedule": N_("The results were opened between the planned looks; the look took its share of the accepted risk."),
    "warning_ended_early": N_("The test was ended before its planned end; the interval allows for that."),
    "warning_after_result": N_("The test already had a result when these data came; both stay on record."),
    "warning_interim": N_("This is a look on the way: the planned end is not reached. The interval allows for it."),
    "warning_ended_at_look": N_("The test ended at a look on the way, before its planned end; the interval allows for it."),
    "warning_opened_early": N_("The results were opened before the planned end."),
    "warning_ended_short": N_("The test ended with fewer units than planned: %(units)s of %(planned)s in the arm “%(arm)s”."),
    # Estimates that are not there
    "comparison_not_yet": N_("Results are shown at the planned end."),
    "analysis_no_primary": N_("The plan has no primary metric: name the one that decides."),
}
