"""The statistical methods and what a p value says, for the page of an analysis."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "chance_hardly": N_("Chance alone would hardly do this (p %(p)s)."),
    "chance_could": N_("Chance alone could do this (p %(p)s)."),
    "method_newcombe_pooled_z": N_("Difference of shares: Newcombe’s interval, pooled z test"),
    "method_newcombe_fisher": N_("Difference of shares: Newcombe’s interval, Fisher’s exact test (few units)"),
    "method_welch_t": N_("Difference of averages: Welch’s t test; relative change by Fieller’s interval"),
    "method_delta_welch_t": N_("Difference of ratios: delta method with Welch’s t; relative change by Fieller’s interval"),
}
