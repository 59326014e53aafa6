"""What is said of data: their parts, versions and mapping, what is new or gone, why rows go."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    # Parts
    "parts_nothing_common": N_(
        "“%(file)s” and “%(other)s” have no column in common: they are not one table. Send them one"
        " after the other."
    ),
    "part_lacks": N_("“%(file)s” lacks %(columns)s, which “%(other)s” has."),
    "part_has_more": N_("“%(file)s” also has %(columns)s, which “%(other)s” lacks."),
    "part_of_other_type": N_(
        "In “%(file)s” the column “%(column)s” holds %(found)s, in “%(other)s” %(expected)s."
    ),
    "part_note": N_("%(file)s: %(note)s"),
    "type_integer": N_("whole numbers"),
    "type_number": N_("numbers"),
    "type_boolean": N_("yes or no"),
    "type_date": N_("dates"),
    "type_time": N_("dates with time"),
    "type_text": N_("text"),
    # Reading and reading again
    "reading_other_parts": N_("Say for each of the %(n)s parts how it is to be read."),
    "reading_bytes_gone": N_(
        "The file as it was sent is not kept any more: send it once more to read it otherwise."
    ),
    "reading_no_batch": N_("There is no file of that name here: send it once more."),
    "reading_too_long": N_("That is too much for one paste: save it as a file and attach that."),
    "data_pasted": N_("pasted cells"),
    # Questions
    "column_asked": N_(
        "How “%(column)s” is to be read is still open: answer the question above, or do not use it."
    ),
    # Versions
    "no_such_version": N_("This test has no data of version %(version)s."),
    "relation_needs_previous": N_(
        "Say which version is corrected or added to: this test has none yet that this could be."
    ),
    "relation_of_whole": N_(
        "Data that stand on their own correct and add to nothing: leave the version out."
    ),
    "relation_not_rows": N_(
        "Version %(version)s has no rows that others could be added to: attach all of the data as"
        " one file."
    ),
    "relation_older": N_(
        "Version %(older)s is not the newest: rows are added to version %(newest)s."
    ),
    "relation_contradicts": N_("Data either correct a version or add rows to one: say one of it."),
    "relation_unknown": N_("A data set is “whole”, “correction” or “increment”."),
    "correction_needs_reason": N_("Say what was wrong: the correction keeps it for ever."),
    "remap_needs_reason": N_(
        "The columns are not those of version %(version)s: %(changes)s. Say why they are named"
        " anew; it stays on record."
    ),
    "remap_nothing_new": N_(
        "That is how version %(version)s stands already: there is nothing to change."
    ),
    "increment_other_columns": N_(
        "Rows are added under the columns of version %(version)s: %(changes)s. Rename them in the"
        " file, or attach all of the data anew."
    ),
    "columns_not_as_before": N_("Not every column is called as before: %(changes)s."),
    "change_missing": N_("“%(column)s” is missing"),
    "change_missing_likely": N_("“%(column)s” is missing (perhaps it is “%(likely)s” now)"),
    "change_mapped": N_("“%(need)s” is “%(column)s” instead of “%(before)s”"),
    "change_mapped_new": N_("“%(need)s” is “%(column)s”, which was not named before"),
    "change_dropped": N_("“%(need)s” (“%(column)s”) is not named any more"),
    "change_type": N_("“%(column)s” holds %(found)s instead of %(expected)s"),
    "change_new": N_("“%(column)s” is new"),
    "changes_listed": N_("%(first)s; %(rest)s"),
    "overlap_days": N_(
        "The new rows begin on %(first)s, and version %(version)s goes to %(last)s: rows of the"
        " days between may be counted twice."
    ),
    "overlap_units": N_(
        "About %(share)s of the units in the new rows are in version %(version)s already: their"
        " rows are counted together."
    ),
    "replaces_rows": N_(
        "Rows in version %(version)s: %(before)s, in this file: %(now)s. Chosen as “all of the"
        " rows”, the file replaces them, and the check rests on it alone."
    ),
    "dataset_known": N_(
        "“%(file)s” is attached already, as version %(version)s: the same file is the same data."
    ),
    "dataset_known_older": N_(
        "“%(file)s” is attached already, as version %(version)s, and version %(newest)s came after"
        " it. “Make it the newest again” on this page puts it back in its place."
    ),
    # Tags
    "tag_money": N_("money"),
    "tag_margin": N_("margin"),
    "tag_personal": N_("personal"),
    "tag_unknown": N_("A column is tagged “money”, “margin” or “personal”, not “%(tag)s”."),
    "tag_no_column": N_("“%(column)s” is not a column of the file, and cannot be tagged."),
    # Deleting
    "dataset_rows_gone": N_(
        "The rows of version %(version)s were deleted on %(day)s. What was found in them stays;"
        " to run the check again, attach data anew."
    ),
    "deletion_needs_reason": N_("Say why the rows are deleted: it stays on record."),
    "deletion_done": N_("The rows of this version are deleted already."),
    "deletion_waits": N_("Only attached data are deleted: set the file aside instead."),
    "deletion_by_retention": NN_(
        "kept for %(n)s day after the decision, as the settings say",
        "kept for %(n)s days after the decision, as the settings say",
    ),
    "retention_wrong": N_(
        "Rows are kept for a whole number of days, at least one; empty: for ever."
    ),
    # Which version an analysis rests on
    "computed_on": N_("Computed on data version %(version)s; version %(newest)s is newer."),
    "computed_on_corrected": N_(
        "Computed on data version %(version)s, which version %(newest)s corrects."
    ),
    "computed_on_fewer": N_(
        "Computed on data version %(version)s; version %(newest)s has more rows."
    ),
}
