"""How a file is read: what was decided of it, what is asked, and what may be chosen."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    # What a person chose
    "choice_invalid": N_("How the file is read, “%(field)s”: %(reason)s"),
    "choice_not_object": N_("An object with named fields is expected."),
    "choice_unknown": N_("There is no such choice; the choices are %(known)s."),
    "choice_options": N_("One of %(options)s is expected."),
    "choice_delimiter": N_("A single sign is expected, such as a semicolon, a comma, a bar or a tab."),
    "choice_name": N_("A name of at most 500 characters is expected."),
    "choice_zone": N_("A time zone such as Europe/Budapest is expected."),
    "choice_whole": N_("A whole number from %(least)s to %(most)s is expected."),
    "choice_factor": N_("A number above 0 is expected."),
}
