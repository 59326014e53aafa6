"""What is said of a file before anything of it was read."""

from hadi.domain.wording import N_, Wording

WORDING: dict[str, Wording] = {
    "upload_needs_file": N_("Choose a file first."),
}
