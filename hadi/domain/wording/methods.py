"""The statistical methods and what a p value says, for the page of an analysis."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "chance_disputed": N_("The test calls this an effect (p %(p)s), but the range still reaches no effect at all."),
    "chance_hardly": N_("Chance alone would hardly do this (p %(p)s)."),
    "chance_could": N_("Chance alone could do this (p %(p)s)."),
    "chance_could_here": N_("Chance alone could do this: p is %(p)s, and %(level)s or less is asked here."),
    "method_at_every_look": N_("%(method)s; interval and p as a confidence sequence"),
    "method_newcombe_pooled_z": N_("Difference of shares: Newcombe’s interval, pooled z test"),
    "method_newcombe_fisher": N_("Difference of shares: Newcombe’s interval, Fisher’s exact test (few units)"),
    "method_welch_t": N_("Difference of averages: Welch’s t test; relative change by Fieller’s interval"),
    "method_delta_welch_t": N_("Difference of ratios: delta method with Welch’s t; relative change by Fieller’s interval"),
    "method_rate_exact": N_("Difference of rates: exact test of the events, interval from each rate’s exact limits"),
    "method_rate_log_wald": N_("Difference of rates: normal test of the logarithm of their ratio (many events)"),
    "method_cuped_welch_t": N_("Difference of averages adjusted by an earlier value (CUPED), Welch’s t test"),
    "method_cuped_delta_t": N_("Difference of ratios adjusted by an earlier value (CUPED), delta method with Welch’s t"),
    "method_lin_t": N_("Difference of averages adjusted by regression within each group (Lin), Welch’s t test"),
    "method_cluster_cr2_t": N_("Difference between groups of clusters: CR2 error with Satterthwaite’s degrees of freedom, t test"),
    "method_cluster_permutation": N_("Difference between groups of few clusters: permutation test; interval by the CR2 error"),
    "method_cluster_means_t": N_("Difference of the clusters’ average values: t test"),
    "method_omnibus_chi_square": N_("All groups together: chi-square test of shares"),
    "method_omnibus_welch_f": N_("All groups together: Welch’s test of averages"),
    "method_omnibus_wald": N_("All groups together: weighted test of the groups’ values"),
    "method_segments_cochran_q": N_("Segments against each other: Cochran’s test of their effects"),
    "method_segments_welch_f": N_("Segments against each other: Welch’s test of their effects"),
    "method_omnibus_kruskal_wallis": N_("All groups together: Kruskal–Wallis rank test"),
    "method_hodges_lehmann_brunner_munzel": N_("Typical shift between units: Hodges–Lehmann’s estimate and interval, Brunner and Munzel’s rank test"),
    "method_hodges_lehmann_permutation": N_("Typical shift between units: Hodges–Lehmann’s estimate and interval, the exact permutation limit for so few units"),
    "method_quantile_order_statistics": N_("Difference of quantiles: order statistics around each, Student’s t test; relative change by Fieller’s interval"),
    "method_pilot_did": N_("Pilots against controls: difference of the sites’ changes, Student’s t over sites and placebo test"),
}
