"""Why someone may not do something, and who may."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "not_allowed.view": N_("Your account has no role in this workspace: ask an administrator for one."),
    "not_allowed.account.own": N_("Sign in with your own account to change it."),
    "not_allowed.hypothesis.create": N_("Viewers read; ask an administrator for a role that submits hypotheses."),
    "not_allowed.hypothesis.edit": N_("Its author, owner, an analyst or a leader can edit this hypothesis."),
    "not_allowed.hypothesis.archive": N_("Its author, its owner or a leader can archive this hypothesis."),
    "not_allowed.plan.edit": N_("Its author, owner, an analyst or a leader can edit this plan."),
    "not_allowed.test.start": N_("Its author, owner, an analyst or a leader can start this test."),
    "not_allowed.dataset.attach": N_("The data steward, the owner or an analyst can attach data to this test."),
    "not_allowed.analysis.run": N_("The data steward, the owner, an analyst or a leader can run the check."),
    "not_allowed.analysis.open_early": N_("An analyst or a leader can open the result before the planned end, with a reason."),
    "not_allowed.insight.write": N_("Its author, owner, an analyst or a leader can write the insight."),
    "not_allowed.conclusion.record": N_("Its owner, an analyst or a leader can record the decision."),
    "not_allowed.conclusion.scale": N_("The decision to scale belongs to a leader: ask one to take it."),
    "not_allowed.conclusion.reopen": N_("A leader can reopen a concluded hypothesis."),
    "not_allowed.rollout.move": N_("A leader can move roll-outs on the scale-up board."),
    "not_allowed.people.manage": N_("An administrator can manage people."),
    "not_allowed.settings.edit": N_("An administrator can change the workspace settings."),
    "not_allowed.source.manage": N_("An analyst or an administrator can set up connections."),
    "not_allowed.dataset.delete": N_("An administrator can delete the rows of a data set."),
    "not_allowed.money.view": N_("Analysts, leaders and those whose test it is see columns of money."),
    "not_allowed.personal.view": N_("Analysts and administrators see personal columns."),
    "not_allowed.cost.edit": N_("Its author, owner, data steward, an analyst or a leader can enter the costs of this hypothesis."),
    "not_allowed.budget.decide": N_("A leader decides whether a test that costs more than it may goes on."),
    "not_allowed.unit.manage": N_("An analyst or a leader can enter and change stores, territories and teams."),
    "not_allowed.unit.log": N_("Whoever is responsible for it, an analyst or a leader can keep its log."),
    "not_allowed.workspace.move": N_("An administrator can export or import the whole workspace."),
    "not_allowed.lever.edit": N_("Whoever is responsible for the unit, an analyst or a leader can enter its periods, targets and client base."),
}
