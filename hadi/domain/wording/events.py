"""The history in words: what someone did (after their name), and the names of what changed.

Each verb of the log is worded as `event_<verb>`, in a form that goes on from a name: "Anna Kiss
captured the idea". Nothing here blames: a refused step was asked for, not attempted in vain.
"""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    # Hypotheses
    "event_created": N_("captured the idea"),
    "event_edited": N_("edited the sentence"),
    "event_became_idea": N_("took it back to the ideas: something is missing again"),
    "event_became_planned": N_("completed the plan: it can start"),
    "event_became_running": N_("started the test: the plan is locked"),
    "event_became_measured": N_("got the final result"),
    "event_became_concluded": N_("decided"),
    "event_became_archived": N_("put it in the archive"),
    "event_restored": N_("brought it back from the archive"),
    "event_planned_again": N_("took it back to planning"),
    "event_reopened": N_("reopened the decision"),
    "event_decided": N_("decided: %(decision)s"),
    "event_test_opened": N_("opened test %(number)s"),
    "event_refused": N_("asked to %(step)s; that was not possible yet"),
    "event_refused_right": N_("asked to %(step)s, which others decide"),
    "event_insight_written": N_("wrote the insight"),
    # Plans
    "event_plan_saved": N_("worked on the plan"),
    "event_plan_amended": N_("changed the plan in the open, as version %(version)s"),
    # Data and analyses
    "event_data_uploaded": N_("uploaded “%(filename)s” to look at it"),
    "event_data_read_again": N_("read “%(filename)s” again, in another way"),
    "event_data_discarded": N_("set “%(filename)s” aside without attaching it"),
    "event_data_corrected": N_("corrected the data with “%(filename)s”, as version %(version)s"),
    "event_data_added": N_("added the rows of “%(filename)s” to the data, as version %(version)s"),
    "event_data_deleted": N_("deleted the rows of data version %(version)s"),
    "event_data_attached": N_("attached “%(filename)s” as data, version %(version)s"),
    "event_data_typed": N_("attached typed counts as data, version %(version)s"),
    "event_analysed": N_("ran the check: %(verdict)s"),
    "event_analysed_early": N_("opened the result before the planned end: %(verdict)s"),
    # Work in the background
    "event_job.cancelled": N_("stopped work in the background"),
    "event_job.retried": N_("began work in the background anew"),
    # Roll-outs
    "event_rollout_queued": N_("put it on the scale-up board"),
    "event_rollout_moved": N_("moved it on the scale-up board"),
    "event_wave_started": N_("started wave %(wave)s"),
    "event_wave_planned": N_("changed wave %(wave)s"),
    "event_wave_measured": N_("measured wave %(wave)s again"),
    "event_wave_held": N_("measured wave %(wave)s again: the effect held"),
    "event_wave_did_not_hold": N_("measured wave %(wave)s again: the effect did not hold"),
    # People, tokens and the workspace
    "event_user.added": N_("added a person"),
    "event_user.edited": N_("edited a person"),
    "event_user.activated": N_("had a person back"),
    "event_user.deactivated": N_("let a person go"),
    "event_user.signed_in": N_("signed in"),
    "event_user.password_set": N_("set a password"),
    "event_token.created": N_("made an access token"),
    "event_token.revoked": N_("revoked an access token"),
    "event_workspace.edited": N_("changed the workspace settings"),
    # Who
    "actor_person": N_("%(person)s"),
    "actor_token": N_("%(person)s, with the token “%(token)s”"),
    "actor_token_unnamed": N_("%(person)s, with a token"),
    "actor_job": N_("HADI"),
    "actor_unknown": N_("Someone"),
    # Steps, as they go on from "asked to …"
    "step_plan": N_("complete the plan"),
    "step_start": N_("start the test"),
    "step_measure": N_("run the check"),
    "step_conclude": N_("decide"),
    "step_reopen": N_("reopen the decision"),
    "step_repeat": N_("repeat the test"),
    "step_archive": N_("archive the hypothesis"),
    "step_restore": N_("bring the hypothesis back"),
    "step_edit_plan": N_("change the plan"),
    "step_attach_data": N_("attach data"),
    "step_write_insight": N_("write the insight"),
    "step_move_rollout": N_("move the roll-out"),
    # What changed
    "label_title": N_("Short title"),
    "label_change": N_("If we"),
    "label_effect": N_("then"),
    "label_reason": N_("because"),
    "label_state": N_("State"),
    "label_status": N_("Column"),
    "label_learned": N_("What we learned"),
    "label_holds_where": N_("Where it holds"),
    "label_next": N_("What comes next"),
    "label_scope": N_("Where"),
    "label_measure_on": N_("Measured again on"),
}
