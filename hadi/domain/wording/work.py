"""What is said of work in the background: what it is doing, and why it came to nothing."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "no_such_job": N_("There is no such work here."),
    # Kinds
    "job_read": N_("Reading files"),
    "job_analyse": N_("Running the check"),
    "job_assess": N_("Looking at the quality of data"),
    "job_reconcile": N_("Comparing two sources"),
    "job_refresh": N_("Asking a data source"),
    "job_export": N_("Exporting"),
    "job_import": N_("Importing"),
    # States
    "job_state_queued": N_("waiting"),
    "job_state_running": N_("under way"),
    "job_state_done": N_("done"),
    "job_state_failed": N_("did not succeed"),
    "job_state_cancelled": N_("stopped"),
    # What it is doing
    "stage_waiting": N_("Waiting for its turn."),
    "stage_receiving": N_("Checking that every byte arrived."),
    "stage_reading": N_("Reading “%(file)s”."),
    "stage_analysing": N_("Adding up the data."),
    # Why it came to nothing
    "job_cancelled": N_("It was stopped before it was done. Nothing of it was kept."),
    "job_lost": N_("The work was interrupted %(n)s times and was given up: the server may be short of memory. Try it again, or ask an administrator."),
    "job_broke": N_("Something broke on our side. It was written to the log; nothing was kept. Try it again."),
    "job_no_memory": N_("The server ran out of memory, so nothing was kept. Try it again when less is going on, or ask an administrator."),
    "job_not_over": N_("This work is still going on: stop it first."),
    "job_over": N_("This work is over already."),
    "not_allowed.job": N_("Only whoever began this work, or an administrator, may do this."),
    "storage_full": N_("The disk of the server is full, so nothing was stored. Ask an administrator to make room; then go on from here."),
    "storage_fault": N_("The server could not write to its disk (%(reason)s), so nothing was stored."),
}
