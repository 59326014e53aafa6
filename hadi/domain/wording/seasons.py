"""The season: coefficients, and before held against after in one series."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "season_method_coefficients": N_("Coefficients of the months"),
    "season_method_segmented": N_("Segmented regression"),
    # Months
    "month_1": N_("January"),
    "month_2": N_("February"),
    "month_3": N_("March"),
    "month_4": N_("April"),
    "month_5": N_("May"),
    "month_6": N_("June"),
    "month_7": N_("July"),
    "month_8": N_("August"),
    "month_9": N_("September"),
    "month_10": N_("October"),
    "month_11": N_("November"),
    "month_12": N_("December"),
    # What is typed
    "season_start_unreadable": N_(
        "“%(value)s” is no month and no day: write 2026-05 or 2026-05-01."
    ),
    "season_span_unreadable": N_(
        "“%(field)s”: “%(value)s” is no span of months; write it as 2026-02..2026-04."
    ),
    "season_span_backwards": N_(
        "“%(field)s”: “%(value)s” ends before it begins; write the earlier month first."
    ),
    "season_invalid": NN_("%(n)s field is not usable.", "%(n)s fields are not usable."),
    "season_column_month": N_("Month"),
    "season_column_coefficient": N_("Coefficient"),
    "season_column_method": N_("Divided by"),
    "season_span_short": N_("“%(field)s” holds no whole month."),
    "season_rows_or_text": N_("Send either rows or text."),
    "season_spans_both": N_("To compare before with after, name both."),
    "season_spans_overlap": N_(
        "Before and after overlap: before has to end where after begins, or earlier."
    ),
    "season_no_kind": N_(
        "“%(name)s” cannot be judged before and after, where a row is a period: use an average (mean), or a rate (events per exposure)."
    ),
    "season_no_options": N_(
        "“%(name)s” takes neither a covariate nor winsorising before and after: the series is held against its own past."
    ),
    # What is read
    "series_not_numbers": N_("The column “%(column)s” does not hold numbers."),
    "series_empty": N_("No row has both a period in “%(column)s” and a value."),
    "series_label": N_(
        "“%(value)s” in “%(column)s” is no month and no day: write months as 2026-05, 05.2026 or May 2026."
    ),
    "series_many_periods": N_(
        "“%(column)s” reaches over more than %(limit)s periods: that is no series of months, weeks or days."
    ),
    "series_infinite": N_("The value of “%(value)s” is infinite."),
    "feed_not_for_series": N_(
        "A test before and after needs the value of every period, and a source is asked for sums alone: attach the series as a file."
    ),
    "series_quarters": N_(
        "There is one value for every three months. Coefficients of months need a value for each month: a quarter’s sum cannot be told apart into its months."
    ),
    "series_lines": N_(
        "Line %(line)s, “%(value)s”, is not a period and a number: write one month with its value on each line, such as 2026-05; 700."
    ),
    "series_many_lines": N_("These are more than %(limit)s lines: add them up to months first."),
    "series_long": N_("These are more than %(limit)s characters: upload them as a file."),
    "series_number": N_("“%(value)s” is no number."),
    "series_no_time": N_("No column holds months or days: name it. The columns are %(columns)s."),
    "series_no_value": N_("No column holds the values: name it. The columns are %(columns)s."),
    "series_nothing": N_("Paste or upload a series: one month with its value on each line."),
    "series_no_columns": N_("Name the column of the period and the column of the value."),
    # Why there is no answer
    "season_no_whole_year": N_(
        "There is no whole year of months before: coefficients need at least one year from its first month to its last, and two or three are better."
    ),
    "season_negative": N_(
        "The series has values below zero, and a coefficient is a share of a positive mean: use a value that cannot be negative, such as revenue instead of profit."
    ),
    "season_all_zero": N_("A whole year is zero: a coefficient is a share of the year’s mean."),
    "season_no_trend": N_("A moving average needs at least two whole years without a gap."),
    "season_no_before": N_("None of the months before has a value in the data."),
    "season_no_after": N_("None of the months after has a value in the data."),
    "season_before_zero": N_(
        "The months before are zero together: a change in per cent has nothing to start from."
    ),
    "season_after_zero": N_(
        "The months after are zero together: with the season taken out there is still nothing, and a change in per cent has no range."
    ),
    "season_no_coefficient": N_(
        "In these months the earlier years are zero: their coefficient is zero, and nothing can be divided by it."
    ),
    "season_one_year": N_(
        "There is one whole year before: it cannot tell how much such a change differs from year to year, so there is no range."
    ),
    "season_few_windows": N_(
        "The years before do not hold the same months often enough to tell how much such a change differs from year to year, so there is no range."
    ),
    "season_no_variation": N_(
        "The years before are exactly alike, which real sales never are: there is no telling what chance does, so there is no range."
    ),
    "season_start_first": N_(
        "The change starts on %(start)s, and the data begin only with %(first)s: there is no time before it to compare with."
    ),
    "season_start_last": N_(
        "The change starts on %(start)s, and the data end with %(last)s: there is nothing after it yet."
    ),
    "season_units": N_("There is no estimate: the months are not in the same unit."),
    "interrupted_short": N_(
        "The series is too short for a segmented regression: it needs 8 periods before the start and 3 after it, and more than it has lines and waves."
    ),
    "interrupted_not_positive": N_(
        "A change in per cent needs values above zero, and the series has a zero or less: say that the values are counts, or leave the empty periods out."
    ),
    "interrupted_not_counts": N_(
        "The values are said to be counts, and some are no whole numbers of zero or more."
    ),
    "interrupted_exposure": N_(
        "What the counts are counted from has to be above zero in every period."
    ),
    "interrupted_collinear": N_(
        "The regression has no single answer: the series is too short, or too many of its periods are missing, for its season and its trend."
    ),
    "interrupted_no_fit": N_("The regression of the counts did not settle on an answer."),
    "interrupted_no_variation": N_(
        "The series lies exactly on a line: there is no telling what chance does."
    ),
    "season_profile_unreadable": N_(
        "A kept season is a name with twelve coefficients of zero or more, from January to December."
    ),
    "season_profile_needs_name": N_(
        "Write what the season is called: what it is of, and which years."
    ),
    "season_profile_sum": N_(
        "The twelve coefficients have to add up to 12: an average month is 1."
    ),
    "season_profile_taken": N_("A season of that name is kept already: write another name."),
    "season_profile_many": N_(
        "%(n)s seasons are kept, which is all there is room for: delete one first."
    ),
    "season_profile_decides": N_(
        "--profile brings its own coefficients: leave %(option)s out, or --profile."
    ),
    "season_file_unknown": N_(
        "“%(file)s” holds no season: take what `hadi season --json` printed, or the table of twelve coefficients that the page of seasons hands out."
    ),
    "season_profile_unknown": N_("No kept season is called “%(name)s”."),
    "season_profile_deleted": N_("This season is deleted already."),
    "season_profile_not_deleted": N_("This season is not deleted."),
    "event_season_kept": N_("kept the season “%(name)s”"),
    "event_season_deleted": N_("deleted the season “%(name)s”"),
    "event_season_restored": N_("brought the season “%(name)s” back"),
    "activity_season_kept": N_("Season kept"),
    "activity_season_deleted": N_("Season deleted"),
    "activity_season_restored": N_("Season brought back"),
    # Checks
    "season_profile_used": N_(
        "The coefficients are those of the kept season “%(name)s”, and not of this series."
    ),
    "season_years": NN_(
        "The coefficients come from %(n)s whole year (%(years)s).",
        "The coefficients come from %(n)s whole years (%(years)s).",
    ),
    "season_years_one": N_(
        "The coefficients come from one whole year, %(years)s: whatever was special about it is taken for the season. Two or three years are better."
    ),
    "season_years_inside": N_(
        "No whole year lies ahead of the months before, so the coefficients come from those months themselves: what was unusual in them is taken for season."
    ),
    "season_years_from": N_(
        "%(what)s Years are counted from %(month)s, the first month of the data: that makes more of them than calendar years."
    ),
    "season_part_years": NN_(
        "%(n)s month outside whole years is left out of the coefficients (%(months)s).",
        "%(n)s months outside whole years are left out of the coefficients (%(months)s).",
    ),
    "season_part_years_sum": N_(
        "%(what)s With them the coefficients would add up to %(sum)s instead of 12."
    ),
    "season_gaps": NN_(
        "%(n)s period is missing between the first and the last (%(periods)s). It is a gap, not a zero.",
        "%(n)s periods are missing between the first and the last (%(periods)s). They are gaps, not zeros.",
    ),
    "season_gaps_none": N_("No period is missing between %(first)s and %(last)s."),
    "season_duplicates": NN_(
        "%(n)s row repeats a period that has one already, first %(period)s: rows of one period are added up.",
        "%(n)s rows repeat a period that has one already, first %(period)s: rows of one period are added up.",
    ),
    "season_duplicates_none": N_("Every period has one row."),
    "season_blank": NN_(
        "%(n)s row names no period and is left out.",
        "%(n)s rows name no period and are left out.",
    ),
    "season_partial": NN_(
        "%(n)s month is only partly in the data and left out (%(months)s).",
        "%(n)s months are only partly in the data and left out (%(months)s).",
    ),
    "season_summed_weeks": N_(
        "The data are weeks: each is spread over its seven days, and the days are added up to months."
    ),
    "season_summed_days": N_("The data are days: they are added up to months."),
    "season_growth_trend": N_(
        "Sales change by %(rate)s a year, so each month is held against the moving average of the twelve around it."
    ),
    "season_growth_years": N_(
        "Sales change by %(rate)s a year, so each year is divided by its own mean first. With three whole years a moving average would do better."
    ),
    "season_growth_levels": N_(
        "The years lie far apart without growing steadily, so each month is held against the moving average of the twelve around it."
    ),
    "season_growth_none": N_(
        "Sales neither grow nor fall steadily from year to year, so each month’s mean is divided by the mean of all months."
    ),
    "season_growth_level": N_(
        "Sales change by %(rate)s a year, and the mean of all months was asked for: its coefficients hold a part of the growth, too high at one end of the year and too low at the other. Take each year over its own mean, or the moving average."
    ),
    "season_growth_unknown": N_(
        "Whether sales grow from year to year cannot be told from one year."
    ),
    "season_growing": N_(
        "Of the change that is left, %(part)s is the growth that goes on every year; beside it stands %(effect)s."
    ),
    "season_spread": N_(
        "The years disagree about %(month)s: %(years)s. The mean of all is %(mean)s, of the last two %(last_two)s, the median %(median)s. The median is used: one year with a promotion does not move it."
    ),
    "season_spread_mean": N_(
        "The years disagree about %(month)s: %(years)s. The mean of all is %(mean)s, of the last two %(last_two)s, the median %(median)s: it matters which years are averaged."
    ),
    "season_spread_none": N_(
        "The years agree: for no month do their mean and their median differ by a tenth."
    ),
    "season_units_sum": N_(
        "With the season taken out, one side is about %(n)s times the other: it looks as if a sum of %(n)s months stood beside the mean of single months. Put one value for each month on both sides."
    ),
    "season_units_scale": N_(
        "With the season taken out, one side is about %(n)s times the other: it looks as if one were written in another unit, such as thousands beside single roubles. Put both in the same unit."
    ),
    "season_units_far": N_(
        "The months that are compared and those of the years before differ more than %(n)s times over: check that all are in the same unit."
    ),
    "season_units_level": N_(
        "The months that are compared and those of the years before differ about %(n)s times over: check that both are for single months and in the same money."
    ),
    "season_units_same": N_("The months before, the months after and the years are of one size."),
    "season_start_inside": N_(
        "The change started inside %(month)s: that month is on neither side."
    ),
    "season_window_gaps": NN_(
        "%(n)s month of the comparison has no value: the mean is over the months that have one.",
        "%(n)s months of the comparison have no value: the means are over the months that have one.",
    ),
    "season_no_control": N_(
        "Nothing stood beside it: whatever else changed at the time is in this number as well. That makes it a hint, not a proof."
    ),
    "season_neighbours": N_(
        "Neighbouring periods resemble each other (correlation %(rho)s): the range allows for that."
    ),
    "season_neighbours_none": N_(
        "Neighbouring periods hardly resemble each other once trend and season are taken out."
    ),
    "season_unmodelled": N_(
        "The series is too short to tell its season from its trend: the season is still in this number."
    ),
    "season_list": N_("%(first)s; %(rest)s"),
    # Their titles in the report on the data
    "finding_gaps": N_("Missing periods"),
    "finding_blank": N_("Rows without a period"),
    "finding_summed": N_("Added up to months"),
    # Sentences
    "season_level": N_(
        "Every month is like an average one: no season shows in this series. The coefficients add up to 12."
    ),
    "season_only": N_(
        "Each month against an average one: %(high)s is the strongest (%(high_value)s), %(low)s the weakest (%(low_value)s). The coefficients add up to 12."
    ),
    "season_explains_all": N_(
        "The season explains all of it: as measured %(naive)s, with the season taken out %(adjusted)s."
    ),
    "season_explains_more": N_(
        "The season explains more than all of it: as measured %(naive)s, with the season taken out %(adjusted)s."
    ),
    "season_explains_part": N_(
        "The season explains %(share)s of it: as measured %(naive)s, with the season taken out %(adjusted)s."
    ),
    "season_explains_none": N_(
        "The season explains none of it: as measured %(naive)s, with the season taken out %(adjusted)s."
    ),
    "season_hides": N_(
        "The season hid it: as measured %(naive)s, with the season taken out %(adjusted)s."
    ),
    "season_flat": N_(
        "Hardly anything changed: as measured %(naive)s, with the season taken out %(adjusted)s."
    ),
    "season_explains_all_growth": N_(
        "The season and the usual growth explain all of it: as measured %(naive)s, with both taken out %(adjusted)s."
    ),
    "season_explains_more_growth": N_(
        "The season and the usual growth explain more than all of it: as measured %(naive)s, with both taken out %(adjusted)s."
    ),
    "season_explains_part_growth": N_(
        "The season and the usual growth explain %(share)s of it: as measured %(naive)s, with both taken out %(adjusted)s."
    ),
    "season_explains_none_growth": N_(
        "The season and the usual growth explain none of it: as measured %(naive)s, with both taken out %(adjusted)s."
    ),
    "season_hides_growth": N_(
        "The season and the usual growth hid it: as measured %(naive)s, with both taken out %(adjusted)s."
    ),
    "season_flat_growth": N_(
        "Hardly anything changed: as measured %(naive)s, with the season and the usual growth taken out %(adjusted)s."
    ),
    "season_indicative": N_("%(what)s Nothing stood beside it, so this is a hint and not a proof."),
    "sentence_season_all": N_(
        "“%(metric)s”: %(what)s Nothing is left that the change could have done, as far as one series can tell."
    ),
    "sentence_season_confirmed": N_(
        "It looks as if it works: with the season taken out “%(metric)s” changed by %(effect)s. Nothing stood beside it, so this is a hint and not a proof."
    ),
    "sentence_season_below_threshold": N_(
        "There seems to be something, but less than promised: with the season taken out “%(metric)s” changed by %(effect)s, and %(threshold)s is out of reach. Nothing stood beside it, so this is a hint and not a proof."
    ),
    "sentence_season_refuted": N_(
        "The promised effect does not show: with the season taken out “%(metric)s” changed by %(effect)s, and %(threshold)s is ruled out as far as one series can tell."
    ),
    "sentence_season_harmful": N_(
        "It looks as if it did harm: with the season taken out “%(metric)s” changed by %(effect)s, for the worse. Nothing stood beside it, so this is a hint and not a proof."
    ),
    "sentence_season_not_enough_data": N_(
        "Not enough data: with the season taken out “%(metric)s” changed by %(effect)s, and such a change comes by chance from year to year."
    ),
    "sentence_season_not_enough_data_real": N_(
        "There seems to be an effect: with the season taken out “%(metric)s” changed by %(effect)s. Whether it reaches the promised %(threshold)s is open, and nothing stood beside it."
    ),
    "sentence_season_no_range": N_("“%(metric)s”: %(what)s %(reason)s"),
    "sentence_season_not_yet": N_(
        "The test is still running: %(periods)s of the planned %(planned)s periods after the start are in. Its result opens when they all are, so that an early lucky streak decides nothing."
    ),
}
