"""What is said of a file on its way: refused at its beginning, gone on with, or ended."""

from hadi.domain.wording import N_, NN_, Wording

WORDING: dict[str, Wording] = {
    "no_such_upload": N_("This upload is not here, or it has expired: send the file again."),
    "upload_needs_size": N_("The size of the file has to be said at its beginning, in bytes."),
    "upload_needs_name": N_("The name of the file has to be said at its beginning."),
    "upload_batch_unknown": N_("These files belong to another test or another person: begin anew."),
    "upload_batch_size": N_("Between 1 and %(most)s files can be sent together."),
    "upload_offset": N_("%(received)s bytes of the file are here: go on from there."),
    "upload_beyond_size": N_("More was sent than the file has by its own account (%(size)s bytes)."),
    "upload_checksum": N_("A piece of the file arrived damaged: send it again."),
    "upload_checksum_unknown": N_("The checksum “%(name)s” is not known here: sha1 and sha256 are."),
    "upload_no_piece": N_("A piece of a file is sent as “%(type)s”."),
    "upload_needs_offset": N_("Where the piece begins has to be said in “Upload-Offset”."),
    "upload_metadata": N_("“%(name)s” cannot be read: its value is written in Base64, as UTF-8."),
    "upload_version": N_("Uploads speak tus %(version)s here: say “Tus-Resumable: %(version)s”."),
    "upload_over": N_("This file is not being received any more."),
    "upload_incomplete": NN_(
        "%(n)s file that belongs to these has not arrived: send it, or leave it out.",
        "%(n)s files that belong to these have not arrived: send them, or leave them out.",
    ),
}
