"""The verdicts: their names, and each as a sentence.

Chance in plain words, never a bare p; "refuted" is knowledge and carries no blame. The effect is
said with its interval, and better and worse are left to the sentence around it.
"""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "verdict_confirmed": N_("Confirmed"),
    "verdict_below_threshold": N_("Below threshold"),
    "verdict_refuted": N_("Refuted"),
    "verdict_not_enough_data": N_("Not enough data"),
    "verdict_harmful": N_("Harmful"),
    "verdict_invalid": N_("Invalid test"),
    "verdict_not_executed": N_("Not executed"),
    "verdict_not_estimable": N_("Cannot be estimated"),
    "verdict_not_yet": N_("Not yet"),
    "evidence_randomised": N_("Randomised test"),
    "evidence_cluster_randomised": N_("Randomised by store"),
    "evidence_controlled_pilot": N_("Pilot with controls"),
    "evidence_before_after": N_("Before and after"),
    "check_pass": N_("Passed"),
    "check_warn": N_("Warning"),
    "check_fail": N_("Failed"),
    "guardrail_ok": N_("No harm seen"),
    "guardrail_proven": N_("Proven to hold"),
    "guardrail_unproven": N_("Not proven to hold"),
    "guardrail_breached": N_("Breached"),
    "effect_low_high": N_("%(effect)s (%(low)s to %(high)s)"),
    "effect_low": N_("%(effect)s (%(low)s or more)"),
    "effect_high": N_("%(effect)s (%(high)s or less)"),
    "effect_open": N_("%(effect)s (range unknown)"),
    "sentence_best_arm": N_("The best group is “%(arm)s”. %(sentence)s"),
    "sentence_confirmed": N_(
        "It works: “%(metric)s” changed by %(effect)s. That reaches the promised %(threshold)s, though the true effect may be smaller."
    ),
    "sentence_confirmed_any": N_(
        "It works: “%(metric)s” changed by %(effect)s. Chance alone would hardly do this."
    ),
    "sentence_confirmed_clear": N_(
        "It works: “%(metric)s” changed by %(effect)s. Even the cautious end of that range reaches the promised %(threshold)s."
    ),
    "sentence_confirmed_clear_any": N_(
        "It works: “%(metric)s” changed by %(effect)s. Chance alone would hardly do this."
    ),
    "sentence_below_threshold": N_(
        "It works, but less than promised: “%(metric)s” changed by %(effect)s. The promised %(threshold)s is out of reach."
    ),
    "sentence_refuted": N_(
        "The promised effect is not there: “%(metric)s” changed by %(effect)s. An effect of %(threshold)s is ruled out, and that is worth knowing."
    ),
    "sentence_refuted_flat": N_(
        "It changes nothing that matters, and that is well measured: “%(metric)s” changed by %(effect)s. An effect of %(threshold)s is ruled out either way, and that is worth knowing."
    ),
    "sentence_harmful": N_(
        "It does harm: “%(metric)s” changed by %(effect)s, for the worse. Chance alone would hardly do this."
    ),
    "sentence_harmful_guardrail": N_(
        "It does harm: “%(guardrail)s”, which had to be protected, got worse. “%(metric)s” itself changed by %(effect)s."
    ),
    "sentence_not_enough_data_settles": NN_(
        "Not enough data: “%(metric)s” changed by %(effect)s, and chance alone could do this. If the effect stays as it looks now, about %(n)s unit per group would settle whether it reaches the promised %(threshold)s.",
        "Not enough data: “%(metric)s” changed by %(effect)s, and chance alone could do this. If the effect stays as it looks now, about %(n)s units per group would settle whether it reaches the promised %(threshold)s.",
    ),
    "sentence_not_enough_data_settles_stores": NN_(
        "Not enough data: “%(metric)s” changed by %(effect)s, and chance alone could do this. If the effect stays as it looks now, about %(n)s store per group would settle whether it reaches the promised %(threshold)s.",
        "Not enough data: “%(metric)s” changed by %(effect)s, and chance alone could do this. If the effect stays as it looks now, about %(n)s stores per group would settle whether it reaches the promised %(threshold)s.",
    ),
    "sentence_not_enough_data_settles_clusters": NN_(
        "Not enough data: “%(metric)s” changed by %(effect)s, and chance alone could do this. If the effect stays as it looks now, about %(n)s cluster per group would settle whether it reaches the promised %(threshold)s.",
        "Not enough data: “%(metric)s” changed by %(effect)s, and chance alone could do this. If the effect stays as it looks now, about %(n)s clusters per group would settle whether it reaches the promised %(threshold)s.",
    ),
    "sentence_not_enough_data_settles_any": NN_(
        "Not enough data: “%(metric)s” changed by %(effect)s, and chance alone could do this. If the effect stays as it looks now, about %(n)s unit per group would settle it.",
        "Not enough data: “%(metric)s” changed by %(effect)s, and chance alone could do this. If the effect stays as it looks now, about %(n)s units per group would settle it.",
    ),
    "sentence_not_enough_data_settles_any_stores": NN_(
        "Not enough data: “%(metric)s” changed by %(effect)s, and chance alone could do this. If the effect stays as it looks now, about %(n)s store per group would settle it.",
        "Not enough data: “%(metric)s” changed by %(effect)s, and chance alone could do this. If the effect stays as it looks now, about %(n)s stores per group would settle it.",
    ),
    "sentence_not_enough_data_settles_any_clusters": NN_(
        "Not enough data: “%(metric)s” changed by %(effect)s, and chance alone could do this. If the effect stays as it looks now, about %(n)s cluster per group would settle it.",
        "Not enough data: “%(metric)s” changed by %(effect)s, and chance alone could do this. If the effect stays as it looks now, about %(n)s clusters per group would settle it.",
    ),
    "sentence_not_enough_data_nothing": N_(
        "Not enough data: “%(metric)s” changed by %(effect)s, and chance alone could do this. More units of the same kind would hardly settle whether it reaches the promised %(threshold)s."
    ),
    "sentence_not_enough_data_nothing_any": N_(
        "Not enough data: “%(metric)s” changed by %(effect)s, and chance alone could do this. The effect looks so small that more units would hardly settle it."
    ),
    "sentence_not_enough_data_real_settles": NN_(
        "There is an effect: “%(metric)s” changed by %(effect)s. Whether it reaches the promised %(threshold)s is open. If it stays as it looks now, about %(n)s unit per group would settle that.",
        "There is an effect: “%(metric)s” changed by %(effect)s. Whether it reaches the promised %(threshold)s is open. If it stays as it looks now, about %(n)s units per group would settle that.",
    ),
    "sentence_not_enough_data_real_settles_stores": NN_(
        "There is an effect: “%(metric)s” changed by %(effect)s. Whether it reaches the promised %(threshold)s is open. If it stays as it looks now, about %(n)s store per group would settle that.",
        "There is an effect: “%(metric)s” changed by %(effect)s. Whether it reaches the promised %(threshold)s is open. If it stays as it looks now, about %(n)s stores per group would settle that.",
    ),
    "sentence_not_enough_data_real_settles_clusters": NN_(
        "There is an effect: “%(metric)s” changed by %(effect)s. Whether it reaches the promised %(threshold)s is open. If it stays as it looks now, about %(n)s cluster per group would settle that.",
        "There is an effect: “%(metric)s” changed by %(effect)s. Whether it reaches the promised %(threshold)s is open. If it stays as it looks now, about %(n)s clusters per group would settle that.",
    ),
    "sentence_not_enough_data_real_nothing": N_(
        "There is an effect: “%(metric)s” changed by %(effect)s. It lies so close to the promised %(threshold)s that more units would hardly settle whether it reaches that."
    ),
    "sentence_disputed": N_(
        "Not settled: “%(metric)s” changed by %(effect)s. The test calls that an effect, but the range still reaches no effect at all; a verdict asks for both."
    ),
    "sentence_not_estimable": N_("There is no estimate for “%(metric)s”. %(reason)s"),
    "sentence_invalid": N_("This test cannot be judged: its data failed a check."),
    "sentence_invalid_sample_ratio": N_(
        "This test cannot be judged: its groups are not the size that was declared, so something other than the draw decided who got what. %(reason)s"
    ),
    "sentence_invalid_mixed_units": N_(
        "This test cannot be judged: too many units were in more than one group. %(reason)s"
    ),
    "sentence_invalid_unknown_arms": N_(
        "This test cannot be judged: too many rows belong to no known group. %(reason)s"
    ),
    "sentence_invalid_because": N_("This test cannot be judged. %(reason)s"),
    "sentence_not_yet": N_(
        "The test is still running. Its result opens at the planned end, so that an early lucky streak decides nothing."
    ),
    "sentence_not_yet_units": N_(
        "The test is still running: %(units)s of the planned %(planned)s units per group are in. Its result opens when they all are, so that an early lucky streak decides nothing."
    ),
    "sentence_not_yet_day": N_(
        "The test is still running until %(day)s. Its result opens then, so that an early lucky streak decides nothing."
    ),
    "sentence_not_yet_units_day": N_(
        "The test is still running until %(day)s: %(units)s of the planned %(planned)s units per group are in. Its result opens at the end, so that an early lucky streak decides nothing."
    ),
    "sentence_not_yet_look": N_(
        "The test is still running: %(units)s of the planned %(planned)s units per group are in. The next look is due at %(look)s of them."
    ),
    "sentence_not_yet_failed": N_(
        "The test is still running, but its data already fail a check: mend that before going on. %(reason)s"
    ),
}
