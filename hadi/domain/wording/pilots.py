"""Pilots: one or a few sites that got the change, held against those that did not."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    # How it is judged
    "pilot_method_did": N_("Difference of changes (difference-in-differences)"),
    "pilot_method_synthetic": N_("Weighted mix of controls (synthetic control)"),
    "pilot_method_synthetic_demeaned": N_("Weighted mix of controls, each against its own level"),
    "pilot_method_synthetic_did": N_("Weighted controls and periods (synthetic difference-in-differences)"),
    "pilot_method_augmented": N_("Weighted mix of controls, corrected by ridge regression"),
    "pilot_scale_log": N_("In per cent (logarithms)"),
    "pilot_scale_linear": N_("In the value’s own units"),
    "pilot_decide_placebo": N_("Placebo test: every other choice of pilots"),
    "pilot_decide_store_t": N_("t test on the sites’ changes"),
}
