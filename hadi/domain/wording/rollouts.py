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
    "wave_falls_short_whole": N_(
        "Over all of its time the test measured %(whole)s, which lies beyond this whole range."
    ),
    "wave_not_known": N_("The range excludes neither the promise nor that there is no effect."),
    "wave_follows_did_not_hold": N_(
        "The promise of %(promise)s lies beyond this whole range: it did not hold."
    ),
    "wave_follows_did_not_hold_whole": N_(
        "Over all of its time the test measured %(promise)s, which lies beyond this whole range: it did not hold."
    ),
    "wave_follows_held": N_(
        "The range reaches the promise of %(promise)s and excludes that there is no effect: it held."
    ),
    "wave_follows_held_whole": N_(
        "The range reaches the %(promise)s that the test measured over all of its time, and excludes that there is no effect: it held."
    ),
    "wave_follows_not_known": N_(
        "The range excludes neither the promise of %(promise)s nor that there is no effect: whether it held is not known yet. Who says that it held says why."
    ),
    "wave_follows_not_known_whole": N_(
        "The range excludes neither the %(promise)s that the test measured over all of its time nor that there is no effect: whether it held is not known yet. Who says that it held says why."
    ),
    "wave_cannot_have_held": N_(
        "What was promised lies beyond the whole range measured: it did not hold."
    ),
    "wave_held_needs_reason": N_(
        "The numbers do not show whether it held: say why it did, or measure for longer."
    ),
    "measurement_say_held": N_("Say whether the effect held."),
    "wave_after_not_held": N_(
        "The last wave did not hold. Choose first: repair it and measure again, narrow where it holds, or stop."
    ),
    "repair_needs_reason": N_(
        "Say what is different from now on: what is repaired, or why it holds in fewer places."
    ),
    "no_wave_that_failed": N_("No wave of this roll-out waits for a choice."),
    "narrow_without_wave": N_(
        "Where it holds is narrowed after a wave that did not hold, on the way to the next one."
    ),
    "event_rollout_narrowed": N_("narrowed where it holds, after wave %(wave)s"),
    "activity_rollout_narrowed": N_("Narrowed to where it holds"),
    "measurement_invalid": N_("The measurement needs another look."),
    "measurement_not_finite": N_("Write a number."),
    "measurement_impossible": N_("No effect is of that size. Over the API 5%% is written 0.05."),
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
