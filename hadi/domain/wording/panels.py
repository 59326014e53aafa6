"""What is wrong with a table of sites and periods."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "panel_no_columns": N_("Name the column of the site and the column of the period."),
    "panel_empty": N_(
        "No row names both a site (column “%(site)s”) and a period (column “%(time)s”)."
    ),
    "panel_many_periods": N_(
        "The column “%(column)s” has more than %(limit)s different periods: is it the period?"
    ),
    "panel_many_cells": N_(
        "Sites and periods make more than %(limit)s pairs: are these the columns of the site and of the period?"
    ),
    "panel_start_unknown": N_(
        "The start “%(start)s” is no period of the column “%(column)s”, which goes from “%(first)s” to “%(last)s”: write it as the data do."
    ),
    "panel_start_unreadable": N_(
        "The start “%(start)s” is not written like the periods of the column “%(column)s”, which go from “%(first)s” to “%(last)s”."
    ),
    "panel_start_too_early": N_(
        "The start “%(start)s” is not after the first period of the column “%(column)s”, which goes from “%(first)s” to “%(last)s”: there is no “before” to compare with."
    ),
    "panel_start_too_late": N_(
        "The start “%(start)s” is after the last period of the column “%(column)s”, which goes from “%(first)s” to “%(last)s”: there is no “after” yet."
    ),
    "panel_site_unknown": N_(
        "The site “%(site)s” is not in the column “%(column)s”; the nearest there: %(near)s."
    ),
    "panel_site_nowhere": N_(
        "The site “%(site)s” is not in the column “%(column)s”, which has %(sites)s."
    ),
    "panel_wide_not_numbers": N_(
        "The column “%(column)s” of a site has cells that are no numbers: take it out, or correct it in the file."
    ),
    "panel_wide_one_value": N_(
        "A file with a column for each site holds one value alone: a ratio, a share or several metrics need a row for each site and period."
    ),
    "panel_wide_no_sites": N_(
        "None of the plan’s sites has a column of its own; the columns are %(columns)s."
    ),
    "panel_wide_odd_column": N_(
        "The column “%(column)s” holds something else than numbers, and where the plan names no controls every column but the period’s is taken for a site: correct it in the file, or take it out."
    ),
    "panel_column_unknown": N_(
        "The site “%(site)s” has no column of its own; the nearest there: %(near)s."
    ),
    "panel_column_nowhere": N_(
        "The site “%(site)s” has no column of its own; the columns are %(sites)s."
    ),
    "panel_wide_recognised": N_(
        "There is no column “%(site)s”, and every column but “%(time)s” holds numbers: each was taken for a site."
    ),
    "panel_wide_seller": N_(
        "A file with a column for each site names no seller: leave out %(option)s."
    ),
    "panel_negative": N_(
        "The column “%(column)s”, which divides, is below zero at the site “%(site)s” in “%(time)s”: a ratio needs a denominator of zero or more."
    ),
    "panel_day_impossible": N_(
        "“%(value)s” in the column of the period is no day of the calendar: correct it in the file."
    ),
    "panel_no_control": N_("No control site is left: every site of the data is a pilot."),
    "panel_no_sums": N_("These data are sites over time: they answer the plan of a pilot alone."),
    "engine_periods_unordered": N_("The periods of the column “%(column)s” have no order of their own, and rows of a database have none either: use dates, weeks, months or numbers."),
    "panel_one_period": N_(
        "The data have a single period: a pilot needs periods before its start and after it."
    ),
}
