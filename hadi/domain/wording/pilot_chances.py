"""Can this pilot succeed? What past weeks say of it, in words."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    # What is missing
    "pilot_ask_history": N_(
        "Attach past weeks of all sites: how much a site changes without any change says what this test can see."
    ),
    "pilot_ask_pilots": N_("Name the sites that get the change, or let chance draw them."),
    "pilot_ask_known": N_(
        "“%(site)s” is not among the sites of the past weeks, so nothing can be said of it."
    ),
    "pilot_ask_divisor": N_(
        "“%(name)s” is a ratio: say which column of the past weeks divides, else they speak of the sum above the line alone."
    ),
    # The answer
    "pilot_chance_never": N_(
        "With %(treated)s and %(controls)s the smallest p that chance leaves is %(p)s, above %(alpha)s: whatever happens, this test cannot be confirmed."
    ),
    "pilot_chance_sees": N_(
        "With %(treated)s, %(controls)s and %(after)s after the start this test sees an effect of %(effect)s or more (with a chance of %(power)s)."
    ),
    "pilot_chance_by_t": N_(
        "By the t test on the sites’ changes it would see %(effect)s or more; that test supposes that the changes are roughly normal."
    ),
    "pilot_chance_enough": N_("The %(expected)s that you expect can be seen."),
    "pilot_chance_too_small": N_(
        "The %(expected)s that you expect is less than that: the likely answer is “not enough data”."
    ),
    "pilot_chance_threshold": N_(
        "Even an effect just at the threshold of %(threshold)s would stay unseen more often than not."
    ),
    "pilot_chance_mix": N_(
        "Reckoned for plain changes: a weighted mix of controls that follows the pilots closely may see a little less, never much more."
    ),
    "pilot_chance_drift": N_(
        "More periods after the start hardly help here: in the past these sites also wandered apart slowly, which no number of periods averages out, and the longer it takes, the further they wander."
    ),
    "pilot_chance_basis": N_(
        "From %(periods)s of %(sites)s: a site’s change strays by %(sd)s without any change."
    ),
    "pilot_count_pilots": NN_("%(n)s pilot", "%(n)s pilots"),
    "pilot_count_controls": NN_("%(n)s control", "%(n)s controls"),
    "pilot_count_periods": NN_("%(n)s period", "%(n)s periods"),
    "pilot_count_sites": NN_("%(n)s site", "%(n)s sites"),
    # What would help
    "pilot_help_more_pilots": N_("%(site)s as one more pilot: sees %(effect)s, smallest p %(p)s"),
    "pilot_help_more_controls": NN_(
        "%(n)s more control: sees %(effect)s, smallest p %(p)s",
        "%(n)s more controls: sees %(effect)s, smallest p %(p)s",
    ),
    "pilot_help_longer_after": N_("Watch for %(n)s periods instead of %(before)s: sees %(effect)s"),
    "pilot_help_longer_before": N_(
        "Take %(n)s periods before the start instead of %(before)s: sees %(effect)s"
    ),
    "pilot_help_alpha": N_(
        "Accept a false alarm in ten and say so now (alpha %(alpha)s): sees %(effect)s"
    ),
    "pilot_help_store_t": N_(
        "Let the t test on the sites’ changes decide: sees %(effect)s; it supposes that they are roughly normal"
    ),
    "pilot_help_none": N_(
        "No single change would help: this test needs more sites, or another way to measure."
    ),
    # Why a site
    "pilot_why_control": N_(
        "moves with the pilots: its gap to them changes by about %(strays)s from period to period"
    ),
    "pilot_why_pilot": N_("its own ups and downs are %(relative)s of those of the usual site"),
    "pilot_why_highest": N_(
        "was the highest lately, beside its usual: chance alone would bring it down"
    ),
    "pilot_why_lowest": N_(
        "was the lowest lately, beside its usual: chance alone would bring it up"
    ),
}
