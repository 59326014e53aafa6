"""Stores of a wave beside those of the test, and what has changed in stores since."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    # Which stores a wave names
    "wave_stores_alike": NN_(
        "%(n)s store, like those of the test in all that is known.",
        "%(n)s stores, like those of the test in all that is known.",
    ),
    "wave_stores_differ": NN_(
        "%(n)s of the %(all)s stores named differs from those of the test: what held there may not hold here.",
        "%(n)s of the %(all)s stores named differ from those of the test: what held there may not hold here.",
    ),
    "wave_stores_on_card": NN_(
        "Wave %(wave)s: %(n)s of %(all)s stores differs from those of the test.",
        "Wave %(wave)s: %(n)s of %(all)s stores differ from those of the test.",
    ),
    "wave_stores_tested": NN_(
        "%(n)s store of the wave was in the test itself.",
        "%(n)s stores of the wave were in the test themselves.",
    ),
    "wave_stores_none": N_("No store that is known here is named: write codes or names with commas between them, a territory or a region, and HADI compares them with those of the test."),
    "wave_stores_unread": N_("Not known here: %(labels)s. Write stores by code or name, with commas between them, and they are compared too."),
    "wave_test_unknown": N_("Nothing says in which stores the test ran, so those of a wave cannot be compared with them."),
    "wave_difference": N_("%(trait)s: %(here)s (in the test: %(tested)s)"),
    "wave_difference_unknown": N_("%(trait)s: not known (in the test: %(tested)s)"),
    "wave_difference_head": N_("another head: %(here)s"),
    "wave_difference_no_head": N_("its head is not entered"),
    # Under whom it was tried
    "wave_heads_tested": NN_(
        "The test ran under %(n)s head (%(heads)s).",
        "The test ran under %(n)s heads (%(heads)s), so it does not hang on one person.",
    ),
    "wave_head_needed": N_("The test ran under one head only, %(head)s. Take a store under another head into the first wave: until it holds there, nobody knows whether it works without that person."),
    "wave_head_same": N_("The test ran under one head only, %(head)s, and this wave does too. Until it holds under another head, nobody knows whether it works without that person."),
    "wave_head_unknown": N_("The test ran under one head only, %(head)s. Who heads the stores of this wave is not entered: nobody can tell whether it works without that person."),
    "wave_head_other": N_("The test ran under one head only, %(head)s. This wave shows whether it works under others too: %(others)s."),
    "wave_head_held": N_("The test ran under one head only, %(head)s; a wave under others held: %(others)s."),
    # What has changed since
    "check_again_sales_model": N_("Check again: the sales model of %(unit)s changed from “%(before)s” to “%(after)s” on %(day)s."),
    "check_again_technology": N_("Check again: the technology of %(unit)s changed from “%(before)s” to “%(after)s” on %(day)s."),
    "check_again_head": N_("Check again: the head of %(unit)s changed from “%(before)s” to “%(after)s” on %(day)s."),
    "check_again_empty": N_("none"),
    "check_again_more": NN_("%(n)s more change of this kind.", "%(n)s more changes of this kind."),
}
