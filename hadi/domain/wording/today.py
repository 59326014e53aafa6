"""How long things take and wait, as Today says it."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "waits_since_today": N_("Waiting since today."),
    "waits_for_days": NN_("Waiting for %(n)s day.", "Waiting for %(n)s days."),
    "collides_with": NN_(
        "%(others)s changes the same stores on the same days, about the same metric: each is credited with what the other does.",
        "%(others)s change the same stores on the same days, about the same metric: each is credited with what the others do.",
    ),
    "days_long": NN_("%(n)s day", "%(n)s days"),
}
