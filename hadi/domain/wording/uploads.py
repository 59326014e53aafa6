"""What is said of a file before anything of it was read."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "upload_needs_file": N_("Choose a file first."),
    "upload_met": N_("“%(file)s” was just set aside in another window: send it once more."),
}
