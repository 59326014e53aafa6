"""People, their tokens and the workspace: what can be refused, and why."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "user.not_found": N_("There is no such person in this workspace."),
    "user.unusable": N_("This person cannot be saved yet."),
    "user.email_unusable": N_("“%(email)s” is not an e-mail address."),
    "user.email_taken": N_("There is already an account with the address %(email)s."),
    "user.name_missing": N_("Write the person’s name."),
    "user.name_long": NN_(
        "The name may have %(n)s character at most.", "The name may have %(n)s characters at most."
    ),
    "user.role_missing": N_("Choose at least one role."),
    "user.role_unknown": N_("There is no role “%(role)s”; the roles are %(roles)s."),
    "user.language_unknown": N_("HADI speaks English, Russian and Hungarian, not “%(language)s”."),
    "user.password_short": NN_(
        "A password needs at least %(n)s character.", "A password needs at least %(n)s characters."
    ),
    "user.password_long": NN_(
        "A password may have %(n)s character at most.",
        "A password may have %(n)s characters at most.",
    ),
    "user.password_is_email": N_("The password must not be the e-mail address."),
    "user.last_admin": N_(
        "This is the last active administrator: give someone else the role first."
    ),
    "user.stale": N_("Someone changed this person’s account in the meantime. Nothing was saved."),
    "token.not_found": N_("There is no such token."),
    "token.unusable": N_("This token cannot be created yet."),
    "token.name_missing": N_("Name the token after what will use it."),
    "token.name_long": NN_(
        "The name may have %(n)s character at most.", "The name may have %(n)s characters at most."
    ),
    "token.scope_missing": N_("Choose what the token may do: read, or read and write."),
    "token.scope_unknown": N_("There is no scope “%(scope)s”; the scopes are read and write."),
    "token.days_unusable": N_("A token lasts between 1 and %(most)s days."),
    "token.needs_person": N_("A token belongs to a person: sign in to create one."),
    "workspace.unusable": N_("These settings cannot be saved yet."),
    "workspace.name_missing": N_("Write the name of the workspace."),
    "workspace.name_long": NN_(
        "The name may have %(n)s character at most.", "The name may have %(n)s characters at most."
    ),
    "workspace.time_zone_unknown": N_(
        "There is no time zone “%(time_zone)s”; an example is Europe/Budapest."
    ),
    "workspace.currency_unknown": N_("“%(currency)s” is not a currency code; an example is EUR."),
    "workspace.week_start_unknown": N_("A week starts on one of its seven days."),
    "workspace.stale": N_("Someone changed these settings in the meantime. Nothing was saved."),
    "receipt.other_request": N_(
        "This idempotency key was already used for a different request: use a new key."
    ),
    "receipt.key_long": NN_(
        "An idempotency key may have %(n)s character at most.",
        "An idempotency key may have %(n)s characters at most.",
    ),
}
