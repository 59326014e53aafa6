"""Roll-outs and their waves: what the board adds up to, and what a re-measurement lacks."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "board_winners": NN_("%(n)s winner is on the board.", "%(n)s winners are on the board."),
    "board_waiting": NN_("%(n)s waits to be measured again.", "%(n)s wait to be measured again."),
    "board_overdue": NN_(
        "The measurement of %(n)s is overdue.", "The measurements of %(n)s are overdue."
    ),
    "board_unassessed": NN_(
        "The payback of %(n)s is not assessed.", "The payback of %(n)s is not assessed."
    ),
    "board_gain": NN_(
        "%(n)s of them is worth a margin of %(gain)s a week.",
        "%(n)s of them are worth a margin of %(gain)s a week together.",
    ),
    "overdue_by": NN_("overdue by %(n)s day", "overdue by %(n)s days"),
    "wave_falls_short": N_("The promise of %(promise)s lies beyond this whole range."),
    "measurement_invalid": N_("The measurement needs another look."),
    "measurement_not_finite": N_("Write a number."),
    "measurement_needs_effect": N_("Give the effect itself beside the ends of its interval."),
    "measurement_few_stores": N_(
        "Give the effects of 2 to %(limit)s stores, each on a line of its own."
    ),
    "measurement_twice": N_(
        "Give the effect of the wave or those of its stores: one follows from the other."
    ),
    "measurement_low_above": N_("The lower end lies above the effect."),
    "measurement_high_below": N_("The upper end lies below the effect."),
    "rollout_reason_invalid": N_("The reason needs another look."),
    "label_starts_on": N_("Starts on"),
    "step_start_wave": N_("start a wave"),
    "step_plan_wave": N_("change a wave"),
    "step_measure_wave": N_("record a measurement"),
}
