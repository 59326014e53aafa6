"""Scorecards: criteria, visits, agreement of two coders, and whether a change was carried out."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "not_allowed.scorecard.edit": N_(
        "Viewers read; ask an administrator for a role that keeps scorecards."
    ),
    # Marks
    "mark_met": N_("Met"),
    "mark_not_met": N_("Not met"),
    "mark_not_applicable": N_("Does not apply"),
    # Why a change was not carried out, or did nothing
    "cause_cannot": N_("They cannot yet: the skill is missing"),
    "cause_no_benefit": N_("They see no benefit in it"),
    "cause_fear": N_("They fear a refusal or a conflict"),
    "cause_tool_fails": N_("It was carried out, and the tool does not work"),
    "cause_tool_missing": N_("The tool was not at hand"),
    "cause_staffing": N_("Too few people, or too much else to do"),
    "needs_cause": N_(
        "Not all of the mandatory steps were carried out: say why, as far as it is known."
    ),
    "cause_unknown": N_("“%(cause)s” is none of the causes: %(options)s."),
    # A card
    "no_such_scorecard": N_("There is no such scorecard."),
    "no_such_criterion": N_("This scorecard has no criterion %(number)s."),
    "no_such_visit": N_("This scorecard has no such visit."),
    "scorecard_invalid": N_("The scorecard cannot be kept like that."),
    "scorecard_needs_name": N_("Give the scorecard a name."),
    "scorecard_name_taken": N_("Another scorecard is called “%(name)s”: choose another name."),
    "scorecard_changed_meanwhile": N_(
        "Someone changed this scorecard meanwhile: look at it again."
    ),
    "scorecard_is_closed": N_("This scorecard is closed: open it again first."),
    "scorecard_is_open": N_("This scorecard is not closed."),
    "scorecard_text_long": N_("At most %(limit)s characters."),
    # A criterion
    "criterion_invalid": N_("The criterion cannot be kept like that."),
    "criterion_needs_name": N_("Say in a few words what is looked for."),
    "criterion_needs_definition": N_(
        "Define it, so that two people who see the same mark the same."
    ),
    "criterion_needs_met": N_("Say what counts as met."),
    "criterion_needs_not_met": N_("Say what counts as not met."),
    "criterion_name_taken": N_("Criterion %(number)s is called “%(name)s” already."),
    "criterion_is_retired": N_("This criterion is no longer asked: ask it again first."),
    "criterion_is_asked": N_("This criterion is asked already."),
    "criteria_too_many": N_("A scorecard holds %(most)s criteria at most."),
    "criterion_changed_meanwhile": N_(
        "Someone changed this criterion meanwhile: look at it again."
    ),
    # A visit
    "visit_invalid": N_("The visit cannot be kept like that."),
    "visit_needs_day": N_("Say on which day the visit was, such as 2026-02-20."),
    "visit_in_future": N_("This day has not come yet."),
    "visit_needs_marks": N_("Mark at least one criterion."),
    "visit_mark_unknown": N_(
        "“%(value)s” is no mark: write 1 for met, 0 for not met, NA where it does not apply."
    ),
    "visit_code_taken": N_("Another visit is called “%(visit)s” already."),
    "visit_is_void": N_("This visit is struck out: count it again first."),
    "visit_is_not_void": N_("This visit counts."),
    "visit_void_needs_reason": N_("Say why the visit does not count."),
    "visit_changed_meanwhile": N_("Someone changed this visit meanwhile: look at it again."),
    # Importing
    "visits_no_column": N_("“%(file)s” has no column for %(what)s: choose one of %(columns)s."),
    "visits_unknown_column": N_("“%(file)s” has no column “%(column)s”."),
    "visits_what_visit": N_("the visit"),
    "visits_what_day": N_("the day"),
    "visits_what_criterion": N_("the criterion"),
    "visits_what_score": N_("the mark"),
    "visits_row_visit": N_("Row %(row)s names no visit."),
    "visits_row_no_day": N_("Row %(row)s: “%(value)s” is no day of the calendar."),
    "visits_row_day": N_("Row %(row)s: “%(value)s” is no day; write it as 2026-02-20."),
    "visits_row_future": N_("Row %(row)s: %(value)s has not come yet."),
    "visits_row_criterion": N_("Row %(row)s: this scorecard has no criterion “%(value)s”."),
    "visits_row_score": N_(
        "Row %(row)s: “%(value)s” is no mark; write 1 for met, 0 for not met, NA where it does not apply."
    ),
    "visits_row_twice": N_(
        "Row %(row)s marks criterion %(number)s of visit “%(visit)s” a second time."
    ),
    "visits_row_differs": N_(
        "Row %(row)s: visit “%(visit)s” has another day or store in an earlier row."
    ),
    "visits_other_day": N_(
        "Visit “%(visit)s” is stored with the day %(stored)s, and here it is %(day)s: correct the day, or give another visit another number."
    ),
    "visits_other_store": N_(
        "Visit “%(visit)s” is stored with the store “%(stored)s”, and here it is “%(store)s”: correct the store, or give another visit another number."
    ),
    "visits_row_long": N_("Row %(row)s: “%(column)s” is longer than %(limit)s characters."),
    "visits_none": N_("“%(file)s” holds no visit."),
    "visits_too_many": N_("“%(file)s” holds more than %(most)s marks: import it in parts."),
    "visits_faulty": NN_(
        "%(n)s row cannot be used; nothing was imported.",
        "%(n)s rows cannot be used; nothing was imported.",
    ),
    "visits_no_store": N_("There is no visit of “%(store)s”."),
    "option_not_a_day": N_("%(option)s: “%(value)s” is no day; write it as 2026-02-20."),
    "visits_pasted": N_("pasted"),
    # What the visits say
    "score_no_visits": N_("Nobody has visited yet."),
    "score_nothing_applied": N_("Nothing on the card applied in any visit."),
    "score_one_period": NN_(
        "%(share)s of what applied was met, in %(n)s visit.",
        "%(share)s of what applied was met, in %(n)s visits.",
    ),
    "score_moved": N_(
        "The score moved: %(before)s of what applied was met before, %(since)s since. Chance alone would hardly do that (p = %(p)s)."
    ),
    "score_could_be_chance": N_(
        "Not settled: %(before)s of what applied was met before, %(since)s since. Chance alone could do that (p = %(p)s)."
    ),
    "score_moved_untested": N_(
        "%(before)s of what applied was met before, %(since)s since. So few visits cannot tell this from chance."
    ),
    "score_one_side": N_(
        "There are visits on one side of the day only: before and since cannot be held against each other."
    ),
    "score_no_test": N_(
        "Every visit has the same score, or there is one visit only: nobody can tell change from chance by that."
    ),
    "score_no_store_twice": N_(
        "No store was visited both before and since: a difference would be one between stores."
    ),
    "kappa_no_pairs": N_("Nobody coded it twice."),
    "kappa_one_answer": N_(
        "Both coders only ever gave one answer: agreement beyond chance cannot be seen."
    ),
    "agreement_unseen": N_(
        "No visit was coded by two people: nobody knows whether two would mark the same."
    ),
    "agreement_good": NN_(
        "Two coders agree on the %(n)s criterion that was coded twice.",
        "Two coders agree on the %(n)s criteria that were coded twice.",
    ),
    "criteria_excluded": NN_(
        "Criterion %(numbers)s is left out of every score until it is defined anew: two coders agree on it hardly more than by chance (kappa below 0.4).",
        "Criteria %(numbers)s are left out of every score until they are defined anew: two coders agree on them hardly more than by chance (kappa below 0.4).",
    ),
    "few_visits": NN_(
        "Fewer than %(least)s visits in %(units)s: they tell of the day, not of the store.",
        "Fewer than %(least)s visits in each of %(units)s: they tell of the day, not of the stores.",
    ),
    "steps_need_check_points": NN_(
        "Criterion %(numbers)s is mandatory and has no check point: say who sees that it was done, when, and by what.",
        "Criteria %(numbers)s are mandatory and have no check point: say who sees that they were done, when, and by what.",
    ),
    # Carried out?
    "fidelity_low": NN_(
        "Visits found %(done)s of %(due)s mandatory steps done (%(share)s, in %(n)s visit); below %(floor)s a change was not carried out.",
        "Visits found %(done)s of %(due)s mandatory steps done (%(share)s, in %(n)s visits); below %(floor)s a change was not carried out.",
    ),
    "fidelity_high": NN_(
        "Carried out: visits found %(done)s of %(due)s mandatory steps done (%(share)s, in %(n)s visit).",
        "Carried out: visits found %(done)s of %(due)s mandatory steps done (%(share)s, in %(n)s visits).",
    ),
    "fidelity_no_steps": N_(
        "Its scorecard has no mandatory step that two people mark alike: whether the change was carried out is not known."
    ),
    "fidelity_no_visits": N_(
        "Nobody has visited with its scorecard since %(day)s: whether the change was carried out is not known."
    ),
    "fidelity_ahead": N_(
        "The change begins on %(day)s: visits from that day on will say whether it is carried out."
    ),
    "fidelity_nothing_applied": NN_(
        "No mandatory step applied in %(n)s visit: whether the change was carried out is not known.",
        "No mandatory step applied in %(n)s visits: whether the change was carried out is not known.",
    ),
    "fidelity_no_start": N_(
        "The plan names no first day: say since when the scorecard watches the change."
    ),
    "sentence_invalid_fidelity": N_(
        "Not executed: this test says nothing for or against the idea. %(reason)s"
    ),
    "insight_hint_not_executed": N_(
        "The idea was not tested: most of its steps were not carried out. Ask what stood in the way, not who."
    ),
    "insight_hint_executed": N_(
        "The steps were carried out, and the outcome did not move as promised: the tool, rather than the people, seems not to work."
    ),
    "step_needs_check_point": N_(
        "Name the check point of step %(number)s, “%(step)s”, on the scorecard: who sees that it was done, when, and by what."
    ),
    # A card of a hypothesis
    "no_scorecard_linked": N_("No scorecard watches this hypothesis."),
    "scorecard_link_after_data": N_(
        "Data are attached already: whether the test was carried out is watched by what was agreed before them."
    ),
    "scorecard_link_invalid": N_("The scorecard cannot be linked like that."),
    "scorecard_link_needs_card": N_("Choose a scorecard."),
    "scorecard_link_changed_meanwhile": N_("Someone changed this meanwhile: look at it again."),
    "learning_cause": N_("Why it did not work"),
    "label_scorecard": N_("Scorecard"),
    "label_since": N_("Since"),
    "label_cause": N_("Why it did not work"),
    "step_link_scorecard": N_("choose the scorecard"),
    # Events
    "event_scorecard_linked": N_("let a scorecard watch whether it is carried out"),
    "event_scorecard_unlinked": N_("took the scorecard off"),
    "event_scorecard_made": N_("made a scorecard"),
    "event_scorecard_edited": N_("edited a scorecard"),
    "event_scorecard_closed": N_("closed a scorecard"),
    "event_scorecard_opened": N_("opened a scorecard again"),
    "event_criterion_added": N_("added a criterion to a scorecard"),
    "event_criterion_edited": N_("edited a criterion of a scorecard"),
    "event_criterion_retired": N_("took a criterion off a scorecard"),
    "event_criterion_asked": N_("put a criterion back on a scorecard"),
    "event_visit_added": N_("entered a visit"),
    "event_visit_edited": N_("corrected a visit"),
    "event_visit_voided": N_("struck a visit out"),
    "event_visit_restored": N_("took a visit back that was struck out"),
    "event_visits_imported": N_("imported visits"),
    "activity_scorecard_linked": N_("Scorecard linked"),
    "activity_scorecard_unlinked": N_("Scorecard taken off"),
    "activity_scorecard_made": N_("Scorecard made"),
    "activity_scorecard_edited": N_("Scorecard edited"),
    "activity_scorecard_closed": N_("Scorecard closed"),
    "activity_scorecard_opened": N_("Scorecard opened again"),
    "activity_criterion_added": N_("Criterion added"),
    "activity_criterion_edited": N_("Criterion edited"),
    "activity_criterion_retired": N_("Criterion taken off"),
    "activity_criterion_asked": N_("Criterion put back"),
    "activity_visit_added": N_("Visit entered"),
    "activity_visit_edited": N_("Visit corrected"),
    "activity_visit_voided": N_("Visit struck out"),
    "activity_visit_restored": N_("Visit taken back"),
    "activity_visits_imported": N_("Visits imported"),
    # The export
    "visit_export_visit": N_("Visit"),
    "visit_export_day": N_("Day"),
    "visit_export_unit": N_("Store"),
    "visit_export_shopper": N_("Shopper"),
    "visit_export_second_coder": N_("Second coder"),
    "visit_export_coder": N_("Coder"),
    "visit_export_number": N_("Number"),
    "visit_export_criterion": N_("Criterion"),
    "visit_export_mandatory": N_("Mandatory"),
    "visit_export_score": N_("Mark"),
    "visit_export_comment": N_("Comment"),
    "visit_export_void_reason": N_("Struck out because"),
    "visits_counted": NN_("%(n)s visit", "%(n)s visits"),
    "steps_counted": NN_("%(n)s step", "%(n)s steps"),
    "scorecards_found": NN_("%(n)s scorecard", "%(n)s scorecards"),
}
