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
    "check_arm_share": N_("%(arm)s %(share)s"),
    "check_and_more": N_("%(first)s, %(rest)s"),
    # Warnings beside a verdict
    "warning_low_power": N_("The test was small for “%(metric)s”: it had a chance of %(power)s to see %(effect)s. Significant results at this size exaggerate the effect."),
    "warning_opened_early": N_("The results were opened before the planned end."),
    "warning_ended_short": N_("The test ended with fewer units than planned: %(units)s of %(planned)s in the arm “%(arm)s”."),
    # Estimates that are not there
    "comparison_not_yet": N_("Results are shown at the planned end."),
    "analysis_no_primary": N_("The plan has no primary metric: name the one that decides."),
}
