"""Everything under /hypotheses; importing this module attaches the views to the blueprint."""

from hadi.web.hypotheses import blueprint

__all__ = ["blueprint"]
