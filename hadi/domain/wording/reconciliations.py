"""A log and receipts compared, in words that blame nobody: the table is awkward at a busy till."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "finding_support": N_("Borne out by receipts"),
    "finding_unlogged": N_("Sold and not logged"),
    "finding_log_duplicates": N_("Logged twice"),
    "reconciled_support": NN_(
        "%(supported)s of %(n)s entry has its line in the receipts (%(share)s, 95%% interval %(low)s to %(high)s).",
        "%(supported)s of %(n)s entries have their line in the receipts (%(share)s, 95%% interval %(low)s to %(high)s).",
    ),
    "reconciled_unlogged": NN_(
        "%(n)s of %(real)s real add-ons in the receipts is not in the log (%(share)s, 95%% interval %(low)s to %(high)s): one can sell well and not fill in the table.",
        "%(n)s of %(real)s real add-ons in the receipts are not in the log (%(share)s, 95%% interval %(low)s to %(high)s): one can sell well and not fill in the table.",
    ),
    "reconciled_all_logged": N_("All %(real)s real add-ons in the receipts are in the log."),
    "reconciled_duplicate": NN_(
        "%(n)s entry repeats another one of the same receipt.",
        "%(n)s entries repeat another one of the same receipt.",
    ),
    "reconciled_nothing": N_(
        "The log and the receipts share no days or stores, so nothing could be compared. Attach receipts of the same period."
    ),
    "entries_afterwards": NN_(
        "%(afterwards)s of %(n)s entry (%(share)s, 95%% interval %(low)s to %(high)s) was made afterwards: more than %(minutes)s minutes after its receipt (%(late)s) or with many others near the end of a shift (%(bursts)s). The table is awkward at a busy till.",
        "%(afterwards)s of %(n)s entries (%(share)s, 95%% interval %(low)s to %(high)s) were made afterwards: more than %(minutes)s minutes after their receipt (%(late)s) or many at once near the end of a shift (%(bursts)s). The table is awkward at a busy till.",
    ),
    "entries_in_time": NN_(
        "%(n)s entry was looked at, %(afterwards)s was made afterwards (%(share)s, 95%% interval %(low)s to %(high)s): %(late)s later than %(minutes)s minutes, %(bursts)s with many others near the end of a shift.",
        "%(n)s entries were looked at, %(afterwards)s were made afterwards (%(share)s, 95%% interval %(low)s to %(high)s): %(late)s later than %(minutes)s minutes, %(bursts)s many at once near the end of a shift.",
    ),
    "reconciled_left_out": NN_(
        "%(n)s entry is of a day or a store that the receipts do not cover; it was left out.",
        "%(n)s entries are of days or stores that the receipts do not cover; they were left out.",
    ),
    "reconciled_lines_left_out": NN_(
        "%(n)s add-on in the receipts is of a day or a store that the log does not cover; it was left out.",
        "%(n)s add-ons in the receipts are of days or stores that the log does not cover; they were left out.",
    ),
    "banner_switched_here": N_("The check rests on these receipts: the log that it rested on before (version %(version)s) is not borne out by them. The log stays as a table to learn from."),
    "banner_log_red": N_("Compared with the receipts on %(when)s: too little of this log is borne out for a verdict. It stays as a table to learn from; the table is awkward at a busy till."),
    "rule_not_number": N_("“%(field)s” is a number."),
    "rule_not_share": N_("“%(field)s” is a share between 0 and 1."),
    "rule_not_whole": N_("“%(field)s” is a whole number from 1 on."),
    "reconciling_needs_receipt": N_(
        "To compare them, name the receipt’s number on both sides, or a time on both sides."
    ),
    "reconciling_needs_log": N_("Attach the log first, as data that are written by hand."),
    "reconciling_needs_receipts": N_(
        "Attach the receipts first, as data from the till or the CRM."
    ),
    "reconciling_same": N_("The log and the receipts are the same data."),
    "reconciling_not_files": N_("Only files can be compared row by row; these data hold sums."),
    "no_such_reconciliation": N_("There is no such comparison."),
    "reconciliation_switched": N_(
        "The check now rests on the receipts, as version %(version)s; the log stays as a table to learn from."
    ),
    "reconciliation_not_switched": N_(
        "The log cannot carry a verdict, and the receipts lack what the plan needs (%(reason)s). Attach receipts with these columns as the data of the test."
    ),
    "reconciled_log_red": N_(
        "The receipts bear out too little of the log for a verdict: %(first)s Attach the receipts as the data of the test."
    ),
    "reconciled_log_again": N_(
        "An earlier version of this log was not borne out by the receipts: compare this one with them before it is judged."
    ),
}
