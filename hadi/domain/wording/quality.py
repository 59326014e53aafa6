"""What the quality report of a data set says: what was found, where, and the way out."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "level_green": N_("Nothing odd"),
    "level_amber": N_("Look at it"),
    "level_red": N_("Not fit for a verdict"),
    "no_units": N_("There are no units."),
    # An analysis takes it up
    "quality_nothing_odd": N_("Nothing in the data stands out."),
    "quality_to_look_at": NN_(
        "One thing in the data is worth a look: %(first)s",
        "%(n)s things in the data are worth a look, first: %(first)s",
    ),
    "quality_duplicates_real": N_(
        "Rows that repeat were said to be real: different units with equal values."
    ),
    # Columns
    "quality_constant_plan": NN_(
        "The plan’s column “%(column)s” holds nothing but “%(value)s”: see whether the right column was chosen.",
        "%(n)s columns of the plan never change, first “%(column)s” with “%(value)s”: see whether the right ones were chosen.",
    ),
    "quality_constant_other": NN_(
        "%(n)s column never changes (%(columns)s); the plan does not use it.",
        "%(n)s columns never change (%(columns)s); the plan does not use them.",
    ),
    "quality_constant_none": N_("Every column has more than one value."),
    "quality_impossible_none": N_("No value is outside of what it can be."),
    "quality_negative": NN_(
        "“%(column)s” is below zero in %(n)s row (%(share)s; lowest %(low)s). If that is a return, say so in the next plan; if it is a slip, attach a corrected file.",
        "“%(column)s” is below zero in %(n)s rows (%(share)s; lowest %(low)s). If these are returns, say so in the next plan; if they are slips, attach a corrected file.",
    ),
    "quality_over_one": NN_(
        "“%(column)s” mixes shares and per cent: %(n)s value is above 1 (up to %(high)s). Write all of them one way and attach a corrected file.",
        "“%(column)s” mixes shares and per cent: %(n)s values are above 1 (up to %(high)s). Write all of them one way and attach a corrected file.",
    ),
    "quality_part_above_whole": NN_(
        "In “%(metric)s” the part is greater than the whole in %(n)s row (%(share)s): see whether two columns were exchanged there.",
        "In “%(metric)s” the part is greater than the whole in %(n)s rows (%(share)s): see whether two columns were exchanged there.",
    ),
    "quality_outliers_none": N_("No single row carries much of a column’s total."),
    "quality_outliers": N_(
        "One row holds %(share)s of the total of “%(column)s” (%(largest)s). If it is a slip, attach a corrected file; if it is real, cut extreme values in the next plan."
    ),
    "quality_heaping_none": N_("Values are not heaped on round numbers."),
    "quality_heaping": N_(
        "%(share)s of the whole values of “%(column)s” are multiples of %(base)s, where %(expected)s would come about by themselves: they look estimated rather than counted. Take the figure from the till or the CRM if you can."
    ),
    # Days
    "quality_days_fine": N_(
        "“%(column)s” runs from %(first)s to %(last)s, all within the plan’s period."
    ),
    "quality_days_run": N_("“%(column)s” runs from %(first)s to %(last)s."),
    "quality_future": NN_(
        "“%(column)s” names days that have not come yet in %(n)s row (%(share)s, up to %(last)s). See how its dates were read, day or month first, and attach a corrected file.",
        "“%(column)s” names days that have not come yet in %(n)s rows (%(share)s, up to %(last)s). See how its dates were read, day or month first, and attach a corrected file.",
    ),
    "quality_ancient": NN_(
        "“%(column)s” lies before 2000 in %(n)s row (from %(first)s): a placeholder for a missing date? Leave such rows blank.",
        "“%(column)s” lies before 2000 in %(n)s rows (from %(first)s): placeholders for missing dates? Leave such rows blank.",
    ),
    "quality_outside": NN_(
        "%(n)s row (%(share)s) has a day in “%(column)s” outside of the plan’s period (%(period)s). Attach the rows of the period alone.",
        "%(n)s rows (%(share)s) have a day in “%(column)s” outside of the plan’s period (%(period)s). Attach the rows of the period alone.",
    ),
    "quality_period": N_("%(first)s to %(last)s"),
    "quality_period_from": N_("from %(first)s"),
    "quality_period_until": N_("until %(last)s"),
    "quality_day_unknown": N_(
        "No column is known to name the day, so the period cannot be looked at. Say which one it is."
    ),
    "quality_late_rows": NN_(
        "%(n)s row of the newest part belongs to days that version %(version)s covered already (until %(last)s): it came late, or is there twice.",
        "%(n)s rows of the newest part belong to days that version %(version)s covered already (until %(last)s): they came late, or are there twice.",
    ),
    # Files, stores, weeks
    "quality_sampled": N_(
        "The data are large: round numbers, units of measure and stamps were looked at in one row of %(n)s, everything else in all."
    ),
    "finding_sampled": N_("How much was looked at"),
    "quality_panels_many": N_(
        "“%(column)s” has too many values to look at each one; files and weeks were looked at."
    ),
    "quality_units_fine": N_("Files, stores and weeks speak in the same units."),
    "quality_units_part_more": NN_(
        "In the file %(groups)s “%(column)s” is about %(times)s times as large as elsewhere: units against thousands? Read that file again with a factor, or attach a corrected one.",
        "In %(n)s files (%(groups)s) “%(column)s” is about %(times)s times as large as elsewhere: units against thousands? Read these files again with a factor, or attach corrected ones.",
    ),
    "quality_units_part_less": NN_(
        "In the file %(groups)s “%(column)s” is about %(times)s times smaller than elsewhere: thousands against units? Read that file again with a factor, or attach a corrected one.",
        "In %(n)s files (%(groups)s) “%(column)s” is about %(times)s times smaller than elsewhere: thousands against units? Read these files again with a factor, or attach corrected ones.",
    ),
    "quality_units_store_more": NN_(
        "For %(groups)s “%(column)s” is about %(times)s times as large as for the others: units against thousands? Attach a corrected file.",
        "For %(n)s groups (%(groups)s) “%(column)s” is about %(times)s times as large as for the others: units against thousands? Attach a corrected file.",
    ),
    "quality_units_store_less": NN_(
        "For %(groups)s “%(column)s” is about %(times)s times smaller than for the others: thousands against units? Attach a corrected file.",
        "For %(n)s groups (%(groups)s) “%(column)s” is about %(times)s times smaller than for the others: thousands against units? Attach a corrected file.",
    ),
    "quality_units_week_more": NN_(
        "In the week of %(groups)s “%(column)s” is about %(times)s times as large as in the others: units against thousands? Attach a corrected file.",
        "In %(n)s weeks (%(groups)s) “%(column)s” is about %(times)s times as large as in the others: units against thousands? Attach a corrected file.",
    ),
    "quality_units_week_less": NN_(
        "In the week of %(groups)s “%(column)s” is about %(times)s times smaller than in the others: thousands against units? Attach a corrected file.",
        "In %(n)s weeks (%(groups)s) “%(column)s” is about %(times)s times smaller than in the others: thousands against units? Attach a corrected file.",
    ),
    "quality_weeks_fine": N_("Every value of “%(column)s” has rows in every week."),
    "quality_weeks_missing": NN_(
        "%(n)s value of “%(column)s” has weeks without a row: “%(store)s” misses %(weeks)s of %(of)s, first that of %(first)s. Attach the missing weeks, or say why they are not there.",
        "%(n)s values of “%(column)s” have weeks without a row, most of all “%(store)s”, which misses %(weeks)s of %(of)s, first that of %(first)s. Attach the missing weeks, or say why they are not there.",
    ),
    # Stamps
    "quality_stamps_fine": N_("The stamps agree with the clock of the workspace."),
    "quality_stamps_never": NN_(
        "%(n)s stamp in “%(column)s” names a time that the clocks of %(zone)s leapt over (%(example)s): it was written in another time zone. Name the zone when the file is read.",
        "%(n)s stamps in “%(column)s” name times that the clocks of %(zone)s leapt over (such as %(example)s): they were written in another time zone. Name the zone when the file is read.",
    ),
    "quality_stamps_twice": NN_(
        "%(n)s stamp in “%(column)s” falls into the hour that came twice in %(zone)s: it may be an hour off; its day is right.",
        "%(n)s stamps in “%(column)s” fall into the hour that came twice in %(zone)s: they may be an hour off; their days are right.",
    ),
    "quality_zones_mixed": NN_(
        "%(n)s stamp in “%(column)s” names its time zone and %(naive)s do not: the same moment may stand for two days. Write all of them one way.",
        "%(n)s stamps in “%(column)s” name their time zone and %(naive)s do not: the same moment may stand for two days. Write all of them one way.",
    ),
    "quality_zones_by_file": N_(
        "“%(column)s” names its time zone in one file and not in another: the same moment may stand for two days. Write all files one way."
    ),
    "quality_days_moved": N_(
        "Nearly every stamp in “%(column)s” stands at %(time)s: these are days of %(zone)s written in another zone, and some fall on the day before. Export them as dates."
    ),
    # Missing values
    "quality_missing_gross": N_(
        "“%(metric)s” has no value for %(low)s of the units in the arm “%(first)s” but for %(high)s in “%(second)s”, surely more than %(limit)s apart: those who are left cannot be compared. Find out why values are missing, write zero where nothing happened, and attach a corrected file."
    ),
    # Settings
    "quality_settings_invalid": N_("These settings cannot be used."),
    "quality_setting_unknown": N_("There is no setting “%(field)s”."),
    "quality_setting_flag": N_("“%(field)s” is true or false."),
    "quality_setting_text": N_("“%(field)s” is text."),
    "quality_setting_codes": N_("What is accepted is a list of codes of the report."),
    "quality_setting_time": N_("“%(field)s” is a time of day such as 21:00."),
    "quality_setting_column": N_("The data have no column “%(column)s”; theirs are %(columns)s."),
    "quality_setting_not_days": N_("The column “%(column)s” holds no dates."),
    "quality_setting_not_stamps": N_("The column “%(column)s” holds no stamps of date and time."),
    "quality_needs_reason": N_("Say why the data are right as they are: it stays on record."),
    "quality_not_attached": N_("The data are not attached yet."),
    "quality_no_rows": N_(
        "The rows of these data are not kept any more, so they cannot be looked at again."
    ),
    "stage_assessing": N_("looking at the quality of the data"),
    "stage_reconciling": N_("laying the log beside the receipts"),
    # What was looked at
    "finding_sample_ratio": N_("Sizes of the arms"),
    "finding_unknown_arms": N_("Rows of no known arm"),
    "finding_mixed_units": N_("Units in several arms"),
    "finding_duplicates": N_("Rows that repeat"),
    "finding_missing": N_("Missing values by arm"),
    "finding_missing_gross": N_("Missing values by arm"),
    "finding_blank_units": N_("Rows without a unit"),
    "finding_small_arms": N_("Very small arms"),
    "finding_constant": N_("Columns that never change"),
    "finding_impossible": N_("Impossible values"),
    "finding_outliers": N_("Extreme values"),
    "finding_heaping": N_("Round numbers"),
    "finding_period": N_("Period"),
    "finding_future": N_("Days to come"),
    "finding_ancient": N_("Very old days"),
    "finding_outside_period": N_("Rows outside the period"),
    "finding_panels": N_("Files, stores and weeks"),
    "finding_unit_mismatch": N_("Units of measure"),
    "finding_missing_weeks": N_("Weeks without rows"),
    "finding_time_zones": N_("Clock and time zone"),
    "finding_late_rows": N_("Late rows"),
    "finding_day": N_("Day column"),
    "finding_hidden": N_("Something about a column that you may not see."),
    "finding_accepted": N_("Accepted as it is: %(detail)s"),
    "finding_after_the_fact": N_("The plan before the data"),
    "finding_entries": N_("When entries were made"),
}
