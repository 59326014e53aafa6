"""The gallery: every component in every state, live, on the styles that are shipped."""

from hadi.web.ui.views import blueprint

__all__ = ["blueprint"]
