"""The levers of revenue, the order of tuning and the bases of clients."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "lever_inflow": N_("Inflow of leads"),
    "lever_conversion": N_("Conversion of the stages"),
    "lever_check": N_("Average check"),
    "lever_frequency": N_("Purchase frequency"),
}
