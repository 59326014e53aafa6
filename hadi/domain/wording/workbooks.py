"""What is said of workbooks, JSON and archives: why one is refused, and what was decided of it."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "file_kind_json": N_("JSON"),
    "file_kind_xls": N_("an old Excel workbook (.xls)"),
    "file_kind_ods": N_("an OpenDocument spreadsheet (.ods)"),
    "file_kind_zip": N_("a zip archive"),
    "file_web_page": N_("“%(file)s” is a web page or XML under the name of a workbook: open it in a spreadsheet and save it as .xlsx or CSV."),
    "file_xml_entities": N_("“%(file)s” declares XML entities or an unusual encoding, which no spreadsheet writes: save it anew as .xlsx or CSV."),
    "file_zip_members": N_("“%(file)s” holds more than %(limit)s files."),
    "file_workbook_slow": N_("“%(file)s” takes more time or memory to open than is allowed: save the sheet as CSV."),
    "file_formulas_only": N_("“%(file)s” holds formulas without their values: open it in a spreadsheet, save it there and send it again."),
    # JSON
    "file_json_not_rows": N_("“%(file)s” is JSON, but not rows: it takes an object in each line, or one list of objects."),
    "file_json_array_broken": N_("“%(file)s” is damaged or no list of objects: its JSON cannot be read."),
    "file_json_line": N_("“%(file)s”, line %(line)s is no JSON object: “%(shown)s”."),
    "bad_row_json": N_("It is no JSON object."),
    "bad_row_json_long": N_("The line is too long for a row of a table."),
    # Archives
    "file_zip_broken": N_("“%(file)s” is damaged: its zip cannot be unfolded."),
    "file_zip_slip": N_("“%(file)s” holds “%(member)s”, a path that leads out of the archive: nothing of it was read."),
    "file_zip_link": N_("“%(file)s” holds “%(member)s”, which is a link or a device and no file: nothing of it was read."),
    "file_zip_nested": N_("“%(file)s” holds “%(member)s”, an archive within the archive: unpack it first."),
    "file_zip_twice": N_("“%(file)s” holds “%(member)s” twice: nobody could say which is meant."),
    "file_zip_no_tables": N_("“%(file)s” holds no table that HADI reads (%(extensions)s)."),
    "file_member_missing": N_("“%(file)s” holds no table “%(member)s”; its tables are %(members)s."),
    "file_in_archive": N_("%(archive)s: %(member)s"),
    "note_other_members": N_("“%(member)s” of the archive was read; it also holds %(others)s."),
    "decided_member": N_("The tables of the archive have different columns, so one of them is read."),
    # What was decided of a workbook
    "decided_sheet": N_("The sheet that is read."),
    "decided_sheet_alike": N_("Several sheets have the same columns: say which one is meant, or “*” for all of them, one under another."),
    "decided_sheets_stacked": N_("The sheets have the same columns and were put one under another; a sheet's name reads it alone."),
    "decided_sheet_header_row": N_("The row with the columns' names."),
    "decided_sheet_header_rows": N_("How many rows the columns' names take."),
    "decided_totals": NN_(
        "%(n)s row looks like a total of others.",
        "%(n)s rows look like totals of others.",
    ),
    "decided_serial_dates": N_("Whole numbers such as %(value)s under this name are days as a spreadsheet counts them."),
    "decided_dates_or_numbers": N_("Cell %(cell)s is a date among numbers: say which of the two the column holds."),
    "file_asked": N_("Something about the file has to be answered first. %(question)s"),
    # Notes of the parse report
    "note_titles_above": N_("The columns' names were found in row %(row)s; what stands above was left out."),
    "note_header_joined": N_("The columns' names take %(rows)s rows, joined as “%(example)s”."),
    "note_totals_left_out": NN_(
        "%(n)s row of totals was left out (the first is “%(label)s”, row %(row)s).",
        "%(n)s rows of totals were left out (the first is “%(label)s”, row %(row)s).",
    ),
    "note_footnotes_left_out": NN_(
        "%(n)s line of text under the table was left out (row %(row)s).",
        "%(n)s lines of text under the table were left out (the first is in row %(row)s).",
    ),
    "note_error_cells": NN_(
        "%(n)s cell holds an error such as #N/A and counts as blank: %(cell)s.",
        "%(n)s cells hold an error such as #N/A and count as blank; the first is %(cell)s.",
    ),
    "note_uncached_formulas": NN_(
        "%(n)s formula has no computed value and counts as blank (%(cell)s): open the file in a spreadsheet, save it there and send it again.",
        "%(n)s formulas have no computed value and count as blank (the first is %(cell)s): open the file in a spreadsheet, save it there and send it again.",
    ),
    "note_serial_dates": NN_(
        "“%(column)s”: %(n)s number among dates (%(cell)s) was read as the day it counts.",
        "“%(column)s”: %(n)s numbers among dates (the first is %(cell)s) were read as the days they count.",
    ),
    "note_zero_dates": NN_(
        "“%(column)s”: %(n)s date of zero (%(cell)s) counts as blank.",
        "“%(column)s”: %(n)s dates of zero (the first is %(cell)s) count as blank.",
    ),
    "note_numbers_as_text": NN_(
        "“%(column)s”: %(n)s number was kept as text (%(cell)s) and was read as a number.",
        "“%(column)s”: %(n)s numbers were kept as text (the first is %(cell)s) and were read as numbers.",
    ),
    "note_text_among_numbers": N_("“%(column)s” was left as text: %(cell)s holds “%(value)s” among numbers."),
    "note_merged_carried": NN_(
        "%(n)s merged range was carried over its rows.",
        "%(n)s merged ranges were carried over their rows.",
    ),
    "note_hidden_sheets": N_("Hidden sheets were not read: %(sheets)s."),
    "note_hidden_sheet_read": N_("The sheet “%(sheet)s” is hidden in the workbook."),
}
