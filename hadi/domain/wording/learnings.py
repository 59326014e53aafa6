"""The library of learnings: how many were found, and the head of its file."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "learnings_found": NN_("%(n)s learning", "%(n)s learnings"),
    "learning_key": N_("Key"),
    "learning_change": N_("If we"),
    "learning_effect": N_("then"),
    "learning_reason": N_("because"),
    "learning_verdict": N_("Verdict"),
    "learning_decision": N_("Decision"),
    "learning_decided_because": N_("Decided because"),
    "learning_learned": N_("What we learned"),
    "learning_holds_where": N_("Where it holds"),
    "learning_narrowed_to": N_("Narrowed to, after a wave that did not hold"),
    "learning_next": N_("What comes next"),
    "learning_author": N_("Decided by"),
    "learning_decided": N_("Decided on"),
}
