"""What is said beside a comparison: other ways to read it, and what was done to the values."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "beside_chance": N_("%(chance)s that “%(arm)s” is better than the control; choosing it costs %(loss)s on average where that is wrong, staying costs %(stay)s."),
    "beside_sceptical": NN_(
        "Held against the one past test of this workspace: %(chance)s, and an effect of %(effect)s (%(low)s to %(high)s).",
        "Held against the %(n)s past tests of this workspace: %(chance)s, and an effect of %(effect)s (%(low)s to %(high)s).",
    ),
    "beside_sceptical_none": N_("Held against the usual caution, for want of past tests: %(chance)s, and an effect of %(effect)s (%(low)s to %(high)s)."),
    "beside_flat": N_("Flat, and well measured: an effect of %(margin)s either way is ruled out."),
    "beside_not_flat": N_("Not shown to be flat: an effect of %(margin)s either way is possible."),
    "beside_flat_p": N_("%(sentence)s (p of both one-sided tests: %(p)s)"),
    "beside_kept": N_("Surely not worse by %(margin)s."),
    "beside_not_kept": N_("It may be worse by %(margin)s: that is not ruled out."),
    "beside_kept_p": N_("%(sentence)s (p %(p)s)"),
    "beside_superiority": N_("In %(share)s of all pairs the unit of “%(arm)s” has the higher value (50%% would be no difference)."),
    "beside_adjusted": N_("What was known before took %(share)s of the noise away; without it the difference would read %(plain)s."),
    "beside_cap": N_("Values above %(cap)s were cut down to it, in all groups alike."),
    "beside_clusters": NN_(
        "Judged by %(n)s cluster, not by its units: by units alone p would be %(naive)s.",
        "Judged by %(n)s clusters, not by their units: by units alone p would be %(naive)s.",
    ),
    "beside_clusters_only": NN_("Judged by %(n)s cluster.", "Judged by %(n)s clusters."),
    "beside_permutation": N_("Drawing the clusters anew gives p %(p)s; the smallest it could be is %(smallest)s."),
    "beside_bootstrap": N_("The wild cluster bootstrap gives p %(p)s."),
    "beside_icc": N_("Of all variation %(icc)s lies between clusters (intracluster correlation)."),
    "beside_fixed_p": N_("Were this the only look, p would be %(p)s."),
    "beside_adjusted_p": N_("Allowing for all arms: p %(p)s."),
    "omnibus_differ": N_("The arms are not all alike (p %(p)s)."),
    "omnibus_alike": N_("The arms may all be alike (p %(p)s)."),
    "look_fixed": N_("One, at the planned end"),
    "look_anytime": N_("At any time; the interval and p hold at every look"),
    "look_planned": N_("Look %(number)s of %(count)s planned, at %(fraction)s of the planned units"),
    "look_planned_early": N_("A look between the planned ones, at %(fraction)s of the planned units"),
    "segments_differ": N_("The effect differs between them (p %(p)s)."),
    "segments_alike": N_("Differences between them may be chance (p %(p)s)."),
    "segments_untested": N_("Too little to compare them by."),
    "spending_obrien_fleming": N_("O’Brien–Fleming: strict at first"),
    "spending_pocock": N_("Pocock: even"),
}
