"""Pilots: one or a few sites that got the change, held against those that did not."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    # The verdict
    "sentence_pilot_confirmed": N_(
        "It works: beside the other sites “%(metric)s” changed by %(effect)s. That reaches the promised %(threshold)s, though the true effect may be smaller."
    ),
    "sentence_pilot_confirmed_clear": N_(
        "It works: beside the other sites “%(metric)s” changed by %(effect)s. Even the cautious end of that range reaches the promised %(threshold)s."
    ),
    "sentence_pilot_confirmed_any": N_(
        "It works: beside the other sites “%(metric)s” changed by %(effect)s. Chance alone would hardly do this."
    ),
    "sentence_pilot_fades": N_(
        "It works, but it fades: in the later half of the time “%(metric)s” was changed by %(lately)s beside the other sites, over all of it by %(effect)s. Watch it longer before it is scaled."
    ),
    "sentence_pilot_below_threshold": N_(
        "It works, but less than promised: beside the other sites “%(metric)s” changed by %(effect)s. The promised %(threshold)s is out of reach."
    ),
    "sentence_pilot_refuted": N_(
        "The promised effect is not there: beside the other sites “%(metric)s” changed by %(effect)s. An effect of %(threshold)s is ruled out, and that is worth knowing."
    ),
    "sentence_pilot_harmful": N_(
        "It does harm: beside the other sites “%(metric)s” changed by %(effect)s, for the worse. Chance alone would hardly do this."
    ),
    "sentence_pilot_neighbours_grew": N_(
        "Not enough data: the neighbouring sites grew almost as much (%(change)s). What is left for the change itself is %(effect)s of “%(metric)s”, and chance alone could do this. %(settles)s"
    ),
    "sentence_pilot_neighbours_fell": N_(
        "Not enough data: the neighbouring sites fell almost as much (%(change)s). What is left for the change itself is %(effect)s of “%(metric)s”, and chance alone could do this. %(settles)s"
    ),
    "sentence_pilot_open": N_(
        "Not enough data: beside the other sites “%(metric)s” changed by %(effect)s, and chance alone could do this. %(settles)s"
    ),
    "sentence_pilot_no_range": N_(
        "Not enough data: beside the other sites “%(metric)s” changed by %(effect)s. %(reason)s"
    ),
    "sentence_pilot_real_open": N_(
        "There is an effect: beside the other sites “%(metric)s” changed by %(effect)s. Whether it reaches the promised %(threshold)s is open."
    ),
    "sentence_pilot_out_of_reach": N_(
        "Not enough sites: beside the other sites “%(metric)s” changed by %(effect)s, but with %(treated)s pilot and %(controls)s control sites the placebo test gives p %(p)s at the very best, and %(alpha)s is asked. More sites are needed."
    ),
    "sentence_pilot_not_yet_periods": N_(
        "The pilot is still running: %(periods)s of the planned %(planned)s periods are in. Its result opens when they all are, so that an early lucky streak decides nothing."
    ),
    "sentence_pilot_not_yet_periods_day": N_(
        "The pilot is still running until %(day)s: %(periods)s of the planned %(planned)s periods are in. Its result opens at the end, so that an early lucky streak decides nothing."
    ),
    # What would settle it
    "pilot_settles_longer": N_(
        "If the effect stays as it looks now, %(n)s periods after the start would settle it."
    ),
    "pilot_settles_pilots": N_(
        "If the effect stays as it looks now, %(n)s pilots among these %(sites)s sites would settle it."
    ),
    "pilot_settles_never": N_(
        "It looks so small beside how sites differ anyway that neither more pilots among these sites nor more time would settle it."
    ),
    "pilot_settles_mix": N_(
        "More pilots, or a longer time before the start for a closer mix, would help to settle it."
    ),
    "pilot_settles_unknown": N_(
        "How much sites differ anyway is not known well enough to say what would settle it."
    ),
    # Traps, beside the verdict
    "warning_common_trend": N_(
        "The neighbours changed by %(controls)s in the same time, the pilot by %(pilots)s: most of what is seen in the pilot would have happened anyway."
    ),
    "warning_fading": N_(
        "The effect fades: it changes by %(slope)s a period. In the later half of the time it is %(lately)s, over all of it %(mean)s."
    ),
    "warning_rebound": N_(
        "Of %(n)s sites the pilot had about the worst values just before the start (place %(place)s in the last %(window)s periods). Sites chosen that way get better by themselves: about %(expected)s of the effect may be nothing but that. A longer time before the start, or a draw among the weakest sites, avoids it."
    ),
    "warning_carried": N_(
        "One seller or team carries it: “%(name)s” brings %(share)s of the pilots’ gain. Without that one %(left)s of %(total)s a period is left."
    ),
    "warning_bundle": N_(
        "Several things changed at once (%(parts)s): which of the %(n)s worked is not known."
    ),
    # A change of several parts, taken apart
    "unbundled_change": N_("change only “%(part)s” of all that changed together in %(key)s"),
    "unbundled_told": N_(
        "%(keys)s are drafted, one for each part of the change. Say in each why that part alone should work."
    ),
    "unbundle_nothing": N_(
        "There is nothing to take apart: the plan names no two parts of the change, or its test has no result yet."
    ),
    "unbundle_done": N_("The parts of this change are drafted already: see where it leads to."),
    "warning_ended_short_periods": N_(
        "The last day came before the plan was fulfilled: %(periods)s of %(planned)s planned periods are in."
    ),
    # Checks
    "check_controls_named": NN_(
        "The plan names %(n)s control site.", "The plan names %(n)s control sites."
    ),
    "check_controls_all": NN_(
        "The plan names no controls, so the one other site of the data is it.",
        "The plan names no controls, so all %(n)s other sites of the data are.",
    ),
    "check_periods_pass": N_("Every site has every period."),
    "check_periods_missing": NN_(
        "One site misses periods (%(sites)s): “%(site)s” misses %(gone)s of %(periods)s. They are left missing, never taken for zero; its averages are over what is there.",
        "%(n)s sites miss periods (%(sites)s); most of all “%(site)s”, %(gone)s of %(periods)s. They are left missing, never taken for zero; a site’s averages are over what is there.",
    ),
    "check_periods_absent": NN_(
        "Of one period between the first and the last there is no row at all: %(periods)s.",
        "Of %(n)s periods between the first and the last there is no row at all: %(periods)s.",
    ),
    "check_left_out_pass": N_("Every control site has values before and after the start."),
    "check_left_out": NN_(
        "One control site has no value before or none after the start and is left out: %(sites)s.",
        "%(n)s control sites have no value before or none after the start and are left out: %(sites)s.",
    ),
    "check_several_rows_pass": N_("No site has several rows of one period."),
    "check_several_of_seller_pass": N_("No seller of a site has several rows of one period."),
    "check_several_of_seller": NN_(
        "%(n)s row repeats the site, the period and the seller of another (“%(site)s” in “%(time)s”): their values are summed.",
        "%(n)s rows repeat the site, the period and the seller of another (the first: “%(site)s” in “%(time)s”): their values are summed.",
    ),
    "check_several_rows": NN_(
        "One row repeats the site and the period of another (“%(site)s” in “%(time)s”): their values are summed.",
        "%(n)s rows repeat the site and the period of another (the first: “%(site)s” in “%(time)s”): their values are summed.",
    ),
    "check_wide": NN_(
        "%(n)s column was taken for a site: %(sites)s.",
        "%(n)s columns were taken for sites: %(sites)s. One that is none, such as a total, is left out by naming the controls in the plan.",
    ),
    "check_wide_total": N_(
        "The column “%(site)s” was taken for a site, and is the sum or the average of the others: take it out of the file, or name the controls in the plan."
    ),
    "check_wide_named": NN_(
        "%(n)s column was taken for a site, as the plan names it: %(sites)s; left out: %(left)s.",
        "%(n)s columns were taken for sites, as the plan names them: %(sites)s; left out: %(left)s.",
    ),
    "check_panel_blank": NN_(
        "One row names no site or no period; it is left out.",
        "%(n)s rows name no site or no period; they are left out.",
    ),
    "check_pre_fit_pass": N_(
        "Before the start the mix of controls misses the pilot by %(error)s on average, and explains %(share)s of its movement."
    ),
    "check_pre_fit_warn": N_(
        "Before the start the mix of controls misses the pilot by %(error)s on average and explains only %(share)s of its movement: it is a poor stand-in."
    ),
    "check_pre_fit_exact": N_(
        "Before the start the mix of controls repeats the pilot to the last digit: with more sites than periods it can fit anything, so this says nothing of how well it stands in. A longer time before the start helps."
    ),
    "check_mix_left_out": N_(
        "A mix needs every value, so these had to be left out: sites %(sites)s; periods %(times)s."
    ),
    "check_attainable_pass": N_(
        "With %(treated)s pilot and %(controls)s control sites the placebo test can give p %(p)s at best."
    ),
    "check_attainable_warn": N_(
        "With %(treated)s pilot and %(controls)s control sites the placebo test gives p %(p)s at the very best, and %(alpha)s is asked: this pilot cannot be confirmed by it, whatever the effect."
    ),
    # `hadi power pilot`
    "pilot_option_needed": N_(
        "%(option)s is needed where a row is a site in a period; a file with a column for each site is read with --wide."
    ),
    "power_pilot_never": N_(
        "With %(treated)s pilot and %(controls)s control sites the placebo test gives p %(p)s at the very best, and %(alpha)s is asked: this pilot cannot be confirmed, whatever the effect."
    ),
    "power_pilot_sees": N_(
        "With %(treated)s pilot and %(controls)s control sites and %(after)s periods after the start, an effect of %(effect)s or more is seen with a chance of %(power)s."
    ),
    "power_pilot_by_t": N_(
        "Student’s t over the sites’ changes would see %(effect)s or more; it supposes that the changes are roughly normal (--decide store_t)."
    ),
    "power_pilot_marked": N_(
        "t: no effect whatever could be confirmed by the placebo test; Student’s t would see this one."
    ),
    "power_pilot_odds": N_(
        "Were the true effect %(effect)s, the verdict would be “confirmed” with a chance of %(confirmed)s."
    ),
    "power_pilot_relative": N_(
        "“%(option)s” takes a number in the value’s own units on the linear scale; per cent go with the log scale."
    ),
    # The same, by name, in the report on the data
    "finding_controls": N_("Control sites"),
    "finding_missing_periods": N_("Sites that miss periods"),
    "finding_absent_periods": N_("Periods without any row"),
    "finding_left_out": N_("Sites left out"),
    "finding_several_rows": N_("Rows of the same site and period"),
    "finding_wide": N_("Columns taken for sites"),
    "finding_blank_rows": N_("Rows without a site or a period"),
    # How it is judged
    "pilot_method_did": N_("Difference of changes (difference-in-differences)"),
    "pilot_method_synthetic": N_("Weighted mix of controls (synthetic control)"),
    "pilot_method_synthetic_demeaned": N_("Weighted mix of controls, each against its own level"),
    "pilot_method_synthetic_did": N_(
        "Weighted controls and periods (synthetic difference-in-differences)"
    ),
    "pilot_method_augmented": N_("Weighted mix of controls, corrected by ridge regression"),
    "pilot_scale_log": N_("In per cent (logarithms)"),
    "pilot_scale_linear": N_("In the value’s own units"),
    "pilot_decide_placebo": N_("Placebo test: every other choice of pilots"),
    "pilot_decide_store_t": N_("t test on the sites’ changes"),
}
