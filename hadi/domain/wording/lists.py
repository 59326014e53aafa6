"""What lists say: how many were found, and the heads of the columns of what is downloaded."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "hypotheses_found": NN_("%(n)s hypothesis", "%(n)s hypotheses"),
    "events_found": NN_("%(n)s entry", "%(n)s entries"),
    "datasets_found": NN_("%(n)s data set", "%(n)s data sets"),
    "quoted": N_("“%(name)s”"),
    "quoted_list": N_("%(first)s, %(rest)s"),
    "export_key": N_("Key"),
    "export_state": N_("State"),
    "export_title": N_("Short title"),
    "export_change": N_("If we"),
    "export_effect": N_("then"),
    "export_reason": N_("because"),
    "export_verdict": N_("Verdict"),
    "export_sentence": N_("Verdict in words"),
    "export_metric": N_("Primary metric"),
    "export_difference": N_("Difference"),
    "export_low": N_("Lower end"),
    "export_high": N_("Upper end"),
    "export_owner": N_("Owner"),
    "export_author": N_("Author"),
    "export_created": N_("Captured"),
    "export_updated": N_("Last changed"),
    "export_archive_reason": N_("Reason for archiving"),
}
