"""The scale-up board: its columns, and the gates before them."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "rollout_queued": N_("Queued"),
    "rollout_rolling_out": N_("Rolling out"),
    "rollout_verified": N_("Verified"),
    "rollout_did_not_hold": N_("Did not hold"),
    "rollout_stopped": N_("Stopped"),
    "payback_paid_back": N_("Paid back"),
    "payback_will_pay_back": N_("Will pay back"),
    "payback_may_pay_back": N_("Will pay back, but not proven"),
    "payback_does_not_pay_back": N_("Does not pay back"),
    "payback_too_early": N_("Too early to judge"),
    "payback_not_assessed": N_("Payback not assessed"),
    "scale_not_confirmed": N_(
        "The verdict is “%(verdict)s”, not confirmed: a leader can override this in writing."
    ),
    "scale_proxy": N_(
        "The primary metric is indirect: a proxy alone does not promote; a leader can override this in writing."
    ),
    "scale_guardrail_breached": N_(
        "The guardrail “%(name)s” is breached; a leader can override this in writing."
    ),
    "scale_guardrail_unproven": N_(
        "The guardrail “%(name)s” is not proven to hold; a leader can override this in writing."
    ),
    "scale_post_factum": N_(
        "The plan was written after the data: this is exploration only. Test it again with new data."
    ),
    "scale_weak_evidence": N_(
        "The evidence is indicative only; a leader can override this in writing."
    ),
    "scale_fading": N_(
        "The effect fades, and what is left of it is %(left)s: watch it longer; a leader can override this in writing."
    ),
    "scale_does_not_pay_back": N_(
        "It does not pay back within the limit; a leader can override this in writing."
    ),
    "scale_may_pay_back": N_(
        "That it pays back is likely, not proven; a leader can override this in writing."
    ),
    "scale_too_early": N_(
        "It is too early to say whether it pays back; a leader can override this in writing."
    ),
    "scale_payback_unacknowledged": N_(
        "Nobody has assessed the payback: a leader acknowledges that before scaling."
    ),
    "rollout_no_such_move": N_("From “%(source)s” a roll-out does not go to “%(to)s”."),
    "rollout_needs_held": N_(
        "Record the re-measurement of the latest wave first; it has to show that the effect held."
    ),
    "rollout_needs_not_held": N_(
        "Record the re-measurement of the latest wave first; it has to show that the effect did not hold."
    ),
    "rollout_wave_measured": N_(
        "This wave is measured already: it is part of the record. Stop the roll-out, or start the next wave."
    ),
}
