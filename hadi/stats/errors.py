"""The one thing that can go wrong with a method: it has no answer for this sample."""

from __future__ import annotations


class NotEstimable(Exception):
    """The method cannot answer; `code` says why (a code of `hadi.domain.wording.estimates`).

    Never p = 1, 0 or NaN in its place: an undefined number is a status with a reason.
    """

    def __init__(self, code: str, **params: float | str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
