"""The verbs of data, in one place: a file is read and shown first, then attached with its mapping,
as a version. Nothing counts until it is attached."""

from hadi.services.dataset_mapping import checked_mapping
from hadi.services.dataset_reading import (
    forget,
    read_batch,
    reread,
    reread_later,
    retry,
    retry_later,
    stage,
)
from hadi.services.dataset_receiving import Sent, failed
from hadi.services.dataset_records import find, newer_than, newest, of_version, paths_of, source
from hadi.services.dataset_versions import again, attach, attach_counts, discard

__all__ = [
    "Sent",
    "again",
    "attach",
    "attach_counts",
    "checked_mapping",
    "discard",
    "failed",
    "find",
    "forget",
    "newer_than",
    "newest",
    "of_version",
    "paths_of",
    "read_batch",
    "reread",
    "reread_later",
    "retry",
    "retry_later",
    "source",
    "stage",
]
