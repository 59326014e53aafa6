"""Stores, territories and teams: their kinds, how they sell, and what can be refused of them."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "no_such_unit": N_("There is no store, territory or team “%(unit)s”."),
    "unit_kind_store": N_("Store"),
    "unit_kind_territory": N_("Territory"),
    "unit_kind_team": N_("Team"),
    "sales_model_passive": N_("Passive: serves those who come"),
    "sales_model_active": N_("Active: finds its clients"),
    "technology_cold_calls": N_("Cold calls"),
    "technology_field_visits": N_("Visits to clients"),
    "technology_client_base": N_("Work through the client base"),
    "technology_tenders": N_("Tenders"),
    "technology_add_on": N_("Add-on selling"),
    "technology_consulting": N_("Consulting at the counter"),
    "technology_self_service": N_("Self-service"),
    "technology_incoming_calls": N_("Incoming calls"),
}
