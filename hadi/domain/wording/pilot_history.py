"""The past periods that a pilot is planned by: what is wrong with them, and what was done."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "history_needs_file": N_("Choose a file, paste rows, or take an earlier data set."),
    "history_of_draft": N_(
        "Past weeks belong to planning: this test has started, and its sites are locked."
    ),
    "history_too_narrow": N_(
        "“%(file)s” has fewer than three columns: one names the site, one the period, one holds the value; or one names the period and each site has its own."
    ),
    "history_column_unknown": N_("There is no column “%(column)s”."),
    "history_column_needed": N_("Choose a column."),
    "history_column_twice": N_("The column “%(column)s” cannot be two things."),
    "history_few_sites": N_(
        "Column “%(column)s” names one site only: a pilot needs others to be compared with."
    ),
    "history_many_sites": N_("Column “%(column)s” names more than %(limit)s sites: is it the site?"),
    "history_few_periods": N_(
        "Column “%(column)s” has %(n)s periods: past weeks need three at least."
    ),
    "history_no_dataset": N_("Choose a data set whose rows are kept."),
    "history_absent": N_("Attach past weeks first."),
    "history_not_mapped": N_("Say which columns are the site, the period and the value first, or that each site has a column of its own."),
    "history_site_unknown": N_("“%(site)s” is not among the sites of the past weeks."),
    "history_draw_none": N_("Tick the sites to draw from: more than are drawn."),
    "history_draw_count": N_("Draw one site or more."),
    "history_seed": N_(
        "A seed is a whole number of ten digits at most; leave it empty for a new one."
    ),
    "event_pilot_history_kept": N_("attached past weeks to plan the pilot: “%(filename)s”"),
    "event_pilot_history_mapped": N_(
        "said which columns of the past weeks are the site, the period and the value"
    ),
    "event_pilot_history_removed": N_("took the past weeks away again: “%(filename)s”"),
    "event_pilots_drawn": N_("drew the pilots by chance: %(sites)s (seed %(seed)s)"),
    "activity_pilot_history_kept": N_("Past weeks attached"),
    "activity_pilot_history_mapped": N_("Columns of past weeks chosen"),
    "activity_pilot_history_removed": N_("Past weeks taken away"),
    "activity_pilots_drawn": N_("Pilots drawn"),
}
