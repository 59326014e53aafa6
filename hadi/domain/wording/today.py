"""How long things take and wait, as Today says it."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "waits_since_today": N_("Waiting since today."),
    "waits_for_days": NN_("Waiting for %(n)s day.", "Waiting for %(n)s days."),
    "days_long": NN_("%(n)s day", "%(n)s days"),
}
