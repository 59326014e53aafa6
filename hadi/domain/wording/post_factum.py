"""A plan written after the data: exploration, said without blame, with the way to a fair test."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "after_the_fact_badge": N_("After the fact: exploration only"),
    "after_nothing": N_(
        "The plan stood on %(written)s, before the data (%(first)s to %(last)s) were all there."
    ),
    "after_the_hypothesis": N_(
        "The hypothesis was written on %(written)s, after the data it is judged on (%(first)s to %(last)s): this is exploration only. Test it again with new data."
    ),
    "after_the_plan": N_(
        "The plan was fixed on %(written)s, after the data it is judged on (%(first)s to %(last)s): this is exploration only. Test it again with new data."
    ),
    "after_the_plan_changed": N_(
        "The plan was last changed on %(written)s, after the data it is judged on (%(first)s to %(last)s): this is exploration only. Test it again with new data."
    ),
    "after_upload": N_(
        "The plan was fixed on %(written)s, after the data had been uploaded (%(uploaded)s): this is exploration only. Test it again with new data."
    ),
    "after_upload_changed": N_(
        "The plan was last changed on %(written)s, after the data had been uploaded (%(uploaded)s): this is exploration only. Test it again with new data."
    ),
    "after_elsewhere": N_(
        "The same rows came with another hypothesis on %(uploaded)s, before this plan was fixed on %(written)s: what was seen there may have shaped it."
    ),
    "after_the_start": N_(
        "%(share)s of the rows are of days before the plan was fixed on %(written)s (%(first)s to %(last)s in all): what was seen of them may have shaped it."
    ),
    "after_unknown": N_(
        "No column is known to name the day, so nobody can say whether the plan came before the data. Name the day column on the page of the data."
    ),
    "after_unknown_periods": N_(
        "The periods are not named after the calendar, so nobody can say whether the plan came before the data. Name them as days, weeks (2026-W05), months (2026-05) or quarters (2026-Q2) where that matters."
    ),
    "after_unknown_counts": N_(
        "Typed counts name no days, so nobody can say whether the plan came before the data. Attach a file with a column of days where that matters."
    ),
    "after_imported": N_(
        "The plan stood on %(written)s, before the data (%(first)s to %(last)s), by the clock of the workspace it was imported from."
    ),
}
