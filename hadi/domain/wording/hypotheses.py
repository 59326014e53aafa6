"""What is said of hypotheses, their plans, data and decisions as they are stored."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "no_such_hypothesis": N_("There is no hypothesis “%(key)s”."),
    "no_such_analysis": N_("There is no such analysis."),
    "no_such_dataset": N_("There is no such data set."),
    "no_such_rollout": N_("There is no such roll-out."),
    "hypothesis_invalid": N_("The hypothesis needs another look."),
    "hypothesis_changed_meanwhile": N_("Someone changed %(key)s since you opened it. Nothing was saved: compare, then save again."),
    "rollout_changed_meanwhile": N_("Someone moved this roll-out since you opened the board. Nothing was changed: look again."),
    "statement_fixed": N_("The sentence is fixed once the test has started (%(state)s): write a linked hypothesis instead."),
    "plan_fixed": N_("The plan is fixed in this state (%(state)s): start a repeat, or write a linked hypothesis."),
    "plan_has_data": N_("Data are attached, so the plan stays as it was: start a new linked test instead."),
    "amendment_needs_reason": N_("The test is running: give the reason for changing its plan."),
    "no_such_person": N_("“%(person)s” is not an active person of this workspace."),
    "mapping_unknown": N_("“%(column)s” is not a column of the file; it has: %(columns)s."),
    "mapping_missing": N_("Choose the column for “%(need)s”; the file has: %(columns)s."),
    "mapping_same_column": N_("The column “%(column)s” is mapped twice."),
    "dataset_attached_already": N_("This data set is attached already."),
    "needs_running": N_("Data are attached to a test that is under way; this hypothesis is: %(state)s."),
    "counts_not_for_metric": N_("Typed counts fit one metric: give the other metrics a file."),
    "analysis_basis_changed": N_("The data or the plan changed while the check ran. Nothing was stored: run it again."),
    "early_needs_reason": N_("Opening the result before the planned end needs a written reason."),
    "conclusion_invalid": N_("The decision needs another look."),
    "wave_invalid": N_("The wave needs another look."),
    "wave_needs_measure_on": N_("Say when this wave is measured again, within three months of its start."),
    "wave_needs_measurement": N_("Measure the previous wave again before starting the next one."),
    "wave_not_rolling": N_("A wave belongs to a roll-out that is queued or rolling out."),
    "no_such_wave": N_("There is no wave %(number)s in this roll-out."),
    "wave_measured_already": N_("Wave %(number)s is measured already: its result is part of the record."),
    "stop_needs_reason": N_("Give the reason for stopping the roll-out."),
}
