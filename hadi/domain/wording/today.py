"""How long things take and wait, as Today says it."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "waits_since_today": N_("Waiting since today."),
    "waits_for_days": NN_("Waiting for %(n)s day.", "Waiting for %(n)s days."),
    "collides_with": NN_(
        "%(others)s changes the same stores (%(stores)s), %(when)s, about the same metric: each is credited with what the other does.",
        "%(others)s change the same stores (%(stores)s), %(when)s, about the same metric: each is credited with what the others do.",
    ),
    "log_misses": NN_(
        "%(stores)s: %(n)s week of the test is not in the log. New people and empty shelves are told from the change by what is written there.",
        "%(stores)s: %(n)s weeks of the test are not in the log. New people and empty shelves are told from the change by what is written there.",
    ),
    "days_long": NN_("%(n)s day", "%(n)s days"),
}
