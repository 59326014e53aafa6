"""What each validity check looks at, as a heading over its finding."""

from __future__ import annotations

from flask_babel import gettext as _

from hadi.web.shared import season_found


def check_word(code: str) -> str:
    """What a validity check looks at."""
    words = {
        "sample_ratio": _("Sizes of the arms"),
        "unknown_arms": _("Rows of no known arm"),
        "mixed_units": _("Units in several arms"),
        "duplicates": _("Rows that repeat"),
        "missing": _("Missing values"),
        "blank_units": _("Rows without a unit"),
        "small_arms": _("Very small arms"),
        "outliers": _("Extreme values"),
        "pre_period": _("Before the test"),
        "concentration": _("Who carries the effect"),
        "novelty": _("Does it fade?"),
        "clusters": _("What was drawn"),
        "overdispersion": _("Events in bunches"),
        "after_the_fact": _("The plan before the data"),
        "log_support": _("Log and receipts"),
        "data_quality": _("Quality of the data"),
        "controls": _("Who is compared with"),
        "wide": _("Columns taken for sites"),
        "missing_periods": _("Missing periods of sites"),
        "absent_periods": _("Periods that nobody has"),
        "left_out": _("Controls left out"),
        "several_rows": _("Several rows of a site and period"),
        "blank_rows": _("Rows of no site or period"),
        "smallest_p": _("What the test can reach"),
        "basket_seller": _("One seller"),
        "basket_departments": _("Other departments"),
        "basket_unnamed": _("Rows without a receipt"),
        "open_deals": _("Deals that are still open"),
        "crm_hygiene": _("How the CRM is kept"),
        "deal_path": _("The path of every deal"),
        "maturity": _("Deals too young to count"),
        "unknown_stages": _("Stages that are not in the funnel"),
        "once_each": _("Each deal counted once"),
        "later_rows": _("Rows of days to come"),
        "calendar": _("Days unlike others"),
        "staff": _("New people"),
        "stock": _("Goods that ran out"),
        "order_of_tuning": _("The order of tuning"),
        "technology": _("Technology and sales model"),
        "collisions": _("Other tests in the same stores"),
        "fidelity": _("Was it carried out?"),
        "basket_rate": _("Which average this is"),
        "few_visits": _("Few visits"),
    }
    return str(words.get(code) or season_found.check_word(code) or code)
