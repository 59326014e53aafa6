"""The levers of revenue, the order of tuning and the bases of clients."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "lever_inflow": N_("Inflow of leads"),
    "lever_conversion": N_("Conversion of the stages"),
    "lever_check": N_("Average check"),
    "lever_frequency": N_("Purchase frequency"),
    "turnover_clients": N_("clients"),
    "turnover_grows": N_(
        "“%(stage)s” counts %(after)s, and the step before it only %(before)s: some came in an earlier period, so this conversion is not that of one and the same leads."
    ),
    "turnover_not_comparable": N_(
        "The change cannot be taken apart: one of the two periods has a step nobody reached, and what comes after nothing has no conversion."
    ),
    "order_of_tuning_early": NN_(
        "%(order)s “%(lever)s” is tuned while %(earlier_order)s “%(earlier)s” stands at %(share)s of its target in %(unit)s: what is tuned later multiplies what comes before it.",
        "%(order)s “%(lever)s” is tuned while two levers before it fall short in %(unit)s, first %(earlier_order)s “%(earlier)s” at %(share)s of its target: what is tuned later multiplies what comes before it.",
    ),
    "base_ever_bought": N_("Everyone who ever bought"),
    "base_all_potential": N_("Everyone who could buy"),
    "base_without_active": N_("Everyone who could buy and does not now"),
}
