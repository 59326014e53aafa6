"""How a file is read: what was decided of it, what is asked, and what may be chosen."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    # What a person chose
    "choice_invalid": N_("How the file is read, “%(field)s”: %(reason)s"),
    "choice_not_object": N_("An object with named fields is expected."),
    "choice_unknown": N_("There is no such choice; the choices are %(known)s."),
    "choice_options": N_("One of %(options)s is expected."),
    "choice_delimiter": N_(
        "A single sign is expected, such as a semicolon, a comma, a bar or a tab."
    ),
    "choice_name": N_("A name of at most 500 characters is expected."),
    "choice_zone": N_("A time zone such as Europe/Budapest is expected."),
    "choice_whole": N_("A whole number from %(least)s to %(most)s is expected."),
    "choice_factor": N_("A number above 0 is expected."),
    "choice_arms_many": N_("At most %(limit)s values can be read as arms."),
    "choice_arm_unknown": N_("The plan has no arm “%(arm)s”; its arms are %(arms)s."),
    "choice_arms_column": N_(
        "The file has no column “%(column)s” whose values could be read as arms; its columns are %(columns)s."
    ),
    # Rows that cannot be read
    "bad_row_ragged": N_(
        "The row has another number of cells (%(found)s) than the header (%(expected)s)."
    ),
    "bad_row_open_quote": N_("A quote is opened and never closed."),
    "bad_row_quote": N_("The row cannot be divided into cells: look at its quotes."),
    "bad_row_nul": N_("The row holds a NUL byte, which no text table has."),
    "bad_row_undecodable": N_("The row breaks the encoding of the file."),
    "bad_row_long": N_("The row is too long."),
    "file_bad_rows": NN_(
        "%(first)s %(n)s more row cannot be read.", "%(first)s %(n)s more rows cannot be read."
    ),
    "file_encoding_mixed": N_(
        "“%(file)s” is written in UTF-8, but line %(line)s is not: read such lines as %(other)s, or leave them out."
    ),
    "file_no_header_row": N_(
        "“%(file)s” has no line %(line)s near its beginning, so the header cannot stand there."
    ),
    # What was decided
    "decided_encoding_guessed": N_(
        "The encoding was guessed from the letters: %(encoding)s. Check the names below."
    ),
    "decided_header_line": N_("The header stands on line %(line)s; what is above it was left out."),
    "decided_dates_evidence": N_("One number is above 12, so it is no month."),
    "decided_dates_years": N_("Any other order would spread the days over more than ten years."),
    "decided_dates_others": N_("Another column with “%(sign)s” leaves no doubt of the order."),
    "decided_dates_dots": N_("With “%(sign)s” the day is first by convention."),
    "asked_dates": N_(
        "Day or month first? Nothing in the file tells; until it is said the column is text."
    ),
    "asked_decimal": N_(
        "The sign before three digits may be a decimal or a thousands sign; until it is said the column is text."
    ),
    "decided_decimal_file": N_("The decimal sign is that of the other columns."),
    "decided_decimal_delimiter": N_("The decimal sign was taken from the delimiter of the file."),
    "decided_percent": N_("Per cent became fractions: every number is multiplied by %(factor)s."),
    "decided_percent_name": N_(
        "The column's name says per cent: every number is multiplied by %(factor)s."
    ),
    "decided_factor_cells": N_("The unit beside the numbers multiplies them by %(factor)s."),
    "decided_factor_name": N_(
        "The unit in the column's name multiplies its numbers by %(factor)s."
    ),
    "decided_factor_each": N_("Every number is multiplied by the unit beside it."),
    "decided_factor_rest": N_(
        "Numbers are multiplied by the unit beside them, those without one by %(factor)s."
    ),
    "asked_factor": N_(
        "Some numbers carry a unit and some none: by what are those without one multiplied? Until it is said the column is text."
    ),
    "asked_percent_name": N_(
        "The column's name says per cent, but no number is above 1: are they fractions already? Until it is said the column is text."
    ),
    "decided_time_zone": N_(
        "Times that name their offset are shown as the clocks of %(zone)s; the others are taken as they are."
    ),
    # Notes
    "note_arm_read": NN_(
        "“%(column)s”: “%(value)s” is read as “%(arm)s” (%(n)s row).",
        "“%(column)s”: “%(value)s” is read as “%(arm)s” (%(n)s rows).",
    ),
    "note_arms_joined": N_(
        "“%(column)s”: several values are together the arm “%(arm)s”: %(value)s."
    ),
    "note_offset_kept": N_(
        "“%(column)s”: the times are read as their own clocks (%(offset)s) show them."
    ),
    "note_units_mixed": N_("“%(column)s” was left as text: it holds different units."),
    "note_no_day": N_("“%(column)s” was left as text: “%(value)s” is no day."),
    "note_error_words": NN_(
        "“%(column)s”: %(n)s cell holds an error of a spreadsheet (%(errors)s) and counts as blank.",
        "“%(column)s”: %(n)s cells hold errors of a spreadsheet (%(errors)s) and count as blank.",
    ),
    # A type that was chosen
    "column_type_integer": N_("a whole number"),
    "column_type_number": N_("a number"),
    "column_type_boolean": N_("yes or no"),
    "column_type_date": N_("a day"),
    "column_type_time": N_("a day with a time"),
    "column_type_text": N_("text"),
    "bad_cell": N_("Column “%(column)s”: “%(value)s” is not %(type)s."),
    "file_cell_type": N_(
        "“%(file)s”, line %(line)s, column “%(column)s”: “%(value)s” is not %(type)s."
    ),
    # At the command line
    "check_question": N_(
        "“%(file)s”, column “%(column)s” (%(examples)s): %(detail)s Say %(option)s."
    ),
    "check_way_out": N_("%(reason)s With %(option)s the rest is read."),
    "check_remark": N_("“%(column)s”: %(detail)s"),
    "check_factor": N_("--factor takes COLUMN=NUMBER, not “%(written)s”."),
    "check_bad_rows": NN_(
        "%(n)s row could not be read and was left out (line %(lines)s).",
        "%(n)s rows could not be read and were left out (the first on lines %(lines)s).",
    ),
}
