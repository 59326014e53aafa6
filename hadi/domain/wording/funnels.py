"""Funnels: their stages, what an export of deals says of them, and how tidy the CRM is."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "stage_kind_stage": N_("Stage"),
    "stage_kind_key": N_("Key stage"),
    "stage_kind_won": N_("Won"),
    "stage_kind_lost": N_("Lost"),
    # Defining one
    "funnel_invalid": NN_("%(n)s field is not usable.", "%(n)s fields are not usable."),
    "funnel_needs_name": N_("Give the funnel a name."),
    "funnel_name_long": N_("Use at most %(limit)s characters."),
    "funnel_name_taken": N_("There is a funnel of this name already."),
    "funnel_few_stages": N_(
        "A funnel has at least two stages on the way: the key stage and the won one."
    ),
    "funnel_many_stages": N_("A funnel has at most %(limit)s stages."),
    "funnel_no_key": N_("Mark the key stage: the one after which the client decides."),
    "funnel_many_keys": N_("Mark one key stage only: the one after which the client decides."),
    "funnel_no_won": N_("Mark the stage in which a deal is won."),
    "funnel_many_won": N_("Mark one stage only as won."),
    "funnel_won_not_last": N_("The won stage is the last one on the way: put it after the others."),
    "funnel_stage_unnamed": N_("Name the stage as the CRM names it."),
    "funnel_stage_twice": N_("“%(name)s” is in the list already."),
    "funnel_days": N_("Write whole days, from 1 to %(limit)s, or leave it empty."),
    "funnel_note_long": N_("Use at most %(limit)s characters."),
    "funnel_no_person": N_("Choose somebody of the workspace."),
    "no_such_funnel": N_("There is no such funnel: it may be another workspace’s."),
    "no_such_deals": N_(
        "These deals are not here any more: somebody removed them, or the link is not whole."
    ),
    "funnel_changed_meanwhile": N_(
        "Somebody changed this funnel meanwhile: look at it again before you save yours."
    ),
    "funnel_is_archived": N_("This funnel is archived: take it back first."),
    "funnel_is_not_archived": N_("This funnel is not archived."),
    "not_allowed.funnel.manage": N_(
        "Team leads, analysts and leaders can define funnels and send deals."
    ),
    "not_allowed.funnel.managers": N_(
        "Whoever is responsible for the funnel, analysts and leaders see what is told of single managers."
    ),
    # Reading an export
    "deals_columns_invalid": NN_("%(n)s column is not usable.", "%(n)s columns are not usable."),
    "deals_need_deal": N_("Choose the column that names the deal."),
    "deals_need_stage": N_("Choose the column of the stage, or a column for each stage."),
    "deals_need_moment": N_(
        "Choose the column that says when a deal came to the stage, or when it was created."
    ),
    "deals_stages_mapping": N_(
        "Send the columns of stages as an object: a stage’s name and its column."
    ),
    "deals_unknown_part": N_("“%(name)s” is nothing that a column of deals can be."),
    "deals_column_unknown": N_("There is no column “%(column)s” in the file."),
    "deals_not_dates": N_("The column “%(column)s” does not hold dates."),
    "deals_not_marks": N_(
        "The column “%(column)s” of the stage “%(stage)s” holds neither dates nor marks (0 or 1)."
    ),
    "deals_many_stages": N_(
        "The column of the stage has more than %(limit)s different values: choose another column."
    ),
    "deals_several": N_("The archive holds %(n)s tables: send the deals as one."),
    "deals_none": N_("No row names both a deal and a stage."),
    "deals_no_stage_known": N_(
        "None of the stages in the file (%(found)s) is one of this funnel (%(stages)s): name them alike."
    ),
    "deals_not_mapped": N_("Say first which column holds what."),
    "deals_invoices": N_(
        "Write how many invoices there were as a whole number of 1 or more, or leave it empty."
    ),
    "invoices_no_columns": N_(
        "The file of invoices names neither deals nor months: call a column “deal”, or two “month” and “invoices” (there are %(columns)s)."
    ),
    "invoices_many_months": N_(
        "A file of invoices by month has at most %(limit)s rows: name the deal of each invoice instead."
    ),
    "invoices_no_month": N_(
        "“%(value)s” in the file of invoices is no month: write it as 2026-05."
    ),
    "invoices_no_count": N_("“%(value)s” in the file of invoices is no number of invoices."),
    "invoices_nothing_sent": N_("Choose the file of invoices."),
    "invoices_none": N_("The file names no invoice."),
    "invoices_none_then": N_(
        "No invoice in the file is of the time of these deals, %(first)s to %(last)s."
    ),
    "deals_as_of": N_("Write the day of the export as a date, such as 2026-05-31."),
    "deals_as_of_ahead": N_("The day of the export lies ahead: write when it was made."),
    "deals_step_unknown": N_("“%(name)s” is no stage on the way that deals move on from."),
    "deals_no_arm": N_("The deals name no arm: say which column holds it."),
    "deals_nobody": N_(
        "Nobody who came to “%(stage)s” had time to move on yet: wait, or allow fewer days."
    ),
    "funnel_nothing_sent": N_("Choose a file, or paste the cells."),
    "deals_no_hypothesis": N_("Choose the hypothesis whose test these deals are for."),
    # What it says
    "funnel_step": NN_(
        "Of %(n)s deal that came to “%(start)s” and had time to move on, %(moved)s moved on to “%(end)s”: %(share)s (%(low)s to %(high)s).",
        "Of %(n)s deals that came to “%(start)s” and had time to move on, %(moved)s moved on to “%(end)s”: %(share)s (%(low)s to %(high)s).",
    ),
    "funnel_plan": N_(
        "From %(share)s on, a test that is to see %(effect)s needs %(units)s deals in each of two arms."
    ),
    "funnel_plan_weeks": NN_(
        "From %(share)s on, a test that is to see %(effect)s needs %(units)s deals in each of two arms: %(n)s week at %(per_week)s deals a week.",
        "From %(share)s on, a test that is to see %(effect)s needs %(units)s deals in each of two arms: %(n)s weeks at %(per_week)s deals a week.",
    ),
    "funnel_nobody_entered": N_(
        "No deal came to “%(start)s” and had time to move on to “%(end)s” yet."
    ),
    "funnel_made": NN_(
        "Worked out from %(n)s deal of “%(file)s” by the funnel “%(funnel)s”: who came to “%(start)s”, and who moved on.",
        "Worked out from %(n)s deals of “%(file)s” by the funnel “%(funnel)s”: who came to “%(start)s”, and who moved on.",
    ),
    # Checks
    "open_deals_few": N_(
        "%(open)s of %(entered)s deals are still open (%(share)s); up to %(most)s a verdict may rest on the others."
    ),
    "open_deals_many": N_(
        "%(open)s of %(entered)s deals are still open (%(share)s): nobody knows how they will end. A verdict waits until at most %(most)s are."
    ),
    "open_deals_many_in": N_(
        "In “%(arm)s” %(open)s of %(entered)s deals are still open (%(share)s): nobody knows how they will end. A verdict waits until at most %(most)s are."
    ),
    "open_deals_nobody": N_(
        "No deal came to the stage and had time to move on: there is nothing to judge yet."
    ),
    "hygiene_unknown": N_(
        "How tidy the CRM is cannot be told: the file has no column of tasks, and nobody said how many invoices there were."
    ),
    "hygiene_green": N_("The CRM is kept: %(what)s"),
    "hygiene_amber": N_("The CRM is kept in part: %(what)s Look into it; the numbers still count."),
    "hygiene_red": N_(
        "The CRM is not kept, so its stages are not where the deals are: %(what)s No verdict may rest on it."
    ),
    "hygiene_list": N_("%(first)s %(rest)s"),
    "hygiene_without_task": NN_(
        "%(n)s of %(open)s open deals has no task (%(share)s).",
        "%(n)s of %(open)s open deals have no task (%(share)s).",
    ),
    "hygiene_overdue": NN_(
        "%(n)s of %(open)s open deals has an overdue task (%(share)s).",
        "%(n)s of %(open)s open deals have an overdue task (%(share)s).",
    ),
    "hygiene_laid": N_(
        "Won deals without an invoice: %(without_invoice)s; invoices of no deal: %(without_deal)s, of a deal that is not won: %(not_won)s."
    ),
    "hygiene_completeness": NN_(
        "For %(n)s invoice there are %(won)s won deals (%(share)s).",
        "For %(n)s invoices there are %(won)s won deals (%(share)s).",
    ),
    "deals_pathless": NN_(
        "Of %(n)s lost deal (%(share)s of all) only the end is in the file, not how far it came: export the history of stages.",
        "Of %(n)s lost deals (%(share)s of all) only the end is in the file, not how far they came: export the history of stages.",
    ),
    "deals_with_path": NN_(
        "The file says of %(n)s deal which stages it came to.",
        "The file says of %(n)s deals which stages they came to.",
    ),
    "deals_no_maturity": N_(
        "Nobody said how long a deal may stay here, and the file does not tell: young deals are counted as if they had had their time."
    ),
    "deals_undated": NN_(
        "%(n)s deal has no date of the stage: it is counted as if it had had its time.",
        "%(n)s deals have no date of the stage: they are counted as if they had had their time.",
    ),
    "deals_mature": NN_(
        "%(n)s deal came here less than %(days)s days ago and is not counted yet.",
        "%(n)s deals came here less than %(days)s days ago and are not counted yet.",
    ),
    "deals_all_mature": N_("Every deal that came here had its time to move on."),
    "stages_unknown": NN_(
        "%(n)s row names a stage that is not in this funnel (%(names)s) and is left out.",
        "%(n)s rows name a stage that is not in this funnel (%(names)s) and are left out.",
    ),
    "deals_later": NN_(
        "%(n)s row is of a day after %(day)s and left out: look how its date was read.",
        "%(n)s rows are of days after %(day)s and left out: look how their dates were read.",
    ),
    "finding_later_rows": N_("Rows of days to come"),
    "deals_moved_oddly": N_(
        "Deals that went back: %(back)s; that skipped a stage: %(skipped)s. Each counts once, at the furthest stage it came to."
    ),
    # Their titles
    "finding_open_deals": N_("Deals that are still open"),
    "finding_crm_hygiene": N_("How the CRM is kept"),
    "finding_deal_path": N_("The path of every deal"),
    "finding_maturity": N_("Deals too young to count"),
    "finding_unknown_stages": N_("Stages that are not in the funnel"),
    "finding_once_each": N_("Each deal counted once"),
    "option_stage": N_(
        "“%(written)s”: write %(option)s as STAGE=%(what)s, with one of the stages of --stages."
    ),
    "funnel_variant_control": N_("To judge the step, name both --variant and --control."),
    "funnel_stage_unlisted": N_("%(option)s: “%(name)s” is none of the stages."),
    "option_day": N_("“%(written)s” is no day: write %(option)s as 2026-05-31."),
    # Columns of downloads
    "funnel_column_stage": N_("Stage"),
    "funnel_column_next": N_("Next"),
    "funnel_column_entered": N_("Entered"),
    "funnel_column_moved": N_("Moved on"),
    "funnel_column_lost": N_("Lost"),
    "funnel_column_open": N_("Still open"),
    "funnel_column_conversion": N_("Conversion"),
    "funnel_column_low": N_("From"),
    "funnel_column_high": N_("To"),
    "funnel_column_young": N_("Too young"),
    "funnel_column_by": N_("By"),
    "funnel_column_name": N_("Name"),
    "funnel_column_stands": N_("Beside the others"),
    "funnel_column_without_task": N_("Open without a task"),
    "funnel_column_overdue": N_("Open with an overdue task"),
    "stands_above": N_("above the others"),
    "stands_below": N_("below the others"),
    "stands_like": N_("like the others"),
    "group_manager": N_("Manager"),
    "group_territory": N_("Territory"),
    "group_role": N_("Role"),
    "group_source": N_("Source"),
    # Events
    "event_funnel_created": N_("defined the funnel “%(name)s”"),
    "event_funnel_edited": N_("changed the funnel “%(name)s”"),
    "event_funnel_archived": N_("archived the funnel “%(name)s”"),
    "event_funnel_restored": N_("took the funnel “%(name)s” back from the archive"),
    "event_funnel_deals_kept": N_("sent deals for the funnel “%(name)s”: “%(filename)s”"),
    "event_funnel_deals_mapped": N_(
        "said what the columns of “%(filename)s” are, for the funnel “%(name)s”"
    ),
    "event_funnel_deals_removed": N_("removed the deals “%(filename)s” of the funnel “%(name)s”"),
    "event_funnel_deals_used": N_(
        "made data of the test from the deals “%(filename)s” of the funnel “%(name)s”"
    ),
    "event_funnel_deals_restored": N_(
        "took the deals “%(filename)s” of the funnel “%(name)s” back"
    ),
    "event_funnel_deals_deleted": N_(
        "deleted the deals “%(filename)s” of the funnel “%(name)s” for good: %(reason)s"
    ),
    "activity_funnel_deals_restored": N_("Deals taken back"),
    "activity_funnel_deals_deleted": N_("Deals deleted"),
    "deals_delete_needs_reason": N_("Say why: it stays on record when the rows are gone."),
    "activity_funnel_created": N_("Funnel defined"),
    "activity_funnel_edited": N_("Funnel changed"),
    "activity_funnel_archived": N_("Funnel archived"),
    "activity_funnel_restored": N_("Funnel taken back"),
    "activity_funnel_deals_kept": N_("Deals sent"),
    "event_funnel_invoices_laid": N_(
        "laid the invoices “%(invoices)s” beside the deals “%(filename)s” of the funnel “%(name)s”"
    ),
    "activity_funnel_invoices_laid": N_("Invoices laid beside deals"),
    "activity_funnel_deals_mapped": N_("Columns of deals chosen"),
    "activity_funnel_deals_removed": N_("Deals removed"),
    "activity_funnel_deals_used": N_("Data made from deals"),
    "subject_funnel": N_("Funnel"),
}
