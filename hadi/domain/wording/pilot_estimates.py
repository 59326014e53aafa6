"""Why a pilot's numbers cannot be had: codes of `hadi.stats.errors.NotEstimable`."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "pilot_no_treated": N_("No pilot site is in the data: check the names of the pilot sites."),
    "pilot_no_controls": N_(
        "No control site has values both before and after the start: without a comparison, growth everywhere looks like an effect."
    ),
    "pilot_no_before": N_("The data have no period before the start: without a “before” there is no change to measure."),
    "pilot_no_after": N_("The data have no period after the start yet: attach them when the first one is over."),
    "pilot_site_no_before": N_("The pilot site “%(site)s” has no value before the start: without a “before” there is no change to measure."),
    "pilot_site_no_after": N_("The pilot site “%(site)s” has no value after the start: attach its periods after the start, or plan the test without it."),
    "pilot_not_positive": N_("“%(site)s” has a value of zero or below in “%(time)s”: percentages need values above zero. Choose the linear scale (--scale linear), or correct the value; a period without data is left empty."),
    "pilot_two_sites": N_("One pilot and one control site cannot tell chance from effect: a second control site is needed at least."),
    "pilot_no_variation": N_("All sites of a group changed by exactly the same amount: without any variation there is nothing to measure chance by."),
    # Synthetic controls
    "synthetic_few_before": NN_(
        "Only %(n)s period before the start has a value at all sites; a mix of sites needs at least %(needed)s to be fitted to. Fill in what is missing, or choose difference-in-differences, which takes what is there.",
        "Only %(n)s periods before the start have a value at all sites; a mix of sites needs at least %(needed)s to be fitted to. Fill in what is missing, or choose difference-in-differences, which takes what is there.",
    ),
    "synthetic_no_after": N_("No period after the start has a value at all sites: fill in what is missing, or choose difference-in-differences, which takes what is there."),
    "synthetic_few_controls": N_("Fewer than two control sites have a value in every period: nothing can be mixed from them. Fill in what is missing, or choose difference-in-differences, which takes what is there."),
    "synthetic_interval_unreachable": N_("No interval: with so few sites even the smallest p that placebos can give is above alpha, so that they exclude no effect at all."),
    "synthetic_interval_unbounded": N_("No interval: too many other sites move so much after the start, beside how well they fit before, that placebos do not exclude even huge effects."),
    "synthetic_interval_empty": N_("No interval: no effect that is the same in every period fits what happened after the start."),
    # Before a pilot runs
    "noise_few_sites": NN_(
        "Only %(n)s site has values before the start: how much sites drift apart by themselves takes at least %(needed)s.",
        "Only %(n)s sites have values before the start: how much sites drift apart by themselves takes at least %(needed)s.",
    ),
    "noise_few_periods": NN_(
        "Only %(n)s period lies before the start: how much sites drift apart by themselves takes at least %(needed)s.",
        "Only %(n)s periods lie before the start: how much sites drift apart by themselves takes at least %(needed)s.",
    ),
    "power_pilot_needs_sites": N_("A pilot needs at least one pilot site, one control site, and one period before and after the start."),
    "draw_too_many": NN_(
        "%(n)s pilot cannot be drawn from a list of %(sites)s: at least one site has to be left as a control.",
        "%(n)s pilots cannot be drawn from a list of %(sites)s: at least one site has to be drawn, and one left as a control.",
    ),
    "rebound_noise_too_large": N_("The sites vary too much (a standard deviation of 20%% or more) for the expected rebound to have a meaning as a percentage."),
    # What else could look like the effect
    "fading_few_periods": NN_(
        "Only %(n)s period after the start has a value: whether an effect fades takes at least %(needed)s.",
        "Only %(n)s periods after the start have a value: whether an effect fades takes at least %(needed)s.",
    ),
    "concentration_few": NN_(
        "Only %(n)s person is named: whether one carries the effect takes at least %(needed)s.",
        "Only %(n)s people are named: whether one carries the effect takes at least %(needed)s.",
    ),
    "concentration_no_gain": N_("All gains and losses together are zero: nobody can carry what is not there."),
}
